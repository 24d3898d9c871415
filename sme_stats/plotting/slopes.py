"""Slope chart: one measure in two years, one line a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.errors import MixingError
from sme_stats.frame import codes
from sme_stats.plotting import alt, notes, slants, trends
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import Options, drawn, observations, options, single, unique
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.orders import apart, sort
from sme_stats.plotting.series import Series, cut, gap_words
from sme_stats.plotting.slants import Slope
from sme_stats.plotting.words import is_aggregate, listed, place, say, subject

#: So many places are named on either side in the alt text.
_MOST = 3


def slope(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Slope chart of one measure in two years, one line a place, in the unit of the frame.

    A line is blue where the value rose, red where it fell, grey where the intervals left by
    rounding overlap. Across a break nothing is joined: each year keeps a dotted stub, and the
    break is drawn between them. A withheld value is a hatched bar.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame of one measure, size and unit, two years and several places; possibly of
        two tables that follow each other.
    ax : matplotlib.axes.Axes, optional
        Its place is filled with the whole chart; by default a figure of its own.
    **opts
        ``lang``, ``width``, ``title``, ``labels``, ``order`` (of equals, and of rows in the data:
        by the value of the second year, or the EU's protocol order).

    Returns
    -------
    Chart
        With its title, note, alt text and the rows drawn.

    Raises
    ------
    MixingError
        If there are not two years; several measures, units or sizes; or two rows for one place
        and year.
    NotAvailableError
        If the frame is empty.

    Examples
    --------
    >>> from sme_stats import load
    >>> from sme_stats.indicators.shares import size_share
    >>> cells = load("sbs_sc_ovw", year=[2021, 2024], geo=["DE", "ES", "FR"])
    >>> slope(size_share(cells, "SME", "persons_employed")).title.replace("\\xa0", " ")
    'Between 2021 and 2024 the SME share of persons employed rose in 1 and fell in 2 of 3 \
countries, most in Spain: from 67.0 % to 64.5 %'
    """
    chosen = options("slope", opts)
    rows = observations(frame, "slope")
    single(rows, "slope", "measure", "unit", "size", "reference")
    years = _two_years(rows)
    unique(rows, "slope", ["geo", "year"])
    lang = chosen.lang
    first = rows.iloc[0]
    numbers = [*rows["value"], *rows["lower"], *rows["upper"]]
    fmt = fit(numbers, first["unit"], lang, signed=apart(rows))
    slopes = _slopes(rows, years, chosen, fmt)
    series = [one.series for one in slopes]
    rows = pd.concat([s.rows for s in series])
    what = subject(first, lang)
    title = chosen.title or _finding(slopes, years, what, fmt, lang)
    subtitle = notes.subtitle(what, first["unit"], fmt, rows, lang)
    note = notes.note(rows, lang, *_remarks(series, years, lang))
    short = fmt if fmt.unit == "PC" else replace(fmt, suffix="")
    drawn_on = slants.plot(ax, chosen, slopes, years, short, (title, subtitle, note))
    spoken = _alt(title, slopes, years, what, fmt, lang)
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _two_years(rows: pd.DataFrame) -> tuple[int, int]:
    found = sorted(set(rows["year"]))
    if len(found) != 2:
        shown = ", ".join(map(str, found))
        raise MixingError(
            f"slope joins two years, and the frame has {len(found)} ({shown}); keep two with "
            f'frame[frame["year"].isin([{found[0]}, {found[-1]}])], or draw a trend'
        )
    return found[0], found[1]


def _slopes(
    rows: pd.DataFrame, years: tuple[int, int], chosen: Options, fmt: Format
) -> list[Slope]:
    """Slopes in the order of rankings at the second year; places without it come last."""
    last = rows[rows["year"] == years[1]]
    order = [*sort(last, chosen.order).rows["geo"]]
    order += [g for g in codes(rows["geo"]) if g not in order]
    out = []
    for geo in order:
        one = cut(geo, place(geo, chosen.lang), rows[rows["geo"] == geo], chosen.lang)
        known = one.rows["value"].notna().all() and len(one.rows) == 2 and not one.gaps
        ends = one.rows.iloc[0], one.rows.iloc[-1]
        out.append(Slope(one, trends.direction(*ends, fmt) if known else ""))
    return out


def _finding(
    slopes: Sequence[Slope], years: tuple[int, int], what: str, fmt: Format, lang: str
) -> str:
    """Count who rose and who fell, and name who changed most; nothing across a break."""
    countries = [s for s in slopes if not is_aggregate(s.series.name)]
    compared = [s for s in countries if s.compared]
    if len(compared) < 2:
        known = [s.series for s in slopes if s.compared]
        if not known and any(s.series.gaps for s in slopes):
            return say(lang, "slope_broken", what=what, y0=years[0], y1=years[1])
        return trends.finding(known or [s.series for s in slopes], what, fmt, lang)
    most = max(compared, key=lambda s: trends.moved(s.series.rows)).series
    first, last = most.rows.iloc[0], most.rows.iloc[-1]
    return say(
        lang, "slope_title" if len(compared) == len(countries) else "slope_some", what=what,
        y0=years[0], y1=years[1], up=_count(compared, "rose"), down=_count(compared, "fell"),
        n=len(compared), place=place(most.name, lang, inside=True),
        a=fmt.text(first["value"]), b=fmt.text(last["value"]),
    )  # fmt: skip


def _count(slopes: Sequence[Slope], way: str) -> int:
    return sum(s.way == way for s in slopes)


def _remarks(series: Sequence[Series], years: tuple[int, int], lang: str) -> list[str]:
    """Sentences that help to read the lines, and the places that lack a year."""
    rows = pd.concat([s.rows for s in series])
    known = rows["value"].notna()
    lacking = [
        f"{s.label} {year}" for s in series for year in years if year not in set(s.rows["year"])
    ]
    told = {
        "sme_note": (rows["size"] == "0-249").any(),
        "rounded_note": (known & (rows["lower"] < rows["upper"])).any(),
        "provisional_note": (known & rows["flag"].str.contains("p")).any(),
    }
    said = [say(lang, key) for key, there in told.items() if there]
    absent = say(lang, "absent", what=", ".join(lacking)) if lacking else ""
    return [*said, gap_words(series, lang), absent]


def _alt(
    title: str, slopes: Sequence[Slope], years: tuple[int, int], what: str, fmt: Format, lang: str
) -> str:
    series = [s.series for s in slopes]
    rows = pd.concat([s.rows for s in series])
    unit = notes.unit_name(str(rows["unit"].iloc[0]), lang, fmt)
    parts = [alt.sentence(title), say(lang, "alt_slope", n=len(slopes), what=what, unit=unit,
                                      y0=years[0], y1=years[1])]  # fmt: skip
    for way in ("rose", "fell"):
        found = [s.series for s in slopes if s.way == way]
        found = sorted(found, key=lambda s: -trends.moved(s.rows))[:_MOST]
        told = [
            say(lang, "alt_step", label=s.label, a=fmt.text(s.rows["value"].iloc[0]),
                b=fmt.text(s.rows["value"].iloc[-1]))
            for s in found
        ]  # fmt: skip
        if told:
            parts.append(say(lang, f"alt_{way}", places=listed(told, lang)))
    return " ".join([*parts, *alt.interrupted(series, fmt, lang)])
