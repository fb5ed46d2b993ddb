"""demo, serve, build: what runs an edge, and what builds the browser's files."""

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    HostOption,
    PortOption,
    app,
    failures,
)
from pyrite.cli.records import print_event
from pyrite.cli.terminal import complain, line, out, say

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]
NAMED = 10  # experiences, once the edge has started


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Build what a browser needs, start the edge and the demo shop, and show every event as it arrives."""
    ensure_built()
    from pyrite.demo.shop import shop

    data = Path("pyrite-data") / "demo"
    with failures():
        application = shop(data=data, listener=print_event)
    welcome = [
        line(""),
        line("  ", (f"The demo shop is at http://127.0.0.1:{port}/", "bold"), "  (the single-page version: /spa; the page in the README: /hello)"),
        line(f"  Events are kept in {data}/ and shown here. Ctrl-C stops."),
        line(""),
    ]  # fmt: skip
    application.state.callers.bind("127.0.0.1")
    _serve(application, host="127.0.0.1", port=port, welcome=welcome)


@app.command()
def serve(
    host: HostOption = None,
    port: PortOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Run the edge: the protocol, and the tracker's files; with [relay] in the settings a relay too, or, without a word of an
    edge, nothing else."""
    import pyrite
    from pyrite.edge.settings import settings_file

    path = config or settings_file()
    with failures():
        alone = relay_alone(path)
    if alone is not None:
        host, port = host or alone.edge.host, port or alone.edge.port
        with failures():
            front: Any = relay_of(alone.relay, data or Path())
        address = f"http://{_in_url(host)}:{port}/{front.relay.settings.path.strip('/')}"
        message = line("  ", (f"The relay is at {address}", "bold"), f"  (to {front.relay.settings.upstream})  Ctrl-C stops.")  # fmt: skip
        _serve(behind_proxies(front, alone), host=host, port=port, welcome=[message])
        return
    ensure_built()
    with failures():
        application = pyrite.edge(config=path, data=data)
    settings = application.state.settings.edge
    chosen_host, chosen_port = host or settings.host, settings.port if port is None else port
    address = f"http://{_in_url(chosen_host)}:{chosen_port}/"
    summary = what_was_read(application.state, path, data or Path(settings.data))
    welcome = [
        line("  ", (f"The edge is at {address}", "bold"), "  (tracker: /alloy.js)  Ctrl-C stops."),
        *[line(one) for one in summary.splitlines()],
    ]
    limits = application.state.settings.limits
    front = application
    if application.state.settings.relay:
        table = {"upstream": address.rstrip("/"), "base_path": settings.base_path} | application.state.settings.relay  # fmt: skip
        with failures():
            front = relay_of(table, data or Path(settings.data), application)
        welcome.insert(1, line(f"  relay         /{front.relay.settings.path.strip('/')} to {front.relay.settings.upstream}"))  # fmt: skip
    application.state.callers.bind(chosen_host)
    _serve(
        behind_proxies(front, application.state.settings),
        host=chosen_host,
        port=chosen_port,
        welcome=welcome,
        head_seconds=limits.read_seconds,
        header_bytes=limits.header_bytes,
    )


def behind_proxies(application: Any, settings: Any) -> Any:
    """*application*, which is told the address of whoever asked the proxies that are trusted."""
    if not settings.edge.trusted_proxies:
        return application
    from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

    return ProxyHeadersMiddleware(application, trusted_hosts=settings.edge.trusted_proxies)


def relay_alone(path: Path | None) -> Any:
    """Settings that have a relay to an edge elsewhere, and of this edge no more than where to listen; None where there is an edge to
    run. Raises SettingsError."""
    if path is None:
        return None
    from pyrite.edge.settings import Edge, Settings
    from pyrite.edge.settings.file import read

    settings = read(path)
    front = settings.edge
    edge = Edge(host=front.host, port=front.port, trusted_proxies=front.trusted_proxies)
    if "upstream" not in settings.relay or settings != Settings(relay=settings.relay, edge=edge):
        return None
    return settings


def relay_of(table: dict[str, Any], folder: Path, application: Any = None) -> Any:
    """The relay of *table* in front of *application*; its files are in *folder*. Raises SettingsError."""
    from pyrite.edge.settings import SettingsError
    from pyrite.serverside import RelaySettings, relay

    paths = {name: str(folder / table[name]) for name in ("queue",) if isinstance(table.get(name), str) and table[name]}  # fmt: skip
    try:
        return relay(RelaySettings.of(table | paths), application)
    except (ValueError, ImportError) as error:
        raise SettingsError(f"[relay] {error}", key="relay") from None


def what_was_read(state: Any, config: Path | None, data: Path) -> str:
    """Lines that say what an edge goes by; its experiences are read now, and mistakes in them logged."""
    settings = state.settings
    streams = sorted(settings.datastreams)
    rows = {
        "settings": str(config) if config else "none: there is no pyrite.toml here",
        "data": str(data.resolve()),
        "origins": ", ".join(["its own host", *settings.edge.origins]),
        "data streams": ", ".join(streams)
        or "any name; list yours in pyrite.toml before visitors come",
        "experiences": _experiences_of(state),
    }
    if settings.jss.enabled:
        rows["jss"] = _jss_of(state)
    return "\n".join([f"  {name:<14}{value}" for name, value in rows.items()])


def _experiences_of(state: Any) -> str:
    folder = Path(state.settings.edge.experiences)
    if not folder.is_dir():
        return f"none: there is no folder {folder}"
    mistakes = len(state.experiences.reload())
    ids = [record["id"] for record in state.experiences.current()]
    named = ", ".join(ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
    summary = f"{len(ids)} in {folder}" + (f": {named}" if named else "")
    return f"{summary}; {mistakes} mistakes, told above" if mistakes else summary


def _jss_of(state: Any) -> str:
    """What the service of JSS clients goes by; its definitions are read now, and mistakes in them logged."""
    jss = state.settings.jss
    mistake = state.definitions.reload()
    keys = f"{len(jss.keys)} key{'' if len(jss.keys) == 1 else 's'}"
    if mistake:
        return f"{keys}; a mistake in {jss.definitions}, told above"
    return f"{keys}; {len(state.definitions.current())} definitions in {jss.definitions}"


@app.command()
def build(
    out_dir: Annotated[
        Path, typer.Option("--out", help="Folder to write to; files of others in it stay.")
    ],
    lane: Annotated[
        str, typer.Option(help="What alloy.js is: compiled, or micropython.")
    ] = "compiled",
) -> None:
    """Write the browser files and sizes.json, to be served from anywhere."""
    from pyrite.bundle.build import LANES

    if lane not in LANES:
        complain(f"--lane: expected one of {', '.join(LANES)}, got {lane!r}")
        raise typer.Exit(2)
    with failures():
        if is_checkout():
            _build(out_dir, lane)
        else:
            _copy(out_dir, lane)
    _print_sizes(json.loads((out_dir / "sizes.json").read_text()))


def is_checkout() -> bool:
    return not (PACKAGE / "_web").is_dir() and (CHECKOUT / "web" / "package.json").is_file()


def ensure_built() -> None:
    """In a checkout, build what is missing or out of date; an installed package has it all."""
    if not is_checkout():
        return
    from pyrite.bundle.build import is_current

    target = CHECKOUT / "web" / "dist"
    if not is_current(source=PACKAGE, web=CHECKOUT / "web", out=target):
        _build(target)


def _copy(target: Path, lane: str) -> None:
    """The files of the installed package, with *lane* as alloy.js."""
    from pyrite.bundle.build import copy
    from pyrite.bundle.tools import BuildError

    try:
        copy(PACKAGE / "_web", out=target, lane=lane)
    except BuildError as error:
        complain(error)
        raise typer.Exit(2) from None


def _build(target: Path, lane: str = "compiled") -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from pyrite.bundle.build import build as build_files
    from pyrite.bundle.tools import BuildError

    columns = (
        TextColumn("building"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=out) as bar:
            task = bar.add_task("")
            build_files(
                source=PACKAGE,
                web=CHECKOUT / "web",
                out=target,
                lane=lane,
                progress=lambda step, at, of: bar.update(
                    task, description=step, completed=at, total=of
                ),
            )
    except BuildError as error:
        complain(error)
        raise typer.Exit(2) from None


def _serve(application: Any, *, host: str, port: int, welcome: list[Text], **heads: Any) -> None:
    """Serve until Ctrl-C; *welcome* is printed once connections are taken. *heads*: what serving.config is told of them."""
    import socket

    import uvicorn

    from pyrite.edge.http import server as serving

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                serving.settle()
                for one in welcome:
                    out.print(one, soft_wrap=True)

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            complain(
                f"{host}:{port}: can't listen there: {error.strerror}; choose another with --port"
            )
            raise typer.Exit(2) from None
    config = serving.config(application, host=host, port=port, **heads)
    # uvicorn raises the signal again once it has shut down; for a person at the terminal Ctrl-C is no failure.
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run()
    say("  stopped")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _print_sizes(sizes: dict[str, dict[str, dict[str, int]]]) -> None:
    from rich.table import Table

    table = Table("lane", "part", "raw", "gzip", "brotli", title="sizes in bytes")
    for lane, parts in sizes.items():
        for part, size in parts.items():
            table.add_row(lane, part, *(f"{size[form]:,}" for form in ("raw", "gzip", "brotli")))
    out.print(table)
