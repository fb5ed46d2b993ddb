"""For tests of pages that are tracked: a page and a browser in memory, and an edge behind them."""
