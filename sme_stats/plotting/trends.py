"""Trend of one measure over years, breaks drawn as breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sme_stats import codelists
from sme_stats.plotting import alt, lines, notes, style
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.layout import Key, Sheet, inches_of, inner_width, lay_out
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.orders import apart
from sme_stats.plotting.series import Series, cut, gap_words, shared_gaps
from sme_stats.plotting.text import height, width
from sme_stats.plotting.words import is_aggregate, place, say, subject, words

#: Height of a plot of lines, in parts of its width, and its limits in inches.
_SHAPE, _LOWEST, _HIGHEST = 0.52, 2.0, 3.4
#: Room for the years under the plot, in inches.
_BELOW = 0.27
#: Labels right of the plot take no more than this part of the width.
_LABELS = 0.34
#: With more series, hatched bars are slim.
_FEW = 5


def trend(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Lines of one measure over years, one a place, in the unit of the frame.

    A line is never joined across a break: a change of table, a cell flagged ``b``, or a break that
    the catalogue knows. A break of every place is a band with a dashed line, named above the plot;
    a break of one place is a gap in its line. Years that are not at hand are not filled in: the
    line is dotted there.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure, size and unit, one or several places, possibly of two
        tables that follow each other.
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
        If there are several measures, units or sizes, or two rows for one place and year of a
        table.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.frame import concat
    >>> from sme_stats.indicators.shares import size_share
    >>> cells = [load(d, geo="DE") for d in ("sbs_sc_sca_r2", "sbs_sc_ovw")]
    >>> chart = trend(concat([size_share(c, "SME", "persons_employed") for c in cells]))
    >>> chart.title.replace("\\xa0", " ")
    'The SME share of persons employed in Germany fell from 56.5 % (2021) to 55.5 % (2024)'
    """
    chosen = options("trend", opts)
    rows = observations(frame, "trend")
    single(rows, "trend", "measure", "unit", "size", "reference")
    unique(rows, "trend", ["dataset", "geo", "year"])
    lang = chosen.lang
    series = _series(rows, lang)
    rows = pd.concat([s.rows for s in series])
    first = rows.iloc[0]
    numbers = [*rows["value"], *rows["lower"], *rows["upper"]]
    fmt = fit(numbers, first["unit"], lang, signed=apart(rows))
    what = subject(first, lang)
    title = chosen.title or finding(series, what, fmt, lang)
    where = f"{what}, {series[0].label}" if len(series) == 1 else what
    subtitle = notes.subtitle(where, first["unit"], fmt, rows, lang)
    note = notes.note(rows, lang, *remarks(series, lang))
    drawn_on = plot(ax, chosen, series, fmt, (title, subtitle, note))
    spoken = " ".join([
        alt.sentence(title),
        say(lang, "alt_line", what=what, years=notes.years(rows),
            unit=notes.unit_name(first["unit"], lang, fmt)),
        *alt.lines(series, fmt, lang),
    ])  # fmt: skip
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _series(rows: pd.DataFrame, lang: str) -> list[Series]:
    protocol = {code: n for n, code in enumerate(codelists.table("GEO"))}
    order = sorted(rows["geo"].unique(), key=lambda g: (protocol.get(g.split("[")[0], 999), g))
    return [cut(g, place(g, lang), rows[rows["geo"] == g], lang) for g in order]


def last_piece(one: Series) -> pd.DataFrame:
    """Values since the last break; the piece before where the last one has none."""
    for piece in reversed(one.pieces):
        known = piece[piece["value"].notna()]
        if len(known):
            return known
    return one.rows.iloc[:0]


def finding(series: Sequence[Series], what: str, fmt: Format, lang: str) -> str:
    """Say how the measure went since its last break; never a change across one."""
    known = [(one, last_piece(one)) for one in series]
    known = [(one, piece) for one, piece in known if len(piece)]
    if not known:
        return say(lang, "withheld_all", what=what)
    spans = [(int(p["year"].iloc[0]), int(p["year"].iloc[-1])) for _, p in known]
    common = max(sorted(set(spans)), key=lambda s: (spans.count(s), s[1] - s[0]))
    same = [(one, p) for (one, p), span in zip(known, spans, strict=True) if span == common]
    one, piece = max(same, key=lambda s: moved(s[1]))
    first, last = piece.iloc[0], piece.iloc[-1]
    by_place = len(series) == 1 or one.name == str(last["geo"])
    parts = {
        "what": what,
        "place": place(str(last["geo"]), lang, inside=True) if by_place else one.label,
        "a": fmt.text(first["value"]), "b": fmt.text(last["value"]),
        "y0": common[0], "y1": common[1],
    }  # fmt: skip
    if len(piece) == 1:
        return say(lang, "trend_one", **parts | {"a": parts["b"]})
    if len(series) > 1:
        return say(lang, "trend_most", **parts)
    return say(lang, f"trend_{direction(first, last, fmt)}", **parts)


def direction(first: pd.Series[Any], last: pd.Series[Any], fmt: Format) -> str:
    """``rose`` or ``fell`` only where intervals are apart and printed numbers differ, or ``open``.

    Examples
    --------
    >>> from sme_stats.plotting.numbers import fit
    >>> a, b = ({"value": v, "lower": v - 0.5, "upper": v + 0.5} for v in (64.0, 63.4))
    >>> direction(pd.Series(a), pd.Series(b), fit([64.0], "PC"))
    'open'
    """
    a, b = float(first["value"]), float(last["value"])
    if fmt.text(a) == fmt.text(b):
        return "open"
    if float(last["lower"]) > float(first["upper"]):
        return "rose"
    return "fell" if float(last["upper"]) < float(first["lower"]) else "open"


def remarks(series: Sequence[Series], lang: str) -> list[str]:
    """Sentences that help to read lines: what is not joined, dotted, provisional, rounded."""
    rows = pd.concat([s.rows for s in series])
    known = rows["value"].notna()
    out = [gap_words(series, lang)]
    if (rows["size"] == "0-249").any():
        out.insert(0, say(lang, "sme_note"))
    pieces = [p[p["value"].notna()]["year"] for s in series for p in s.pieces]
    if any((p.diff() > 1).any() for p in pieces):
        out.append(say(lang, "dotted_note"))
    if (known & rows["flag"].str.contains("p")).any():
        out.append(say(lang, "provisional_note"))
    return out


def looks(series: Sequence[Series]) -> list[tuple[str, str]]:
    """Colour and marker of each series.

    More series than the palette has are grey, known by their labels, but for aggregates, the one
    that changed most, the highest and the lowest.
    """
    palette = list(zip(style.SERIES, style.MARKERS, strict=True))
    if len(series) <= len(palette):
        return palette[: len(series)]
    chosen = iter(palette)
    bright = {name: next(chosen) for name in _outstanding(series)[: len(palette)]}
    return [bright.get(one.name, (style.REST, "o")) for one in series]


def _outstanding(series: Sequence[Series]) -> list[str]:
    known = [(one, piece) for one in series if len(piece := last_piece(one))]
    end = max((int(p["year"].iloc[-1]) for _, p in known), default=0)
    known = [(one, p) for one, p in known if int(p["year"].iloc[-1]) == end]
    last = sorted(known, key=lambda k: float(k[1]["value"].iloc[-1]))
    most = max(known, key=lambda k: moved(k[1]), default=None)
    found = [one.name for one in series if is_aggregate(one.name)]
    found += [most[0].name, last[-1][0].name, last[0][0].name] if most else []
    return list(dict.fromkeys(found))


def moved(piece: pd.DataFrame) -> float:
    """How far the last value lies from the first, in either direction."""
    return abs(float(piece["value"].iloc[-1]) - float(piece["value"].iloc[0]))


def plot(
    ax: Axes | None, chosen: Options, series: Sequence[Series], fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    """Draw series with their axes, breaks and labels."""
    lang, room = chosen.lang, inner_width(ax, chosen.width)
    rows = pd.concat([s.rows for s in series])
    left = lines.value_label_width(rows, fmt) + 0.1
    names = _names(series, room, chosen)
    right = max(width(n, style.SMALL) for n in names) + 0.2 if any(names) else 0.08
    inches = room - left - right
    least = len(series) * height(1, style.SMALL) * 1.1 if any(names) else 0.0
    tall = max(min(max(room * _SHAPE, _LOWEST), _HIGHEST), least)
    above = height(1, style.NOTE) + 0.04 if shared_gaps(series) else 0.04
    keys = _keys(series, rows, chosen, keyed=len(series) > 1 and not any(names))
    sheet = Sheet(*text, plot=tall, left=left, right=right, above=above, below=_BELOW, keys=keys)
    ax = lay_out(ax, chosen.width, sheet)
    tall = inches_of(ax)[3]
    lines.scales(ax, rows, fmt, (inches, tall))
    lines.mark_breaks(ax, series)
    lines.name_breaks(ax, series, lang, inches)
    lines.draw(ax, series, looks(series), 0.34 if len(series) <= _FEW else 0.16)
    if any(names):
        lines.end_labels(ax, series, names, looks(series), (inches, tall))
    return ax


def _names(series: Sequence[Series], room: float, chosen: Options) -> list[str]:
    """Labels right of the plot: names, codes where names are too long; blank where neither fits."""
    lang = chosen.lang
    end = max(int(s.rows["year"].max()) for s in series)
    blank = [""] * len(series)
    if len(series) == 1:
        return blank
    by_place = len({str(s.rows["geo"].iloc[0]) for s in series}) == len(series)
    coded = [replace(chosen, labels="codes").mark(s.name) if by_place else "" for s in series]
    for named in (_labelled(series, chosen), coded):
        ended = [
            name if int(s.rows["year"].max()) == end or not name
            else say(lang, "ended", label=name, year=int(s.rows["year"].max()))
            for s, name in zip(series, named, strict=True)
        ]  # fmt: skip
        if max(width(n, style.SMALL) for n in ended) < room * _LABELS:
            return ended
    return blank


def _labelled(series: Sequence[Series], chosen: Options) -> list[str]:
    """Label of each series; of places by code where codes are wanted."""
    places = [s.name == str(s.rows["geo"].iloc[0]) for s in series]
    return [chosen.mark(s.name) if p else s.label for s, p in zip(series, places, strict=True)]


def _keys(
    series: Sequence[Series], rows: pd.DataFrame, chosen: Options, *, keyed: bool
) -> list[Key]:
    keys = []
    if keyed:
        labels = _labelled(series, chosen)
        keys = [Key(label, marker=marker, line="-", colour=colour)
                for label, (colour, marker) in zip(labels, looks(series), strict=True)]  # fmt: skip
    text = words(chosen.lang)["say"]
    if rows["value"].isna().any() and rows["lower"].notna().any():
        keys.append(Key(text["key_withheld"], fill=style.HATCH_FILL, hatch=style.HATCH))
    if (rows["value"].notna() & rows["flag"].str.contains("p")).any():
        keys.append(Key(text["key_provisional"], marker="o", face=style.lighter(style.MAIN)))
    return keys
