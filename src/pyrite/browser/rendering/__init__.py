"""Effects on the document."""
