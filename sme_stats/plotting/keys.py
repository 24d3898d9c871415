"""Entries of a key for what cells are: provisional, an interval, withheld."""

from __future__ import annotations

import pandas as pd

from sme_stats.plotting import style
from sme_stats.plotting.layout import Key
from sme_stats.plotting.words import say


def state_keys(rows: pd.DataFrame, lang: str, interval: bool | None = None) -> list[Key]:
    """Keys only for what is among the rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows drawn, with ``value``, ``lower``, ``upper`` and ``flag``.
    lang : str
        Language of the words.
    interval : bool, optional
        Whether an interval is drawn; by default where one has a width.

    Returns
    -------
    list of Key
        In this order: provisional, interval, withheld.
    """
    known, keys = rows["value"].notna(), []
    if interval is None:
        interval = bool((known & (rows["lower"] < rows["upper"])).any())
    if (known & rows["flag"].str.contains("p")).any():
        keys.append(Key(say(lang, "key_provisional"), marker="o", face=style.lighter(style.MAIN)))
    if interval:
        keys.append(Key(say(lang, "key_interval"), fill=style.lighter(style.MAIN)))
    if (~known & rows["lower"].notna()).any():
        keys.append(Key(say(lang, "key_withheld"), fill=style.HATCH_FILL, hatch=style.HATCH))
    return keys
