"""What browser tests and benchmarks share: a browser, real servers, real libraries from npm."""
