"""What marketers have defined, and the file that says it."""
