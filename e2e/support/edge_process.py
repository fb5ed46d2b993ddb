"""An edge in a process of its own, as `pyrite serve` runs it, that can be killed; and load that remembers what was acknowledged."""

import http.client
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from pyrite.stores.sqlite import FILE

COMMAND = [sys.executable, "-u", "-c", "from pyrite.cli import app; app()"]
PATH = "/ee/v1/collect?configId=shop"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class EdgeProcess:
    """`pyrite serve` over the database in *folder*; with `settings`, the text of a pyrite.toml."""

    says = "The edge is at"

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "",
        port: int = 0,
        before: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._settings = settings
        self._before = before
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> "EdgeProcess":
        """Start it; returns once it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder.parent / f"{self.folder.name}-{self.port}.toml"
        file.write_text(self._settings)
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port), "--data", str(self.folder), "--config", str(file)],
            stdout=subprocess.PIPE, text=True, preexec_fn=self._before,
        )  # fmt: skip
        assert self.process.stdout
        assert self.says in self.process.stdout.readline()
        return self

    def __enter__(self) -> "EdgeProcess":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> None:
        """Send the signal, and wait until the process is gone."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
        if self.process and self.process.stdout:
            self.process.stdout.close()

    def post(
        self, *ids: str, text: str = "", timeout: float = 20
    ) -> tuple[int, dict[str, str], str]:
        """Send events with these ids; `(status, headers, body)`."""
        events = [{"xdm": {"_id": id, "eventType": "t"}, "data": {"text": text}} for id in ids]
        return self.request("POST", PATH, json.dumps({"events": events}), timeout)

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        return self.request("GET", path, "", 20)

    def request(
        self, method: str, path: str, body: str, timeout: float
    ) -> tuple[int, dict[str, str], str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as client:
            client.request(method, path, body, {"content-type": "text/plain"})
            response = client.getresponse()
            return response.status, dict(response.getheaders()), response.read().decode()

    def memory_mb(self) -> float:
        """What the process holds."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


class Load:
    """Threads that send events as fast as they are answered; `acknowledged` are the ids of those answered 2xx."""

    def __init__(self, *edges: EdgeProcess, threads: int = 4, name: str = "e") -> None:
        self._edges = edges
        self._name = name
        self.acknowledged: set[str] = set()
        self.refused: list[int] = []
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(threads)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(30)

    def wait(self, count: int) -> None:
        """Until so many more have been acknowledged."""
        wanted = len(self.acknowledged) + count
        end = time.monotonic() + 30
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < end, f"{len(self.acknowledged)} of {wanted} acknowledged"
            time.sleep(0.002)

    def _run(self, number: int) -> None:
        made = 0
        client: http.client.HTTPConnection | None = None
        while not self._ending.is_set():
            edge = self._edges[made % len(self._edges)]
            ids = [f"{self._name}-{number}-{made}-{index}" for index in range(3)]
            events = [{"xdm": {"_id": id, "eventType": "t"}} for id in ids]
            made += 1
            try:
                if client is None or len(self._edges) > 1:
                    client = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=20)
                client.request("POST", PATH, json.dumps({"events": events}))
                response = client.getresponse()
                response.read()
                if response.status == 204:
                    self.acknowledged.update(ids)
                else:
                    self.refused.append(response.status)
            except (OSError, http.client.HTTPException):
                with suppress(Exception):
                    if client:
                        client.close()
                client = None
                time.sleep(0.005)  # it is gone just now; it is started again elsewhere
            if client and len(self._edges) > 1:
                client.close()
        if client:
            client.close()


def stored(folder: Path) -> list[str]:
    """Every id in the database, as often as it is there."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM events ORDER BY seq")]
