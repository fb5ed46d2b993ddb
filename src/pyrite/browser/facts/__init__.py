"""Facts about the page and its browser."""
