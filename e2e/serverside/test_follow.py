"""`pyrite follow` before a real edge: killed, and its log rotated under it, again and again."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.edge_process import COMMAND, EdgeProcess

from pyrite.stores.sqlite import FILE

SECRET = "k" * 32
SETTINGS = f"""
[datastreams.shop]
[ibexa]
enabled = true
user_secret = "{"s" * 16}"
[ibexa.customers."22222"]
datastream = "shop"
level = "server"
keys = {{ a = "{SECRET}" }}
"""
LINE = '203.0.113.9 - - [27/Nov/2026:22:43:09 +0000] "GET /product/%d HTTP/1.1" 200 5 "-" "Firefox/140.0"\n'
MADE_MS = 1795819389000  # of each line
ROTATIONS = ("renamed", "copied and truncated", "renamed")
EACH = 200


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeProcess]:
    with EdgeProcess(tmp_path / "data", settings=SETTINGS) as running:
        yield running


def items(edge: EdgeProcess) -> list[int]:
    with closing(sqlite3.connect(edge.folder / FILE)) as connection:
        rows = connection.execute("SELECT body FROM events")
        return sorted(int(json.loads(body)["ibexa"]["item"]) for (body,) in rows)


def until(edge: EdgeProcess, count: int) -> list[int]:
    """The items that are stored, once there are *count*."""
    end = time.monotonic() + 60
    while len(found := items(edge)) < count:
        assert time.monotonic() < end, f"never {count} events: {len(found)}"
        time.sleep(0.02)
    return found


def test_killed_and_rotated_again_and_again_no_view_is_missing_and_none_is_there_twice(
    edge: EdgeProcess, tmp_path: Path
) -> None:
    log, state = tmp_path / "access.log", tmp_path / "state"
    rules, made = tmp_path / "rules.toml", 0
    (tmp_path / "key").write_text(f"a:{SECRET}\n")
    rules.write_text(
        f"upstream = 'http://127.0.0.1:{edge.port}'\ncustomer = '22222'\ndatastream = 'shop'\nkey_file = 'key'\n"
        "[[views]]\npath = '/product/(?P<item>\\d+)'\nitemtype = 1\n"
    )
    log.touch()
    command = [*COMMAND, "follow", str(log), "--rules", str(rules), "--state", str(state)]

    def written(count: int) -> None:
        nonlocal made
        with log.open("a") as file:
            file.write("".join([LINE % (made + number + 1) for number in range(count)]))
        made += count

    for number, how in enumerate(ROTATIONS):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as running:
            written(EACH)
            until(edge, 2 * EACH * number + 20)  # some of it has come, or all
            running.send_signal(signal.SIGKILL)
        written(EACH)
        rotated = tmp_path / f"access.log-2026112{number}"
        if how == "renamed":
            log.rename(rotated)
            log.touch()
        else:
            shutil.copyfile(log, rotated)
            os.truncate(log, 0)
    written(10)
    ended = subprocess.run([*command, "--once"], capture_output=True, text=True, timeout=110)

    assert ended.returncode == 0, ended.stderr
    assert items(edge) == list(range(1, made + 1))
    assert "is gone" not in ended.stderr
    with closing(sqlite3.connect(edge.folder / FILE)) as connection:
        assert connection.execute("SELECT DISTINCT made_ms FROM events").fetchall() == [(MADE_MS,)]
