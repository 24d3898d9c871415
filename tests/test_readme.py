"""README's commands are typed as they stand; what it shows is what they print."""

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from . import processes

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _sessions():
    """Commands of the console blocks with the lines that follow each."""
    for block in re.findall(r"```console\n(.*?)```", README, re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


SESSIONS = [s for s in _sessions() if s[0].startswith("sme-stats")]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)


def test_readme_opens_with_the_two_commands():
    first = re.search(r"```sh\n(.*?)```", README, re.S)[1]
    assert [line.split("#")[0].strip() for line in first.strip().splitlines()] == [
        "make report",
        "make test",
    ]


def test_there_are_commands():
    assert len(SESSIONS) >= 3


@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[c for c, _ in SESSIONS])
def test_prints_what_readme_shows(command, output, tmp_path):
    words = shlex.split(command)
    env = os.environ | {"COLUMNS": "100", "SME_STATS_CACHE_DIR": str(tmp_path)}
    if "--out" in words:
        words[words.index("--out") + 1] = str(tmp_path / "out")
    done = processes.run([sys.executable, "-m", "sme_stats", *words[1:]], cwd=ROOT, env=env)
    assert "Traceback" not in done.stderr
    shown = (done.stdout + done.stderr).replace(str(tmp_path / "out"), "figures/sme-share")
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")  # invisible in a README
    assert [line.rstrip() for line in shown.splitlines()] == [
        line.rstrip() for line in output.splitlines()
    ]


@pytest.mark.parametrize("block", PYTHON)
def test_python_blocks_run(block):
    import doctest

    test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert test.examples
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test)
    assert runner.failures == 0


def test_table_of_indicators_is_the_registry():
    from sme_stats.indicators.registry import INDICATORS

    for name, entry in INDICATORS.items():
        row = re.search(rf"^\| `{name}` \|.*$", README, re.M)
        assert row, f"{name} is not in the README: run scripts/refresh_readme.py"
        assert entry.summary.rstrip(".") in row[0]
        assert entry.caveat
        assert entry.caveat in row[0]


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)", README))
def test_linked_files_exist(link):
    assert (ROOT / link).exists()
