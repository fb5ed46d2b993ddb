"""How events reach the edge: kept, gathered, sent, retried, acknowledged."""
