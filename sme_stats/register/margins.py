"""Dense tables: every cell of a register's countries and years, with the margins of each.

A table is an array by activity, size class, country and year, each axis in the order of its codes,
so that a margin is a sum along an axis and a frame made of it needs no sorting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.register.schema import INSIDE

Array = np.ndarray[Any, np.dtype[Any]]

#: Class that others lie inside of.
_INSIDE_SBS = {"0-9": ("0_1", "2-9")}
#: Aggregates of activities that a table has where all their parts are there.
AGGREGATES = ("B-S_X_O_S94", "B-E")
KEYS = ["year", "geo", "act", "size"]
#: Activities and their aggregates in the order of their codes.
ACTS = tuple(sorted([*INSIDE, *AGGREGATES]))


def members_of(aggregate: str) -> list[str]:
    """Activities of a register that make up an aggregate.

    Examples
    --------
    >>> members_of("B-E")
    ['B', 'C', 'D', 'E']
    """
    parts = codelists.table("NACE")[aggregate]["parts"].split(";")
    return [part for part in parts if part in INSIDE]


@dataclass(frozen=True)
class Axes:
    """What the tables of one register share.

    Attributes
    ----------
    geos : tuple of str
        Its countries.
    years : numpy.ndarray
        From its first to its last, without gaps.
    covered : numpy.ndarray of bool
        By country and year: whether it has an active enterprise.
    places : numpy.ndarray of bool
        By activity and country: whether there is such a cell. An aggregate is only where the
        country has all its parts.
    """

    geos: tuple[str, ...]
    years: Array
    covered: Array
    places: Array

    @classmethod
    def of(cls, active: pd.DataFrame, whole: bool) -> Axes:
        """Axes of a register.

        Parameters
        ----------
        active : pandas.DataFrame
            Active enterprises by ``year``, ``geo`` and ``act``, inside the population and outside.
        whole : bool
            The register holds the whole population: a section without a record is empty, not
            missing.
        """
        geos = tuple(sorted(active["geo"].unique()))
        first, last = (active["year"].min(), active["year"].max()) if geos else (0, -1)
        years = np.arange(first, last + 1)
        covered = np.zeros((len(geos), len(years)), dtype=bool)
        covered[_places(active["geo"], geos), active["year"].to_numpy() - first] = True
        inside = active[active["act"].isin(INSIDE)]
        places = np.zeros((len(ACTS), len(geos)), dtype=bool)
        places[_places(inside["act"], ACTS), _places(inside["geo"], geos)] = True
        if whole:
            places[_places(INSIDE, ACTS)] = True
        for aggregate in AGGREGATES:
            members = places[_places(members_of(aggregate), ACTS)]
            places[ACTS.index(aggregate)] = members.all(axis=0)
        return cls(geos, years, covered, places)

    def filled(self, cells: pd.DataFrame, sums: Sequence[str], classes: Sequence[str]) -> Table:
        """A table of sums: 0 where a country's section has nobody in a class that year.

        Parameters
        ----------
        cells : pandas.DataFrame
            ``year``, ``geo``, ``act``, and the number of the size class in ``size``, with sums.
        sums : sequence of str
            Which of them.
        classes : sequence of str
            The size classes; all of them add up to TOTAL. None: every cell is of all sizes.
        """
        codes = [code for code, parts in _INSIDE_SBS.items() if set(parts) <= set(classes)]
        sizes = tuple(sorted([*classes, *codes, "TOTAL"]))
        shape = (len(ACTS), len(sizes), len(self.geos), len(self.years))
        finest = _places(classes or ["TOTAL"], sizes)
        where = np.ravel_multi_index((
            _places(cells["act"], ACTS), finest[cells["size"].to_numpy(dtype=np.intp)],
            _places(cells["geo"], self.geos), cells["year"].to_numpy() - self.years[:1],
        ), shape)  # fmt: skip
        size = int(np.prod(shape))
        every = np.stack([np.bincount(where, cells[name].to_numpy(), size) for name in sums])
        whole = _with_margins(every.reshape(len(sums), *shape), sizes, finest)
        return Table(sizes, dict(zip(sums, whole, strict=True)))


@dataclass(frozen=True)
class Table:
    """Sums by activity, size, country and year: the codes of their sizes, and name to array."""

    sizes: tuple[str, ...]
    values: dict[str, Array]


def _with_margins(cells: Array, sizes: tuple[str, ...], finest: Array) -> Array:
    """Sums over size classes, then over activities, into the places that are theirs."""
    for code, parts in _INSIDE_SBS.items():
        if code in sizes:
            cells[:, :, sizes.index(code)] = cells[:, :, _places(parts, sizes)].sum(axis=2)
    cells[:, :, sizes.index("TOTAL")] = cells[:, :, finest].sum(axis=2)
    for aggregate in AGGREGATES:
        members = _places(members_of(aggregate), ACTS)
        cells[:, ACTS.index(aggregate)] = cells[:, members].sum(axis=1)
    return cells


def _places(codes: Sequence[str] | pd.Series[Any], of: tuple[str, ...]) -> Array:
    """Number of each code in a tuple of codes."""
    return pd.Index(of).get_indexer(pd.Index(codes))
