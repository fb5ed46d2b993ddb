"""The plugin, as every pytest run loads it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SHOP = """
from pyrite.serverside import Sender, page_view, views_wsgi

def page(environ, start_response):
    start_response("200 OK", [("content-type", "text/html")])
    return [b"<h1>Product</h1>"]

def view(seen):
    return page_view(seen) | {"sku": seen.path.rpartition("/")[2]}

app = views_wsgi(page, Sender("https://edge.example", datastream="shop"), event=view)
"""
SCRIPT = """
import sys, pytest
code = pytest.main(["-q", "-p", "pyrite.testing.plugin", "-c", "/dev/null", "--rootdir", ".", "test_one.py"])
print(code, sorted(name for name in sys.modules if name.startswith(("pyrite.edge", "pyrite.stores", "uvicorn", "httpx2"))))
"""


def test_a_run_without_the_fixture_imports_nothing_of_the_edge(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n")
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert run.stdout.splitlines()[-1] == "0 []", run.stdout + run.stderr


def test_the_documentations_test_of_a_web_server_holds_as_it_stands(tmp_path: Path) -> None:
    text = (ROOT / "web" / "docs" / "testing.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(from pyrite.testing import Tracking\nfrom shop.*?)```", text, re.DOTALL)  # fmt: skip
    (tmp_path / "test_shop.py").write_text(block)
    (tmp_path / "shop.py").write_text(SHOP)
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": ":".join([str(tmp_path), *sys.path])}  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-p", "pyrite.testing.plugin", "-c", "/dev/null", "--rootdir", ".", "test_shop.py"]  # fmt: skip
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert "1 passed" in run.stdout, run.stdout + run.stderr
