"""The observation frame: a plain tidy pandas frame, one row a cell.

No subclass and no hidden state: every row carries what is needed to understand it (dataset,
vintage, unit, flags), so nothing is lost whatever pandas does to the frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from sme_stats.errors import IncoherentError, NotAvailableError, UnknownNameError

#: Columns in their order; the ones in OPTIONAL are there only where a table has them.
COLUMNS = (
    "dataset", "vintage", "freq", "indic", "measure", "unit", "nace", "size", "age", "geo",
    "year", "period", "value", "flag", "conf", "lower", "upper", "ends", "source",
)  # fmt: skip
OPTIONAL = ("freq", "age", "period", "lower", "upper", "ends", "source")
CATEGORIES = (
    "dataset", "vintage", "freq", "indic", "measure", "unit", "nace", "size", "age", "geo",
    "period", "flag", "conf", "ends", "source",
)  # fmt: skip
NUMBERS = ("value", "lower", "upper")

#: Eurostat's names of dimensions and what the frame calls them.
DIMENSIONS = {
    "indic_sbs": "indic", "indic_sb": "indic", "nace_r2": "nace", "nace_r1": "nace",
    "size_emp": "size", "sizeclas": "size", "TIME_PERIOD": "period", "time": "period",
}  # fmt: skip

#: Measures that cannot be negative.
COUNTS = (
    "enterprises", "active_enterprises", "persons_employed", "employees", "births", "deaths",
    "turnover",
)  # fmt: skip


def dimensions(frame: pd.DataFrame) -> list[str]:
    """Columns that identify a cell: everything but value, flags, bounds and provenance.

    Examples
    --------
    >>> dimensions(pd.DataFrame({"geo": ["DE"], "year": [2023], "value": [1.0], "flag": [""]}))
    ['geo', 'year']
    """
    return [c for c in frame.columns if c not in (*NUMBERS, "flag", "conf", "ends", "source")]


def require(frame: pd.DataFrame, *columns: str) -> None:
    """Check that columns are there.

    Raises
    ------
    UnknownNameError
        Naming the first missing column and the nearest that the frame has.
    """
    for column in columns:
        if column not in frame.columns:
            raise UnknownNameError(
                "column", column, frame.columns, "an observation frame comes from load() or read()"
            )


def check(frame: pd.DataFrame) -> pd.DataFrame:
    """Refuse a frame that contradicts itself.

    Returns
    -------
    pandas.DataFrame
        The frame itself, unchanged.

    Raises
    ------
    IncoherentError
        If a cell stands twice or a count is negative; the message names the first such cell.
    """
    require(frame, "geo", "year", "value")
    # Two sources that print the same cell are two figures.
    keys = [*dimensions(frame), *(["source"] if "source" in frame.columns else [])]
    doubled = frame.duplicated(keys, keep="first")
    if doubled.any():
        raise IncoherentError(
            f"duplicate cell {describe(frame.loc[doubled].iloc[0], keys)}: "
            f"{int(doubled.sum())} in all; a sum would count them twice, so drop or choose one"
        )
    if "measure" in frame.columns:
        negative = (frame["value"] < 0) & frame["measure"].isin(COUNTS)
        if negative.any():
            row = frame.loc[negative].iloc[0]
            raise IncoherentError(
                f"negative {row['measure']} ({row['value']:g}) in {describe(row, keys)}; "
                "a count cannot be below zero, so check the source"
            )
    return frame


def describe(row: pd.Series[Any] | Mapping[str, object], keys: Iterable[str]) -> str:
    """Name one cell by its dimensions, for messages.

    Examples
    --------
    >>> describe({"geo": "DE", "year": 2023, "age": ""}, ["geo", "year", "age"])
    'geo=DE year=2023'
    """
    return " ".join(f"{k}={row[k]}" for k in keys if str(row[k]) not in ("", "nan"))


def codes(column: pd.Series[Any]) -> list[str]:
    """Codes really present in a column, sorted, blanks left out."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        # By address: pandas would sort millions of codes to find a handful.
        used = np.zeros(len(column.cat.categories) + 1, dtype=bool)
        used[column.cat.codes.to_numpy()] = True
        return sorted(str(c) for c in column.cat.categories[used[:-1]] if str(c))
    return sorted(str(v) for v in column.dropna().unique() if str(v))


def as_list(wanted: object) -> list[object]:
    """One or several codes as a list; a range of years is a list of years.

    Examples
    --------
    >>> as_list("DE"), as_list(["DE", "FR"]), as_list(range(2021, 2023))
    (['DE'], ['DE', 'FR'], [2021, 2022])
    """
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        return [wanted]
    return list(wanted)


def column_of(frame: pd.DataFrame, name: str) -> str:
    """Name the frame's column for a dimension; an annual table's periods are its years.

    Examples
    --------
    >>> column_of(pd.DataFrame({"year": [2023]}), "TIME_PERIOD")
    'year'
    """
    column = DIMENSIONS.get(name, name)
    return "year" if column == "period" and "period" not in frame.columns else column


def select(frame: pd.DataFrame, where: str = "the frame", **filters: object) -> pd.DataFrame:
    """Keep the cells with the given codes; an error instead of an empty frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Observation frame.
    where : str
        How messages call the frame.
    **filters
        Column (the frame's name or Eurostat's) to one code or several; None keeps everything;
        ``year`` also takes a range.

    Raises
    ------
    UnknownNameError
        If a column or a code is not there; names the nearest.
    NotAvailableError
        If every code exists but no cell combines them.

    Examples
    --------
    >>> from sme_stats import load
    >>> frame = load("sbs_sc_ovw")
    >>> select(frame, geo="EU27_2020", year=2023, size="GE250")["value"].tolist()
    [54256.0]
    >>> select(frame, year=2019)
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown year in the frame: '2019'; nearest: 2021, \
2022, 2023, 2024
    """
    mask = np.ones(len(frame), dtype=bool)
    for name, wanted in filters.items():
        if wanted is None:
            continue
        column = column_of(frame, name)
        if column == "freq" and column not in frame.columns and "year" in frame.columns:
            _only_annual(wanted)
            continue
        require(frame, column)
        mask &= _matches(frame[column], column, as_list(wanted), where)
    if not mask.any():
        asked = ", ".join(f"{k}={v}" for k, v in filters.items() if v is not None)
        raise NotAvailableError(
            f"no cell of {where} has {asked} together, though each code exists in it; "
            "drop one filter, or see what there is with `sme-stats show`"
        )
    return frame.loc[mask]


def _only_annual(wanted: object) -> None:
    """Annual frames do without a column ``freq``: every cell of theirs is A."""
    for code in as_list(wanted):
        if code != "A":
            raise UnknownNameError("freq in an annual table", code, ["A"])


def _matches(
    column: pd.Series[Any], name: str, wanted: Sequence[object], where: str
) -> np.ndarray[Any, Any]:
    present = set(column.unique())
    if name == "year":
        wanted = [int(str(w)) if str(w).isdecimal() else w for w in wanted]
    for code in wanted:
        if code not in present:
            raise UnknownNameError(f"{name} in {where}", code, sorted(map(str, present)))
    return column.isin(wanted).to_numpy()


def concat(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Stack observation frames, categories united, columns in the frame's order.

    Columns that only some frames have are blank (categories) or NaN (numbers) in the others.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        At least one.

    Returns
    -------
    pandas.DataFrame
        With a fresh index.
    """
    if not frames:
        raise IncoherentError("nothing to stack: no frame was given")
    names = {c: None for frame in frames for c in frame.columns}
    ordered = [c for c in COLUMNS if c in names] + [c for c in names if c not in COLUMNS]
    return pd.DataFrame({name: _stack([_column(f, name) for f in frames]) for name in ordered})


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in frame.columns:
        return frame[name]
    if name in NUMBERS:
        # A frame without bounds is exact where it has a value, and unknown where it has none.
        return frame["value"] if "value" in frame.columns else pd.Series(np.nan, frame.index)
    return pd.Series("", frame.index, dtype="category")


def _stack(parts: list[pd.Series[Any]]) -> object:
    if any(isinstance(p.dtype, pd.CategoricalDtype) for p in parts):
        every = [_categorical(part) for part in parts]
        kind = every[0].dtype
        if all(one.categories.equals(kind.categories) for one in every):
            return pd.Categorical.from_codes(np.concatenate([o.codes for o in every]), dtype=kind)
        return union_categoricals(every)
    return np.concatenate([p.to_numpy() for p in parts])


def _categorical(column: pd.Series[Any]) -> pd.Categorical:
    known = isinstance(column.dtype, pd.CategoricalDtype)  # astype would copy
    return pd.Categorical(column.array if known else column.astype("category").array)


def tidy(columns: Mapping[str, object]) -> pd.DataFrame:
    """Build a frame from columns: text becomes categories, years int16, order as documented."""
    names = [c for c in COLUMNS if c in columns] + [c for c in columns if c not in COLUMNS]
    given = {c: _few(columns[c]) if c in CATEGORIES else columns[c] for c in names}
    frame = pd.DataFrame(given)
    for name in names:
        if name in CATEGORIES and not isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].astype("category")
    if "year" in columns:
        frame["year"] = frame["year"].astype("int16")
    return frame


def _few(column: object) -> object:
    """Categories of a short list of texts, at a fifth of what Arrow takes to begin."""
    if not isinstance(column, list) or len(column) > 1000 or {*map(type, column)} != {str}:
        return column
    place = {text: n for n, text in enumerate(sorted(set(column)))}
    codes = np.array([place[text] for text in column])
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(place)))


def intervals(frame: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Lower and upper of every cell; a published exact value is its own interval.

    Returns
    -------
    tuple of numpy.ndarray
        ``(lower, upper)``, NaN where nothing is known.
    """
    value = frame["value"].to_numpy(dtype=float)
    if "lower" not in frame.columns:
        return value, value
    lower = frame["lower"].to_numpy(dtype=float)
    upper = frame["upper"].to_numpy(dtype=float)
    return np.where(np.isnan(lower), value, lower), np.where(np.isnan(upper), value, upper)
