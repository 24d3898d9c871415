"""A claim against the data: the printed interval beside that of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sme_stats.errors import UnknownNameError, UsageError
from sme_stats.plotting import alt, notes, style
from sme_stats.plotting.axes import (
    bar_of,
    dot,
    fold,
    hatched,
    row_places,
    spread,
    value_axis,
    widest,
)
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import options
from sme_stats.plotting.layout import Sheet, inner_width, label_axis, lay_out, put
from sme_stats.plotting.numbers import Format
from sme_stats.plotting.readings import Line, format_of, lines_of, said, unit_of
from sme_stats.plotting.text import width
from sme_stats.plotting.words import capital, place, say, words

_NEEDED = ("printed", "printed_lower", "printed_upper", "verdict")
#: Height of a bar in inches.
_BAR = 0.13


def claim_against_data(verdict: Mapping[str, Any], ax: Axes | None = None, **opts: object) -> Chart:
    """Draw what a printed number stands for beside what the data say, on one axis.

    Parameters
    ----------
    verdict : mapping
        One object of ``sme-stats check --format json``: ``printed``, ``printed_lower``,
        ``printed_upper``, ``verdict``; ``value``, ``lower``, ``upper`` (None where the data say
        nothing), ``unit``, ``dataset``, ``vintage``, ``geo``, ``year``, ``flag``, ``readings``,
        ``partial``, ``note``, ``id``. An open end is None.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``.

    Returns
    -------
    Chart
        With one row a bar or dot in ``data``.

    Raises
    ------
    UsageError, UnknownNameError
        If it is no such mapping, a field is missing, or the verdict is none of the four.

    Examples
    --------
    >>> chart = claim_against_data({
    ...     "id": "large", "printed": "0.1%", "printed_lower": 0.05, "printed_upper": 0.15,
    ...     "verdict": "refuted", "value": 0.164, "lower": 0.164, "upper": 0.164, "unit": "PC",
    ...     "dataset": "sbs_sc_ovw", "vintage": "2026-03-10", "geo": "EU27_2020", "year": 2023})
    >>> chart.title.replace("\\xa0", " ")
    'Refuted: “0.1%” is printed, the data say 0.16 %'
    """
    chosen = options("claim_against_data", opts)
    _check(verdict)
    lang = chosen.lang
    rows = lines_of(verdict, lang)
    unit = unit_of(verdict)
    fmt = format_of(rows, unit, lang)
    data = next(row for row in rows if row.kind == "data")
    title = chosen.title or _finding(verdict, data, fmt, lang)
    subtitle = _subtitle(verdict, unit, fmt, lang)
    note = _note(verdict, rows, lang)
    drawn_on = _plot(ax, chosen, rows, fmt, str(verdict["verdict"]), (title, subtitle, note))
    spoken = _alt(verdict, rows, title, fmt, lang)
    return Chart(drawn_on, title, subtitle, note, spoken, _frame(rows, verdict), lang)


def _check(verdict: Mapping[str, Any]) -> None:
    if not isinstance(verdict, Mapping):
        raise UsageError(
            f"claim_against_data draws one object of check --format json, not "
            f"{type(verdict).__name__}; pass verdict.record()"
        )
    for name in _NEEDED:
        if name not in verdict:
            raise UnknownNameError("field of a verdict", name, verdict)
    if verdict["verdict"] not in style.VERDICTS:
        raise UnknownNameError("verdict", verdict["verdict"], style.VERDICTS)


def _finding(verdict: Mapping[str, Any], data: Line, fmt: Format, lang: str) -> str:
    parts = {"verdict": words(lang)["verdict"][verdict["verdict"]], "printed": verdict["printed"]}
    if not data.known:
        return say(lang, "claim_none", **parts)
    return say(lang, "claim_title", data=said(data, fmt), **parts)


def _subtitle(verdict: Mapping[str, Any], unit: str, fmt: Format, lang: str) -> str:
    where = place(str(verdict.get("geo") or ""), lang)
    quoted = str(verdict.get("quote") or verdict.get("id") or "")
    named = notes.unit_name(unit, lang, fmt) if unit and (unit != "NR" or fmt.suffix) else ""
    parts = [where, str(verdict.get("year") or ""), named]
    rest = ", ".join(p for p in parts if p)
    return quoted + say(lang, "colon") + rest if quoted else rest


def _note(verdict: Mapping[str, Any], rows: list[Line], lang: str) -> str:
    """What the verdict says of itself, how to read the bars, and the source."""
    # The verdict's own sentence is English; a chart in another language does without it.
    own = str(verdict.get("note") or "") if lang == "en" else ""
    parts = [alt.sentence(capital(own))] if own else []
    parts.append(say(lang, "claim_open"))
    if any("p" in row.flag and not math.isnan(row.value) for row in rows):
        parts.append(say(lang, "provisional_note"))
    named = words(lang)["flag"]
    flag = str(verdict.get("flag") or "")
    if flag:
        parts.append(say(lang, "flags", flags=", ".join(f"{x} {named.get(x, x)}" for x in flag)))
    text = " ".join(parts)
    if not verdict.get("dataset"):
        return text
    cells = pd.DataFrame({
        "dataset": [str(verdict["dataset"])], "vintage": [str(verdict.get("vintage") or "")],
    })  # fmt: skip
    if verdict.get("source"):
        cells["source"] = str(verdict["source"])
    return f"{text}\n{notes.source(cells, lang)}"


def _plot(
    ax: Axes | None, chosen: Any, rows: list[Line], fmt: Format, verdict: str,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    room, lang = inner_width(ax, chosen.width), chosen.lang
    labels = fold([row.label for row in rows], room * 0.3)
    values = [said(row, fmt) if row.known else say(lang, "claim_nothing") for row in rows]
    signs = [
        f" {style.SIGNS[row.verdict]}"
        if row.verdict in style.SIGNS and row.verdict != "unavailable"
        else ""
        for row in rows
    ]
    values = [v + s for v, s in zip(values, signs, strict=True)]
    left, right = widest(labels) + 0.1, max(width(v, style.LABEL) for v in values) + 0.18
    places, tall = row_places(labels)
    ax = lay_out(ax, chosen.width, Sheet(*text, plot=tall, left=left, right=right))
    ax.set_ylim(tall, 0.0)
    limits = spread(
        [e for r in rows for e in (r.lower, r.upper, r.value) if math.isfinite(e)], 0.12
    )
    inches = room - left - right
    value_axis(ax, limits, inches, fmt)
    label_axis(ax, "y", places, ["\n".join(lab) for lab in labels], style.LABEL, style.INK)
    for y, row, shown in zip(places, rows, values, strict=True):
        _mark(ax, row, y, limits, verdict)
        put(ax, 1.0 + 0.12 / inches, y, shown, style.LABEL, transform=ax.get_yaxis_transform(),
            color=style.INK if row.kind in ("printed", "data") else style.MUTED,
            gid="value-label")  # fmt: skip
    return ax


def _mark(ax: Axes, row: Line, y: float, limits: tuple[float, float], verdict: str) -> None:
    if not row.known:
        return
    low, high = max(row.lower, limits[0]), min(row.upper, limits[1])
    if row.kind in ("printed", "reading"):
        colour = style.VERDICTS[verdict] if row.kind == "printed" else style.REST
        ax.add_patch(Rectangle(
            (low, y - _BAR / 2), high - low, _BAR, facecolor=style.lighter(colour), zorder=3,
            edgecolor=colour, linewidth=1.0, gid=row.kind,
        ))  # fmt: skip
        if row.kind == "printed":
            ax.axvspan(low, high, facecolor=style.lighter(colour), alpha=0.18, edgecolor="none",
                       zorder=0.3, gid="printed-band")  # fmt: skip
        return
    colour = style.MAIN if row.kind == "data" else style.REST
    if low < high:
        # Hatched is what has no value; around a value it is the interval of rounding.
        bar = (
            hatched(ax, low, high, y, _BAR)
            if math.isnan(row.value)
            else (bar_of(ax, low, high, y, colour, _BAR))
        )
        bar.set_edgecolor(colour)
    if not math.isnan(row.value):
        marker = "o" if row.kind == "data" else "D"
        dot(ax, row.value, y, colour, marker, light="p" in row.flag)


def _frame(rows: list[Line], verdict: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({
        "id": str(verdict.get("id") or ""), "row": [r.kind for r in rows],
        "label": [r.label for r in rows], "lower": [r.lower for r in rows],
        "upper": [r.upper for r in rows], "value": [r.value for r in rows],
        "unit": unit_of(verdict), "verdict": [r.verdict for r in rows],
        "flag": [r.flag for r in rows], "dataset": str(verdict.get("dataset") or ""),
        "vintage": str(verdict.get("vintage") or ""), "geo": str(verdict.get("geo") or ""),
        "year": verdict.get("year"),
    })  # fmt: skip


def _alt(verdict: Mapping[str, Any], rows: list[Line], title: str, fmt: Format, lang: str) -> str:
    printed, data = rows[0], next(r for r in rows if r.kind == "data")
    parts = [alt.sentence(title), _stands_for(printed, str(verdict["printed"]), fmt, lang)]
    for row in (r for r in rows if r.kind == "reading" and math.isfinite(r.lower + r.upper)):
        low, high = fmt.ends(row.lower, row.upper)
        named = words(lang)["verdict"].get(row.verdict, row.verdict)
        parts.append(say(lang, "alt_reading", reading=row.label, low=low, high=high, verdict=named))
    shown = said(data, fmt) if data.known else say(lang, "claim_nothing")
    parts.append(say(lang, "alt_data", data=shown, year=verdict.get("year") or ""))
    for row in (r for r in rows if r.kind == "partial" and r.known):
        parts.append(say(lang, "alt_row", label=row.label, parts=said(row, fmt)))
    return " ".join(parts)


def _stands_for(row: Line, printed: str, fmt: Format, lang: str) -> str:
    finite = math.isfinite(row.lower), math.isfinite(row.upper)
    if all(finite):
        low, high = fmt.ends(row.lower, row.upper)
        return say(lang, "alt_claim", printed=printed, low=low, high=high)
    if finite[0]:
        return say(lang, "alt_claim_least", printed=printed, low=fmt.text(row.lower))
    return say(lang, "alt_claim_most", printed=printed, high=fmt.text(row.upper))
