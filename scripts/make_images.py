"""Make the pictures of the documentation: charts by the library, the report by headless Chromium.

Usage: python scripts/make_images.py [--out docs/images]; without Chromium only the charts are made.
The charts are declared in docs/figures.toml; tests/docs says which of them is stale.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Keeps the browser from asking anything of the network.
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip


def main() -> int:
    """Write charts and screenshot."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    from sme_stats.plotting.declared import draw_figures, read_figures
    from sme_stats.report.page import write_report

    declared = read_figures(ROOT / "docs" / "figures.toml")
    draw_figures(declared, out, formats=("svg", "csv", "txt"))
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no Chromium here: the picture of the report is left as it is")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        page = write_report(Path(folder) / "report.html")
        screenshot(browser, page, out / "report.png", 900, 1250)
    print(f"written: {out}")
    return 0


def screenshot(browser: str, page: Path, target: Path, width: int, height: int) -> None:
    """Take a picture of a local page."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, *QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}",
             f"--screenshot={target}", page.resolve().as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
