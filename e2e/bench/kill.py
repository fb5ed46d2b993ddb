"""An edge killed with SIGKILL under load and started again, many times: what was acknowledged and is missing, what is there twice.

python e2e/bench/kill.py [--rounds 20]
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.progress import track
from support.edge_process import EdgeProcess, Load, stored


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        edge = EdgeProcess(Path(folder) / "data")
        with edge, Load(edge, threads=8) as load:
            for _ in track(range(rounds), "killing"):
                load.wait(1000)
                edge.end(signal.SIGKILL)
                edge.start()
            load.wait(100)
        found = stored(edge.folder)
    missing = load.acknowledged - set(found)
    print(
        f"killed {rounds} times: {len(load.acknowledged)} events acknowledged, {len(missing)} of them missing;"
        f" {len(found)} stored, {len(found) - len(set(found))} of them twice"
    )


if __name__ == "__main__":
    main()
