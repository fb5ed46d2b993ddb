"""What visitors are given: audiences over what the store knows, caps, previews, rules for pages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked import PAGE, event, handles, post, stored
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from pyrite.core.personalization.on_device import PREVIEW_PARAMETER as PARAMETER
from pyrite.edge.experiences.folder import Experiences
from pyrite.edge.experiences.preview import PreviewRefused, Previews, secret_in
from pyrite.edge.settings import Limits
from pyrite.stores.contract import Batch, StoreUnavailable, Visitor, Written
from pyrite.stores.memory import MemoryStore

Maker = Callable[..., TestClient]
OFFER = '[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setText"\nselector = "h1"\ncontent = "Hi"\n'
FPID = {"identityMap": {"FPID": [{"id": "d1"}]}}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"


@pytest.fixture
def offer(tmp_path: Path) -> Callable[..., None]:
    """Puts experiences in force: `offer(head, name)`."""
    (tmp_path / "experiences").mkdir()

    def put(head: str = "", name: str = "offer") -> None:
        (tmp_path / "experiences" / f"{name}.toml").write_text(head + "\n" + OFFER)

    return put


def given(
    client: TestClient, id: str, url: str = "https://shop.test/", **options: Any
) -> list[str]:
    """The ids of the propositions for a view of d1."""
    view = event(id, query=PAGE)
    view["xdm"] |= {
        "eventType": "web.webpagedetails.pageViews",
        "web": {"webPageDetails": {"URL": url}},
    }
    response = post(client, body={"xdm": FPID, "events": [view]}, **options)
    return [found["id"] for found in handles(response, "personalization:decisions")]


def shown(client: TestClient, id: str, **characteristics: Any) -> None:
    """A display event of the offer."""
    record = {
        "id": "PY:offer:a",
        "scopeDetails": {
            "decisionProvider": "PYR",
            "activity": {"id": "offer"},
            "characteristics": characteristics,
        },
    }
    display = event(id)
    display["xdm"] |= {
        "_experience": {
            "decisioning": {"propositions": [record], "propositionEventType": {"display": 1}}
        }
    }
    post(client, body={"xdm": FPID, "events": [display]})


def test_an_audience_may_ask_for_what_the_store_knows(edge: Maker, offer: Any) -> None:
    offer("audience = { views = { min = 2 } }")
    client = edge()

    assert [given(client, "1"), given(client, "1"), given(client, "2")] == [[], [], ["PY:offer:a"]]


def test_an_audience_may_ask_for_device_and_language(edge: Maker, offer: Any) -> None:
    offer('audience = { device = "mobile", language = "de" }')
    client = edge()
    german = {"accept-language": "de-AT,de;q=0.9,en;q=0.5", "user-agent": PHONE}

    assert given(client, "1") == []
    assert given(client, "2", headers=german) == ["PY:offer:a"]
    assert given(client, "3", headers=german | {"accept-language": "en,de"}) == []


def test_an_audience_may_ask_for_the_pages_own_context(edge: Maker, offer: Any) -> None:
    offer('audience = { context = { plan = "pro" }, data = { member = true } }')
    client = edge()
    query = {**PAGE["personalization"], "decisionContext": {"plan": "pro"}}
    for id, data, expected in (("1", {"member": True}, 1), ("2", {"member": False}, 0)):
        asked = event(id, query={"personalization": query}, data=data)
        found = handles(post(client, body={"events": [asked]}), "personalization:decisions")

        assert len(found) == expected


def test_a_store_that_cant_be_read_gives_nothing_that_depends_on_it(
    edge: Maker, offer: Any
) -> None:
    class Blind(MemoryStore):
        def visitor(self, datastream: str, visitor: str) -> Visitor | None:
            raise StoreUnavailable("the disk is gone")

    offer("cap = { shown = 1 }")
    response = post(edge(store=Blind()), body={"events": [event("1", query=PAGE)]})

    assert response.status_code == 200
    assert handles(response, "personalization:decisions") == []
    assert "the disk is gone" in response.json()["warnings"][0]["title"]


def test_a_cap_counts_what_was_displayed_once(edge: Maker, offer: Any) -> None:
    offer("cap = { shown = 2 }")
    client = edge()
    shown(client, "s1")
    shown(client, "s1")
    shown(client, "s2", preview=True)
    assert given(client, "1") == ["PY:offer:a"]

    shown(client, "s3")
    assert given(client, "2") == []


def test_a_preview_link_shows_a_variant_and_counts_for_nothing(edge: Maker, offer: Any) -> None:
    offer("enabled = false")
    client = edge()
    previews: Previews = client.app.state.previews  # type: ignore[attr-defined]
    link = previews.link("https://shop.test/?a=1#top", experience="offer", variant="a")
    assert link.startswith(f"https://shop.test/?a=1&{PARAMETER}=")
    assert link.endswith("#top")
    assert given(client, "1") == []

    view = event("2", query=PAGE)
    view["xdm"]["web"]["webPageDetails"]["URL"] = link
    response = post(client, body={"xdm": FPID, "events": [view]})
    found = handles(response, "personalization:decisions")
    kept = [entry for entry in handles(response, "state:store") if "preview" in entry["key"]]
    assert [one["id"] for one in found] == ["PY:offer:a"]
    assert found[0]["scopeDetails"]["characteristics"]["preview"] is True
    assert kept[0]["maxAge"] == 1800

    # It goes along to the next page, and ends when it is told to.
    cookie = {"cookie": f"{kept[0]['key']}={kept[0]['value']}"}
    assert given(client, "3", headers=cookie) == ["PY:offer:a"]
    assert given(client, "4", url=f"https://shop.test/?{PARAMETER}=off", headers=cookie) == []


@pytest.mark.parametrize("token", ["nonsense", "WyJvZmZlciIsImEiXQ.aR8.bad", "%00", "😀"])
def test_a_forged_preview_link_shows_nothing_and_says_so(
    edge: Maker, offer: Any, token: str
) -> None:
    offer("enabled = false")
    view = event("1", query=PAGE)
    view["xdm"]["web"]["webPageDetails"]["URL"] = f"https://shop.test/?{PARAMETER}={token}"
    response = post(edge(), body={"events": [view]})

    assert handles(response, "personalization:decisions") == []
    assert "was not signed by this edge" in response.json()["warnings"][0]["title"]


def test_a_preview_link_expires(tmp_path: Path) -> None:
    previews = Previews(lambda: "secret", hours=-1)
    token = previews.link("https://a.test/", experience="e", variant="v").partition("=")[2]
    with pytest.raises(PreviewRefused, match="has expired"):
        previews.read(token)


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = secret_in(tmp_path / "data")

    assert len(made) > 30
    assert secret_in(tmp_path / "data") == made
    assert (tmp_path / "data" / "preview.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["preview.key"]


def test_a_page_that_asks_gets_the_rules_and_what_is_known_of_its_visitor(
    edge: Maker, offer: Any
) -> None:
    offer("[goal]\ntype = 'order'")
    offer("enabled = false", "draft")
    client = edge()
    given(client, "1")
    query = {"personalization": {**PAGE["personalization"], "rules": True}}
    response = post(client, body={"xdm": FPID, "events": [event("2", query=query)]})
    rules = handles(response, "personalization:rules")[0]

    assert [record["id"] for record in rules["experiences"]] == ["offer"]
    assert "goal" not in rules["experiences"][0]
    assert rules["decider"] == "/lib/decide.0123.js"
    assert (rules["visitor"]["id"], rules["visitor"]["views"]) == ("d1", 1)
    assert handles(post(client), "personalization:rules") == []


def test_a_queue_whose_page_decides_itself_gets_the_rules(edge: Maker, offer: Any) -> None:
    offer()
    facts = {"url": "http://edge.test/", "cookie": "pyrite_fpid=d1"}
    queue = [["configure", {"decisioningMethod": "on-device"}], ["event", {"viewStart": True}]]
    response = post(edge(), body={"raw": {"commands": queue, "facts": facts}})
    (rules,) = handles(response, "personalization:rules")

    assert [record["id"] for record in rules["experiences"]] == ["offer"]


def test_a_hundred_thousand_scopes_are_no_stall(edge: Maker, offer: Any) -> None:
    offer()
    scopes = ["__view__", *(f"s{number}" for number in range(100_000))]
    query = {"personalization": {"decisionScopes": scopes, "surfaces": scopes}}
    client = edge(limits=Limits(body_bytes=10_000_000))
    response = post(client, body={"events": [event("1", query=query)]})

    assert len(handles(response, "personalization:decisions")) == 1


@pytest.mark.parametrize("url", ["", "://", "a", "https://", "https://[", "?%", "#", "x" * 9000])
def test_any_address_can_be_decided_for(edge: Maker, offer: Any, url: str) -> None:
    offer('audience = { not = { path = "never", query = { a = "b" } } }')
    view = event("1", query=PAGE)
    view["xdm"] |= {
        "web": {"webPageDetails": {"URL": url}},
        "placeContext": {"localTimezoneOffset": -1e300},
    }

    assert post(edge(limits=Limits()), body={"events": [view]}).status_code == 200


def test_the_script_moves_along_with_an_edge_that_is_mounted(edge: Maker, offer: Any) -> None:
    offer()
    outer = TestClient(Starlette(routes=[Mount("/t", edge().app)]), base_url="http://edge.test")
    query = {"personalization": {**PAGE["personalization"], "rules": True}}
    response = post(
        outer,
        body={"events": [event("1", query=query)]},
        path="/t/ee/v1/interact?configId=shop&requestId=r",
    )
    rules = handles(response, "personalization:rules")[0]

    assert rules["decider"] == "/t/lib/decide.0123.js"
    assert outer.get(rules["decider"]).text == "decide"


def test_what_is_in_force_is_kept_with_the_store(edge: Maker, offer: Any) -> None:
    offer("name = 'Warm'\n[goal]\ntype = 'order'")
    offer("enabled = false", "draft")
    client = edge()
    for id in ("1", "2"):
        given(client, id)
    (kept,) = client.app.state.store.experiments()  # type: ignore[attr-defined]

    assert json.loads(kept.record) == {
        "id": "offer",
        "name": "Warm",
        "goal": {"type": "order"},
        "holdout": 0,
        "variants": [{"id": "a", "weight": 1, "items": [{"id": "offer-a-0"}]}],
    }


def test_what_could_not_be_kept_is_tried_again(tmp_path: Path) -> None:
    class Full(MemoryStore):
        def write(self, batch: Batch, done: Written) -> None:
            if is_full:
                done(StoreUnavailable("the disk is full"))
            else:
                super().write(batch, done)

    (tmp_path / "offer.toml").write_text(OFFER)
    store, is_full = Full(), True
    experiences = Experiences(tmp_path, store=store)
    experiences.rules()
    assert list(store.experiments()) == []

    is_full = False
    experiences.keep()
    assert [one.id for one in store.experiments()] == ["offer"]


def test_an_event_that_asks_for_nothing_is_stored_all_the_same(edge: Maker, offer: Any) -> None:
    offer()
    client = edge()
    post(client)

    assert len(stored(client)) == 1


def test_what_was_decided_is_stored_once_and_a_preview_is_not(edge: Maker, offer: Any) -> None:
    offer()
    store = MemoryStore()
    client = edge(store=store)
    for id in ("1", "1", "2"):
        given(client, id)
    link = client.app.state.previews.link("https://shop.test/", experience="offer", variant="a")  # type: ignore[attr-defined]
    given(client, "3", url=link)
    found = list(store.decided("d1"))

    assert [(one.event, one.experience, one.variant, one.scope) for one in found] == [
        ("1", "offer", "a", "__view__"),
        ("2", "offer", "a", "__view__"),
    ]


def test_a_store_that_can_not_keep_what_was_decided_holds_up_no_answer(
    edge: Maker, offer: Any
) -> None:
    class Full(MemoryStore):
        def write(self, batch: Batch, done: Written) -> None:
            if batch.decided:
                done(StoreUnavailable("full"))
            else:
                super().write(batch, done)

    offer()

    assert given(edge(store=Full()), "1") == ["PY:offer:a"]
