"""Start-up, check and report, as ratios to importing pandas, each in its own process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

PRESS = Path(__file__).resolve().parent.parent / "data" / "claims" / "press-2023.toml"
RUNS = 7


def ratios() -> list[dict]:
    """Ratios with their targets; times are medians of runs taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "pandas": [sys.executable, "-c", "import pandas"],
            "sme_stats": [sys.executable, "-c", "import pandas, sme_stats"],
            "check": [sys.executable, "-m", "sme_stats", "check", str(PRESS)],
        }
        seconds = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                seconds[name].append(_seconds(command))
        report = [sys.executable, "-m", "sme_stats", "report", "--out", f"{folder}/report.html"]
        seconds["report"] = [_seconds(report)]
    times = {name: median(values) for name, values in seconds.items()}
    over = 1000 * (times["sme_stats"] - times["pandas"])
    budget = 1.5 * times["pandas"] + 0.3
    rows = [
        ("import sme_stats over pandas, ms", over, 30),
        ("check of 5 claims / (1.5 import pandas + 0.3 s)", times["check"] / budget, 1.0),
        ("report, s", times["report"], 15),
    ]
    return [{"name": n, "value": v, "target": t, "better": "lower"} for n, v, t in rows]


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    for row in ratios():
        print(f"{row['name']:<60}{row['value']:>9.2f}  target {row['target']}")
