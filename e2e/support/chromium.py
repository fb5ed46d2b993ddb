"""A Chromium to test with: the distribution's or Playwright's own; installed where that may be done, never silently missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]


class NoChromium(RuntimeError):
    """There is no Chromium, and none could be installed; the message says what to run."""


def executable() -> str | None:
    """The path of a Chromium, None for Playwright's own. Installs one if need be; raises NoChromium."""
    given = os.environ.get("PYRITE_CHROMIUM")
    found = given or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if _playwrights_own():
        return None
    tried = []
    for command in _ways():
        print(f"no Chromium found; running: {' '.join(command)}", file=sys.stderr, flush=True)
        result = subprocess.run(command, capture_output=True, text=True)
        found = next((path for name in NAMES if (path := shutil.which(name))), None)
        if found or _playwrights_own():
            return found
        tried.append(f"{' '.join(command)}: {(result.stderr or result.stdout).strip()[-300:]}")
    raise NoChromium(
        "the browser tests need Chromium; install it with 'sudo apt-get install chromium' or 'playwright install chromium'. "
        "Tried: " + ("; ".join(tried) or "nothing")
    )


def _playwrights_own() -> bool:
    # In a process of its own: Playwright can't be started twice in one.
    script = "from playwright.sync_api import sync_playwright as s; p = s().start(); print(p.chromium.executable_path); p.stop()"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return Path(result.stdout.strip() or "/nowhere").is_file()


def _ways() -> list[list[str]]:
    """Commands that may bring a Chromium: the distribution's as root, then Playwright's own."""
    ways = []
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.append(
            [
                "sh",
                "-c",
                "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium",
            ]
        )
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return ways
