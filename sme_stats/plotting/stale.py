"""What moved between the data of a figure as it was committed and as it is now."""

from __future__ import annotations

import io

import pandas as pd

#: Columns that say which cell a row is, where a figure has them.
_KEYS = (
    "dataset",
    "measure",
    "nace",
    "geo",
    "year",
    "size",
    "age",
    "vintage",
    "id",
    "row",
    "label",
)
#: Columns in the order that a change of them is worth naming.
_FIRST = ("value", "lower", "upper", "flag", "conf")


def moved(before: str, after: str) -> str:
    """Name the first cell that differs between two data files of a figure.

    Rows are matched by what they are, not by their place: in a ranking one changed value moves
    others.

    Parameters
    ----------
    before, after : str
        CSV as the figure had it, and as it has it now.

    Examples
    --------
    >>> moved("geo,year,value\\nDE,2023,55.2\\n", "geo,year,value\\nDE,2023,55.3\\n")
    'geo=DE year=2023: value was 55.2, is 55.3'
    >>> moved("geo,value\\nDE,1\\n", "geo,value\\nFR,2\\nDE,1\\n")
    'geo=FR is new'
    """
    texts = (io.StringIO(before), io.StringIO(after))
    old, new = (pd.read_csv(text, dtype=str, keep_default_na=False) for text in texts)
    if list(old.columns) != list(new.columns):
        return "its columns changed"
    keys = [c for c in _KEYS if c in old.columns]
    # A new vintage is what moved, not another row, as long as rows are told apart without it.
    plain = [k for k in keys if k != "vintage"]
    if plain and not (old.duplicated(plain).any() or new.duplicated(plain).any()):
        keys = plain
    if not keys or old.duplicated(keys).any() or new.duplicated(keys).any():
        return _counted(old, new)
    return _first(old.set_index(keys), new.set_index(keys), keys) or "its rows are in another order"


def _first(old: pd.DataFrame, new: pd.DataFrame, keys: list[str]) -> str:
    both = new.index.intersection(old.index, sort=False)
    columns = sorted(new.columns, key=lambda c: _FIRST.index(c) if c in _FIRST else len(_FIRST))
    for column in columns:
        a, b = old.loc[both, column], new.loc[both, column]
        unlike = (a.to_numpy() != b.to_numpy()).nonzero()[0]
        if len(unlike):
            n = int(unlike[0])
            more = f", and {len(unlike) - 1} more" if len(unlike) > 1 else ""
            return f"{_where(both[n], keys)}: {column} was {a.iloc[n]}, is {b.iloc[n]}{more}"
    for name, found in (("new", new.index.difference(old.index, sort=False)),
                        ("gone", old.index.difference(new.index, sort=False))):  # fmt: skip
        if len(found):
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            return f"{_where(found[0], keys)} is {name}{more}"
    return ""


def _where(key: object, keys: list[str]) -> str:
    values = key if isinstance(key, tuple) else (key,)
    return " ".join(f"{k}={v}" for k, v in zip(keys, values, strict=True) if v)


def _counted(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """What can be said of rows that nothing tells apart."""
    if len(old) != len(new):
        return f"it had {len(old)} rows and has {len(new)}"
    return f"{int((old != new).any(axis=1).sum())} of its {len(new)} rows changed"
