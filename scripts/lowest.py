"""Constraints of the lowest versions that pyproject allows, one a line: for ``make lowest``."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print ``name==lowest`` for every dependency of the package itself."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    print(*lowest(tomllib.loads(text)["project"]["dependencies"]), sep="\n")
    return 0


def lowest(dependencies: list[str]) -> list[str]:
    """Pin every dependency to its lower bound.

    Examples
    --------
    >>> lowest(["pandas>=2.2", "numpy>=1.26"])
    ['pandas==2.2', 'numpy==1.26']
    """
    pinned = []
    for dependency in dependencies:
        match = re.fullmatch(r"([A-Za-z0-9_-]+)>=([0-9.]+)", dependency)
        if not match:
            raise ValueError(f"{dependency!r} has no plain lower bound: write NAME>=VERSION")
        pinned.append(f"{match[1]}=={match[2]}")
    return pinned


if __name__ == "__main__":
    sys.exit(main())
