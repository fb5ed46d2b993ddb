"""The fixture `tracking`: a real edge for one test, and what the test expects to reach it."""
