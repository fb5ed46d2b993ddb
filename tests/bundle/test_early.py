"""What the browser files take from the language holds whatever a library has made of it."""

import pytest
from node import WEB, needs_node, printed

EARLY = (WEB / "early.js").read_text().replace("export ", "")
VALUE = """({list: ["a", "é\\"\\u2028", undefined, () => 1, {n: 1.5, not: undefined}], none: null, bad: NaN, at: new Date(0),
  own: {toJSON: () => ({x: [1]})}, call() {}, "k\\"": true, deep: {list: [[]]}})"""


@needs_node
@pytest.mark.parametrize(
    "library",
    [
        "",
        "Array.prototype.toJSON = function () { return `[${this.join()}]`; }",
        "Array.prototype.toJSON = () => { throw new Error('no form'); }",
        "Object.defineProperty(Object.prototype, 'toJSON', {value: () => 'an object', configurable: true, writable: true}); "
        "Date.prototype.toJSON = function () { return this.toISOString(); }",
        "Array.prototype.toJSON = () => 'list'; Object.freeze(JSON)",
    ],
)
def test_json_is_written_as_it_was_given_whatever_a_library_has_added(library: str) -> None:
    value = f"globalThis.value = {VALUE}; globalThis.expected = JSON.stringify(value); {library}"
    [same] = _compared(value)

    assert same is True


def _compared(before: str) -> list[object]:
    # What is printed is a text of its own: the page's JSON can't write it any more.
    after = "const same = earlyJSON.stringify(value) === expected; delete Array.prototype.toJSON; delete Object.prototype.toJSON; print(same)"
    return printed(EARLY, before=before, after=after)


@needs_node
def test_a_promise_is_the_languages_own_and_a_map_is_one() -> None:
    before = "globalThis.kept = Promise; globalThis.Promise = 5; globalThis.Map = function () { this.center = 1; }"
    after = """
      globalThis.Promise = kept; const map = new earlyMap(); map.set(map, 1).set("a", 2).set("a", 3).delete(map);
      print([earlyPromise === kept, map.get("a"), map.has(map), map.get(map) === undefined])"""

    assert printed(EARLY, before=before, after=after) == [[True, 3, False, True]]


@needs_node
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_of_a_new_device_stays_on_the_site_and_on_https(scheme: str) -> None:
    before = f"""
      globalThis.window = globalThis; globalThis.document = {{cookie: ""}}; globalThis.origin = "{scheme}://shop.test";
      globalThis.location = {{protocol: "{scheme}:", host: "shop.test", href: origin + "/"}};
      globalThis.navigator ??= {{}}; globalThis.addEventListener = () => {{}}; globalThis.fetch = async () => ({{}});"""
    after = """
      alloy("configure", {datastreamId: "shop", defaultConsent: "in"}); alloy("event", {viewStart: true});
      print(document.cookie.replace(/=[-0-9a-f]{36}/, "=ID"))"""
    secure = ";Secure" if scheme == "https" else ""

    source = (WEB / "base-early.js").read_text()
    assert printed(source, before=before, after=after) == [
        f"pyrite_new=ID;path=/;SameSite=Lax{secure}"
    ]
