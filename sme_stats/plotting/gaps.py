"""Productivity gap: value added per person in SMEs and in large enterprises, one row a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.frame import codes
from sme_stats.plotting import alt, notes
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.dumbbells import LARGE, SMALL, Row, plot, shows, times
from sme_stats.plotting.inputs import Options, drawn, extremes, observations, options, unique
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.words import is_aggregate, place, say

_LEVEL, _RATIO = "labour_productivity", "productivity_gap"
#: More rows than this are told by their extremes.
_MOST = 6


def productivity_gap(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Two dots a row: value added per person employed in SMEs and in large enterprises.

    A row is a place, an activity or a year, whichever varies; beside it stands the ratio. A value
    that rests on a withheld cell is a hatched bar, an interval left by rounding a bar at its dot.

    Parameters
    ----------
    frame : pandas.DataFrame
        Results of `labour_productivity` for ``"SME"`` and ``"large"``, one under the other; with
        the result of the indicator `productivity_gap` among them the ratios are written too.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``labels``, ``order`` (by the ratio, or as codelists list
        them; years always stand in their order).

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    NotAvailableError
        If the frame has no labour productivity of both sizes.
    MixingError
        If more than one of place, activity and year varies, or two rows stand for one mark.

    Examples
    --------
    Manufacturing in Italy, national table of ISTAT:

    >>> from sme_stats import load
    >>> from sme_stats.frame import concat
    >>> from sme_stats.indicators import productivity as of
    >>> cells = load("releases", dataset="istat_sbs", nace="C", year=[2008, 2023])
    >>> levels = [of.labour_productivity(cells, size) for size in ("SME", "large")]
    >>> chart = productivity_gap(concat([*levels, of.productivity_gap(cells)]))
    >>> chart.title
    'Value added per person in large enterprises was 1.64 times that in SMEs in 2008 and 1.76 \
times in 2023, Italy'
    """
    chosen = options("productivity_gap", opts)
    cells = observations(frame, "productivity_gap")
    cells = cells[cells["measure"].isin([_LEVEL, _RATIO])]
    cells = cells[(cells["measure"] == _RATIO) | cells["size"].isin([SMALL, LARGE])]
    _check(cells)
    axis = _axis(cells)
    lang = chosen.lang
    rows = _rows(cells, axis, chosen)
    cells = pd.concat([cells[cells[axis].astype(str) == row.code] for row in rows])
    levels = cells[cells["measure"] == _LEVEL]
    fmt = fit([*levels["value"], *levels["lower"], *levels["upper"]], levels["unit"].iloc[0], lang)
    ratio = Format(lang, 1.0, 2, "", "RATIO")
    title = chosen.title or _finding(rows, axis, ratio, lang)
    what = _what(cells, axis, lang)
    subtitle = notes.subtitle(what, levels["unit"].iloc[0], fmt, cells, lang)
    note = notes.note(cells, lang, *_remarks(cells, fmt, lang))
    short = replace(fmt, suffix="")
    drawn_on = plot(ax, chosen, rows, (short, ratio), (title, subtitle, note))
    unit = notes.unit_name(levels["unit"].iloc[0], lang, fmt)
    spoken = " ".join([
        alt.sentence(title),
        say(lang, "alt_gap", what=what, years=notes.years(cells), unit=unit),
        *(_told(row, short, ratio, lang) for row in _some(rows, axis)),
    ])  # fmt: skip
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells), lang)


def _check(cells: pd.DataFrame) -> None:
    levels = cells[cells["measure"] == _LEVEL]
    for size, name in ((SMALL, "SME"), (LARGE, "large")):
        if not (levels["size"] == size).any():
            raise NotAvailableError(
                f"productivity_gap needs labour productivity of both sizes, and the frame has none "
                f"of {size}; add indicators.productivity.labour_productivity(cells, {name!r})"
            )
    unique(cells, "productivity_gap", ["measure", "size", "geo", "nace", "year"])


def _axis(cells: pd.DataFrame) -> str:
    varying = [c for c in ("geo", "nace", "year") if cells[c].nunique() > 1]
    if len(varying) > 1:
        raise MixingError(
            f"productivity_gap has rows of one kind, and both {' and '.join(varying)} vary; keep "
            f'one with frame[frame["{varying[0]}"] == "{cells[varying[0]].iloc[0]}"]'
        )
    return varying[0] if varying else "geo"


def _rows(cells: pd.DataFrame, axis: str, chosen: Options) -> list[Row]:
    """Rows from the top: years as they come; else aggregates, then by the ratio or as listed."""
    found = []
    for code in codes(cells[axis].astype(str)):
        here = cells[cells[axis].astype(str) == code]
        levels = here[here["measure"] == _LEVEL]
        by_size = {str(r["size"]): r for _, r in levels.iterrows()}
        ratios = here[here["measure"] == _RATIO]
        found.append(Row(code, _label(code, axis, chosen), by_size,
                         ratios.iloc[0] if len(ratios) else None))  # fmt: skip
    if axis == "year":
        return sorted(found, key=lambda row: int(row.code))
    listed = {code: n for n, code in enumerate(codelists.table(axis.upper()))}

    def key(row: Row) -> tuple[bool, float, int, str]:
        value = float(row.ratio["value"]) if row.ratio is not None else float("nan")
        rank = -value if value == value and chosen.order == "value" else 0.0
        apart = axis == "geo" and is_aggregate(row.code)
        return not apart, rank, listed.get(row.code.split("[")[0], 999), row.code

    return sorted(found, key=key)


def _label(code: str, axis: str, chosen: Options) -> str:
    if axis == "nace":
        return codelists.label("NACE", code, chosen.lang)
    return chosen.mark(code) if axis == "geo" else code


def _what(cells: pd.DataFrame, axis: str, lang: str) -> str:
    what = say(lang, "gap_what")
    return what if axis == "geo" else f"{what}, {place(str(cells['geo'].iloc[0]), lang)}"


def _finding(rows: Sequence[Row], axis: str, ratio: Format, lang: str) -> str:
    known = [row for row in rows if row.ratio is not None and row.ratio["value"] > 0]
    if not known:
        return say(lang, "gap_none")
    ratios = pd.DataFrame([row.ratio for row in known])
    first, last = ratios.iloc[0], ratios.iloc[-1]
    if len(known) == 1:
        return say(lang, "gap_one", r=times(first, ratio), year=first["year"],
                   place=place(str(first["geo"]), lang, inside=True))  # fmt: skip
    if axis == "year":
        return say(lang, "gap_years", a=times(first, ratio), y0=first["year"],
                   b=times(last, ratio), y1=last["year"],
                   place=place(str(first["geo"]), lang))  # fmt: skip
    high, low = extremes(ratios)
    names = {row.code: _label(row.code, axis, Options(lang=lang)) for row in known}
    return say(lang, "gap_most", a=times(high, ratio), high=names[str(high[axis])],
               b=times(low, ratio), low=names[str(low[axis])])  # fmt: skip


def _remarks(cells: pd.DataFrame, fmt: Format, lang: str) -> list[str]:
    known = cells["value"].notna()
    levels = cells["measure"] == _LEVEL
    told = {
        "ratio_note": (~levels).any(),
        "sme_note": True,
        "rounded_note": shows(cells[levels], fmt),
        "provisional_note": (known & cells["flag"].str.contains("p")).any(),
    }
    return [say(lang, key) for key, there in told.items() if there]


def _some(rows: Sequence[Row], axis: str) -> list[Row]:
    """Rows to tell of: all where few, the first and last years, or either end."""
    if len(rows) <= _MOST:
        return list(rows)
    return [rows[0], rows[-1]] if axis == "year" else [*rows[:2], *rows[-2:]]


def _told(row: Row, fmt: Format, ratio: Format, lang: str) -> str:
    small, large = (
        alt.told(row.levels[size], fmt, lang) if size in row.levels else say(lang, "no_data")
        for size in (SMALL, LARGE)
    )
    shown = say(lang, "no_data")
    if row.ratio is not None:
        known = float(row.ratio["value"]) > 0
        shown = times(row.ratio, ratio) if known else alt.told(row.ratio, ratio, lang)
    return say(lang, "alt_gap_row", label=row.label, a=small, b=large, r=shown)
