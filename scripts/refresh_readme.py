"""Run the README's commands and write what they print; write its table of indicators."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def main() -> int:
    """Rewrite the console blocks; `tests/test_readme.py` compares them."""
    text = README.read_text(encoding="utf-8")
    fresh = re.sub(r"(?<=```console\n)(.*?)(?=```)", lambda m: _block(m[1]), text, flags=re.S)
    fresh = re.sub(r"\| `get` \|.*?\n(?=\n)", lambda _: indicator_table(), fresh, flags=re.S)
    README.write_text(fresh, encoding="utf-8")
    print("README is as it was" if fresh == text else "README rewritten")
    return 0


def indicator_table() -> str:
    """Every indicator: definition, table, codes, years, unit, caveat, charts, from the registry."""
    from sme_stats import catalogue, codelists
    from sme_stats.indicators.registry import INDICATORS

    head = "| `get` | definition | table | codes | years | unit | caveat | charts |"
    lines = [head, "|---" * 8 + "|"]
    for name, entry in INDICATORS.items():
        first, last = catalogue.find(entry.dataset).years
        unit = codelists.table("UNIT").get(entry.unit, {})
        said = unit.get("symbol") or unit.get("label") or "the measure's own"
        cells = (f"`{name}`", entry.summary.rstrip("."), entry.dataset, entry.codes,
                 f"{first}–{last}", said, entry.caveat, charts_of(entry.charts))  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def charts_of(names: tuple[str, ...]) -> str:
    """Charts of an indicator; those that draw almost every one are told of above the table."""
    from sme_stats.indicators.registry import EVERYWHERE

    if not set(EVERYWHERE) <= set(names):
        return ", ".join(names)
    return ", ".join(["the five", *(name for name in names if name not in EVERYWHERE)])


def _block(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:])}" for command in commands)


def _output(command: str) -> str:
    words = shlex.split(command)
    with tempfile.TemporaryDirectory() as folder:
        shown = folder
        if "--out" in words:
            place = words.index("--out") + 1
            shown, words[place] = words[place], f"{folder}/out"
        done = subprocess.run(
            [sys.executable, "-m", "sme_stats", *words[1:]], cwd=README.parent,
            env=os.environ | {"COLUMNS": "100"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    text = (done.stdout + done.stderr).replace(f"{folder}/out", shown)
    return text.replace("\N{NO-BREAK SPACE}", " ")


if __name__ == "__main__":
    sys.exit(main())
