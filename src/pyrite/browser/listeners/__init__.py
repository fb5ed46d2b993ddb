"""What the page tells: clicks, route changes, leaving."""
