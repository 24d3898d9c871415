"""What the pages of docs/ show is what happens: commands print it, Python gives it."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

from .. import processes

ROOT = Path(__file__).resolve().parents[2]


def script(name):
    """Module of scripts/ by name."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = script("pages")
TEXTS = {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in PAGES.pages()}
WITH_COMMANDS = [name for name, text in TEXTS.items() if "```console\n" in text]
WITH_PYTHON = [name for name, text in TEXTS.items() if "```python\n" in text]


def test_there_is_a_tutorial_for_each_user_and_each_runs():
    assert {"docs/tutorials/policy.md", "docs/tutorials/ci.md"} <= set(WITH_COMMANDS)
    assert {"docs/tutorials/analyst.md", "docs/uncertainty.md", "docs/breaks.md"} <= set(
        WITH_PYTHON
    )


@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_commands_print_what_the_page_shows(name, tmp_path):
    fresh = PAGES.run(ROOT / name, tmp_path, processes.run)
    assert fresh.count("\n$ ") >= 1
    assert fresh == TEXTS[name], "python scripts/pages.py writes what the commands print now"


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_python_gives_what_the_page_shows(name):
    text = "\n".join(re.findall(r"```python\n(.*?)```", TEXTS[name], re.S))
    found = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert len(found.examples) > 3
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(found, out=said.append)
    assert runner.failures == 0, "".join(said)


def test_a_command_that_is_no_command_of_ours_is_not_run(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ rm -r /\n```\n")
    with pytest.raises(ValueError, match="only sme-stats and pytest"):
        PAGES.run(page, tmp_path)


def test_a_page_that_shows_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ sme-stats check nothing.toml\nfine\n$ echo $?\n0\n```\n")
    assert PAGES.run(page, tmp_path, processes.run) == (
        "```console\n$ sme-stats check nothing.toml\n"
        "error: cannot read nothing.toml: No such file or directory\n$ echo $?\n2\n```\n"
    )
