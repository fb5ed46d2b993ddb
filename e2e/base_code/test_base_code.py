"""The base code: a queue, names, promises; harmless when it comes twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support.packs import WEB
from support.site import HEAD, Site

from pyrite.bundle import compiled
from pyrite.bundle.build import build
from pyrite.bundle.tools import BuildError


def test_the_base_code_is_small(built: Path) -> None:
    assert len((built / "base.js").read_bytes()) <= 600


def test_the_page_in_the_readme_carries_the_base_code_of_this_build(built: Path) -> None:
    html = (WEB.parent / "README.md").read_text().partition("```html\n")[2].partition("```")[0]

    assert f"<script>{(built / 'base.js').read_text().strip()}</script>" in html


def test_the_base_code_that_sends_the_first_view_is_small(built: Path) -> None:
    assert len((built / "base-early.js").read_bytes()) <= 1980


def test_every_lane_stays_small(built: Path) -> None:
    sizes = json.loads((built / "sizes.json").read_text())
    brotli = {
        lane: {part: size["brotli"] for part, size in parts.items()}
        for lane, parts in sizes.items()
    }
    micropython = brotli["micropython"]

    # 29,390, and what was granted on top: 900 for faults, 300 for the table of commands, 500 for parts and trackEvent, 100 for ibexa,
    # 900 for frameworks, 350 for monitors and what shows a page at work.
    assert brotli["compiled"]["tracker"] <= 32_440
    # 10,600, and what it takes to be at home in frameworks: views that settle, offers that stay, nodes that others own,
    # and what a server has rendered for them.
    assert brotli["compiled"]["offers"] <= 14_600
    assert brotli["compiled"]["JSS"] <= 3_520
    assert brotli["compiled"]["Ibexa"] <= 7_500
    assert brotli["every lane"]["Ibexa's script"] <= 2_300
    # Asked for were 25,000: bytecode of all of personalization and delivery came on top, and hardly compresses; 700 are trackEvent,
    # 100 ibexa; of frameworks the same 900 as above, 700 tabs that begin together, alloy.js beside it, and monitors.
    assert micropython["tracker"] + micropython["loader"] <= 45_700
    assert brotli["compiled"]["decisions in the page"] <= 7_700
    assert micropython["runtime"] + micropython["glue"] <= 193_300
    assert {part for parts in sizes.values() for size in parts.values() for part in size} == {
        "raw",
        "gzip",
        "brotli",
    }


def test_the_same_sources_make_the_same_files_but_for_the_lane_that_is_chosen(
    built: Path, tmp_path: Path
) -> None:
    source, web, again = built.parents[1] / "src" / "pyrite", built.parent, tmp_path / "again"
    build(source=source, web=web, out=again, lane="micropython")

    def files(folder: Path) -> list[Path]:
        return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())

    assert files(built) == files(again)
    for file in files(built):
        if not file.name.startswith(("alloy.js", "manifest.json", "pyrite-build.json")):
            assert (built / file).read_bytes() == (again / file).read_bytes(), file
    assert (again / "alloy.js").read_bytes() == (built / "alloy.micropython.js").read_bytes()
    assert (built / "alloy.js").read_bytes() == (built / "alloy.compiled.js").read_bytes()


DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def origin(lines: dict[str, Any], column: int) -> tuple[str, int]:
    """The source and line of a place in a one-line script, by its source map *lines*."""
    found = ("", 0)
    place = source = line = 0
    for segment in lines["mappings"].split(";")[0].split(","):
        numbers, value, shift = [], 0, 0
        for sign in segment:
            digit = DIGITS.index(sign)
            value |= (digit & 31) << shift
            shift += 5
            if not digit & 32:
                numbers.append(-(value >> 1) if value & 1 else value >> 1)
                value = shift = 0
        place += numbers[0]
        if place > column:
            break
        if len(numbers) > 3:
            source += numbers[1]
            line += numbers[2]
            found = (lines["sources"][source], line + 1)
    return found


def test_the_compiled_script_knows_the_python_lines_it_comes_from(built: Path) -> None:
    script = (built / "alloy.compiled.js").read_text()
    lines = json.loads((built / "alloy.compiled.js.map").read_text())
    for text, name in (
        ("unknown command ", "core/commands/table.py"),
        ("the options have no JSON form", "browser/entry/queue.py"),
        ("another view has begun", "core/personalization/renderer.py"),
    ):
        source, line = origin(lines, script.index(text))
        python = (built.parents[1] / "src" / "pyrite" / name).read_text().splitlines()

        assert source == f"pyrite/{name}"
        # A statement over several lines is known by its first.
        assert any(text in near for near in python[line - 1 : line + 3]), (name, line)
    assert script.endswith("//# sourceMappingURL=alloy.compiled.js.map\n")


def test_base_and_tracker_loaded_twice_replay_nothing(
    site: Site, page: Page, console: list[str]
) -> None:
    body = """<script>alloy("configure", {datastreamId: "shop"}); alloy("event", {type: "one"});</script>
        <script src="/base.js"></script><script src="/alloy.js"></script><script src="/alloy.js"></script>
        <script>alloy("event", {type: "two"}).then(() => window.done = true)</script>"""
    page.goto(site.page(HEAD + body))
    page.wait_for_function("window.done")
    page.evaluate(
        "new Promise(done => { const s = document.createElement('script'); s.src = '/alloy.js?again'; s.onload = done; document.head.append(s); })"
    )
    page.evaluate("alloy('event', {type: 'three'}).then(() => 1)")

    assert [event["type"] for event in site.all_events()] == ["one", "two", "three"]
    assert page.evaluate("window.__alloyNS.length") == 1
    assert [
        line for line in console if line.startswith(("error", "uncaught")) and "404" not in line
    ] == []


def test_adobes_own_base_code_works_too_and_names_its_instances(site: Site, page: Page) -> None:
    stub = (
        "!function(n,o){o.forEach(function(o){n[o]||((n.__alloyNS=n.__alloyNS||[]).push(o),n[o]=function(){var u=arguments;"
        'return new Promise(function(i,l){n[o].q.push([i,l,u])})},n[o].q=[])})}(window,["first","second"]);'
    )
    script = """
        first("configure", {datastreamId: "a", orgId: "A"}); second("configure", {datastreamId: "b", orgId: "B"});
        Promise.all([first("event", {type: "f"}), second("event", {type: "s"})]).then(() => window.done = true);"""
    page.goto(
        site.page(
            f'<!doctype html><script>{stub}</script><script async src="/alloy.js"></script><script>{script}</script>'
        )
    )
    page.wait_for_function("window.done")

    assert {(event["type"]) for event in site.all_events()} == {"f", "s"}
    assert {request.query.partition("&")[0] for request in site.requests("/v1/", 2)} == {
        "configId=a",
        "configId=b",
    }


def test_options_without_a_json_form_reject_and_nothing_else_is_hurt(
    site: Site, page: Page
) -> None:
    page.goto(
        site.tracked(
            "const loop = {}; loop.loop = loop; alloy('event', {data: loop}).catch((error) => window.error = error.code);"
        )
    )
    page.wait_for_function("window.error")

    assert page.evaluate("window.error") == "wire.invalid"
    assert (
        page.evaluate("alloy('event', {data: {n: 10n}}).catch((error) => error.code)")
        == "wire.invalid"
    )
    assert page.evaluate("alloy('event', {type: 'after'}).then(() => true)")


def test_where_terser_fails_the_build_ends_with_its_words(tmp_path: Path) -> None:
    for name in ("python.js", "early.js"):
        shutil.copyfile(WEB / name, tmp_path / name)
    tools = {
        "esbuild": 'for last; do :; done; exec cat > "${last#--outfile=}" < /dev/null',
        "terser": "echo 'out of memory' >&2; exit 1",
    }
    for name, script in tools.items():
        tool = tmp_path / "node_modules" / ".bin" / name
        tool.parent.mkdir(parents=True, exist_ok=True)
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)

    with pytest.raises(BuildError, match=r"^terser: out of memory"):
        compiled.script(WEB.parent / "src" / "pyrite", tmp_path)
