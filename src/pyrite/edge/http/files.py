"""The tracker's files as a browser wants them: compressed beforehand, right types, cached for as long as they are true.

Not for building them (bundle/).
"""

import html
import json
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from .cors import wanted

FOR_EVER = "public, max-age=31536000, immutable"  # names with a hash of the content
SHORT = "public, max-age=300, stale-while-revalidate=86400"  # alloy.js and base.js: a release reaches pages in minutes
TYPES = {
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "cjs": "text/javascript; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "mpy": "application/octet-stream",
    "gz": "application/gzip",
    "whl": "application/zip",
    "ts": "text/plain; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
}
ENCODINGS = (("br", "br"), ("gzip", "gz"))


class FilesMissing(RuntimeError):
    """The browser files have not been built."""


def built_files() -> Path:
    """Where the built browser files are: in the installed package, or in a checkout's web/dist."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "_web"
    return inside if inside.is_dir() else package.parents[1] / "web" / "dist"


# The snippet's own end, as Alloy's has one: the tracker may never come.
SHOW_AT_LAST = (
    'setTimeout(function(s){s=document.getElementById("alloy-prehiding");s&&s.remove()},3e3)'
)


class Files:
    """The files of one build, read into memory once: half a megabyte."""

    def __init__(self, folder: Path, lane: str = "") -> None:
        """*lane* is what `alloy.js` is, '' for what the build says. Raises FilesMissing when *folder* holds no build."""
        if not (folder / "manifest.json").is_file():
            raise FilesMissing(f"no browser files in {str(folder)!r}; 'pyrite build' makes them")
        self._files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self._manifest = json.loads(self._files["manifest.json"])
        self._lane = lane or self._manifest["lane"]
        for ending in ("", ".br", ".gz"):
            if lane and f"alloy.{lane}.js{ending}" in self._files:
                self._files[f"alloy.js{ending}"] = self._files[f"alloy.{lane}.js{ending}"]

    def names(self) -> list[str]:
        """The paths that are served, without their compressed copies."""
        return [
            name
            for name in self._files
            if not name.endswith(".json")
            and not any(
                name.removesuffix("." + ending) in self._files and name.endswith("." + ending)
                for _, ending in ENCODINGS
            )
        ]

    def decider(self) -> str:
        """The address of the script by which pages decide themselves, '' where the build has none."""
        return self._part("decide")

    def _part(self, part: str) -> str:
        """The address of a script that pages load when they first need it, '' where the build has none."""
        paths = [
            name for name in self._files if name.startswith(f"lib/{part}.") and name.endswith(".js")
        ]
        return "/" + paths[0] if paths else ""

    def head(
        self,
        *,
        prefix: str | None = None,
        nonce: str = "",
        hide: str = "",
        checks: bool = False,
        mounted: Callable[[], str] = str,
    ) -> str:
        """HTML for a page's `<head>`: the base code that sends the first view itself, inline, and `alloy.js`.

        What renders offers is fetched beforehand, and executed only in a page that gets some. Where `alloy.js` is the `micropython` lane, its files are asked for at once as well: without it the browser learns of them
        only when `alloy.js` has arrived, one round trip later. *prefix* is another origin, or where the
        edge is mounted (`/t`) if it should not be what *mounted* gives; *nonce* that of the page's Content-Security-Policy. *hide* is the CSS that hides what personalization may
        change (`h1 { visibility: hidden }`), from the first frame on; it ends with the answer, and after three seconds even
        if `alloy.js` never comes. *checks* adds `check.js`, for development.
        """
        root, mark = (
            html.escape((mounted() if prefix is None else prefix).rstrip("/")),
            f' nonce="{html.escape(nonce)}"' if nonce else "",
        )
        snippet = f"{_style(hide, mark)}<script{mark}>{SHOW_AT_LAST}</script>\n" if hide else ""
        lines = [
            f"{snippet}<script{mark}>{self._files['base-early.js'].decode()}</script>",
            f'<script{mark} async src="{root}/alloy.js"></script>',
        ]
        renderer = self._part("render")
        if renderer:
            # Browsers complain of a preload that is not used.
            lines.append(f'<link rel="prefetch" href="{root}{renderer}" as="script"{mark}>')
        if checks:
            lines.append(f'<script{mark} src="{root}/check.js"></script>')
        preloaded = self._manifest["files"] if self._lane == "micropython" else {}
        for file in preloaded.values():
            # For `fetch` browsers ignore the hash here, and say so; the loader's own fetch checks it all the same.
            kind = f'script" integrity="{file["integrity"]}' if ".js" in file["path"] else "fetch"
            # Behind alloy.js, which sends the first view, in the order of importance.
            lines.append(
                f'<link rel="preload" href="{root}/{file["path"]}" as="{kind}" crossorigin fetchpriority="low"{mark}>'
            )
        return "\n".join(lines)

    async def serve(self, request: Request) -> Response:
        """The file at the request's path, in the smallest form that the browser takes."""
        name = request.scope["pyrite.file"]
        headers = {
            "Cache-Control": FOR_EVER if name.startswith("lib/") else SHORT,
            "Vary": "Accept-Encoding",
            # Scripts with an integrity hash, and fetches from pages on other hosts, need CORS; there is nothing private here.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if request.method == "OPTIONS":
            # A page whose requests carry headers for tracing asks beforehand.
            header_names = request.headers.get("access-control-request-headers", "")
            headers["Access-Control-Allow-Headers"] = wanted(header_names)
            headers["Access-Control-Max-Age"] = "86400"
            headers["Vary"] = "Access-Control-Request-Headers"
            del headers["Cache-Control"]
            return Response(status_code=204, headers=headers)
        content = self._files[name]
        accepted = [
            piece.partition(";")[0].strip()
            for piece in request.headers.get("accept-encoding", "").split(",")
        ]
        for encoding, ending in ENCODINGS:
            if encoding in accepted and f"{name}.{ending}" in self._files:
                headers["Content-Encoding"] = encoding
                content = self._files[f"{name}.{ending}"]
                break
        type = TYPES[name.rpartition(".")[2]]
        return Response(
            b"" if request.method == "HEAD" else content,
            headers=headers | {"Content-Length": str(len(content))},
            media_type=type,
        )


def _style(css: str, mark: str) -> str:
    """The page's own prehiding style, which the tracker takes over; *css* can't end the element."""
    inside = css.replace("</", r"<\/")
    return f'<style id="alloy-prehiding"{mark}>{inside}</style>'
