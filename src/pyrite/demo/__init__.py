"""The demo shop: what a page author does with Pyrite, on pages that a visitor might see."""
