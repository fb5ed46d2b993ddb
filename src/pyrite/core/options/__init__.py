"""What options may be given, and what configuring makes of them."""
