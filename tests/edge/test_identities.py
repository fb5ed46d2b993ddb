"""Whose a body is, and that what is refused of it can be found and erased with the rest of that visitor."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from asked import event, post, stored
from starlette.testclient import TestClient

from pyrite.core.visitor.identity import identity_cookie
from pyrite.edge.adobe import identities
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]

ECID = "12345678901234567890123456789012345678"
COOKIE = f"kndctr_ORG_AdobeOrg_identity={identity_cookie(ECID)}"
DEVICE = "d997fe05-1111-4222-8333-444455556666"


def of(device: str, **more: Any) -> dict[str, Any]:
    return {"xdm": {"identityMap": {"FPID": [{"id": device}]}}, "events": [event()]} | more


def rows_of(client: TestClient, *ids: str) -> list[int]:
    store: MemoryStore = client.app.state.store  # type: ignore[attr-defined]
    return [row.id for row in store.bad_rows_of(list(ids))]


def escaped(text: str) -> str:
    return "".join([f"\\u{ord(char):04x}" for char in text])


def test_a_refused_body_is_its_visitors_however_it_was_written(edge: Maker) -> None:
    client = edge()
    whole = json.dumps(of(DEVICE, events=5))
    bodies = [
        whole.encode(),
        whole.replace(DEVICE, escaped(DEVICE)).encode(),
        whole[:-3].encode(),  # torn
        whole.replace(DEVICE, escaped(DEVICE))[:-3].encode(),
        gzip.compress(whole.encode())[:-10],
        json.dumps(of(DEVICE, events=[event(), 5])).encode(),
        json.dumps({"raw": {"commands": 5, "facts": {"cookie": f"a=b; pyrite_fpid={DEVICE}"}}}).encode(),
        json.dumps({"raw": [{}, 5, [None, None, [f"pyrite_fpid={DEVICE}"]], "", 0]}).encode(),
    ]  # fmt: skip
    for body in bodies:
        assert post(client, "collect", body).status_code in (207, 400), body

    assert rows_of(client, DEVICE) == list(range(1, len(bodies) + 1))
    assert rows_of(client, DEVICE[:8]) == rows_of(client, "d") == []


def test_what_only_mentions_a_visitor_is_not_theirs(edge: Maker) -> None:
    client = edge()
    mention = event(data={"friend": DEVICE})
    post(client, "collect", of("device-2", events=[mention, 5], note=DEVICE))

    assert rows_of(client, DEVICE) == []
    assert rows_of(client, "device-2") == [1]


def test_without_a_device_the_ecid_says_whose_a_body_is(edge: Maker) -> None:
    client = edge()
    for body in (b'{"events": 5}', b'{"events": '):
        post(client, "collect", body, headers={"cookie": COOKIE})
    post(client, "collect", of(DEVICE, events=5), headers={"cookie": COOKIE})

    assert rows_of(client, ECID) == [1, 2]
    assert rows_of(client, DEVICE) == [3]
    store: MemoryStore = client.app.state.store  # type: ignore[attr-defined]
    assert store.names_of(ECID) == [ECID, DEVICE]


@pytest.mark.parametrize("device", ["", "e", "[/x]", "a b", "é" * 20, "x" * 129, "\x1b]0;x", 7])
def test_what_has_not_the_form_of_a_device_id_is_none(edge: Maker, device: Any) -> None:
    client = edge()
    post(client, "collect", of(device), headers={"cookie": COOKIE})

    assert stored(client)[0].visitor == ECID


@pytest.mark.parametrize("ecid", ["", "1", "abc", "٣" * 38, "1" * 65])
def test_what_has_not_the_form_of_an_ecid_is_none(ecid: str) -> None:
    body = {"xdm": {"identityMap": {"ECID": [{"id": ecid}]}}}

    assert identities.told(body, "", "kndctr_X_") == ("", "")


def test_a_device_id_that_another_tab_has_replaced_is_one_visitor_with_it(edge: Maker) -> None:
    client = edge()
    post(client, "interact", of("device-1"))
    acquire = of("device-2", meta={"former": "device-1"}) | {"events": []}
    assert post(client, "identity/acquire", acquire).status_code == 200

    store: MemoryStore = client.app.state.store  # type: ignore[attr-defined]
    assert set(store.names_of("device-1")) == {"device-1", "device-2"}


@pytest.mark.parametrize("former", ["", "a b", "x" * 129, 7, None, ["device-1"], "device-2"])
def test_what_has_not_the_form_of_another_device_id_links_nobody(edge: Maker, former: Any) -> None:
    client = edge()
    post(client, "interact", of("device-2", meta={"former": former}))

    store: MemoryStore = client.app.state.store  # type: ignore[attr-defined]
    assert list(store.links("device-2")) == []
