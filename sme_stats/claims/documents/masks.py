"""What of a text cannot hold a mark, blanked without moving anything.

Every function takes time in proportion to the text, whatever stands in it.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t>*+\d.)-]*?(`{3,}|~{3,})", re.MULTILINE)
_TICKS = re.compile(r"`+|\n[ \t\r]*\n")
_RAW = re.compile(r"<(script|style|textarea|title)\b", re.IGNORECASE | re.ASCII)


def blank(found: re.Match[str]) -> str:
    """Replacement of the same length for `re.sub`."""
    return _blanks(found[0])


def _blanks(text: str) -> str:
    """Blanks of the same length, lines kept."""
    return re.sub(r"[^\n]", " ", text)


def blank_code(text: str) -> str:
    """Blank fenced and inline code, nothing moved.

    Examples
    --------
    >>> blank_code("a `b` c")
    'a     c'
    """
    out, at = [], 0
    while fence := _FENCE.search(text, at):
        out.append(text[at : fence.start()])
        closing = re.compile(
            rf"^[ \t>]*{re.escape(fence[1][0])}{{{len(fence[1])},}}[ \t\r]*$", re.MULTILINE
        )
        end = closing.search(text, fence.end())
        at = end.end() if end else len(text)
        out.append(_blanks(text[fence.start() : at]))
    out.append(text[at:])
    return _blank_ticks("".join(out))


def _blank_ticks(text: str) -> str:
    """Blank inline code: a run of backticks to the next of the same length in the paragraph."""
    runs = [(m.start(), m.end(), m[0][0] == "`") for m in _TICKS.finditer(text)]
    closing: dict[int, int] = {}
    last: dict[int, int] = {}
    for number in range(len(runs) - 1, -1, -1):
        start, end, tick = runs[number]
        if not tick:
            last = {}
        else:
            if end - start in last:
                closing[number] = last[end - start]
            last[end - start] = number
    out, at, number = [], 0, 0
    while number < len(runs):
        if number in closing:
            start, end = runs[number][0], runs[closing[number]][1]
            out += [text[at:start], _blanks(text[start:end])]
            at, number = end, closing[number]
        number += 1
    return "".join(out) + text[at:]


def closed(text: str) -> str:
    """Blank the openings of comments that never close: each would be searched for to the end."""
    last = text.rfind("-->") + 1
    return text[:last] + text[last:].replace("<!--", "    ")


def harmless(text: str) -> str:
    """Blank what the parser would search to the end again and again, or what cannot hold a mark."""
    out, at = [], 0
    while raw := _RAW.search(text, at):
        closing = re.compile(rf"</{raw[1]}\b", re.IGNORECASE).search(text, raw.end())
        end = closing.start() if closing else len(text)
        start = text.find(">", raw.end(), end) + 1 or end
        out += [text[at:start], _blanks(text[start:end])]
        at = max(end, raw.end())
    text = closed("".join(out) + text[at:]).replace("<![", "   ")
    last = text.rfind(">") + 1
    return text[:last] + text[last:].replace("<", " ")
