"""Filters into SDMX 2.1 keys, split so that each answer stays within the interface's limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, prod

from sme_stats import codelists
from sme_stats.catalogue import entries
from sme_stats.errors import UnknownNameError
from sme_stats.frame import DIMENSIONS, as_list
from sme_stats.sources.structure import Structure

#: Positions answered at once, and the most that are answered at all.
AT_ONCE, AT_MOST = 500_000, 5_000_000
#: More requests than this are not worth it: the whole table is one cached file.
MOST_PARTS = 12


@dataclass(frozen=True)
class Query:
    """One request: codes of each dimension (empty for all) and the first and last period."""

    structure: Structure
    codes: Mapping[str, tuple[str, ...]]
    start: str = ""
    end: str = ""

    def key(self) -> str:
        """Dot-separated codes in the order of the data structure; empty where all are wanted.

        Dots alone would be taken for steps up the address (``data/t/..`` is ``data``).

        Examples
        --------
        >>> table = Structure("t", {"freq": ("A",), "geo": ("DE", "FR", "IT")})
        >>> Query(table, {"geo": ("DE", "FR")}).key()
        '.DE+FR'
        """
        if not any(self.codes.values()):
            return ""
        return ".".join("+".join(self.codes.get(name, ())) for name in self.structure.dimensions)

    def params(self) -> dict[str, str]:
        """Periods as query parameters."""
        named = {"startPeriod": self.start, "endPeriod": self.end}
        return {name: value for name, value in named.items() if value}

    def positions(self) -> int:
        """Size that the interface will estimate: the product of the matched positions."""
        years = [
            p
            for p in self.structure.periods
            if (not self.start or p[:4] >= self.start) and (not self.end or p[:4] <= self.end)
        ]
        matched = (
            len(self.codes.get(name) or used) for name, used in self.structure.dimensions.items()
        )
        return prod(matched) * max(1, len(years))

    def halves(self) -> list[Query]:
        """Split at the dimension with the most codes; empty where nothing can be split."""
        return self.split(2)

    def split(self, parts: int) -> list[Query]:
        """Split at the dimension with the most codes into at most so many parts."""
        dims = self.structure.dimensions
        name = max(dims, key=lambda d: len(self.codes.get(d) or dims[d]))
        codes = self.codes.get(name) or dims[name]
        if len(codes) < 2:
            return []
        step = ceil(len(codes) / min(parts, len(codes)))
        pieces = [codes[i : i + step] for i in range(0, len(codes), step)]
        return [replace(self, codes={**self.codes, name: piece}) for piece in pieces]


def build(structure: Structure, filters: Mapping[str, object]) -> Query:
    """Turn filters into a query, each code checked against those in use.

    Parameters
    ----------
    structure : Structure
        Of the table.
    filters : mapping
        Dimension (Eurostat's name or the frame's) or ``measure`` to one code or several;
        ``year`` to years.

    Raises
    ------
    UnknownNameError
        If a dimension or a code is not in the table; names the nearest. Eurostat itself would
        drop it silently.
    """
    ours = {DIMENSIONS.get(name, name): name for name in structure.dimensions}
    codes: dict[str, tuple[str, ...]] = {}
    years: list[str] = []
    for name, wanted in filters.items():
        if wanted is None:
            continue
        asked = tuple(dict.fromkeys(str(w) for w in as_list(wanted)))
        if name in ("year", "time", "TIME_PERIOD", "period"):
            years = sorted(text[:4] for text in _years(asked, structure))
        elif name == "measure":
            codes = _of_measures(structure, codes, asked)
        else:
            dim = ours.get(DIMENSIONS.get(name, name), name)
            if dim == "unit" and dim not in structure.dimensions:
                continue  # known from the indicator only: chosen after the download
            codes = _narrow(codes, dim, _checked(structure, dim, asked))
    return Query(structure, codes, years[0] if years else "", years[-1] if years else "")


def plan(query: Query) -> list[Query] | None:
    """Cut a query into parts that are answered; None where the whole table is the better answer.

    A whole table without any filter is a cached file and always served, so a query that would
    need many parts is not made.
    """
    if not any(query.codes.values()) and not query.start:
        return None
    parts = [query]
    while any(part.positions() > AT_MOST for part in parts):
        parts = [
            smaller
            for part in parts
            for smaller in (part.halves() if part.positions() > AT_MOST else [part])
        ]
        if not parts or len(parts) > MOST_PARTS:
            return None
    return parts


def _narrow(
    codes: dict[str, tuple[str, ...]], dim: str, wanted: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    before = codes.get(dim)
    kept = tuple(c for c in wanted if c in before) if before else wanted
    if not kept:
        raise UnknownNameError(f"{dim} that fits both filters", ", ".join(wanted), before or ())
    return {**codes, dim: kept}


def _checked(structure: Structure, dim: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    if dim not in structure.dimensions:
        raise UnknownNameError(f"dimension of {structure.code}", dim, structure.dimensions)
    used = set(structure.dimensions[dim])
    for code in asked:
        if code not in used:
            hint = ""
            if code in codelists.GEO_ALIASES:
                hint = f"Eurostat writes {codelists.GEO_ALIASES[code]}"
            raise UnknownNameError(f"{dim} in {structure.code}", code, used, hint)
    return asked


def _of_measures(
    structure: Structure, codes: dict[str, tuple[str, ...]], measures: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Narrow the dimension that names indicators to those of the measures."""
    flow = entries().get(structure.code)
    if flow is None:
        raise UnknownNameError(
            f"dimension of {structure.code}", "measure", structure.dimensions,
            "the catalogue does not hold this table, so use its own indicator codes",
        )  # fmt: skip
    dim = next((d for d in structure.dimensions if DIMENSIONS.get(d, d) == flow.indicators_in), "")
    used = structure.dimensions.get(dim, ())
    named = {code: flow.measure_of(code)[0] for code in used}
    known = {measure for measure in (*named.values(), flow.measure) if measure}
    for measure in measures:
        if measure not in known:
            raise UnknownNameError(f"measure in {structure.code}", measure, known)
    if not dim:
        return codes  # every cell is of the one measure
    return _narrow(codes, dim, tuple(c for c, measure in named.items() if measure in measures))


def _years(asked: tuple[str, ...], structure: Structure) -> tuple[str, ...]:
    known = {period[:4] for period in structure.periods}
    for year in asked:
        if not year[:4].isdigit() or (known and year[:4] not in known):
            raise UnknownNameError(f"year in {structure.code}", year, known)
    return asked
