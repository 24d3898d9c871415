"""Births and deaths of enterprises in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sme_stats.codelists import size_range
from sme_stats.errors import MixingError, NotAvailableError
from sme_stats.frame import codes
from sme_stats.plotting import alt, notes, trends
from sme_stats.plotting.chart import Chart
from sme_stats.plotting.inputs import drawn, observations, options, single, unique
from sme_stats.plotting.numbers import Format, fit
from sme_stats.plotting.series import Series, cut
from sme_stats.plotting.words import measure_words, parted, place, quantity, say, size_counted

RATES = ("birth_rate", "death_rate")
COUNTS = ("births", "deaths")


def births_deaths(frame: pd.DataFrame, ax: Axes | None = None, **opts: object) -> Chart:
    """Lines of birth and death rate over years for one place, in percent of active enterprises.

    A frame of numbers instead of rates (``births``, ``deaths``) gives lines by size class. What is
    not in the frame, such as deaths in numbers, is named in the note.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with ``birth_rate`` and ``death_rate``, or ``births`` and ``deaths``,
        for one place; possibly of two tables that follow each other.
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
        If there are several places, or rates beside numbers.
    NotAvailableError
        If the frame has neither rates nor numbers.

    Examples
    --------
    >>> from sme_stats import load
    >>> cells = load("bd_size", geo="EU27_2020", measure=["birth_rate", "death_rate"])
    >>> births_deaths(cells).title.replace("\\xa0", " ")
    'More enterprises were born than died in the EU in 2022: birth rate 10.5 %, death rate 8.4 %'
    """
    chosen = options("births_deaths", opts)
    rows = observations(frame, "births_deaths")
    rows = rows[rows["measure"].isin([*RATES, *COUNTS])]
    if rows.empty:
        raise NotAvailableError(
            "births_deaths draws birth_rate and death_rate, or births and deaths; the frame has "
            f"{', '.join(codes(frame['measure'].astype(str)))}"
        )
    single(rows, "births_deaths", "geo")
    _one_kind(rows)
    unique(rows, "births_deaths", ["dataset", "measure", "size", "year"])
    lang = chosen.lang
    series = _series(rows, lang)
    rows = pd.concat([s.rows for s in series])
    fmt = fit([*rows["value"], *rows["lower"], *rows["upper"]], rows["unit"].iloc[0], lang)
    title = chosen.title or _finding(series, rows, fmt, lang)
    subtitle = _subtitle(rows, fmt, lang)
    note = notes.note(rows, lang, *trends.remarks(series, lang), _absent(rows, lang))
    drawn_on = trends.plot(ax, chosen, series, fmt, (title, subtitle, note))
    spoken = " ".join([
        alt.sentence(title),
        say(lang, "alt_line", what=", ".join(s.label for s in series), years=notes.years(rows),
            unit=notes.unit_name(rows["unit"].iloc[0], lang, fmt)),
        *alt.lines(series, fmt, lang),
    ])  # fmt: skip
    return Chart(drawn_on, title, subtitle, note, spoken, drawn(frame, rows), lang)


def _one_kind(rows: pd.DataFrame) -> None:
    found = codes(rows["measure"])
    if set(found) & set(RATES) and set(found) & set(COUNTS):
        raise MixingError(
            f"births_deaths shows rates or numbers, and the frame has {', '.join(found)}; keep "
            'one kind with frame[frame["unit"] == "PC"]'
        )


def _series(rows: pd.DataFrame, lang: str) -> list[Series]:
    """One a measure, and a size class where there are several."""
    sizes = sorted(set(rows["size"]), key=lambda s: (s != "TOTAL", _lowest(s), s))
    measures = [m for m in (*RATES, *COUNTS) if m in set(rows["measure"])]
    out = []
    for measure in measures:
        for size in sizes:
            part = rows[(rows["measure"] == measure) & (rows["size"] == size)]
            if part.empty:
                continue
            label = measure_words(measure, lang)["label"]
            by_size = size_counted(size, str(part["dataset"].iloc[0]), lang)
            name = (
                label
                if len(sizes) == 1
                else by_size
                if len(measures) == 1
                else f"{label}, {by_size}"
            )
            out.append(cut(f"{measure} {size}", name, part, lang))
    return out


def _lowest(size: str) -> int:
    span = size_range(size)
    return span.lower if span else 0


def _finding(series: Sequence[Series], rows: pd.DataFrame, fmt: Format, lang: str) -> str:
    """Compare births with deaths in the last year that has both; else how births went."""
    geo = str(rows["geo"].iloc[0])
    both = _both(rows)
    if both is None:
        first = series[0]
        cell = first.rows.iloc[0]
        return trends.finding([first], quantity(cell["measure"], cell["size"], lang), fmt, lang)
    birth, death = both
    more = birth["lower"] > death["upper"]
    less = birth["upper"] < death["lower"]
    phrase = "rates_more" if more else "rates_less" if less else "rates_open"
    phrase = phrase if birth["unit"] == "PC" else f"numbers{phrase.removeprefix('rates')}"
    return say(lang, phrase, place=place(geo, lang, inside=True), y1=birth["year"],
               a=fmt.text(birth["value"]), b=fmt.text(death["value"]))  # fmt: skip


def _both(rows: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]] | None:
    # Provisional deaths overshoot, so they decide only where there is nothing else.
    known = rows[rows["value"].notna()]
    final = known[~known["flag"].str.contains("p")]
    return _last_of(final) or _last_of(known)


def _last_of(known: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]] | None:
    for size in sorted(set(known["size"]), key=lambda s: s != "TOTAL"):
        part = known[known["size"] == size].sort_values(["year", "dataset"], kind="stable")
        births = part[part["measure"].isin([RATES[0], COUNTS[0]])].drop_duplicates(
            "year", keep="last"
        )
        deaths = part[part["measure"].isin([RATES[1], COUNTS[1]])].drop_duplicates(
            "year", keep="last"
        )
        years = sorted(set(births["year"]) & set(deaths["year"]))
        if years:
            last = years[-1]
            return births[births["year"] == last].iloc[0], deaths[deaths["year"] == last].iloc[0]
    return None


def _subtitle(rows: pd.DataFrame, fmt: Format, lang: str) -> str:
    where = place(str(rows["geo"].iloc[0]), lang)
    if rows["unit"].iloc[0] == "PC":
        return where + say(lang, "colon") + say(lang, "rates_subtitle", years=notes.years(rows))
    names = [quantity(m, "TOTAL", lang) for m in COUNTS if m in set(rows["measure"])]
    return notes.subtitle(f"{', '.join(names)}, {where}", "NR", fmt, rows, lang)


def _absent(rows: pd.DataFrame, lang: str) -> str:
    """Name what this chart should have and the frame does not."""
    wanted = RATES if rows["unit"].iloc[0] == "PC" else COUNTS
    found = set(rows["measure"])
    names = [quantity(m, "TOTAL", lang) for m in wanted if m not in found]
    years = set(rows["year"])
    for measure in (m for m in wanted if m in found):
        gone = sorted(years - set(rows.loc[rows["measure"] == measure, "year"]))
        if gone:
            names.append(f"{measure_words(measure, lang)['label']} {', '.join(map(str, gone))}")
    return say(lang, "absent", what=parted(names, lang)) if names else ""
