"""What every command shares: the terminal, the options, failures that a person can mend, the store."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Pyrite: a web tracker in Python, and its edge.",
)
out = Console(highlight=False)
problems = Console(stderr=True, highlight=False, soft_wrap=True)

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int | None, typer.Option(help="Port to listen on.")]
ConfigOption = Annotated[
    Path | None, typer.Option(help="Settings; without it ./pyrite.toml where there is one.")
]
DataOption = Annotated[Path | None, typer.Option(help="Folder of the database.")]
ExperiencesOption = Annotated[
    Path | None, typer.Option("--experiences", help="Folder of the experiences.")
]


class failures:  # noqa: N801
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


def settings_of(config: Path | None) -> Any:
    from pyrite.edge.settings import Settings, read, settings_file

    path = config or settings_file()
    return read(path) if path else Settings()


def store_of(data: Path | None, config: Path | None) -> Any:
    """The store in the folder *data*, or where the settings say; a folder that is not there is no store."""
    from pyrite.stores.sqlite import SqliteStore

    with failures():
        folder = data or Path(settings_of(config).edge.data)
        if not folder.is_dir():
            raise ValueError(f"{folder}: there is no such folder; name the edge's with --data")
        return SqliteStore(folder)


def print_event(event: Any) -> None:
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


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def iso(ms: int) -> str:
    return (
        datetime.fromtimestamp(ms / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
