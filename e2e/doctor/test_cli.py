"""`pyrite doctor URL` as it is typed."""

import json
import subprocess
import sys

import pytest
from support.site import HEAD, Site

pytestmark = pytest.mark.lanes("compiled")


def doctor(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pyrite", "doctor", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


def test_a_page_whose_tracking_is_well(site: Site) -> None:
    run = doctor(site.tracked("alloy('event', {viewStart: true})"))

    assert (run.returncode, run.stdout) == (0, "  nothing is wrong: 2 calls of alloy, 1 requests that the edge has taken\n"), run  # fmt: skip


def test_what_a_page_says_of_itself_can_not_act_on_the_terminal(site: Site) -> None:
    url = site.page(HEAD + "<script>alloy('configure', {'\\x1b[2Jx': 1})</script>")
    run = doctor(url, "--json")

    assert run.returncode == 1, run
    [found] = [json.loads(line) for line in run.stdout.splitlines()]
    assert found["cause"] == "configure_refused"
    assert "\x1b" not in doctor(url).stdout


def test_an_address_that_is_none_is_told_as_that() -> None:
    run = doctor("shop.example")

    assert run.returncode == 2
    assert "expected an address such as https://shop.example/, got 'shop.example'" in run.stderr
