"""Random sequences of what happens to a page, played on the shipped `alloy.js`: see player.js, which carries them out in a frame."""

import json
import re
from pathlib import Path
from types import TracebackType
from typing import Any

from every_lane.sequences import COOKIES, PLAIN, RETRY, STATUSES, Maker, plain
from playwright.sync_api import Browser, Page
from support.site import Site

NOW_MS = 1795157627711
BODY = '<div id="a">a</div><p class="b">b <b>c</b></p><p>d</p><ul><li>1</li><li>2</li></ul><a id="l" href="/x?é">link</a>'
FRAME = f"""<!doctype html><meta charset="utf-8"><script src="/player.js"></script><script src="/base.js"></script><title>t</title><body>{BODY}"""
# A sequence gets a document of its own, in a frame that goes with it.
PAGE = """<!doctype html><meta charset="utf-8"><title>player</title><script>
async function played(given) {
  window.given = {...given, run: (window.given ? window.given.run : 0) + 1};
  for (const one of document.cookie.split("; ")) document.cookie = one.split("=")[0] + "=; path=/; max-age=0";
  localStorage.clear();
  await new Promise((done) => { indexedDB.deleteDatabase("pyrite").onsuccess = done; });
  if (given.cookie) for (const one of given.cookie.split("; ")) document.cookie = one + "; path=/";
  const frame = document.createElement("iframe");
  frame.src = "/frame";
  frame.width = 800;
  frame.height = 600;
  document.body.append(frame);
  await new Promise((done) => { frame.onload = done; });
  try { return await frame.contentWindow.play(); } finally { frame.remove(); }
}
</script><body>"""
ID = re.compile(r"00000000-0000-4000-8000-\d{12}")
SHOWN = re.compile(r"(, got |and said |unknown handle )(?:[^\"\\]|\\.)*")
PLAYER = Path(__file__).with_name("player.js")
HOOKS = ("cancel", "type", "replace", "none")
PATHS = ("/frame", "/other", "/other?x=1", "/frame#cart", "/é")


class PageMaker(Maker):
    """One sequence for a page in the making."""

    def options(self, options: dict[str, Any]) -> dict[str, Any]:
        """Options of configure as a page can be given them here: no edge of another's, hooks by their names."""
        for name in ("clickCollection", "decisioningMethod"):
            options.pop(name, None)
        for name in ("onBeforeEventSend", "onBeforeLinkClickSend"):
            if name in options:
                options[name] = self.random.choice(HOOKS)
        return options

    def called(self) -> list[Any]:
        """A step that calls `alloy`."""
        name, options = self.command()[1:3]
        if name == "configure" and isinstance(options, dict):
            options = self.options(options)
        return ["command", name, options]

    def happening(self) -> list[Any]:
        """Any step."""
        which = self.random.randrange(100)
        if which < 50:
            return self.called()
        if which < 72:
            return ["time", self.one_of(0, 10, 300, 3000, 5000, 11000, 40000)]
        if which < 80:
            return ["click", self.one_of("#a", "p", "#l", "li", "body")]
        if which < 85:
            return ["insert", self.one_of('<p class="b">late</p>', '<div id="10">ten</div>', "<p>é</p>")]  # fmt: skip
        if which < 88:
            return ["remove", self.one_of("#a", "p", "li")]
        if which < 92:
            return ["route", self.random.choice(PATHS)]
        if which < 94:
            return ["cookie", self.one_of("kndctr_shop_consent=general=in; path=/", "kndctr_shop_consent=general%3Dout; path=/", "pyrite_fpid=; path=/; max-age=0")]  # fmt: skip
        return [self.one_of("back", "hide", "show", "leave", "return")]

    def said(self) -> list[Any]:
        """What the edge answers to one request, and after how many milliseconds; status 0 where nothing comes."""
        ms = self.one_of(0, 0, 0, 10, 300, 6000)
        answer = self.answer()
        if self.happens(80):
            return [ms, 200, self.text(answer), "", self.one_of("", "", "or2;35")]
        status = self.random.choice(STATUSES)
        text = self.random.choice(PLAIN) if self.happens(60) else self.text(answer)
        return [ms, status, text, self.random.choice(RETRY[:6]), ""]


def page_sequence(seed: int) -> dict[str, Any]:
    """What happens in the page of *seed*."""
    make = PageMaker(seed)
    steps = [make.called() for _ in range(make.random.randrange(3))] if make.happens(15) else []
    steps.append(["command", "configure", make.options(make.configure(make.happens(5)))])
    early = make.one_of(0, 0, 0, 1, len(steps))
    steps += [make.happening() for _ in range(make.random.randrange(3, 20))]
    found = {
        "now": NOW_MS,
        "cookie": make.random.choice(COOKIES),
        "answers": [make.said() for _ in range(12)],
        "beacons": [make.happens(80) for _ in range(5)],
        "steps": steps,
        "early": early,  # how many of them happen before the tracker is there
    }
    # A redirect takes the page away, and this player with it: e2e/offers has them.
    return json.loads(json.dumps(plain(found)).replace("redirect-item", "default-content-item"))  # type: ignore[no-any-return]


class Played:
    """A page of one lane in which sequences are played, one after the other."""

    def __init__(self, browser: Browser, folder: Path, lane: str) -> None:
        self.lane = lane
        self._site = Site(folder / lane, lane=lane)
        self._context = browser.new_context()

    def __enter__(self) -> "Played":
        self._site.__enter__()
        self._site.file("/player.js", PLAYER.read_text())
        self._site.page(FRAME, "/frame")
        self._page: Page = self._context.new_page()
        self._page.goto(self._site.page(PAGE))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._context.close()
        self._site.__exit__(kind, error, trace)

    def play(self, sequence: dict[str, Any]) -> dict[str, str]:
        """What comes of *sequence*: requests, promises, console, cookies, storage and document, as texts."""
        found = self._page.evaluate(
            "(given) => played(JSON.parse(given)).then(JSON.stringify)", json.dumps(sequence)
        )
        found = json.loads(found)
        return {name: self._told(json.dumps(value)) for name, value in found.items()}

    def _told(self, text: str) -> str:
        """*text* with ids numbered by their first appearance, without the site's port, and without values in messages: lanes
        order what they show of an object each in its own way (web/docs/lanes.md).
        """
        names: dict[str, str] = {}
        text = text.replace(self._site.server.origin.split("//")[1], "site")
        text = SHOWN.sub(r"\1…", text)
        return ID.sub(lambda found: names.setdefault(found[0], f"id-{len(names) + 1}"), text)
