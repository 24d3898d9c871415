"""Curves: concentration of employment over enterprises, and survival of the newborn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sme_stats import codelists
from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError
from sme_stats.plotting import alt, notes, style, trends
from sme_stats.plotting.axes import value_axis
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
from sme_stats.plotting.layout import Key, Sheet, inner_width, label_axis, lay_out
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.series import Series
from sme_stats.plotting.words import parted, place, quantity, say, size_label

#: Largest side of the square of a Lorenz curve, in inches.
_SIDE = 4.0


def lorenz_curve(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Lorenz curve of persons employed over enterprises, one line a place, both in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Result of the indicator `lorenz`: ``enterprises_share`` across, ``value`` up; one year.
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
    UnknownNameError
        If there is no ``enterprises_share``.
    MixingError
        If there are several years, or more places than colours.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.distribution import lorenz
    >>> chart = lorenz_curve(lorenz(load("sbs_sc_ovw", geo="DE", year=2023)))
    >>> chart.title.replace("\\xa0", " ")
    'The smallest 84.3 % of enterprises in Germany employ 18.6 % of persons employed'
    """
    chosen = options("lorenz_curve", opts)
    rows = observations(frame, "lorenz_curve")
    if "enterprises_share" not in rows.columns:
        raise UnknownNameError("column", "enterprises_share", rows.columns,
                               "pass what indicators.distribution.lorenz gives")  # fmt: skip
    single(rows, "lorenz_curve", "year", "measure")
    unique(rows, "lorenz_curve", ["geo", "size"])
    places = _places(rows, "lorenz_curve")
    rows = pd.concat([rows[rows["geo"] == g].sort_values("enterprises_share") for g in places])
    lang = chosen.lang
    fmt = fit([*rows["value"], *rows["enterprises_share"]], "PC", lang)
    title = chosen.title or _concentration(rows, fmt, lang)
    subtitle = say(lang, "lorenz_subtitle", years=notes.years(rows))
    classes = ", ".join(size_label(s, lang) for s in dict.fromkeys(rows["size"]) if s != "0")
    note = notes.note(rows, lang, say(lang, "lorenz_note", classes=classes),
                      *_doubted(rows, fmt, lang))  # fmt: skip
    drawn_on = _plot(ax, chosen, rows, places, fmt, (title, subtitle, note))
    parts = [alt.sentence(title), say(lang, "alt_lorenz", what=subtitle, years=notes.years(rows),
             unit=notes.unit_name("PC", lang))]  # fmt: skip
    for geo in places:
        told = [
            say(
                lang,
                "alt_lorenz_point",
                x=fmt.text(row["enterprises_share"]),
                y=fmt.text(row["value"]),
            )
            for _, row in rows[(rows["geo"] == geo) & (rows["value"] > 0)].iloc[:-1].iterrows()
        ]
        parts.append(say(lang, "alt_row", label=place(geo, lang), parts=parted(told, lang)))
    return Chart(drawn_on, title, subtitle, note, " ".join(parts), drawn(frame, rows), lang)


def survival_curves(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Survival of enterprises by years after birth, one line a place, in percent.

    Parameters
    ----------
    frame : pandas.DataFrame
        Survival rates with ``age`` ``Y0`` to ``Y5``: the result of `survival_curve` (one cohort)
        or of `survival` in one year.
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
    NotAvailableError
        If no row has an age.
    MixingError
        If one place has an age twice: keep one year or one cohort.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.dynamism import survival_curve
    >>> cells = load("bd_9bd_sz_cl_r2", geo=["DE", "FR"])
    >>> survival_curves(survival_curve(cells, 2015)).title.replace("\\xa0", " ")
    'After 5 years, 50.8 % of enterprises are alive in France and 37.3 % in Germany'
    """
    chosen = options("survival_curves", opts)
    rows = observations(frame, "survival_curves")
    rows = rows[rows["age"].astype(str).str.fullmatch(r"Y\d")]
    if rows.empty:
        raise NotAvailableError(
            "no row has an age from Y0 to Y5; pass what indicators.demography.survival gives"
        )
    single(rows, "survival_curves", "measure", "unit", "size")
    unique(rows, "survival_curves", ["geo", "age"])
    places = _places(rows, "survival_curves")
    lang = chosen.lang
    ages = rows["age"].astype(str).str[1:].astype(int)
    born = _born(rows, ages, lang)
    aged = rows.assign(year=ages)
    series = [
        Series(g, place(g, lang), (aged[aged["geo"] == g].sort_values("year"),), ()) for g in places
    ]
    ordered = pd.concat([s.rows for s in series])
    fmt = fit(ordered["value"], "PC", lang)
    title = chosen.title or _alive(aged, fmt, lang)
    subtitle = say(lang, "survival_subtitle", born=born)
    rows = rows.loc[ordered.index]
    note = notes.note(rows, lang, say(lang, "survival_note"), *_doubted(rows, fmt, lang))
    drawn_on = trends.plot(ax, chosen, series, fmt, (title, subtitle, note))
    what = quantity("survival", "TOTAL", lang)
    parts = [alt.sentence(title), say(lang, "alt_age", what=what, born=born,
             unit=notes.unit_name("PC", lang))]  # fmt: skip
    for one in series:
        told = [
            say(lang, "alt_age_point", x=row["year"], y=alt.told(row, fmt, lang))
            for _, row in one.rows.iterrows()
        ]
        parts.append(say(lang, "alt_row", label=one.label, parts=parted(told, lang)))
    return Chart(drawn_on, title, subtitle, note, " ".join(parts), drawn(frame, rows), lang)


def _doubted(rows: pd.DataFrame, fmt: Format, lang: str) -> list[str]:
    """Sentences on what is provisional, and on intervals wide enough to be seen in print."""
    known = rows[rows["value"].notna()]
    rounded = any(
        fmt.text(a) != fmt.text(b) for a, b in zip(known["lower"], known["upper"], strict=True)
    )
    told = {"provisional_note": known["flag"].str.contains("p").any(), "rounded_note": rounded}
    return [say(lang, key) for key, there in told.items() if there]


def _places(rows: pd.DataFrame, chart: str) -> list[str]:
    protocol = {code: n for n, code in enumerate(codelists.table("GEO"))}
    found = sorted(rows["geo"].unique(), key=lambda g: (protocol.get(g.split("[")[0], 999), g))
    if len(found) > len(style.SERIES):
        raise MixingError(
            f"{chart} tells {len(style.SERIES)} places apart, and the frame has {len(found)}; keep "
            f'some with frame[frame["geo"].isin({found[:2]})]'
        )
    return found


def _concentration(rows: pd.DataFrame, fmt: Format, lang: str) -> str:
    """Say what the first class holds; of several places the least and the most."""
    firsts = rows[rows["value"] > 0].drop_duplicates("geo")
    high, low = extremes(firsts)
    parts = {
        "place": place(low["geo"], lang, inside=True), "low": place(low["geo"], lang, inside=True),
        "high": place(high["geo"], lang, inside=True),
        "a": fmt.text(low["enterprises_share"]), "b": fmt.text(low["value"]),
        "c": fmt.text(high["enterprises_share"]), "d": fmt.text(high["value"]),
    }  # fmt: skip
    return say(lang, "lorenz_one" if len(firsts) == 1 else "lorenz_two", **parts)


def _plot(
    ax: Axes | None, chosen: Options, rows: pd.DataFrame, places: Sequence[str], fmt: Format,
    text: tuple[str, str, str],
) -> Axes:  # fmt: skip
    room = inner_width(ax, chosen.width)
    left = 0.5
    side = min(room - left - 0.25, _SIDE)
    looks = list(zip(places, cycle(style.SERIES), cycle(style.MARKERS), strict=False))
    keys = [Key(chosen.mark(g), marker=m, line="-", colour=c) for g, c, m in looks]
    sheet = Sheet(*text, plot=side, left=left, right=room - left - side, above=0.05, keys=keys)
    ax = lay_out(ax, chosen.width, sheet)
    value_axis(ax, (0.0, 100.0), side, fmt)
    ax.set_ylim(0.0, 100.0)
    marks = [0.0, 25.0, 50.0, 75.0, 100.0]
    for mark in marks:
        ax.axhline(mark, marker="", color=style.GRID, linewidth=0.8, linestyle="-", zorder=0.5)
    # The zero of the horizontal axis, in the same corner, does for both.
    named = ["" if m == 0 else fmt.tick(m) for m in marks]
    label_axis(ax, "y", marks, named, style.SMALL, style.MUTED)
    ax.add_line(Line2D([0, 100], [0, 100], color=style.MUTED, linewidth=1.0, marker="",
                       linestyle=(0, (4, 3)), zorder=2, gid="equality"))  # fmt: skip
    for geo, colour, marker in looks:
        points = rows[rows["geo"] == geo]
        ax.add_line(Line2D(
            points["enterprises_share"].to_numpy(), points["value"].to_numpy(), color=colour,
            marker=marker, markersize=4.5, linewidth=1.8, linestyle="-", zorder=3, clip_on=False,
            markerfacecolor=colour, markeredgecolor=colour, markeredgewidth=1.0, gid="lorenz",
        ))  # fmt: skip
        _doubts(ax, points, colour, marker)
    return ax


def _doubts(ax: Axes, points: pd.DataFrame, colour: str, marker: str) -> None:
    """Points that are provisional, lighter, and the interval that rounding leaves of each."""
    for _, row in points.iterrows():
        x, value = float(row["enterprises_share"]), float(row["value"])
        if row["lower"] < row["upper"]:
            ax.add_line(Line2D([x, x], [row["lower"], row["upper"]], color=colour, linewidth=3.2,
                               alpha=0.45, marker="", zorder=2.5, gid="interval", linestyle="-",
                               solid_capstyle="butt"))  # fmt: skip
        if "p" in str(row["flag"]):
            ax.add_line(Line2D([x], [value], linestyle="none", marker=marker, markersize=4.5,
                               markeredgecolor=colour, markerfacecolor=style.lighter(colour),
                               zorder=4, clip_on=False, gid="value"))  # fmt: skip


def _born(rows: pd.DataFrame, ages: pd.Series[int], lang: str) -> str:
    """Cohort where all rows are of one, else the years that the rates are of."""
    cohorts = set(rows["year"].astype(int) - ages)
    if len(cohorts) == 1:
        return say(lang, "survival_cohort", year=cohorts.pop())
    return say(lang, "survival_years", years=notes.years(rows))


def _alive(aged: pd.DataFrame, fmt: Format, lang: str) -> str:
    known = aged[aged["value"].notna()]
    if known.empty:
        return say(lang, "withheld_all", what=quantity("survival", "TOTAL", lang))
    counts = known.groupby("year")["geo"].nunique()
    last = int(counts[counts == counts.max()].index.max())
    high, low = extremes(known[known["year"] == last])
    parts = {"n": last, "high": place(high["geo"], lang, inside=True),
             "low": place(low["geo"], lang, inside=True), "a": fmt.text(high["value"]),
             "b": fmt.text(low["value"])}  # fmt: skip
    return say(lang, "survival_one" if high["geo"] == low["geo"] else "survival_two", **parts)
