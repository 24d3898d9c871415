"""One-person firms by country, as business demography counts them: without employees."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import observations, options, single, unique
from sme_stats.plotting.numbers import fit
from sme_stats.plotting.orders import sort
from sme_stats.plotting.ranks import draw
from sme_stats.plotting.words import place, say


def one_person(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Dot plot of the share of active enterprises without employees by country, in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of `without_employees`, one year; a partial aggregate may be among the places.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own by default.
    **opts
        As for `ranking`.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError, NotAvailableError
        As `ranking`.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import without_employees
    >>> one_person(without_employees(load("bd_size", year=2023))).title.replace("\\xa0", " ")
    'Most enterprises have no employees in 15 of 19 countries: from 37.6 % (Germany) to 82.1 % \
(Czechia)'
    """
    chosen = options("one_person", opts)
    rows = observations(frame, "one_person")
    single(rows, "one_person", "measure", "unit", "size", "year")
    unique(rows, "one_person", ["geo"])
    if rows["size"].iloc[0] != "0":  # 0-1 persons employed, or sole proprietors: another idea
        return draw(frame, rows, ax, chosen)
    title = _most(rows, chosen.lang)
    return draw(frame, rows, ax, chosen, title, say(chosen.lang, "zero_note"))


def _most(rows: pd.DataFrame, lang: str) -> str:
    """Say in how many countries more than half of the enterprises have no employees."""
    ranks = sort(rows, "value")
    known = ranks.known
    fmt = fit(rows["value"], "PC", lang)
    if known.empty:
        return ""
    high, low = known.iloc[0], known.iloc[-1]
    parts = {
        "high": place(high["geo"], lang), "a": fmt.text(high["value"]),
        "low": place(low["geo"], lang), "b": fmt.text(low["value"]),
    }  # fmt: skip
    if len(known) == 1 and ranks.hidden.empty:
        return say(lang, "one_one", **parts | {"high": place(high["geo"], lang, inside=True)})
    countries = pd.concat([known, ranks.hidden])
    n = int((countries["lower"] > 50).sum())
    sure = ranks.hidden.empty and not ((countries["lower"] <= 50) & (countries["upper"] > 50)).any()
    return say(lang, "one_title" if sure else "one_hedged", n=n, m=len(countries), **parts)
