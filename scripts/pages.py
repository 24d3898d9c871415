"""Pages of docs/ that show commands: run them, compare, or write what they print.

Blocks of one page share a folder that has ``data/``. A ``toml`` or ``markdown`` block whose first
line is a comment with a file name is that file; a ``console`` block shows commands after ``$`` with
what each prints, and ``$ echo $?`` the exit code of the one before.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_FILE = re.compile(
    r"```(?:toml|markdown)\n(?:# |<!-- )(?P<name>[\w.-]+\.\w+)(?: -->)?\n(?P<text>.*?)```"
    r"|```console\n(?P<session>.*?)```",
    re.S,
)


def pages() -> list[Path]:
    """Every page under docs/."""
    return sorted((ROOT / "docs").rglob("*.md"))


def run(page: Path, folder: Path, start: Callable[..., Any] = subprocess.run) -> str:
    """Text of a page with its console blocks as they print now; `start` starts a process."""
    data = folder / "data"
    if not data.exists():
        data.symlink_to(ROOT / "data")
    return _FILE.sub(lambda m: _one(m, folder, start), page.read_text(encoding="utf-8"))


def _one(found: re.Match[str], folder: Path, start: Callable[..., Any]) -> str:
    if found["name"]:
        (folder / found["name"]).write_text(found["text"], encoding="utf-8")
        return found[0]
    said, code = [], 0
    for command in re.findall(r"^\$ (.*)$", found["session"], re.M):
        said.append(f"$ {command}\n")
        if command == "echo $?":
            said.append(f"{code}\n")
            continue
        code, text = _run(command, folder, start)
        said.append(text)
    return f"```console\n{''.join(said)}```"


def _run(command: str, folder: Path, start: Callable[..., Any]) -> tuple[int, str]:
    words = shlex.split(command)
    if words[0] not in ("sme-stats", "pytest"):
        raise ValueError(f"only sme-stats and pytest run in pages, not {command!r}")
    module = "sme_stats" if words[0] == "sme-stats" else "pytest"
    env = os.environ | {
        "COLUMNS": "96", "SME_STATS_OFFLINE": "1", "SME_STATS_CACHE_DIR": str(folder / "cache"),
    }  # fmt: skip
    done = start(
        [sys.executable, "-m", module, *words[1:]], cwd=folder, env=env, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    lines = (done.stdout + done.stderr).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    return done.returncode, "".join(f"{line.rstrip()}\n" for line in lines)


def main() -> int:
    """Write what the commands print now."""
    for page in pages():
        with tempfile.TemporaryDirectory() as folder:
            fresh = run(page, Path(folder))
        if fresh != page.read_text(encoding="utf-8"):
            page.write_text(fresh, encoding="utf-8")
            print(f"{page.relative_to(ROOT)} rewritten")
    return 0


if __name__ == "__main__":
    sys.exit(main())
