"""Statements, as lines of JavaScript that each know the Python line they come from."""
