"""House style: every colour, size and setting of a chart, in this one file.

Nothing here touches matplotlib's global settings; artists are given what they need, and only
saving runs in a context of its own (`SAVING`).
"""

from __future__ import annotations

#: Ships with matplotlib, so a chart looks the same everywhere.
FONT = "DejaVu Sans"
#: What a viewer without it falls back on; Verdana has the same widths.
FALLBACK = "'DejaVu Sans', Verdana, sans-serif"

# Sizes in points.
TITLE, SUBTITLE, LABEL, SMALL, NOTE = 12.0, 9.0, 9.0, 8.0, 7.5
#: Distance of two lines of text, in sizes.
LEADING = 1.32

# Lengths in inches.
WIDTH, NARROWEST = 6.5, 3.0
MARGIN = 0.12
ROW = 0.235
APART = 0.12

# Text: at least 4.5:1 on white.
INK = "#1A1A1A"
MUTED = "#595959"
PAPER = "#FFFFFF"
# Lines that only guide the eye.
GRID = "#DDDDDD"
GUIDE = "#BFBFBF"
BREAK = "#EFE9DF"
BREAK_EDGE = "#8A7A5C"

#: Size classes from small to large: blue for what counts as SME, orange for large.
CLASSES = ("#D3E4F5", "#93C0E6", "#4A90C9", "#1C5B94")
LARGE = "#D55E00"
#: Few to much, on maps and heat maps.
SCALE = (*CLASSES, "#0B2A4D")
#: Little to much below a reference.
BELOW = ("#F9DCC8", "#F0A878", "#D55E00", "#963F00", "#5A2700")
#: Series in one chart; told apart by marker too.
SERIES = ("#004494", "#D1495B", "#3C8DAD", "#882255", "#A07B00")
MARKERS = ("o", "s", "^", "D", "v")
REST = "#8C8C8C"
MAIN, REFERENCE = "#004494", "#B3470A"
#: How much lighter a provisional mark is: its colour mixed with white by this part.
LIGHTER = 0.55

VERDICTS = {
    "holds": "#00705A", "refuted": "#B3470A", "undecided": "#7A5C00", "unavailable": "#595959",
}  # fmt: skip
#: Verdicts are never told by colour alone.
SIGNS = {"holds": "✓", "refuted": "✗", "undecided": "?", "unavailable": "–"}

HATCH = "////"
HATCH_WIDTH = 0.7
HATCH_FILL = "#F2F2F2"
HATCH_EDGE = "#6E6E6E"

PNG_DPI = 200
#: Settings while a file is written: text stays text, and nothing depends on the day or the user.
SAVING = {
    "svg.fonttype": "none", "svg.image_inline": True, "hatch.linewidth": HATCH_WIDTH,
    "path.simplify": False, "text.hinting": "force_autohint",
    "text.antialiased": True, "savefig.bbox": None, "savefig.transparent": False,
    "savefig.facecolor": PAPER, "savefig.edgecolor": PAPER, "savefig.pad_inches": 0.0,
    "axes.unicode_minus": True, "text.usetex": False, "agg.path.chunksize": 0,
    "text.parse_math": True,
}  # fmt: skip


def rgb(colour: str) -> tuple[float, float, float]:
    """Parts of a colour, 0 to 1.

    Examples
    --------
    >>> rgb("#FF0000")
    (1.0, 0.0, 0.0)
    """
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG defines it, 1 to 21.

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 1), contrast(INK, PAPER) > 4.5
    (21.0, True)
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(fill: str) -> str:
    """Text colour, ink or paper, that reads better on a fill."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, fill))


def lighter(colour: str) -> str:
    """Mix a colour with white, for what is provisional.

    Examples
    --------
    >>> lighter("#000000")
    '#8C8C8C'
    """
    mixed = [c + (1 - c) * LIGHTER for c in rgb(colour)]
    return "#" + "".join(f"{round(255 * c):02X}" for c in mixed)


def class_colours(codes: list[str]) -> dict[str, str]:
    """Colour of each size class, smallest first; the last one is large where it is open-ended.

    Examples
    --------
    >>> class_colours(["0-9", "GE250"])
    {'0-9': '#D3E4F5', 'GE250': '#D55E00'}
    """
    small = [c for c in codes if c != "GE250"]
    step = (len(CLASSES) - 1) / max(1, len(small) - 1)
    colours = {code: CLASSES[round(i * step)] for i, code in enumerate(small)}
    return colours | ({"GE250": LARGE} if "GE250" in codes else {})
