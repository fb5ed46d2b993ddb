"""What core decides, done in a page. The only room that touches JavaScript."""
