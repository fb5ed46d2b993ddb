"""`[ibexa]`: mistakes are told with file, line and remedy."""

from pathlib import Path
from typing import Any

import pytest

import pyrite
from pyrite.edge.settings import Datastream, Ibexa, IbexaCustomer, Settings, SettingsError, read
from pyrite.stores.memory import MemoryStore

CUSTOMER = '[ibexa.customers."00000"]\n'


def test_what_the_issue_shows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pyrite.toml"
    path.write_text(
        '[ibexa]\nenabled = true\nprefixes = ["api", "ebl", "news"]\nuser_secret = ""\n'
        + CUSTOMER
        + 'datastream = "shop"\nlicence_key = "8695-"\nitem_ids = "numeric"\nitem_types = []\ncustom = []\nlevel = "open"\n'
        + 'levels = { buy = "server" }\nkeys = {}\ntoken_minutes = 1440\n'
    )
    found = read(path).ibexa

    assert found.customers["00000"].levels == {"buy": "server"}
    assert found == Ibexa(
        enabled=True,
        customers={
            "00000": IbexaCustomer(datastream="shop", licence_key="8695-", levels={"buy": "server"})
        },
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ibexa]\nprefix = 'api'\n", "pyrite.toml:2: unknown key 'ibexa.prefix'; known are enabled, prefixes"),
        ("[ibexa]\nprefixes = ['/api']\n", "pyrite.toml:2: ibexa.prefixes: expected a path such as 'api'"),
        ("[ibexa]\nenabled = true\nprefixes = []\n", "pyrite.toml:3: ibexa.prefixes: expected at least one"),
        ("[ibexa]\nuser_secret = 'short'\n", "pyrite.toml:2: ibexa.user_secret: expected at least 16 bytes, got 5"),
        ("[ibexa.customers.a-b]\n", "pyrite.toml:1: ibexa.customers.a-b: expected letters and digits"),
        (CUSTOMER + "level = 'closed'\n", "pyrite.toml:2: ibexa.customers.00000.level: invalid enum value 'closed'"),
        (CUSTOMER + "levels = { buys = 'page' }\n", "unknown event 'buys' (did you mean 'buy'?)"),
        (CUSTOMER + "custom = ['Share']\n", "pyrite.toml:2: ibexa.customers.00000.custom: 'Share' is no code"),
        (CUSTOMER + "custom = ['buy']\n", "'buy' is one of the fifteen"),
        (CUSTOMER + "keys = { a = 'short' }\n", "pyrite.toml:2: ibexa.customers.00000.keys.a: expected at least 16 bytes"),
        (CUSTOMER + "keys = { 'a.b' = 'kkkkkkkkkkkkkkkk' }\n", "expected letters, digits and dashes as an id"),
        (CUSTOMER + "licence_key = 'a'\nlicence_key_file = 'b'\n", "pyrite.toml:3: ibexa.customers.00000.licence_key_file: expected nothing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "pyrite.toml"
    path.write_text(text)

    with pytest.raises(SettingsError) as caught:
        read(path)
    assert said in str(caught.value)


def edge(built: Path, tmp_path: Path, customer: IbexaCustomer) -> Any:
    ibexa = Ibexa(enabled=True, customers={"00000": customer})
    settings = Settings(ibexa=ibexa, datastreams={"shop": Datastream()})
    return pyrite.edge(settings=settings, store=MemoryStore(), data=tmp_path)


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        (IbexaCustomer(datastream="shoe"), "no data stream 'shoe' is listed; there are shop"),
        (IbexaCustomer(datastream="shop", licence_key_file="none"), "none: can't be read"),
        (IbexaCustomer(datastream="shop", keys={"a": "file:none"}), "none: can't be read"),
    ],
)
def test_an_edge_does_not_start_with_what_it_can_not_use(
    built: Path, tmp_path: Path, customer: IbexaCustomer, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        edge(built, tmp_path, customer)


def test_a_key_in_a_file_that_can_be_guessed_is_refused(built: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short")
    with pytest.raises(SettingsError, match=r"keys\.a: expected at least 16 bytes, got 5"):
        edge(
            built,
            tmp_path,
            IbexaCustomer(datastream="shop", keys={"a": f"file:{tmp_path / 'key'}"}),
        )


def test_a_licence_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "licence").write_text("8695\n")

    assert IbexaCustomer(licence_key_file=str(tmp_path / "licence")).licence == "8695"
