"""Many inputs that nobody thought of, into a whole edge: none is answered 500, none holds it up, none stays in memory.

    python e2e/bench/fuzz.py [--inputs 100000] [--seed 1]

Bodies are an event's, a queue's or a consent's with values put in other places, then cut, doubled, and changed byte by byte; a
part is packed with gzip. Some grow: long texts and names, many keys, many copies, deep nests, numbers that no double holds, halves
of characters. Addresses, headers and parameters are changed as well. The edge is the ASGI app over SQLite, without a
server in front: what a server would refuse by itself comes through.
"""

import argparse
import asyncio
import gzip
import json
import random
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.progress import Progress

import pyrite

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**53, 2**63, 2**64, 10**400, -0.0, 1e308, 5e-324, "", "x", "x" * 5000, "\x00", "\u2028",
    "😀", "ü", "__proto__", "../../etc", "<script>", "'; --", [], {}, [[]], {"": ""}, "2026-11-20T06:53:47.711Z", "9999-12-31T23:59:60Z",
    "-1-1-1", "NaN", "\ud83d", "\ude00\ud83d", "²", "٣", "9" * 5000, -(2**53), 9007199254740991, "[/x]", "[" * 80, "MANY", "DEEP", "BEYOND",
    "https://a.test/?adobe_mc=TS%3D²%7CMCMID%3D²%7CMCORGID%3Dshop",
)  # fmt: skip
SEEDS: tuple[dict[str, Any], ...] = (
    {
        "events": [
            {
                "xdm": {
                    "_id": "e", "eventType": "t", "timestamp": "2026-11-20T06:53:47.711Z",
                    "web": {"webPageDetails": {"URL": "https://a.test/", "viewName": "v"}},
                    "identityMap": {"FPID": [{"id": "d"}], "ECID": [{"id": "1"}]},
                    "_experience": {"decisioning": {"propositions": [{"id": "p", "scopeDetails": {"decisionProvider": "PYR",
                        "activity": {"id": "a"}, "characteristics": {}}}], "propositionEventType": {"display": 1}}},
                },
                "data": {"key": "value"},
                "query": {"personalization": {"decisionScopes": ["__view__"], "surfaces": ["web://a.test/"], "schemas": ["x"],
                    "decisionContext": {"a": 1}, "rules": True}},
            }
        ],
        "query": {"identity": {"fetch": ["ECID"]}},
        "xdm": {"identityMap": {"FPID": [{"id": "d"}]}},
        "meta": {"state": {"domain": "a.test", "cookiesEnabled": True, "entries": [{"key": "kndctr_shop_identity", "value": "v"}]},
            "sentAt": 1795157627711, "queueTimeMillis": 5, "configOverrides": {"a": 1},
            "delivery": {"page": "p", "sent": 1, "retried": 1, "dropped": {"full": 1}}},
    },
    {
        "raw": {
            "commands": [["configure", {"datastreamId": "shop"}], ["event", {"viewStart": True, "data": {"a": 1}}, "id", 1795157627711]],
            "facts": {"url": "https://a.test/", "cookie": "pyrite_fpid=d", "cookiesEnabled": True, "gpc": False},
            "sentAt": 1795157627711,
        }
    },
    {"raw": [{"datastreamId": "shop"}, ["event", {"viewStart": True}, "id", 1], ["https://a.test/", "", None, None, 1, 1, "x", 1, 1, "UTC", 0]]},
    {"consent": [{"standard": "Adobe", "version": "2.0", "value": {"collect": {"val": "y"}}}], "identityMap": {"FPID": [{"id": "d"}]}},
)  # fmt: skip
ACTIONS = ("interact", "collect", "privacy/set-consent", "identity/acquire", "or2/v1/interact", "x")
QUERIES = (
    b"configId=shop",
    b"configId=shop&requestId=r",
    b"",
    b"configId=%ff%00",
    b"configId=" + b"y" * 300,
    b"&&=&configId",
    b"\xff",
)


class Fuzz:
    """Inputs by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def body(self) -> bytes:
        chance = self.chance
        # With an id of its own: what is taken is stored, and not only known already.
        own = json.dumps(f"e{chance.randrange(10**12)}")
        text = json.dumps(chance.choice(SEEDS))
        value = json.loads(
            text.replace('"_id": "e"', f'"_id": {own}').replace('"id", 1', f"{own}, 1")
        )
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            value = self._changed(value)
        if chance.random() < 0.03:
            value = self._grown(value)
        written = json.dumps(value, ensure_ascii=chance.random() < 0.7)
        for mark, hostile in self._hostile().items():
            written = written.replace(mark, hostile)
        content = written.encode("utf-8", "surrogatepass")
        if chance.random() < 0.3:
            content = self._torn(content)
        if chance.random() < 0.1:
            content = gzip.compress(content, 1)
            if chance.random() < 0.5:
                content = self._torn(content)
        return content

    def _changed(self, value: Any) -> Any:
        """*value* with something odd in one place."""
        chance = self.chance
        if chance.random() < 0.2 or not isinstance(value, dict | list) or not value:
            return chance.choice(ODD)
        if isinstance(value, dict):
            key = chance.choice(list(value))
            if chance.random() < 0.1:
                return {**value, str(chance.choice(ODD)): value[key]}
            return {**value, key: self._changed(value[key])}
        place = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value * chance.choice((0, 2, 60))
        return [*value[:place], self._changed(value[place]), *value[place + 1 :]]

    def _hostile(self) -> dict[str, str]:
        """What Python's writer does not write, by the text that stands for it."""
        levels = self.chance.choice((10, 70, 200, 1200))
        many = self.chance.choice((3, 300))
        return {
            '"DEEP"': "[" * levels + "{}" + "]" * levels,
            '"BEYOND"': "[1e400, -1E999, " + "9" * self.chance.choice((400, 5000)) + "]",
            '"MANY"': "{" + ",".join([f'"k{number}":{number}' for number in range(many)]) + "}",
        }

    def _grown(self, value: Any) -> Any:
        """*value* with one part of it grown."""
        chance = self.chance
        if isinstance(value, dict) and value and chance.random() < 0.8:
            key = chance.choice(list(value))
            if chance.random() < 0.2:
                return {**value, key + "x" * chance.randrange(30_000): value[key]}
            return {**value, key: self._grown(value[key])}
        if isinstance(value, list) and value:
            if chance.random() < 0.5:
                return value * chance.choice((50, 99, 1000))
            place = chance.randrange(len(value))
            return [*value[:place], self._grown(value[place]), *value[place + 1 :]]
        grown: tuple[Any, ...] = (
            "x" * chance.randrange(30_000),
            [[]] * chance.randrange(5000),
            {str(number): number for number in range(chance.randrange(3000))},
            "; ".join([f"kndctr_{number}=1" for number in range(chance.randrange(2000))]),
            [str(number) for number in range(chance.randrange(5000))],
        )
        return chance.choice(grown)

    def _torn(self, content: bytes) -> bytes:
        chance = self.chance
        how = chance.randrange(4)
        place = chance.randrange(len(content) + 1)
        if how == 0:
            return content[:place]
        if how == 1:
            return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
        if how == 2:
            return content[:place] + content[place:][:50] * chance.randrange(20) + content[place:]
        return b"[" * chance.randrange(3000) + content

    def scope(self) -> dict[str, Any]:
        chance = self.chance
        headers = [
            (b"host", b"127.0.0.1"),
            (
                b"content-type",
                chance.choice((b"text/plain",) * 5 + (b"", b"application/json", b"x")),
            ),
        ]
        if chance.random() < 0.2:
            headers.append(
                (
                    chance.choice((b"cookie", b"origin", b"user-agent", b"accept-language")),
                    bytes(chance.randrange(256) for _ in range(chance.randrange(200))),
                )
            )
        if chance.random() < 0.05:
            headers.append(
                (b"cookie", b"; ".join([b"other=" + b"x" * 3000] * chance.randrange(50)))
            )
        return {
            "type": "http", "method": chance.choice(("POST",) * 12 + ("GET", "OPTIONS", "PUT")),
            "path": "/ee/v1/" + chance.choice(ACTIONS[:2] * 3 + ACTIONS), "raw_path": b"", "query_string": chance.choice(QUERIES[:2] * 5 + QUERIES), "headers": headers,
            "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5), "root_path": "", "state": {},
        }  # fmt: skip


async def run(inputs: int, seed: int, folder: Path) -> None:
    """Send them all, and tell."""
    settings = pyrite.Settings()
    (folder / "experiences").mkdir()
    (folder / "experiences" / "a.toml").write_text(
        '[[variants]]\nid = "a"\n[[variants.items]]\ntype = "setText"\nselector = "h1"\ncontent = "x"\n'
    )
    app = pyrite.edge(settings=settings, data=folder / "data", experiences=folder / "experiences")
    fuzz = Fuzz(seed)
    statuses: Counter[int] = Counter()
    slowest = (0.0, b"")
    grown = sent = told = 0
    with Progress() as bar:
        task = bar.add_task("fuzzing", total=inputs)
        for number in range(inputs):
            scope, content = fuzz.scope(), fuzz.body()
            answers: list[Any] = []

            async def receive(content: bytes = content) -> dict[str, Any]:
                return {"type": "http.request", "body": content, "more_body": False}

            async def send(message: Any, answers: list[Any] = answers) -> None:
                answers.append(message)

            started = time.perf_counter()
            try:
                await app(scope, receive, send)
            except Exception as error:
                raise SystemExit(
                    f"input {number} raised {error!r}: {scope} {content[:500]!r}"
                ) from error
            slowest = max(slowest, (time.perf_counter() - started, content[:200]))
            status = answers[0]["status"]
            statuses[status] += 1
            sent += len(content)
            told += sum([len(message.get("body", b"")) for message in answers])
            if status >= 500:
                raise SystemExit(f"input {number} was answered {status}: {scope} {content[:500]!r}")
            if number == inputs // 2:
                grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            bar.advance(task)
    later = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store = app.state.store
    events, rows = sum(1 for _ in store.events()), sum(1 for _ in store.bad_rows())
    store.close()
    disk = sum([file.stat().st_size for file in (folder / "data").iterdir()])
    print(f"{sent:,} bytes came, {told:,} were answered, {disk:,} are on disk")
    print(
        f"{inputs} inputs: {dict(sorted(statuses.items()))}; {events} events and {rows} bad rows stored"
    )
    print(f"slowest {slowest[0] * 1000:.0f} ms: {slowest[1]!r}")
    print(
        f"memory at its highest: {grown / 1024:.0f} MB after the first half, {later / 1024:.0f} MB at the end"
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(chosen.inputs, chosen.seed, Path(folder)))


if __name__ == "__main__":
    main()
