"""One short file for each way to run Python in a page; each offers the same names."""
