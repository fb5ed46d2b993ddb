"""Source text in, the files that a browser loads out. Imports nothing of the rest: it reads source as text."""
