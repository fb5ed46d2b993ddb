"""A rules file says which lines are views, of which items and whose."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pyrite.serverside import Invalid
from pyrite.serverside.following.formats import Entry
from pyrite.serverside.following.rules import Rules, read_rules

HEAD = 'upstream = "https://edge.example"\ncustomer = "00000"\n'
PRODUCT = "[[views]]\npath = '/product/(?P<item>\\d+)'\nitemtype = 1\n"
ENTRY = Entry(
    method="GET", path="/product/7", query="", status=200, made_ms=1795819389000, agent="Mozilla/5.0 Firefox/140.0"
)  # fmt: skip


def rules(tmp_path: Path, more: str = "", views: str = PRODUCT, head: str = HEAD) -> Rules:
    path = tmp_path / "rules.toml"
    path.write_text(head + more + views)
    return read_rules(path)


def test_a_path_says_the_item(tmp_path: Path) -> None:
    said = rules(tmp_path).said(ENTRY)

    assert said == {"kind": "click", "itemtype": 1, "item": "7", "user": ""}


def test_groups_are_decoded_and_others_are_parameters(tmp_path: Path) -> None:
    views = "[[views]]\npath = '(?P<categorypath>/.+)/(?P<itemtype>\\d)-(?P<item>[^/]+)'\nparameters = { lang = 'de' }\n"
    said = rules(tmp_path, views=views).said(replace(ENTRY, path="/a%20b/2-x%2Fy"))

    assert said == {"kind": "click", "lang": "de", "categorypath": "/a b", "itemtype": "2", "item": "x/y", "user": ""}  # fmt: skip


def test_a_parameter_of_the_query_may_say_the_item(tmp_path: Path) -> None:
    views = "[[views]]\npath = '/index.php'\nquery = { id = '(?P<item>\\d+)' }\nitemtype = 1\n"
    made = rules(tmp_path, views=views)

    assert made.said(replace(ENTRY, path="/index.php", query="a=b&id=9")) == {"kind": "click", "itemtype": 1, "item": "9", "user": ""}  # fmt: skip
    assert made.said(replace(ENTRY, path="/index.php", query="a=b")) == "view"


OUT: list[tuple[dict[str, Any], str]] = [
    ({"method": "", "path": ""}, "request"),
    ({"path": "/product/7" + "x" * 9000}, "request"),
    ({"path": "/logo.png"}, "ignore"),
    ({"path": "/about"}, "view"),
    ({"method": "POST"}, "method"),
    ({"status": 404}, "status"),
    ({"agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, "robot"),
    ({"agent": ""}, "robot"),
    ({"fields": {"sec_purpose": "prefetch;prerender"}}, "prefetch"),
    ({"fields": {"sec_fetch_dest": "empty"}}, "prefetch"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "why"), OUT, ids=range(len(OUT)))
def test_what_is_no_view_says_why(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    assert rules(tmp_path).said(replace(ENTRY, **changed)) == why


def test_robots_and_lines_without_an_agent_count_where_they_are_to(tmp_path: Path) -> None:
    assert isinstance(rules(tmp_path).said(replace(ENTRY, agent=None)), dict)
    assert isinstance(rules(tmp_path, "robots = true\n").said(replace(ENTRY, agent="")), dict)


def test_a_rule_may_ask_for_a_field_such_as_what_the_cache_had(tmp_path: Path) -> None:
    made = rules(tmp_path, views=PRODUCT + 'where = { cache = "HIT|STALE" }\n')
    seen = [made.said(replace(ENTRY, fields={"cache": one})) for one in ("HIT", "MISS")]

    assert [isinstance(one, dict) for one in seen] == [True, False]


WHOSE: list[tuple[str, dict[str, str], str]] = [
    ("", {}, ""),
    ("", {"pyrite_fpid": "dev", "pyrite_pid": "pix"}, "dev"),
    ("", {"pyrite_pid": "pix"}, "pix"),
    ("", {"cookie": "a=b; pyrite_fpid=dev"}, "dev"),
    ('user = "not_defined"\n', {"pyrite_fpid": "dev"}, ""),
    ('user = "uid"\n', {"pyrite_fpid": "dev", "uid": "4711"}, "4711"),
    ('user = "uid"\n', {"pyrite_fpid": "dev"}, "dev"),
    ("", {"pyrite_fpid": "dev", "dnt": "1"}, ""),
    ("", {"pyrite_fpid": "dev", "sec_gpc": "1"}, ""),
    ("", {"pyrite_fpid": "dev", "consent": "general=out"}, ""),
    ("", {"pyrite_fpid": "dev", "consent": "general=in", "sec_gpc": "1"}, "dev"),
    ("", {"cookie": "pyrite_fpid=dev; kndctr_shop_consent=general%3Dout"}, ""),
    ('user = "uid"\n', {"uid": "4711", "dnt": "1"}, ""),
    ('default_consent = "pending"\n', {"pyrite_fpid": "dev"}, ""),
]


@pytest.mark.parametrize(("told", "fields", "user"), WHOSE, ids=range(len(WHOSE)))
def test_whose_a_view_is_as_consent_and_signals_allow(
    tmp_path: Path, told: str, fields: dict[str, str], user: str
) -> None:
    said = rules(tmp_path, told).said(replace(ENTRY, fields=fields))

    assert isinstance(said, dict)
    assert said["user"] == user


def test_a_view_of_a_data_stream_has_its_page_and_the_time_of_the_line(tmp_path: Path) -> None:
    head = 'upstream = "https://edge.example"\ndatastream = "shop"\nsite = "https://shop.example"\n'
    made = rules(tmp_path, head=head, views="[[views]]\npath = '/.*'\n")
    said = made.said(ENTRY)

    assert isinstance(said, dict)
    assert said["kind"] == "web.webpagedetails.pageViews"
    assert said["url"] == "https://shop.example/product/7"
    assert said["xdm"] == {"timestamp": "2026-11-27T22:43:09.000Z"}


def test_a_view_of_a_customer_by_a_data_stream_keeps_the_time_of_its_line(tmp_path: Path) -> None:
    made = rules(tmp_path, 'datastream = "shop"\n')
    said = made.said(replace(ENTRY, fields={"pyrite_fpid": "dev"}))
    assert isinstance(said, dict)
    with made.sender(tmp_path, None) as sender:
        message = sender.made(**said, eid="1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de")
    body = json.loads(message.body)
    [event] = body["events"]

    assert message.target.startswith("/ee/v1/collect?configId=shop&")
    assert event["xdm"] == {"eventType": "ibexa.click", "timestamp": "2026-11-27T22:43:09.000Z", "_id": "1f0c7d1e-3a52-4c0e-8d0a-52f3c6a1b9de"}  # fmt: skip
    assert event["ibexa"] == {"event": "click", "customer": "00000", "itemtype": 1, "item": "7", "user": "dev"}  # fmt: skip
    assert "meta" not in body  # the log's clock is a server's: it is not to be corrected


def test_what_no_edge_would_take_is_refused_by_a_data_stream_too(tmp_path: Path) -> None:
    made = rules(tmp_path, 'datastream = "shop"\n')
    said = made.said(replace(ENTRY, path="/product/99999999999"))
    assert isinstance(said, dict)
    with made.sender(tmp_path, None) as sender, pytest.raises(Invalid, match="item"):
        sender.made(**said)


WRONG = [
    ("customer = '1'\n", "", PRODUCT, "upstream"),
    ('upstream = "https://edge.example"\n', "", PRODUCT, "a customer, a datastream, or both"),
    (HEAD, "", "", "views"),
    (HEAD, "", "views = []\n", "views"),
    (HEAD, "", "[[views]]\npath = '/('\n", r"views\[0\].path: expected a regular expression"),
    (HEAD, "", "[[views]]\npath = '/'\nitemtype = 1\n", r"views\[0\].path: expected a group"),
    (HEAD, "", "[[views]]\npath = '/(?P<item>.)'\n", r"views\[0\].itemtype"),
    (HEAD, "", "[[views]]\npath = '/(?P<item>.)(?P<eid>.)'\nitemtype = 1\n", "eid: no name for a group"),
    (HEAD, "", PRODUCT + 'kind = "klick"\n', "did you mean 'click'"),
    (HEAD, "robot = true\n", PRODUCT, "robot"),
    (HEAD, "limit = 0\n", PRODUCT, "limit"),
    (HEAD, "user = 3\n", PRODUCT, "user"),
    (HEAD, "= 3\n", PRODUCT, "rules.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "more", "views", "named"), WRONG, ids=range(len(WRONG)))
def test_wrong_rules_are_refused_and_the_file_and_the_key_named(
    tmp_path: Path, head: str, more: str, views: str, named: str
) -> None:
    with pytest.raises(ValueError, match=named) as told:
        rules(tmp_path, more, views, head)

    assert "rules.toml" in str(told.value)
