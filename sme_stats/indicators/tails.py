"""How heavy the tail of enterprise sizes is: a Pareto index from grouped counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.codelists import size_range
from sme_stats.errors import NotAvailableError, UsageError
from sme_stats.frame import tidy
from sme_stats.indicators.partitions import counted, partition_from, refuse_withheld
from sme_stats.uncertainty.cube import Array, from_bits, make

#: Indices that are looked at, and the halvings that find one to about 1e-9.
_RANGE, _HALVINGS = (1e-9, 1e3), 70
#: Half of the 95 % point of the chi-squared distribution with one degree of freedom.
_FALL = 1.920729410347062


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
        Where the tail begins; must be the lower limit of a class, above zero.

    Returns
    -------
    pandas.DataFrame
        Measure ``pareto_tail``, unit ``RATIO``; ``lower`` and ``upper`` are the likelihood-ratio
        interval. It says how precisely the counts fix the index *if* the tail is Pareto; counts
        are a census, so it is not sampling error. Rounded counts widen it. NaN where no
        enterprise lies in the tail; no value, and no upper end, where all lie in its first class.

    Raises
    ------
    UnknownNameError
        If no class begins at `start`; names those that do.
    NotAvailableError
        If a class is missing, or only one class lies in the tail.
    WithheldError
        If a class is withheld; names the group.
    UsageError
        If the start is not above zero.

    Examples
    --------
    >>> from sme_stats import load
    >>> tail = pareto_tail(load("sbs_sc_ovw", geo="DE", year=2023))
    >>> tail[["value", "lower", "upper"]].round(3).to_dict("list")
    {'value': [1.124], 'lower': [1.12], 'upper': [1.127]}
    """
    if start < 1:
        raise UsageError(f"start = {start}: a Pareto tail begins above zero")
    cube = make(counted(frame))
    way = partition_from(cube, start)
    if len(way) < 2:
        raise NotAvailableError(
            f"only the class {way[0]} lies from {start} persons on: one class has no shape, so "
            "begin lower, or take a table with more classes"
        )
    columns = [cube.at(code) for code in way]
    keep: Array = np.asarray(cube.present[:, columns].all(axis=1))
    refuse_withheld(cube, columns, keep)
    limits = np.array([float(size_range(code).lower) for code in way])  # type: ignore[union-attr]
    value, lower, upper = fit_tail(
        cube.lower[keep][:, columns], cube.upper[keep][:, columns], limits / start
    )
    keys = cube.keys[keep].reset_index(drop=True)
    out: dict[str, object] = {c: keys[c].array for c in keys.columns}
    return tidy(out | {
        "measure": np.full(len(keys), "pareto_tail"), "unit": np.full(len(keys), "RATIO"),
        "value": value, "lower": lower, "upper": upper,
        "flag": from_bits(np.bitwise_or.reduce(cube.bits[keep][:, columns], axis=1)),
        "conf": np.full(len(keys), ""),
    })  # fmt: skip


def fit_tail(low: Array, high: Array, ratios: Array) -> tuple[Array, Array, Array]:
    """Index of greatest grouped likelihood, and where the likelihood falls by 1.92.

    Parameters
    ----------
    low, high : numpy.ndarray, shape (groups, classes)
        Ends of the counts.
    ratios : numpy.ndarray, shape (classes,)
        Lower limits over the start of the tail.

    Returns
    -------
    tuple of numpy.ndarray
        ``(value, lower, upper)``.
    """
    middle = (low + high) / 2
    value = _index(middle, ratios)
    # A class pulls the index up where its probability still rises with it there.
    pulls = _slopes(value, ratios) > 0
    least, most = np.where(pulls, low, high), np.where(pulls, high, low)
    lower, upper = _fall(least, ratios, _RANGE[0]), _fall(most, ratios, _RANGE[1])
    nobody = ~middle.any(axis=1)
    first = ~middle[:, 1:].any(axis=1)  # nobody above the first class: the steeper the likelier
    upper = np.where(nobody, np.nan, np.where(first, np.inf, upper))
    return np.where(first, np.nan, value), np.where(nobody, np.nan, lower), upper


def _logs(index: Array, ratios: Array) -> tuple[Array, Array]:
    """Log probability of each class and its derivative by the index; rows are groups."""
    a, r = index[:, None], np.log(ratios)[None, :]
    tail, slope = np.exp(-a * r), -r * np.exp(-a * r)
    after = np.hstack([tail[:, 1:], np.zeros((len(index), 1))])
    steep = np.hstack([slope[:, 1:], np.zeros((len(index), 1))])
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = -np.expm1(np.log(after) - np.log(tail))  # 1 less the share that goes further up
        log = -a * r + np.log(gap)
        return log, (slope - steep) / (tail - after)


def _slopes(index: Array, ratios: Array) -> Array:
    return np.nan_to_num(_logs(index, ratios)[1])


def _likelihood(counts: Array, index: Array, ratios: Array) -> Array:
    log = _logs(index, ratios)[0]
    out: Array = (counts * np.where(np.isfinite(log), log, -1e300)).sum(axis=1)
    return out


def _index(counts: Array, ratios: Array) -> Array:
    """Root of the score, which falls: the log likelihood is concave."""
    low, high = (np.full(len(counts), end) for end in np.log(_RANGE))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rising = (counts * _slopes(np.exp(middle), ratios)).sum(axis=1) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    found: Array = np.exp((low + high) / 2)
    return found


def _fall(counts: Array, ratios: Array, end: float) -> Array:
    """Where the likelihood has fallen by 1.92 between its top and one end."""
    top = _index(counts, ratios)
    wanted = _likelihood(counts, top, ratios) - _FALL
    inner, outer = np.log(top), np.full(len(top), np.log(end))
    for _ in range(_HALVINGS):
        middle = (inner + outer) / 2
        above = _likelihood(counts, np.exp(middle), ratios) > wanted
        inner, outer = np.where(above, middle, inner), np.where(above, outer, middle)
    found: Array = np.exp((inner + outer) / 2)
    return found
