"""What the program says of itself: its modules, functions and classes, their annotations, and what tests ask of names."""
