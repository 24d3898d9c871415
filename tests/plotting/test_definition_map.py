"""The definition map: what it draws of a claim's neighbourhood, asked of its artists."""

import math

import pandas as pd
import pytest

from sme_stats import read_claims, reconcile
from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.points import definition_points, map_of
from sme_stats.claims.space import Space, embedded
from sme_stats.errors import NotAvailableError, UnknownNameError, UsageError
from sme_stats.places import data_dir
from sme_stats.plotting import definition_map

PRESS = data_dir() / "claims" / "press-2023.toml"


@pytest.fixture(scope="module")
def space():
    return embedded()


@pytest.fixture(scope="module")
def claims():
    return {claim.id: claim for claim in read_claims(PRESS)}


def named(chart, gid):
    return [a for a in chart.axes.get_children() if a.get_gid() == gid]


@pytest.mark.parametrize("name", ["employment-share", "companies", "large", "one-person", "jobs"])
def test_the_map_says_what_reconcile_finds(claims, space, name):
    chart = definition_map(map_of(claims[name], space))
    found = reconcile(claims[name], space)
    near = {}
    for d in found.definitions:  # a definition once, whatever the reading
        key = (d.evidence.measure, d.evidence.size, d.evidence.geo, d.evidence.year)
        near.setdefault(key, d.distance)
    ranked = chart.data[chart.data["rank"] > 0]
    keys = [tuple(r) for r in ranked[["measure", "size", "geo", "year"]].to_numpy()]
    assert keys[0] == next(iter(near)) and len(keys) > 1
    assert ranked["distance"].tolist() == pytest.approx([near[key] for key in keys])
    assert (len(chart.data), (chart.data["reading"] != "").sum()) == (
        found.plausible, found.plausible_hits,
    )  # fmt: skip
    texts = [t.get_text() for t in named(chart, "rank")]
    assert texts == [str(n + 1) for n in range(len(ranked))]


def test_dots_lie_at_their_numbers_and_the_band_is_the_printed_interval(claims, space):
    chart = definition_map(map_of(claims["employment-share"], space))
    (band,) = named(chart, "printed-band")
    assert (band.get_x(), band.get_x() + band.get_width()) == (57.5, 58.5)
    dots = {gid: named(chart, gid)[0].get_offsets() for gid in ("other", "reading", "fits")}
    assert sum(map(len, dots.values())) == len(chart.data)
    assert all(57.5 <= x < 58.5 for x, _ in dots["fits"])
    assert not any(57.5 <= x < 58.5 for x, _ in dots["other"])
    low, high = chart.axes.get_ylim()
    assert all(high <= y <= low for points in dots.values() for _, y in points)
    assert chart.axes.get_yticklabels()[0].get_text() == "as claimed"


def test_numbers_that_span_decades_are_on_a_logarithmic_axis(claims, space):
    chart = definition_map(map_of(claims["companies"], space))
    (band,) = named(chart, "printed-band")
    assert 10 ** band.get_x() == pytest.approx(24.5e6)
    first = chart.data[chart.data["rank"] == 1].iloc[0]
    (x, y) = min(named(chart, "fits")[0].get_offsets(), key=lambda p: p[1])
    assert (10**x, y) == pytest.approx((first["value"], first["distance"]))
    assert "1 million" in [t.get_text() for t in chart.axes.get_xticklabels()]


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "“58%” fits the SME share of value added, EU27 (2007), 2005 (57.6"),
    ("fr", "« 58% » correspond à : part des PME"), ("de", "„58%“ passt auf: "),
])  # fmt: skip
def test_title_note_and_alt_text_in_three_languages(claims, space, lang, said):
    chart = definition_map(map_of(claims["employment-share"], space), lang=lang)
    assert chart.title.startswith(said) and chart.alt.startswith(chart.title)
    assert "sif_31_2008" in chart.note and "1  " in chart.note
    assert "316" in chart.subtitle and "316" in chart.alt


def test_nothing_that_fits_is_said_and_nothing_near_is_refused(cells, space):
    odd = make_claim({"id": "x", "printed": "12.3456%", "statistic": "share", "size": "SME",
                      "measure": "turnover", "geo": "DE", "year": 2023}, Document("d"))  # fmt: skip
    chart = definition_map(map_of(odd, space))
    assert "fits no definition near the claim" in chart.title
    assert not named(chart, "rank") and chart.data["reading"].eq("").all()
    with pytest.raises(NotAvailableError, match="reconcile"):
        definition_map(map_of(odd, Space([])))
    with pytest.raises(UsageError, match="map_of"):
        definition_map(pd.DataFrame())
    with pytest.raises(UnknownNameError, match="points"):
        definition_map({"printed": "1", "printed_lower": 0, "printed_upper": 1, "kind": "number"})


def test_withheld_definitions_lie_in_the_middle_of_what_is_possible(cells):
    frame = cells({"0-9": 51, "10-249": None, "GE250": None, "TOTAL": 100}, dataset="sbs_sc_ovw",
                  nace="B-S_X_O_S94", measure="turnover", unit="MEUR")  # fmt: skip
    fields = {"id": "x", "printed": "more than half", "statistic": "share", "year": 2023}
    claim = make_claim(fields | {"measure": "turnover", "geo": "DE", "size": "SME"}, Document("d"))
    points = definition_points(claim, Space([frame]))
    own = points[(points["size"] == "0-249") & (points["geo"] == "DE")].iloc[0]
    assert math.isnan(own["value"]) and (own["lower"], own["conf"]) == (51, "C")
    chart = definition_map(map_of(claim, Space([frame])))
    assert 51 < chart.data["value"].iloc[0] < 100


def test_a_claims_own_source_is_not_on_its_map(space):
    claim = make_claim({"id": "x", "printed": "49%", "statistic": "share", "size": "250+",
                        "measure": "value_added", "geo": "EU27_2020", "year": 2023,
                        "quotes": ["final-2023"]}, Document("d"))  # fmt: skip
    sources = set(map_of(claim, space)["points"]["source"])
    assert "final-2023" not in sources and len(sources) > 1
