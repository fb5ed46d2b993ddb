"""What the Django app and the Flask extension have in common. Imports no framework."""
