"""What is refused, and that the message names the column and the first rows."""

from __future__ import annotations

from functools import partial, reduce
from operator import or_

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sme_stats import frame, register
from sme_stats.errors import IncoherentError, InputError, MixingError, UnknownNameError, UsageError
from sme_stats.register import checks, screening
from sme_stats.register.adapter import collect

from .conftest import ALWAYS, firm, missing, random_register, series, table

GOOD = table(ALWAYS, firm(2, range(2012, 2016), persons=5)).assign(turnover=10.0)
WRONG = [
    ("persons_employed", -1, "column persons_employed: negative in 1 row"),
    ("persons_employed", np.nan, "column persons_employed: null in 1 row"),
    ("persons_employed", 2.5, "column persons_employed: not a whole number of persons"),
    ("employees", -2, "column employees: negative"),
    ("employees", 9, "column employees: more than persons_employed"),
    ("turnover", -0.5, "column turnover: negative"),
    ("turnover", np.nan, "column turnover: null"),
    ("turnover", np.inf, "column turnover: beyond 1e.13"),
    ("year", 20120, "column year: not a year"),
    ("nace", None, "column nace: null"),
    ("nace", "S", r"column nace: no such code \(S\)"),
    ("nace", "2511", r"column nace: no such code \(2\)"),
    ("geo", None, "column geo: null"),
    ("geo", "GR", r"column geo: no such code \(GR\)"),
    ("geo", "EU27_2020", "column geo: no such code"),
    ("firm_id", np.nan, "column firm_id: null"),
]


def spoilt(column, value, row=12):
    rows = GOOD.copy()
    if isinstance(value, float):
        rows[column] = rows[column].astype(float)
    rows.loc[row, column] = value
    return rows


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "polars"], indirect=True)
@pytest.mark.parametrize(("column", "value", "said"), WRONG)
def test_what_is_wrong_is_refused_by_column_and_row(engine, column, value, said, tmp_path):
    spoilt(column, value).to_parquet(tmp_path / "register.parquet")
    with pytest.raises(IncoherentError, match=said) as raised:
        register.tabulate(tmp_path, engine)
    text = str(raised.value)
    assert "problems='leave-out'" in text
    if column not in ("firm_id", "year"):
        assert "first firm_id=2, year=2013" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("engine", "times"),
    [(e, t) for e in ("pandas", "duckdb", "polars") for t in (1, 2, 3)] + [("dask", 2)],
    indirect=["engine"],
)
def test_a_firm_twice_in_a_year_is_refused(engine, times, tmp_path):
    doubled = pd.concat([GOOD, *[GOOD[(GOOD["firm_id"] == 2) & (GOOD["year"] == 2014)]] * times])
    doubled.to_parquet(tmp_path / "register.parquet")
    with pytest.raises(IncoherentError, match=f"firm_id=2, year=2014, times={times + 1}"):
        register.tabulate(tmp_path, engine)


@pytest.mark.parametrize("kind", ["pandas", "polars", "duckdb"])
def test_the_test_in_passing_agrees_with_every_check_row_by_row(kind):
    """Each limit from both sides, on numbers that are none, missing, endless or nearly whole."""
    odd = [0.0, 5.0, -1.0, -0.001, 2.5, 1e13, 1.0001e13, np.inf, -np.inf, np.nan, None]
    names = ["persons_employed", "employees", "turnover", "value_added"]
    rows = [{**dict.fromkeys(names, 5.0), name: value} for name in names for value in odd]
    rows += [dict(zip(names, (heads, more, 1.0, -1e13), strict=True))
             for heads in odd[:3] for more in odd[:3]]  # fmt: skip
    table = pa.Table.from_pylist(rows)
    made = {"pandas": table.to_pandas}.get(kind) or partial(
        pytest.importorskip(kind).from_arrow, table
    )
    given = nw.from_native(made()).lazy()
    for rounding in (False, True):
        kept = dict(given.collect_schema())
        kept["year"], good = nw.Int64(), screening.within(kept, rounding)
        faults = [test for name, _, test in checks.tests(kept, rounding) if name != "year"]
        fault = reduce(or_, (checks.one_where(test) == 1 for test in faults))
        seen = collect(given.select(good=good, fault=checks.one_where(fault)))
        assert (seen["good"].isna() == (seen["fault"] == 1)).all(), seen.to_string()
        assert 8 < seen["fault"].sum() < len(seen) - 8


def test_an_event_that_is_missing_is_none():
    events = ["merger", *[None] * (len(GOOD) - 1)]
    found = register.tabulate(GOOD.assign(entry_event=events)).frame()
    blank = register.tabulate(GOOD.assign(entry_event=[e or "" for e in events])).frame()
    pd.testing.assert_frame_equal(found, blank)


def test_a_register_of_nobody_active_in_the_population_has_empty_tables():
    for rows in (GOOD.assign(nace="A01"), GOOD.assign(persons_employed=0, employees=0, turnover=0)):
        assert register.tabulate(rows).bd.empty


def test_every_cell_stands_once():
    frame.check(register.tabulate(random_register(13)).frame())


def test_duplicates_whose_bits_add_up_to_another_years_are_seen():
    """Two of 2012 look like one of 2013, to a sum of powers of two."""
    rows = table(ALWAYS, firm(2, [2012]), firm(2, [2012]))
    with pytest.raises(IncoherentError, match="more than once in 1 row"):
        register.tabulate(rows)
    inactive = table(ALWAYS, firm(2, [2012, 2012], persons=[3, 0])).assign(turnover=0.0)
    with pytest.raises(IncoherentError, match="more than once"):
        register.tabulate(inactive)
    never = table(ALWAYS, firm(2, [2012, 2012], persons=0)).assign(turnover=0.0)
    with pytest.raises(IncoherentError, match="more than once in 1 row"):
        register.tabulate(never)


def test_several_problems_are_one_error():
    rows = spoilt("employees", -1)
    rows.loc[3, "nace"] = "Z"
    with pytest.raises(IncoherentError, match=r"column employees: negative.* \| column nace"):
        register.tabulate(rows)


@pytest.mark.parametrize("column", ["firm_id", "year", "nace", "geo", "persons_employed"])
def test_a_missing_column_is_named_with_its_meaning(column):
    with pytest.raises(InputError, match=rf"no column '{column}' \(.+\); it has .*employees"):
        register.tabulate(GOOD.drop(columns=column))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("nace", 25, "column nace holds Int64, not text"),
        ("year", 2012.5, "column year holds Float64, not whole numbers"),
        ("turnover", "12,5", "column turnover holds String, not numbers"),
        ("entry_event", 1, "column entry_event holds Int64, not text: one of merger"),
    ],
)
def test_a_column_of_another_type_is_named(column, values, said):
    with pytest.raises(InputError, match=said):
        register.tabulate(GOOD.assign(**{column: values}))


def test_an_unknown_event_is_named():
    with pytest.raises(IncoherentError, match="column exit_event: none of merger, break_up"):
        register.tabulate(GOOD.assign(exit_event=["sold", *[""] * (len(GOOD) - 1)]))


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "polars", "dask"], indirect=True)
def test_leaving_out_drops_the_enterprise_in_all_years_and_flags_every_cell(engine, tmp_path):
    rows = pd.concat([spoilt("persons_employed", -1), firm(3, [2014, 2014]).assign(turnover=1.0)])
    rows.to_parquet(tmp_path / "register.parquet")
    found = register.tabulate(tmp_path, engine, problems="leave-out")
    kept = register.tabulate(GOOD[GOOD["firm_id"] == 1])
    assert found.left_out == 6
    assert found.rows == len(rows)
    assert series(found.bd, "ENT_NR") == series(kept.bd, "ENT_NR")
    assert series(found.bd, "ENT_BRTH_NR") == series(kept.bd, "ENT_BRTH_NR")
    assert set(found.sbs["flag"]) == {"u"}
    assert set(found.bd["flag"]) == {"u", "pu"}
    assert [p.column for p in found.problems] == ["persons_employed", "employees", "firm_id"]
    assert "6 left out" in found.summary()


def test_leaving_out_of_a_good_register_marks_nothing():
    found = register.tabulate(GOOD, problems="leave-out")
    pd.testing.assert_frame_equal(found.frame(), register.tabulate(GOOD).frame())
    with pytest.raises(UnknownNameError, match="refuse"):
        register.tabulate(GOOD, problems="ignore")


def test_fractions_are_rounded_halves_up_when_asked_for():
    rows = spoilt("persons_employed", 9.5, row=12)
    found = register.tabulate(rows, round_headcounts=True)
    assert series(found.sbs, "EMP_NR", size="10-19")[2013] == 10.0
    assert series(found.sbs, "EMP_NR", size="0-9")[2013] == 3.0


def test_synthetic_rows_are_never_mixed_with_others():
    rows = random_register(3)
    with pytest.raises(MixingError, match="mixes synthetic and other rows"):
        register.tabulate(rows.assign(synthetic=rows["year"] > 2012))
    assert register.tabulate(rows.assign(synthetic=False)).synthetic is False


def test_empty_and_endless_registers():
    with pytest.raises(UsageError, match="the register is empty"):
        register.tabulate(GOOD.head(0))
    long = pd.concat([GOOD, firm(9, [1950]).assign(turnover=1.0)])
    with pytest.raises(UsageError, match="spans 71 years"):
        register.tabulate(long)


def test_an_aggregate_needs_all_its_sections_or_the_word_that_nothing_is_missing():
    sbs = register.tabulate(GOOD).sbs
    assert set(sbs["nace"]) == {"C"}, "manufacturing alone is not the business economy"
    whole = register.tabulate(GOOD, whole=True).sbs
    assert {"B-S_X_O_S94", "B-E", "G", "S95"} <= set(whole["nace"])
    assert series(whole, "ENT_NR", "B-S_X_O_S94") == series(sbs, "ENT_NR")
    assert set(series(whole, "ENT_NR", "G").values()) == {0.0}
    industry = pd.concat(
        [firm(n, range(2010, 2014), nace=code) for n, code in enumerate(("B05", "C1", "D", "E38"))]
    )
    found = register.tabulate(industry).sbs
    assert "B-E" in set(found["nace"])
    assert "B-S_X_O_S94" not in set(found["nace"])


def test_engines_are_there():
    assert not missing("pandas")
