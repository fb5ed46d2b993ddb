"""Events of a web server leave without holding anything up, in the form that the edge reads."""

import json
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyrite.core.ibexa.address import read
from pyrite.serverside import Datastream, Invalid, Sender
from pyrite.serverside.message import Message
from pyrite.serverside.worker import Answer

EDGE = "https://edge.example"


class Edge:
    """An edge that takes everything, or fails."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.taken: list[Message] = []

    def __call__(self, message: Message) -> Answer:
        self.taken.append(message)
        return Answer(status=self.status)


def test_an_event_of_a_customer_is_the_address_that_the_edge_reads() -> None:
    edge = Edge()
    with Sender(EDGE, customer="00000", transport=edge) as sender:
        id = sender.event(
            "buy", user="Jo hn/ä", itemtype=1, item=128, fullprice="12.45EUR", quantity=2
        )

    path, _, query = edge.taken[0].target.partition("?")
    event = read(path, query)
    assert (event.kind, event.user, event.items, event.eid) == ("buy", "Jo hn/ä", ["128"], id)
    assert event.parameters == {"fullprice": "12.45EUR", "quantity": "2"}
    assert edge.taken[0].method == "GET"


def test_without_a_user_the_item_is_counted_and_nobody() -> None:
    edge = Edge()
    with Sender(EDGE, customer="00000", transport=edge) as sender:
        sender.event("click", itemtype=1, item=128)

    assert "/click/not_defined/1/128" in edge.taken[0].target


def test_an_event_of_a_data_stream_is_a_body_of_the_trackers_protocol() -> None:
    edge = Edge()
    with Sender(EDGE, datastream="shop", transport=edge) as sender:
        id = sender.event(
            "order.paid", user="device-1", url="https://shop.example/", data={"total": 3}, step=4
        )

    message = edge.taken[0]
    body = json.loads(message.body)
    event = body["events"][0]
    assert message.target == f"/ee/v1/collect?configId=shop&requestId={id}"
    assert event["xdm"]["_id"] == id
    assert event["xdm"]["eventType"] == "order.paid"
    assert event["xdm"]["web"] == {"webPageDetails": {"URL": "https://shop.example/"}}
    assert event["data"] == {"total": 3, "step": 4}
    assert body["xdm"]["identityMap"] == {"FPID": [{"id": "device-1"}]}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("klick", {"itemtype": 1, "item": 1}, "klick"),
    ("buy", {"itemtype": 1, "item": 1, "fullprice": "12,45"}, "fullprice"),
    ("click", {"itemtype": "one", "item": 1}, "itemtype"),
    ("click", {"itemtype": 1, "item": "a\\b"}, "item"),
]


@pytest.mark.parametrize(("kind", "given", "named"), BAD)
def test_what_no_edge_would_take_is_counted_and_the_page_goes_on(
    kind: str, given: dict[str, Any], named: str, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Sender(EDGE, customer="00000", transport=Edge()) as sender,
        caplog.at_level(logging.WARNING),
    ):
        assert sender.event(kind, **given) == ""
        sender.event(kind, **given)

    assert sender.counts()["dropped"] == {"invalid": 2}
    assert len(caplog.records) == 1
    assert named in caplog.text


def test_a_strict_sender_raises_it() -> None:
    with (
        Sender(EDGE, customer="00000", transport=Edge(), strict=True) as sender,
        pytest.raises(Invalid, match="klick"),
    ):
        sender.event("klick", itemtype=1, item=1)
    with (
        Sender(EDGE, datastream="shop", transport=Edge(), strict=True) as sender,
        pytest.raises(Invalid, match="JSON"),
    ):
        sender.event("view", data={"set": {1}})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"customer": "1", "datastream": "shop"},
        {"customer": "1", "technique": "later"},
        {"customer": "1", "key": "no key"},
    ],
)
def test_arguments_that_do_not_go_together_are_refused_at_once(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Sender(EDGE, transport=Edge(), **given)


def test_an_upstream_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="https://"):
        Sender("edge.example", customer="1")


def test_counts_say_what_became_of_each_event(tmp_path: Path) -> None:
    with Sender(EDGE, customer="00000", transport=Edge(503), queue=tmp_path / "queue") as sender:
        sender.event("click", itemtype=1, item=1)
        sender.close()

    with Sender(
        EDGE, customer="00000", transport=(edge := Edge()), queue=tmp_path / "queue"
    ) as later:
        assert later.counts()["queued"] + len(edge.taken) >= 1
        assert later.counts()["dropped"] == {}


def test_what_memory_could_not_send_before_the_end_is_counted() -> None:
    sender = Sender(EDGE, customer="00000", transport=Edge(503))
    sender.event("click", itemtype=1, item=1)
    sender.close()
    sender.event("click", itemtype=1, item=2)

    assert sender.counts()["dropped"] == {"closed": 2}


def test_a_process_that_was_forked_sends_with_threads_of_its_own() -> None:
    edge = Edge()
    sender = Sender(EDGE, customer="00000", transport=edge)
    before = sender._line.worker
    sender._line = replace(sender._line, process=os.getpid() + 1)  # as a child sees it

    sender.event("click", itemtype=1, item=1)

    assert sender._line.worker is not before
    sender.close()
    assert len(edge.taken) == 1


def test_the_path_of_an_edge_that_is_mounted_elsewhere_is_a_part_of_the_form() -> None:
    form = Datastream(datastream="shop", base_path="/t/ee")
    with Sender(EDGE, form=form, transport=(edge := Edge())) as sender:
        sender.event("view")

    assert edge.taken[0].target.startswith("/t/ee/v1/collect?")


def test_with_a_key_each_attempt_is_signed_and_the_secret_is_in_no_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import httpx2

    asked: list[Any] = []

    def answer(request: Any) -> Any:
        asked.append(request)
        return httpx2.Response(503 if len(asked) == 1 else 204)

    client = httpx2.Client
    monkeypatch.setattr(
        httpx2, "Client", lambda **given: client(transport=httpx2.MockTransport(answer), **given)
    )
    monkeypatch.setattr("pyrite.serverside.breaker.RETRY_MS", 1)
    sender = Sender(
        EDGE, datastream="shop", key="server-1:a secret of thirty-two characters", queue=None
    )
    sender.event("view")
    while len(asked) < 2:
        sender._line.worker.step()
    sender.close()

    signed = [request.headers["signature-input"] for request in asked]
    assert all('keyid="server-1"' in line for line in signed)
    assert len({line.partition("nonce=")[2] for line in signed}) == 2
    assert all("content-digest" in request.headers for request in asked)
    with pytest.raises(ValueError, match="key") as refusal:
        Sender(EDGE, datastream="shop", key="a-secret")
    assert "a-secret" not in str(refusal.value)
