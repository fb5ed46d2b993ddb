"""How a lane starts: where commands come in, and who runs the page."""
