"""Run every benchmark and print its ratios with their targets: ``python -m benchmarks``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; exit 1 if a ratio misses its target."""
    found = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name != "__main__"]
    missed = 0
    print(f"{'what':<64}{'ratio':>9}{'target':>9}")
    for name in names or found:
        for row in importlib.import_module(f"benchmarks.{name}").ratios():
            fine = (
                row["value"] <= row["target"]
                if row["better"] == "lower"
                else row["value"] >= row["target"]
            )
            missed += not fine
            sign = "" if fine else "  misses"
            print(f"{row['name']:<64}{row['value']:>9.2f}{row['target']:>9.2f}{sign}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
