"""Constraints of the lowest versions that pyproject allows, one a line: for ``make lowest``."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Extras that a user installs; the others are for developers, who have the newest.
ENGINES = ("duckdb", "polars", "dask", "spark")


def main() -> int:
    """Print ``name==lowest`` for every dependency of the package and its engines."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    engines = [d for name in ENGINES for d in project["optional-dependencies"][name]]
    print(*lowest(project["dependencies"] + engines), sep="\n")
    return 0


def lowest(dependencies: list[str]) -> list[str]:
    """Pin every dependency to its lower bound.

    Examples
    --------
    >>> lowest(["pandas>=2.2", "dask[dataframe]>=2026.1.1"])
    ['pandas==2.2', 'dask==2026.1.1']
    """
    pinned = []
    for dependency in dependencies:
        match = re.fullmatch(r"([A-Za-z0-9_-]+)(?:\[[a-z]+\])?>=([0-9.]+)", dependency)
        if not match:
            raise ValueError(f"{dependency!r} has no plain lower bound: write NAME>=VERSION")
        pinned.append(f"{match[1]}=={match[2]}")
    return pinned


if __name__ == "__main__":
    sys.exit(main())
