"""The command line: wiring and the terminal only."""

import contextlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from pyrite.core.nearest import did_you_mean

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Pyrite: a web tracker in Python, and its edge.",
)
out = Console(highlight=False)
problems = Console(stderr=True, highlight=False, soft_wrap=True)

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[1]

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int | None, typer.Option(help="Port to listen on.")]
ConfigOption = Annotated[
    Path | None, typer.Option(help="Settings; without it ./pyrite.toml where there is one.")
]
DataOption = Annotated[Path | None, typer.Option(help="Folder of the database.")]
ExperiencesOption = Annotated[
    Path | None, typer.Option("--experiences", help="Folder of the experiences.")
]


@app.command()
def demo(port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000) -> None:
    """Build what a browser needs, start the edge and the demo shop, and show every event as it arrives."""
    _ensure_built()
    from pyrite.demo.shop import shop

    data = Path("pyrite-data") / "demo"
    with _failures():
        application = shop(data=data, listener=_print_event)
    welcome = (
        f"\n  [bold]The demo shop is at http://127.0.0.1:{port}/[/]  (the single-page version: /spa)"
        f"\n  Events are kept in {data}/ and shown here. Ctrl-C stops.\n"
    )
    _serve(application, host="127.0.0.1", port=port, welcome=welcome)


@app.command()
def serve(
    host: HostOption = None,
    port: PortOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Run the edge: the protocol, and the tracker's files."""
    _ensure_built()
    import pyrite

    path = config or (Path("pyrite.toml") if Path("pyrite.toml").is_file() else None)
    with _failures():
        application = pyrite.edge(config=path, data=data)
    settings = application.state.settings.edge
    chosen_host, chosen_port = host or settings.host, settings.port if port is None else port
    welcome = f"  [bold]The edge is at http://{chosen_host}:{chosen_port}/[/]  (tracker: /alloy.js)  Ctrl-C stops."
    _serve(application, host=chosen_host, port=chosen_port, welcome=welcome)


@app.command()
def build(
    out_dir: Annotated[
        Path, typer.Option("--out", help="Folder to write to; it is emptied first.")
    ],
    lane: Annotated[
        str, typer.Option(help="What alloy.js is: compiled, or micropython.")
    ] = "compiled",
) -> None:
    """Write the browser files and sizes.json, to be served from anywhere."""
    from pyrite.bundle.build import LANES

    if lane not in LANES:
        problems.print(f"--lane: expected one of {', '.join(LANES)}, got {escape(repr(lane))}")
        raise typer.Exit(2)
    if out_dir.is_dir() and any(out_dir.iterdir()) and not (out_dir / "manifest.json").is_file():
        problems.print(f"{out_dir}: holds files that are not a build; name an empty folder")
        raise typer.Exit(2)
    if _is_checkout():
        _build(out_dir, lane)
    else:
        _copy(out_dir, lane)
    _print_sizes(json.loads((out_dir / "sizes.json").read_text()))


@app.command()
def events(
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    after: Annotated[int, typer.Option(help="Only events stored after this one (`seq`).")] = 0,
) -> None:
    """Print what is stored, one event a line, newest last."""
    store = _store(data, config)
    for event in store.events(after=after):
        if as_json:
            record = {
                "seq": event.seq,
                "id": event.id,
                "datastream": event.datastream,
                "type": event.type,
                "url": event.url,
                "visitor": event.visitor,
                "made": _iso(event.made_ms),
                "received": _iso(event.received_ms),
                **json.loads(event.body),
            }
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        else:
            _print_event(event)
    store.close()


@app.command()
def experiments(
    experiment: Annotated[
        str, typer.Argument(help="One experience; all when it is left out.")
    ] = "",
    data: DataOption = None,
    config: ConfigOption = None,
    datastream: Annotated[str, typer.Option(help="Only events of this data stream.")] = "",
    since: Annotated[
        datetime | None, typer.Option(help="Only events made after this time (UTC).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    folder: ExperiencesOption = None,
) -> None:
    """Print what experiments came to: visitors, conversions and rate by variant, and what may be said of the difference."""
    from rich.progress import Progress

    from pyrite.edge.experiences import Experiences
    from pyrite.edge.results import Counts

    store = _store(data, config)
    with _failures():
        settings = _settings(config)
        experiences = Experiences(folder or Path(settings.edge.experiences))
        counts = Counts(experiences.current(), holdout=settings.personalization.holdout)
        start_ms = since.replace(tzinfo=UTC).timestamp() * 1000 if since else 0
        with Progress(console=problems, transient=True) as bar:
            task = bar.add_task("counting events", total=store.last_seq())
            for event in store.events():
                if datastream in ("", event.datastream) and event.made_ms >= start_ms:
                    counts.add([event])
                bar.update(task, completed=event.seq)
        results = counts.results()
        known = [result.id for result in results]
        if experiment and experiment not in known:
            seen = ", ".join(known) or "none"
            hint = did_you_mean(experiment, known)
            raise ValueError(
                f"no display of {experiment!r} is stored; there are displays of {seen}{hint}"
            )
    store.close()
    for result in results:
        if experiment not in ("", result.id):
            continue
        if as_json:
            sys.stdout.write(json.dumps(result.as_record(), ensure_ascii=False) + "\n")
        else:
            _print_result(result)
    if not results and not as_json:
        out.print("  no display of an experience is stored yet")


@app.command()
def preview(
    experience: Annotated[str, typer.Argument(help="The experience's id.")],
    variant: Annotated[str, typer.Argument(help="The variant's id.")],
    url: Annotated[str, typer.Option(help="The page to show it on.")],
    data: DataOption = None,
    config: ConfigOption = None,
    experiences: ExperiencesOption = None,
) -> None:
    """Print a signed link that shows one variant to whoever opens it, and counts for nothing."""
    from pyrite.edge.experiences import Experiences
    from pyrite.edge.preview import Previews, secret_in

    with _failures():
        settings = _settings(config)
        wanted = settings.personalization
        records = {
            record["id"]: record
            for record in Experiences(experiences or Path(settings.edge.experiences)).current()
        }
        variants = [one["id"] for one in records.get(experience, {}).get("variants", [])]
        for name, known, what in (
            (experience, list(records), "experience"),
            (variant, variants, "variant"),
        ):
            if name not in known:
                listed = ", ".join(known) or "none"
                raise ValueError(
                    f"unknown {what} {name!r}; there are {listed}{did_you_mean(name, known)}"
                )
        folder = data or Path(settings.edge.data)
        previews = Previews(
            lambda: wanted.preview_secret or secret_in(folder), hours=wanted.preview_hours
        )
        sys.stdout.write(previews.link(url, experience=experience, variant=variant) + "\n")


class _failures:  # noqa: N801
    """Turns a failure that a person can mend into one line and exit status 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        from pyrite.edge.files import FilesMissing
        from pyrite.stores.contract import StoreUnavailable

        if isinstance(error, ValueError | FilesMissing | StoreUnavailable):
            problems.print(f"[red]{escape(str(error))}[/]")
            raise typer.Exit(2)


def _settings(config: Path | None) -> Any:
    from pyrite.edge.settings import Settings, read

    path = config or (Path("pyrite.toml") if Path("pyrite.toml").is_file() else None)
    return read(path) if path else Settings()


def _store(data: Path | None, config: Path | None) -> Any:
    """The store in the folder *data*, or where the settings say; a folder that is not there is no store."""
    from pyrite.stores.sqlite import SqliteStore

    with _failures():
        folder = data or Path(_settings(config).edge.data)
        if not folder.is_dir():
            raise ValueError(f"{folder}: there is no such folder; name the edge's with --data")
        return SqliteStore(folder)


def _is_checkout() -> bool:
    return not (PACKAGE / "_web").is_dir() and (CHECKOUT / "web" / "package.json").is_file()


def _ensure_built() -> None:
    """In a checkout, build what is missing or out of date; an installed package has it all."""
    if not _is_checkout():
        return
    from pyrite.bundle.build import is_current

    target = CHECKOUT / "web" / "dist"
    if not is_current(source=PACKAGE, web=CHECKOUT / "web", out=target):
        _build(target)


def _copy(target: Path, lane: str) -> None:
    """The files of the installed package, with *lane* as alloy.js."""
    import shutil

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(PACKAGE / "_web", target)
    for ending in ("", ".br", ".gz"):
        shutil.copyfile(target / f"alloy.{lane}.js{ending}", target / f"alloy.js{ending}")
    manifest = json.loads((target / "manifest.json").read_text()) | {"lane": lane}
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _build(target: Path, lane: str = "compiled") -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from pyrite.bundle.build import BuildError
    from pyrite.bundle.build import build as build_files

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
        problems.print(f"[red]{escape(str(error))}[/]")
        raise typer.Exit(2) from None


def _serve(application: Any, *, host: str, port: int, welcome: str) -> None:
    """Serve until Ctrl-C; *welcome* is printed once connections are taken."""
    import socket

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                out.print(welcome)

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            problems.print(
                f"[red]{host}:{port}: can't listen there: {error.strerror}; choose another with --port[/]"
            )
            raise typer.Exit(2) from None
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    # uvicorn raises the signal again once it has shut down; for a person at the terminal Ctrl-C is no failure.
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run()
    out.print("  stopped")


def _print_event(event: Any) -> None:
    body = json.loads(event.body)
    data = body.get("data", {})
    shown = " ".join(
        f"{key}={_short(value)}" for key, value in data.items() if not key.startswith("_")
    )
    interaction = body["xdm"].get("web", {}).get("webInteraction", {})
    shown = shown or (f"{interaction['name']} → {interaction['URL']}" if interaction else "")
    path = "/" + event.url.partition("://")[2].partition("/")[2]
    time = datetime.fromtimestamp(event.received_ms / 1000).strftime("%H:%M:%S")
    parts = f"[dim]{time}[/]  [bold]{escape(event.type or 'event'):<36}[/] {escape(path):<28} [dim]{event.visitor[:8]}[/]  {escape(shown)}"
    out.print(parts, soft_wrap=True)


def _print_result(result: Any) -> None:
    """One experiment as a table, each difference drawn on the line from worse to better."""
    from rich.table import Table

    widest = max([abs(end) for one in result.variants for end in one.interval or ()], default=0)
    title = f"{escape(result.name)} [dim]({escape(result.id)})[/]  goal: {escape(result.goal)}"
    table = Table(title=title, title_justify="left", caption_justify="left")
    for column in (
        "variant",
        "visitors",
        "conversions",
        "rate",
        "difference",
        "95 % interval",
        "p",
    ):
        table.add_column(column, justify="left" if column == "variant" else "right")
    table.add_column(f"-{widest:.1%} … 0 … +{widest:.1%}" if widest else "")
    for index, one in enumerate(result.variants):
        low, high = one.interval or (0.0, 0.0)
        clear = one.interval is not None and (low > 0 or high < 0)
        colour = ("green" if low > 0 else "red") if clear else "default"
        said = "baseline" if index == 0 else "–"
        table.add_row(
            escape(one.id),
            f"{one.visitors:,}",
            f"{one.conversions:,}",
            f"{one.rate:.2%}",
            said if one.difference is None else f"[{colour}]{one.difference:+.2%}[/]",
            f"{low:+.2%} to {high:+.2%}" if one.interval else "",
            "" if one.p is None else "<0.001" if one.p < 0.001 else f"{one.p:.3f}",
            f"[{colour}]{_interval(low, one.difference or 0, high, widest)}[/]"
            if one.interval
            else "",
        )
    out.print(table)
    for warning in result.warnings:
        out.print(f"  [yellow]{escape(warning)}[/]")
    out.print()


def _interval(low: float, middle: float, high: float, widest: float) -> str:
    """`├──●──┤` on a line whose middle is 0 and whose ends are *widest* away."""
    width = 12

    def place(value: float) -> int:
        return round(value / widest * width) + width if widest else width

    line = [" "] * (2 * width + 1)
    line[width] = "│"
    for index in range(place(low), place(high) + 1):
        line[index] = "─" if index != width else "┼"
    line[place(low)], line[place(high)], line[place(middle)] = "├", "┤", "●"
    return "".join(line)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _print_sizes(sizes: dict[str, dict[str, dict[str, int]]]) -> None:
    from rich.table import Table

    table = Table("lane", "part", "raw", "gzip", "brotli", title="sizes in bytes")
    for lane, parts in sizes.items():
        for part, size in parts.items():
            table.add_row(lane, part, *(f"{size[form]:,}" for form in ("raw", "gzip", "brotli")))
    out.print(table)


def _iso(ms: int) -> str:
    return (
        datetime.fromtimestamp(ms / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
