"""The observation frame seen as groups by size classes: what indicators compute on.

A group is everything but the size: one measure of one activity in one place and year of one
vintage. The classes become columns of a matrix, so that a share over millions of groups is a few
operations on arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sme_stats import codelists, flags
from sme_stats.errors import IncoherentError
from sme_stats.frame import CATEGORIES, COUNTS, describe, dimensions, intervals, tidy

Array = np.ndarray[Any, np.dtype[Any]]
#: The flag of a break in a series, as `to_bits` gives it.
BREAK = np.uint16(flags.BIT["b"])


@dataclass
class Cube:
    """Groups by classes.

    Attributes
    ----------
    keys : pandas.DataFrame
        One row a group: every identifying column but the axis, and ``source`` where there is one.
    codes : list of str
        Codes along the axis.
    value, lower, upper : numpy.ndarray, shape (groups, codes)
        NaN where a cell is absent or has no value; ends of a withheld cell are ``0`` and ``inf``
        until something bounds it.
    present : numpy.ndarray of bool, shape (groups, codes)
        Whether the cell stands in the table, with a value or withheld.
    bits : numpy.ndarray of uint16, shape (groups, codes)
        Letters of the flag.
    withheld : numpy.ndarray of bool, shape (groups, codes)
    group, column : numpy.ndarray, shape (rows of the frame,)
        Where each row of the frame stands in the matrices.
    signed : numpy.ndarray of bool, shape (groups,)
        Groups of a measure that can be negative.
    exact : bool
        No cell is rounded or withheld: ``lower`` and ``upper`` are ``value`` itself.
    flagged : bool
        Some cell carries a flag.
    """

    keys: pd.DataFrame
    codes: list[str]
    value: Array
    lower: Array
    upper: Array
    present: Array
    bits: Array
    withheld: Array
    group: Array
    column: Array
    signed: Array
    exact: bool
    flagged: bool

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, code: str) -> int:
        """Column of a code, or -1."""
        return self.codes.index(code) if code in self.codes else -1


def make(frame: pd.DataFrame, axis: str = "size") -> Cube:
    """Spread a frame's cells over groups and the codes of one dimension.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame with `axis` among its columns.
    axis : str
        Dimension that becomes the columns.

    Raises
    ------
    IncoherentError
        If a cell stands twice; a sum would count it twice.
    """
    names = [c for c in dimensions(frame) if c != axis]
    if "source" in frame.columns:
        names.append("source")
    group, first = _groups(frame, names)
    column = frame[axis].astype("category")
    present = _used(column)
    codes = [str(c) for c in column.cat.categories[present]]
    number = column.cat.codes.to_numpy()
    if not present.all():
        number = (np.cumsum(present) - 1).astype(np.int32)[number]
    # Codes first, so that the column of a class lies together in memory.
    place = number.astype(np.int64) * len(first) + group
    shape = (len(first), len(codes))
    _refuse_doubles(frame, place, shape[0] * shape[1])
    value = frame["value"].to_numpy(dtype=float)
    withheld = np.isnan(value) & not_blank(frame["conf"])
    _refuse_negative(frame, value)
    exact = "lower" not in frame.columns and not withheld.any()
    values = _spread(value, place, shape, np.nan)
    lowers, uppers = (values, values) if exact else _ends(frame, withheld, place, shape)
    flagged = bool(not_blank(frame["flag"]).any())
    blank = np.zeros(shape, dtype=np.uint16, order="F")
    return Cube(
        keys=frame.iloc[first][names].reset_index(drop=True),
        codes=codes,
        value=values,
        lower=lowers,
        upper=uppers,
        present=_spread(~np.isnan(value) | withheld, place, shape, False)
        if not exact
        else ~np.isnan(values),
        bits=_spread(to_bits(frame["flag"]), place, shape, np.uint16(0)) if flagged else blank,
        withheld=_spread(withheld, place, shape, False) if not exact else blank.astype(bool),
        group=group,
        column=number,
        signed=_signed(frame, first),
        exact=exact,
        flagged=flagged,
    )


def _refuse_negative(frame: pd.DataFrame, value: Array) -> None:
    """A count below zero is an error of the source; a change or a surplus is not."""
    if np.nanmin(value, initial=0.0) >= 0:
        return
    wrong = (value < 0) & frame["measure"].isin(COUNTS).to_numpy()
    if wrong.any():
        row = frame.iloc[int(np.flatnonzero(wrong)[0])]
        raise IncoherentError(
            f"negative {row['measure']} ({row['value']:g}) in {describe(row, dimensions(frame))}; "
            "a count cannot be below zero, so check the source"
        )


def _signed(frame: pd.DataFrame, first: Array) -> Array:
    """Groups whose measure can be negative."""
    measure = frame["measure"].astype("category")
    can = np.array([str(m) in codelists.signed() for m in measure.cat.categories] + [False])
    out: Array = can[measure.cat.codes.to_numpy()[first]]
    return out


def _used(column: pd.Series[Any]) -> Array:
    """Categories that some row has."""
    used = np.zeros(len(column.cat.categories) + 1, dtype=bool)
    used[column.cat.codes.to_numpy()] = True
    return used[:-1]


def not_blank(column: pd.Series[Any]) -> Array:
    """Rows of a category that are not blank, judged by its few distinct texts."""
    column = column.astype("category")
    says = np.array([bool(str(text)) for text in column.cat.categories] + [False])
    out: Array = says[column.cat.codes.to_numpy()]
    return out


def _ends(
    frame: pd.DataFrame, withheld: Array, place: Array, shape: tuple[int, int]
) -> tuple[Array, Array]:
    lower, upper = intervals(frame)
    signed = frame["measure"].isin(codelists.signed()).to_numpy()
    lower = np.where(withheld & np.isnan(lower), np.where(signed, -np.inf, 0.0), lower)
    upper = np.where(withheld & np.isnan(upper), np.inf, upper)
    return _spread(lower, place, shape, np.nan), _spread(upper, place, shape, np.nan)


def _spread(column: Array, place: Array, shape: tuple[int, int], blank: object) -> Array:
    groups, codes = shape
    out = np.full(groups * codes, blank, dtype=column.dtype)
    out[place] = column
    return out.reshape(codes, groups).T


def _refuse_doubles(frame: pd.DataFrame, place: Array, size: int) -> None:
    filled = np.zeros(size, dtype=bool)
    filled[place] = True
    if np.count_nonzero(filled) == len(place):
        return
    doubled = pd.Series(place).duplicated().to_numpy()
    row = frame.iloc[int(np.flatnonzero(doubled)[0])]
    raise IncoherentError(
        f"duplicate cell {describe(row, dimensions(frame))}: a sum would count it twice; "
        "keep one vintage and one source"
    )


def _groups(frame: pd.DataFrame, names: list[str]) -> tuple[Array, Array]:
    """Number of each row's group and the first row of each group.

    Codes are joined to one integer by mixed radix; groups are then found by direct address where
    the product of the cardinalities is small, else by hashing.
    """
    key = np.zeros(len(frame), dtype=np.int64)
    size, least = 1, 0  # the least key, so that no column is copied to start at zero
    for name in names:
        codes, low, count = _codes(frame[name])
        if count == 1:
            continue  # the same in every row
        if size * count > 2**62:
            key, uniques = pd.factorize(key)  # start again from a dense numbering
            size, least = len(uniques), 0
        key *= count
        key += codes
        size, least = size * count, least * count + low
    key -= least
    if size <= 4 * len(frame) + 1_000_000:
        return _dense(key, size)
    group, uniques = pd.factorize(key)
    return group.astype(np.int64), _first(group, len(uniques))


def _dense(key: Array, size: int) -> tuple[Array, Array]:
    used = np.zeros(size, dtype=bool)
    used[key] = True
    count = int(np.count_nonzero(used))
    group = key if count == size else (np.cumsum(used) - 1)[key]
    return group, _first(group, count)


def _first(group: Array, count: int) -> Array:
    first = np.empty(count, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group) - 1, -1, -1)
    return first


def _codes(column: pd.Series[Any]) -> tuple[Array, int, int]:
    """Whole numbers that tell a column's values apart, the least, and how many there may be."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, most = column.cat.codes.to_numpy(), len(column.cat.categories) - 1
    elif pd.api.types.is_signed_integer_dtype(column.dtype):
        codes, most = column.to_numpy(), int(column.max()) if len(column) else 0
    else:
        codes, uniques = pd.factorize(column)
        most = len(uniques) - 1
    return codes, (low := int(codes.min(initial=most))), most - low + 1


def to_bits(column: pd.Series[Any]) -> Array:
    """Flags as bits, through the few distinct texts of a category."""
    column = column.astype("category")
    table = [sum(flags.BIT.get(x, 0) for x in flags.letters(str(t))) for t in column.cat.categories]
    return np.array([*table, 0], dtype=np.uint16)[column.cat.codes.to_numpy()]


def from_bits(bits: Array) -> Any:
    """Bits back to flags, letters in alphabetical order."""
    distinct, place = np.unique(bits, return_inverse=True)
    texts = [flags.letters_of(int(b)) for b in distinct]
    order = np.argsort(np.array(texts, dtype=object))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    names: Any = [texts[i] for i in order]
    return pd.Categorical.from_codes(rank[place.reshape(-1)], names)


def result(
    keys: pd.DataFrame,
    *,
    measure: Array | str,
    unit: Array | str,
    size: str | None,
    value: Array,
    lower: Array,
    upper: Array,
    bits: Array,
    withheld: Array,
    ends: Array | None = None,
) -> pd.DataFrame:
    """Build an indicator's result as an observation frame.

    A value stands only where it is determined or computed from published figures; a row that
    rests on a withheld cell has ``conf`` C and, unless bounds close, no value; what is to be said
    of its `ends` stands in a column of that name where there is something to say.
    """
    rows = len(keys)
    columns: dict[str, object] = {
        name: keys[name].to_numpy() if name not in CATEGORIES else keys[name].array
        for name in keys.columns
    }
    columns |= {
        "measure": measure if isinstance(measure, np.ndarray) else np.full(rows, measure),
        "unit": unit if isinstance(unit, np.ndarray) else np.full(rows, unit),
        "value": value, "lower": lower, "upper": upper,
        "flag": from_bits(bits), "conf": np.where(withheld, "C", ""),
    }  # fmt: skip
    if ends is not None and (ends != "").any():
        columns["ends"] = ends
    if size is not None:
        columns["size"] = np.full(rows, size)
    return tidy(columns)
