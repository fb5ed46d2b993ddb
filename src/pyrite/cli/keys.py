"""keys: what servers and page tokens are signed with."""

from pathlib import Path
from typing import Annotated

import typer

from pyrite.cli.common import ConfigOption, DataOption, app, failures, settings_of
from pyrite.cli.terminal import note, say, write_json

keys_app = typer.Typer(
    no_args_is_help=True, help="Make, list and retire keys of servers and page tokens."
)
app.add_typer(keys_app, name="keys")

CustomerArgument = Annotated[
    str, typer.Argument(help="The customer's id, as in [ibexa.customers].")
]


@keys_app.command()
def new(
    customer: CustomerArgument,
    id: Annotated[str, typer.Option(help="What it is called; made when left out.")] = "",
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a key, which a running edge takes at once, beside those there are; it is printed once."""
    from pyrite.edge.ibexa.keys import add_key

    with failures():
        customers = settings_of(config).ibexa.customers
        if customer not in customers:
            known = ", ".join(sorted(customers)) or "none"
            raise ValueError(
                f"{customer!r}: no such customer in [ibexa.customers]; there are {known}"
            )
        key = add_key(_folder(data, config), customer=customer, id=id)
    note(f"  a key of {customer}; it is not shown again. Servers sign with both:")
    say(f"{key.id}:{key.secret}")


@keys_app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Print which keys are good, and never what they are."""
    from pyrite.edge.ibexa.keys import keys_in

    with failures():
        keys = [
            {"customer": customer, "id": id, "made": "", "kept": "settings"}
            for customer, one in settings_of(config).ibexa.customers.items()
            for id in one.keys
        ]
        keys += [
            {"customer": key.customer, "id": key.id, "made": key.made, "kept": "data folder"}
            for key in keys_in(_folder(data, config))
        ]
    for one in keys:
        if as_json:
            write_json(dict(one))
        else:
            say(
                f"  {one['customer']:<10} ",
                (f"{one['id']:<24}", "bold"),
                f" {one['made']:<10}  {one['kept']}",
            )
    if not keys:
        note("  0 keys; 'pyrite keys new CUSTOMER' makes one")


@keys_app.command()
def retire(
    customer: CustomerArgument,
    id: Annotated[str, typer.Argument(help="The key's id.")],
    data: DataOption = None,
    config: ConfigOption = None,
) -> None:
    """Forget a key: nothing that it signed is good any longer, in a running edge at once."""
    from pyrite.edge.ibexa.keys import retire_key

    with failures():
        listed = settings_of(config).ibexa.customers.get(customer)
        if listed is not None and id in listed.keys:
            raise ValueError(
                f"{id!r} stands in the settings: take it out of [ibexa.customers] there"
            )
        retire_key(_folder(data, config), customer=customer, id=id)
    say(f"  {customer} {id} is retired")


def _folder(data: Path | None, config: Path | None) -> Path:
    return data or Path(settings_of(config).edge.data)
