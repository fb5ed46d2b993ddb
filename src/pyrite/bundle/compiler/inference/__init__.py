"""The kind of every expression, and whether evaluating one can be noticed."""
