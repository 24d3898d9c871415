"""Change over time, refused across breaks unless asked for by name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats import catalogue
from sme_stats.errors import BreakError, IncoherentError, NotAvailableError, UnknownNameError
from sme_stats.frame import check, describe, dimensions, intervals, require, tidy
from sme_stats.indicators.linking import link as chain
from sme_stats.uncertainty.cube import BREAK, Array, from_bits, not_blank, to_bits
from sme_stats.uncertainty.intervals import keep_inside
from sme_stats.uncertainty.withheld import bounds

WAYS = ("refuse", "flag")


def change(
    frame: pd.DataFrame, across_breaks: str = "refuse", link: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Change of every series from each of its years to the next at hand, in the series' own unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame; a series is everything but the year.
    across_breaks : {"refuse", "flag"}
        What to do where a break lies between the two years: a cell flagged ``b`` after the first
        year, or a break that the catalogue knows. ``"flag"`` gives the change with flag ``b``.
    link : pandas.DataFrame, optional
        The older series: chained to `frame` at a year that both have (see `link` in
        `sme_stats.indicators.linking`); changes of the chained part carry flag ``b``.

    Returns
    -------
    pandas.DataFrame
        One row a pair of years: measure ending in ``_change``, ``year`` the later and
        ``base_year`` the earlier year; unit PP for percentages, else the series' own. A withheld
        cell leaves no value but the ends that its bounds give.

    Raises
    ------
    BreakError
        If a pair crosses a break; names the series, the year and the reason.
    IncoherentError
        If a cell stands twice, be it in two sources, or a count is negative; names the cell.
    NotAvailableError
        If no series has two years.

    Examples
    --------
    >>> from sme_stats import load
    >>> births = load("bd_9bd_sz_cl_r2", geo="EU27_2020", size="TOTAL", measure="births",
    ...               year=[2019, 2020])
    >>> change(births)[["base_year", "year", "value"]].to_dict("list")
    {'base_year': [2019], 'year': [2020], 'value': [-265802.0]}
    """
    if across_breaks not in WAYS:
        raise UnknownNameError("way to treat breaks", across_breaks, WAYS)
    cells, later, broken = series(frame if link is None else chain(link, frame))
    if link is None and across_breaks == "refuse" and broken.any():
        _refuse(cells, int(later[np.flatnonzero(broken)[0]]))
    if link is not None:  # growth out of a chained year is the old series', and says so
        broken = broken | ((to_bits(cells["flag"])[later - 1] & BREAK) > 0)
    return _differences(cells, later, broken)


def series(frame: pd.DataFrame) -> tuple[pd.DataFrame, Array, Array]:
    """Order cells by series and year.

    Returns
    -------
    tuple
        The ordered cells; the rows that follow another year of their series; and which of those
        a break separates from it.

    Raises
    ------
    NotAvailableError
        If no series has two years.
    """
    require(frame, "dataset", "measure", "unit", "flag", "conf")
    check(frame)
    if not_blank(frame["conf"]).any():
        frame = bounds(frame)
    keys = [d for d in dimensions(frame) if d != "year"]
    cells = frame.sort_values([*keys, "year"]).reset_index(drop=True)
    _refuse_sources(cells, [*keys, "year"])
    later = np.flatnonzero(cells.duplicated(keys))
    if not len(later):
        raise NotAvailableError("no series has two years; a change needs both")
    return cells, later, broken_pairs(cells, later)


def _refuse_sources(cells: pd.DataFrame, keys: list[str]) -> None:
    """Two sources that print one cell are two figures; their difference is no change."""
    twice = cells.duplicated(keys).to_numpy()
    if twice.any():
        second = int(np.flatnonzero(twice)[0])
        first, other = cells["source"].iloc[[second - 1, second]]
        raise IncoherentError(
            f"{describe(cells.iloc[second], keys)} stands in two sources, {first} and {other}: "
            "their difference is no change over time, so keep one"
        )


def broken_pairs(cells: pd.DataFrame, later: Array) -> Array:
    """Pairs with a break after the earlier and up to the later year."""
    flagged = (to_bits(cells["flag"])[later] & BREAK) > 0
    year = cells["year"].to_numpy()
    known = np.zeros(len(later), dtype=bool)
    geo = cells["geo"].astype(str).to_numpy()[later]
    dataset = cells["dataset"].astype(str).to_numpy()[later]
    for code in np.unique(dataset):
        flow = catalogue.entries().get(str(code))
        for broke in flow.breaks if flow else ():
            here = (dataset == code) & ((geo == broke.geo) | (broke.geo == "*"))
            known |= here & (year[later - 1] < broke.year) & (year[later] >= broke.year)
    out: Array = flagged | known
    return out


def _refuse(cells: pd.DataFrame, row: int) -> None:
    keys = [d for d in dimensions(cells) if d not in ("vintage", "indic", "unit")]
    now, before = cells.iloc[row], cells.iloc[row - 1]
    flow = catalogue.entries().get(str(now["dataset"]))
    reasons = [
        b.why for b in (flow.breaks if flow else ())
        if b.geo in ("*", now["geo"]) and before["year"] < b.year <= now["year"]
    ]  # fmt: skip
    why = reasons[0] if reasons else f"the cell of {now['year']} carries the flag b"
    raise BreakError(
        f"{describe(now, keys)}: a break "
        f"lies between {before['year']} and {now['year']} ({why}); the change would mix two "
        'definitions. across_breaks="flag" gives it, flagged b'
    )


def _differences(cells: pd.DataFrame, later: Array, broken: Array) -> pd.DataFrame:
    now, before = cells.iloc[later], cells.iloc[later - 1]
    low_now, high_now = intervals(now)
    low_before, high_before = intervals(before)
    bits = to_bits(now["flag"]) | (to_bits(before["flag"]) & ~BREAK)
    bits = bits | np.where(broken, BREAK, np.uint16(0))
    columns = {c: now[c].array for c in dimensions(cells)}
    columns |= {"source": now["source"].array} if "source" in cells.columns else {}
    unit = now["unit"].astype(str)
    value = now["value"].to_numpy() - before["value"].to_numpy()
    lower, upper = low_now - high_before, high_now - low_before
    hidden = not_blank(now["conf"]) | not_blank(before["conf"])
    return tidy(columns | {
        "measure": (now["measure"].astype(str) + "_change").to_numpy(),
        "unit": unit.where(unit != "PC", "PP").to_numpy(),
        "base_year": before["year"].to_numpy(), "value": keep_inside(value, lower, upper),
        "lower": lower, "upper": upper,
        "flag": from_bits(bits), "conf": np.where(np.isnan(value) & hidden, "C", ""),
    })  # fmt: skip
