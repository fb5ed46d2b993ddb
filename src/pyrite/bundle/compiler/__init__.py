"""The compiler of the `compiled` lane: Python of the portable subset in, JavaScript modules out.

It knows three things of a program: its signatures (reading/), the kinds of its values as far as annotations tell
(inference/), and what a construct is in JavaScript (expressions/, statements/). Kinds make output
shorter, never right or wrong: where one is unknown, a helper of web/python.js finds out at run time. What is outside the
subset is refused with file, line and remedy.

Our own because it is the smallest by measurement: the core alone is 14.6 KB (brotli) here and 20.1 KB with Transcrypt 3.9, which also
takes no relative imports, no annotations and no json, and needs its own words for what the other lanes say in Python's.

What it takes it compiles faithfully, and refuses all else. A differential test (e2e/conformance/test_programs.py) holds it to that.

What differs from CPython, and is kept out of the portable rooms by their tests: a number is JavaScript's (1.0 is 1, whole
up to 2**53); texts are counted in UTF-16 units, and white space and digits are JavaScript's; tuples are lists; keys of
dicts are texts; a subscript that misses gives None instead of raising; a mistake (a wrong type) raises another error.
"""
