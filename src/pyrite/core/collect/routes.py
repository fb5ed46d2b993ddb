"""When a change of the address is a new view of a single-page app.

Pure: the browser room tells each change, after the page's own router has had its turn.
"""


class Routes:
    """Remembers the last view's address."""

    def __init__(self, url: str, *, hashes: bool) -> None:
        self._hashes = hashes
        self._last = url

    def viewed(self, url: str) -> None:
        """A view of *url* was reported by the page itself."""
        self._last = url

    def changed(self, url: str, *, how: str) -> bool:
        """Whether the change to *url* begins a view; *how* is `push`, `traverse`, `replace`, `restore`.

        A push or a traversal to another path or query does. A replace does only when the path is another: routers
        rewrite the query and the state of the entry they are on all the time. The part after `#` counts when asked for.
        A page restored from the back/forward cache is a view, once.
        """
        before = self._last
        self._last = url
        if how == "restore":
            return True
        depth = 1 if how == "replace" else 2
        return self._key(before, depth) != self._key(url, depth)

    def _key(self, url: str, depth: int) -> str:
        rest, _, fragment = url.partition("#")
        key = rest.partition("?")[0] if depth == 1 else rest
        return key + "#" + fragment if self._hashes else key
