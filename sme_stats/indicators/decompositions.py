"""Sharp ends of what a total's growth or share is made of, where figures are rounded.

A figure is anywhere within its own ends. Every number here is a quotient of sums, in each figure
either rising or falling while the others stay: so its extremes are at corners of what is allowed.
"""

from __future__ import annotations

import numpy as np

from sme_stats.uncertainty.cube import Array
from sme_stats.uncertainty.intervals import Interval, divide, share


def contribution_ends(now: Interval, base: Interval) -> Interval:
    """Ends of contributions to growth, as parts of the base year's TOTAL.

    Parameters
    ----------
    now, base : tuple of numpy.ndarray, shape (groups, classes + 1)
        Ends of the classes and, last, of TOTAL in the two years.

    Returns
    -------
    tuple of numpy.ndarray, shape (groups, classes + 2)
        Ends of each class, of what the classes leave out, and of TOTAL.

    Examples
    --------
    A class grows from 50 to 60 of 100, all rounded to ten; the rest stays about 50:

    >>> ends = lambda *middle: (np.array([middle]) - 5.0, np.array([middle]) + 5.0)
    >>> low, high = contribution_ends(ends(60.0, 50.0, 110.0), ends(50.0, 50.0, 100.0))
    >>> low.round(3)[0].tolist(), high.round(3)[0].tolist()
    ([0.0, -0.1, -0.286, 0.0], [0.211, 0.105, 0.316, 0.211])
    """
    (low, high), (old_low, old_high) = now, base
    coherent = _adds_up(now) & _adds_up(base)
    total = old_low[:, -1:], old_high[:, -1:]
    steps = low[:, :-1] - old_high[:, :-1], high[:, :-1] - old_low[:, :-1]
    classes = divide(steps, total)
    tied = coherent & (total[0] > 0)
    classes = _choose(tied, _tied(now, base), classes)
    left = (
        low[:, -1:] - _sum(high) + _sum(old_low), high[:, -1:] - _sum(low) + _sum(old_high),
    )  # fmt: skip
    whole = _choose(coherent, _tight_total(now), (low[:, -1:], high[:, -1:]))
    before = _choose(coherent, _tight_total(base), total)
    parts = [classes, *(_less_one(divide(above, below)) for above, below in (
        (left, total), (whole, before),
    ))]  # fmt: skip
    return np.hstack([p[0] for p in parts]), np.hstack([p[1] for p in parts])


def _sum(classes: Array) -> Array:
    return np.asarray(classes[:, :-1].sum(axis=1, keepdims=True))


def _less_one(ends: Interval) -> Interval:
    return ends[0] - 1, ends[1] - 1


def _choose(where: Array, one: Interval, other: Interval) -> Interval:
    return np.where(where, one[0], other[0]), np.where(where, one[1], other[1])


def _adds_up(year: Interval) -> Array:
    """Groups whose classes may add up to TOTAL."""
    low, high = year
    slack = 1e-9 * np.abs(high[:, -1:])
    return (_sum(low) <= high[:, -1:] + slack) & (low[:, -1:] <= _sum(high) + slack)


def _tight_total(year: Interval) -> Interval:
    low, high = year
    return np.fmax(low[:, -1:], _sum(low)), np.fmin(high[:, -1:], _sum(high))


def _rest(year: Interval) -> Interval:
    """Ends of the other classes together, for each class."""
    low, high = year
    return _sum(low) - low[:, :-1], _sum(high) - high[:, :-1]


def _tied(now: Interval, base: Interval) -> Interval:
    """Ends of the classes where classes add up to TOTAL in both years.

    With the class before as b and the other classes as r, a contribution is (a - b) / (b + r): at
    its extremes a is at an end and (b, r) at a corner of what their own ends and TOTAL's allow.
    """
    part, rest, total = (now[0][:, :-1], now[1][:, :-1]), _rest(now), _totals(now)
    after = _within(part, rest, total)
    part, rest, total = (base[0][:, :-1], base[1][:, :-1]), _rest(base), _totals(base)
    corners = []
    for own in _within(part, rest, total):
        corners += [(own, other) for other in _beside(own, rest, total)]
    for other in _within(rest, part, total):
        corners += [(own, other) for own in _beside(other, part, total)]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.array([(a - b) / (b + r) for a in after for b, r in corners])
    return found.min(axis=0), found.max(axis=0)


def _totals(year: Interval) -> Interval:
    return year[0][:, -1:], year[1][:, -1:]


def _within(part: Interval, rest: Interval, total: Interval) -> Interval:
    """Ends of a part that the rest and the total leave it."""
    return np.fmax(part[0], total[0] - rest[1]), np.fmin(part[1], total[1] - rest[0])


def _beside(part: Array, rest: Interval, total: Interval) -> Interval:
    """Ends of the rest beside one value of the part."""
    return np.fmax(rest[0], total[0] - part), np.fmin(rest[1], total[1] - part)


def split_ends(part: Interval, rest: Interval, whole: Interval, signed: bool = False) -> Interval:
    """Ends of a shift-share: within, composition and total, as parts of one.

    Parameters
    ----------
    part, rest, whole : tuple of numpy.ndarray, shape (sections, 2)
        Ends of a range, of what lies outside it and of TOTAL in both years.
    signed : bool
        Whether figures may be negative, so that a share is in no bounds of its own.
    """
    shares, weights = _shares(part, whole, signed), _weights(whole)
    ends = [_products(mean, step) for mean, step in ((weights, shares), (shares, weights))]
    (wl, wu), (cl, cu) = ends
    tl, tu = (wl + cl, wu + cu) if signed else _moves(part, rest, whole)
    within, composition = (max(wl, tl - cu), min(wu, tu - cl)), (max(cl, tl - wu), min(cu, tu - wl))
    low, high = zip(within, composition, (max(tl, wl + cl), min(tu, wu + cu)), strict=True)
    return np.array(low), np.array(high)


def _shares(part: Interval, whole: Interval, signed: bool) -> Interval:
    low, high = divide(part, whole)
    if signed:
        none = np.isnan(low)  # nobody there: no share, and no weight either
        return np.where(none, 0.0, low), np.where(none, 0.0, high)
    return np.clip(np.nan_to_num(low), 0, 1), np.clip(np.nan_to_num(high, nan=1.0), 0, 1)


def _weights(whole: Interval) -> Interval:
    """Ends of each section's share in all of them."""
    low, high = whole
    others = low.sum(axis=0) - low, high.sum(axis=0) - high
    return low / (low + others[1]), high / (high + others[0])


def _products(mean: Interval, step: Interval) -> tuple[float, float]:
    """Ends of the sum of means times steps, each as far as it goes by itself."""
    gap = step[0][:, 1] - step[1][:, 0], step[1][:, 1] - step[0][:, 0]
    corners = np.array([m.mean(axis=1) * g for m in mean for g in gap])
    return float(corners.min(axis=0).sum()), float(corners.max(axis=0).sum())


def _moves(part: Interval, rest: Interval, whole: Interval) -> tuple[float, float]:
    """Ends of the move of the total share.

    What sections allow of part, rest and TOTAL adds up end by end, once each is cut to what the
    other two leave of it.
    """
    apart = (part[0] + rest[0] > whole[1]) | (whole[0] > part[1] + rest[1])
    rest = np.where(apart, 0.0, rest[0]), np.where(apart, np.inf, rest[1])
    cut = _within(part, rest, whole), _within(rest, part, whole), (
        np.fmax(whole[0], part[0] + rest[0]), np.fmin(whole[1], part[1] + rest[1])
    )  # fmt: skip
    sums = [(low.sum(axis=0), high.sum(axis=0)) for low, high in cut]
    low, high = share(*sums)
    return float(low[1] - high[0]), float(high[1] - low[0])
