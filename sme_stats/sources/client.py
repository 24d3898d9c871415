"""The only door to the network: every request of the library goes through it.

An answer is written to a temporary file, bounded in size and compared with the length that was
announced, before anybody looks at it. Proxies and certificates come from the environment, as
requests reads them (``HTTPS_PROXY``, ``REQUESTS_CA_BUNDLE``).
"""

from __future__ import annotations

import ipaddress
import logging
import os
import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from sme_stats.errors import RefusedError, TransientError, UsageError
from sme_stats.sources.answers import inspect, is_page
from sme_stats.sources.bodies import ShortError, write
from sme_stats.sources.folders import offline

BASE_URL = "https://ec.europa.eu/eurostat/api/dissemination"
#: The largest file of Eurostat's is a few hundred MB; what goes past this is an error.
MOST_BYTES = 4 << 30
_RETRIED = (408, 429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)
_LOG = logging.getLogger("sme_stats")

Params = Mapping[str, str]


def base_url() -> str:
    """Address of the interface: ``SME_STATS_BASE_URL`` or Eurostat's.

    Raises
    ------
    UsageError
        If it is not https; plain http only for this machine itself.
    """
    return check_address(os.environ.get("SME_STATS_BASE_URL", "").rstrip("/") or BASE_URL)


def check_address(url: str) -> str:
    """Refuse an address whose answer somebody on the way could change.

    Examples
    --------
    >>> check_address("http://127.0.0.1:8000")
    'http://127.0.0.1:8000'
    >>> check_address("http://example.org")
    Traceback (most recent call last):
    sme_stats.errors.UsageError: the address http://example.org is not https; plain http is only \
for this machine itself, since its answers can be changed on the way
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise UsageError(f"{url!r} is not an address: {error}") from None
    if host and (parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))):
        return url
    raise UsageError(
        f"the address {url} is not https; plain http is only for this machine itself, since its "
        "answers can be changed on the way"
    )


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Retry(Retry):
    """urllib3's retries; a server that says "come back in an hour" is not waited for so long."""

    MOST_WAIT = 60.0

    def get_retry_after(self, response: object) -> float | None:
        wait = super().get_retry_after(response)  # type: ignore[arg-type]
        return None if wait is None else min(float(wait), self.MOST_WAIT)


@dataclass(frozen=True)
class Answer:
    """A body on disk, with what came before it."""

    url: str
    status: int
    path: Path
    size: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self, most: int = 256 << 10) -> bytes:
        """First bytes of the body."""
        with self.path.open("rb") as file:
            return file.read(most)


@dataclass
class Client:
    """Requests to one address.

    Parameters
    ----------
    base : str, optional
        Address of the interface; by default `base_url`.
    attempts : int
        How often a request is made before it is given up.
    backoff : float
        Seconds before the second attempt; doubled each time, with as much again of chance, so
        that many clients do not come back at the same moment.
    timeout : tuple of float
        Seconds to connect, and between two pieces of an answer.
    """

    base: str = field(default_factory=base_url)
    attempts: int = 5
    backoff: float = 0.5
    timeout: tuple[float, float] = (10.0, 120.0)
    _session: requests.Session | None = None

    def get(self, path: str, params: Params | None = None, *, most: int = 64 << 20) -> bytes:
        """Fetch a small answer into memory; status and content are the caller's to judge.

        Raises
        ------
        SourceError
            See `download`.
        """
        with tempfile.TemporaryDirectory(prefix="sme-stats-") as folder:
            answer = self.download(path, Path(folder) / "answer", params, most=most)
            inspect(answer.head(), answer.status)
            return answer.path.read_bytes()

    def download(
        self, path: str, to: Path, params: Params | None = None, *, most: int = MOST_BYTES
    ) -> Answer:
        """Fetch an answer into a file.

        Parameters
        ----------
        path : str
            Below the base address.
        to : pathlib.Path
            File to write; replaced by each new attempt.
        params : mapping, optional
            Query parameters.
        most : int
            Bytes beyond which the answer is refused.

        Raises
        ------
        TransientError
            After the last attempt: connection cut, timeout, short body, 429, 5xx. A web page,
            which Eurostat sends under load with status 200, is asked past in the same way; the
            last one is given for what it is.
        RefusedError
            Offline, a redirect to another host, or a body beyond `most`.
        """
        if offline():
            raise RefusedError(
                "SME_STATS_OFFLINE is set, or --offline given, so nothing is downloaded; go "
                "without it, or take the source snapshot or store"
            )
        url = check_address(f"{self.base}/{path.lstrip('/')}")
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self._attempt(url, to, params, most)
                if attempt == self.attempts or not is_page(answer.head(2000)):
                    return answer
                problem = "a web page instead of data"
            except (requests.ConnectionError, requests.Timeout, ShortError) as error:
                problem = _words(error)
            except HTTPError as error:
                problem = f"the connection was cut in mid-answer ({_words(error)})"
            except OSError as error:  # a request that is none, no certificates, a full disk
                raise RefusedError(f"{url} cannot be downloaded: {_words(error)}") from None
            _LOG.warning("attempt %d of %d at %s: %s", attempt, self.attempts, url, problem)
            if attempt < self.attempts:
                time.sleep(self.wait(attempt))
        raise TransientError(
            f"no whole answer from {urlsplit(url).netloc} after {self.attempts} attempts: "
            f"{problem}; try again later"
        )

    def wait(self, attempt: int) -> float:
        """Seconds before the next attempt: doubling, with jitter, 30 at most."""
        step = min(30.0, self.backoff * 2 ** (attempt - 1))
        return float(step + random.uniform(0, step))  # noqa: S311 - to spread clients

    def _attempt(self, url: str, to: Path, params: Params | None, most: int) -> Answer:
        response = self._follow(url, params)
        with response, to.open("wb") as file:
            size = write(response, file, most)
        announced = response.headers.get("Content-Length", "")
        encoded = response.headers.get("Content-Encoding", "identity")
        if encoded == "identity" and announced.isdigit() and int(announced) != size:
            raise ShortError(f"{size:,} bytes arrived where {int(announced):,} were announced")
        return Answer(response.url, response.status_code, to, size, dict(response.headers))

    def _follow(self, url: str, params: Params | None) -> requests.Response:
        """Ask, following redirects only within the same origin."""
        for _ in range(5):
            response = self.session.get(
                url, params=params, stream=True, timeout=self.timeout, allow_redirects=False
            )
            if response.status_code not in _REDIRECTS:
                return response
            target = urljoin(response.url, response.headers.get("Location", ""))
            response.close()
            _same_origin(response.url, target)
            url, params = target, None
        raise RefusedError(f"{url} redirects in a circle")

    @property
    def session(self) -> requests.Session:
        """The session, with urllib3's retries for what fails before a body begins."""
        if self._session is None:
            retry = _Retry(
                total=None,
                # What happens to a connection is counted in `download`, bodies included.
                connect=0,
                read=0,
                other=0,
                status=self.attempts - 1,
                status_forcelist=_RETRIED,
                backoff_factor=self.backoff,
                backoff_jitter=self.backoff,
                backoff_max=30,
                raise_on_status=False,
                redirect=0,
                raise_on_redirect=False,
            )
            self._session = requests.Session()
            self._session.headers["User-Agent"] = "sme-stats (Python library)"
            self._session.mount("http://", HTTPAdapter(max_retries=retry))
            self._session.mount("https://", HTTPAdapter(max_retries=retry))
        return self._session


def _same_origin(url: str, target: str) -> None:
    here, there = urlsplit(url), urlsplit(target)
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return
    if (there.hostname or "").startswith("sorry."):
        raise TransientError("Eurostat sends its outage page; try again later")
    raise RefusedError(
        f"{here.netloc} redirects to another host, {there.netloc or 'none'}; not followed, since "
        "its answer would not be Eurostat's"
    )


def _words(error: Exception) -> str:
    inner = error.args[0] if error.args else error
    reason = getattr(inner, "reason", inner)
    if isinstance(inner, int):  # of an OSError that is no answer: its number, then its words
        reason = error
    return str(reason).split("\n")[0][:200] or type(error).__name__
