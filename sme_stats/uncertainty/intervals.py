"""Arithmetic on closed intervals, sharp where parts depend on their whole."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Interval = tuple[Array, Array]

#: Relative slack below which two floats are the same count.
_SLACK = 1e-9


def divide(numerator: Interval, denominator: Interval) -> Interval:
    """Quotient of two independent intervals, of any sign.

    Parameters
    ----------
    numerator, denominator : tuple of numpy.ndarray
        ``(lower, upper)``.

    Returns
    -------
    tuple of numpy.ndarray
        ``(lower, upper)``; infinite towards the side from which the denominator may reach zero,
        on both sides where it may have either sign, NaN where it is zero itself.

    Examples
    --------
    >>> one = lambda low, high: (np.array([low]), np.array([high]))
    >>> [round(float(end[0]), 4) for end in divide(one(1.0, 2.0), one(4.0, 5.0))]
    [0.2, 0.5]

    A loss over a turnover is at its worst where the turnover is least:

    >>> [round(float(end[0]), 4) for end in divide(one(-2.0, -1.0), one(4.0, 5.0))]
    [-0.5, -0.2]
    """
    (nl, nu), (dl, du) = numerator, denominator
    negative = du <= 0
    nl, nu = np.where(negative, -nu, nl), np.where(negative, -nl, nu)
    dl, du = np.where(negative, -du, dl), np.where(negative, -dl, du)
    with np.errstate(divide="ignore", invalid="ignore"):
        # 0 and inf as an end stand for values as near or as large as one likes.
        lower = np.where(nl >= 0, _end(nl, du, 0.0), _end(nl, dl, -np.inf))
        upper = np.where(nu > 0, _end(nu, dl, np.inf), _end(nu, du, 0.0))
    either = dl < 0
    lower, upper = np.where(either, -np.inf, lower), np.where(either, np.inf, upper)
    unknown = np.isnan(nl) | np.isnan(nu) | np.isnan(dl) | np.isnan(du)
    nothing = unknown | ((dl == 0) & (du == 0))
    return np.where(nothing, np.nan, lower), np.where(nothing, np.nan, upper)


def _end(above: Array, below: Array, unclear: float) -> Array:
    quotient: Array = above / np.abs(below)
    return np.where(np.isnan(quotient), unclear, quotient)


def keep_inside(value: Array, lower: Array, upper: Array) -> Array:
    """Values moved into their intervals; NaN stays.

    A figure rounded on its own may lie a little outside what all published cells together allow.

    Examples
    --------
    >>> keep_inside(np.array([10.0, np.nan]), np.array([12.0, 0.0]), np.array([15.0, 9.0])).tolist()
    [12.0, nan]
    """
    inside: Array = np.where(np.isnan(value), np.nan, np.fmin(np.fmax(value, lower), upper))
    return inside


def share(part: Interval, rest: Interval, total: Interval) -> Interval:
    """Share of a part in its total, sharp: part plus rest is the total.

    Dividing end points would let the part be high while the total is low, though the total
    contains the part. The share rises with the part and falls with the rest, so its extremes lie
    where the part is extreme and the rest is as opposite as the total allows.

    Parameters
    ----------
    part, rest, total : tuple of numpy.ndarray
        ``(lower, upper)`` of each; ``(0, inf)`` where nothing is known.

    Returns
    -------
    tuple of numpy.ndarray
        ``(lower, upper)`` between 0 and 1. Where the three contradict each other (published
        classes that exceed their TOTAL) the plain quotient of part and total, from their own
        cells: a contradiction is reported, never spread.

    Examples
    --------
    A part of 49 to 51 and a rest of 49 to 51 with a total of exactly 100:

    >>> one = lambda low, high: (np.array([low]), np.array([high]))
    >>> low, high = share(one(49.0, 51.0), one(49.0, 51.0), one(100.0, 100.0))
    >>> float(low[0]), float(high[0])
    (0.49, 0.51)

    Without knowing the total the parts alone still bound it:

    >>> low, high = share(one(49.0, 51.0), one(49.0, 51.0), one(0.0, np.inf))
    >>> float(low[0]), float(high[0])
    (0.49, 0.51)
    """
    (pl, pu), (rl, ru), (tl, tu) = part, rest, total
    with np.errstate(divide="ignore", invalid="ignore"):
        low_part, high_part = np.fmax(pl, tl - ru), np.fmin(pu, tu - rl)
        least = low_part / (low_part + np.fmin(ru, tu - low_part))
        most = high_part / (high_part + np.fmax(rl, tl - high_part))
        # Also that part and rest can make up the total: their sum reaches from end to end.
        coherent = low_part <= high_part + _SLACK * np.where(np.isfinite(tu), tu, 1.0)
        lower = np.clip(np.where(coherent, least, pl / tu), 0.0, 1.0)
        upper = np.clip(np.where(coherent, most, pu / tl), 0.0, 1.0)
    # Where nothing bounds the quotient (0/0, inf/inf), the widest end that a share can have.
    return np.nan_to_num(lower, nan=0.0), np.nan_to_num(upper, nan=1.0)
