"""What is collected with an event: the page's context, clicks, route changes."""
