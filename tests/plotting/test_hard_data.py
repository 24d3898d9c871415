"""Charts of SYNTHETIC data that are hard to draw: nothing is cut, overlaps, or passes unmarked."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from sme_stats import codelists, plotting
from sme_stats.frame import concat
from sme_stats.plotting import style

pytestmark = pytest.mark.exhaustive

LANGS = ("en", "fr", "de")
SIZES = ("0-9", "10-19", "20-49", "50-249", "GE250")
COUNTRIES = [code for code, row in codelists.table("GEO").items() if row["kind"] == "country"]
LONG = [
    "Republik der Rindfleischetikettierungsüberwachungsaufgaben",
    "The former administrative region of the northern islands and adjacent mainland",
    "X",
]


def cells(geos, years=(2022,), sizes=("0-249",), measure="persons_employed_share", unit="PC"):
    """A SYNTHETIC frame in which every value differs."""
    rows = list(product(geos, years, sizes))
    values = [30.0 + 60.0 * ((7 * n) % len(rows)) / len(rows) for n in range(len(rows))]
    if len(sizes) > 1:
        values = [100.0 / len(sizes)] * len(rows)
    return pd.DataFrame({
        "dataset": "synthetic_sbs", "vintage": "2026", "indic": "", "measure": measure,
        "unit": unit, "nace": "B-S_X_O_S94", "size": [r[2] for r in rows],
        "geo": [r[0] for r in rows], "year": [r[1] for r in rows], "value": values,
        "flag": "", "conf": "", "lower": values, "upper": values,
    })  # fmt: skip


def hide(frame, share=1.0, bounded=True):
    """Withhold the first rows; bounds stay or are unknown."""
    out = frame.copy()
    some = out.index < max(1, int(share * len(out)))
    out.loc[some, "lower"] = out["value"] - 20 if bounded else np.nan
    out.loc[some, "upper"] = out["value"] + 5 if bounded else np.nan
    out.loc[some, ["value", "conf"]] = [np.nan, "C"]
    return out


#: How data can be hard, as a function of the frame; and which places there are.
KINDS = {
    "long names": (LONG, lambda f: f),
    "many places": (COUNTRIES, lambda f: f),
    "equal values": (COUNTRIES[:12], lambda f: f.assign(value=50.0, lower=50.0, upper=50.0)),
    "all withheld": (COUNTRIES[:4], hide),
    "withheld without bounds": (COUNTRIES[:4], lambda f: hide(f, 0.5, bounded=False)),
    "one place": (["DE"], lambda f: f),
    "rounded": (COUNTRIES[:5], lambda f: f.assign(lower=f["value"] - 2, upper=f["value"] + 2)),
    "provisional": (COUNTRIES[:5], lambda f: f.assign(flag="bep")),
    "nearly nothing": (COUNTRIES[:5], lambda f: f.assign(value=1e-4, lower=0.0, upper=2e-4)),
}


def few(geos):
    return geos[:5]


def aged(frame):
    ages = [frame.assign(age=f"Y{n}", year=2015 + n, measure="survival", size="TOTAL",
                         value=frame["value"] / (n + 1)) for n in (1, 3, 5)]  # fmt: skip
    return pd.concat(ages).assign(lower=lambda f: f["lower"] / 3, upper=lambda f: f["upper"])


def rates(frame):
    return pd.concat([frame.assign(measure=m, size="TOTAL") for m in ("birth_rate", "death_rate")])


def levels(frame):
    both = [frame.assign(measure="labour_productivity", unit="TEUR", size=s) for s in
            ("0-249", "GE250")]  # fmt: skip
    gap = frame.assign(measure="productivity_gap", unit="RATIO", size="")
    for name in ("value", "lower", "upper"):
        gap[name] = gap[name] / 40
    return concat([*both, gap])


def points(frame):
    return frame.assign(
        enterprises_share=frame.groupby("geo").cumcount() * 25.0, measure="lorenz",
        value=frame.groupby("geo").cumcount() * 10.0 + 1,
    )  # fmt: skip


BY_COUNTRY = {
    "ranking": lambda g: cells(g), "tile_map": lambda g: cells(g),
    "one_person": lambda g: cells(g, sizes=("0",), measure="active_enterprises_share"),
    "size_structure": lambda g: cells(g, sizes=SIZES), "heat_map": lambda g: cells(g, sizes=SIZES),
    "trend": lambda g: cells(g, years=range(2015, 2025)),
    "small_multiples": lambda g: cells(g, years=range(2015, 2025)),
    "slope": lambda g: cells(g, years=(2022, 2024)),
    "births_deaths": lambda g: rates(cells(g[:1], years=range(2019, 2025))),
    "survival_curves": lambda g: aged(cells(few(g))),
    "lorenz_curve": lambda g: points(cells(few(g), sizes=SIZES)),
    "waffle": lambda g: cells(g[:1], sizes=SIZES, measure="enterprises_share"),
    "productivity_gap": lambda g: levels(cells(g)),
    "revisions": lambda g: pd.concat([
        cells(few(g)).assign(vintage=v) for v in ("2023-01", "2024-06-30", "2025")]),
}  # fmt: skip
#: Every kind in another language and width, so that every chart meets all of them.
LOOKS = [(lang, inches) for inches in (3.0, 6.5, 4.2) for lang in LANGS]
HARD = [
    (chart, kind, *LOOKS[(n + m) % len(LOOKS)])
    for n, chart in enumerate(BY_COUNTRY)
    for m, kind in enumerate(KINDS)
    # A waffle of what is withheld is refused, a curve through nothing has no points.
    if not (chart in ("waffle", "lorenz_curve") and "with" in kind)
]


#: Shares by class that are hard and add up.
PARTS = {"equal values": [20.0] * 5, "nearly nothing": [99.96, 0.01, 0.01, 0.01, 0.01]}


def drawn(chart, kind, **options):
    geos, harden = KINDS[kind]
    frame = harden(BY_COUNTRY[chart](geos).reset_index(drop=True))
    if chart in ("size_structure", "heat_map", "waffle") and kind in PARTS:
        frame["value"] = frame["size"].map(dict(zip(SIZES, PARTS[kind], strict=True)))
        frame["lower"] = frame["upper"] = frame["value"]
    return getattr(plotting, chart)(frame, **options)


@pytest.mark.exhaustive(meet=1)
@pytest.mark.parametrize(("chart", "kind", "lang", "inches"), HARD)
def test_nothing_is_cut_or_overlaps(chart, kind, lang, inches, overlapping, cut, covered):
    seen = drawn(chart, kind, lang=lang, width=inches)
    assert overlapping(seen) == []
    assert cut(seen) == []
    assert covered(seen) == []
    assert "SYNTH" in seen.note


def test_every_chart_meets_every_language_and_width():
    for chart in BY_COUNTRY:
        looks = {(lang, inches) for name, _, lang, inches in HARD if name == chart}
        assert {lang for lang, _ in looks} == set(LANGS)
        assert {inches for _, inches in looks} == {3.0, 4.2, 6.5}


def artists(seen):
    for axes in (seen.axes, *seen.axes.child_axes):
        yield from (*axes.patches, *axes.lines)


@pytest.mark.parametrize("chart", [c for c in BY_COUNTRY if c not in ("waffle", "lorenz_curve")])
def test_withheld_is_hatched_and_named(chart):
    seen = drawn(chart, "all withheld")
    assert any(p.get_hatch() == style.HATCH for p in seen.axes.patches) or any(
        p.get_hatch() for axes in seen.axes.child_axes for p in axes.patches
    )
    assert "Withheld" in seen.note
    assert "ithheld" in seen.alt.removeprefix(seen.title)


@pytest.mark.parametrize("chart", BY_COUNTRY)
def test_provisional_is_lighter_and_said(chart):
    seen = drawn(chart, "provisional")
    lighter = {
        style.lighter(c)
        for c in (*style.SERIES, style.MAIN, style.REST, style.INK, *style.CLASSES, style.LARGE,
                  *style.SCALE, style.REFERENCE)
    }  # fmt: skip
    found = set()
    for artist in artists(seen):
        face = getattr(artist, "get_markerfacecolor", getattr(artist, "get_facecolor", None))()
        found.add(face if isinstance(face, str) else "#" + "".join(
            f"{round(255 * c):02X}" for c in face[:3]))  # fmt: skip
    marked = any(a.get_gid() == "provisional" for a in artists(seen))
    assert found & lighter or marked
    assert "rovisional" in seen.note.replace("p provisional", "")


@pytest.mark.parametrize("chart", BY_COUNTRY)
def test_an_interval_is_a_bar_or_said_where_colour_is_all(chart):
    seen = drawn(chart, "rounded")
    bars = [a for a in artists(seen) if a.get_gid() == "interval"]
    assert bars or "Rounded, with the interval left:" in seen.note


def test_several_texts_of_a_chart_can_stand_on_top_of_each_other(overlapping, covered):
    """The checks above can fail: a text put onto another, and onto a mark, is found."""
    seen = plotting.ranking(cells(["DE", "FR"]))
    text = next(t for t in seen.axes.texts if t.get_gid() == "value-label")
    seen.axes.text(*text.get_position(), "again", transform=text.get_transform())
    assert overlapping(seen)
    seen = plotting.ranking(cells(["DE", "FR"]))
    mark = next(line for line in seen.axes.lines if line.get_gid() == "value")
    seen.axes.text(mark.get_xdata()[0], mark.get_ydata()[0], "again", gid="value-label")
    assert covered(seen)
