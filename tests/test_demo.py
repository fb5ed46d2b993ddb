"""The demo shop without a browser: who may write into it, and the README's page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pyrite.demo.shop import shop
from pyrite.stores.memory import MemoryStore

README = Path(__file__).resolve().parents[1] / "README.md"
PAGE = README.read_text("utf-8").partition("```html\n")[2].partition("```")[0]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    built = tmp_path / "built"
    built.mkdir()
    for name in ("alloy.js", "base.js", "base-early.js"):
        (built / name).write_text("1")
    (built / "manifest.json").write_text('{"lane": "compiled", "files": {}}')
    monkeypatch.setattr("pyrite.edge.app.built_files", lambda: built)
    with TestClient(
        shop(data=tmp_path, store=MemoryStore()), base_url="http://127.0.0.1:8000"
    ) as client:
        yield client


def test_the_demo_serves_the_page_in_the_readme_at_its_own_address(demo: TestClient) -> None:
    assert demo.get("/hello").text == PAGE
    elsewhere = demo.get("/hello", headers={"host": "localhost:9"})
    assert elsewhere.text == PAGE.replace("127.0.0.1:8000", "localhost:9")
    assert demo.get("/hello", headers={"host": "x'></script>"}).text == PAGE
    policy = elsewhere.headers["content-security-policy"]
    assert len(re.findall("'sha256-", policy.partition(";")[2].partition(";")[0])) == 2
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("origin", "status"),
    [("null", 403), ("https://evil.test", 403), ("http://localhost:5173", 200), ("http://127.0.0.1:3000", 200)],
)  # fmt: skip
def test_only_pages_on_this_machine_may_write_into_the_demo(
    demo: TestClient, origin: str, status: int
) -> None:
    body = {"events": [{"xdm": {"eventType": "t"}}]}
    headers = {"origin": origin}

    assert demo.post("/ee/v1/interact?configId=s", json=body, headers=headers).status_code == status


def test_examples_of_server_side_techniques_say_what_they_need(
    demo: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyrite.demo.servers.find_spec", lambda name: None)
    for path in ("/ibexa/server?technique=queued", "/t/e"):
        answer = demo.post(path, json={"kind": "click", "itemtype": 1, "item": 1})
        assert (answer.status_code, answer.json()["detail"]) == (501, "sending needs httpx: pip install 'pyrite[serverside]'")  # fmt: skip
    assert demo.post("/ibexa/server?technique=none").status_code == 400
