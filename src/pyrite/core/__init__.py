"""The tracker and the decisions: pure Python in the portable subset.

Nothing here reads a clock, makes an id, touches a page or a socket: moments and ids come in, effects go out.
"""
