"""experiments, preview: what experiences came to, and a look at one."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    ExperiencesOption,
    app,
    failures,
    out,
    problems,
    settings_of,
    store_of,
)
from pyrite.core.nearest import did_you_mean


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

    store = store_of(data, config)
    with failures():
        settings = settings_of(config)
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

    with failures():
        settings = settings_of(config)
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
