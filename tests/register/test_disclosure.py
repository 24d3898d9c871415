"""What is withheld cannot be had back: attacked by the library's own bounds, and harder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sme_stats as sme
from sme_stats import register
from sme_stats.errors import UsageError
from sme_stats.register import disclosure, suppression
from sme_stats.register import tables as register_tables
from sme_stats.register.margins import KEYS
from sme_stats.register.records import SBS_CLASSES

from .conftest import firm, missing, random_register

pytestmark = pytest.mark.exhaustive

RULES = register.Protection()
CELL = ["indic", "nace", "size", "geo", "year"]
AMOUNTS = {"EMP_NR": "persons_employed", "SAL_NR": "employees", "NETTUR_MEUR": "turnover",
           "AV_MEUR": "value_added"}  # fmt: skip


def one_year(seed, firms=120):
    """One country in one year, where a few enterprises are most of a cell."""
    rows = random_register(seed, firms, years=1)
    return rows.assign(geo="AT")


def narrowed(published, truth, percent):
    """Withheld cells that an attacker with `bounds` knows within `percent` of the truth."""
    attacked = sme.bounds(published)
    hidden = (published["conf"] == "C").to_numpy()
    lower, upper = attacked.loc[hidden, "lower"], attacked.loc[hidden, "upper"]
    value = truth.loc[hidden, "value"]
    near = np.abs(value) * percent / 100 - 1e-6 * np.abs(value)
    found = (lower > value - near) & (upper < value + near)
    return attacked.loc[found[found].index].assign(truth=value[found])


@pytest.mark.parametrize(
    ("n", "first", "second", "total", "unsafe"),
    [
        (0, 0, 0, 0, False),
        (1, 5, 0, 5, True),
        (2, 5, 5, 10, True),
        (3, 4, 3, 10, False),
        (9, 86, 1, 100, True),  # more than 85 % is the largest's
        (9, 85, 5, 100, False),
        (9, 80, 13, 100, True),  # the second knows the first within 7 of 80
        (9, 60, 34, 100, False),  # 6 is 10 % of 60
        (9, 60, 34.1, 100, True),
        (3, 0, 0, 0, False),  # nothing to know
    ],
)
def test_the_three_rules(n, first, second, total, unsafe):
    assert bool(RULES.unsafe(float(n), first, second, total)) is unsafe


def test_both_parameters_count():
    assert register.Protection(dominance=90).unsafe(9.0, 86.0, 1.0, 100.0) is False
    assert register.Protection(percent=5).unsafe(9.0, 80.0, 13.0, 100.0) is False
    assert register.Protection(fewest=4).unsafe(3.0, 4.0, 3.0, 10.0) is True
    for wrong in ({"fewest": 0}, {"dominance": 0}, {"percent": 101}):
        with pytest.raises(UsageError, match="protect nobody"):
            register.Protection(**wrong)


def sensitive(rows):
    """Cells of sections and classes that the rules withhold, the slow way, record by record."""
    rows = rows[(rows["persons_employed"] > 0) | (rows["turnover"] > 0)]
    rows = rows.assign(
        act=np.where(rows["nace"].str[0] == "S", rows["nace"].str[:3], rows["nace"].str[0]),
        sized=pd.cut(rows["persons_employed"], [-1, 1, 9, 19, 49, 249, np.inf],
                     labels=SBS_CLASSES).astype(str),
    )  # fmt: skip
    found = set()
    for (year, geo, act, size), cell in rows.groupby(["year", "geo", "act", "sized"]):
        for indic, column in AMOUNTS.items():
            largest = [*sorted(cell[column].abs(), reverse=True), 0.0]
            if RULES.unsafe(len(cell), largest[0], largest[1], sum(largest)):
                found.add((indic, act, size, geo, year))
    return {cell for cell in found if cell[1] not in ("A", "S94")}


@settings(max_examples=2)
@given(seed=st.integers(0, 10**6))
def test_no_withheld_cell_is_narrowed_below_the_rule(seed):
    rows = one_year(seed)
    truth = register.tabulate(rows)
    shown = register.tabulate(rows, protection=RULES)
    for name in ("sbs", "bd"):
        published, true = getattr(shown, name), getattr(truth, name)
        pd.testing.assert_frame_equal(published[CELL], true[CELL])
        left = narrowed(published, true, RULES.percent)
        assert left.empty, left[[*CELL, "lower", "upper", "truth"]].to_string()
    assert shown.primary > 0
    assert shown.secondary > 0


def test_every_cell_that_a_rule_names_is_withheld():
    rows = one_year(21)
    sbs = register.tabulate(rows, protection=RULES).sbs
    withheld = set(sbs.loc[sbs["conf"] == "C", CELL].itertuples(index=False, name=None))
    expected = sensitive(rows)
    assert len(expected) > 20
    assert expected <= {tuple(map(_plain, cell)) for cell in withheld}


def _plain(code):
    return int(code) if isinstance(code, np.integer) else code


def test_the_rest_is_published_as_it_is_and_counts_always():
    rows = one_year(22)
    truth, shown = register.tabulate(rows), register.tabulate(rows, protection=RULES)
    for name in ("sbs", "bd", "hg"):
        true, published = getattr(truth, name), getattr(shown, name)
        hidden = published["conf"] == "C"
        assert published.loc[hidden, "value"].isna().all()
        pd.testing.assert_series_equal(published.loc[~hidden, "value"], true.loc[~hidden, "value"])
        assert not hidden[published["indic"].isin(["ENT_NR", "ENT_BRTH_NR", "ENT_HGRW_NR"])].any()


def test_the_test_would_notice_if_only_the_rules_were_followed(monkeypatch):
    monkeypatch.setattr(suppression, "suppress", lambda cells, percent: cells.primary.copy())
    rows = one_year(23)
    shown = register.tabulate(rows, protection=RULES)
    assert shown.secondary == 0
    assert len(narrowed(shown.sbs, register.tabulate(rows).sbs, RULES.percent)) > 0


def test_a_total_that_both_tables_have_is_withheld_in_both():
    sizes = [(3, "C1"), (40, "C1"), (2, "G1"), (5, "G1"), (7, "G1"), (9, "G1"), (4, "G1")]
    firms = [firm(n, [2020], persons=p, nace=c) for n, (p, c) in enumerate(sizes)]
    shown = register.tabulate(pd.concat(firms), protection=RULES)
    for name in ("sbs", "bd"):
        frame = getattr(shown, name)
        cell = frame[(frame["indic"] == "EMP_NR") & (frame["nace"] == "C")]
        assert cell.loc[cell["size"] == "TOTAL", "conf"].tolist() == ["C"], name


def linked_groups(rows, seed_rules):
    """Every linked table of a register with what was withheld in it."""
    seen = []
    real = suppression.suppress

    def watch(cells, percent):
        chosen = real(cells, percent)
        seen.append((cells, chosen, percent))
        return chosen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "suppress", watch)
        register.tabulate(rows, protection=seed_rules)
    return seen


@pytest.mark.parametrize("percent", [2.0, 10.0, 30.0])
def test_linked_tables_withstand_the_exact_attack(percent):
    """Without rounding, over both tables at once, nearer than `bounds` comes."""
    seen = linked_groups(one_year(24), register.Protection(percent=percent))
    assert len(seen) >= 4
    for cells, chosen, given_percent in seen:
        assert (chosen | ~cells.primary).all()
        assert not (chosen & cells.fixed).any()
        assert np.allclose(cells.sums @ cells.value, 0, atol=1e-6)
        found = suppression.attacks(cells, chosen, *cells.needs(given_percent))
        everything = (chosen == ~cells.fixed).all()
        assert not found or everything, "only counts and class limits may give a cell away"


def test_a_smaller_choice_is_preferred():
    """A few primary cells of a large table take a few more with them, not the table."""
    rows = [firm(100 * a + 10 * s + n, [2020], persons=p, nace=act)
            for a, act in enumerate(("C1", "F1", "G1"))
            for s, p in enumerate((1, 5, 15, 30, 100, 400))
            for n in range(5)]  # fmt: skip
    rows.append(firm(999, [2020], persons=15, nace="H1"))
    rows += [firm(1000 + n, [2020], persons=5, nace="H1") for n in range(9)]
    shown = register.tabulate(pd.concat(rows), whole=True, protection=RULES)
    persons = shown.sbs[(shown.sbs["indic"] == "EMP_NR") & (shown.sbs["value"] != 0)]
    hidden = persons[persons["conf"] == "C"]
    assert shown.primary >= 1
    assert 4 <= len(hidden) <= len(persons) / 2, hidden[["nace", "size"]].to_string()


def told(monkeypatch, source, engine="duckdb"):
    """What the rules are told of a register: its tables and the contributions to their cells."""
    seen = {}

    def watch(tables, tops, rules):
        seen.update(tables)
        seen.update({f"top {name}": frame for name, frame in tops.items()})
        return tables, 0, 0

    monkeypatch.setattr(register_tables, "protect", watch)
    register.tabulate(source, engine, protection=RULES)
    return seen


@pytest.mark.parametrize("engine", ["duckdb", "polars", "dask"], indirect=True)
def test_the_rules_are_told_the_same_on_every_engine(engine, tmp_path, monkeypatch):
    rows = random_register(25, firms=40, years=4)
    rows.to_parquet(tmp_path / "register.parquet")
    expected, found = told(monkeypatch, rows), told(monkeypatch, tmp_path, engine)
    assert expected.keys() == found.keys() >= {"sbs", "bd", "top p", "top births_e", "top hg"}
    for name, frame in expected.items():
        same = [f.sort_values(KEYS, ignore_index=True) if "top" in name else f
                for f in (frame, found[name])]  # fmt: skip
        pd.testing.assert_frame_equal(*same, check_exact=True, check_dtype=False)


def test_the_order_of_rows_withholds_no_other_cell(tmp_path):
    rows = one_year(25, firms=20)
    rows.sample(frac=1, random_state=2).to_parquet(tmp_path / "register.parquet")
    expected, found = (register.tabulate(s, protection=RULES) for s in (rows, tmp_path))
    assert expected.primary > 0
    assert expected.secondary > 0
    pd.testing.assert_frame_equal(expected.frame(), found.frame(), check_exact=True)


def test_ties_are_two_largest_contributions():
    import narwhals as nw

    from sme_stats.register.contributions import largest

    frame = nw.from_native(pd.DataFrame({"k": [1, 1, 1, 2], "x": [5.0, -5.0, 2.0, 7.0]})).lazy()
    found = largest(frame, ["k"], ["x"]).sort_values("k")
    assert found[["x_1", "x_2", "x_sum"]].to_numpy().tolist() == [[5, 5, 12], [7, 0, 7]]


def test_withheld_cells_are_counted_in_the_summary():
    shown = register.tabulate(one_year(26), protection=RULES)
    hidden = sum((getattr(shown, n)["conf"] == "C").sum() for n in ("sbs", "bd", "hg"))
    assert shown.primary + shown.secondary == hidden
    assert f"{shown.primary:,} cells withheld by the rules" in shown.summary()
    assert not missing("pandas")
    assert disclosure.FAMILIES.keys() >= {"p", "e", "t", "v"}
