"""follow: views from the access log of a cache or a proxy."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from pyrite.cli.common import app, failures
from pyrite.cli.terminal import note, write_json

STALLED_S = 30.0  # without an event that is sent, after which `--once` waits no longer
SHOWN = 4  # characters of a user that `--dry-run` shows


@app.command()
def follow(
    log: Annotated[Path, typer.Argument(help="The access log.")],
    rules: Annotated[Path, typer.Option(help="The rules: which lines are views, and whose.")],
    format: Annotated[str, typer.Option(help="combined (nginx, Apache), varnish (varnishncsa) or json.")] = "combined",
    state: Annotated[Path | None, typer.Option(help="Where it remembers how far it has read.")] = None,
    bad: Annotated[Path | None, typer.Option(help="Where lines go that can't be read; STATE.bad without it.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Read to the end, send, and stop.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read to the end, and print what would be sent.")] = False,
) -> None:  # fmt: skip
    """Make views of a cache's or a proxy's access log, across its rotation, and send them."""
    from pyrite.serverside.following import FORMATS, Follower, State, parser, read_rules

    with failures(), contextlib.ExitStack() as stack:
        if format not in FORMATS:
            raise ValueError(f"--format: expected one of {', '.join(FORMATS)}, got {format!r}")
        chosen = read_rules(rules)
        kept = None if dry_run else state
        remembered = State(kept, None if dry_run else bad or (state.with_name(state.name + ".bad") if state else None))  # fmt: skip
        stack.callback(remembered.close)
        sender = stack.enter_context(chosen.sender(rules.parent, kept.with_name(kept.name + ".queue") if kept else None))  # fmt: skip
        follower = Follower(
            log, rules=chosen, sender=sender, state=remembered, note=note, show=_show if dry_run else None,
            parse=parser(format, fields=chosen.fields, names=chosen.names),
        )  # fmt: skip
        stack.callback(follower.close)
        with _stopped_by_signals(follower.stop):
            if not (once or dry_run):
                note(f"  following {log}; Ctrl-C stops")
            follower.run(once=once or dry_run, whole=kept is None)
            if once and not dry_run:
                _wait(sender.counts, follower.stop)
        before = sender.counts()
        sender.close()
        left = _tell(follower, before, sender.counts(), sends=not dry_run)
    if once and left:
        raise typer.Exit(1)


def _show(line: Any, entry: Any, event: dict[str, Any]) -> None:
    user = event.get("user") or ""
    write_json({"byte": line.offset, **event, "user": f"{user[:SHOWN]}…" if user else ""})


def _wait(counts: Callable[[], dict[str, Any]], stop: threading.Event) -> None:
    """Wait until everything is sent, or nothing has been for a while."""
    stalled, sent = 0.0, -1
    while stalled < STALLED_S and not stop.is_set():
        told = counts()
        if not told["queued"]:
            return
        stalled = 0.0 if told["sent"] != sent else stalled + 0.05
        sent = told["sent"]
        stop.wait(0.05)


def _tell(follower: Any, before: dict[str, Any], after: dict[str, Any], *, sends: bool) -> int:
    """Print what was done; how many events are not sent yet, as the counts *before* and *after* the sender's end say it."""
    out = ", ".join(f"{count} {reason}" for reason, count in sorted(follower.ignored.items()))
    said = f"  {follower.lines} lines: {follower.views} views, {follower.bad} bad, {follower.ignored.total()} left out"
    note(said + (f" ({out})" if out else ""))
    if not sends:
        return 0
    refused = after["dropped"].get("refused", 0)
    done = after["sent"] + refused - before["sent"] - before["dropped"].get("refused", 0)
    left = int(before["queued"] - done)
    note(
        f"  {after['sent']} sent"
        + (f", {refused} refused by the edge" if refused else "")
        + (f", {left} not sent yet" if left else "")
    )
    return left


@contextlib.contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}  # fmt: skip
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
