"""How unequally employment is spread over enterprises, and how alike countries become."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sme_stats.codelists import size_range
from sme_stats.errors import NotAvailableError, UnknownNameError, WithheldError
from sme_stats.frame import codes, describe, dimensions, require, select, tidy
from sme_stats.uncertainty.classes import covers
from sme_stats.uncertainty.cube import Array, Cube, from_bits, make

_FIRMS = ("enterprises", "active_enterprises")


def lorenz(frame: pd.DataFrame) -> pd.DataFrame:
    """Lorenz points: cumulated share of enterprises and of persons employed, smallest first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises and persons employed by size class.

    Returns
    -------
    pandas.DataFrame
        One row a class and the origin: ``value`` is the cumulated share of persons employed in
        percent, ``enterprises_share`` that of enterprises, ``size`` the class that ends there.

    Raises
    ------
    UnknownNameError
        If a measure is not in the frame.
    WithheldError
        If a class is withheld: the curve would be of other classes; names the group.
    NotAvailableError
        If no group has every class of both measures.

    Examples
    --------
    >>> from sme_stats import load
    >>> points = lorenz(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> points[["size", "enterprises_share", "value"]].round(1).iloc[[1, 4, 5]].to_dict("list")
    {'size': ['0-9', '50-249', 'GE250'], 'enterprises_share': [84.3, 99.5, 100.0], \
'value': [18.6, 55.2, 100.0]}
    """
    keys, classes, firms, persons, bits = _classes(frame)
    zero = np.zeros((len(keys), 1))
    firms_share = _cumulated(np.hstack([zero, firms]))
    persons_share = _cumulated(np.hstack([zero, persons]))
    width = len(classes) + 1
    rows = np.repeat(np.arange(len(keys)), width)
    columns: dict[str, object] = {c: keys[c].array[rows] for c in keys.columns}
    return tidy(columns | {
        "measure": np.full(len(rows), "lorenz"), "unit": np.full(len(rows), "PC"),
        "size": np.tile(["0", *classes], len(keys)),
        "enterprises_share": firms_share.reshape(-1), "value": persons_share.reshape(-1),
        "lower": persons_share.reshape(-1), "upper": persons_share.reshape(-1),
        "flag": from_bits(np.repeat(bits, width)), "conf": np.full(len(rows), ""),
    })  # fmt: skip


def gini(frame: pd.DataFrame) -> pd.DataFrame:
    """Gini coefficient of persons employed over enterprises: lower and upper, from grouped data.

    Classes hide what happens inside them. The lower end is the Gini of equal enterprises in each
    class; the upper lets each class split into enterprises at its two limits, which is the most
    unequal that its enterprises, persons and limits allow.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises and persons employed by size class.

    Returns
    -------
    pandas.DataFrame
        Measure ``gini``, unit ``RATIO`` (0 to 1), ``lower`` and ``upper``; no ``value``: grouped
        data do not determine one.

    Raises
    ------
    UnknownNameError, WithheldError, NotAvailableError
        As `lorenz`.

    Notes
    -----
    The open class GE250 has no upper limit: its enterprises can be at 250 but for one that holds
    the rest. The bounds are those of Gastwirth (1972) with class means known.

    Examples
    --------
    >>> from sme_stats import load
    >>> bounds = gini(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> bounds[["lower", "upper"]].round(2).to_dict("list")
    {'lower': [0.75], 'upper': [0.86]}
    """
    keys, classes, firms, persons, bits = _classes(frame)
    total_firms, total_persons = firms.sum(axis=1), persons.sum(axis=1)
    mean = total_persons / total_firms
    between = _between(firms / total_firms[:, None], persons / total_persons[:, None])
    within = np.zeros(len(keys))
    for column, code in enumerate(classes):
        spread = _most_spread(code, firms[:, column], persons[:, column])
        weight = (firms[:, column] / total_firms) ** 2
        within += np.where(firms[:, column] > 0, weight * spread / mean, 0.0)
    columns: dict[str, object] = {c: keys[c].array for c in keys.columns}
    return tidy(columns | {
        "measure": np.full(len(keys), "gini"), "unit": np.full(len(keys), "RATIO"),
        "value": np.full(len(keys), np.nan), "lower": between, "upper": between + within,
        "flag": from_bits(bits), "conf": np.full(len(keys), ""),
    })  # fmt: skip


def pareto_tail(frame: pd.DataFrame, start: int = 10) -> pd.DataFrame:
    """Pareto tail index of enterprise size from grouped counts, with its 95 % interval.

    Maximum likelihood on the class counts from `start` persons employed on: the share of
    enterprises above s falls as (s / start) to the power of minus the index. An index near 1 is
    Zipf's law.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with enterprises by size class.
    start : int
        Where the tail begins; must be the lower limit of a class.

    Returns
    -------
    pandas.DataFrame
        Measure ``pareto_tail``, unit ``RATIO``; ``lower`` and ``upper`` are the likelihood-ratio
        interval. It says how precisely the counts fix the index *if* the tail is Pareto; counts
        are a census, so it is not sampling error.

    Raises
    ------
    UnknownNameError
        If no class begins at `start`; names those that do.
    WithheldError, NotAvailableError
        As `lorenz`.

    Examples
    --------
    >>> from sme_stats import load
    >>> tail = pareto_tail(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> tail[["value", "lower", "upper"]].round(3).to_dict("list")
    {'value': [1.124], 'lower': [1.12], 'upper': [1.126]}
    """
    cube = make(_firms(frame))
    way = _partition_from(cube, start)
    columns = [cube.at(code) for code in way]
    keep: Array = np.asarray(cube.present[:, columns].all(axis=1))
    _refuse_withheld(cube, columns, keep)
    counts = cube.value[keep][:, columns]
    limits = np.array([float(size_range(code).lower) for code in way])  # type: ignore[union-attr]
    value, lower, upper = _fit_tail(counts, limits / start)
    keys = cube.keys[keep].reset_index(drop=True)
    out: dict[str, object] = {c: keys[c].array for c in keys.columns}
    return tidy(out | {
        "measure": np.full(len(keys), "pareto_tail"), "unit": np.full(len(keys), "RATIO"),
        "value": value, "lower": lower, "upper": upper,
        "flag": from_bits(np.bitwise_or.reduce(cube.bits[keep][:, columns], axis=1)),
        "conf": np.full(len(keys), ""),
    })  # fmt: skip


def _firms(frame: pd.DataFrame) -> pd.DataFrame:
    require(frame, "measure", "size", "geo", "year", "value", "conf")
    present = codes(frame["measure"])
    firms = [m for m in _FIRMS if m in present]
    if not firms:
        raise UnknownNameError("measure in the frame", "enterprises", present)
    return select(frame, measure=firms[0])


def _partition_from(cube: Cube, start: int) -> tuple[str, ...]:
    ways = covers(tuple(cube.codes), start, None)
    if not ways:
        begins = {s.lower for c in cube.codes if c != "TOTAL" and (s := size_range(c))}
        if start not in begins:
            raise UnknownNameError("start of a class", start, begins)
        raise NotAvailableError(
            f"a class is missing: nothing adds up from {start} persons employed on; the frame has "
            f"{', '.join(cube.codes)}"
        )
    return max(ways, key=len)


def _refuse_withheld(cube: Cube, columns: list[int], keep: Array) -> None:
    if not keep.any():
        raise NotAvailableError("no group has every class; a distribution needs all of them")
    hidden = keep & cube.withheld[:, columns].any(axis=1)
    if hidden.any():
        row = cube.keys[hidden].iloc[0]
        where = describe(row, [k for k in dimensions(cube.keys) if k not in ("indic", "unit")])
        raise WithheldError(
            f"a class of {where} is withheld; a distribution over the visible classes would be "
            "another one, so leave this group out"
        )


def _classes(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str], Array, Array, Array]:
    """Enterprises and persons employed by class for groups that have every class of both."""
    firms = make(_firms(frame))
    persons = make(select(frame, measure="persons_employed"))
    way = list(_partition_from(firms, 0))
    shared = [c for c in firms.keys.columns if c not in ("measure", "indic", "unit", "source")]
    left = firms.keys[shared].astype(str).assign(_firms=np.arange(len(firms)))
    right = persons.keys[shared].astype(str).assign(_persons=np.arange(len(persons)))
    pairs = left.merge(right, on=shared)
    rows, others = pairs["_firms"].to_numpy(), pairs["_persons"].to_numpy()
    columns, there = [firms.at(c) for c in way], [persons.at(c) for c in way]
    if not len(rows) or -1 in there:
        raise NotAvailableError("no group has enterprises and persons employed by the same classes")
    keep = firms.present[rows][:, columns].all(axis=1)
    keep &= persons.present[others][:, there].all(axis=1)
    for cube, picked, where in ((firms, columns, rows), (persons, there, others)):
        mask = np.zeros(len(cube), dtype=bool)
        mask[where[keep]] = True
        _refuse_withheld(cube, picked, mask)
    rows, others = rows[keep], others[keep]
    bits = np.bitwise_or.reduce(firms.bits[rows][:, columns], axis=1)
    bits |= np.bitwise_or.reduce(persons.bits[others][:, there], axis=1)
    keys = firms.keys.iloc[rows].drop(columns=["measure", "unit"]).reset_index(drop=True)
    return keys, way, firms.value[rows][:, columns], persons.value[others][:, there], bits


def _cumulated(parts: Array) -> Array:
    total: Array = np.cumsum(parts, axis=1)
    return 100 * total / total[:, -1:]


def _between(firms: Array, persons: Array) -> Array:
    """Gini of equal enterprises inside each class, classes in order of size."""
    cumulated = np.cumsum(persons, axis=1)
    before = np.hstack([np.zeros((len(persons), 1)), cumulated[:, :-1]])
    gini_between: Array = 1.0 - (firms * (cumulated + before)).sum(axis=1)
    return gini_between


def _most_spread(code: str, firms: Array, persons: Array) -> Array:
    """Most that a class can add: mean (x - low)(high - x) / (high - low), times firms squared."""
    span: Any = size_range(code)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(firms > 0, persons / firms, 0.0)
        if span.upper is None:
            spread = mean - span.lower  # the limit of the formula as the upper end grows
        else:
            spread = (mean - span.lower) * (span.upper - mean) / (span.upper - span.lower)
    positive: Array = np.maximum(spread, 0.0)
    return positive


def _fit_tail(counts: Array, ratios: Array) -> tuple[Array, Array, Array]:
    """Index that maximises the grouped likelihood, and where it falls by 1.92."""
    grid = np.linspace(0.2, 4.0, 7601)
    tail = ratios[None, :] ** -grid[:, None]
    probability = tail - np.hstack([tail[:, 1:], np.zeros((len(grid), 1))])
    likelihood = counts @ np.log(probability).T
    best = likelihood.argmax(axis=1)
    inside = likelihood >= likelihood.max(axis=1)[:, None] - 1.92
    lower, upper = grid[inside.argmax(axis=1)], grid[len(grid) - 1 - inside[:, ::-1].argmax(axis=1)]
    return grid[best], lower, upper
