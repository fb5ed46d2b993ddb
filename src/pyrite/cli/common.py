"""What every command shares: the options, failures that a person can mend, the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pyrite.cli.terminal import complain, note

# As a newcomer needs them; `--help` shows them in this order.
COMMANDS = ("demo", "serve", "build", "tail", "events", "visitors", "sessions", "doctor", "histories", "pixel", "follow", "experiments", "why", "preview", "keys", "replay", "export", "erase", "unlink")  # fmt: skip


class _Ordered(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=COMMANDS.index)


app = typer.Typer(
    cls=_Ordered,
    add_completion=False,
    no_args_is_help=True,
    help="Pyrite: a web tracker in Python, and its edge.",
)

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)]
ConfigOption = Annotated[
    Path | None, typer.Option(help="Settings; without it ./pyrite.toml where there is one.")
]
DataOption = Annotated[Path | None, typer.Option(help="Folder of the database.")]
ExperiencesOption = Annotated[
    Path | None, typer.Option("--experiences", help="Folder of the experiences.")
]


def _print_version(wanted: bool) -> None:
    if wanted:
        from pyrite import __version__

        typer.echo(f"pyrite {__version__}")
        raise typer.Exit


@app.callback()
def pyrite(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Pyrite: a web tracker in Python, and its edge."""


@contextmanager
def failures() -> Iterator[None]:
    """Turns a failure that a person can mend into one line and exit status 2."""
    from pyrite.edge.http.files import FilesMissing
    from pyrite.stores.contract import StoreUnavailable

    try:
        yield
    except (ValueError, OSError, FilesMissing, StoreUnavailable) as error:
        complain(_sentence(error))
        raise typer.Exit(2) from None


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def settings_of(config: Path | None) -> Any:
    from pyrite.edge.settings import Settings, read, settings_file

    path = config or settings_file()
    return read(path) if path else Settings()


def folder_of(data: Path | None, config: Path | None) -> Path:
    """The folder *data*, or that of the settings. Raises ValueError where it is not there."""
    folder = data or Path(settings_of(config).edge.data)
    if not folder.is_dir():
        raise ValueError(f"{folder}: there is no such folder; name the edge's with --data")
    return folder


def store_of(data: Path | None, config: Path | None) -> Any:
    """The store in the folder *data*, or where the settings say; an empty one, and a line that says so, where there is none.

    Whoever only reads makes no database.
    """
    from pyrite.stores.memory import MemoryStore
    from pyrite.stores.sqlite import FILE, SqliteStore

    with failures():
        folder = folder_of(data, config)
        if (folder / FILE).is_file():
            return SqliteStore(folder)
        note(nothing_in(folder))
        return MemoryStore()


def nothing_in(folder: Path) -> str:
    """The sentence for a folder without events; it names databases that are near."""
    from pyrite.stores.sqlite import FILE

    near = [str(file.parent) for file in sorted(folder.glob(f"*/{FILE}"))]
    hint = f"; there is a database in {', '.join(near)}: name it with --data" if near else ""
    return f"0 events in {folder}{hint}"
