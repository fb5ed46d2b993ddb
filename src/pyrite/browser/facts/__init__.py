"""What a page and its browser are like."""
