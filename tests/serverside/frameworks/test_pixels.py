"""Pixels in templates of Django's and of Flask's."""

import re
from collections.abc import Callable
from typing import Any

import flask
import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.test.utils import override_settings
from starlette.testclient import TestClient

from pyrite.serverside import Invalid

Markup = Callable[..., list[str]]
SETTINGS: dict[str, Any] = {"upstream": "https://edge.example", "customer": "00000"}
KEY = "k" * 16


@pytest.fixture
def markup(flask_site: Callable[[dict[str, Any]], flask.Flask]) -> Markup:
    """Makes the markup of a template of Django's, and of one of Flask's."""

    def made(source: str, wanted: dict[str, Any], headers: dict[str, str] | None = None) -> list[str]:  # fmt: skip
        environ = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in (headers or {}).items()}  # fmt: skip
        values = {"number": 77, "odd": '"><script>'}
        with override_settings(PYRITE={**SETTINGS, **wanted}):
            request = RequestFactory(**environ).get("/")
            tag = re.sub(r"[(,)]", " ", source.removeprefix("pixel"))
            template = Template("{% load pyrite %}{% pyrite_pixel " + tag + " %}")
            first = template.render(RequestContext(request, values))
        with flask_site(wanted).test_request_context("/", headers=headers):
            second = flask.render_template_string("{{ " + source + " }}", **values)
        return [first, second]

    return made


def test_templates_have_a_pixel_that_is_the_same_for_everybody(markup: Markup) -> None:
    image = '<img src="https://edge.example/api/00000/click/_me/1/77" width="1" height="1" alt="" referrerpolicy="no-referrer">'

    assert markup('pixel("click", itemtype=1, item=number)', {}) == [image, image]
    [own, _] = markup('pixel("click", itemtype=1, item=number, noscript=1)', {"edge": ""})
    assert own.startswith('<noscript><img src="/api/00000/click/_me/1/77"')
    [named, _] = markup('pixel("share", itemtype=1, item="a")', {"prefix": "x7", "custom": ["share"], "item_ids": "text"})  # fmt: skip
    assert "https://edge.example/x7/00000/share/_me/1/a" in named
    [relayed, _] = markup('pixel("click", itemtype=1, item=number)', {"path": "/t/e"})
    assert relayed.startswith('<img src="/t/e/z')
    odd = markup('pixel("click", itemtype=1, item=number, categorypath=odd)', {})
    assert [one.count("<") for one in odd] == [1, 1]


@pytest.mark.parametrize("headers", [{}, {"Sec-GPC": "1"}, {"DNT": "1"}], ids=str)
def test_a_pixel_names_no_account_where_nobody_may_be_named(
    markup: Markup, headers: dict[str, str]
) -> None:
    made = markup('pixel("click", itemtype=1, item=number, user="4711")', {}, headers)

    assert [("4711" in one, "_me" in one) for one in made] == [(not headers, bool(headers))] * 2


def test_a_pixel_has_a_token_for_its_event_where_pages_have_a_key(
    markup: Markup, edge: TestClient
) -> None:
    wanted = {"customer": "11111", "page_key": f"a:{KEY}"}
    for one in markup('pixel("click", itemtype=1, item=number)', wanted):
        [address] = re.findall(r'src="https://edge.example([^"]+)"', one)
        assert edge.get(address).status_code == 204
        assert edge.get(address.replace("/1/77", "/1/78")).status_code == 401
        assert edge.get(address.replace("/click/", "/owns/")).status_code == 401


def test_a_pixel_that_can_not_be_leaves_the_page_as_it_is(
    markup: Markup, caplog: pytest.LogCaptureFixture
) -> None:
    made = markup('pixel("click", itemtype=1, item="x")', {"strict": False})

    assert made == ["", ""]
    assert "pixel is left out" in caplog.text
    with pytest.raises(Invalid, match="item"):
        markup('pixel("click", itemtype=1, item="x")', {"strict": True})


def test_a_template_without_a_request_has_a_pixel_too() -> None:
    with override_settings(PYRITE=SETTINGS):
        source = Template('{% load pyrite %}{% pyrite_pixel "click" itemtype=1 item=5 %}')
        assert "/click/_me/1/5" in source.render(Context())
