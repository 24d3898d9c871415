"""Titles, parameters and labels through the `eurostat` package, on our own door to the network.

The package knows where Eurostat keeps its table of contents and labels in three languages; its
data path is not used, because it is slow and loses flags. Its requests go through our client, so
address, retries, offline and the refusal of foreign redirects hold for them too.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sme_stats.errors import SmeStatsError, SourceError, UnknownNameError
from sme_stats.sources.answers import refuse_entities
from sme_stats.sources.client import BASE_URL, Client
from sme_stats.sources.folders import table_code
from sme_stats.sources.formats.compression import MAGIC, expand
from sme_stats.sources.listings import fits
from sme_stats.sources.structure import vintage_of

LANGUAGES = ("en", "fr", "de")
#: The package keeps its address and its session in module variables.
_LOCK = threading.Lock()


@dataclass
class Metadata:
    """The `eurostat` package behind our client."""

    client: Client = field(default_factory=Client)

    def contents(self, search: str = "", lang: str = "en") -> pd.DataFrame:
        """List Eurostat's tables.

        Returns
        -------
        pandas.DataFrame
            ``dataset``, ``title``, ``type``, ``vintage`` (last update of the data), ``years``.
        """
        with _package(self.client) as package:
            rows = package.get_toc(agency="EUROSTAT", lang=_language(lang))[1:]
        return pd.DataFrame([
            {
                "dataset": str(code).lower(), "title": title, "type": kind,
                "vintage": vintage_of(str(update)), "years": f"{first}-{last}",
            }
            for title, code, kind, update, _, first, last in rows
            if fits(search, f"{code} {title}")
        ], columns=["dataset", "title", "type", "vintage", "years"])  # fmt: skip

    def parameters(self, dataset: str) -> list[str]:
        """Dimensions of a table, as the package names them."""
        with _package(self.client) as package:
            return [str(name) for name in package.get_pars(table_code(dataset))]

    def values(self, dataset: str, parameter: str) -> list[str]:
        """Codes of a dimension that the table uses."""
        with _package(self.client) as package:
            return [str(v) for v in package.get_par_values(table_code(dataset), parameter)]

    def labels(self, dataset: str, parameter: str, lang: str = "en") -> dict[str, str]:
        """Labels of the codes of a dimension that the table uses.

        Raises
        ------
        UnknownNameError
            If the table has no such dimension, or the language is none of en, fr, de.
        """
        code = table_code(dataset)
        known = self.parameters(code)
        if parameter.lower() not in [k.lower() for k in known]:
            raise UnknownNameError(f"dimension of {code}", parameter, known)
        with _package(self.client) as package:
            found = package.get_dic(code, parameter, full=False, frmt="dict", lang=_language(lang))
        return {str(k): str(v) for k, v in found.items()}


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise UnknownNameError("language", lang, LANGUAGES)
    return lang


@contextlib.contextmanager
def _package(client: Client) -> Iterator[Any]:
    """Lend the package our door; what it prints or raises becomes an error of ours."""
    import eurostat
    from eurostat import eurostat as inside

    door = _Door(client)
    with _LOCK, contextlib.redirect_stdout(io.StringIO()):
        own: Any = inside.requests
        inside.requests = door
        try:
            yield eurostat
        except SmeStatsError:
            raise
        except Exception as error:
            raise (door.error or _unusable(error)) from None
        finally:
            inside.requests = own


def _unusable(error: Exception) -> SourceError:
    return SourceError(
        f"Eurostat's description is not as expected ({type(error).__name__}: {str(error)[:120]}); "
        "try again later"
    )


@dataclass
class _Response:
    """As much of a response as the package looks at."""

    url: str
    content: bytes
    ok: bool = True


@dataclass
class _Door:
    """Stands where the package expects the module requests."""

    client: Client
    error: SmeStatsError | None = None

    def get(self, url: str, **_settings: object) -> _Response:
        if self.error is not None:  # the package would try four times more, and elsewhere
            raise self.error
        path, _, query = url.removeprefix(BASE_URL + "/").partition("?")
        if "://" in path:  # other agencies: the package tries them one after the other
            raise SourceError(f"{url} is not a table of Eurostat's own")
        params: dict[str, str] = dict(
            pair.split("=", 1) for pair in query.split("&") if "=" in pair
        )
        try:
            content = self.client.get(path, params)
            text = expand(content)
            if text.lstrip()[:1] == b"<":
                refuse_entities(text)
        except SmeStatsError as error:
            self.error = error
            raise
        if "codelist/" in path:  # the package takes lines to end with CR LF
            text = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        packed = params.get("compressed") == "true" or content[:2] == MAGIC
        return _Response(url, gzip.compress(text, 1) if packed else text)
