"""Entry points of the lanes."""
