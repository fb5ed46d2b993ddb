"""A real edge, killed, locked out, out of disk, drained, and kept waiting."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from support.edge_process import EdgeProcess, Load, stored

from pyrite.stores.sqlite import FILE

ROUNDS = 3  # e2e/bench/kill.py has more


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeProcess]:
    with EdgeProcess(tmp_path / "data") as running:
        yield running


def test_killed_under_load_it_loses_nothing_acknowledged_and_starts_again_by_itself(
    edge: EdgeProcess,
) -> None:
    with Load(edge) as load:
        for _ in range(ROUNDS):
            load.wait(300)
            edge.end(signal.SIGKILL)
            edge.start()
        load.wait(30)
    found = stored(edge.folder)

    assert load.acknowledged <= set(found)
    assert len(found) == len(set(found))


def test_told_to_stop_it_answers_what_is_under_way_and_stores_it(edge: EdgeProcess) -> None:
    with Load(edge) as load:
        load.wait(300)
        edge.end(signal.SIGTERM)
        acknowledged = set(load.acknowledged)

    assert edge.process
    assert edge.process.returncode in (0, -signal.SIGTERM)
    assert load.refused == []
    assert acknowledged <= set(stored(edge.folder))


def test_several_processes_share_one_database_and_an_id_is_there_once(
    edge: EdgeProcess, tmp_path: Path
) -> None:
    with (
        EdgeProcess(tmp_path / "data") as other,
        Load(edge, name="same") as one,
        Load(other, name="same") as two,
    ):
        one.wait(300)
        two.wait(300)
    found = stored(edge.folder)

    assert one.acknowledged | two.acknowledged <= set(found)
    assert len(found) == len(set(found))


def test_a_database_that_another_process_has_locked_is_told_and_recovered_from(
    edge: EdgeProcess,
) -> None:
    edge.post("before")
    with closing(sqlite3.connect(edge.folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, headers, body = edge.post("during")
        ready = edge.get("/ready")[0]
        alive = edge.get("/health")[0]
        other.execute("ROLLBACK")

    assert (status, headers["retry-after"], ready, alive) == (503, "2", 503, 200)
    assert "locked" in body
    assert edge.post("after")[0] == 204
    assert edge.get("/ready")[0] == 200
    assert stored(edge.folder) == ["before", "after"]


def test_of_a_database_that_is_moved_away_under_load_nothing_acknowledged_is_lost(
    edge: EdgeProcess,
) -> None:
    with Load(edge) as load:
        for number in range(ROUNDS):
            load.wait(200)
            (edge.folder / FILE).rename(edge.folder / f"moved-{number}")
        load.wait(200)
    edge.end(signal.SIGTERM)
    found = set(stored(edge.folder))
    for number in range(ROUNDS):
        with closing(sqlite3.connect(edge.folder / f"moved-{number}")) as moved:
            found |= {row[0] for row in moved.execute("SELECT id FROM events")}

    assert load.acknowledged <= found
    assert set(load.refused) <= {503}


def fill(edge: EdgeProcess) -> list[str]:
    """Send events, smaller and smaller, until not even a small one is taken; the ids of those that were."""
    taken = []
    size = 200_000
    for number in range(2000):
        status, headers, body = edge.post(str(number), text="x" * size)
        if status == 204:
            taken.append(str(number))
            continue
        assert status == 503, body
        assert headers["retry-after"] == "2"
        if size < 100:
            return taken
        size //= 10
    raise AssertionError("the disk never filled up")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can mount a small disk; the next test is for others"
)
def test_a_full_disk_is_told_and_recovered_from(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 8_000_000)
        with EdgeProcess(disk / "data") as edge:
            taken = fill(edge)
            held = edge.memory_mb()
            for number in range(50):
                assert edge.post(f"refused-{number}", text="x" * 200_000)[0] == 503
            grown = edge.memory_mb() - held
            ballast.unlink()
            recovered = edge.post("after")[0]
            ready = edge.get("/ready")[0]
            edge.end(signal.SIGTERM)
            found = stored(edge.folder)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)

    assert (recovered, ready) == (204, 200)
    assert found == [*taken, "after"]
    assert grown < 30


def test_a_file_that_may_not_grow_is_told(tmp_path: Path) -> None:
    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, 6_000_000))

    with EdgeProcess(tmp_path / "data", before=limited) as edge:
        taken = fill(edge)
        alive = edge.get("/health")[0]
    found = stored(tmp_path / "data")

    assert alive == 200
    assert found == taken


def test_a_client_that_never_finishes_is_closed_and_others_are_served(tmp_path: Path) -> None:
    with EdgeProcess(tmp_path / "data", settings="[limits]\nread_seconds = 1\n") as edge:
        head, body = (socket.create_connection(("127.0.0.1", edge.port)) for _ in range(2))
        head.sendall(b"POST /ee/v1/collect?configId=shop HTTP/1.1\r\nHost: x\r\nX-Slow")
        body.sendall(
            b"POST /ee/v1/collect?configId=shop HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 500\r\n\r\n{"
        )
        assert edge.post("meanwhile")[0] == 204
        for slow in (head, body):
            slow.settimeout(10)
        assert head.recv(1000) == b""
        assert body.recv(1000).startswith(b"HTTP/1.1 408")
        for slow in (head, body):
            slow.close()


COLLECT = b"POST /ee/v1/collect?configId=shop HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


def answered(connection: socket.socket) -> bytes:
    """The beginning of what an edge says before it closes, if anything."""
    connection.settimeout(10)
    with suppress(OSError):
        return connection.recv(100)
    return b""


def test_a_head_without_end_is_closed_while_it_arrives_and_a_large_one_is_read(
    edge: EdgeProcess,
) -> None:
    body = b'{"events":[{"xdm":{"_id":"with-cookies"}}]}'
    cookies = b"; ".join([b"other%d=" % number + b"x" * 3000 for number in range(20)])
    with socket.create_connection(("127.0.0.1", edge.port)) as one:
        one.sendall(COLLECT + b"Cookie: " + cookies + b"\r\nContent-Length: %d\r\n\r\n" % len(body))
        one.sendall(body)
        assert answered(one).startswith(b"HTTP/1.1 204")
    held = edge.memory_mb()
    for beginning in (
        b"GET /health HTTP/1.1\r\nX: ",
        b"GET /",
        COLLECT + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    ):
        sent = 0
        with socket.create_connection(("127.0.0.1", edge.port)) as endless, suppress(OSError):
            endless.sendall(beginning)
            while sent < 124_000_000:
                sent += endless.send(b"y" * 1_000_000)
        assert sent < 20_000_000, beginning
    with socket.create_connection(("127.0.0.1", edge.port)) as slowly:
        slowly.sendall(b"GET / HTTP/1.1\r\nX: " + b"y" * 150_000)
        assert answered(slowly).startswith(b"HTTP/1.1 431")

    assert edge.memory_mb() - held < 30
    assert edge.post("meanwhile")[0] == 204
    assert stored(edge.folder) == ["with-cookies", "meanwhile"]


def test_bodies_that_are_never_finished_fill_no_memory(tmp_path: Path) -> None:
    with EdgeProcess(tmp_path / "data", settings="[limits]\nflight_bytes = 20_000_000\n") as edge:
        held = edge.memory_mb()
        unfinished = []
        for _ in range(150):
            one = socket.create_connection(("127.0.0.1", edge.port), timeout=20)
            unfinished.append(one)
            with suppress(OSError):
                one.sendall(COLLECT + b"Content-Length: 1000001\r\n\r\n" + b" " * 1_000_000)
        last = answered(unfinished[-1])
        grown = edge.memory_mb() - held
        alive = edge.get("/health")[0]
        for one in unfinished:
            one.close()
        end = time.monotonic() + 10
        while edge.post("after")[0] != 204:  # as soon as it has noticed that they are gone
            assert time.monotonic() < end

    assert last.startswith(b"HTTP/1.1 503")
    assert grown < 100
    assert alive == 200


def test_ten_thousand_idle_connections_keep_nobody_waiting(tmp_path: Path) -> None:
    wanted = 10_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = min(hard, wanted + 500) if hard != resource.RLIM_INFINITY else wanted + 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, room), hard))
    count = min(wanted, room - 500)
    idle: list[socket.socket] = []
    try:
        with EdgeProcess(tmp_path / "data", settings="[limits]\nread_seconds = 60\n") as edge:
            for number in range(count):
                # One address has 28,000 ports to call from; the loopback has many addresses.
                address = f"127.0.{number % 4}.1"
                idle.append(socket.create_connection(("127.0.0.1", edge.port), 20, (address, 0)))
            started = time.monotonic()
            answers = [edge.post(f"e{number}")[0] for number in range(20)]
            took = time.monotonic() - started
            held = edge.memory_mb()
    finally:
        for one in idle:
            with suppress(OSError):
                one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert answers == [204] * 20
    assert took < 10  # not a figure: nobody was kept waiting for one of them to time out
    assert held < 400
    assert count == wanted, f"this machine lets a process open {hard} files"
