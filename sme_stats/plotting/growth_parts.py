"""Contributions of size classes to growth, one row a year or a place."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.plotting import diverging, notes, style
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.diverging import Row, signed
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.numbers import fit
from sme_stats.plotting.words import place, quantity, say, size_counted, size_label

_REST, _ENDING = "UNALLOCATED", "_contribution"
#: What the classes leave out below this, in points, is not drawn.
_NOTHING = 5e-4


def contributions(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Bars of what each size class contributed to the growth of TOTAL, in percentage points.

    One row a pair of years of one place, or one row a place. What adds stands to the right of
    zero, what takes to the left; the diamond is the growth, to which the bars add up.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of the indicator `contributions` for one measure.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``order``, ``labels``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    NotAvailableError
        If no row is a contribution.
    MixingError
        If there are several measures, or both places and years vary.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators import dynamics
    >>> cells = load("sbs_sc_ovw", geo="IT", measure="enterprises", year=[2022, 2023])
    >>> contributions(dynamics.contributions(cells)).title.replace("\\xa0", " ")
    'The number of enterprises in Italy grew by 0.83 % from 2022 to 2023; 0–9 persons \
employed contributed most, +0.65 points'
    """
    chosen = options("contributions", opts)
    cells = observations(frame, "contributions")
    cells = cells[cells["measure"].str.endswith(_ENDING) & cells["value"].notna()]
    if cells.empty:
        raise NotAvailableError(
            "contributions draws the result of the indicator of that name, and the frame has none"
        )
    single(cells, "contributions", "measure", "dataset")
    unique(cells, "contributions", ["geo", "year", "size"])
    if cells["geo"].nunique() > 1 and cells["year"].nunique() > 1:
        raise MixingError(
            "contributions has one row a place or one row a year, and both vary; keep one with "
            f'frame[frame["year"] == {cells["year"].max()}]'
        )
    lang = chosen.lang
    if (cells.loc[cells["size"] == _REST, "value"].abs() < _NOTHING).all():
        cells = cells[cells["size"] != _REST]
    rows, keys = _rows(cells, chosen)
    cells = pd.concat([cells.loc[key] for key in keys])
    fmt = fit(cells["value"], "PP", lang)
    what = quantity(cells["measure"].iloc[0].removesuffix(_ENDING), "TOTAL", lang)
    title = chosen.title or _finding(rows, what, lang)
    looks = _looks(cells, lang)
    where = cells["geo"].nunique() == 1
    said = say(lang, "contributions_what", what=what)
    about = f"{said}, {place(cells['geo'].iloc[0], lang)}" if where else said
    subtitle = notes.subtitle(about, "PP", fmt, cells, lang)
    remarks = [say(lang, "contributions_note")]
    if _REST in looks:
        remarks.append(say(lang, "unallocated_note"))
    note = notes.note(cells, lang, *remarks)
    growth = fit([float(r.total["value"]) for r in rows], "PC", lang)
    drawn_on = diverging.plot(ax, chosen, rows, looks, (fmt, growth), (title, subtitle, note))
    spoken = diverging.spoken(title, said, notes.years(cells), rows, looks, fmt, lang)
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells), lang)


def _rows(cells: pd.DataFrame, chosen: Options) -> tuple[list[Row], list[list[int]]]:
    """Rows from the top, years in their order, places by growth; and the frame's rows of each."""
    axis = "geo" if cells["geo"].nunique() > 1 else "year"
    found = []
    for code, part in cells.groupby(axis, sort=True, observed=True):
        by_size = {str(cell["size"]): cell for _, cell in part.iterrows()}
        if "TOTAL" not in by_size:
            continue
        total = by_size.pop("TOTAL")
        base = int(total["base_year"]) if "base_year" in part.columns else int(total["year"]) - 1
        label = chosen.mark(str(code)) if axis == "geo" else f"{base}–{code}"
        order = sorted(by_size, key=_smallest)
        found.append((Row(label, {s: by_size[s] for s in order}, total), list(part.index)))
    if axis == "geo" and chosen.order == "value":
        found.sort(key=lambda pair: -float(pair[0].total["value"]))
    return [row for row, _ in found], [index for _, index in found]


def _smallest(code: str) -> tuple[bool, int]:
    span = codelists.size_range(code)
    return span is None, span.lower if span else 0


def _looks(cells: pd.DataFrame, lang: str) -> dict[str, tuple[str, str]]:
    present = sorted({s for s in cells["size"] if s not in ("TOTAL", _REST)}, key=_smallest)
    colours = style.class_colours(present)
    looks = {code: (colours[code], size_label(code, lang)) for code in present}
    if (cells["size"] == _REST).any():
        looks[_REST] = (style.REST, say(lang, "unallocated"))
    return looks


def _finding(rows: Sequence[Row], what: str, lang: str) -> str:
    """Say how the last year (or the place that moved most) grew, and what moved it most."""
    places = len({str(row.total["geo"]) for row in rows}) > 1
    row = max(rows, key=lambda r: abs(float(r.total["value"]))) if places else rows[-1]
    value = float(row.total["value"])
    sized = {c: p for c, p in row.parts.items() if c != _REST}
    # Of the classes that went the way of the whole; where none did, the one that moved most.
    code, part = max(sized.items(), key=lambda i: float(i[1]["value"]) * (1 if value >= 0 else -1))
    percent = fit([value], "PC", lang)
    points = fit([float(p["value"]) for p in row.parts.values()], "PP", lang)
    base = int(row.total.get("base_year", int(row.total["year"]) - 1))
    return say(lang, "contributions_grew" if value >= 0 else "contributions_fell", what=what,
               place=place(str(row.total["geo"]), lang, inside=True), a=percent.text(abs(value)),
               y0=base, y1=int(row.total["year"]), b=signed(float(part["value"]), points),
               size=size_counted(code, str(part["dataset"]), lang))  # fmt: skip
