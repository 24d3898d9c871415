"""The pictures of README and docs/ are drawn by these tests from the figures embedded."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sme_stats.cli.charts import CHARTS
from sme_stats.plotting.declared import read_figures
from sme_stats.plotting.recipes import draw
from sme_stats.plotting.stale import moved

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
FIGURES = {f.id: f for f in read_figures(ROOT / "docs" / "figures.toml")}
STALE = "sme-stats figures docs/figures.toml --out docs/images --files svg,csv,txt"
#: Made by a browser, tested with the page itself.
ELSEWHERE = {"report.png"}


def words(svg: str) -> list[str]:
    """Every text of a drawing; its lines may differ between versions of matplotlib."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


@pytest.mark.parametrize("name", FIGURES)
def test_picture_is_what_the_data_give(name):
    figure = FIGURES[name]
    chart = draw(figure.chart, figure.question, **figure.drawing)
    kept = {end: (IMAGES / f"{name}.{end}").read_text("utf-8") for end in ("csv", "txt", "svg")}
    assert kept["csv"] == chart.csv(), f"{moved(kept['csv'], chart.csv())}: {STALE}"
    assert kept["txt"] == chart.alt + "\n", STALE
    assert words(kept["svg"]) == words(chart.svg()), STALE


def test_every_chart_is_shown_once():
    # Sections by size are not embedded, so that no picture of a shift-share is of real cells.
    assert {f.chart for f in FIGURES.values()} == set(CHARTS) - {"shift-share"}
    page = (ROOT / "docs" / "charts.md").read_text("utf-8")
    assert set(re.findall(r"images/([\w-]+)\.svg", page)) == set(FIGURES)
    for chart in CHARTS:
        assert f"`{chart}`" in page


def test_no_picture_is_made_by_hand():
    texts = [p.read_text("utf-8") for p in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))]
    shown = {n for text in texts for n in re.findall(r"images/([\w.-]+)\)", text)}
    assert {n for n in shown if n not in ELSEWHERE} <= {f"{name}.svg" for name in FIGURES}
    made = {f"{name}.{end}" for name in FIGURES for end in ("csv", "txt", "svg")}
    assert {p.name for p in IMAGES.iterdir()} == made | ELSEWHERE
