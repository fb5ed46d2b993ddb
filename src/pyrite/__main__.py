"""`python -m pyrite`: the command line."""

from pyrite.cli import app

app(prog_name="pyrite")
