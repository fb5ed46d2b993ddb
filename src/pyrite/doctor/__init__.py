"""What is wrong with the tracking of a page: the page is opened in a browser, and what was seen there is judged."""
