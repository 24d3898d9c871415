"""Shift-share: why a share moved, within sectors or by their weights; one row a place."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.errors import NotAvailableError
from sme_stats.plotting import diverging, notes, style
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.diverging import Row, signed
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.numbers import fit
from sme_stats.plotting.words import place, quantity, say

#: Parts in the order drawn, with their colours.
PARTS = {"within": style.CLASSES[3], "composition": style.LARGE}


def shift_share(
    frame: pd.DataFrame, ax: Axes | None = None, measure: str = "persons_employed", **opts: object
) -> Chart:
    """Bars of the within-sector and composition parts of a share's change, in percentage points.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of `decompose_share`, of one size and pair of years, one or several places.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    measure : str
        What the share is of, for the words.
    **opts
        ``lang``, ``width``, ``title``, ``order``, ``labels``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    NotAvailableError
        If the frame has no such parts.
    MixingError
        If there are several sizes or years, or two rows for one part of a place.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame([
    ...     {"dataset": "synthetic_sections", "measure": m, "unit": "PP", "size": "0-249",
    ...      "geo": "DE", "year": 2023, "base_year": 2022, "value": v}
    ...     for m, v in (("within", -4.2), ("composition", 5.8), ("total", 1.6))])
    >>> shift_share(parts).title.replace("\\xa0", " ")
    'The SME share of persons employed in Germany changed by +1.6 points from 2022 to 2023, \
mostly by the weight of sectors (+5.8 points)'
    """
    chosen = options("shift_share", opts)
    cells = observations(frame, "shift_share")
    cells = cells[cells["measure"].isin([*PARTS, "total"])]
    if cells.empty:
        raise NotAvailableError(
            "shift_share draws the result of decompose_share, and the frame has none of its parts"
        )
    single(cells, "shift_share", "size", "year", "dataset")
    unique(cells, "shift_share", ["geo", "measure"])
    lang = chosen.lang
    rows = _rows(cells, chosen)
    what = quantity(f"{measure}_share", cells["size"].iloc[0], lang)
    fmt = fit(cells["value"], "PP", lang)
    title = chosen.title or _finding(rows, what, lang)
    said = say(lang, "shift_what", what=what)
    subtitle = notes.subtitle(said, "PP", fmt, cells, lang)
    note = notes.note(cells.assign(nace=""), lang, say(lang, "shift_note"))
    looks = {code: (colour, say(lang, f"shift_{code}")) for code, colour in PARTS.items()}
    drawn_on = diverging.plot(ax, chosen, rows, looks, (fmt, fmt), (title, subtitle, note))
    spoken = diverging.spoken(title, said, notes.years(cells), rows, looks, fmt, lang)
    order = [i for row in rows for i in (*(p.name for p in row.parts.values()), row.total.name)]
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells.loc[order]), lang)


def _rows(cells: pd.DataFrame, chosen: Options) -> list[Row]:
    found = []
    for geo, part in cells.groupby("geo", sort=True, observed=True):
        by_part = {str(cell["measure"]): cell for _, cell in part.iterrows()}
        if {*PARTS, "total"} <= set(by_part):
            parts = {code: by_part[code] for code in PARTS}
            found.append(Row(chosen.mark(str(geo)), parts, by_part["total"]))
    if chosen.order == "value":
        found.sort(key=lambda row: -float(row.total["value"]))
    return found


def _finding(rows: Sequence[Row], what: str, lang: str) -> str:
    """Say of the place that moved most which part moved it."""
    row = max(rows, key=lambda r: abs(float(r.total["value"])))
    code, part = max(row.parts.items(), key=lambda item: abs(float(item[1]["value"])))
    fmt = fit([float(p["value"]) for p in (*row.parts.values(), row.total)], "PP", lang)
    return say(lang, f"shift_{code}_most", what=what, a=signed(float(row.total["value"]), fmt),
               b=signed(float(part["value"]), fmt), y0=int(row.total["base_year"]),
               y1=int(row.total["year"]),
               place=place(str(row.total["geo"]), lang, inside=True))  # fmt: skip
