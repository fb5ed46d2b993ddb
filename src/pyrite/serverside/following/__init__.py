"""Views from the access log of a cache or a proxy: what a page's own code can't see, because it does not run."""

from .follower import Follower
from .formats import FORMATS, parser
from .rules import Rules, read_rules
from .state import State

__all__ = ["FORMATS", "Follower", "Rules", "State", "parser", "read_rules"]
