"""What the edge has decided: what is rendered where, reported, clicked."""
