"""Sends the page's requests and stores its records."""
