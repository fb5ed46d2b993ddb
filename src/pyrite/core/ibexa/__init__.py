"""Ibexa's events (YOOCHOOSE's, before): what they are, and the addresses that carry them. A page loads none of it by itself."""
