"""Every error a user can meet, and what each means for the shell.

::

    SmeStatsError                     base; never raised itself
    ├── UsageError                    exit 2: the call or the input is wrong
    │   ├── UnknownNameError          a dataset, code or key that does not exist; names the nearest
    │   ├── MixingError               units, populations, geographies, vintages not to be combined
    │   ├── IncoherentError           a frame that contradicts itself: duplicates, negative counts
    │   ├── PluginError               a package that adds to this one cannot be used; names it
    │   └── InputError                a file that cannot be read as what it claims to be
    │       ├── FormatError           … as one of Eurostat's formats
    │       └── ClaimError            … as a claims file, or a claim in it
    └── DataError                     exit 3: the question is fine, the data cannot answer it
        ├── NotAvailableError         not in the tables at hand
        ├── WithheldError             there, but withheld; bounds may still help
        ├── BreakError                a growth rate would cross a break in the series
        └── SourceError               the source could not be reached or gave an unusable answer
            ├── TransientError        … a retry may help (cut connection, 429, 503, still queued)
            └── RefusedError          … a retry will not help (404, redirect elsewhere, too big)

PluginWarning, a UserWarning, says the same of a plugin that was left out of a list.

A message says what happened, why it matters where that is not plain, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SmeStatsError(Exception):
    """Base of every error that this library raises on purpose."""

    exit_code = 2


class UsageError(SmeStatsError):
    """The call or its input is wrong."""


class UnknownNameError(UsageError):
    """A name that does not exist; the message gives the nearest that do.

    Parameters
    ----------
    kind : str
        What was looked up, as the user would say it: ``"dataset"``, ``"geo in sbs_sc_ovw"``.
    name : object
        What was asked for.
    valid : iterable
        Everything that would have been accepted.
    hint : str, optional
        A closing sentence on what to do.
    """

    def __init__(self, kind: str, name: object, valid: Iterable[object], hint: str = "") -> None:
        self.kind, self.name, self.valid = kind, name, [str(v) for v in valid]
        self.hint = hint
        said = nearest(name, self.valid)
        tail = f"{' ' if said.endswith('?') else '; '}{hint}" if hint else ""
        super().__init__(f"unknown {kind}: {str(name)!r}; {said}{tail}")

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, object, list[str], str]]:
        # Worker processes send errors home by their arguments, not by their message.
        return type(self), (self.kind, self.name, self.valid, self.hint)


class MixingError(UsageError):
    """Units, populations, geographies or vintages that may not be combined."""


class IncoherentError(UsageError):
    """A frame that contradicts itself: duplicate cells, negative counts."""


class PluginError(UsageError):
    """A dataset, indicator or chart that another package adds, and that cannot be used."""


class PluginWarning(UserWarning):
    """A plugin was left out; everything else works."""


class InputError(UsageError):
    """A file or text that cannot be read as what it claims to be."""


class FormatError(InputError):
    """Bytes that are none of Eurostat's formats, or a damaged one."""


class ClaimError(InputError):
    """A claims file, or one claim in it, that cannot be understood."""


class DataError(SmeStatsError):
    """The question is fine; the data at hand cannot answer it."""

    exit_code = 3


class NotAvailableError(DataError):
    """The cells asked for are not in the tables at hand."""


class WithheldError(DataError):
    """The cells are withheld by the source, so no value can be given."""


class BreakError(DataError):
    """A comparison over time would cross a break in the series."""


class SourceError(DataError):
    """The source could not be reached or gave an answer that cannot be used."""


class TransientError(SourceError):
    """A failure that a later attempt may not meet."""


class RefusedError(SourceError):
    """A failure that a later attempt would meet again."""


def nearest(name: object, valid: Iterable[object], most: int = 5) -> str:
    """Say which valid names are nearest to `name`, in one clause.

    Numbers are near by distance, texts by likeness; few names are all listed.

    Examples
    --------
    >>> nearest("sbs_sc_ov", ["sbs_sc_ovw", "bd_size", "bd_hg", "bd_l_form"], most=2)
    'did you mean sbs_sc_ovw?'
    >>> nearest(2019, [2021, 2022, 2023, 2024], most=2)
    'nearest: 2021, 2022'
    """
    names = sorted({str(v) for v in valid})
    if not names:
        return "there are none"
    if str(name).lstrip("-").isdecimal() and all(n.lstrip("-").isdecimal() for n in names):
        near = sorted(names, key=lambda n: abs(int(n) - int(str(name))))[:most]
        return "nearest: " + ", ".join(sorted(near))
    folded = {n.casefold(): n for n in reversed(names)}
    close = difflib.get_close_matches(str(name).casefold(), folded, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(folded[c] for c in close) + "?"
    shown = ", ".join(names[:most])
    return f"valid: {shown}" + (f" … ({len(names)} in all)" if len(names) > most else "")
