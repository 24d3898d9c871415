"""Change, growth, index, contributions, shift-share, linking."""

import numpy as np
import pytest

from sme_stats import change, load
from sme_stats.errors import (
    BreakError,
    IncoherentError,
    MixingError,
    NotAvailableError,
    UnknownNameError,
    WithheldError,
)  # fmt: skip
from sme_stats.indicators.dynamics import contributions, growth_rate, index_series
from sme_stats.indicators.linking import link
from sme_stats.indicators.shift_share import decompose_share


def years(table, values, **fields):
    return table(*[{"year": 2020 + i, "value": v} | fields for i, v in enumerate(values)])


def test_growth_over_a_gap_names_its_base_year(table):
    frame = table({"year": 2015, "value": 100.0}, {"year": 2020, "value": 150.0})
    found = growth_rate(frame)
    assert found[["base_year", "year", "value"]].values.tolist() == [[2015, 2020, 50.0]]
    assert found["unit"].tolist() == ["PC"]
    assert found["measure"].tolist() == ["persons_employed_growth"]


def test_rounded_years_give_an_interval(table):
    frame = years(table, [100.0, 110.0])
    frame["lower"], frame["upper"] = [95.0, 105.0], [105.0, 115.0]
    found = growth_rate(frame)
    assert found["lower"].iloc[0] == pytest.approx(100 * (105 / 105 - 1))
    assert found["upper"].iloc[0] == pytest.approx(100 * (115 / 95 - 1))
    moved = change(frame)
    assert moved[["lower", "upper"]].values.tolist() == [[0.0, 20.0]]


def test_a_flag_is_a_break(table):
    frame = years(table, [100.0, 110.0])
    frame.loc[1, "flag"] = "bp"
    with pytest.raises(BreakError, match="2021 carries the flag b"):
        growth_rate(frame)
    found = growth_rate(frame, across_breaks="flag")
    assert found["flag"].tolist() == ["bp"]
    with pytest.raises(UnknownNameError, match="refuse"):
        growth_rate(frame, across_breaks="ignore")


def test_a_break_of_the_catalogue_is_named():
    cells = load("sbs_sc_sca_r2", geo="DE", size="TOTAL", measure="enterprises")
    with pytest.raises(BreakError, match="enterprise instead of legal unit"):
        change(cells)


def test_a_break_flag_of_the_first_year_is_past(table):
    frame = years(table, [100.0, 110.0])
    frame.loc[0, "flag"] = "b"
    assert change(frame)["flag"].tolist() == [""]


def test_one_year_is_no_change(table):
    with pytest.raises(NotAvailableError, match="two years"):
        change(table({"year": 2020, "value": 1.0}))


def test_index(table):
    frame = years(table, [50.0, 60.0, 75.0])
    found = index_series(frame, 2021)
    assert found["value"].round(6).tolist() == pytest.approx([83.333333, 100.0, 125.0])
    assert found["lower"].iloc[1] == found["upper"].iloc[1] == 100.0
    with pytest.raises(NotAvailableError, match="base year 2019"):
        index_series(frame, 2019)


def test_index_beyond_a_break_is_flagged(table):
    frame = years(table, [50.0, 60.0, 75.0])
    frame.loc[1, "flag"] = "b"
    found = index_series(frame, 2020, across_breaks="flag")
    assert found["flag"].tolist() == ["", "b", "b"]
    found = index_series(frame, 2021, across_breaks="flag")
    assert found["flag"].tolist() == ["b", "b", ""]


@pytest.mark.parametrize("seed", range(5))
def test_contributions_add_up_even_where_classes_do_not(structure, seed):
    import pandas as pd

    rng = np.random.default_rng(seed)
    first, second = rng.integers(10, 100, (2, 5)).astype(float)
    frame = pd.concat([
        structure([*first, first.sum() + 1], year=2022),
        structure([*second, second.sum() - 2], year=2023),
    ], ignore_index=True)  # fmt: skip
    found = contributions(frame).set_index("size")["value"]
    total = found.pop("TOTAL")
    assert found.sum() == pytest.approx(total)
    assert total == pytest.approx(100 * ((second.sum() - 2) / (first.sum() + 1) - 1))
    assert found["UNALLOCATED"] == pytest.approx(-300 / (first.sum() + 1))


def test_contributions_need_every_class(structure):
    import pandas as pd

    frame = pd.concat([
        structure([1.0, 2.0, 3.0, 4.0, 5.0, 15.0], year=2022),
        structure([1.0, None, None, 4.0, 5.0, 15.0], year=2023),
    ], ignore_index=True)  # fmt: skip
    with pytest.raises(WithheldError, match="geo=AA"):
        contributions(frame)
    with pytest.raises(NotAvailableError, match="TOTAL"):
        contributions(frame[frame["size"] != "TOTAL"])


def sections(table, first, second):
    rows = []
    for year, parts in ((2022, first), (2023, second)):
        for nace, (small, total) in parts.items():
            for size, value in (("0-249", small), ("GE250", total - small), ("TOTAL", total)):
                rows.append({"nace": nace, "size": size, "value": value, "year": year})
    return table(*rows)


@pytest.mark.parametrize("seed", range(6))
def test_shift_share_adds_up_to_the_change(table, seed):
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(2):
        total = rng.integers(50, 200, 4).astype(float)
        small = np.floor(total * rng.random(4))
        parts.append(dict(zip("CFGH", zip(small, total, strict=True), strict=True)))
    found = decompose_share(sections(table, *parts)).set_index("measure")["value"]
    share = [sum(s for s, _ in p.values()) / sum(t for _, t in p.values()) for p in parts]
    assert found["within"] + found["composition"] == pytest.approx(found["total"])
    assert found["total"] == pytest.approx(100 * (share[1] - share[0]))


def test_shift_share_of_equal_weights_is_all_within(table):
    frame = sections(table, {"C": (50.0, 100.0), "G": (50.0, 100.0)},
                     {"C": (60.0, 100.0), "G": (50.0, 100.0)})  # fmt: skip
    found = decompose_share(frame).set_index("measure")["value"]
    assert found["within"] == pytest.approx(5.0)
    assert found["composition"] == pytest.approx(0.0)


def test_shift_share_refusals(table):
    good = sections(table, {"C": (50.0, 100.0)}, {"C": (60.0, 100.0)})
    with pytest.raises(MixingError, match="two years"):
        decompose_share(good[good["year"] == 2022])
    double = sections(table, {"C": (50.0, 100.0), "B-E": (60.0, 120.0), "B": (10.0, 20.0)},
                      {"C": (50.0, 100.0), "B-E": (60.0, 120.0), "B": (10.0, 20.0)})  # fmt: skip
    with pytest.raises(IncoherentError, match="count twice"):
        decompose_share(double)
    lost = sections(table, {"C": (50.0, 100.0), "G": (50.0, 100.0)}, {"C": (60.0, 100.0)})
    with pytest.raises(WithheldError, match="one year only"):
        decompose_share(lost)
    hidden = good.copy()
    hidden.loc[hidden["size"] != "TOTAL", ["value", "conf"]] = [np.nan, "C"]
    with pytest.raises(WithheldError, match="withheld"):
        decompose_share(hidden)


def test_link_chains_at_the_overlap(table):
    old = table(*[{"dataset": "old", "year": y, "value": v} for y, v in
                  ((2018, 90.0), (2019, 100.0), (2020, 110.0))])  # fmt: skip
    new = table(*[{"dataset": "new", "year": y, "value": v} for y, v in
                  ((2020, 220.0), (2021, 230.0))])  # fmt: skip
    found = link(old, new).sort_values("year")
    assert found["value"].tolist() == [180.0, 200.0, 220.0, 230.0]
    assert set(found["dataset"].astype(str)) == {"old>new"}
    growth = growth_rate(new, link=old)
    assert growth["value"].tolist() == pytest.approx([100 / 9, 10.0, 100 / 22])
    assert growth["flag"].astype(str).tolist() == ["b", "b", ""]
    assert found["flag"].astype(str).tolist() == ["b", "b", "", ""]


def test_link_without_overlap_or_of_two_tables_is_refused(table):
    with pytest.raises(BreakError, match="nothing to link"):
        link(load("bd_9bd_sz_cl_r2", geo="DE"), load("bd_size", geo="DE"))
    two = table({"dataset": "a", "value": 1.0}, {"dataset": "b", "value": 1.0})
    with pytest.raises(MixingError, match="one series"):
        link(two, two)
