"""Events, visitors and bad rows, kept behind one contract."""
