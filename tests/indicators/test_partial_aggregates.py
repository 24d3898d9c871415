"""Partial aggregates and their coverage: every column, every refusal to the last word."""

import numpy as np
import pytest
from expected import refusal, same

from sme_stats.codelists import aggregates
from sme_stats.frame import concat
from sme_stats.indicators.aggregates import coverage, partial_aggregate

nan = np.nan
HEADS = {"indic": "EMP_NR", "measure": "persons_employed", "unit": "NR"}


def places(cells, tables, **more):
    return concat([cells(table, geo=geo, **more) for geo, table in tables.items()])


# -- sums


def test_a_sum_keeps_every_column(cells):
    frame = concat([
        places(cells, {"DE": {"0-9": (5, "p"), "TOTAL": 9},
                       "AT": {"0-9": (1, "e"), "TOTAL": (4, "b")},
                       "NO": {"0-9": (70, "u"), "TOTAL": 80}}, half=0.5),
        places(cells, {"AT": {"0-9": 2, "TOTAL": 3}}, half=0.5, nace="F"),
        places(cells, {"AT": {"0-9": 50, "TOTAL": 60}}, half=0.5, measure="turnover_share"),
        places(cells, {"AT": {"0-9": 50, "TOTAL": 60}}, half=0.5, measure="birth_rate"),
    ])  # fmt: skip
    same(partial_aggregate(frame).sort_values(["nace", "size"], ignore_index=True), **HEADS,
         nace=["C", "C", "F", "F"], size=["0-9", "TOTAL"] * 2,
         geo=["EU27_2020[2/27]"] * 2 + ["EU27_2020[1/27]"] * 2,
         members=["AT+DE"] * 2 + ["AT"] * 2, value=[6, 13, 2, 3], lower=[5, 12, 1.5, 2.5],
         upper=[7, 14, 2.5, 3.5], flag=["ep", "b", "", ""])  # fmt: skip
    assert partial_aggregate(frame, of="EA20")["geo"].iloc[0] == "EA20[2/20]"


def test_a_sum_with_a_withheld_member(cells):
    frame = places(cells, {"AT": {"0-9": 6, "GE10": None, "TOTAL": 9},
                           "BE": {"0-9": 5, "GE10": None, "TOTAL": None}})  # fmt: skip
    same(partial_aggregate(frame), **HEADS, geo="EU27_2020[2/27]", members="AT+BE",
         size=["0-9", "GE10", "TOTAL"], value=[11, nan, nan], lower=[11, 3, 14],
         upper=[11, np.inf, np.inf], conf=["", "C", "C"])  # fmt: skip


def test_the_same_members_for_every_class_of_every_measure(cells):
    both = {"0-9": 1, "TOTAL": 2}
    frame = concat([
        places(cells, dict.fromkeys(("AT", "BE", "CZ", "DE"), both)),
        places(cells, {g: {"TOTAL": 5} for g in ("BE", "CZ", "DE")}, measure="enterprises"),
        places(cells, {g: {"TOTAL": 7} for g in ("AT", "BE")}, measure="births"),
        places(cells, {"AT": both}, year=2022),
    ])  # fmt: skip
    out = partial_aggregate(frame)
    found = out[["measure", "year", "size", "members", "value"]].values.tolist()
    # Enterprises are of more than half of the places, so AT is left out; births are of half.
    assert sorted(found) == [
        ["enterprises", 2023, "TOTAL", "BE+CZ+DE", 15],
        ["persons_employed", 2022, "0-9", "AT", 1],
        ["persons_employed", 2022, "TOTAL", "AT", 2],
        ["persons_employed", 2023, "0-9", "BE+CZ+DE", 3],
        ["persons_employed", 2023, "TOTAL", "BE+CZ+DE", 6],
    ]
    every = concat([
        places(cells, dict.fromkeys(("AT", "BE", "CZ", "DE", "FR"), both)),
        places(cells, {g: {"TOTAL": 7} for g in ("AT", "BE")}, measure="births"),
    ])  # fmt: skip
    assert set(partial_aggregate(every)["members"]) == {"AT+BE+CZ+DE+FR"}
    own = places(cells, {"AT": {"0-9": 1}, "BE": {"0-9": 1, "TOTAL": 2}})
    apart = concat([own, places(cells, {"CZ": {"TOTAL": 3}}, dataset="other", vintage="2025")])
    assert sorted(partial_aggregate(apart)["members"]) == ["AT+BE", "CZ"]


def test_tables_and_vintages_are_summed_apart(cells):
    frame = concat([places(cells, {"AT": {"TOTAL": 1}}), places(cells, {"BE": {"TOTAL": 2}},
                    vintage="2025"), places(cells, {"BE": {"TOTAL": 4}}, dataset="x")])  # fmt: skip
    out = partial_aggregate(frame)
    assert sorted(zip(out["members"], out["value"], strict=True)) == [
        ("AT", 1), ("BE", 2), ("BE", 4),
    ]  # fmt: skip
    assert set(partial_aggregate(frame.drop(columns="vintage").iloc[:2])["members"]) == {"AT+BE"}


def test_sums_that_are_refused(cells):
    two = places(cells, {"AT": {"TOTAL": 1}, "NO": {"TOTAL": 1}})
    assert refusal(partial_aggregate, two, "EU15").startswith(
        "UnknownNameError: unknown aggregate: 'EU15'; "
    )
    assert "EU27_2020" in aggregates()
    for frame in (two.iloc[1:], two.assign(measure="birth_rate").iloc[1:]):
        assert refusal(partial_aggregate, frame) == (
            "NotAvailableError: no member of EU27_2020 is in the frame with a measure that adds "
            "up; it has NO"
        )
    assert refusal(partial_aggregate, two.assign(measure="birth_rate")).endswith("it has AT, NO")
    holes = places(cells, {"AT": {"0-9": 1}, "BE": {"TOTAL": 1}})
    assert refusal(partial_aggregate, holes, "EA20") == (
        "NotAvailableError: no member of EA20 has every class of every measure at hand"
    )
    other = places(cells, {"AT": {"0-9": 1, "TOTAL": 2}}, year=2022)
    assert partial_aggregate(concat([holes, other]))["year"].tolist() == [2022, 2022]
    for column in ("dataset", "measure", "unit", "geo", "year", "value", "flag", "conf"):
        assert refusal(partial_aggregate, two.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )


def test_two_vintages_of_one_place(cells):
    frame = concat([
        places(cells, {"AT": {"TOTAL": 1}}), places(cells, {"AT": {"TOTAL": 3}}, dataset="x"),
        places(cells, {"BE": {"TOTAL": 1}}, vintage="2024"), places(cells, {"BE": {"TOTAL": 1}}),
        places(cells, {"CZ": {"TOTAL": 1}}, vintage="2023"), places(cells, {"CZ": {"TOTAL": 1}}),
    ])  # fmt: skip
    assert refusal(partial_aggregate, frame) == (
        "MixingError: BE stands in synthetic in the vintages 2024, 2026-01-01; a sum would mix "
        "them, so select one"
    )


# -- coverage


def table_of(cells, **more):
    """Firms and persons of two members, and of the Union in another vintage."""
    return concat([
        places(cells, {"AT": {"TOTAL": (20, "p")}, "BE": {"TOTAL": 30},
                       "EU27_2020": {"TOTAL": (200, "e")}}, measure="enterprises", **more),
        places(cells, {"AT": {"TOTAL": 5}, "BE": {"TOTAL": 7}}, measure="turnover", **more),
        places(cells, {"AT": {"TOTAL": 100}, "BE": {"TOTAL": 300}}, **more),
        places(cells, {"EU27_2020": {"TOTAL": (1000, "b")}}, vintage="2025", **more),
        places(cells, {"EU27_2020": {"TOTAL": 9}, "AT": {"TOTAL": 5}}, measure="births", **more),
    ])  # fmt: skip


def test_coverage_keeps_every_column(cells):
    same(coverage(table_of(cells, half=10)), size=None, indic="", unit="PC",
         measure=["enterprises_coverage", "persons_employed_coverage"], geo="EU27_2020[2/27]",
         members="AT+BE", vintage=["2026-01-01", "2026-01-01|2025"], value=[25, 40],
         lower=[100 * 30 / 210, 100 * 380 / 1010], upper=[100 * 70 / 190, 100 * 420 / 990],
         flag=["ep", "b"])  # fmt: skip
    demography = table_of(cells)
    demography["measure"] = demography["measure"].cat.rename_categories(
        {"enterprises": "active_enterprises"}
    )
    assert coverage(demography)["measure"].tolist() == [
        "active_enterprises_coverage", "persons_employed_coverage",
    ]  # fmt: skip


def test_coverage_of_a_whole_from_elsewhere(cells):
    frame = places(cells, {"AT": {"0-9": 6, "GE10": 4, "TOTAL": 10}}, indic="a")
    whole = places(cells, {"EA20": {"TOTAL": 40}, "EU27_2020": {"TOTAL": 80}}, indic="b", half=8)
    assert coverage(frame, "EA20", whole)[["geo", "value"]].values.tolist() == [["EA20[1/20]", 25]]
    out = coverage(frame, whole=whole)
    assert out[["geo", "value", "indic"]].values.tolist() == [["EU27_2020[1/27]", 12.5, ""]]
    assert out["lower"].tolist() == pytest.approx([1000 / 88])
    bare = [f.drop(columns=["size"])[f["size"] == "TOTAL"] for f in (frame, whole)]
    assert coverage(bare[0], whole=bare[1])["value"].tolist() == [12.5]
    for pair in ((frame.drop(columns="nace"), whole), (frame, whole.drop(columns="nace"))):
        assert coverage(pair[0], whole=pair[1])["value"].tolist() == [12.5]


def test_coverage_with_withheld_cells(cells):
    member = {"0-9": 6, "GE10": None, "TOTAL": None}
    frame = places(cells, {"AT": member, "BE": {"0-9": 1, "GE10": 3, "TOTAL": 4}}).assign(
        upper=[6, 5, 11, 1, 3, 4], lower=[6, 0, 6, 1, 3, 4]
    )
    whole = places(cells, {"EU27_2020": {"TOTAL": 40}})
    same(coverage(frame, whole=whole), size=None, indic="", unit="PC", geo="EU27_2020[2/27]",
         measure="persons_employed_coverage", members="AT+BE", value=nan, lower=25,
         upper=37.5, conf="C")  # fmt: skip
    hidden = places(cells, {"EU27_2020": {"0-9": 40, "GE10": None, "TOTAL": None}})
    out = coverage(frame[frame["geo"] == "BE"], whole=hidden)
    assert out[["lower", "upper", "conf"]].values.tolist() == [[0, 10, "C"]]
    nothing = places(cells, {"EU27_2020": {"TOTAL": 0.5}})
    assert coverage(frame[frame["geo"] == "BE"], whole=nothing)["value"].tolist() == [800]
    nothing = coverage(frame[frame["geo"] == "BE"], whole=nothing.assign(value=0.0))
    assert nothing[["value", "lower", "upper"]].isna().all().all()


def test_coverage_that_is_not_known(cells):
    frame = table_of(cells)
    for other in (
        frame.assign(year=2022),
        frame.assign(nace="F"),
        frame.assign(unit="THS"),
        frame[frame["measure"] == "births"],
        frame[frame["geo"] != "EU27_2020"],
    ):
        assert refusal(coverage, frame, whole=other) == (
            "NotAvailableError: no figure of EU27_2020 has the table, activity and year of its "
            "members, so what they cover is not known; give it as whole=, from a release"
        )
    twice = concat([frame, frame[frame["geo"] == "EU27_2020"].assign(vintage="2027")])
    assert refusal(coverage, twice) == (
        "MixingError: EU27_2020 stands several times in dataset=synthetic measure=enterprises "
        "unit=NR year=2023 nace=C, in other vintages or releases: choose one"
    )
    for column in ("dataset", "vintage", "measure", "unit", "geo", "year", "value", "conf", "flag"):
        said = f"UnknownNameError: unknown column: '{column}'"
        assert refusal(coverage, frame.drop(columns=column)).startswith(said)
        assert refusal(coverage, frame.drop(columns=column), whole=frame).startswith(said)
        if column != "flag":
            assert refusal(coverage, frame, whole=frame.drop(columns=column)).startswith(said)
