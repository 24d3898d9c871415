"""The example package, really built and installed, into a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .. import processes

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def example(once):
    """Folder to put on the path; pip made it from `example/` without asking any index."""

    def fill(folder):
        shutil.copytree(HERE / "example", folder / "source")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps",
             "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--target",
             folder / "site", folder / "source"],
            check=True,
        )  # fmt: skip

    return once("plugin", fill) / "site"


@pytest.fixture
def package(tmp_path):
    """Builder of an installed package: its name, entry points by group, and its module's text."""

    def make(name, groups, text, version="0.1"):
        info = tmp_path / "site" / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = [
            line
            for group, points in groups.items()
            for line in (f"[sme_stats.{group}]", *(f"{k} = {v}" for k, v in points.items()))
        ]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        (tmp_path / "site" / f"{name.replace('-', '_')}.py").write_text(text)
        return tmp_path / "site"

    return make


@pytest.fixture
def python(tmp_path):
    """Run code, or a command line of sme-stats, with folders on the path; a fresh process."""

    def run(what, *folders):
        words = ["-m", "sme_stats", *what] if isinstance(what, list) else ["-c", what]
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, folders)), "COLUMNS": "300",
            "SME_STATS_CACHE_DIR": str(tmp_path / "cache"), "SME_STATS_OFFLINE": "1",
        }  # fmt: skip
        return processes.run([sys.executable, *words], env=env, cwd=tmp_path)

    return run
