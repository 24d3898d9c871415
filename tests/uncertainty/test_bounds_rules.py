"""Each rule of bounds() on a table small enough for the head; cells that contradict each other."""

import numpy as np
import pytest

from sme_stats import load
from sme_stats.codelists import members
from sme_stats.errors import IncoherentError, UnknownNameError, WithheldError
from sme_stats.frame import concat
from sme_stats.uncertainty.contradictions import contradictions
from sme_stats.uncertainty.fractions import bound_ratio
from sme_stats.uncertainty.withheld import bounds

pytestmark = pytest.mark.usefixtures("home")


def ends(frame, **where):
    rows = frame
    for name, code in where.items():
        rows = rows[rows[name] == code]
    assert len(rows) == 1
    return rows["lower"].iloc[0], rows["upper"].iloc[0]


def test_published_cells_are_their_own_bounds_and_nothing_else_changes(cells):
    frame = cells({"0-9": 3, "10-249": 4, "GE250": 5, "TOTAL": 12})
    out = bounds(frame)
    assert out["lower"].tolist() == out["upper"].tolist() == frame["value"].tolist()
    assert out[list(frame.columns)].equals(frame)


def test_one_withheld_class_is_the_difference(cells):
    out = bounds(cells({"0-9": 3, "10-249": None, "GE250": 5, "TOTAL": 12}))
    assert ends(out, size="10-249") == (4, 4)
    assert np.isnan(out.loc[out["size"] == "10-249", "value"].iloc[0]), "a value is never filled"


def test_a_withheld_total_is_the_sum(cells):
    out = bounds(cells({"0-9": 3, "10-249": 4, "GE250": 5, "TOTAL": None}))
    assert ends(out, size="TOTAL") == (12, 12)


def test_what_nothing_bounds_is_open_and_what_is_not_there_stays_unknown(cells):
    frame = cells({"0-9": None, "GE250": 5})
    assert ends(bounds(frame), size="0-9") == (0, np.inf)
    missing = frame.assign(conf="")
    assert all(np.isnan(end) for end in ends(bounds(missing), size="0-9"))


def test_a_missing_cell_is_not_a_zero(cells):
    frame = cells({"0-9": None, "10-249": None, "GE250": 5, "TOTAL": 12})
    frame["conf"] = frame["conf"].cat.add_categories([" "]).where(frame["size"] != "10-249", "")
    out = bounds(frame)
    # 10-249 is not available at all: 0-9 is not what TOTAL leaves.
    assert ends(out, size="0-9") == (0, np.inf)


def test_a_class_inside_a_class(cells):
    out = bounds(cells({"0_1": None, "2-9": 4, "0-9": 7, "GE10": None, "TOTAL": 20}))
    assert ends(out, size="0_1") == (3, 3)
    assert ends(out, size="GE10") == (13, 13)


def test_enterprises_bound_persons_and_persons_bound_enterprises(cells):
    firms = {"measure": "enterprises", "indic": "ENT_NR"}
    frame = concat([
        cells({"50-249": 4, "GE250": 2}, **firms), cells({"50-249": None, "GE250": None}),
        cells({"50-249": None, "GE250": None}, nace="F", **firms),
        cells({"50-249": 498, "GE250": 900}, nace="F"),
    ])  # fmt: skip
    out = bounds(frame)
    persons = {"measure": "persons_employed"}
    assert ends(out, nace="C", size="50-249", **persons) == (200, 996)
    assert ends(out, nace="C", size="GE250", **persons) == (500, np.inf)
    assert ends(out, nace="F", size="50-249", measure="enterprises") == (2, pytest.approx(9.96))
    assert ends(out, nace="F", size="GE250", measure="enterprises") == (0, pytest.approx(3.6))


def test_limits_do_not_bound_turnover(cells):
    frame = concat([
        cells({"50-249": 4}, measure="enterprises", indic="ENT_NR"),
        cells({"50-249": None}, measure="turnover", unit="MEUR", indic="NETTUR_MEUR"),
    ])  # fmt: skip
    assert ends(bounds(frame), measure="turnover") == (0, np.inf)


def test_employees_are_bounded_by_active_enterprises(cells):
    frame = concat([
        cells({"1-4": 10}, measure="active_enterprises", indic="ENT_NR"),
        cells({"1-4": None}, measure="employees", indic="SAL_NR"),
    ])  # fmt: skip
    assert ends(bounds(frame), measure="employees") == (10, 40)


def test_nobody_works_where_there_is_no_enterprise(cells):
    frame = concat([
        cells({"50-249": 0, "GE250": 0}, measure="enterprises", indic="ENT_NR"),
        cells({"50-249": None, "GE250": None}),
    ])  # fmt: skip
    out = bounds(frame)
    assert ends(out, measure="persons_employed", size="GE250") == (0, 0)
    assert ends(out, measure="persons_employed", size="50-249") == (0, 0)


def test_member_states_bound_the_union_only_where_all_are_there(cells):
    every = members("EU27_2020")
    frame = concat([cells({"TOTAL": 2 if c != "MT" else None}, geo=c) for c in every])
    whole = concat([frame, cells({"TOTAL": 60}, geo="EU27_2020")])
    assert ends(bounds(whole), geo="MT") == (8, 8)
    some = whole[whole["geo"] != "DE"]
    assert ends(bounds(some), geo="MT") == (0, np.inf)


def test_rounded_figures_bound_withheld_ones(cells):
    frame = cells({"0-9": 30, "10-249": None, "GE250": 50, "TOTAL": 120})
    frame = frame.assign(lower=frame["value"] - 5, upper=frame["value"] + 5)
    assert ends(bounds(frame), size="10-249") == (25, 55)


def test_contradicting_cells_are_named_and_never_forced(cells):
    frame = cells({"0-9": 3, "10-249": None, "GE250": 50, "TOTAL": 12})
    # Classes of 53 and more cannot be 12: the withheld one is not made negative.
    assert ends(bounds(frame), size="10-249") == (0, np.inf)
    found = contradictions(frame)
    assert found["difference"].tolist() == [41] and not found["rounding"].any()
    assert "classes add up to TOTAL (0-9, 10-249, GE250, TOTAL)" in found["rule"].iloc[0]


def test_rounding_explains_a_small_difference(cells):
    found = contradictions(cells({"0-9": 3, "10-249": 4, "GE250": 5, "TOTAL": 14}))
    assert found["difference"].tolist() == [-2] and found["rounding"].all()
    found = contradictions(cells({"0-9": 3, "10-249": 4, "GE250": 5, "TOTAL": 15}))
    assert not found["rounding"].any()


def joint_contradiction(cells):
    """Each sum can hold, all together cannot: three withheld cells in a ring.

    Classes give a + b = 10, sections would need b = 12 or more at once with a at least 1.
    """
    sections, rows = ("B", "C", "D", "E"), []
    for nace in sections:
        rows.append(cells({"0-9": None, "GE10": None, "TOTAL": 10}, nace=nace))
    # The aggregate: 0-9 is 30, GE10 is 30, but the totals of the sections are 40.
    rows.append(cells({"0-9": 30, "GE10": 30, "TOTAL": None}, nace="B-E"))
    return concat(rows)


def test_rules_that_fail_only_together_are_reduced_to_what_is_needed(cells):
    frame = joint_contradiction(cells)
    found = contradictions(frame)
    # The totals of the sections contradict the aggregate's classes, and so do their classes.
    assert sorted(found["block"].value_counts()) == [2, 6]
    smallest = found[found["block"] == 1]["rule"].tolist()
    assert any("size=TOTAL" in rule for rule in smallest)
    assert any("nace=B-E" in rule for rule in smallest)
    assert not found["rounding"].any()
    assert found["rule"].str.contains("add up").all()
    out = bounds(frame)
    withheld = out["value"].isna()
    assert (out.loc[withheld, "lower"] >= 0).all(), "bounds stay what limits alone allow"


def test_the_withheld_cells_of_the_snapshot_have_bounds_that_hold_the_known_sum():
    cells = load("sbs_sc_sca_r2")
    out = bounds(cells)
    withheld = out[out["conf"] == "C"]
    assert len(withheld) == 74
    assert (withheld["lower"] <= withheld["upper"]).all() and (withheld["lower"] >= 0).all()
    assert withheld["value"].isna().all()
    published = out[out["conf"] == ""]
    assert (published["lower"] == published["value"]).all()
    assert (published["upper"] == published["value"]).all()


def test_bounds_needs_its_columns(cells):
    with pytest.raises(UnknownNameError, match="column: 'conf'"):
        bounds(cells({"TOTAL": 1}).drop(columns="conf"))


def mask(frame, **where):
    out = np.ones(len(frame), dtype=bool)
    for name, code in where.items():
        out &= (frame[name] == code).to_numpy()
    return out


def test_the_same_withheld_cell_above_and_below_is_one_cell(cells):
    frame = cells({"0-9": 20, "10-249": None, "GE250": None, "TOTAL": 100})
    part = mask(frame, size="10-249")
    whole = part | mask(frame, size="GE250")
    assert bound_ratio(frame, part, whole) == pytest.approx((0, 1))
    assert bound_ratio(frame, mask(frame, size="0-9") | part, mask(frame, size="TOTAL")) == (
        pytest.approx((0.2, 1))
    )


def test_a_ratio_that_nothing_bounds(cells):
    frame = concat([
        cells({"TOTAL": 7}, measure="turnover", unit="MEUR"), cells({"TOTAL": None}),
    ])  # fmt: skip
    ratio = bound_ratio(
        frame, mask(frame, measure="turnover"), mask(frame, measure="persons_employed")
    )
    assert ratio == (pytest.approx(0), np.inf)


def test_a_ratio_over_a_cell_that_is_not_there(cells):
    frame = cells({"0-9": 1, "TOTAL": None}).assign(conf="")
    with pytest.raises(WithheldError, match="not in the table"):
        bound_ratio(frame, mask(frame, size="0-9"), mask(frame, size="TOTAL"))


def test_a_ratio_over_contradicting_cells(cells):
    frame = cells({"0-9": 3, "10-249": 4, "GE250": 50, "TOTAL": 12})
    with pytest.raises(IncoherentError, match="contradict"):
        bound_ratio(frame, mask(frame, size="0-9"), mask(frame, size="TOTAL"))
    together = joint_contradiction(cells)
    with pytest.raises(IncoherentError, match="contradict"):
        bound_ratio(together, mask(together, nace="B", size="0-9"),
                    mask(together, nace="B-E", size="TOTAL"))  # fmt: skip
