"""Shares, levels and partial aggregates on tables small enough to compute in the head."""

import numpy as np
import pytest

from sme_stats import load
from sme_stats.errors import (
    IncoherentError,
    MixingError,
    NotAvailableError,
    UnknownNameError,
)
from sme_stats.frame import concat
from sme_stats.indicators.aggregates import partial_aggregate
from sme_stats.indicators.ratios import average_size, ratio
from sme_stats.indicators.shares import (
    size_level,
    size_share,
    size_structure,
    without_employees,
)

pytestmark = pytest.mark.usefixtures("home")
TABLE = {"0-9": 50, "10-19": 20, "20-49": 10, "50-249": 15, "GE250": 5, "TOTAL": 100}
FIRMS = {"measure": "enterprises", "indic": "ENT_NR"}


def row_of(frame):
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("size", "share"),
    [("micro", 50), ("small", 30), ("medium", 15), ("large", 5), ("SME", 95), ("0-49", 80),
     ("10-249", 45), ("10-19", 20), ("50+", 20), ("10+", 50)],
)  # fmt: skip
def test_sums_of_classes(cells, size, share):
    row = row_of(size_share(cells(TABLE), size))
    assert (row["value"], row["lower"], row["upper"]) == (share, share, share)
    assert (row["measure"], row["unit"], row["conf"]) == ("persons_employed_share", "PC", "")
    level = row_of(size_level(cells(TABLE), size))
    assert (level["value"], level["unit"], level["measure"]) == (share, "NR", "persons_employed")


def test_the_total_of_a_level_may_be_the_sum_of_its_classes(cells):
    table = {name: number for name, number in TABLE.items() if name != "TOTAL"}
    assert row_of(size_level(cells(table), "total"))["value"] == 100
    assert row_of(size_level(cells(TABLE), "total"))["value"] == 100
    assert row_of(size_share(cells(table), "SME"))["value"] == 95


def test_the_complement_needs_fewer_cells_where_the_source_contradicts_itself(cells):
    # Classes exceed TOTAL by 10: an SME is who is not large, from two cells and not from five.
    table = TABLE | {"0-9": 60}
    assert row_of(size_share(cells(table), "SME"))["value"] == 95
    assert row_of(size_level(cells(table), "SME"))["value"] == 95
    assert row_of(size_share(cells(table), "0-49"))["value"] == 90
    shares = size_structure(cells(table))
    assert shares["value"].sum() == 110, "the difference is not spread"


def test_the_complement_stands_in_for_classes_that_are_missing_or_withheld(cells):
    for table in ({"GE250": 5, "TOTAL": 100}, TABLE | {"10-19": None, "20-49": None}):
        row = row_of(size_share(cells(table), "SME"))
        assert (row["value"], row["lower"], row["upper"], row["conf"]) == (95, 95, 95, "")


def test_flags_are_those_of_the_cells_that_went_in(cells):
    flagged = {"0-9": (50, "b"), "10-19": (20, "d"), "20-49": (10, ""), "50-249": (15, "u"),
               "GE250": (5, "p"), "TOTAL": (100, "e")}  # fmt: skip
    frame = cells(flagged)
    assert row_of(size_share(frame, "micro"))["flag"] == "be"
    assert row_of(size_share(frame, "0-49"))["flag"] == "bde"
    assert row_of(size_share(frame, "large"))["flag"] == "ep"
    # TOTAL less GE250: the classes below did not go in.
    assert row_of(size_share(frame, "SME"))["flag"] == "ep"
    assert row_of(size_level(frame, "SME"))["flag"] == "ep"
    assert row_of(size_level(frame, "0-49"))["flag"] == "bd"
    withheld = cells(flagged | {"10-19": (None, "n")})
    assert row_of(size_share(withheld, "SME"))["flag"] == "ep"
    assert size_structure(frame)["flag"].tolist() == ["be", "de", "e", "eu", "ep"]


def test_withheld_is_neither_zero_nor_left_out(cells):
    row = row_of(size_share(cells(TABLE | {"50-249": None, "GE250": None}), "SME"))
    assert np.isnan(row["value"]) and row["conf"] == "C"
    assert (row["lower"], row["upper"]) == (80, 100)
    structure = size_structure(cells(TABLE | {"50-249": None, "GE250": None}))
    assert structure["value"].isna().tolist() == [False, False, False, True, True]
    assert structure["upper"].tolist() == [50, 20, 10, 20, 20]


def test_what_is_not_there_gives_no_row(cells):
    both = concat([cells(TABLE), cells({"0-9": 5, "TOTAL": 9}, geo="FR")])
    assert size_share(both, "large")["geo"].tolist() == ["DE"]
    missing = cells(TABLE).assign(value=[50, np.nan, np.nan, 15, 5, 100])
    assert len(size_share(missing, "large")) == 1
    assert row_of(size_share(missing, "10-49"))["value"] == 30, "TOTAL less the others"
    with pytest.raises(NotAvailableError, match="needs TOTAL and the classes of the range"):
        size_share(missing, "10-19")
    nothing = cells({"0-9": 0, "GE250": 0, "TOTAL": 0})
    with pytest.raises(NotAvailableError):
        size_share(nothing, "micro")
    assert row_of(size_level(nothing, "micro"))["value"] == 0


def test_errors_say_what_there_is(cells):
    frame = cells(TABLE)
    with pytest.raises(UnknownNameError, match="measure in the frame: 'turnover'; valid: persons"):
        size_share(frame, "SME", "turnover")
    with pytest.raises(UnknownNameError, match="TOTAL is the whole"):
        size_share(frame, "total")
    with pytest.raises(NotAvailableError, match=r"1-249.*the frame has 0-9, 10-19"):
        size_share(frame, "1-249")
    with pytest.raises(NotAvailableError, match=r"no group has the cells for 1-249"):
        size_level(frame, "1-249")
    with pytest.raises(NotAvailableError, match="no group has classes and TOTAL"):
        size_structure(cells({"TOTAL": 5}))
    with pytest.raises(UnknownNameError, match="active_enterprises"):
        without_employees(frame)
    with pytest.raises(IncoherentError, match="duplicate cell"):
        size_share(concat([frame, frame]), "SME")


def test_classes_inside_classes_never_count_twice(cells):
    table = TABLE | {"0_1": 30, "2-9": 20}
    assert row_of(size_share(cells(table), "SME"))["value"] == 95
    assert size_structure(cells(table))["size"].tolist() == [
        "0-9", "10-19", "20-49", "50-249", "GE250",
    ]  # fmt: skip
    assert row_of(size_share(cells(table), "one-person"))["value"] == 30


def test_every_measure_by_default_and_one_when_asked(cells):
    frame = concat([cells(TABLE), cells(TABLE, **FIRMS), cells({"TOTAL": 3.2}, measure="birth_rate",
                                                               unit="PC")])  # fmt: skip
    assert set(size_share(frame, "SME")["measure"]) == {
        "persons_employed_share", "enterprises_share",
    }  # fmt: skip
    assert set(size_share(frame, "SME", "enterprises")["measure"]) == {"enterprises_share"}


def test_without_employees(cells):
    frame = cells({"0": 60, "1-4": 30, "GE10": 10, "TOTAL": 100}, measure="active_enterprises")
    row = row_of(without_employees(frame))
    assert (row["value"], row["size"], row["measure"]) == (60, "0", "active_enterprises_share")


# -- ratios


def test_average_size(cells):
    frame = concat([cells({"0-249": 100, "GE250": 2, "TOTAL": 102}, **FIRMS),
                    cells({"0-249": 300, "GE250": None, "TOTAL": 1300})])  # fmt: skip
    out = average_size(frame).set_index("size")
    assert out.loc["0-249", ["value", "lower", "upper"]].tolist() == [3, 3, 3]
    # 1300 less 300 is 1000: determined, but nobody published it.
    assert out.loc["GE250", ["lower", "upper"]].tolist() == [500, 500]
    assert out.loc["GE250", "conf"] == "C" and out.loc["0-249", "conf"] == ""
    assert set(out["unit"]) == {"PERS_PER_ENT"}
    sme = row_of(average_size(frame, "SME"))
    assert sme["value"] == 3
    with pytest.raises(UnknownNameError, match="'enterprises'"):
        average_size(cells(TABLE))


def test_a_ratio_refuses_to_mix(cells):
    parts = {
        "vintage": ("2025-01-01", "2026-01-01"),
        "dataset": ("sbs_a", "sbs_b"),
        "nace": ("C", "F"),
    }
    for column, (one, other) in parts.items():
        frame = concat([cells(TABLE, **{column: one}), cells(TABLE, **FIRMS, **{column: other})])
        with pytest.raises(MixingError, match=f"different {column}s \\({one} and {other}\\)"):
            average_size(frame)
    apart = concat([cells(TABLE), cells(TABLE, geo="FR", **FIRMS)])
    with pytest.raises(NotAvailableError, match="no cell has both"):
        average_size(apart)
    with pytest.raises(UnknownNameError, match="measure in the frame: 'births'"):
        ratio(cells(TABLE), "births", "persons_employed", "x", "PC")


def test_nothing_divided_by_nothing_is_unknown_and_not_confidential(cells):
    frame = concat([cells({"0-9": 0, "TOTAL": 5}, **FIRMS), cells({"0-9": 0, "TOTAL": 9})])
    out = average_size(frame).set_index("size")
    assert np.isnan(out.loc["0-9", "value"]) and out.loc["0-9", "conf"] == ""
    assert out.loc["TOTAL", "value"] == 1.8


def test_a_ratio_unites_flags_and_intervals(cells):
    frame = concat(
        [cells({"TOTAL": (10, "b")}, half=1, **FIRMS), cells({"TOTAL": (40, "e")}, half=2)]
    )
    row = row_of(ratio(frame, "persons_employed", "enterprises", "average_size", "PERS_PER_ENT"))
    assert (row["value"], row["flag"]) == (4, "be")
    assert (row["lower"], row["upper"]) == (38 / 11, 42 / 9)


# -- partial aggregates


def countries(cells, codes="AT BE DE NO", table=TABLE, **more):
    return concat([cells(table, geo=code, **more) for code in codes.split()])


def test_a_partial_aggregate_is_called_what_it_is(cells):
    out = partial_aggregate(countries(cells))
    assert set(out["geo"]) == {"EU27_2020[3/27]"} and "EU27_2020" not in set(out["geo"])
    assert set(out["members"]) == {"AT+BE+DE"}
    assert out.set_index("size")["value"].to_dict() == {k: 3 * v for k, v in TABLE.items()}
    assert row_of(size_share(out, "SME"))["value"] == 95
    assert set(partial_aggregate(countries(cells), "EA20")["geo"]) == {"EA20[3/20]"}


def test_all_members_are_still_no_published_aggregate(cells):
    from sme_stats.codelists import members

    out = partial_aggregate(countries(cells, " ".join(members("EU27_2020"))))
    assert set(out["geo"]) == {"EU27_2020[27/27]"}


def test_a_withheld_member_leaves_an_interval_and_unites_flags(cells):
    frame = concat([countries(cells, "AT BE"), cells(TABLE | {
        "50-249": None, "GE250": None, "TOTAL": (100, "p")}, geo="DE")])  # fmt: skip
    out = partial_aggregate(frame).set_index("size")
    assert np.isnan(out.loc["GE250", "value"]) and out.loc["GE250", "conf"] == "C"
    assert out.loc["GE250", ["lower", "upper"]].tolist() == [10, 30]
    assert out.loc["TOTAL", ["value", "flag", "conf"]].tolist() == [300, "p", ""]
    # DE's two withheld classes make up 20 together, so 0 to 20 of them are in SMEs.
    share = row_of(size_share(out.reset_index(), "SME"))
    assert (share["lower"], share["upper"]) == pytest.approx((100 * 270 / 300, 100 * 290 / 300))


def test_a_member_without_every_class_is_left_out_of_all_of_them(cells):
    frame = concat([countries(cells, "AT BE DE"), cells({"TOTAL": 100}, geo="FR")])
    out = partial_aggregate(frame)
    assert set(out["members"]) == {"AT+BE+DE"} and out["value"].max() == 300


def test_a_measure_of_few_members_does_not_empty_the_sum(cells):
    births = {"measure": "births", "indic": "ENT_BRTH_NR"}
    frame = concat([countries(cells, "AT BE DE FR"), cells({"TOTAL": 7}, geo="AT", **births)])
    out = partial_aggregate(frame)
    assert set(out["geo"]) == {"EU27_2020[4/27]"}
    assert set(out["measure"]) == {"persons_employed"}, "one member's births are no sum of four"


def test_years_and_vintages_are_never_mixed(cells):
    frame = concat([countries(cells, "AT BE"), countries(cells, "AT BE DE", year=2022)])
    out = partial_aggregate(frame)
    assert set(zip(out["geo"], out["year"], strict=True)) == {
        ("EU27_2020[2/27]", 2023), ("EU27_2020[3/27]", 2022),
    }  # fmt: skip
    older = countries(cells, "AT", vintage="2025-01-01")
    with pytest.raises(
        MixingError, match="AT stands in synthetic in the vintages 2026-01-01, 2025"
    ):
        partial_aggregate(concat([countries(cells, "AT BE"), older]))
    apart = partial_aggregate(concat([countries(cells, "BE"), older]))
    assert set(apart["geo"]) == {"EU27_2020[1/27]"} and apart["value"].max() == 100


def test_what_cannot_be_summed(cells):
    with pytest.raises(NotAvailableError, match="no member of EU27_2020 is in the frame"):
        partial_aggregate(countries(cells, "NO UK"))
    with pytest.raises(UnknownNameError, match="unknown aggregate: 'EU15'"):
        partial_aggregate(countries(cells), "EU15")
    rates = countries(cells, "AT BE", {"TOTAL": 3.2}, measure="birth_rate", unit="PC")
    with pytest.raises(NotAvailableError, match="with a measure that adds up"):
        partial_aggregate(rates)
    holes = concat([cells({"0-9": 1}, geo="AT"), cells({"GE250": 1}, geo="BE"),
                    cells({"TOTAL": 1}, geo="DE")])  # fmt: skip
    with pytest.raises(NotAvailableError, match="every class of every measure"):
        partial_aggregate(holes)


def test_the_partial_aggregate_of_the_snapshot_names_eighteen_members():
    out = partial_aggregate(load("sbs_sc_ovw", year=2023))
    assert set(out["geo"]) == {"EU27_2020[18/27]"}
    cells = load("sbs_sc_ovw", year=2023, measure="enterprises", size="TOTAL")
    own = cells[~cells["geo"].isin(["NO", "EU27_2020"])]
    total = out[(out["measure"] == "enterprises") & (out["size"] == "TOTAL")]
    assert total["value"].tolist() == [own["value"].sum()]
