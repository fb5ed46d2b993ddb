"""Personalization: renders, reports and tracks clicks on what the edge has decided."""
