"""The edge of one test: a real one, with a store in memory, that does what the test tells it to."""
