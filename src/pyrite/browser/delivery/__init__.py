"""How requests leave a page, and what is kept in its storage."""
