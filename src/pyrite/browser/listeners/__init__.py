"""Listeners for clicks and route changes."""
