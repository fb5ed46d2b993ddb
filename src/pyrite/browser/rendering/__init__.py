"""Renders offers into the document."""
