"""web/docs/jss.md says what there is, and what it says works."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from asked import stored
from service import track
from starlette.testclient import TestClient

from pyrite.edge.jss.definitions.catalog import read as read_definitions
from pyrite.edge.jss.diagnosis.causes import REMEDIES
from pyrite.edge.settings import Jss, JssKey, JssProcessor, converted

Maker = Callable[..., TestClient]

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "web" / "docs" / "jss.md").read_text()
SOURCES = ROOT / "src" / "pyrite" / "edge"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_setting_cause_and_code_is_named() -> None:
    settings = [field.name for model in (Jss, JssKey, JssProcessor) for field in msgspec.structs.fields(model)]  # fmt: skip
    files = [*(SOURCES / "jss").rglob("*.py")]
    codes = {code for file in files for code in re.findall(r'"(jss\.[a-z]+)"', file.read_text())}
    counted = {"jss.event", "jss.flush", "jss.human", "jss.layout", "jss.profile", "jss.why", "jss.said"}  # fmt: skip

    assert [name for name in settings if f"`{name}" not in PAGE] == []
    assert [cause for cause in REMEDIES if f"`{cause}`" not in PAGE] == []
    assert sorted(code for code in codes - counted if f"`{code}`" not in PAGE) == []


def test_every_default_is_the_one_that_holds() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`|]*)` \|", PAGE, re.M))
    for field in msgspec.structs.fields(Jss):
        if field.name in rows and isinstance(field.default, bool | int | str):
            shown = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)  # fmt: skip
            assert rows[field.name] == shown, field.name


def test_the_files_that_are_pasted_are_taken(tmp_path: Path) -> None:
    settings, definitions, *_ = blocks("toml")
    (tmp_path / "definitions.toml").write_text(definitions)

    assert converted(tomllib.loads(settings)).jss.enabled
    assert read_definitions(tmp_path / "definitions.toml").find("goals", "Instant Demo")


def test_the_extension_that_is_shown_works(service: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("shop_tracking_of_the_page")
    exec(next(text for text in blocks("python") if "Commerce" in text), module.__dict__)
    monkeypatch.setitem(__import__("sys").modules, module.__name__, module)
    row = JssProcessor(use=f"{module.__name__}:Commerce", before="event")
    client: Any = service(jss_processors=[row])

    assert track(client, {"cartLines": [2, 3.5]}).status_code == 204
    assert track(client, {"cartLines": []}).json()["detail"] == "a cart without lines"
    assert [one.type for one in stored(client)] == ["jss.commerce"]


def test_every_feature_names_tests_that_are_there() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE.partition("## Feature by feature")[2], re.M)
    named = re.findall(r"`((?:tests|e2e)/[\w/]+\.py)::(\w+)`", PAGE)
    missing = [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text()]

    assert [int(row) for row in rows] == list(range(1, 21))
    assert missing == []
