"""Processes that start warm: forked from one that has imported what every command imports.

A command of the library spends most of its second on importing pandas and matplotlib. Here one
server a test process does so once, and each command is a fork of it: a process of its own, with its
own environment, folder, streams and modules of the library, which is not imported beforehand.
What a test says about imports, hash seeds or start-up is asked of `subprocess` itself.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

#: Imported once. Nothing of the library, nor what starts threads.
BEFOREHAND = [
    "pandas", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "click", "rich.console",
    "rich.progress", "rich.table", "requests", "filelock", "platformdirs", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "jinja2.sandbox",
]  # fmt: skip


def run(
    words: Sequence[object], *, cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None, timeout: float = 120, **_: Any,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """What `subprocess.run` gives for ``python -m module …`` or ``python -c code …``, as text."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = _server().Process(
            target=_child,
            args=([str(w) for w in words[1:]], str(cwd or Path.cwd()), dict(env or os.environ),
                  str(out), str(err)),
        )  # fmt: skip
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(list(map(str, words)), timeout)
        code = process.exitcode
        process.close()
        said = [path.read_text(encoding="utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(list(map(str, words)), code, *said)


@cache
def _server() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(BEFOREHAND)
    return context


def _child(words: list[str], folder: str, env: dict[str, str], out: str, err: str) -> None:
    for name, number in ((out, 1), (err, 2)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [folder, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    kind, what, *rest = words
    try:
        if kind == "-m":
            sys.argv = [what, *rest]
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.argv = ["-c", *rest]
            (Path(out).parent / "code.py").write_text(what, encoding="utf-8")
            runpy.run_path(str(Path(out).parent / "code.py"), run_name="__main__")
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
