"""Write country fact sheets: one, or all in parallel with an index page in each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sme_stats.claims.files import read_claims
from sme_stats.claims.model import Claim
from sme_stats.claims.space import embedded
from sme_stats.errors import (
    DataError,
    InputError,
    NotAvailableError,
    SmeStatsError,
    UnknownNameError,
)
from sme_stats.places import data_dir
from sme_stats.plotting import recipes
from sme_stats.plotting.numbers import number
from sme_stats.plotting.recipes import Question
from sme_stats.plotting.words import LANGS, place
from sme_stats.plotting.workers import Progress, run_each
from sme_stats.report.country import build_sheet, countries, require_country
from sme_stats.report.figures import draw
from sme_stats.report.key_figures import Wanted, find, frame_of, newest
from sme_stats.report.page import make_folder, render, write_whole
from sme_stats.report.rows import Row, rows_of, say_number, say_span
from sme_stats.report.texts import text
from sme_stats.sources import snapshot

#: Languages by their own names.
NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}
#: Figures of the index by their headings, and charts that compare countries.
_COLUMNS = {
    "index_enterprises": Wanted("level", "enterprises"),
    "index_persons_employed": Wanted("share", "persons_employed", "0-249"),
    "index_large": Wanted("share", "enterprises", "GE250"),
    "index_average_size": Wanted("average", "average_size"),
    "index_active_enterprises": Wanted("share", "active_enterprises", "0", demographic=True),
}
_CHARTS = {
    "ranking": Question(year=(2023,)), "one-person": Question(year=(2023,)),
}  # fmt: skip


def write_sheet(
    geo: str, out: str | Path | None = None, lang: str = "en",
    claims: Sequence[str | Path] = (),
) -> Path:  # fmt: skip
    """Write the fact sheet of a country.

    Parameters
    ----------
    geo : str
        Eurostat's code of a country, or its English name.
    out : str or pathlib.Path, optional
        File to write; ``output/DE-de.html`` by default. Written whole or not at all.
    lang : {"en", "fr", "de"}
        Language of the page.
    claims : sequence of str or pathlib.Path
        Claims files or folders; by default the embedded collection.

    Returns
    -------
    pathlib.Path
        The file written. It asks nothing of any server.

    Raises
    ------
    UnknownNameError
        If there is no such place or language; names the nearest.
    UsageError
        If the place is an aggregate.
    NotAvailableError
        If the tables at hand have no cell of the country.
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> write_sheet("GR")
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown geo: 'GR'; valid: EL; Eurostat writes EL
    """
    code = require_country(geo)
    _require_languages([lang])
    page = _page(code, lang, tuple(map(str, claims)), index="", others=[])
    return write_whole(Path(out or f"output/{code}-{lang}.html"), page)


def write_sheets(
    out: str | Path = "output/countries", langs: Sequence[str] = ("en",),
    claims: Sequence[str | Path] = (), geos: Sequence[str] = (), workers: int | None = None,
    progress: Progress | None = None,
) -> list[Path]:  # fmt: skip
    """Write the fact sheets of countries, in parallel, with an index a language.

    Parameters
    ----------
    out : str or pathlib.Path
        Folder: ``LANG/index.html`` and ``LANG/GEO.html`` are written there, linked to each other.
    langs : sequence of str
        Languages.
    claims : sequence of str or pathlib.Path
        Claims files or folders; by default the embedded collection.
    geos : sequence of str
        Countries; by default all that the tables at hand have cells of.
    workers : int, optional
        Processes; by default one a core.
    progress : callable, optional
        Told of each page when it is done.

    Returns
    -------
    list of pathlib.Path
        Files written, index first, by language. The same data give the same bytes.

    Raises
    ------
    UnknownNameError
        If a language is none of the three, or there is no such country.
    InputError
        If a folder or page cannot be written.
    """
    langs = _require_languages(langs)
    chosen = [require_country(geo) for geo in geos] or countries()
    for lang in langs:
        make_folder(Path(out) / lang)
    # The countries first, so that no language waits for another's index.
    jobs = [
        (str(out), geo, lang, langs, tuple(map(str, claims)), tuple(chosen))
        for geo in [*chosen, ""] for lang in langs
    ]  # fmt: skip
    paths = run_each(_write, jobs, ["pages"] * len(jobs), workers, progress)
    written = dict(zip([job[1:3] for job in jobs], paths, strict=True))
    return [Path(written[geo, lang]) for lang in langs for geo in ["", *chosen]]


def _require_languages(langs: Sequence[str]) -> tuple[str, ...]:
    for lang in langs:
        if lang not in LANGS:
            raise UnknownNameError("language", lang, LANGS)
    return tuple(dict.fromkeys(langs))


def _write(
    out: str, geo: str, lang: str, langs: tuple[str, ...], claims: tuple[str, ...],
    chosen: tuple[str, ...],
) -> str:  # fmt: skip
    name = geo or "index"
    others = [(code, NAMES[code], f"../{code}/{name}.html") for code in langs if code != lang]
    try:
        if geo:
            page = _page(geo, lang, claims, index="index.html", others=others)
        else:
            page = render("index.html", _index(lang, claims, chosen) | {"others": others}, lang)
        return str(write_whole(Path(out) / lang / f"{name}.html", page))
    except SmeStatsError as error:
        # Of a class that travels between processes: one message, nothing else.
        kind = NotAvailableError if isinstance(error, DataError) else InputError
        raise kind(f"page {name}, {lang}: {error}") from None


def _page(
    geo: str, lang: str, claims: tuple[str, ...], index: str, others: list[tuple[str, str, str]]
) -> str:
    content = build_sheet(geo, lang, _collection(claims), embedded())
    links = {"index": index, "others": others}
    return render("country.html", content | _sources(lang) | links, lang)


@cache
def _collection(claims: tuple[str, ...]) -> list[Claim]:
    return read_claims(*(claims or [data_dir() / "claims"]))


def _sources(lang: str) -> dict[str, Any]:
    rows = [
        {"dataset": p.dataset, "rows": number(p.rows, lang),
         "vintage": text(lang, "vintage_releases") if p.dataset == "releases" else p.vintage}
        for p in snapshot.manifest().values()
    ]  # fmt: skip
    return {"tables": rows, "attribution": snapshot.attribution()}


def _index(lang: str, claims: tuple[str, ...], chosen: tuple[str, ...]) -> dict[str, Any]:
    """Content of the index: one row a country, and charts that compare them."""
    counts = Counter(claim.geo for claim in _collection(claims))
    charts = [
        draw(name, lambda width, name=name, **options: recipes.draw(
            name, _CHARTS[name], width=width, **options), lang)
        for name in _CHARTS
    ]  # fmt: skip
    rows = [_index_row(geo, lang) | {"claims": counts[geo]} for geo in chosen]
    headings = [text(lang, name) for name in _COLUMNS]
    return {"rows": rows, "headings": headings, "charts": charts, **_sources(lang)}


def _index_row(geo: str, lang: str) -> dict[str, Any]:
    """One country in the latest year of its enterprises, blanks where the tables have nothing."""
    space, first = embedded(), _COLUMNS["index_enterprises"]
    new = newest(space, first, geo, "B-S_X_O_S94")
    nace = "B-S_X_O_S94" if new else "B-N_S95_X_K"
    year = new or newest(space, first, geo, nace)
    cells = []
    for wanted in _COLUMNS.values():
        own = "B-N_X_K642" if wanted.demographic and not new else nace
        found = find(space, wanted, geo, year, own) if year else None
        cells.append(_index_cell(rows_of(frame_of([found]), lang)[0]) if found else ("–", ""))
    return {"geo": geo, "place": place(geo, lang), "year": year or "", "cells": cells}


def _index_cell(row: Row) -> tuple[str, str]:
    return say_number(row) if row.known else say_span(row), f"{row.lower:.10g}"
