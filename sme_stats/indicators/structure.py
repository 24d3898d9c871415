"""Structure beside shares: density, one-person firms in their three meanings, small mid-caps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import IncoherentError, MixingError, NotAvailableError, UnknownNameError
from sme_stats.frame import codes, concat, describe, intervals, require, select, tidy
from sme_stats.indicators.alike import hidden
from sme_stats.indicators.ratios import ratio
from sme_stats.indicators.shares import size_level, size_share
from sme_stats.loading import load
from sme_stats.uncertainty.cube import from_bits, to_bits
from sme_stats.uncertainty.intervals import divide, keep_inside

#: The three ideas of a one-person firm and what each needs.
ONE_PERSON = {
    "no employees": ("active_enterprises", "0", "bd_size, bd_9bd_sz_cl_r2"),
    "0-1 persons employed": ("enterprises", "0_1", "sbs_sc_ovw"),
    "sole proprietor": ("active_enterprises", "", "bd_l_form, bd_9ac_l_form_r2"),
}
#: Legal forms of business demography that are one person's own.
_SOLE = "ENT_SOLE"


def sme_density(
    frame: pd.DataFrame, population: pd.DataFrame | None = None, size: str = "SME"
) -> pd.DataFrame:
    """Number of SMEs per 1,000 inhabitants.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises by size.
    population : pandas.DataFrame, optional
        Cells of demo_pjan: inhabitants on 1 January, total of age and sex. By default loaded for
        the places and years of `frame`, from the store or Eurostat.
    size : str
        Class or range as for `size_share`.

    Returns
    -------
    pandas.DataFrame
        Measure ``sme_density``, unit ``PER_1000``, for places and years that both have; vintages
        are those of the enterprises.

    Raises
    ------
    NotAvailableError
        If no place and year is in both frames.
    MixingError
        If the second frame is not of inhabitants.
    IncoherentError
        If a place and year has several counts of inhabitants.

    Examples
    --------
    Inhabitants of Italy as Eurostat's demo_pjan gives them (30 May 2026):

    >>> from sme_stats import load, read
    >>> people = read(b"freq,unit,age,sex,geo\\\\TIME_PERIOD\\t2023 \\n"
    ...               b"A,NR,TOTAL,T,IT\\t58997201 \\n", dataset="demo_pjan", vintage="2026-05-30")
    >>> out = sme_density(load("sbs_sc_ovw", geo="IT", year=2023), people)
    >>> float(out["value"].round(1).iloc[0])
    78.3
    """
    firms = size_level(frame, size, "enterprises")
    if population is None:
        years = sorted({int(y) for y in firms["year"]})
        population = load("demo_pjan", geo=codes(firms["geo"]), year=years, age="TOTAL", sex="T")
    require(population, "measure", "geo", "year", "value", "flag")
    if codes(population["measure"]) != ["population"]:
        raise MixingError(
            f"the second frame holds {', '.join(codes(population['measure']))}; a density needs "
            "inhabitants: cells of demo_pjan"
        )
    people = population
    for column in ("age", "sex"):
        if column in people.columns:
            total = "TOTAL" if column == "age" else "T"
            people = people[people[column].astype(str) == total]
    doubled = people.duplicated(["geo", "year"]).to_numpy()
    if doubled.any():
        row = people[doubled].iloc[0]
        raise IncoherentError(
            f"{describe(row, ['geo', 'year'])} has several counts of inhabitants; keep one "
            "vintage, age TOTAL and sex T"
        )
    heads = people[["geo", "year", "value", "flag"]]
    heads = heads.assign(low=intervals(people)[0], high=intervals(people)[1])
    left = firms.assign(_row=np.arange(len(firms)))
    pairs = left.merge(heads, on=["geo", "year"], suffixes=("", "_people"))
    if pairs.empty:
        raise NotAvailableError("no place and year is in both the enterprises and the population")
    rows = firms.iloc[pairs["_row"].to_numpy()]
    lower, upper = divide(intervals(rows), (pairs["low"].to_numpy(), pairs["high"].to_numpy()))
    bits = to_bits(rows["flag"]) | to_bits(pairs["flag_people"])
    inhabitants = pairs["value_people"].where(pairs["value_people"] > 0).to_numpy()
    value = rows["value"].to_numpy() / inhabitants
    return tidy({str(c): rows[c].array for c in rows.columns} | {
        "measure": np.full(len(rows), "sme_density"), "unit": np.full(len(rows), "PER_1000"),
        "value": 1000 * keep_inside(value, lower, upper),
        "lower": 1000 * lower, "upper": 1000 * upper,
        "flag": from_bits(bits), "conf": hidden(value, rows["conf"]),
    })  # fmt: skip


def one_person(frame: pd.DataFrame, meaning: str = "no employees") -> pd.DataFrame:
    """Share of one-person firms, in percent, in one of the three meanings of the word.

    ``no employees``: active enterprises without employees; they may have several working owners.
    ``0-1 persons employed``: class 0_1 of structural business statistics. ``sole proprietor``: a
    legal form, whatever the size. The three differ by a factor of up to two and a half in the same
    country and year; none is a substitute for another.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of a table that has the meaning.
    meaning : {"no employees", "0-1 persons employed", "sole proprietor"}
        Which idea.

    Returns
    -------
    pandas.DataFrame
        As `size_share`; for sole proprietors ``leg_form`` instead of ``size``.

    Raises
    ------
    UnknownNameError
        If there is no such meaning.
    NotAvailableError
        If the frame's table does not have it; names the tables that do.

    Examples
    --------
    >>> from sme_stats import load
    >>> share = one_person(load("bd_size", geo="AT", year=2023))
    >>> float(share["value"].round(1).iloc[0])
    58.6
    >>> one_person(load("bd_size", geo="AT", year=2023), "0-1 persons employed")
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: bd_size does not have '0-1 persons employed'; sbs_sc_ovw \
does
    """
    if meaning not in ONE_PERSON:
        raise UnknownNameError("meaning of a one-person firm", meaning, ONE_PERSON)
    measure, size, where = ONE_PERSON[meaning]
    require(frame, "dataset", "measure")
    if not size:
        return _sole_proprietors(frame, where)
    if measure not in codes(frame["measure"]) or size not in codes(frame["size"]):
        raise NotAvailableError(
            f"{', '.join(codes(frame['dataset']))} does not have {meaning!r}; {where} does"
        )
    return size_share(frame, size, measure)


def _sole_proprietors(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    if "leg_form" not in frame.columns:
        tables = ", ".join(codes(frame["dataset"]))
        raise NotAvailableError(f"{tables} does not have 'sole proprietor'; {where} do")
    cells = select(frame, measure="active_enterprises", leg_form=[_SOLE, "TOTAL"])
    part = cells[cells["leg_form"] == _SOLE].assign(measure="part")
    whole = cells[cells["leg_form"] == "TOTAL"].assign(measure="whole", leg_form=_SOLE)
    out = ratio(concat([part, whole]), "part", "whole", "active_enterprises_share", "PC", 100.0)
    # A part is in its whole, however its figures are rounded.
    return out.assign(upper=out["upper"].clip(upper=100.0), value=out["value"].clip(upper=100.0))


def small_mid_caps(frame: pd.DataFrame, measure: str | None = None) -> pd.DataFrame:
    """Share of small mid-caps, 250 to 749 persons employed, in percent of TOTAL.

    Recommendation (EU) 2025/1099 takes small mid-caps up to 749 persons employed; like `SME` here
    it is headcount only.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of sbs_ovw_smc, whose classes go beyond 250.
    measure : str, optional
        Harmonised measure; by default every additive one.

    Returns
    -------
    pandas.DataFrame
        As `size_share`, size ``250-749``.

    Raises
    ------
    NotAvailableError
        If the frame has no classes beyond 250.

    Examples
    --------
    >>> from sme_stats import load
    >>> small_mid_caps(load("sbs_sc_ovw", geo="DE", year=2023))
    Traceback (most recent call last):
    sme_stats.errors.NotAvailableError: sbs_sc_ovw has no class between 250 and 749 persons \
employed; sbs_ovw_smc does
    """
    require(frame, "dataset", "size")
    spans = [codelists.size_range(code) for code in codes(frame["size"])]
    if not any(s and s.lower == 250 and s.upper is not None for s in spans):
        raise NotAvailableError(
            f"{', '.join(codes(frame['dataset']))} has no class between 250 and 749 persons "
            "employed; sbs_ovw_smc does"
        )
    return size_share(frame, "250-749", measure)
