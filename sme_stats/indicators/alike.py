"""What a comparison of places may put beside each other, and the flags that go into it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sme_stats import codelists
from sme_stats.errors import IncoherentError, MixingError
from sme_stats.frame import describe, require
from sme_stats.uncertainty.cube import Array, from_bits, to_bits

#: What the places of a comparison must share; a caller frees what it compares along.
SHARED = ("measure", "unit", "dataset", "vintage", "nace", "size", "age", "leg_form", "year")


def is_country(geo: Any) -> bool:
    """Whether a code is one country, not an aggregate, whole or partial."""
    return codelists.table("GEO").get(str(geo), {}).get("kind") == "country"


def countries(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of single countries; aggregates, whole or partial, are not one among others."""
    require(frame, "measure", "unit", "geo", "year", "value", "flag", "conf")
    return frame[frame["geo"].astype(str).map(is_country).to_numpy(dtype=bool)]


def refuse_mixing(frame: pd.DataFrame, free: tuple[str, ...] = ()) -> pd.DataFrame:
    """Refuse several measures, units, populations, years or vintages where one is meant.

    Raises
    ------
    MixingError
        Naming the column and what stands in it.
    IncoherentError
        If a place stands twice.
    """
    require(frame, "measure", "unit", "geo", "year", "value")
    for column in SHARED:
        if column in free or column not in frame.columns:
            continue
        found = sorted({str(code) for code in frame[column].unique()})
        if len(found) > 1:
            raise MixingError(
                f"the frame has several {column}s ({', '.join(found[:5])}); places are compared "
                "within one, so select it"
            )
    keys = ["geo", *(c for c in free if c in frame.columns)]
    twice = frame.duplicated(keys).to_numpy()
    if twice.any():
        row = frame.loc[twice].iloc[0]
        raise IncoherentError(
            f"{describe(row, keys)} stands twice in the frame; a comparison would count it twice, "
            "so keep one source"
        )
    return frame


def flags_of(frame: pd.DataFrame) -> str:
    """Union of all flags of a frame, for one number that rests on all of it."""
    bits = np.bitwise_or.reduce(to_bits(frame["flag"]))
    return str(from_bits(np.array([bits]))[0])


def unite(left: pd.Series[Any], right: pd.Series[Any]) -> Any:
    """Union of two columns of flags, row by row."""
    return from_bits(to_bits(left) | to_bits(right))


def hidden(value: Array, *confs: pd.Series[Any]) -> Array:
    """Confidentiality of a result: C where there is no value and a part is withheld."""
    any_withheld = np.zeros(len(value), dtype=bool)
    for conf in confs:
        any_withheld |= (conf.astype(str) != "").to_numpy()
    return np.where(np.isnan(value) & any_withheld, "C", "")


def in_percent(frame: pd.DataFrame) -> list[str]:
    """Units of differences: percentage points for percentages, else the frame's own."""
    return ["PP" if code == "PC" else code for code in frame["unit"].astype(str)]
