"""Waffle: of every 1,000 enterprises, how many are in each size class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sme_stats.codelists import size_range
from sme_stats.errors import MixingError, NotAvailableError, WithheldError
from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.bins import rounded_note
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out
from sme_stats.plotting.numbers import fit
from sme_stats.plotting.words import SHARE, basis, measure_words, place, say, size_label

#: Squares in all, in a row, and the largest in inches.
_ALL, _ACROSS, _LARGEST = 1000, 40, 0.16
#: Gap between squares, in parts of one.
_GAP = 0.16


def waffle(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """1,000 squares in the colours of the size classes, each for one in a thousand.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of the indicator `size_structure` for one measure, place and year.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``.

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError
        If there are several measures, places or years, or it is no share.
    WithheldError
        If a class is withheld: 1,000 squares cannot be shared out.
    NotAvailableError
        If the frame is empty, or the shares are far from 100 together.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_structure
    >>> cells = load("sbs_sc_ovw", geo="DE", year=2023)
    >>> waffle(size_structure(cells, "enterprises")).title
    'Of every 1,000 enterprises in Germany, 843 are in size class 0–9 and 5 in 250+'
    """
    chosen = options("waffle", opts)
    cells = observations(frame, "waffle")
    single(cells, "waffle", "measure", "unit", "geo", "year")
    unique(cells, "waffle", ["size"])
    _check(cells)
    lang = chosen.lang
    order = sorted(range(len(cells)), key=lambda n: _lowest(str(cells["size"].iloc[n])))
    cells = cells.iloc[order]
    counts = share_out(cells["value"].tolist(), _ALL)
    first, geo = cells.iloc[0], str(cells["geo"].iloc[0])
    label = measure_words(first["measure"].removesuffix(SHARE), lang)["label"]
    sizes = [str(s) for s in cells["size"]]
    title = chosen.title or say(
        lang, "waffle_title", noun=label if lang == "de" else label.lower(),
        place=place(geo, lang, inside=True), a=counts[0], b=counts[-1],
        small=size_label(sizes[0], lang), large=size_label(sizes[-1], lang),
    )  # fmt: skip
    subtitle = say(lang, "structure_subtitle", what=f"{label}, {place(geo, lang)}",
                   basis=basis(str(first["dataset"]), lang), years=notes.years(cells))  # fmt: skip
    light = {s for s, f in zip(sizes, cells["flag"], strict=True) if "p" in f}
    named = [size_label(s, lang) for s in sizes]
    rounded = rounded_note(cells, named, fit(cells["value"], "PC", lang), lang)
    lighter = say(lang, "provisional_note") if light else ""
    note = notes.note(cells, lang, say(lang, "waffle_note"), lighter, rounded)
    colours = {
        s: style.lighter(c) if s in light else c for s, c in style.class_colours(sizes).items()
    }
    drawn_on = _plot(ax, chosen, colours, counts, (title, subtitle, note))
    told = ", ".join(f"{size_label(s, lang)} {n}" for s, n in zip(sizes, counts, strict=True))
    spoken = " ".join([alt.sentence(title), subtitle + ".", say(lang, "alt_waffle", parts=told)])
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells), lang)


def share_out(shares: list[float], whole: int) -> list[int]:
    """Share a number out in whole parts by largest remainders, which keeps each within one.

    Examples
    --------
    >>> share_out([94.33, 3.096, 1.657, 0.752, 0.164], 1000)
    [943, 31, 17, 7, 2]
    """
    exact = np.array(shares) / sum(shares) * whole
    parts = np.floor(exact).astype(int)
    short = whole - int(parts.sum())
    for n in np.argsort(-(exact - parts), kind="stable")[:short]:
        parts[n] += 1
    return [int(p) for p in parts]


def _check(cells: pd.DataFrame) -> None:
    if not str(cells["measure"].iloc[0]).endswith(SHARE):
        raise MixingError(
            f"waffle shows shares of size classes, and the frame has {cells['measure'].iloc[0]}; "
            "pass what indicators.shares.size_structure gives"
        )
    hidden = cells.loc[cells["value"].isna(), "size"].tolist()
    if hidden:
        raise WithheldError(
            f"classes {', '.join(hidden)} of {cells['geo'].iloc[0]} {cells['year'].iloc[0]} are "
            "withheld, so 1,000 squares cannot be shared out; size_structure draws what is known"
        )
    if abs(float(cells["value"].sum()) - 100) > 2:
        raise NotAvailableError(
            f"the shares add up to {float(cells['value'].sum()):.1f}; a waffle needs every class "
            "once"
        )


def _lowest(size: str) -> int:
    span = size_range(size)
    return span.lower if span else 0


def _plot(
    ax: Axes | None, chosen: Options, colours: dict[str, str], counts: list[int],
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    room, lang = inner_width(ax, chosen.width), chosen.lang
    side = min(room / _ACROSS, _LARGEST)
    keys = [
        Key(f"{size_label(s, lang)}{say(lang, 'colon')}{n}", fill=colour)
        for (s, colour), n in zip(colours.items(), counts, strict=True)
    ]
    down = _ALL // _ACROSS
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=down * side, below=0.06, keys=keys))
    ax.set_xlim(0, room / side)
    ax.set_ylim(down, 0)
    for which in ("x", "y"):
        label_axis(ax, which, [], [], style.SMALL, style.MUTED)
    start = 0
    for (size, colour), count in zip(colours.items(), counts, strict=True):
        ax.add_patch(PathPatch(_squares(start, count), facecolor=colour, linewidth=0.0,
                               edgecolor="none", zorder=3, gid=f"squares-{size}"))  # fmt: skip
        start += count
    return ax


def _squares(start: int, count: int) -> Path:
    """Outline of squares `start` to `start + count`, filling column after column."""
    down = _ALL // _ACROSS
    parts = []
    for n in range(start, start + count):
        x, y = divmod(n, down)
        a, b = x + _GAP / 2, y + _GAP / 2
        c, d = x + 1 - _GAP / 2, y + 1 - _GAP / 2
        parts.append(Path([(a, b), (c, b), (c, d), (a, d), (a, b)], closed=True))
    return Path.make_compound_path(*parts) if parts else Path(np.empty((0, 2)))
