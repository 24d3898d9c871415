"""Size structure: one stacked bar a measure, or a place; what is withheld is hatched."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
from sme_stats.codelists import size_range
from sme_stats.errors import MixingError
from sme_stats.frame import codes
from sme_stats.plotting import alt, bars, notes, style
from sme_stats.plotting.axes import fold, value_axis, widest
from sme_stats.plotting.bars import BAR, Bar
from sme_stats.plotting.bins import rounded_note
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import (
    Options,
    drawn,
    extremes,
    observations,
    options,
    single,
    unique,
)
from sme_stats.plotting.layout import Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.text import height
from sme_stats.plotting.words import (
    SHARE,
    basis,
    is_aggregate,
    listed,
    measure_words,
    place,
    quantity,
    say,
    size_label,
    size_words,
)

#: Room under a bar's caption, in inches; less without a caption.
_UNDER, _BARE = 0.14, 0.08
#: Room right of the bars, for half of the last tick's label.
_RIGHT = 0.2
#: Shares that add up to 100 within this need no remark.
_NEAR = 0.05
#: With more bars than this, values that do not fit are left to the data.
_FEW = 6
#: So many places are named at either end in the alt text.
_ENDS = 3


def size_structure(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Stacked bars of the share of each size class in TOTAL, in percent.

    One bar a measure for one place and year, or one bar a place for one measure and year. A class
    whose share is withheld is hatched: in its colour as far as it reaches at least, and in grey
    what is undetermined between the withheld classes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of the indicator `size_structure`.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``order`` (of places).

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError
        If there are several measures and several places, several years, or a unit but percent.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_structure as shares
    >>> chart = size_structure(shares(load("sbs_sc_ovw", geo="DE", year=2023)))
    >>> chart.title.replace("\\xa0", " ")
    'Large enterprises make up 0.47 % of enterprises, 44.8 % of persons employed and 64.2 % of \
turnover in Germany'
    """
    chosen = options("size_structure", opts)
    cells = observations(frame, "size_structure")
    _check(cells)
    lang = chosen.lang
    rows = _bars(cells, chosen)
    cells = pd.concat([bar.cells for bar in rows])
    sizes = _classes(cells)
    fmt = fit([50.0, 0.0], "PC", lang)
    title = chosen.title or _finding(rows, sizes, fmt, lang)
    subtitle = _subtitle(cells, rows, lang)
    note = notes.note(cells, lang, _unlabelled(ax, chosen, rows, fmt), *_remarks(rows, fmt, lang),
                      hidden=_hidden(rows, lang))  # fmt: skip
    drawn_on = _plot(ax, chosen, rows, sizes, fmt, (title, subtitle, note))
    spoken = _alt(title, rows, sizes, fmt, lang)
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, cells), lang)


def _check(cells: pd.DataFrame) -> None:
    chart = "size_structure"
    single(cells, chart, "unit", "year")
    if (cells["unit"] != "PC").any():
        raise MixingError(
            f"{chart} shows shares in percent, and the frame is in {cells['unit'].iloc[0]}; pass "
            "what indicators.shares.size_structure gives"
        )
    if cells["geo"].nunique() > 1:
        single(cells, chart, "measure")
    unique(cells, chart, ["measure", "geo", "size"])


def _bars(cells: pd.DataFrame, chosen: Options) -> list[Bar]:
    lang = chosen.lang
    if cells["geo"].nunique() > 1:
        return [Bar(place(g, lang), _of(cells, "geo", g)) for g in _places(cells, chosen.order)]
    known = [m + SHARE for m in codelists.table("MEASURE")]
    found = codes(cells["measure"])
    order = [m for m in known if m in found] + [m for m in found if m not in known]
    return [
        Bar(measure_words(m.removesuffix(SHARE), lang)["label"], _of(cells, "measure", m))
        for m in order
    ]


def _of(cells: pd.DataFrame, column: str, code: str) -> pd.DataFrame:
    rows = cells[cells[column] == code]
    return rows.iloc[[n for _, n in sorted((_rank(s), n) for n, s in enumerate(rows["size"]))]]


def _rank(size: str) -> tuple[int, str]:
    span = size_range(size)
    return (span.lower if span else 0, size)


def _places(cells: pd.DataFrame, order: str) -> list[str]:
    """Aggregates first, then by the share of the last class, or in protocol order."""
    protocol = {code: n for n, code in enumerate(codelists.table("GEO"))}
    last = _classes(cells)[-1]
    share = cells[cells["size"] == last].set_index("geo")["value"].fillna(-1.0).to_dict()

    def key(geo: str) -> tuple[bool, float, int]:
        by_value = -share.get(geo, -1.0) if order == "value" else 0.0
        return (not is_aggregate(geo), by_value, protocol.get(geo.split("[")[0], 999))

    return sorted(cells["geo"].unique(), key=key)


def _classes(cells: pd.DataFrame) -> list[str]:
    return sorted(cells["size"].unique(), key=_rank)


def _finding(rows: list[Bar], sizes: list[str], fmt: Format, lang: str) -> str:
    """Say what the largest class (without one of 250 and more, the smallest) makes up."""
    key = "GE250" if "GE250" in sizes else sizes[0]
    cells = pd.concat([b.cells[b.cells["size"] == key] for b in rows])
    if cells["geo"].nunique() > 1:
        return _finding_of_places(cells, key, fmt, lang)
    parts = [
        say(lang, "structure_part", a=alt.said(row, fmt, lang),
            **measure_words(row["measure"].removesuffix(SHARE), lang))
        for _, row in cells.iterrows()
    ]  # fmt: skip
    phrase = "structure_large" if key == "GE250" else "structure_one"
    where = place(rows[0].cells["geo"].iloc[0], lang, inside=True)
    return say(lang, phrase, parts=listed(parts, lang), place=where, size=size_words(key, lang))


def _finding_of_places(rows: pd.DataFrame, key: str, fmt: Format, lang: str) -> str:
    known = rows[rows["value"].notna()]
    what = quantity(rows["measure"].iloc[0], key, lang)
    if known.empty:
        return say(lang, "withheld_all", what=what)
    high, low = extremes(known)
    hidden = rows[rows["value"].isna()]
    if hidden.empty and len(known) > 1 and fmt.text(high["value"]) == fmt.text(low["value"]):
        return say(lang, "rank_same", what=what, a=fmt.text(high["value"]))
    sure = hidden.empty or bool(
        (hidden["upper"] <= high["value"]).all() and (hidden["lower"] >= low["value"]).all()
    )
    return say(lang, "rank_title" if sure else "rank_hedged", what=what,
               high=place(high["geo"], lang, inside=True), a=fmt.text(high["value"]),
               low=place(low["geo"], lang, inside=True), b=fmt.text(low["value"]))  # fmt: skip


def _subtitle(cells: pd.DataFrame, rows: list[Bar], lang: str) -> str:
    """What is shared out, where (unless it is in the rows), by which size and when."""
    first = cells.iloc[0]
    label = measure_words(first["measure"].removesuffix(SHARE), lang)["label"]
    where = place(first["geo"], lang)
    several_measures = cells["measure"].nunique() > 1
    one_place = cells["geo"].nunique() == 1
    what = where if several_measures else f"{label}, {where}" if one_place else label
    return say(lang, "structure_subtitle", what=what, years=notes.years(cells),
               basis=basis(str(first["dataset"]), lang))  # fmt: skip


def _remarks(rows: list[Bar], fmt: Format, lang: str) -> list[str]:
    off = [(b.label, b.total) for b in rows if abs(b.total - 100) > _NEAR]
    remarks = [say(lang, "sums_note", sum=fmt.text(total), places=label) for label, total in off]
    cells = pd.concat([b.cells for b in rows])
    if (cells["value"].notna() & cells["flag"].str.contains("p")).any():
        remarks.append(say(lang, "provisional_note"))
    named = [f"{b.label} {size_label(size, lang)}" for b in rows for size in b.cells["size"]]
    return [*remarks, rounded_note(cells, named, fmt, lang)]


def _hidden(rows: list[Bar], lang: str) -> str:
    names = [b.label for b in rows if b.cells["value"].isna().any()]
    return say(lang, "hatched_classes", places=", ".join(names)) if names else ""


def _plot(
    ax: Axes | None, chosen: Options, rows: list[Bar], sizes: list[str], fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    lang, shape = chosen.lang, _shape(ax, chosen, rows)
    labels, left, inches, scale = shape
    longest = inches / scale
    pieces = [bars.segments(bar, sizes) for bar in rows]
    captions = [
        bars.caption(bar, cut, scale, fmt, lang, inches, small=len(rows) <= _FEW)
        for bar, cut in zip(rows, pieces, strict=True)
    ]
    tall = [_height(c, label) for c, label in zip(captions, labels, strict=True)]
    tops = [sum(tall[:n]) for n in range(len(tall))]
    sheet = Sheet(*text, plot=sum(tall), left=left, right=_RIGHT,
                  keys=bars.keys(pieces, sizes, lang))  # fmt: skip
    ax = lay_out(ax, chosen.width, sheet)
    ax.set_ylim(sum(tall), 0.0)
    value_axis(ax, (0.0, longest), inches, fmt, lines=False)
    for top, bar, cut, under in zip(tops, rows, pieces, captions, strict=True):
        bars.draw(ax, bar, cut, top, sizes, scale, fmt)
        for n, line in enumerate(under):
            put(ax, longest, top + BAR + height(n, style.SMALL) + 0.09, line, style.SMALL,
                ha="right", color=style.MUTED, gid="caption")  # fmt: skip
    label_axis(ax, "y", [t + BAR / 2 for t in tops], ["\n".join(lab) for lab in labels],
               style.LABEL, style.INK)  # fmt: skip
    return ax


def _shape(
    ax: Axes | None, chosen: Options, rows: list[Bar]
) -> tuple[list[list[str]], float, float, float]:
    """Labels of bars, room left of them, width of the plot, and inches a percent."""
    room = inner_width(ax, chosen.width)
    several = len({str(b.cells["geo"].iloc[0]) for b in rows}) > 1
    named = [chosen.mark(str(b.cells["geo"].iloc[0])) if several else b.label for b in rows]
    flagged = [f"{name} {b.flag}".rstrip() for name, b in zip(named, rows, strict=True)]
    labels = fold(flagged, room * 0.3)
    left = widest(labels) + 0.1
    inches = room - left - _RIGHT
    return labels, left, inches, inches / max(100.0, *(b.total for b in rows))


def _unlabelled(ax: Axes | None, chosen: Options, rows: list[Bar], fmt: Format) -> str:
    """Say so where many bars leave no room for the values that do not fit."""
    scale = _shape(ax, chosen, rows)[3]
    narrow = any(not bars.fits(v, scale, fmt) for b in rows for v in b.cells["value"].dropna())
    return say(chosen.lang, "unlabelled_note") if narrow and len(rows) > _FEW else ""


def _height(caption: list[str], label: list[str]) -> float:
    """Height of a bar with its caption and the room under it, in inches."""
    under = _UNDER if caption else _BARE
    return max(BAR + height(len(caption), style.SMALL), height(len(label), style.LABEL)) + under


def _alt(title: str, rows: list[Bar], sizes: list[str], fmt: Format, lang: str) -> str:
    cells = pd.concat([b.cells for b in rows])
    names = ", ".join(size_label(s, lang) for s in sizes)
    parts = [alt.sentence(title), say(lang, "alt_structure", classes=names,
             years=notes.years(cells), unit=notes.unit_name("PC", lang))]  # fmt: skip
    told = rows if len(rows) <= _FEW else [*rows[:_ENDS], *rows[-_ENDS:]]
    for bar in told:
        said = [
            f"{size_label(r['size'], lang)} {alt.said(r, fmt, lang)}"
            for _, r in bar.cells.iterrows()
        ]
        parts.append(say(lang, "alt_row", label=bar.label, parts=", ".join(said)))
    hidden = [b.label for b in rows if b.cells["value"].isna().any()]
    if hidden:
        parts.append(say(lang, "alt_withheld", places=", ".join(hidden)))
    return " ".join(parts)
