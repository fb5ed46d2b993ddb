"""Expressions, as JavaScript text: a file for each sort, and dispatch.py, which puts them together."""
