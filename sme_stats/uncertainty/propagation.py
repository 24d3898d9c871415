"""Narrow cells rule by rule until nothing moves: fast, valid, and sharp for a rule by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.system import System

#: Sweeps after which what still moves is left to the linear program.
MOST_SWEEPS = 30
_SLACK = 1e-9


@dataclass
class Narrowed:
    """What propagation leaves.

    Attributes
    ----------
    lower, upper : numpy.ndarray, shape (cells,)
    broken : numpy.ndarray of bool, shape (rules,)
        Rules that their own cells cannot meet even at the widest; they tighten nothing.
    clash : numpy.ndarray of bool, shape (cells,)
        Unknown cells that several rules together allow no value: their ends mean nothing.
    """

    lower: Array
    upper: Array
    broken: Array
    clash: Array


def propagate(system: System) -> Narrowed:
    """Tighten the cells of every rule by the others of the rule."""
    rule, cell, factor = system.rule, system.cell, system.factor
    lower, upper = system.lower.astype(float).copy(), system.upper.astype(float).copy()
    clash = np.zeros(len(lower), dtype=bool)
    low, high = _terms(factor, lower[cell], upper[cell])
    broken = _unmet(system, rule, low, high)
    unknown = lower < upper
    for _ in range(MOST_SWEEPS if len(factor) else 0):
        low, high = _terms(factor, lower[cell], upper[cell])
        late = _unmet(system, rule, low, high) & ~broken
        clash[cell[late[rule]]] = True
        out = broken | late
        new_lower, new_upper, crossed = _sweep(
            system, rule, cell, factor, low, high, out, lower, upper
        )
        clash |= crossed
        moved = (new_lower > lower + _step(lower)) | (new_upper < upper - _step(upper))
        lower, upper = new_lower, new_upper
        if not moved.any():
            break
    return Narrowed(lower, upper, broken, clash & unknown)


def _step(ends: Array) -> Array:
    return 1e-7 * np.maximum(1.0, np.abs(np.where(np.isfinite(ends), ends, 1.0)))


def _terms(factor: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Ends of factor times cell."""
    with np.errstate(invalid="ignore"):
        one, other = factor * lower, factor * upper
    one, other = np.where(factor == 0, 0.0, one), np.where(factor == 0, 0.0, other)
    return np.minimum(one, other), np.maximum(one, other)


def _sums(rule: Array, terms: Array, count: int) -> tuple[Array, Array]:
    """Finite part of each rule's sum and how many of its terms are infinite."""
    infinite = np.isinf(terms)
    finite = np.bincount(rule, np.where(infinite, 0.0, terms), count)
    return finite, np.bincount(rule, infinite, count)


def _unmet(system: System, rule: Array, low: Array, high: Array) -> Array:
    count = len(system.low)
    least, least_open = _sums(rule, low, count)
    most, most_open = _sums(rule, high, count)
    size = np.bincount(rule, np.abs(np.where(np.isinf(high), 0.0, high)), count)
    slack = _SLACK * np.maximum(1.0, size)
    unmet: Array = ((least_open == 0) & (least > system.high + slack)) | (
        (most_open == 0) & (most < system.low - slack)
    )
    return unmet


def _without(total: Array, opened: Array, rule: Array, term: Array, end: float) -> Array:
    """Sum of a rule's other terms; infinite where another of them is."""
    infinite = np.isinf(term)
    rest: Array = total[rule] - np.where(infinite, 0.0, term)
    return np.where(opened[rule] - infinite > 0, end, rest)


def _sweep(
    system: System, rule: Array, cell: Array, factor: Array, low: Array, high: Array,
    broken: Array, lower: Array, upper: Array,
) -> tuple[Array, Array, Array]:  # fmt: skip
    count = len(system.low)
    least, least_open = _sums(rule, low, count)
    most, most_open = _sums(rule, high, count)
    # What the other cells of the rule are at least and at most together.
    others_least = _without(least, least_open, rule, low, -np.inf)
    others_most = _without(most, most_open, rule, high, np.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        term_low, term_high = system.low[rule] - others_most, system.high[rule] - others_least
        one, other = term_low / factor, term_high / factor
    cell_low, cell_high = np.where(factor > 0, one, other), np.where(factor > 0, other, one)
    usable = ~broken[rule] & (factor != 0)
    new_lower, new_upper = lower.copy(), upper.copy()
    np.fmax.at(new_lower, cell[usable], cell_low[usable])
    np.fmin.at(new_upper, cell[usable], cell_high[usable])
    # A crossing within rounding of floats is a meeting.
    crossed = new_lower > new_upper
    close = crossed & (new_lower - new_upper <= 1e-6 + _SLACK * np.abs(new_upper))
    new_lower = np.where(close, new_upper, new_lower)
    keep = crossed & ~close
    return np.where(keep, lower, new_lower), np.where(keep, upper, new_upper), keep
