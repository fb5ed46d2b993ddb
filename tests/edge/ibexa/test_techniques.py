"""What each of the six techniques sends is good as it is, and refused once it is altered, old, sent again or signed by somebody else."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient
from taken import KEY, bad, events, taken

from pyrite.edge.ibexa.keys import add_key, retire_key
from pyrite.serverside import Sender, page_token, pixel
from pyrite.serverside.message import Message
from pyrite.serverside.relaying.answering import Relay
from pyrite.serverside.relaying.asked import Asked
from pyrite.serverside.relaying.settings import RelaySettings
from pyrite.serverside.worker import Answer

Site = Callable[..., TestClient]
EDGE = "http://edge.test"
OTHER = "o" * 16
PAGE = {"host": "shop.test", "origin": "https://shop.test", "sec-fetch-site": "same-origin"}
CLICK: dict[str, Any] = {"kind": "click", "itemtype": 1, "item": 11}
TECHNIQUES = ["pixel", "server-side", "page bottom", "asynchronous", "JSONP", "proxy"]
EVERY_TECHNIQUE = pytest.mark.parametrize("technique", TECHNIQUES)


@dataclass(frozen=True)
class Request:
    """A request that a technique has made, or somebody who has seen one."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, client: TestClient) -> str:
        """'' where it is taken, or the code of its refusal."""
        answer = client.get(self.address, headers=self.headers)
        if "jsonpCallback" in self.address:
            said = json.loads(answer.text.partition("(")[2].rpartition(")")[0])
            return str(said.get("code", ""))
        assert answer.status_code in (200, 204, 401)
        return answer.text.partition(":")[0] if answer.status_code == 401 else ""


def request_of(technique: str, key: str = KEY, id: str = "a") -> Request:
    """What *technique* sends for a click on an item, with this key."""
    if technique in ("pixel", "JSONP"):
        token = page_token(key, key_id=id, customer="00000", kinds=["click"], items=["1/11"])
        markup = pixel("", customer="00000", token=token, eid="1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de", **CLICK)  # fmt: skip
        address = markup.split('src="')[1].split('"')[0].replace("&amp;", "&")
        return Request(address + "&jsonpCallback=f" * (technique == "JSONP"))
    sent: list[Message] = []

    def transport(message: Message) -> Answer:
        sent.append(message)
        return Answer(status=204)

    if technique == "proxy":
        told = RelaySettings.of({"upstream": EDGE, "customer": "00000", "key": f"{id}:{key}"})
        relay = Relay(told, transport=transport)
        asked = Asked(method="POST", path="/t/e", query="", headers=PAGE, body=json.dumps(CLICK).encode(), client="203.0.113.9")  # fmt: skip
        assert relay.answer(asked).status == 204
        relay.close()
        return signed(sent[0], relay.sender)
    named = {"server-side": "queued", "page bottom": "bottom"}.get(technique, technique)
    with Sender(EDGE, customer="00000", technique=named, key=f"{id}:{key}", transport=transport) as sender:  # fmt: skip
        sender.event(user="4711", **CLICK)
    return signed(sent[0], sender)


def signed(message: Message, sender: Sender) -> Request:
    """The message as the sender has it signed when it goes out by HTTP."""
    request = httpx2.Request(message.method, EDGE + message.target)
    assert sender.signer is not None
    sender.signer(request)
    return Request(message.target, {name: text for name, text in request.headers.items() if name.startswith("signature")})  # fmt: skip


def level(technique: str) -> str:
    return "page" if technique in ("pixel", "JSONP") else "server"


@EVERY_TECHNIQUE
def test_what_it_sends_is_good(site: Site, technique: str) -> None:
    client = site(level=level(technique))

    assert request_of(technique).at(client) == ""
    assert [one["item"] for one in taken(client)] == ["11"]


ALTERED = ["another item", "another kind", "one more parameter"]


@EVERY_TECHNIQUE
@pytest.mark.parametrize("how", ALTERED)
def test_what_was_altered_on_its_way_is_refused(site: Site, technique: str, how: str) -> None:
    client = site(level=level(technique))
    good = request_of(technique)
    address = {
        "another item": good.address.replace("/1/11", "/1/12"),
        "another kind": good.address.replace("/click/", "/owns/"),
        "one more parameter": good.address.replace("?", "?lang=de&"),
    }[how]
    code = replace(good, address=address).at(client)

    assert address != good.address
    # A token is for an item and a kind: what else stands in the address is the page's.
    if how == "one more parameter" and technique in ("pixel", "JSONP"):
        assert code == ""
        return
    assert code.startswith("auth.")
    assert (events(client), bad(client)) == ([], [])


@EVERY_TECHNIQUE
def test_what_is_too_old_is_refused(site: Site, technique: str) -> None:
    later_s = 86_460 if technique in ("pixel", "JSONP") else 310
    client = site(level=level(technique), options={"clock": lambda: time.time() + later_s})

    assert request_of(technique).at(client) == "auth.expired"
    assert (events(client), bad(client)) == ([], [])


@EVERY_TECHNIQUE
def test_what_somebody_sends_again_is_stored_once(site: Site, technique: str) -> None:
    client = site(level=level(technique))
    seen = request_of(technique)
    codes = [seen.at(client) for _ in range(3)]

    # A token lives as long as the cached page that holds it; the event's id says that it was there before.
    again = "" if technique in ("pixel", "JSONP") else "auth.replayed"
    assert codes == ["", again, again]
    assert len(events(client)) == 1


@EVERY_TECHNIQUE
@pytest.mark.parametrize(("key", "id"), [(OTHER, "a"), (KEY, "c")], ids=["secret", "id"])
def test_with_a_wrong_key_it_is_refused(site: Site, technique: str, key: str, id: str) -> None:
    client = site(level=level(technique))
    code = request_of(technique, key, id).at(client)

    assert code == ("auth.key" if id == "c" else f"auth.{'token' if level(technique) == 'page' else 'signature'}")  # fmt: skip
    assert (events(client), bad(client)) == ([], [])


@EVERY_TECHNIQUE
def test_two_keys_are_good_until_one_is_retired(site: Site, tmp_path: Any, technique: str) -> None:
    client = site(level=level(technique))
    other = add_key(tmp_path / "data", customer="00000", id="b").secret

    assert [request_of(technique, key, id).at(client) for key, id in ((KEY, "a"), (other, "b"))] == ["", ""]  # fmt: skip
    retire_key(tmp_path / "data", customer="00000", id="b")
    assert request_of(technique, other, "b").at(client) == "auth.key"
    assert request_of(technique).at(client) == ""
