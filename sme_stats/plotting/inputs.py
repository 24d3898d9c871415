"""What charts accept: options and frames, checked with messages that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from sme_stats.errors import MixingError, NotAvailableError, UnknownNameError, UsageError
from sme_stats.frame import codes, require
from sme_stats.plotting import style
from sme_stats.plotting.words import LANGS, is_aggregate, place

ORDERS = ("value", "protocol")
LABELS = ("names", "codes")
_NEEDED = ("dataset", "measure", "unit", "size", "geo", "year", "value")


@dataclass(frozen=True)
class Options:
    """Options of every chart.

    Attributes
    ----------
    lang : {"en", "fr", "de"}
    width : float
        Width in inches of a figure of the chart's own, at least 3.
    title : str or None
        Instead of the title computed from the data.
    order : {"value", "protocol"}
        Order of places: by value, or the EU's protocol order.
    labels : {"names", "codes"}
        How marks of countries are labelled; titles, notes and alt text always have names.
    """

    lang: str = "en"
    width: float = style.WIDTH
    title: str | None = None
    order: str = "value"
    labels: str = "names"

    def mark(self, geo: str) -> str:
        """Label of a place's mark: its name, or a country's code where codes are wanted.

        Examples
        --------
        >>> Options(labels="codes").mark("EL"), Options(lang="fr").mark("EL")
        ('EL', 'Grèce')
        """
        coded = self.labels == "codes" and not is_aggregate(geo)
        return geo if coded else place(geo, self.lang)


def options(chart: str, given: Mapping[str, Any]) -> Options:
    """Read the options of a call.

    Raises
    ------
    UnknownNameError
        If one does not exist, or its value does not.

    Examples
    --------
    >>> options("ranking", {"langue": "fr"})
    Traceback (most recent call last):
    sme_stats.errors.UnknownNameError: unknown option of ranking: 'langue'; did you mean lang or \
labels?
    """
    known = [f.name for f in fields(Options)]
    for name in given:
        if name not in known:
            raise UnknownNameError(f"option of {chart}", name, known)
    chosen = Options(**given)
    if chosen.lang not in LANGS:
        raise UnknownNameError("language", chosen.lang, LANGS)
    for name, admitted in (("order", ORDERS), ("labels", LABELS)):
        if getattr(chosen, name) not in admitted:
            raise UnknownNameError(name, getattr(chosen, name), admitted)
    if not _is_width(chosen.width):
        raise UsageError(
            f"a width of {chosen.width!r} does not do; give inches, {style.NARROWEST:g} to 40"
        )
    return chosen


def _is_width(width: object) -> bool:
    return isinstance(width, int | float) and style.NARROWEST <= width <= 40


def observations(frame: pd.DataFrame, chart: str) -> pd.DataFrame:
    """Check a frame and give every column that charts read, text as text.

    Raises
    ------
    UsageError, UnknownNameError, NotAvailableError
        If it is no frame, lacks a column, or is empty.
    """
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(
            f"{chart} draws an observation frame, not {type(frame).__name__}; pass what load() or "
            "an indicator gives"
        )
    require(frame, *_NEEDED)
    if frame.empty:
        raise NotAvailableError(
            f"{chart} got an empty frame; see what there is with datasets() and load()"
        )
    out = frame.copy()
    for name in ("vintage", "nace", "flag", "conf", "age", "reference"):
        if name not in out.columns:
            out[name] = ""
    texts = ("dataset", "vintage", "measure", "unit", "nace", "size", "geo", "flag", "conf")
    for name in (*texts, "reference"):
        # As objects: charts pick cells one by one, and an Arrow string is dear to pick.
        out[name] = out[name].astype(str).replace("nan", "").astype(object)
    exact = "lower" not in out.columns
    out["lower"] = out["value"] if exact else out["lower"].fillna(out["value"])
    out["upper"] = out["value"] if exact else out["upper"].fillna(out["value"])
    # An end at infinity bounds nothing that could be drawn.
    open_ended = ~(np.isfinite(out["lower"]) & np.isfinite(out["upper"]))
    out.loc[open_ended, ["lower", "upper"]] = np.nan
    out["year"] = out["year"].astype(int)
    return out.reset_index(drop=True)


def drawn(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the caller's frame, as given, in the order drawn."""
    return frame.reset_index(drop=True).loc[rows.index].reset_index(drop=True)


def extremes(rows: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Rows with the highest and the lowest value; the first of equals.

    Examples
    --------
    >>> high, low = extremes(pd.DataFrame({"geo": ["A", "B"], "value": [1.0, 2.0]}))
    >>> high["geo"], low["geo"]
    ('B', 'A')
    """
    value = rows["value"].to_numpy(dtype=float)
    return rows.iloc[int(np.nanargmax(value))], rows.iloc[int(np.nanargmin(value))]


def single(frame: pd.DataFrame, chart: str, *names: str) -> None:
    """Refuse a frame with several codes where the chart shows one.

    Raises
    ------
    MixingError
        Names the column, its codes, and how to choose.
    """
    for name in names:
        found = codes(frame[name].astype(str))
        if len(found) < 2:
            continue
        shown = ", ".join(found[:6]) + (" …" if len(found) > 6 else "")
        one = found[-1] if name == "year" else f'"{found[0]}"'
        raise MixingError(
            f"{chart} shows one {name}, and the frame has {len(found)} ({shown}); keep one with "
            f'frame[frame["{name}"] == {one}]'
        )


def unique(frame: pd.DataFrame, chart: str, keys: list[str]) -> None:
    """Refuse two rows for one mark.

    Raises
    ------
    MixingError
        Names what stands twice and which column tells the rows apart.
    """
    doubled = frame.duplicated(keys, keep=False)
    if not doubled.any():
        return
    rows = frame[doubled]
    first = rows.iloc[0]
    same = rows[(rows[keys] == first[keys]).all(axis=1)]
    apart = [
        c for c in ("nace", "dataset", "vintage", "size", "age", "source", "year")
        if c in same and same[c].astype(str).nunique() > 1
    ]  # fmt: skip
    where = " ".join(f"{k}={first[k]}" for k in keys)
    why = (
        f"they differ in {apart[0]} ({', '.join(codes(same[apart[0]].astype(str)))})"
        if apart
        else ("they are duplicates")
    )
    raise MixingError(f"{chart} got several rows for {where}: {why}; keep one of them")
