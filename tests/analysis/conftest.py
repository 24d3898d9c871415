"""Small hand-made frames; synthetic, and called that."""

import pandas as pd
import pytest

CLASSES = ("0-9", "10-19", "20-49", "50-249", "GE250", "TOTAL")


def cell(measure="persons_employed", **fields):
    """One cell with every column that a frame needs."""
    row = {
        "dataset": "synthetic", "vintage": "2026-01-01", "indic": "", "measure": measure,
        "unit": "NR", "nace": "B-S_X_O_S94", "size": "TOTAL", "geo": "AA", "year": 2023,
        "value": float("nan"), "flag": "", "conf": "",
    }  # fmt: skip
    return row | fields


@pytest.fixture
def table():
    """Make a frame from rows; None is a withheld value."""

    def make(*rows):
        cells = []
        for row in rows:
            row = dict(row)
            if row.get("value") is None:
                row |= {"value": float("nan"), "conf": "C"}
            cells.append(cell(**row))
        return pd.DataFrame(cells)

    return make


@pytest.fixture
def structure(table):
    """Classes of one group, in the order of CLASSES; None is withheld."""

    def make(values, measure="persons_employed", **fields):
        rows = [{"measure": measure, "size": s, "value": v} | fields
                for s, v in zip(CLASSES, values, strict=True)]  # fmt: skip
        return table(*rows)

    return make
