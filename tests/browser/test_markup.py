"""Markup of offers made into nodes, and their scripts run in order."""

from typing import Any

import pytest
from fake_document import Element, html_of
from fake_window import Window, element
from js_values import Array, JsError, Obj

from pyrite.browser.rendering.markup import made, run_scripts


def nodes(markup: str, parent: Any = None, only: str = "") -> tuple[list[str], list[str]]:
    """The markup of the nodes, and of the scripts."""
    found: list[tuple[list[str], list[str]]] = []
    failed: list[str] = []

    def place(given: list[Any], scripts: list[Any]) -> None:
        found.append(([html_of(one) for one in given], [html_of(one) for one in scripts]))

    made(markup, place, failed.append, parent or element("div"), only)
    assert failed == []
    return found[0]


def test_markup_becomes_nodes_and_its_scripts_are_told(page_window: Window) -> None:
    given, scripts = nodes('a<b></b><p><script type="module">x</script></p>')

    assert given == ["a", "<b></b>", '<p><script type="module">x</script></p>']
    assert scripts == ['<script type="module">x</script>']


@pytest.mark.parametrize(
    ("type", "runs"),
    [("", True), ("text/javascript", True), ("MODULE", True), ("application/json", False)],
)
def test_only_scripts_of_javascript_are_run(page_window: Window, type: str, runs: bool) -> None:
    assert bool(nodes(f'<script type="{type}"></script>')[1]) is runs


def test_only_what_a_selector_names_is_taken_however_deep(page_window: Window) -> None:
    assert nodes("<p><i></i></p><b></b>", only="i, b")[0] == ["<i></i>", "<b></b>"]


def test_images_begin_to_load_but_lazy_ones(page_window: Window) -> None:
    loaded: list[Obj] = []
    page_window.Image = lambda: loaded.append(Obj()) or loaded[-1]  # type: ignore[func-returns-value]
    original = Element.loading if hasattr(Element, "loading") else None
    Element.loading = property(lambda self: self.getAttribute("loading") or "")  # type: ignore[attr-defined]
    try:
        nodes('<img src="/a.png"><img src="/b.png" loading="lazy"><img>')
    finally:
        if original is None:
            del Element.loading  # type: ignore[attr-defined]

    assert [one.src for one in loaded] == ["/a.png"]


def test_styles_and_scripts_get_the_pages_nonce(page_window: Window) -> None:
    page_window.document.querySelector = lambda css: Obj(nonce="n-1")  # type: ignore[method-assign, assignment, return-value]
    template: list[Any] = []
    made("<style></style>", lambda given, scripts: template.extend(given), print, element("div"))

    assert template[0].nonce == "n-1"


# ---- scripts --------------------------------------------------------------------------------------------------------


def script(text: str = "", **attributes: str) -> Element:
    found = element("script", **attributes)
    found.textContent = text
    return found


def ran(window: Window, *scripts: Element) -> tuple[list[Any], list[str]]:
    """What has run by now, as it was put into the document, and what was told."""
    seen: list[Any] = []
    told: list[str] = []
    window.load_script = seen.append  # type: ignore[method-assign, assignment]
    run_scripts(window.document.body, list(scripts), told.append)
    return seen, told


def test_inline_scripts_run_at_once_in_order_and_leave_nothing(page_window: Window) -> None:
    seen, told = ran(page_window, script("1"), script("2", type="module", nonce="no"))

    assert [one.textContent for one in seen] == ["1", "2"]
    assert [one.getAttribute("type") for one in seen] == [None, "module"]
    assert not seen[1].hasAttribute("nonce")
    assert page_window.document.body.innerHTML == ""
    assert told == [""]


def test_a_script_with_an_address_holds_those_behind_it(page_window: Window) -> None:
    seen, told = ran(page_window, script(src="/a.js"), script("2"))
    assert ([one.src for one in seen], told) == (["/a.js"], [""])
    seen[0].dispatch("load")
    assert [one.textContent for one in seen[1:]] == ["2"]

    assert told == [""]


def test_one_that_fails_lets_those_behind_it_go_on(page_window: Window) -> None:
    seen, _ = ran(page_window, script(src="/a.js"), script("2"))
    seen[0].dispatch("error")

    assert len(seen) == 2


def test_the_last_and_those_that_say_async_hold_nobody(page_window: Window) -> None:
    seen, told = ran(page_window, script(src="/a.js", **{"async": ""}), script("2"), script(src="/b.js"))  # fmt: skip

    assert [one.src for one in seen] == ["/a.js", "", "/b.js"]
    assert told == [""]


# ---- Trusted Types --------------------------------------------------------------------------------------------------


def types(window: Window, policy: Any) -> list[str]:
    """The page wants trusted types; names of policies that were asked for."""
    asked: list[str] = []

    def create(name: str, rules: Any) -> Any:
        asked.append(name)
        if policy is None:
            raise JsError("the page lists others")
        return policy

    window.trustedTypes = Obj(createPolicy=create)
    return asked


def test_markup_and_scripts_are_made_by_one_policy_that_is_shared(page_window: Window) -> None:
    page_window.__dict__["__alloyNS"] = Array(["alloy"])
    policy = Obj(createHTML=lambda text: text + "!", createScript=lambda text: "trusted " + text)
    asked = types(page_window, policy)
    assert nodes("a")[0] == ["a!"]
    seen, _ = ran(page_window, script("1"))

    assert [one.textContent for one in seen] == ["trusted 1"]
    assert asked == ["pyrite"]
    assert page_window.__dict__["__alloyNS"].policy is policy


def test_a_policy_that_the_loader_has_is_taken(page_window: Window) -> None:
    names = Array(["alloy"])
    names.policy = Obj(createHTML=lambda text: text + "?")  # type: ignore[attr-defined]
    page_window.__dict__["__alloyNS"] = names
    asked = types(page_window, Obj())

    assert nodes("a")[0] == ["a?"]
    assert asked == []


def test_where_no_policy_is_to_be_had_the_text_goes_as_it_is(page_window: Window) -> None:
    types(page_window, None)

    assert nodes("a")[0] == ["a"]


def test_markup_that_the_page_refuses_is_told(page_window: Window) -> None:
    def refused(markup: str) -> None:
        raise JsError("TypeError")

    failed: list[str] = []
    template = Obj()
    type(template).innerHTML = property(lambda self: "", lambda self, markup: refused(markup))  # type: ignore[attr-defined]
    page_window.document.createElement = lambda name: template  # type: ignore[method-assign, assignment, return-value]
    try:
        made("a", lambda given, scripts: None, failed.append, element("div"))
    finally:
        del type(template).innerHTML  # type: ignore[attr-defined]

    assert failed == ["Error: TypeError"]
