"""Who is given which experience; the edge and the page's second script run it."""
