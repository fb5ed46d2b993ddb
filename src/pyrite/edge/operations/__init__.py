"""Health, metrics, retention."""
