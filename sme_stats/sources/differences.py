"""What changed between two vintages of a table, cell by cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sme_stats.errors import MixingError
from sme_stats.frame import dimensions

_KINDS = ("added", "withdrawn", "withheld", "disclosed", "revised", "flag")
_LEFT_OUT = ("dataset", "vintage", "measure")


def compare(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List the cells that differ, the largest change first.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Observation frames of one table.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (added, withdrawn: the cell is in one vintage only; withheld, disclosed: its
        value went or came; revised; flag: only flag or confidentiality changed), the dimensions,
        ``before``, ``after``, ``change``, ``flag_before``, ``flag_after``, ``conf_before``,
        ``conf_after``. Ordered by the size of the change; cells without one follow by kind.

    Raises
    ------
    MixingError
        If the frames belong to different tables or have different dimensions.

    Examples
    --------
    >>> from sme_stats import load
    >>> old = load("sbs_sc_ovw", geo="DE", indic="ENT_NR", year=2023)
    >>> new = old.assign(value=old["value"].where(old["size"] != "GE250", 1.0))
    >>> compare(old, new)[["kind", "size", "after"]].to_dict("list")
    {'kind': ['revised'], 'size': ['GE250'], 'after': [1.0]}
    """
    keys = _keys(before)
    _comparable(before, after, keys)
    old, new = _keyed(before, after, keys)
    old, new = _unlike(old, new, keys)
    both = old.merge(new, how="outer", on=keys, suffixes=("_before", "_after"), indicator="_in")
    both["kind"] = _kinds(both)
    both = both.loc[both["kind"] != ""].copy()
    both = both.assign(change=both["value_after"] - both["value_before"])
    rank = pd.Categorical(both["kind"], _KINDS)
    size = both["change"].abs().where(both["kind"] == "revised", -1.0).to_numpy()
    order = np.lexsort((rank.codes, -size))
    both = both.iloc[order].rename(columns={"value_before": "before", "value_after": "after"})
    if "unit" not in keys:
        both["unit"] = both["unit_after"].where(both["unit_after"].notna(), both["unit_before"])
        keys = [*keys, "unit"]
    names = ["before", "after", "change", "flag_before", "flag_after", "conf_before", "conf_after"]
    return both[["kind", *keys, *names]].reset_index(drop=True)


def _keyed(before: pd.DataFrame, after: pd.DataFrame, keys: list[str]) -> list[pd.DataFrame]:
    """Both frames with common categories, so that codes are compared and not texts."""
    rest = ["value", "flag", "conf"] if "unit" in keys else ["unit", "value", "flag", "conf"]
    old, new = before[[*keys, *rest]].copy(), after[[*keys, *rest]].copy()
    for name in old.columns:
        if isinstance(old[name].dtype, pd.CategoricalDtype):
            texts = old[name].cat.categories.union(new[name].cat.categories)
            old[name] = old[name].cat.set_categories(texts)
            new[name] = new[name].cat.set_categories(texts)
    return [old, new]


def _unlike(
    old: pd.DataFrame, new: pd.DataFrame, keys: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out the cells that are the same in both: nearly all, and a merge of all is slow."""
    places = _places(old, new, keys)
    if places is None:
        return old, new
    one, two = places
    order = np.argsort(two, kind="stable")
    found = order[np.minimum(np.searchsorted(two[order], one), len(two) - 1)]
    a, b = old["value"].to_numpy(), new["value"].to_numpy()[found]
    same = (two[found] == one) & ((a == b) | (np.isnan(a) & np.isnan(b)))
    for name in ("flag", "conf"):
        same &= old[name].cat.codes.to_numpy() == new[name].cat.codes.to_numpy()[found]
    left = np.ones(len(new), dtype=bool)
    left[found[same]] = False
    return old.loc[~same], new.loc[left]


def _places(old: pd.DataFrame, new: pd.DataFrame, keys: list[str]) -> list[np.ndarray] | None:
    """Each cell's position in the cube of both; None where that has too many or nothing is in."""
    if not len(old) or not len(new):
        return None
    out = [np.zeros(len(frame), dtype=np.int64) for frame in (old, new)]
    span = 1
    for name in keys:
        coded = isinstance(old[name].dtype, pd.CategoricalDtype)
        size = len(old[name].cat.categories) if coded else 1 << 16
        span *= max(1, size)
        if span >= 1 << 62:
            return None
        for place, frame in zip(out, (old, new), strict=True):
            column = frame[name].cat.codes if coded else frame[name]
            place *= max(1, size)
            place += column.to_numpy()
    return out


def _keys(frame: pd.DataFrame) -> list[str]:
    """Dimensions; ``unit`` is one only where it is not a property of the indicator."""
    derived = (*_LEFT_OUT, "unit") if "indic" in frame.columns else _LEFT_OUT
    return [c for c in dimensions(frame) if c not in derived]


def _comparable(before: pd.DataFrame, after: pd.DataFrame, keys: list[str]) -> None:
    tables = {str(t) for frame in (before, after) for t in frame["dataset"].unique()}
    if len(tables) > 1:
        raise MixingError(
            f"{' and '.join(sorted(tables))} are different tables; compare vintages of one"
        )
    other = _keys(after)
    if set(other) != set(keys):
        raise MixingError(
            f"the table's dimensions changed from {', '.join(keys)} to {', '.join(other)}, so its "
            "cells cannot be told to be the same"
        )


def _kinds(both: pd.DataFrame) -> np.ndarray:
    old, new = both["value_before"].to_numpy(), both["value_after"].to_numpy()
    gone, came = np.isnan(new) & ~np.isnan(old), np.isnan(old) & ~np.isnan(new)
    marks = (both["flag_before"] != both["flag_after"]) | (
        both["conf_before"] != both["conf_after"]
    )
    return np.select(
        [both["_in"] == "right_only", both["_in"] == "left_only", gone, came,
         ~np.isnan(old) & (old != new), marks],
        list(_KINDS),
        default="",
    )  # fmt: skip
