"""Colours that everybody can tell apart, text that everybody can read."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pytest

from sme_stats.plotting import style
from sme_stats.plotting.dumbbells import LOOKS as SIZES
from sme_stats.plotting.slants import LOOKS

pytestmark = pytest.mark.exhaustive

#: Dichromacy in linear RGB, Machado, Oliveira and Fernandes (2009), severity 1.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
#: Of linear sRGB, white D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1.0, 1.08883])


def lab(colour: str, sight: str) -> np.ndarray:
    parts = np.array(style.rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SIGHT[sight] @ linear, 0, 1)
    t = TO_XYZ @ seen / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    ("palette", "least"),
    [
        (style.SERIES, 25),
        ((*style.CLASSES, style.LARGE), 15),
        (style.SCALE, 15),
        ((style.MAIN, style.REFERENCE), 25),
    ],
)
def test_colours_are_told_apart(sight, palette, least):
    for one, other in combinations(palette, 2):
        assert distance(one, other, sight) >= least, (one, other)


def test_series_differ_in_marker_too():
    assert len(set(style.MARKERS)) == len(style.SERIES)


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, *style.VERDICTS.values()])
def test_text_has_contrast_on_paper(colour):
    assert style.contrast(colour, style.PAPER) >= 4.5


@pytest.mark.parametrize("colour", [*style.SERIES, style.REST, style.REFERENCE, style.HATCH_EDGE])
def test_marks_have_contrast_on_paper(colour):
    assert style.contrast(colour, style.PAPER) >= 3


@pytest.mark.parametrize("fill", [*style.CLASSES, style.LARGE, *style.SCALE])
def test_labels_have_contrast_on_fills(fill):
    assert style.contrast(style.ink_on(fill), fill) >= 4.5
    assert style.contrast(style.ink_on(style.lighter(fill)), style.lighter(fill)) >= 4.5


def test_every_text_of_every_chart_has_contrast(seen, texts):
    for text in texts(seen()):
        if text.get_gid() not in ("inside", "code", "tile-value"):
            assert style.contrast(text.get_color(), style.PAPER) >= 4.5, text


def test_every_text_within_a_mark_has_contrast_on_it(seen, texts):
    chart = seen()
    fills = [p for p in chart.axes.patches if p.get_fill() and p.get_alpha() is None]
    for text in texts(chart):
        if text.get_gid() not in ("inside", "code", "tile-value") or text.get_bbox_patch():
            continue
        place = text.get_transform().transform(text.get_position())
        under = [p for p in fills if p.get_window_extent().contains(*place)]
        assert under, text
        top = max(under, key=lambda p: p.get_zorder())
        fill = "#" + "".join(f"{round(255 * c):02X}" for c in top.get_facecolor()[:3])
        assert style.contrast(text.get_color(), fill) >= 4.5, (text, fill)


@pytest.mark.parametrize("sight", SIGHT)
def test_ways_of_a_slope_and_sizes_of_a_gap_are_told_apart(sight):
    ways = (LOOKS["rose"][0], LOOKS["fell"][0], style.INK)
    for one, other in combinations(ways, 2):
        assert distance(one, other, sight) >= 25, (one, other)
    assert distance(*(colour for colour, _ in SIZES.values()), sight) >= 25


@pytest.mark.parametrize("sight", SIGHT)
def test_provisional_is_told_from_published(sight):
    for colour in (*style.SERIES, style.MAIN, style.REFERENCE, style.INK):
        assert distance(colour, style.lighter(colour), sight) >= 20, colour


@pytest.mark.exhaustive(cases=14)
def test_nothing_reads_or_writes_global_settings(written):
    case, _, plain = written
    loud = {"axes.facecolor": "black", "font.size": 30, "axes.grid": True, "lines.linestyle": ":",
            "axes.spines.top": True, "font.family": "serif", "xtick.direction": "in",
            "axes.labelcolor": "red", "lines.marker": "x", "xtick.major.size": 9,
            "figure.facecolor": "pink", "patch.force_edgecolor": True, "text.usetex": False,
            "axes.prop_cycle": matplotlib.cycler(color=["red"]), "figure.dpi": 33,
            "xtick.minor.visible": True, "axes.xmargin": 0.5, "hatch.linewidth": 5.0,
            "lines.linewidth": 9, "lines.markersize": 20, "xtick.labelsize": 4}  # fmt: skip
    with matplotlib.rc_context(loud):
        before = dict(matplotlib.rcParams)
        assert case().svg() == plain
        assert dict(matplotlib.rcParams) == before


def test_pyplot_is_never_imported():
    folder = Path(style.__file__).parent
    for path in folder.glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8"), path.name
