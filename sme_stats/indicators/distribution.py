"""How unequally employment is spread over enterprises: Lorenz points and bounds of the Gini."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.codelists import size_range
from sme_stats.errors import NotAvailableError, UnknownNameError
from sme_stats.frame import codes, select, tidy
from sme_stats.indicators.partitions import counted, partition_from, refuse_withheld
from sme_stats.uncertainty.cube import Array, from_bits, make
from sme_stats.uncertainty.intervals import Interval, share

#: Whom the classes of a table count: persons employed in structural business statistics,
#: employees in business demography. Class limits hold for those alone.
_PEOPLE = {"enterprises": "persons_employed", "active_enterprises": "employees"}


def lorenz(frame: pd.DataFrame) -> pd.DataFrame:
    """Lorenz points: cumulated share of enterprises and of persons employed, smallest first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises and persons employed by size class, or active
        enterprises and employees: whom the classes count.

    Returns
    -------
    pandas.DataFrame
        One row a class and the origin, unit PC: ``value`` is the cumulated share of persons
        employed with ``lower`` and ``upper`` where figures are rounded, each sharp over the classes
        (TOTAL is not used); ``enterprises_share`` that of enterprises, with ``enterprises_lower``
        and ``enterprises_upper``; ``size`` the class that ends there.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame.
    WithheldError
        If a class is withheld: the curve would be of other classes; names the group.
    NotAvailableError
        If no group has every class of both measures, or a group has nobody.

    Examples
    --------
    >>> from sme_stats import load
    >>> points = lorenz(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> points[["size", "enterprises_share", "value"]].round(1).iloc[[1, 4, 5]].to_dict("list")
    {'size': ['0-9', '50-249', 'GE250'], 'enterprises_share': [84.3, 99.5, 100.0], \
'value': [18.6, 55.2, 100.0]}
    """
    groups = _groups(frame)
    firms, persons = _cumulated(groups.firms), _cumulated(groups.persons)
    width = len(groups.classes) + 1
    rows = np.repeat(np.arange(len(groups.keys)), width)
    columns: dict[str, object] = {c: groups.keys[c].array[rows] for c in groups.keys.columns}
    return tidy(columns | {
        "measure": np.full(len(rows), "lorenz"), "unit": np.full(len(rows), "PC"),
        "size": np.tile(["0", *groups.classes], len(groups.keys)),
        "enterprises_share": firms[0], "enterprises_lower": firms[1], "enterprises_upper": firms[2],
        "value": persons[0], "lower": persons[1], "upper": persons[2],
        "flag": from_bits(np.repeat(groups.bits, width)), "conf": np.full(len(rows), ""),
    })  # fmt: skip


def gini(frame: pd.DataFrame) -> pd.DataFrame:
    """Gini coefficient of persons employed over enterprises: lower and upper, from grouped data.

    Classes hide what happens inside them. The lower end is the Gini of equal enterprises in each
    class; the upper lets each class split into enterprises at its two limits, which is the most
    unequal that its enterprises, persons and limits allow.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises and persons employed by size class, or active
        enterprises and employees.

    Returns
    -------
    pandas.DataFrame
        Measure ``gini``, unit ``RATIO`` (0 to 1), ``lower`` and ``upper``; no ``value``: grouped
        data do not determine one. Rounded figures widen both ends: the lower is sharp, some
        figures that round to the classes' attain it; the upper is sure, not sharp.

    Raises
    ------
    UnknownNameError, WithheldError, NotAvailableError
        As `lorenz`.

    Notes
    -----
    With rounded figures the lower end is the least over all classes within their ends, whether or
    not TOTAL or the class limits times enterprises leave them that room. The upper adds the most
    between classes to the most inside each, which may be of different figures: inside a class the
    Gini is concave in its persons, so the most of both together need not be at any ends.

    The open class GE250 has no upper limit: its enterprises can be at 250 but for one that holds
    the rest. The bounds are those of Gastwirth (1972) with class means known. In business
    demography classes count employees, so the Gini there is that of employees.

    Examples
    --------
    >>> from sme_stats import load
    >>> bounds = gini(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> bounds[["lower", "upper"]].round(2).to_dict("list")
    {'lower': [0.75], 'upper': [0.86]}
    """
    groups = _groups(frame)
    least, between = _between(groups)
    within = np.zeros(len(groups.keys))
    firms, persons = groups.firms, groups.persons
    mean = persons[0].sum(axis=1) / firms[1].sum(axis=1)
    for column, code in enumerate(groups.classes):
        low, high = firms[0][:, column], firms[1][:, column]
        rest = firms[0].sum(axis=1) - low
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = np.nan_to_num(high / (high + rest)) ** 2
            spread = _most_spread(code, persons[0][:, column] / high, persons[1][:, column] / low)
        within += np.where(high > 0, weight * spread / mean, 0.0)
    columns: dict[str, object] = {c: groups.keys[c].array for c in groups.keys.columns}
    blank = np.full(len(groups.keys), "")
    return tidy(columns | {
        "measure": np.full(len(blank), "gini"), "unit": np.full(len(blank), "RATIO"),
        "value": np.full(len(blank), np.nan), "lower": np.maximum(least, 0.0),
        "upper": np.minimum(between + within, 1.0), "flag": from_bits(groups.bits), "conf": blank,
    })  # fmt: skip


@dataclass
class _Groups:
    """Enterprises and persons employed by class, lower and upper, of groups that have all."""

    keys: pd.DataFrame
    classes: list[str]
    firms: Interval
    persons: Interval
    bits: Array


def _groups(frame: pd.DataFrame) -> _Groups:
    cells = counted(frame)
    firms = make(cells)
    people = _PEOPLE[codes(cells["measure"])[0]]
    if people not in codes(frame["measure"]):
        raise UnknownNameError("measure in the frame", people, codes(frame["measure"]))
    persons = make(select(frame, measure=people))
    way = list(partition_from(firms, 0))
    kept = [c for c in firms.keys.columns if c not in ("measure", "indic", "unit")]
    shared = [c for c in kept if c != "source"]
    left = firms.keys[shared].assign(_firms=np.arange(len(firms)))
    right = persons.keys[shared].assign(_persons=np.arange(len(persons)))
    pairs = left.merge(right)
    rows, others = pairs["_firms"].to_numpy(), pairs["_persons"].to_numpy()
    columns, there = [firms.at(c) for c in way], [persons.at(c) for c in way]
    if not len(rows) or -1 in there:
        raise NotAvailableError(f"no group has enterprises and {people} by the same classes")
    keep = firms.present[rows][:, columns].all(axis=1)
    keep &= persons.present[others][:, there].all(axis=1)
    for cube, picked, where in ((firms, columns, rows), (persons, there, others)):
        mask = np.zeros(len(cube), dtype=bool)
        mask[where[keep]] = True
        refuse_withheld(cube, picked, mask)
    rows, others = rows[keep], others[keep]
    ends = [
        (cube.lower[at][:, picked], cube.upper[at][:, picked])
        for cube, at, picked in ((firms, rows, columns), (persons, others, there))
    ]
    some = (ends[0][0].sum(axis=1) > 0) & (ends[1][0].sum(axis=1) > 0)
    if not some.any():
        raise NotAvailableError(f"no group has an enterprise with {people}: there is no spread")
    bits = np.bitwise_or.reduce(firms.bits[rows][:, columns], axis=1)
    bits |= np.bitwise_or.reduce(persons.bits[others][:, there], axis=1)
    keys = firms.keys.iloc[rows[some]][kept]
    (fl, fu), (pl, pu) = ends
    return _Groups(
        keys.reset_index(drop=True), way, (fl[some], fu[some]), (pl[some], pu[some]), bits[some]
    )


def _cumulated(parts: Interval) -> tuple[Array, Array, Array]:
    """Cumulated shares in percent, the origin first: middle, least and most, row by row."""
    ends = _ends_of_shares(parts)
    middle = np.cumsum(parts[0] + parts[1], axis=1)
    value = middle / middle[:, -1:]
    exact = (parts[0] == parts[1]).all(axis=1)[:, None]
    zero = np.zeros((len(value), 1))
    low, high = (np.where(exact, value, end) for end in ends)
    return tuple(100 * np.hstack([zero, x]).ravel() for x in (value, low, high))  # type: ignore[return-value]


def _ends_of_shares(parts: Interval) -> Interval:
    """Ends of cumulated shares: as little below as can be with as much above, and the other way."""
    below = np.cumsum(parts[0], axis=1), np.cumsum(parts[1], axis=1)
    above = parts[0].sum(axis=1)[:, None] - below[0], parts[1].sum(axis=1)[:, None] - below[1]
    return share(below, above, (np.zeros_like(below[0]), np.full_like(below[0], np.inf)))


def _between(groups: _Groups) -> Interval:
    """Gini of equal enterprises inside each class, classes in order of size: least and most.

    It is a quotient of sums in the enterprises while persons stay, and in persons while enterprises
    stay, so its extremes are where every figure is at an end. Enterprises of small classes and
    persons of large ones make it more unequal, so at the least the first classes have few
    enterprises, and many persons, and the others the other way: up to which class is tried.
    """
    width = len(groups.classes)
    first = np.arange(width) < np.arange(width + 1)[:, None]  # how many classes are the first
    least, most = np.full(len(groups.keys), np.inf), np.full(len(groups.keys), -np.inf)
    for few, many in product(first, repeat=2):
        even = _gini_of(np.where(few, *groups.firms), np.where(~many, *groups.persons))
        odd = _gini_of(np.where(~few, *groups.firms), np.where(many, *groups.persons))
        least, most = np.fmin(least, even), np.fmax(most, odd)
    return least, most


def _gini_of(firms: Array, persons: Array) -> Array:
    """One less the sum of (share of enterprises) times (Lorenz point + the one before)."""
    twice = 2 * np.cumsum(persons, axis=1) - persons
    area: Array = (firms * twice).sum(axis=1) / (firms.sum(axis=1) * persons.sum(axis=1))
    return 1.0 - area


def _most_spread(code: str, least: Array, most: Array) -> Array:
    """Most that a class adds, at the mean that allows most: (x - low)(high - x) / (high - low)."""
    span: Any = size_range(code)
    if span.upper is None:
        spread = most - span.lower  # the limit of the formula as the upper end grows
    elif span.upper == span.lower:
        spread = np.zeros(len(most))
    else:
        middle = (span.lower + span.upper) / 2
        mean = np.clip(middle, least, np.fmax(least, most))
        spread = (mean - span.lower) * (span.upper - mean) / (span.upper - span.lower)
    positive: Array = np.nan_to_num(np.maximum(spread, 0.0))
    return positive
