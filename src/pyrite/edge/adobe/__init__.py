"""The dialect of Adobe's Edge Network, which the tracker speaks."""
