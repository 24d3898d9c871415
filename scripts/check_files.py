"""A house rule that no linter has: files under 300 lines, tests under 400."""

from __future__ import annotations

import sys
from pathlib import Path

MOST_LINES = 300
#: A table of cases may be longer than code.
MOST_LINES_OF_TESTS = 400
ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("sme_stats", "tests", "scripts", "benchmarks", "fuzz", "docs")


def main() -> int:
    """List every file that breaks a rule; exit 1 if there is one."""
    paths = sorted(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))
    wrong = []
    for path in paths:
        name = path.relative_to(ROOT)
        most = MOST_LINES_OF_TESTS if name.parts[0] == "tests" else MOST_LINES
        if (lines := len(path.read_text("utf-8").splitlines())) > most:
            wrong.append(f"{name}: {lines} lines, more than {most}")
    print("\n".join(wrong) or f"{len(paths)} files, none over {MOST_LINES} lines (tests 400)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
