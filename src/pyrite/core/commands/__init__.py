"""What a page can ask for: one file and one row of the table for each command."""
