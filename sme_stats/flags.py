"""Observation flags and confidentiality as sets of letters, in both of Eurostat's generations.

Until 27 January 2025 one field held everything, confidentiality (``c``) included; since then
``OBS_FLAG`` and ``CONF_STATUS`` are two. A flag is a *set*: ``bep`` is a break, estimated and
provisional at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

#: Letters of the older generation and what they are called today.
RENAMED = {"s": "i", "z": "m"}

#: Meaning of each letter of OBS_FLAG, Eurostat's wording.
OBS_FLAG = {
    "b": "break in time series",
    "d": "definition differs",
    "e": "estimated",
    "f": "forecast",
    "i": "value imputed by Eurostat",
    "m": "missing, cannot exist",
    "n": "not significant",
    "p": "provisional",
    "r": "revised",
    "u": "low reliability",
}

#: Meaning of each letter of CONF_STATUS.
CONF_STATUS = {"C": "confidential", "N": "not for publication", "P": "primary confidential"}


#: Each letter of a flag as a bit, so that the union of flags is one OR over an axis.
BIT = {letter: 1 << i for i, letter in enumerate(sorted(OBS_FLAG))}


@cache
def letters_of(bits: int) -> str:
    """Letters of a flag held as bits, in alphabetical order.

    Examples
    --------
    >>> letters_of(BIT["p"] | BIT["b"])
    'bp'
    """
    return "".join(letter for letter in BIT if bits & BIT[letter])


def letters(flag: str) -> frozenset[str]:
    """Split a published flag into its letters, in today's generation.

    Examples
    --------
    >>> sorted(letters("bep"))
    ['b', 'e', 'p']
    >>> sorted(letters("s"))
    ['i']
    """
    return frozenset(RENAMED.get(letter, letter) for letter in flag if letter.isalpha())


def union(flags: Iterable[str]) -> str:
    """Join flags into one, letters in alphabetical order.

    Examples
    --------
    >>> union(["p", "", "be"])
    'bep'
    """
    return "".join(sorted(frozenset().union(*(letters(flag) for flag in flags))))


def split_status(text: str) -> tuple[str, str]:
    """Separate a TSV or JSON-stat status into OBS_FLAG and CONF_STATUS.

    The old letter ``c`` becomes confidentiality ``C``; every other letter stays as published.

    Parameters
    ----------
    text : str
        What stands behind the value: ``"bd"``, ``"@C"``, ``"p@C"``, ``"c"``, ``"|C"``.

    Returns
    -------
    tuple of str
        ``(flag, conf)``, each possibly empty.

    Examples
    --------
    >>> split_status("p@C"), split_status("c"), split_status("bd")
    (('p', 'C'), ('', 'C'), ('bd', ''))
    """
    flag, _, conf = text.strip().replace("|", "@").partition("@")
    flag, conf = flag.replace(" ", ""), conf.strip()
    if "c" in flag:
        flag, conf = flag.replace("c", ""), conf or "C"
    return flag, conf


def explain(flag: str, conf: str = "") -> list[str]:
    """Say in words what a flag and a confidentiality status mean.

    Examples
    --------
    >>> explain("bp", "C")
    ['b: break in time series', 'p: provisional', 'C: confidential']
    """
    meanings = [(OBS_FLAG, letter) for letter in sorted(letters(flag))]
    meanings += [(CONF_STATUS, letter) for letter in conf]
    return [f"{letter}: {known.get(letter, 'not documented')}" for known, letter in meanings]
