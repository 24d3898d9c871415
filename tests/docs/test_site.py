"""The documentation builds without network and warning, and asks nothing of other hosts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sme_stats
from sme_stats import catalogue
from sme_stats.indicators.registry import COMPARISONS, INDICATORS

ROOT = Path(__file__).resolve().parents[2]
#: A process that may not open a connection: whoever tries is stopped with an error.
WITHOUT_NETWORK = """
import runpy, socket, sys
def no(*_): raise AssertionError("a connection was opened")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = no
sys.argv = sys.argv[1:]; sys.path.insert(0, "scripts")
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def build(root, out):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, "scripts/build_docs.py", str(out)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(once):
    def fill(folder):
        done = build(ROOT, folder / "site")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no dead link, nothing from elsewhere" in done.stdout

    return once("docs", fill) / "site"


@pytest.fixture
def copied(tmp_path):
    """What the build reads, in a folder of its own, to break it there."""
    for name in ("docs", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for page in ROOT.glob("*.md"):
        shutil.copy(page, tmp_path)
    # The functions take most of the time of a build, and no mistake is made in them here.
    stub = 'def reference():\n    return {"indicators.md": "# Indicators\\n"}\n'
    (tmp_path / "scripts" / "docs_reference.py").write_text(stub)
    return tmp_path


def test_every_indicator_has_an_entry_that_leads_to_its_function(site):
    page = (site / "indicators.html").read_text(encoding="utf-8")
    for name, entry in {**INDICATORS, **COMPARISONS}.items():
        section = re.search(rf'<section id="{name}">(.*?)</section>', page, re.S)[1]
        where = f"sme_stats.indicators.{entry.module}.{entry.function_name}"
        assert f'href="api.html#{where}"' in section
        assert not entry.dataset or f"datasets.html#{entry.dataset.replace('_', '-')}" in section


def test_every_public_name_and_every_table_has_a_place(site):
    api = (site / "api.html").read_text(encoding="utf-8")
    for name in set(sme_stats.__all__) - {"plotting", "register"}:
        thing = getattr(sme_stats, name)
        assert f'id="{thing.__module__}.{thing.__qualname__}"' in api, name
    tables = (site / "datasets.html").read_text(encoding="utf-8")
    assert all(f'id="{code.replace("_", "-")}"' in tables for code in catalogue.entries())


def test_every_known_break_is_listed(site):
    page = (site / "breaks.html").read_text(encoding="utf-8")
    known = [one for flow in catalogue.entries().values() for one in flow.breaks]
    assert len(known) > 10
    assert page.count("<tr") >= len(known)


def test_nothing_is_asked_of_another_host(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(
            r'<(?:script|img|iframe|source)[^>]+(?:src|srcset)="(?:\w+:)?//', text
        )
        assert not re.findall(
            r'<link[^>]+rel="(?:stylesheet|icon|preload)"[^>]+href="\w*:?//', text
        )
    for style in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)\s*['\"]?(?:\w+:)?//", style.read_text("utf-8"))
    fetched = r"(?:src|href)\s*=\s*[\"'`](?:\w+:)?//|(?:fetch|import|importScripts)\(?\s*[\"'`]\w+:"
    for code in site.rglob("*.js"):
        assert not re.findall(fetched, code.read_text(encoding="utf-8")), code.name


def test_dead_links_and_foreign_assets_fail_the_build_each_by_name(copied, tmp_path):
    wrong = {
        "[gone](nowhere.md)": "nowhere.md",
        "[gone](uncertainty.md#no-such-heading)": "no-such-heading",
        '<a href="indicators.html#no-such">x</a>': "dead anchor indicators.html#no-such",
        '<img src="https://example.org/x.png" alt="x">': "from elsewhere: https://example.org/x.png",
        '<script src="//example.org/x.js"></script>': "from elsewhere: //example.org/x.js",
    }
    page = copied / "docs" / "breaks.md"
    text = page.read_text(encoding="utf-8")
    page.write_text("\n\n".join([text, *wrong, ""]), encoding="utf-8")
    done = build(copied, tmp_path / "site")
    assert done.returncode == 1
    for said in wrong.values():
        assert said in done.stdout
