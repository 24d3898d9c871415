"""Convergence: growth of each country against where it started, and the slope of the two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sme_stats.frame import intervals
from sme_stats.indicators import spread
from sme_stats.indicators.alike import countries
from sme_stats.plotting import alt, clouds, notes
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.clouds import Line, Point
from sme_stats.plotting.inputs import drawn, observations, options
from sme_stats.plotting.keys import state_keys
from sme_stats.plotting.numbers import Format, fit, number
from sme_stats.plotting.words import place, quantity, say

#: Decimals of sigma and beta at least and at most.
_FEWEST, _MOST = 3, 7
#: Places named at either end in the alt text.
_ENDS = 3


def convergence(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    start: int | None = None,
    end: int | None = None,
    **opts: object,
) -> Chart:
    """Annual growth of each country over its starting value, with the slope of beta convergence.

    The horizontal axis is logarithmic, growth is the log growth a year in percent, so that the
    slope of the line is 100 times beta of `sme_stats.indicators.spread.convergence`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of any indicator over years: one measure, population, size and vintage.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    start, end : int, optional
        The two years; by default the first and the last of the frame.
    **opts
        ``lang``, ``width``, ``title``. Dots are always labelled by the codes of countries.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn, both years of each country.

    Raises
    ------
    NotAvailableError
        If fewer than three countries have both years without a break.
    MixingError
        If the frame has several measures, populations, sizes or vintages.
    UsageError
        If the years are not in order.

    Examples
    --------
    >>> from sme_stats import load, size_share
    >>> shares = size_share(load("sbs_sc_ovw", year=[2022, 2024]), "SME", "persons_employed")
    >>> convergence(shares).title
    'No sign that the SME share of persons employed converged from 2022 to 2024: the 95 % interval \
of beta contains zero'
    """
    chosen = options("convergence", opts)
    cells = observations(frame, "convergence")
    years = (int(cells["year"].min()) if start is None else start,
             int(cells["year"].max()) if end is None else end)  # fmt: skip
    stats = spread.convergence(cells, *years)
    before, after = spread.pairs(cells, *years)
    lang, row = chosen.lang, after.iloc[0]
    what = quantity(str(row["measure"]), str(row["size"]), lang)
    unit = str(row["unit"])
    fmt = fit([*before["value"], *after["value"]], unit, lang)
    points = _points(before, after, years[1] - years[0])
    growth = fit([p.y for p in points], "PC", lang)
    beta = stats.iloc[2]
    title = chosen.title or _finding(beta, what, years, lang)
    kept = pd.concat([before, after])
    said = say(lang, "convergence_what", what=what)
    subtitle = notes.subtitle(said, unit, fmt, kept, lang)
    remarks = _remarks(stats, cells, [p.code for p in points], years, lang)
    note = notes.note(kept, lang, *remarks)
    axes = (say(lang, "convergence_x", what=what, y0=years[0]),
            say(lang, "convergence_y", y0=years[0], y1=years[1]))  # fmt: skip
    line = _line(points, beta)
    states = state_keys(kept, lang)
    text = (title, subtitle, note)
    drawn_on = clouds.plot(ax, chosen, points, line, states, (fmt, growth), text, axes)
    spoken = " ".join([alt.sentence(title), say(lang, "alt_cloud", n=len(points), x=axes[0],
                       y=axes[1]), *_told(points, growth, lang), *remarks[:2],
                       *_light(points, lang)])  # fmt: skip
    order = [i for pair in zip(before.index, after.index, strict=True) for i in pair]
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells.loc[order]), lang)


def _points(before: pd.DataFrame, after: pd.DataFrame, years: int) -> list[Point]:
    """Each country's start and annual log growth in percent, with what both leave open."""
    first, last = (rows["value"].to_numpy(dtype=float) for rows in (before, after))
    (low0, high0), (low1, high1) = intervals(before), intervals(after)
    with np.errstate(divide="ignore"):
        grown, least, most = (
            100 * (np.log(b) - np.log(a)) / years
            for a, b in ((first, last), (high0, low1), (low0, high1))
        )
    flags = before["flag"].to_numpy() + after["flag"].to_numpy()
    points = []
    for n, geo in enumerate(before["geo"].astype(str)):
        known, letters = (a[n] for a in (first, low0, high0, grown, least, most)), set(flags[n])
        x, x_low, x_high, y, y_low, y_high = map(float, known)
        other = "".join(sorted(letters - {"p"}))
        points.append(Point(geo, x, x_low, x_high, y, y_low, y_high, other, "p" in letters))
    return points


def _line(points: list[Point], beta: pd.Series[Any]) -> Line | None:
    """The least-squares line from the lowest start to the highest; None without a slope."""
    slope = 100 * float(beta["value"])
    if math.isnan(slope):
        return None
    x = np.log([p.x for p in points])
    level = float(np.mean([p.y for p in points])) - slope * float(x.mean())
    ends = float(x.min()), float(x.max())
    there = (math.exp(ends[0]), math.exp(ends[1]))
    return Line(there, (level + slope * ends[0], level + slope * ends[1]), _sure(beta))


def _sure(beta: pd.Series[Any]) -> bool:
    return bool(beta["lower"] > 0 or beta["upper"] < 0)


def _finding(beta: pd.Series[Any], what: str, years: tuple[int, int], lang: str) -> str:
    """Say whether the low grew faster, the high did, or that it is not known."""
    value = float(beta["value"])
    key = "none" if not _sure(beta) else "low" if value < 0 else "high"
    key = "alike" if math.isnan(value) else key
    return say(lang, f"convergence_{key}", what=what, y0=years[0], y1=years[1])


def _remarks(
    stats: pd.DataFrame, cells: pd.DataFrame, members: list[str], years: tuple[int, int], lang: str
) -> list[str]:
    """Beta and sigma with their intervals, who is in it and who is not."""
    before, after, beta = (row for _, row in stats.iterrows())
    rests = say(lang, "convergence_sigma", a=_ranged(before, lang), b=_ranged(after, lang),
                y0=years[0], y1=years[1])  # fmt: skip
    if math.isnan(float(beta["value"])):
        slope = say(lang, "convergence_no_beta")
    else:
        low, high = _format(beta, lang).ends(float(beta["lower"]), float(beta["upper"]))
        shown = number(float(beta["value"]), lang, _digits(beta))
        slope = say(lang, "convergence_beta", a=shown, low=low, high=high)
    there = countries(cells)
    there = there[there["year"].isin(years)]
    out = sorted(set(there["geo"]) - set(members))
    named = say(lang, "convergence_members", n=len(members), places=", ".join(members))
    left = say(lang, "convergence_left", places=", ".join(out)) if out else ""
    return [slope, rests, named, left]


def _digits(row: pd.Series[Any]) -> int:
    """Decimals so that no end of an interval, rounded outwards, becomes zero."""
    ends = [abs(float(row[c])) for c in ("value", "lower", "upper")]
    least = min((e for e in ends if 0 < e < math.inf), default=1.0)
    return min(_MOST, max(_FEWEST, math.ceil(-math.log10(least))))


def _format(row: pd.Series[Any], lang: str) -> Format:
    return Format(lang, 1.0, _digits(row), "", "RATIO")


def _ranged(row: pd.Series[Any], lang: str) -> str:
    """A value, and the interval of it where rounding leaves one."""
    low, value, high = (float(row[c]) for c in ("lower", "value", "upper"))
    shown = _format(row, lang).text(value)
    if not low < high or math.isinf(high):
        return shown
    return f"{shown} ({_format(row, lang).span(low, high)})"


def _told(points: list[Point], fmt: Format, lang: str) -> list[str]:
    """Who grew most and least, for the alt text; all of few."""
    order = sorted(points, key=lambda p: -p.y)
    named = [f"{place(p.code, lang)} {fmt.text(p.y)}" for p in order]
    if len(named) <= 2 * _ENDS:
        return [say(lang, "alt_grown", high=", ".join(named))]
    return [say(lang, "alt_grown_ends", high=", ".join(named[:_ENDS]),
                low=", ".join(named[-_ENDS:][::-1]))]  # fmt: skip


def _light(points: list[Point], lang: str) -> list[str]:
    names = ", ".join(place(p.code, lang) for p in points if p.light)
    return [say(lang, "alt_provisional", places=names)] if names else []
