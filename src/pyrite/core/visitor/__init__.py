"""Who the visitor is, and what they allow."""
