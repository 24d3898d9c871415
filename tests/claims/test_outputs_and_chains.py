"""Verdicts for machines and chains of explanation, whole texts; and points around a claim."""

import math
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from sme_stats.claims.distance import Weights
from sme_stats.claims.documents.chain import Cell, chain_of, explain
from sme_stats.claims.model import Document
from sme_stats.claims.outputs import (
    github,
    junit,
    markdown,
    place,
    records,
    say_verdict,
    summary_line,
)
from sme_stats.claims.points import definition_points, map_of
from sme_stats.claims.printed import Reading
from sme_stats.claims.scan import Hits, Scan, columns, first_holding, scan
from sme_stats.claims.search import weights_table
from sme_stats.claims.space import Space
from sme_stats.claims.verdicts import check
from sme_stats.frame import concat

from .numbers import claim

COMMON = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "measure": "enterprises",
"indic": "ENT_NR",
          "vintage": "2026-03-10"}  # fmt: skip
NOTE = ("share of large enterprises (250+) in enterprises, Germany 2023: 6.50 % (sbs_sc_ovw, "
        "vintage "
        "2026-03-10); provisional")  # fmt: skip


@pytest.fixture
def space(cells):
    return Space([concat([
        cells({"0-9": 60, "10-249": 30, "GE250": 10, "TOTAL": 100}, **COMMON, year=2022),
        cells({"0-9": 127, "10-249": 60, "GE250": (13, "p"), "TOTAL": 200}, **COMMON),
    ])])  # fmt: skip


@pytest.fixture
def verdicts(space):
    """One that holds, one that does not, one of another document that nothing decides."""
    other = Document("B", path="b,c:d.toml")
    return check([claim("6.5%", id="one"), claim("60%", id="t\x01wo"),
                  claim("5%", other, id="th<ree", geo="FR", expect="unavailable")],
                  space)  # fmt: skip


WHY = "the tables at hand have no share of enterprises, size GE250, in FR"


def test_lines(verdicts):
    assert [place(v) for v in verdicts] == ["page.toml:3", "page.toml:3", "b,c:d.toml:3"]
    assert [say_verdict(v) for v in verdicts] == [
        f"6.5% (one): holds: {NOTE}", f"60% (t\x01wo): refuted, expected holds: {NOTE}",
        f"5% (th<ree): unavailable: {WHY}",
    ]  # fmt: skip
    assert summary_line(verdicts) == (
        "3 claims: 1 holds, 1 refuted, 1 unavailable; 2 provisional; 1 not as expected"
    )
    assert summary_line([]) == "0 claims; 0 not as expected"
    assert [(r["file"], r["line"], r["id"]) for r in records(verdicts)][::2] == [
        ("page.toml", 3, "one"), ("b,c:d.toml", 3, "th<ree"),
    ]  # fmt: skip


def test_junit(verdicts):
    text = junit(verdicts)
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<testsuites ")
    suites = Xml.fromstring(text)
    assert suites.attrib == {"name": "sme-stats check", "tests": "3", "failures": "1",
    "errors": "0",
                             "time": "0"}  # fmt: skip
    first, second = suites
    assert first.tag == "testsuite" and first.attrib == {
        "name": "page.toml", "tests": "2", "failures": "1", "errors": "0", "time": "0",
    }  # fmt: skip
    assert second.attrib["name"] == "b,c:d.toml" and second.attrib["failures"] == "0"
    one, two = first
    assert one.attrib == {"name": "one", "classname": "page.toml", "time": "0"}
    assert [(e.tag, e.text) for e in one] == [
        ("system-out", f"page.toml:3: {say_verdict(verdicts[0])}")
    ]
    said = f"page.toml:3: 60% (t\ufffdwo): refuted, expected holds: {NOTE}"
    assert two.attrib["name"] == "t\ufffdwo" and two.tag == "testcase"
    assert [(e.tag, e.text) for e in two] == [("failure", said), ("system-out", said)]
    assert two[0].attrib == {"type": "refuted", "message": "60%: refuted, expected holds"}


def test_github(verdicts):
    note = NOTE.replace("%", "%25")
    assert github(verdicts).split("\n") == [
        f"::notice file=page.toml,line=3,title=6.5%25%3A holds%2C provisional::6.5%25 (one): "
        f"holds: {note}",
        "::error file=page.toml,line=3,title=60%25%3A refuted%2C expected holds::60%25 "
        "(t\x01wo): refuted, "
        f"expected holds: {note}",
        summary_line(verdicts),
    ]  # fmt: skip
    odd = check([claim("6%", Document("x", path="a,b:c\r\nd"))], Space([]))
    assert github(odd).startswith(
        "::error file=a%2Cb%3Ac%0D%0Ad,line=3,title=6%25%3A unavailable%2C "
    )
    assert github([]) == "0 claims; 0 not as expected"


HEAD = [
    "| where | printed | verdict | expected | what the data say |",
    "| --- | --- | --- | --- | --- |",
]


def test_markdown(verdicts):
    one = f"| page.toml:3 | 6.5% | holds | holds | {NOTE} |"
    two = f"| page.toml:3 | 60% | refuted | holds | {NOTE} |"
    three = f"| b,c:d.toml:3 | 5% | unavailable | unavailable | {WHY} |"
    escaped = [line.replace("_", "\\_") for line in (one, two, three)]
    assert markdown(verdicts).split("\n") == [
        "## Printed numbers", "", summary_line(verdicts),
        "", "### Not as expected", "", *HEAD, escaped[1],
        "", "<details><summary>All claims</summary>", "", *HEAD, *escaped, "", "</details>",
    ]  # fmt: skip
    assert markdown([]) == "## Printed numbers\n\n0 claims; 0 not as expected\n"
    assert "### Not" not in markdown(verdicts[::2])
    odd = check([claim("6%", Document("x", path="a|<b>\n[c]*`"))], Space([]))
    assert "| a\\|\\<b\\> \\[c\\]\\*\\`:3 | 6% |" in markdown(odd)


def test_a_chain_in_full(space):
    asked = claim("6%", id="one", quote="the words", why="a reason", expect="refuted")
    (verdict,) = check([asked], space)
    lines = explain(verdict, space, most=1).split("\n")
    assert lines[:12] == [
        "6%  (one, page.toml:3)", "quote:      the words",
        "claim:      share of enterprises, size GE250, DE 2023, population: what the year's "
        "table has",
        "printed as: [5.5, 6.5) rounded: refuted", "printed as: [6, 7) truncated: holds",
        "source:     sbs_sc_ovw, vintage 2026-03-10; B-S_X_O_S94, DE 2023; flags: p",
        "cell:       enterprises GE250: 13 (p)", "cell:       enterprises TOTAL: 200",
        "formula:    part ÷ TOTAL", "data:       6.50 %",
        "verdict:    refuted (provisional), as expected", "why:        a reason",
    ]  # fmt: skip
    text = NOTE.removesuffix("; provisional")
    end = "population B-S_X_O_S94; changed: reading; distance 0.70; true in 2023"
    assert lines[12] == f"nearest 1:  {text}, {end}"
    assert all(line.startswith("search:     ") for line in lines[13:]) and len(lines) > 13
    record = chain_of(verdict, space).record()
    assert record["formula"] == "part ÷ TOTAL" and record["why"] == "a reason"
    assert record["cells"][0] == {
        "dataset": "sbs_sc_ovw", "vintage": "2026-03-10", "measure": "enterprises", "size": "GE250",
        "geo": "DE", "year": 2023, "value": 13.0, "unit": "NR", "flag": "p", "conf": "",
    }  # fmt: skip
    assert record["nearest"][0]["reading"] == "truncated"
    assert record["definition"] == lines[2].removeprefix("claim:      ")
    assert record["nearest"][0]["text"] == text
    assert 0 < record["unspecific"] <= 1 and record["history"]


#: What is asked, the cells that it is computed from, and how the claim is named.
CELLS = [
    ({"size": "micro"}, ["enterprises 0-9: 127", "enterprises TOTAL: 200"], "size 0-9, DE 2023"),
    ({"size": "SME"}, ["enterprises 0-9: 127", "enterprises 10-249: 60",
    "enterprises GE250: 13 (p)",
                       "enterprises TOTAL: 200"], "size 0-249, DE 2023"),
    ({"size": "micro", "of": "SME"}, ["enterprises 0-9: 127", "enterprises 10-249: 60",
                                      "enterprises GE250: 13 (p)", "enterprises TOTAL: 200"],
     "size 0-9, in percent of 0-249, DE 2023"),
    ({"size": None, "statistic": "level", "printed": "5", "year": "latest"},
    ["enterprises TOTAL: 200"],
     "size TOTAL, DE latest"),
    ({"size": None, "statistic": "change", "base_year": 2022}, ["enterprises TOTAL: 100",
                                                                "enterprises TOTAL: 200"],
     "size TOTAL, DE 2023, since 2022"),
    ({"geo": "FR"}, [], "size GE250, FR 2023"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "wanted", "named"), CELLS)
def test_cells_of_a_number(space, fields, wanted, named):
    (verdict,) = check([claim(**({"printed": "5%"} | fields))], space)
    chain = chain_of(verdict, space)
    assert [str(cell) for cell in chain.cells] == wanted
    assert named in chain.record()["definition"]
    text = explain(verdict, space)
    if fields.get("statistic") == "change":
        assert "cell:       enterprises TOTAL: 100, Germany 2022" in text
    if not wanted:
        assert f"data:       {WHY}" in text and "EXPECTED HOLDS" in text


def test_a_cell_in_words():
    plain = {"dataset": "t", "vintage": "v", "measure": "enterprises", "size": "0-9", "geo": "DE",
    "year": 2023,
             "unit": "NR", "flag": "", "conf": ""}  # fmt: skip
    held = Cell(**(plain | {"value": math.nan, "conf": "C", "flag": "e"}))
    assert str(held) == "enterprises 0-9: withheld (e)" and held.record()["value"] is None
    assert str(Cell(**plain, value=5000.0)) == "enterprises 0-9: 5,000"


def test_points_around_a_claim(space):
    asked = claim("6%")
    points = definition_points(asked, space)
    assert points["distance"].is_monotonic_increasing
    assert points.index.tolist() == list(range(len(points)))
    # A number that does not hold costs its axes alone: another year.
    other, own = points.iloc[0], points.iloc[1]
    assert (other["year"], other["value"], other["reading"]) == (2022, 10.0, "")
    assert other["distance"] == pytest.approx(0.05)
    names = ["statistic", "size", "of", "geo", "year", "value", "lower", "upper", "base_year"]
    assert own[names].tolist() == ["share", "GE250", "TOTAL", "DE", 2023, 6.5, 6.5, 6.5, 0]
    # Truncated costs 0.5, lying at the edge 0.2.
    assert own[["reading", "flag", "conf"]].tolist() == ["truncated", "p", ""]
    assert own["distance"] == pytest.approx(0.7)
    assert len(definition_points(asked, space, most=3)) == 3
    assert points["distance"].max() <= Weights().plausible + 0.7
    near = definition_points(asked, space, Weights(plausible=0.0))
    assert near[["year", "size", "statistic"]].values.tolist() == [[2023, "GE250", "share"]]
    none = definition_points(claim("EUR 5"), space)
    assert none.empty and {"value", "distance", "reading", "geo"} <= set(none.columns)
    drawn = map_of(asked, space)
    assert {k: v for k, v in drawn.items() if k != "points"} == {
        "id": "x", "quote": "", "printed": "6%", "kind": "percent", "printed_lower": 5.5,
        "printed_upper": 6.5,
    }  # fmt: skip
    assert len(drawn["points"]) == len(points)


def test_a_scan_counts_what_is_of_the_printed_kind(space):
    asked = claim("10%")
    found = scan(asked, columns(space, ["share"]), Weights())
    every = definition_points(asked, space, Weights(plausible=math.inf), most=10**6)
    shares = every[every["statistic"] == "share"]
    assert found.searched == len(shares) and found.hits == int((shares["reading"] != "").sum()) > 0
    near = scan(asked, columns(space, ["share"]), Weights(plausible=0.0))
    assert (near.plausible, near.by_chance) == (1, 1) and near.searched == found.searched
    hit = next(iter(found.nearest(asked.printed.readings)))
    assert hit[1] in {"rounded", "truncated", "trailing zero not meant"}
    assert scan(claim("EUR 5"), columns(space), Weights()).searched == 0
    assert list(scan(claim("EUR 5"), columns(space), Weights()).nearest(())) == []
    assert {block.statistic for block, _ in columns(space)} == {"share", "level", "change"}


def test_only_the_nearest_hits_are_looked_at_closely(space):
    asked = claim("10%")
    (block,) = (b for b in space.blocks("share") if b.of == "TOTAL")
    rows = np.zeros(3000, np.int64)
    found = Scan(found=[
        Hits(block, "GE250", rows, rows, np.full(3000, 2.0)),
        Hits(block, "0-9", rows, rows, np.full(3000, 1.0)),
    ])  # fmt: skip
    # All are as near as the five thousandth.
    assert len(list(found.nearest(asked.printed.readings))) == 6000
    found.found.append(Hits(block, "0-9", rows, rows, np.full(3000, 0.5)))
    near = list(found.nearest(asked.printed.readings))
    assert len(near) == 6000 and {e.size for e, _ in near} == {"0-9"}


def test_nothing_grows_from_nothing(cells):
    space = Space([concat([
        cells({"TOTAL": n}, **COMMON, year=year) for n, year in ((0, 2021), (5, 2022), (10, 2023))
    ])])  # fmt: skip
    growth = [b for b in space.blocks("change") if "PC" in b.keys["unit"].categories]
    (block,) = growth
    numbers = block.column("TOTAL")
    known = {int(y): (bool(k), float(v)) for y, k, v in
             zip(block.keys["year"], numbers.keep, numbers.value, strict=True)}  # fmt: skip
    assert known[2023] == (True, 100.0) and known[2022][0] is False


def test_the_first_reading_that_holds():
    readings = [Reading("rounded", 5, 6), Reading("truncated", 5.5, 7)]
    lower = np.array([5, 5, 6, 6, 4, 6.5, 7, 5.0])
    upper = np.array([5, 6, 6, 7, 4.5, 7, 7, 6.0])
    attained = np.array([0, 0, 0, 0, 0, 1, 0, 1], bool)
    assert first_holding(lower, upper, attained, readings).tolist() == [0, 0, 1, 1, -1, -1, -1, -1]


def test_weights_in_a_table():
    assert weights_table() == weights_table(Weights())
    assert weights_table(Weights(geo=7.0))["geo"] == 7 and weights_table()["geo"] == 4
    assert list(weights_table())[:3] == ["statistic", "measure", "near_measure"]
