"""Sentences of the pages in English, French and German: text tables that people review.

Names of measures, places, sizes and flags are those of the charts (`sme_stats.plotting.words`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from sme_stats.errors import UnknownNameError
from sme_stats.plotting.words import LANGS, capital


@cache
def texts(lang: str) -> dict[str, str]:
    """Read the sentences of a language.

    Raises
    ------
    UnknownNameError
        If there are none in it.
    """
    if lang not in LANGS:
        raise UnknownNameError("language", lang, LANGS)
    path = Path(__file__).with_suffix("") / f"{lang}.toml"
    return {k: str(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def text(lang: str, key: str, **parts: object) -> str:
    """Fill a sentence; ``{Name}`` is the part with a capital.

    Examples
    --------
    >>> text("de", "age", n=5)
    '5 Jahre nach der Gründung'
    """
    capitals = {k.capitalize(): capital(str(v)) for k, v in parts.items()}
    return texts(lang)[key].format(**(capitals | parts))
