"""The way in for the loader of the micropython lane."""

import importlib
import sys
from typing import Any

from fake_window import Window
from js_values import Obj

from pyrite.core.wire import encode


def test_the_loader_hands_over_its_functions_and_then_commands(page_window: Window) -> None:
    bridge: Any = sys.modules["pyrite.browser.bridge"]
    tools: list[Any] = []
    bridge.equip = tools.append  # MicroPython's alone
    start = importlib.import_module("pyrite.browser.entry.start")
    asked: list[bool] = []

    def facts(light: bool) -> str:
        asked.append(light)
        return encode({"url": "https://www.site.test/"})

    ids = iter(f"id-{number}" for number in range(1, 100))
    start.start(facts, lambda: next(ids), Obj(name="tools"))
    ended: list[Any] = []
    options = '{"datastreamId":"shop","edgeDomain":"edge.site.test"}'
    start.run("alloy", "configure", options, None, ended.append, ended.append)
    start.run("alloy", "createEventMergeId", "", None, ended.append, ended.append)
    start.run("other", "createEventMergeId", "", None, ended.append, ended.append)

    assert [tool.name for tool in tools] == ["tools"]
    assert ended[1].eventMergeId.startswith("id-")
    assert len(ended) == 2  # the other instance waits for its own configure
    assert asked[0] is False
