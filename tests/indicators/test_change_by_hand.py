"""Change, growth, indices, contributions, chains: every column, every refusal to the last word."""

import numpy as np
import pytest
from expected import refusal, same

from sme_stats.frame import concat
from sme_stats.indicators.dynamics import contributions, growth_rate, index_series
from sme_stats.indicators.growth import change
from sme_stats.indicators.linking import link

nan, inf = np.nan, np.inf


def years(cells, values, start=2020, **more):
    """TOTAL of consecutive years; each a number or (number, flag)."""
    return concat([cells({"TOTAL": v}, year=start + n, **more) for n, v in enumerate(values)])


HEADS = {"indic": "EMP_NR", "unit": "NR", "size": "TOTAL"}

# -- change


def test_change_keeps_every_column(cells):
    frame = concat([
        years(cells, [(100, "be"), (110, "p"), 99], half=5, source="x"),
        years(cells, [(3, "d"), 4.5], geo="FR", measure="births_share", unit="PC", source="y"),
    ])  # fmt: skip
    same(change(frame.iloc[::-1]), indic="EMP_NR", size="TOTAL", geo=["DE", "DE", "FR"],
         measure=["persons_employed_change"] * 2 + ["births_share_change"],
         unit=["NR", "NR", "PP"], source=["x", "x", "y"], base_year=[2020, 2021, 2020],
         year=[2021, 2022, 2021], value=[10, -11, 1.5], lower=[0, -21, 1.5], upper=[20, -1, 1.5],
         flag=["ep", "p", "d"])  # fmt: skip


def test_change_of_what_is_withheld(cells):
    frame = years(cells, [None, 100, 90]).assign(lower=[80, 100, 90], upper=[120, 100, 90])
    same(change(frame), **HEADS, measure="persons_employed_change", base_year=[2020, 2021],
         year=[2021, 2022], value=[nan, -10], lower=[-20, -10], upper=[20, -10],
         conf=["C", ""])  # fmt: skip
    later = change(years(cells, [100, None, 90]).assign(lower=[1, 2, 3], upper=[1, 9, 3]))
    assert later["conf"].tolist() == ["C", "C"] and later["upper"].tolist() == [8, 1]
    bounded = concat([cells({"0-9": None, "GE10": 30, "TOTAL": 50 + n}, year=2020 + n)
                      for n in (0, 1)])  # fmt: skip
    out = change(bounded).set_index("size")
    assert out.loc["0-9", ["lower", "upper"]].tolist() == [1, 1], "TOTAL less the others"


def test_a_break_is_refused_to_the_last_word(cells):
    flagged = years(cells, [100, (150, "b"), 160], dataset="bd_size", start=2022)
    where = "dataset=bd_size measure=persons_employed nace=C size=TOTAL geo={} year={}"
    tail = '; the change would mix two definitions. across_breaks="flag" gives it, flagged b'
    assert refusal(change, flagged) == (
        f"BreakError: {where.format('DE', 2023)}: a break lies between 2022 and 2023 (the cell of "
        f"2023 carries the flag b){tail}"
    )
    known = years(cells, [5, 6], start=2008, geo="FR", dataset="bd_9bd_sz_cl_r2")
    said = refusal(change, known).replace(
        where.replace("bd_size", "bd_9bd_sz_cl_r2").format("FR", 2009), "HERE"
    )
    assert said.startswith("BreakError: HERE: a break lies between 2008 and 2009 (")
    assert "micro-entrepreneur" in said and said.endswith(f"){tail}")
    second = concat([years(cells, [1, 2], geo="AT"), flagged.assign(geo="FR")])
    assert "geo=FR" in refusal(change, second)
    assert change(flagged, "flag")["flag"].tolist() == ["b", ""]
    assert refusal(change, flagged, "ignore") == (
        "UnknownNameError: unknown way to treat breaks: 'ignore'; valid: flag, refuse"
    )


def test_breaks_of_the_catalogue_begin_in_their_year(cells):
    # Micro-entrepreneurs since 2009, another source since 2013, in France alone.
    frame = years(cells, [5] * 7, start=2007, geo="FR", dataset="bd_9bd_sz_cl_r2")
    out = change(frame, across_breaks="flag")
    assert out.loc[out["flag"] == "b", "year"].tolist() == [2009, 2013]
    over = frame[frame["year"].isin([2008, 2010])]
    assert change(over, "flag")["flag"].tolist() == ["b"]
    assert change(frame.assign(geo="DE"))["flag"].tolist() == [""] * 6
    assert change(frame.assign(dataset="no_such_table"))["flag"].tolist() == [""] * 6
    later = years(cells, [5, (6, "b")], start=2009, geo="FR", dataset="bd_9bd_sz_cl_r2")
    assert "(the cell of 2010 carries the flag b)" in refusal(change, later)
    flagged = years(cells, [5, (6, "b")], start=2008, geo="FR", dataset="no_such_table")
    assert "(the cell of 2009 carries the flag b)" in refusal(change, flagged)


def test_series_are_not_made_of_different_things(cells):
    apart = concat([years(cells, [5]), years(cells, [6], start=2021, vintage="2025-01-01")])
    said = "NotAvailableError: no series has two years; a change needs both"
    assert refusal(change, apart) == said
    assert refusal(growth_rate, apart) == said
    for column in ("dataset", "measure", "unit", "geo", "year", "value", "flag", "conf"):
        assert refusal(change, apart.drop(columns=column)).startswith(
            f"UnknownNameError: unknown column: '{column}'"
        )
    twice = concat([years(cells, [5, 6]), years(cells, [6], start=2021)])
    assert refusal(change, twice).startswith("IncoherentError: duplicate cell dataset=synthetic")


def test_two_sources_of_one_year_are_no_change(cells):
    frame = concat([years(cells, [4, 5, 6], 2019, source="preliminary"),
                    years(cells, [7, 8], source="final")])  # fmt: skip
    frame = frame[(frame["year"] != 2021) | (frame["source"] != "final")]
    assert refusal(change, frame) == (
        "IncoherentError: dataset=synthetic vintage=2026-01-01 indic=EMP_NR "
        "measure=persons_employed unit=NR nace=C size=TOTAL geo=DE year=2020 stands in two "
        "sources, preliminary and final: their difference is no change over time, so keep one"
    )


# -- growth and indices


def test_growth_keeps_every_column(cells):
    frame = years(cells, [(100, "e"), 110, 0, 5], half=1)
    same(growth_rate(frame), **HEADS | {"unit": "PC"}, measure="persons_employed_growth",
         base_year=[2020, 2021, 2022], year=[2021, 2022, 2023], value=[10, -100, nan],
         lower=[100 * (109 / 101 - 1), 100 * (-1 / 109 - 1), nan],
         upper=[100 * (111 / 99 - 1), 100 * (1 / 109 - 1), nan], flag=["e", "", ""])  # fmt: skip


def test_growth_from_nothing_or_from_a_loss_is_none(cells):
    frame = years(cells, [-5, 0, 10, 20], measure="value_added", unit="MEUR")
    out = growth_rate(frame)
    assert out["value"].tolist() == pytest.approx([nan, nan, 100], nan_ok=True)
    assert out["lower"].tolist() == pytest.approx([nan, nan, 100], nan_ok=True)
    withheld = years(cells, [None, 10, None, 30]).assign(
        lower=[0, 10, 8, 30], upper=[5, 10, 12, 30], conf=["C", "", "C", ""]
    )
    out = growth_rate(withheld)
    assert out["lower"].tolist() == pytest.approx([100, -20, 150])
    assert out["upper"].tolist() == pytest.approx([inf, 20, 275])
    assert out["value"].isna().all() and out["conf"].tolist() == ["C"] * 3


def test_a_value_beside_its_interval_is_moved_into_it(cells):
    frame = concat([
        years(cells, [100, 110]).assign(lower=[104, 110], upper=[106, 110]),
        years(cells, [112, 110], geo="FR").assign(lower=[104, 110], upper=[106, 110]),
    ])  # fmt: skip
    ends = [100 * (110 / 106 - 1), 100 * (110 / 104 - 1)]
    assert growth_rate(frame)["value"].tolist() == pytest.approx(ends[::-1])
    later = frame.assign(value=[105, 100, 105, 120], lower=[105, 104] * 2, upper=[105, 106] * 2)
    out = index_series(later, 2020)
    assert out["value"].tolist() == pytest.approx([100, 10400 / 105, 100, 10600 / 105])


def test_growth_from_less_than_one_and_from_what_may_be_nothing(cells):
    frame = years(cells, [0, 0.5, 1]).assign(lower=[0, 0.25, 1], upper=[1, 0.5, 1])
    out = growth_rate(frame)
    assert out["value"].tolist() == pytest.approx([nan, 100], nan_ok=True)
    assert out["lower"].tolist() == pytest.approx([-75, 100])
    assert out["upper"].tolist() == pytest.approx([inf, 300])
    assert index_series(years(cells, [0.5, 1]), 2020)["value"].tolist() == [100, 200]


def test_growth_across_a_break_and_along_a_chain(cells):
    broken = years(cells, [100, (150, "b")])
    assert refusal(growth_rate, broken).startswith("BreakError")
    assert growth_rate(broken, "flag")[["value", "flag"]].values.tolist() == [[50, "b"]]
    old = years(cells, [100, 110], start=2018, dataset="old")
    new = years(cells, [220, 330], start=2019, dataset="new")
    same(growth_rate(new, link=old), **HEADS | {"unit": "PC"}, dataset="old>new",
         vintage="2026-01-01>2026-01-01", measure="persons_employed_growth", flag=["b", ""],
         base_year=[2018, 2019], year=[2019, 2020], exact=[10, 50])  # fmt: skip
    same(change(new, link=old), **HEADS, dataset="old>new", vintage="2026-01-01>2026-01-01",
         measure="persons_employed_change", flag=["b", ""], base_year=[2018, 2019],
         year=[2019, 2020], exact=[20, 110])  # fmt: skip
    assert refusal(change, new, "ignore", old).startswith("UnknownNameError")


def test_an_index_keeps_every_column(cells):
    frame = concat([
        years(cells, [(100, "e"), (110, "b"), (121, "p")], half=1), years(cells, [1], geo="BE"),
        years(cells, [50, 25], start=2021, geo="FR"),
    ])  # fmt: skip
    same(index_series(frame, 2021, across_breaks="flag"), **HEADS | {"unit": "INDEX"},
         measure="persons_employed_index", geo=["DE"] * 3 + ["FR"] * 2,
         year=[2020, 2021, 2022, 2021, 2022], value=[100 / 1.1, 100, 110, 100, 50],
         lower=[100 * 99 / 111, 100, 100 * 120 / 111, 100, 50],
         upper=[100 * 101 / 109, 100, 100 * 122 / 109, 100, 50],
         flag=["be", "b", "p", "", ""])  # fmt: skip
    assert index_series(years(cells, [4, 5]), 2020)["value"].tolist() == [100, 125]
    assert refusal(index_series, frame, 2021).startswith("BreakError")
    for base in (2019, 2020):
        assert refusal(index_series, years(cells, [0, 5]), base) == (
            f"NotAvailableError: no series has the base year {base} with a value above zero; it "
            "cannot be 100"
        )


def test_an_index_is_flagged_beyond_breaks_alone(cells):
    frame = years(cells, [100, (150, "b"), 160, (170, "b"), 180])
    flags = {
        base: index_series(frame, base, "flag")["flag"].tolist() for base in (2020, 2022, 2024)
    }
    assert flags == {2020: ["", "b", "b", "b", "b"], 2022: ["b", "b", "", "b", "b"],
                     2024: ["b", "b", "b", "b", ""]}  # fmt: skip


# -- contributions


def classes(cells, first, second, names=("0-9", "GE10", "TOTAL"), **more):
    return concat([cells(dict(zip(names, t, strict=True)), year=2022 + n, **more)
                   for n, t in enumerate((first, second))])  # fmt: skip


def test_contributions_keep_every_column(cells):
    frame = concat([
        classes(cells, [(50, "p"), 30, 100], [55, (29, "e"), 110]),
        classes(cells, [20, 30, 50], [40, 20, 60], geo="FR"),
        years(cells, [1, 2], start=2022, geo="BE"),
    ])  # fmt: skip
    same(contributions(frame), indic="EMP_NR", unit="PP", year=2023, base_year=2022,
         geo=["DE"] * 4 + ["FR"] * 4,
         measure="persons_employed_contribution", size=["0-9", "GE10", "UNALLOCATED", "TOTAL"] * 2,
         exact=[5, -1, 6, 10, 40, -20, 0, 20], flag=["ep"] * 4 + [""] * 4)  # fmt: skip


def test_no_class_contributes_to_another_pair_of_years(cells):
    frame = concat([classes(cells, [50, 30, 100], [55, 29, 110]),
                    classes(cells, [60, 28, 120], [61, 27, 130]).assign(year=2024)[:0],
                    cells({"GE10": 27, "TOTAL": 130, "0-9": 61}, year=2025)])  # fmt: skip
    gap = frame[~((frame["year"] == 2023) & (frame["size"] == "0-9")).to_numpy()]
    assert refusal(contributions, gap).startswith("WithheldError: a class of dataset=synthetic")


def test_contributions_of_rounded_figures(cells):
    out = contributions(classes(cells, [50, 50, 100], [60, 40, 105], half=1))
    # Changes are known to 2, the level to 1; of 100 at first, 104 to 106 less 98 to 102, and 98 to
    # 102 more, are left. Classes of 2023 are too few for their TOTAL, so none is taken to add up.
    assert out["value"].tolist() == pytest.approx([10, -10, 5, 5])
    assert out["lower"].tolist() == pytest.approx(
        [100 * 8 / 101, -100 * 12 / 99, -100 * 1 / 101, 100 * 3 / 101]
    )
    assert out["upper"].tolist() == pytest.approx(
        [100 * 12 / 99, -100 * 8 / 101, 100 * 11 / 99, 100 * 7 / 99]
    )


def test_exact_figures_give_exact_contributions(cells):
    out = contributions(classes(cells, [0.1, 0.7, 0.9], [0.4, 0.8, 1.7]))
    assert (out["lower"] == out["value"]).all() and (out["upper"] == out["value"]).all()
    assert out["value"].iloc[3] == pytest.approx(100 * 0.8 / 0.9)
    frame = classes(cells, [50, 50, 100], [60, 40, 110])
    rounded = frame.assign(lower=[49, 50, 100, 60, 40, 110], upper=frame["value"])
    out = contributions(rounded)
    assert out["lower"].tolist() == pytest.approx([10, -10, 9, 10])
    assert out["upper"].tolist() == pytest.approx([11, -10, 10, 10])
    level = frame.assign(lower=[50, 50, 90, 60, 40, 110], upper=frame["value"])
    out = contributions(level)
    assert out["lower"].tolist() == pytest.approx([10, -1000 / 90, 10, 10])
    assert out["upper"].tolist() == pytest.approx([1000 / 90, -10, 2000 / 90, 2000 / 90])


def test_contributions_to_the_growth_of_nothing(cells):
    out = contributions(classes(cells, [0, 0, 0], [1, 2, 3]))
    assert out[["value", "lower", "upper"]].isna().all().all()


def test_contributions_that_are_not_known(cells):
    hidden = classes(cells, [None, 30, 100], [55, None, 110])
    assert refusal(contributions, hidden) == (
        "WithheldError: a class of dataset=synthetic vintage=2026-01-01 "
        "measure=persons_employed_change nace=C geo=DE year=2023 base_year=2022 is withheld or "
        "missing: no contribution is known, so leave this group out, or use bounds() and change() "
        "for what is known of it"
    )
    total = classes(cells, [40, 30, None], [55, 40, 110]).assign(lower=50.0, upper=120.0)
    assert refusal(contributions, total).startswith("WithheldError: a class of dataset=synthetic")
    both = concat([classes(cells, [50, 30, 100], [55, 29, 110]), hidden.assign(geo="FR")])
    assert "geo=FR" in refusal(contributions, both)
    alone = classes(cells, [50, 30], [55, 29], ("0-9", "GE10"))
    assert refusal(contributions, alone) == (
        "NotAvailableError: contributions need TOTAL beside the classes"
    )
    apart = concat([alone, years(cells, [1, 2], start=2022, geo="FR")])
    assert refusal(contributions, apart) == (
        "NotAvailableError: no group has TOTAL and classes in two years"
    )
    broken = classes(cells, [50, 30, 80], [(55, "b"), 29, 84])
    assert refusal(contributions, broken).startswith("BreakError")
    assert set(contributions(broken, "flag")["flag"]) == {"b"}


# -- chains


def test_a_chain_keeps_every_column(cells):
    old = years(cells, [(100, "e"), (110, "p"), (120, "d")], start=2018, half=6, dataset="old",
                vintage="2024", indic="V16110", nace="B-N_S95_X_K")  # fmt: skip
    new = years(cells, [(240, "u"), 250, 260], start=2020, half=2, dataset="new", vintage="2026",
                nace="B-S_X_O_S94")  # fmt: skip
    same(link(old, new), dataset="old>new", vintage="2024>2026", measure="persons_employed",
         **HEADS, nace="B-S_X_O_S94", year=[2018, 2019, 2020, 2021, 2022],
         value=[200, 220, 240, 250, 260],
         lower=[94 * 238 / 126, 104 * 238 / 126, 238, 248, 258],
         upper=[106 * 242 / 114, 116 * 242 / 114, 242, 252, 262],
         flag=["bdeu", "bdpu", "u", "", ""])  # fmt: skip


def test_a_loss_is_at_its_worst_where_the_factor_is_greatest(cells):
    money = {"measure": "value_added", "unit": "MEUR", "half": 1}
    old = years(cells, [-10, 10], start=2019, dataset="old", **money)
    out = link(old, years(cells, [20], start=2020, dataset="new", **money))
    # Between 19 / 11 and 21 / 9 times between -11 and -9.
    assert out["value"].tolist() == [-20, 20]
    assert out["lower"].tolist() == pytest.approx([-11 * 21 / 9, 19])
    assert out["upper"].tolist() == pytest.approx([-9 * 19 / 11, 21])
    unknown = old.assign(value=[nan, 10], conf=["C", ""], lower=[-inf, 9], upper=[inf, 11])
    out = link(unknown, years(cells, [0], start=2020, dataset="new", **money | {"half": 0}))
    assert out["value"].tolist() == pytest.approx([nan, 0], nan_ok=True)


def test_a_chain_begins_at_the_first_common_year_with_a_value(cells):
    old = years(cells, [0.1, 0, 0.4, 0.5], dataset="old")
    new = years(cells, [3, 80, 90], start=2021, dataset="new")
    out = link(old, new)
    assert out[["year", "value"]].values.tolist() == [
        [2020, 20], [2021, 0], [2021, 3], [2022, 80], [2023, 90],
    ]  # fmt: skip


def test_nothing_to_link_at(cells):
    new = years(cells, [1, 2], start=2021, dataset="new")
    said = "BreakError: old and new have no common year ({} and 2021, 2022), so there is nothing " \
           "to link at; draw them apart"  # fmt: skip
    for start, count, named in ((2018, 3, "2018 to 2020"), (2019, 2, "2019, 2020"),
                                (2020, 1, "2020")):  # fmt: skip
        old = years(cells, [1] * count, start=start, dataset="old")
        assert refusal(link, old, new) == said.format(named)
    gaps = years(cells, [1, 2, 3], start=2016, dataset="old")
    gaps = gaps.assign(year=gaps["year"].where(gaps["year"] > 2016, 2015))
    assert refusal(link, gaps, new) == said.format("2015, 2017, 2018")
    for other in ({"geo": "FR"}, {"unit": "THS"}, {"measure": "employees"}):
        assert refusal(link, years(cells, [1], start=2021, dataset="old", **other), new) == (
            said.format("2021")
        )


def test_a_chain_is_of_one_table_and_one_cell(cells):
    old, new = years(cells, [1, 2], dataset="old"), years(cells, [2, 3], 2021, dataset="new")
    both = concat([old, new])
    assert refusal(link, both, new) == "MixingError: one series at a time: new, old"
    assert refusal(link, old, both) == "MixingError: one series at a time: new, old"
    twice = concat([new, years(cells, [9], 2021, dataset="new", vintage="2025-01-01")])
    assert refusal(link, old, twice) == (
        "IncoherentError: measure=persons_employed unit=NR size=TOTAL geo=DE year=2021 stands "
        "several times in old or new: two vintages, or two codes of one measure; a chain needs "
        "one, so select it"
    )
    for column in ("dataset", "measure", "unit", "geo", "year", "value", "flag"):
        for pair in ((old.drop(columns=column), new), (old, new.drop(columns=column))):
            assert refusal(link, *pair).startswith(f"UnknownNameError: unknown column: '{column}'")


def test_activities_are_matched_unless_each_frame_has_one(cells):
    def of(nace, values, start, dataset):
        return years(cells, values, start, nace=nace, dataset=dataset)

    old = concat([of("B", [1, 2], 2020, "old"), of("C", [5, 10], 2020, "old")])
    out = link(old, of("C", [30], 2021, "new"))
    assert out[["nace", "year", "value"]].values.tolist() == [["C", 2020, 15], ["C", 2021, 30]]
    new = concat([of("B", [8], 2021, "new"), of("C", [30], 2021, "new")])
    out = link(of("C", [5, 10], 2020, "old"), new)
    assert out.loc[out["year"] == 2020, ["nace", "value"]].values.tolist() == [["C", 15]]
    bare = link(
        *(f.drop(columns=["nace", "vintage", "indic"]) for f in (old.iloc[:2], new.iloc[:1]))
    )
    assert bare[["year", "value"]].values.tolist() == [[2020, 4], [2021, 8]]
    one = link(old.iloc[:2].drop(columns="nace"), new.iloc[:1])
    assert one[["nace", "value"]].values.tolist() == [["B", 4], ["B", 8]]
    other = link(old.iloc[:2], new.iloc[:1].drop(columns="nace"))
    assert other[["nace", "value"]].values.tolist() == [["B", 4], ["", 8]]


def test_a_chain_names_every_vintage(cells):
    old = concat([years(cells, [1, 2], geo=g, vintage=v, dataset="old")
                  for g, v in (("AT", "2023"), ("BE", "2024"))])  # fmt: skip
    new = concat([years(cells, [9], 2021, geo=g, dataset="new") for g in ("AT", "BE")])
    out = link(old, new)
    assert set(out["vintage"]) == {"2023,2024>2026-01-01"} and set(out["dataset"]) == {"old>new"}
    assert out[["geo", "value"]].values.tolist() == [
        ["AT", 4.5], ["BE", 4.5], ["AT", 9], ["BE", 9],
    ]  # fmt: skip
