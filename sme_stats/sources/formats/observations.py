"""Parsed cells into the observation frame: names, measures, units, years and periods."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sme_stats.catalogue import Dataflow, entries
from sme_stats.frame import COLUMNS, DIMENSIONS
from sme_stats.sources.formats.cells import Array, Cells, Coded

_TAKEN = {
    "dataset", "vintage", "measure", "year", "period", "value", "flag", "conf", "lower", "upper",
    "source",
}  # fmt: skip


def to_frame(cells: Cells, *, dataset: str | None, vintage: str | None) -> pd.DataFrame:
    """Build the observation frame from parsed cells."""
    code = (dataset or cells.dataset).lower()
    dims = dict(zip(names(cells.dims), cells.dims.values(), strict=True))
    columns: dict[str, object] = {
        "dataset": _constant(code, len(cells)),
        "vintage": _vintage(cells, vintage),
        **_measures(dims, entries().get(code), len(cells)),
        **{name: _categorical(column) for name, column in dims.items()},
        **_time(cells.period, dims.get("freq")),
        "value": cells.value,
        "flag": _categorical(cells.flag),
        "conf": _categorical(cells.conf),
    }
    if "period" not in columns:
        columns.pop("freq", None)  # always A: the year says it
    order = [c for c in COLUMNS[:9] if c in columns]
    order += [c for c in columns if c not in COLUMNS]
    order += [c for c in COLUMNS[9:] if c in columns]
    return pd.DataFrame({name: columns[name] for name in order}, copy=False)


def names(dims: Iterable[str]) -> list[str]:
    """Name the frame's columns for a table's dimensions, none lost and none mistaken.

    Examples
    --------
    >>> names(["indic_sbs", "geo"]), names(["nace_r1", "nace_r2"]), names(["source"])
    (['indic', 'geo'], ['nace_r1', 'nace_r2'], ['dim_source'])
    """
    own = list(dims)
    ours = [DIMENSIONS.get(name, name) for name in own]
    named = [our if ours.count(our) == 1 else name for our, name in zip(ours, own, strict=True)]
    # What the frame says of a cell is no dimension of the table, whatever a table calls its own.
    return [f"dim_{name}" if name in _TAKEN else name for name in named]


def _categorical(column: Coded) -> pd.Categorical:
    column = column.recode(column.texts)  # sorted, as everybody expects of categories
    return _coded_texts(column.codes, column.texts)


def _constant(text: str, rows: int) -> pd.Categorical:
    return _coded_texts(np.zeros(rows, dtype=np.int8), [text])


def _coded_texts(codes: Array, texts: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype="str"), validate=False)


def _vintage(cells: Cells, vintage: str | None) -> pd.Categorical:
    """Row by row where the file states it; `vintage` fills what it leaves open."""
    given = vintage or cells.vintage
    if cells.vintages is None:
        return _constant(given, len(cells))
    return _categorical(cells.vintages.recode([text or given for text in cells.vintages.texts]))


def _measures(
    dims: dict[str, Coded], flow: Dataflow | None, rows: int
) -> dict[str, pd.Categorical]:
    """Harmonised measure and unit; blank where the catalogue does not know the indicator."""
    indic = dims.get(flow.indicators_in) if flow else None
    if indic is None or flow is None:
        blank = {"measure": _constant(flow.measure if flow else "", rows)}
        return blank if "unit" in dims else blank | {"unit": _constant("", rows)}
    known = [flow.measure_of(code) for code in indic.texts]
    out = {"measure": _categorical(indic.recode([m for m, _ in known]))}
    if "unit" not in dims:
        out["unit"] = _categorical(indic.recode([u for _, u in known]))
    return out


def _time(period: Coded, freq: Coded | None) -> dict[str, object]:
    """``year`` always; ``period`` beside it unless every cell is annual."""
    years = np.array([int(text[:4]) for text in period.texts] or [0], dtype=np.int16)
    out: dict[str, object] = {"year": years.take(period.codes)}
    # What occurs is counted only where the lists of texts, which may hold more, leave it open.
    if not _annual(period.texts, freq.texts if freq else None) and not _annual(
        period.used(), freq.used() if freq else None
    ):
        out["period"] = _categorical(period)
    return out


def _annual(periods: list[str], freqs: list[str] | None) -> bool:
    """Whether all periods are years; tables have been served with their first day, 1960-01-01."""
    if freqs is None:
        return all(len(text) == 4 for text in periods)
    years = all(len(text) == 4 or text.endswith("-01-01") for text in periods)
    return years and set(freqs) <= {"A"}
