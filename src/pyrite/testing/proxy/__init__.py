"""Where the traffic of a test's browser goes through: trackers to the test's edge, all else to where it was meant for."""
