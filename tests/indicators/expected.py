"""What a whole result must be: every column of every row, as worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

#: What `frame_of` says of its cells, and a result of it that is not flagged.
GROUP = {"dataset": "synthetic", "vintage": "2026-01-01", "nace": "C", "geo": "DE", "year": 2023,
         "flag": "", "conf": ""}  # fmt: skip
NUMBERS = ("value", "lower", "upper", "year", "base_year", "best", "worst")


def same(frame: pd.DataFrame, **columns: object) -> None:
    """Assert that a frame has these columns and no others, row by row.

    A column that is not given is as in `GROUP`, one given as None is not there; a number or text
    stands in every row; ``exact`` is value, lower and upper at once.
    """
    if "exact" in columns:
        exact = columns.pop("exact")
        columns |= {"value": exact, "lower": exact, "upper": exact}
    wanted = {name: cell for name, cell in (GROUP | columns).items() if cell is not None}
    assert set(frame.columns) == set(wanted)
    assert frame.index.tolist() == list(range(len(frame)))
    for name, cell in wanted.items():
        cells = cell if isinstance(cell, list) else [cell] * len(frame)
        if name in ("value", "lower", "upper"):
            assert frame[name].dtype == float, name
        if name in NUMBERS:
            found = frame[name].astype(float).tolist()
            assert found == pytest.approx([float(c) for c in cells], nan_ok=True, rel=1e-9), name
        else:
            assert frame[name].astype(str).tolist() == cells, name


def refusal(call, *arguments: object, **named: object) -> str:
    """The message of the error that a call is refused with, whole."""
    from sme_stats.errors import SmeStatsError

    with pytest.raises(SmeStatsError) as refused:
        call(*arguments, **named)
    return f"{type(refused.value).__name__}: {refused.value}"
