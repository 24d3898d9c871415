"""Numbers of a size range for every group of a cube: share in TOTAL, level, and their intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.codelists import SizeRange, size_range
from sme_stats.indicators.bounded import Bounded, sharpen_values
from sme_stats.indicators.values import Values
from sme_stats.uncertainty.classes import Part, add_up, covers, outside, uncrossed, whole
from sme_stats.uncertainty.cube import Array, Cube, result
from sme_stats.uncertainty.intervals import divide, keep_inside, share

#: Measure of a share that was printed as a share, in percent of TOTAL, ends in this.
PRINTED = "_share"


def share_values(cube: Cube, code: str) -> Values:
    """Share of one range in TOTAL, in percent, for every group of a cube."""
    part, rest, total = _parts(cube, code, size_range(code))
    if cube.exact:
        return _exact_share(part, rest, total)
    known = (part.known | rest.known) & total.known & (total.value != 0)
    value = 100 * _value(part, rest, total)
    lower, upper = share(_ends(part), _ends(rest), _ends(total))
    if cube.signed.any():
        lower, upper = _with_losses(cube, part, rest, total, (lower, upper))
    by_part = part.known & (~rest.known | ~np.isnan(part.value)) & ~_prefer_rest(part, rest)
    bits = np.where(by_part, part.bits, rest.bits) | total.bits
    # Where there is no value both sides bound the share.
    bits = np.where(np.isnan(value), bits | part.bits | rest.bits, bits)
    withheld = np.where(by_part, part.withheld, rest.withheld) | total.withheld
    lower, upper = _exact(value, 100 * lower, 100 * upper, _is_exact(cube, withheld))
    value, determined = _determine(value, lower, upper)
    return Values(value, lower, upper, bits, withheld & ~determined, known)


def _exact_share(part: Part, rest: Part, total: Part) -> Values:
    value = 100 * _value(part, rest, total)
    keep = np.isfinite(value)
    by_part = ~_prefer_rest(part, rest)
    bits = np.where(by_part, part.bits, rest.bits) | total.bits
    return Values(value, value, value, bits, part.withheld, keep)


def level_values(cube: Cube, code: str) -> Values:
    """Level of one range for every group of a cube that is not a printed share."""
    part, rest, total = _parts(cube, code, size_range(code))
    around = rest.known & total.known
    by_rest = total.known & _prefer_rest(part, rest)
    value = np.where(by_rest, total.value - rest.value, part.value)
    lower, upper = _level_ends(part, rest, total, by_rest)
    outer = np.where(by_rest | (np.isnan(value) & around), rest.bits | total.bits, np.uint16(0))
    bits = np.where(by_rest, np.uint16(0), part.bits) | outer
    withheld = np.where(by_rest, rest.withheld | total.withheld, part.withheld)
    lower, upper = _exact(value, lower, upper, _is_exact(cube, withheld))
    value, determined = _determine(value, lower, upper)
    keep = (part.known | around) & ~_printed(cube)
    return Values(value, lower, upper, bits, withheld & ~determined, keep)


def share_within(cube: Cube, code: str, whole: str) -> Values:
    """Share of one range in another that it lies in, in percent: micro enterprises in all SMEs.

    What the two leave bounds the share too: part and rest are the whole.
    """
    part, total = level_values(cube, code), level_values(cube, whole)
    rest = _rest_of(cube, code, whole)
    lower, upper = share((part.lower, part.upper), rest, (total.lower, total.upper))
    loss = cube.signed & ((part.lower < 0) | (rest[0] < 0))
    if loss.any():
        plain = divide((part.lower, part.upper), (total.lower, total.upper))
        lower = np.where(loss, _or(plain[0], -np.inf), lower)
        upper = np.where(loss, _or(plain[1], np.inf), upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 100 * part.value / total.value
    point = (part.lower == part.upper) & (total.lower == total.upper)
    lower, upper = _exact(value, 100 * lower, 100 * upper, point)
    value, determined = _determine(value, lower, upper)
    withheld = part.withheld | total.withheld
    keep = part.keep & total.keep & (total.upper > 0)
    return Values(value, lower, upper, part.bits | total.bits, withheld & ~determined, keep)


def _rest_of(cube: Cube, code: str, whole: str) -> tuple[Array, Array]:
    """Ends of what a range leaves of a wider one, be it one range or what lies on both sides."""
    if left := _left(code, whole):
        rest = level_values(cube, left)
        return rest.lower, rest.upper
    inner, outer = size_range(code), size_range(whole)
    if inner is None or outer is None or not inner.inside(outer):
        return _ends(add_up(cube, ()))
    return _ends(add_up(cube, outside(tuple(cube.codes), inner, outer)))


def _left(code: str, whole: str) -> str:
    """What a range leaves of a wider one, where that is one range; else empty."""
    inner, outer = size_range(code), size_range(whole)
    if inner is None or outer is None or inner.upper is None or outer.upper is None:
        return ""
    if inner.lower == outer.lower and inner.upper < outer.upper:
        return f"{inner.upper + 1}-{outer.upper}"
    if inner.upper == outer.upper and inner.lower > outer.lower:
        return f"{outer.lower}-{inner.lower - 1}"
    return ""


def rest_ends(cube: Cube, code: str) -> tuple[Array, Array]:
    """Ends of what lies outside a range, for every group."""
    return _ends(_parts(cube, code, size_range(code))[1])


def share_of(known: Bounded, code: str) -> pd.DataFrame:
    """Share of one range as a frame; empty where no group has the cells."""
    cube, numbers = known.cube, share_values(known.cube, code)
    if known.room is not None:
        numbers = settle(sharpen_values(known, numbers, code, "TOTAL"))
    return _frame(cube, code, numbers, share_measures(cube), unit="PC")


def level_of(known: Bounded, code: str) -> tuple[pd.DataFrame, Array]:
    """Level of one range as a frame, empty where no group has the cells; and the rows' groups."""
    cube, numbers = known.cube, level_values(known.cube, code)
    if known.room is not None:
        numbers = settle(sharpen_values(known, numbers, code))
    measures = cube.keys["measure"].astype(str).to_numpy()
    return _frame(cube, code, numbers, measures), np.flatnonzero(numbers.keep)


def average_values(persons: Values, firms: Values, scale: Array) -> Values:
    """Persons per enterprise from the levels of both, group by group."""
    lower, upper = divide((persons.lower, persons.upper), (firms.lower, firms.upper))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = scale * persons.value / firms.value
    keep = persons.keep & firms.keep & (firms.upper > 0)
    bits, withheld = persons.bits | firms.bits, persons.withheld | firms.withheld
    return Values(value, scale * lower, scale * upper, bits, withheld, keep)


def settle(numbers: Values) -> Values:
    """Where narrowed ends close on one number, that is the value, and nothing is hidden."""
    value, closed = _determine(numbers.value, numbers.lower, numbers.upper)
    ends = None if numbers.ends is None else np.where(closed, "", numbers.ends)
    return replace(numbers, value=value, withheld=numbers.withheld & ~closed, ends=ends)


def share_measures(cube: Cube) -> Array:
    """Measure of each group's share: ``enterprises_share``, whether computed or printed."""
    plain = cube.keys["measure"].astype(str).str.removesuffix(PRINTED)
    named: Array = (plain + PRINTED).to_numpy(dtype=object)
    return named


def _frame(
    cube: Cube, code: str, numbers: Values, measures: Array, unit: str | None = None
) -> pd.DataFrame:
    keep = numbers.keep
    keys = cube.keys[keep].reset_index(drop=True)
    return result(
        keys, measure=measures[keep], unit=unit or keys["unit"].astype(str).to_numpy(), size=code,
        value=numbers.value[keep], lower=numbers.lower[keep], upper=numbers.upper[keep],
        bits=numbers.bits[keep], withheld=numbers.withheld[keep],
        ends=None if numbers.ends is None else numbers.ends[keep],
    )  # fmt: skip


def _level_ends(
    part: Part, rest: Part, total: Part, by_rest: Array | bool = False
) -> tuple[Array, Array]:
    """Ends of a range from its own cells and from TOTAL less what lies outside.

    Where the two contradict each other, those of the way that the value is computed.
    """
    around = rest.known & total.known
    with np.errstate(invalid="ignore"):
        least = np.where(around, total.lower - rest.upper, -np.inf)
        most = np.where(around, total.upper - rest.lower, np.inf)
    ends = np.fmax(part.lower, least), np.fmin(part.upper, most)
    outer = around & (by_rest | ~part.known)
    return uncrossed(
        ends, (np.where(outer, least, part.lower), np.where(outer, most, part.upper))
    )  # fmt: skip


def _with_losses(
    cube: Cube, part: Part, rest: Part, total: Part, ends: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Ends of a share where a range may be below zero and the rest above TOTAL."""
    inner, outer = _level_ends(part, rest, total), _level_ends(rest, part, total)
    loss = cube.signed & ((inner[0] < 0) | (outer[0] < 0))
    direct, around = divide(inner, _ends(total)), divide(outer, _ends(total))
    lower = np.fmax(_or(direct[0], -np.inf), 1 - _or(around[1], np.inf))
    upper = np.fmin(_or(direct[1], np.inf), 1 - _or(around[0], -np.inf))
    return np.where(loss, lower, ends[0]), np.where(loss, upper, ends[1])


def _or(end: Array, default: float) -> Array:
    return np.where(np.isnan(end), default, end)


def _parts(cube: Cube, code: str, span: SizeRange | None) -> tuple[Part, Part, Part]:
    """The range, what lies outside it, and TOTAL (100 for shares printed in percent)."""
    names = tuple(cube.codes)
    if code == "TOTAL":
        return whole(cube), add_up(cube, ()), add_up(cube, ())
    own = ((code,),) if code in cube.codes else ()
    ways = own + tuple(w for w in (covers(names, *_ends_of(span)) if span else ()) if w not in own)
    part = add_up(cube, ways)
    rest = add_up(cube, outside(names, span) if span else ())
    total = whole(cube)
    printed = _printed(cube)
    if not printed.any():
        return part, rest, total
    # A hundred by definition: neither flagged nor withheld, whatever the classes are.
    hundred: dict[str, Any] = {
        "value": 100.0, "lower": 100.0, "upper": 100.0, "known": True, "withheld": False,
        "bits": np.uint16(0),
    }  # fmt: skip
    for name, all_of_it in hundred.items():
        setattr(total, name, np.where(printed, all_of_it, getattr(total, name)))
    return part, rest, total


def _ends_of(span: SizeRange) -> tuple[int, int | None]:
    return span.lower, span.upper


def _ends(part: Part) -> tuple[Array, Array]:
    return part.lower, part.upper


def _value(part: Part, rest: Part, total: Part) -> Array:
    """Share by the way that needs fewer cells; by parts alone nothing is known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = part.value / total.value
        complement = (total.value - rest.value) / total.value
    chosen: Array = np.where(_prefer_rest(part, rest), complement, direct)
    return chosen


def _prefer_rest(part: Part, rest: Part) -> Array:
    """Where TOTAL less what lies outside is the better way: known sharper, or with fewer cells."""
    with np.errstate(invalid="ignore"):
        direct, outer = part.upper - part.lower, rest.upper - rest.lower
    fewer = (outer == direct) & (rest.cells + 1 < part.cells)
    better: Array = ~np.isnan(rest.value) & (np.isnan(part.value) | (outer < direct) | fewer)
    return better


def _exact(value: Array, lower: Array, upper: Array, exact: Array) -> tuple[Array, Array]:
    """Exact cells give a point: their classes may contradict TOTAL, but nobody rounded them."""
    point = exact & ~np.isnan(value)
    return np.where(point, value, lower), np.where(point, value, upper)


def _is_exact(cube: Cube, withheld: Array) -> Array:
    """Groups whose published cells are all exact and whose used cells are not withheld."""
    rounded = (cube.lower != cube.upper) & cube.present & ~cube.withheld
    exact: Array = ~rounded.any(axis=1) & ~withheld
    return exact


def _determine(value: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Where bounds close on one number, that is the value; a rounded value is kept inside."""
    with np.errstate(invalid="ignore"):
        narrow = upper - lower <= 1e-9 * np.maximum(1.0, np.abs(upper))
        closed = np.isnan(value) & narrow & np.isfinite(upper)
        return np.where(closed, (lower + upper) / 2, keep_inside(value, lower, upper)), closed


def _printed(cube: Cube) -> Array:
    """Groups that are shares printed as shares."""
    measure = cube.keys["measure"].astype("category")
    ends = np.array([str(m).endswith(PRINTED) for m in measure.cat.categories] + [False])
    printed: Array = ends[measure.cat.codes.to_numpy()]
    return printed
