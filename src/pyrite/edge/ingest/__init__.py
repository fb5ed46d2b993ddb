"""From bytes to stored events, for every dialect."""
