"""Measured text: how wide a line is, where it wraps, never cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sme_stats.plotting import style

#: Renderers hint glyphs, so a drawn line may be a little wider than its outline.
_SLACK = 1.02
#: By how much of the size of the font a word may be wider or narrower between others than alone.
_UNSURE = 0.2


@cache
def font(size: float, weight: str = "normal") -> FontProperties:
    """Font of a text; explicit, so that no global setting reaches a chart."""
    return FontProperties(family=style.FONT, size=size, weight=weight, style="normal")


@cache
def width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line in inches.

    Examples
    --------
    >>> width("Germany", 9.0) < width("Germany", 9.0, "bold")
    True
    """
    if not text:
        return 0.0
    wide, _, _ = text_to_path.get_text_width_height_descent(text, font(size, weight), False)
    return float(wide) * _SLACK / 72


def height(lines: float, size: float) -> float:
    """Height of lines of text in inches."""
    return lines * size * style.LEADING / 72


def wrap(text: str, room: float, size: float, weight: str = "normal") -> list[str]:
    """Break a text into lines that fit; at spaces, else after a hyphen, else anywhere.

    Parameters
    ----------
    text : str
        No-break spaces never break, so a number stays with its unit.
    room : float
        Width in inches.
    size : float
        In points.
    weight : str
        Of the font, ``"normal"`` or ``"bold"``.

    Examples
    --------
    >>> wrap("Bosnia and Herzegovina", 1.0, 9.0)
    ['Bosnia and', 'Herzegovina']
    >>> "".join(wrap("Donaudampfschifffahrt", 0.6, 9.0))
    'Donaudampfschifffahrt'
    """
    fits = _fits(room, size, weight)
    lines: list[str] = []
    for word in re.split(r" +", text.strip()):
        if lines and _fit_together(f"{lines[-1]} {word}", room, size, weight):
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.extend(_broken(word, fits))
    return lines


def _fit_together(line: str, room: float, size: float, weight: str) -> bool:
    """Whether words fit on one line: by their sum where that is clear, else by measuring them all.

    Measuring lines as they grow took a fifth of the time of a chart; words recur and are cached.
    """
    words = line.split(" ")
    gap = width("x x", size, weight) - 2 * width("x", size, weight)
    total = sum(width(word, size, weight) for word in words) + gap * (len(words) - 1)
    if abs(total - room) > _UNSURE * size / 72 * len(words):
        return total <= room
    return width(line, size, weight) <= room


def _fits(room: float, size: float, weight: str) -> Callable[[str], bool]:
    return lambda line: width(line, size, weight) <= room


def _broken(word: str, fits: Callable[[str], bool]) -> list[str]:
    """A word alone on its lines, in as few pieces as fit."""
    if fits(word):
        return [word]
    pieces = [""]
    for part in re.split(r"(?<=[-–/+_])", word):
        if fits(pieces[-1] + part):
            pieces[-1] += part
            continue
        pieces.append("")
        for letter in part:
            if pieces[-1] and not fits(pieces[-1] + letter):
                pieces.append("")
            pieces[-1] += letter
    return [p for p in pieces if p]
