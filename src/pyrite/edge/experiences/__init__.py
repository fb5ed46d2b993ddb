"""Experiences: files, previews, results."""
