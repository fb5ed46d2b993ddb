"""experiments, preview: what experiences came to, and a look at one."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pyrite.cli.common import (
    ConfigOption,
    DataOption,
    ExperiencesOption,
    app,
    failures,
    folder_of,
    settings_of,
    store_of,
)
from pyrite.cli.terminal import line, out, problems, say, write_json
from pyrite.core.options.suggest import did_you_mean


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

    from pyrite.edge.experiences.folder import Experiences
    from pyrite.edge.experiences.results import Counts

    store = store_of(data, config)
    with failures():
        settings = settings_of(config)
        experiences = Experiences(folder or Path(settings.edge.experiences))
        counts = Counts(
            experiences.current(),
            holdout=settings.personalization.holdout,
            kept=store.experiments(),
        )
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
            names = ", ".join(known) or "none"
            hint = did_you_mean(experiment, known)
            raise ValueError(
                f"no display of {experiment!r} is stored; there are displays of {names}{hint}"
            )
    store.close()
    for result in results:
        if experiment not in ("", result.id):
            continue
        if as_json:
            write_json(result.as_record())
        else:
            _print_result(result)
    if not results and not as_json:
        say("  no display of an experience is stored yet")


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
    from pyrite.edge.experiences.folder import Experiences
    from pyrite.edge.experiences.preview import Previews, secret_in

    with failures():
        settings = settings_of(config)
        personalization = settings.personalization
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
        folder = folder_of(data, config)
        previews = Previews(
            lambda: personalization.preview_secret or secret_in(folder),
            hours=personalization.preview_hours,
        )
        sys.stdout.write(previews.link(url, experience=experience, variant=variant) + "\n")


def _print_result(result: Any) -> None:
    """One experiment as tables: the variants beside the baseline, and beside those held out."""
    known = result.is_known
    _print_columns(
        line(result.name, " ", (f"({result.id})", "dim"), f"  goal: {result.goal}"),
        {
            "variant": [line(one.id) for one in result.variants],
            "visitors": [line(f"{one.visitors:,}") for one in result.variants],
            "conversions": [
                line(f"{one.conversions:,}" if known else "") for one in result.variants
            ],
            "rate": [line(f"{one.rate:.2%}" if known else "") for one in result.variants],
            **_differences(result.variants, result.baseline),
        },
    )
    if result.held_out:
        variants = [line(one.id) for one in result.held_out]
        title = line(("beside those held out", "dim"))
        _print_columns(title, {"variant": variants, **_differences(result.held_out, "")})
    for warning in result.warnings:
        say("  ", (warning, "yellow"))
    out.print()


def _print_columns(title: Text, columns: dict[str, list[Text]]) -> None:
    """A table without the columns that have no value."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", caption_justify="left")
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    for column in shown:
        table.add_column(column, justify="left" if column == "variant" else "right")
    for cells in zip(*shown.values(), strict=True):
        table.add_row(*cells)
    out.print(table)


def _differences(compared: list[Any], baseline: str) -> dict[str, list[Text]]:
    """Columns of differences, each drawn on the line from worse to better; nothing where nothing is said of any."""
    if all(one.difference is None for one in compared):
        return {}
    widest = max([abs(end) for one in compared for end in one.interval or ()], default=0)
    return {
        "difference": [_difference(one, baseline) for one in compared],
        "95 % interval": [_ends(one) for one in compared],
        "p": [_p(one) for one in compared],
        f"-{widest:.1%} … 0 … +{widest:.1%}": [_drawn(one, widest) for one in compared],
    }


def _colour(one: Any) -> str:
    low, high = one.interval or (0.0, 0.0)
    return "green" if low > 0 else "red" if high < 0 else ""


def _difference(one: Any, baseline: str) -> Text:
    if one.difference is not None:
        return line((f"{one.difference:+.2%}", _colour(one)))
    return line("baseline" if one.id == baseline else "–")


def _ends(one: Any) -> Text:
    return line("{:+.2%} to {:+.2%}".format(*one.interval) if one.interval else "")


def _p(one: Any) -> Text:
    return line("" if one.p is None else "<0.001" if one.p < 0.001 else f"{one.p:.3f}")


def _drawn(one: Any, widest: float) -> Text:
    if not one.interval:
        return line()
    low, high = one.interval
    return line((_interval(low, one.difference or 0, high, widest), _colour(one)))


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
