"""Key figures of a country beside the EU's: same figure, year and population, with intervals.

Numbers come from the definition space that `check` judges claims by, so that a page and a verdict
cannot disagree. Two numbers may be of different vintages: they stand side by side and are never
combined.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd

from sme_stats import codelists
from sme_stats.claims.blocks import Evidence
from sme_stats.claims.evidence import best, family
from sme_stats.claims.space import Space
from sme_stats.plotting.notes import unit_name
from sme_stats.plotting.words import SHARE, capital, quantity, say
from sme_stats.report.rows import Row, rows_of, say_age, say_flags, say_number
from sme_stats.report.texts import text

UNION = "EU27_2020"
#: Populations that one figure may be in, the newest first; figures of two are never compared.
_POPULATIONS = ("B-S_X_O_S94", "B-N_S95_X_K", "B-N_X_K642")


@dataclass(frozen=True)
class Wanted:
    """A figure: what `Space.find` takes, and whether its table is of business demography."""

    statistic: str
    measure: str
    size: str = "TOTAL"
    age: str = ""
    demographic: bool = False


WANTED = (
    Wanted("level", "enterprises"), Wanted("share", "enterprises", "0-249"),
    Wanted("share", "enterprises", "GE250"), Wanted("level", "persons_employed"),
    Wanted("share", "persons_employed", "0-249"), Wanted("level", "turnover"),
    Wanted("share", "turnover", "0-249"), Wanted("average", "average_size"),
    Wanted("share", "active_enterprises", "0", demographic=True),
    Wanted("rate", "birth_rate", demographic=True), Wanted("rate", "death_rate", demographic=True),
    Wanted("rate", "survival", age="Y1", demographic=True),
    Wanted("rate", "survival", age="Y5", demographic=True),
    Wanted("share", "value_added", "0-249"),
)  # fmt: skip


@dataclass(frozen=True)
class KeyFigure:
    """One line of the table, in words."""

    name: str
    year: int
    country: str
    union: str
    against: str
    rank: str
    best: str
    source: str


def find(space: Space, wanted: Wanted, geo: str, year: int, nace: str) -> Evidence | None:
    """The number of Eurostat's tables, or of a release where no cell has it."""
    found = space.find(wanted.statistic, wanted.measure, wanted.size, geo, year, wanted.age)
    kind = "bd" if wanted.demographic else "sbs"
    return best([e for e in found if e.nace == nace and family(e.dataset) == kind])


def newest(space: Space, wanted: Wanted, geo: str, nace: str) -> int | None:
    """Latest year in which a place has the figure in a population."""
    for year in space.years(wanted.statistic, wanted.measure, wanted.size, geo):
        if find(space, wanted, geo, year, nace):
            return year
    return None


def together(space: Space, wanted: Wanted, geo: str) -> tuple[Evidence, Evidence | None] | None:
    """A country's number and the EU's, in the latest year that has both, else the latest of its.

    Where the EU has none, a partial aggregate of the same year takes its place, called that.
    """
    for nace in _POPULATIONS:
        year = newest(space, wanted, geo, nace)
        if year is None:
            continue
        for one in space.years(wanted.statistic, wanted.measure, wanted.size, geo):
            own = find(space, wanted, geo, one, nace)
            union = find(space, wanted, UNION, one, nace)
            if own and union:
                return own, union
        own = find(space, wanted, geo, year, nace)
        return (own, _partial(space, wanted, year, nace)) if own else None
    return None


def _partial(space: Space, wanted: Wanted, year: int, nace: str) -> Evidence | None:
    if wanted.statistic == "rate":
        return None
    found = space.find_partial(wanted.statistic, wanted.measure, wanted.size, UNION, year)
    kind = "bd" if wanted.demographic else "sbs"
    return best([e for e in found if e.nace == nace and family(e.dataset) == kind])


def key_figures(space: Space, geo: str, lang: str) -> list[KeyFigure]:
    """Every key figure that a country has, in the order of the page."""
    pairs = [(wanted, together(space, wanted, geo)) for wanted in WANTED]
    return [_line(space, wanted, *pair, lang) for wanted, pair in pairs if pair]


def _line(
    space: Space, wanted: Wanted, own: Evidence, union: Evidence | None, lang: str
) -> KeyFigure:
    rows = rows_of(frame_of([own, *([union] if union else [])]), lang)
    said = [say_number(row) for row in rows]
    if union and "[" in union.geo:
        said[1] += f" ({say(lang, 'key_partial')}, {union.geo.partition('[')[2].rstrip(']')})"
    rank = ranks(space, wanted, own)
    return KeyFigure(
        name=name_of(wanted, lang), year=own.year, country=said[0],
        union=said[1] if union else text(lang, "none"),
        against=_against(wanted, rows, lang), rank=_rank(rank, lang),
        best=str(rank[0]) if rank else "",
        source=_sources(own, union, lang),
    )  # fmt: skip


def name_of(wanted: Wanted, lang: str) -> str:
    """Figure as the page names it."""
    measure = wanted.measure + (SHARE if wanted.statistic == "share" else "")
    name = capital(quantity(measure, wanted.size, lang))
    if wanted.statistic == "average":
        return f"{name} ({unit_name('PERS_PER_ENT', lang)})"
    return f"{name}, {say_age(wanted.age, lang)}" if wanted.age else name


def frame_of(found: list[Evidence]) -> pd.DataFrame:
    """Numbers of the definition space as a frame."""
    return pd.DataFrame([dataclasses.asdict(e) for e in found])


def _sources(own: Evidence, union: Evidence | None, lang: str) -> str:
    """Table and vintage of both numbers, once where they are the same."""
    mine, theirs = _source(own, lang), _source(union, lang) if union else ""
    if not theirs or mine == theirs:
        return mine
    colon = say(lang, "colon")
    return f"{own.geo}{colon}{mine}; EU27{colon}{theirs}"


def _source(found: Evidence, lang: str) -> str:
    said = say(lang, "vintage", dataset=found.dataset, vintage=found.vintage)
    return ", ".join(s for s in (said, found.source, say_flags(found.flag, lang)) if s)


def _against(wanted: Wanted, rows: list[Row], lang: str) -> str:
    """Higher, lower or undecided; levels of a country and of the EU are not compared."""
    if wanted.statistic == "level" or len(rows) < 2:
        return ""
    own, union = rows
    if own.lower > union.upper:
        return text(lang, "above")
    if own.upper < union.lower:
        return text(lang, "below")
    return text(lang, "equal" if own.lower == own.upper == union.value else "open")


def ranks(space: Space, wanted: Wanted, own: Evidence) -> tuple[int, int, int] | None:
    """Best and worst rank that the intervals allow, and among how many countries.

    Countries of the same table, vintage, year and population only; None where there is no other.
    """
    countries = [c for c, row in codelists.table("GEO").items() if row["kind"] == "country"]
    found = [find(space, wanted, geo, own.year, own.nace) for geo in countries]
    state = (own.dataset, own.vintage, own.source)
    peers = [e for e in found if e and (e.dataset, e.vintage, e.source) == state]
    others = [e for e in peers if e.geo != own.geo and e.lower == e.lower]
    if not others or own.lower != own.lower:
        return None
    above = sum(e.lower > own.upper for e in others)
    maybe = sum(e.upper > own.lower for e in others)
    return above + 1, maybe + 1, len(others) + 1


def _rank(found: tuple[int, int, int] | None, lang: str) -> str:
    if found is None:
        return ""
    first, last, n = found
    return text(lang, "rank_of" if first == last else "rank_span", best=first, worst=last, n=n)
