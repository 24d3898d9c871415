"""Every indicator, comparison and analysis on tables as published: what holds for any of them.

A synthetic table is known as it is; a source publishes it rounded, withheld, flagged, with cells
left out and in any order. Then every interval must hold what the whole table gives.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import PLACES, SECTIONS, YEARS, demographic, publish, structural

from sme_stats import codelists
from sme_stats.errors import IncoherentError, SmeStatsError
from sme_stats.frame import concat, dimensions, tidy
from sme_stats.indicators.growth import change
from sme_stats.indicators.linking import link
from sme_stats.indicators.registry import COMPARISONS, INDICATORS, compute
from sme_stats.indicators.shares import size_share, size_structure
from sme_stats.indicators.structure import sme_density
from sme_stats.uncertainty.audit import audit
from sme_stats.uncertainty.coherence import class_sums
from sme_stats.uncertainty.contradictions import contradictions
from sme_stats.uncertainty.withheld import bounds

pytestmark = pytest.mark.exhaustive

SLACK = 1e-6


def people(frame):
    """Inhabitants of every place and year of a frame."""
    rows = [{"dataset": "synthetic_pop", "vintage": "2026-01-01", "indic": "", "unit": "NR",
             "measure": "population", "geo": g, "year": y, "value": 1000.0, "flag": "", "conf": ""}
            for g in PLACES for y in YEARS]  # fmt: skip
    return tidy(pd.DataFrame(rows).to_dict("list"))


def legal_forms(frame):
    """Sizes read as legal forms: a part and its whole."""
    form = frame["size"].astype(str).map({"0": "ENT_SOLE", "TOTAL": "TOTAL"})
    return frame[form.notna()].assign(leg_form=form.dropna()).drop(columns=["size"])


def mid_caps(frame):
    """GE250 cut in two, as in the table of small mid-caps."""
    codes = {"0-9": "0-9", "10-49": "10-249", "50-249": "250-749", "GE250": "GE750"}
    # Limits of the other classes would not hold persons employed.
    cells = frame[frame["measure"] != "persons_employed"]
    return cells.assign(size=cells["size"].astype(str).replace(codes))


def two_years(frame):
    """One measure in sections, without their aggregate, in two years."""
    keep = frame["nace"].isin(SECTIONS) & (frame["measure"] == "persons_employed")
    return frame[keep & frame["year"].isin(YEARS[:2])]


def same(frame):
    return frame


S, B = structural, demographic
#: Indicator: table, what is made of it, options.
CASES = {
    "size-share": (S, same, {"size": "10-249"}),
    "size-structure": (S, same, {}),
    "size-level": (S, same, {"size": "SME"}),
    "average-size": (S, same, {}),
    "without-employees": (B, same, {}),
    "one-person": (B, legal_forms, {"meaning": "sole proprietor"}),
    "sme-density": (S, same, {}),
    "small-mid-caps": (S, mid_caps, {}),
    "partial-aggregate": (S, same, {}),
    "coverage": (S, same, {}),
    "labour-productivity": (S, same, {}),
    "productivity-gap": (S, same, {}),
    "wage-share": (S, same, {"size": "SME"}),
    "gross-operating-rate": (S, same, {}),
    "investment-per-person": (S, same, {}),
    "birth-rate": (B, same, {}),
    "death-rate": (B, same, {}),
    "churn-rate": (B, same, {}),
    "net-growth": (B, same, {}),
    "survival": (B, same, {}),
    "survival-curve": (B, same, {"cohort": 2021}),
    "implied-active": (B, same, {}),
    "size-at-birth": (B, same, {}),
    "size-at-age": (B, same, {"age": "Y5"}),
    "employment-in-births": (B, same, {}),
    "employment-in-deaths": (B, same, {}),
    "high-growth-share": (B, same, {}),
    "young-high-growth-share": (B, same, {}),
    "employer-birth-rate": (B, same, {}),
    "employer-death-rate": (B, same, {}),
    "employer-survival": (B, same, {}),
    "change": (S, same, {}),
    "growth-rate": (S, same, {}),
    "index": (S, same, {"base": 2022}),
    "contributions": (S, same, {}),
    "shift-share": (S, two_years, {}),
    "lorenz": (S, same, {}),
    "gini": (S, same, {}),
    "pareto-tail": (S, same, {}),
}
#: Indicators of which a value is an estimate with an interval, or read off visible members alone:
#: what the whole table gives need not lie in it.
ESTIMATES = {"pareto-tail"}


def ask(name, frame):
    """An indicator's result, or the error that it refuses with."""
    _, adapt, options = CASES[name]
    try:
        if name == "sme-density":
            return sme_density(adapt(frame), people(frame))
        return compute(name, adapt(frame), **options)
    except SmeStatsError as refused:
        return refused


published = st.builds(
    lambda seed, hide, round_to, drop: (seed, hide, round_to, drop),
    st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.02, 0.3]), st.sampled_from([0, 0, 1]),
    st.sampled_from([0.0, 0.0, 0.05]),
)  # fmt: skip
#: An example is a whole table of every indicator; thirty times as many with `--exhaustive`.
some = settings(
    max_examples=max(settings.default.max_examples // 30, 1),
    suppress_health_check=list(HealthCheck),
)
#: Amounts that a case needs beside the counts; the fewer cells, the more examples.
AMOUNTS = {
    "labour-productivity": ["value_added"], "productivity-gap": ["value_added"],
    "wage-share": ["value_added", "personnel_cost"], "investment-per-person": ["gross_investment"],
    "gross-operating-rate": ["gross_operating_surplus", "turnover"],
}  # fmt: skip


def draw(drawn, table, name=""):
    seed, hide, round_to, drop = drawn
    random = np.random.default_rng(seed)
    whole = table(random)
    if table is structural and name != "all":
        counts = ["enterprises", "persons_employed"]
        whole = whole[whole["measure"].isin([*counts, *AMOUNTS.get(name, ["turnover"])])]
    if name in CASES:
        whole = whole[whole["geo"] != "BE"]
    return publish(whole.reset_index(drop=True), random, hide, round_to, drop)


def identity(frame):
    """Rows by what identifies them, flags and index aside."""
    keys = [k for k in dimensions(frame) if not k.startswith("enterprises_")]
    text = frame[keys].astype(str).agg("|".join, axis=1)
    return frame.set_axis(pd.Index(text), axis=0)


def check_result(out):
    """What holds for any result, by itself."""
    assert out["unit"].isin(list(codelists.table("UNIT"))).all()
    assert (out["measure"].astype(str) != "").all()
    named = identity(out)
    assert not named.index.duplicated().any(), "a cell stands twice"
    low, value, high = (out[c].to_numpy(dtype=float) for c in ("lower", "value", "upper"))
    assert not (low > high + SLACK * np.maximum(1, np.abs(high))).any()
    assert not (value < low - SLACK * np.maximum(1, np.abs(low))).any()
    assert not (value > high + SLACK * np.maximum(1, np.abs(high))).any()
    assert not np.isinf(value).any()
    counts = ["enterprises_share", "persons_employed_share", "active_enterprises_share", "lorenz"]
    shares = out["measure"].isin(counts).to_numpy()
    assert not (low[shares] < -SLACK).any() and not (high[shares] > 100 + SLACK).any()


def check_truth(out, whole):
    """Every interval holds what the whole table gives; a value without interval is that."""
    both = identity(out).join(identity(whole).add_suffix("_whole"), how="inner")
    low, high = both["lower"].to_numpy(float), both["upper"].to_numpy(float)
    value = both["value_whole"].to_numpy(float)
    true_low = np.where(np.isnan(value), both["lower_whole"].to_numpy(float), value)
    true_high = np.where(np.isnan(value), both["upper_whole"].to_numpy(float), value)
    reach = SLACK * np.maximum(1, np.abs(np.nan_to_num(true_high, posinf=0, neginf=0)))
    wrong = (low > true_low + reach) | (high < true_high - reach)
    assert not wrong.any(), both.loc[wrong, ["value", "lower", "upper", "value_whole"]].head()


def test_every_indicator_has_a_case():
    assert set(CASES) == set(INDICATORS)


@pytest.mark.parametrize("name", CASES)
@some
@given(drawn=published)
def test_indicators(name, drawn):
    table = draw(drawn, CASES[name][0], name)
    before = table.shown.copy(deep=True)
    out = ask(name, table.shown)
    pd.testing.assert_frame_equal(table.shown, before)
    again = ask(name, table.shown.iloc[::-1])
    if isinstance(out, SmeStatsError):
        assert type(again) is type(out) and str(out).strip() and "\n" not in str(out)
        return
    assert not isinstance(again, SmeStatsError)
    check_result(out)
    named, turned = identity(out), identity(again)
    assert sorted(named.index) == sorted(turned.index)
    columns = ["value", "lower", "upper"]
    pd.testing.assert_frame_equal(named[columns], turned.loc[named.index, columns])
    for flag in ("flag", "conf"):
        assert (
            named[flag].astype(str).tolist() == turned.loc[named.index, flag].astype(str).tolist()
        )
    whole = ask(name, table.truth)
    assert not isinstance(whole, SmeStatsError), whole
    if name not in ESTIMATES and not (name in SUMS and drawn[3]):
        check_truth(out, whole)


#: With cells left out, other members are summed than in the whole table.
SUMS = {"partial-aggregate", "coverage", "shift-share"}


@pytest.mark.parametrize(
    "name", ["size-share", "average-size", "labour-productivity", "birth-rate"]
)
@some
@given(drawn=published)
def test_no_value_for_a_withheld_cell(name, drawn):
    """A value stands only on cells that are published; where all are withheld there is none."""
    table = draw(drawn, CASES[name][0], name)
    counts = (table.shown["unit"] != "PC").to_numpy()
    hidden = table.shown.assign(
        value=table.shown["value"].where(~counts), conf=np.where(counts, "C", "")
    )
    hidden = tidy({c: hidden[c].to_numpy() for c in table.truth.columns})
    out = ask(name, hidden[hidden["unit"] != "PC"])
    if not isinstance(out, SmeStatsError):
        open_ = ~(out["upper"] - out["lower"] <= 1e-9)
        assert out.loc[open_.to_numpy(), "value"].isna().all()
        assert (out.loc[out["value"].isna(), "conf"] == "C").all()


@some
@given(drawn=published)
def test_bounds_hold_the_table(drawn):
    table = draw(drawn, structural)
    before = table.shown.copy(deep=True)
    out = bounds(table.shown)
    pd.testing.assert_frame_equal(table.shown, before)
    pd.testing.assert_series_equal(out["value"], table.shown["value"])
    check_result(out.assign(value=np.nan))  # a figure rounded on its own may lie outside
    check_truth(out, table.truth.assign(lower=table.truth["value"], upper=table.truth["value"]))
    assert contradictions(table.shown).empty, "the table itself meets every rule"


@some
@given(drawn=published)
def test_audit_finds_nothing_where_nothing_is_wrong_and_what_is(drawn):
    table = draw((drawn[0], drawn[1], 0, drawn[3]), structural)
    before = table.shown.copy(deep=True)
    found = audit(table.shown)
    pd.testing.assert_frame_equal(table.shown, before)
    assert set(found["check"]) <= {"jump"}  # no sum and no average is off
    assert class_sums(table.shown).empty
    at = (table.truth["measure"] == "turnover") & (table.truth["size"] == "TOTAL")
    at &= (table.truth["nace"] == "C") & (table.truth["geo"] == "DE")
    wrong = table.truth.assign(value=table.truth["value"] + 100 * at)
    said = audit(wrong)
    assert {"size", "nace"} <= set(said["check"])
    assert said.loc[said["check"] == "size", "cell"].str.contains("nace=C geo=DE").all()


def results(table):
    """Shares of one measure and activity: what comparisons take."""
    frame = table.shown[(table.shown["nace"] == "C")]
    try:
        return size_share(frame, "SME", "persons_employed"), size_structure(
            frame, "persons_employed"
        )
    except SmeStatsError as refused:
        assert str(refused)
        return None


OPTIONS = {"distance": {"reference": "DE"}, "peers": {"geo": "DE"},
           "convergence": {"start": 2021, "end": 2023}}  # fmt: skip


@pytest.mark.parametrize("name", COMPARISONS)
@some
@given(drawn=published)
def test_comparisons(name, drawn):
    made = results(draw(drawn, structural))
    if made is None:
        return
    frame = made[1] if name == "peers" else made[0]
    if name != "convergence":
        frame = frame[frame["year"] == 2022]
    before = frame.copy(deep=True)
    answers = []
    for given_frame in (frame, frame.iloc[::-1]):
        try:
            answers.append(compute(name, given_frame, **OPTIONS.get(name, {})))
        except SmeStatsError as refused:
            assert str(refused) and "\n" not in str(refused)
            answers.append(type(refused))
    pd.testing.assert_frame_equal(frame, before)
    if isinstance(answers[0], type):
        assert answers[0] is answers[1]
        return
    check_result(answers[0])
    one, other = (identity(a.drop(columns=["best", "worst"], errors="ignore")) for a in answers)
    columns = ["value", "lower", "upper"]
    pd.testing.assert_frame_equal(one[columns], other.loc[one.index, columns])
    if name == "rank":
        assert (answers[0]["best"] <= answers[0]["worst"]).all()
        assert answers[0]["worst"].max() <= len(answers[0])


@some
@given(drawn=published)
def test_a_linked_series_grows_as_the_old_one_did(drawn):
    table = draw((drawn[0], 0.0, 0, 0.0), structural)
    cells = table.truth[(table.truth["size"] == "TOTAL") & (table.truth["measure"] == "turnover")]
    old = cells[cells["year"] < 2023].assign(value=lambda f: 2 * f["value"])
    new = cells[cells["year"] > 2021].assign(dataset="synthetic_new")
    old, new = (tidy({c: f[c].to_numpy() for c in cells.columns}) for f in (old, new))
    try:
        chained = link(old, new)
    except SmeStatsError as refused:
        assert "common year" in str(refused)
        return
    first = chained[chained["year"] == 2021]
    assert (first["flag"].astype(str).str.contains("b")).all()
    again = cells[cells["year"] == 2021]
    both = first.merge(again, on=["geo", "nace"], suffixes=("", "_true"))
    assert both["value"].to_numpy() == pytest.approx(both["value_true"].to_numpy())
    grown = change(new, link=old)
    assert set(grown.loc[grown["base_year"] == 2021, "flag"].astype(str)) <= {"b"}


@some
@given(drawn=published)
def test_a_partial_aggregate_is_the_sum_of_its_members(drawn):
    table = draw((drawn[0], drawn[1], drawn[2], 0.0), structural)
    out = ask("partial-aggregate", table.shown)
    assert set(out["geo"]) == {"EU27_2020[3/27]"} and set(out["members"]) == {"AT+BE+DE"}
    keys = ["measure", "nace", "size", "year"]
    true = table.truth.groupby(keys, observed=True)["value"].sum()
    for row in out.set_index(keys)[["lower", "value", "upper"]].itertuples():
        assert row.lower - SLACK <= true[row.Index] <= row.upper + SLACK


@some
@given(drawn=published, row=st.integers(0, 10**6))
def test_bad_input_is_named(drawn, row):
    """A cell twice, a negative count: an error that names the cell, in every indicator."""
    table = draw((drawn[0], 0.0, 0, 0.0), structural, "all")
    frame = table.truth
    at = row % len(frame)
    firms = np.flatnonzero((frame["measure"] == "persons_employed").to_numpy())
    below = frame.assign(value=frame["value"].where(frame.index != firms[row % len(firms)], -5.0))
    twice = concat([frame, frame.iloc[[at]]])
    place = f"geo={frame['geo'].iloc[at]}"
    for name, (make, adapt, _) in CASES.items():
        if make is not structural or adapt is not same or name == "coverage":
            continue
        refused = ask(name, below)
        if isinstance(refused, pd.DataFrame):
            assert name in USES_NO_PERSONS, name
        else:
            assert "-5" in str(refused) and "geo=" in str(refused), (name, str(refused))
        doubled = ask(name, twice)
        if isinstance(doubled, IncoherentError):
            assert place in str(doubled), (name, str(doubled))
    for analysis in (bounds, audit, change):
        with pytest.raises(SmeStatsError, match=place):
            analysis(twice)


#: Indicators that persons employed are no part of.
USES_NO_PERSONS = {"sme-density", "wage-share", "gross-operating-rate", "pareto-tail"}
