"""The plugin, as every pytest run loads it."""

import subprocess
import sys
from pathlib import Path

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
