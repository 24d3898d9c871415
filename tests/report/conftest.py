"""Pages written once, and a headless Chromium to look at them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sme_stats.report.page import write_report
from sme_stats.report.sheets import write_sheet, write_sheets

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
#: Keeps the browser from asking anything of the network.
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def pages(once) -> dict[str, Path]:
    """The default page, and fact sheets: a language each, a small one, one with withheld cells."""
    wanted = {"DE": "de", "PT": "fr", "SI": "en", "UK": "en", "BG": "de"}

    def fill(folder: Path) -> None:
        for geo, lang in wanted.items():
            write_sheet(geo, folder / f"{geo}.html", lang)
        write_report(folder / "report.html")

    folder = once("pages", fill)
    return {name: folder / f"{name}.html" for name in ("report", *wanted)}


@pytest.fixture(scope="session")
def folder(once) -> Path:
    """Fact sheets of two countries in two languages with their index, in parallel processes."""
    return once("sheets", lambda out: write_sheets(out, ["en", "de"], geos=["SI", "SK"], workers=2))


@pytest.fixture(scope="session")
def browser():
    """A browser, started as it is on a machine without a screen."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the page is not rendered")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()
