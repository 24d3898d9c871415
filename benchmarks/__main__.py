"""Run every benchmark and print its ratios with their targets: ``python -m benchmarks``.

A benchmark is a module of this folder with a function ``ratios``: rows of ``name``, ``value``,
``target`` and ``better`` ("lower" or "higher"). `--keep` writes what was measured to kept.toml;
without it a ratio that became more than 30 % worse than what is kept there is shown.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tomllib
import traceback
from pathlib import Path
from typing import Any

import benchmarks

KEPT = Path(__file__).with_name("kept.toml")
#: How much worse a ratio may become before it is shown; the machine itself varies by 10 to 20 %.
WORSE = 1.3
#: Differences below this part of the target are noise, whatever the ratio of two small numbers.
NOISE = 0.1
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; exit 1 if a ratio misses its target or cannot be taken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="benchmark", help="by default all")
    parser.add_argument("--keep", action="store_true", help="write kept.toml anew")
    asked = parser.parse_args(arguments)
    kept = read_kept()
    missed, measured = 0, {}
    print(f"{'what':<64}{'value':>9}{'target':>11}{'kept':>9}")
    for name in asked.names or found():
        for row in _run(name):
            line, fine = judge(row, kept)
            missed += not fine
            measured[row["name"]] = row["value"]
            print(line, flush=True)
    if asked.keep:
        rows = {n: v for n, v in {**kept, **measured}.items() if v is not None}
        write_kept(rows if asked.names else {n: v for n, v in measured.items() if v is not None})
        print(f"kept: {KEPT.name}")
    return 1 if missed else 0


def found() -> list[str]:
    """Modules of this folder that measure something."""
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name != "__main__"]
    return [n for n in names if hasattr(importlib.import_module(f"benchmarks.{n}"), "ratios")]


def _run(name: str) -> list[Row]:
    """Rows of one benchmark; where it fails, one row that says so, and the others still run."""
    try:
        return list(importlib.import_module(f"benchmarks.{name}").ratios())
    except Exception:  # what it measures is not known here
        traceback.print_exc()
        return [{"name": f"{name}: could not be measured", "value": None}]


def judge(row: Row, kept: dict[str, float]) -> tuple[str, bool]:
    """One line of the table, and whether the target is met."""
    value, before = row["value"], kept.get(row["name"])
    if value is None:
        return f"{row['name']:<64}{'-':>9}  failed", False
    lower = row["better"] == "lower"
    fine = value <= row["target"] if lower else value >= row["target"]
    notes = "" if fine else "  misses"
    if before is not None and _is_worse(value, before, row["target"], lower):
        notes += f"  {abs(value / before - 1):.0%} worse than kept"
    sign, was = ("<=" if lower else ">="), "-" if before is None else f"{before:.2f}"
    return f"{row['name']:<64}{value:>9.2f}{sign:>4}{row['target']:>7.2f}{was:>9}{notes}", fine


def _is_worse(value: float, before: float, target: float, lower: bool) -> bool:
    change = value - before if lower else before - value
    allowed = before * (WORSE - 1 if lower else 1 - 1 / WORSE)
    return change > max(allowed, NOISE * abs(target))


def read_kept() -> dict[str, float]:
    """Ratios that are kept, by name."""
    if not KEPT.exists():
        return {}
    return dict(tomllib.loads(KEPT.read_text(encoding="utf-8"))["ratios"])


def write_kept(rows: dict[str, float]) -> None:
    """Write them; names as quoted keys, in order, so that a change is one line of a diff."""
    lines = [f'"{name}" = {round(value, 4)}' for name, value in sorted(rows.items())]
    head = "# Measured on a quiet machine by `python -m benchmarks --keep`; see `make bench`."
    KEPT.write_text("\n".join([head, "[ratios]", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
