"""What becomes of one event of a body: processors in their order, the five kinds among them."""
