"""Fonts in a PDF: what is embedded of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fontTools.subset import Options

#: Tables that say how a program may set text anew. A PDF has its glyphs placed already.
LAYOUT = ("GSUB", "GPOS", "GDEF")


@contextmanager
def without_layout() -> Iterator[None]:
    """Embed fonts without their layout tables: cutting these takes most of a PDF's time.

    matplotlib leaves no choice of tables, so the default of fontTools is changed for the moment;
    the caller sees to it that nobody else saves meanwhile. Text stays text, with its ligatures;
    Type 3 fonts would be as quick, but their ligatures cannot be searched for.
    """
    kept = Options._drop_tables_default
    Options._drop_tables_default = [*kept, *LAYOUT]
    try:
        yield
    finally:
        Options._drop_tables_default = kept
