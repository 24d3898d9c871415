"""Data requests, queued extractions included: waited for with a bound, taken up again later."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sme_stats.errors import RefusedError, TransientError
from sme_stats.sources.answers import Ticket, inspect
from sme_stats.sources.client import Client
from sme_stats.sources.folders import private


@dataclass
class Desk:
    """Where extractions are ordered and collected.

    Parameters
    ----------
    client : Client
        The door to the network.
    root : pathlib.Path
        Folder of the store; tickets of unfinished extractions are kept in it.
    patience : float
        Seconds to wait for one extraction.
    sleep : callable
        Waits; replaced in tests.
    """

    client: Client
    root: Path
    patience: float = 900.0
    sleep: Callable[[float], None] = time.sleep

    def take(self, path: str, params: Mapping[str, str], to: Path) -> Path:
        """Download the data that an address gives, now or after the queue.

        Raises
        ------
        TransientError
            If the extraction is still queued when patience ends; the ticket is kept, and the next
            call goes on from it.
        """
        note = self._note(path, params)
        kept = _read(note)
        if kept is not None:
            try:
                return self._collect(kept, to, note)
            except RefusedError:
                note.unlink(missing_ok=True)  # expired meanwhile: order anew
        for _ in range(2):
            answer = self.client.download(path, to, params)
            ticket = inspect(answer.head(), answer.status)
            if ticket is None:
                return to
            try:
                return self._collect(ticket, to, note)
            except _ExpiredError as error:
                note.unlink(missing_ok=True)
                expired = error
        raise expired

    def _collect(self, ticket: Ticket, to: Path, note: Path) -> Path:
        """Poll until the extraction is there, at growing intervals."""
        _keep(note, ticket)
        waited, step = 0.0, 1.0
        while True:
            if self._ready(ticket):
                answer = self.client.download(f"1.0/async/data/{ticket.uuid}", to)
                try:
                    again = inspect(answer.head(), answer.status)
                except TransientError as error:
                    if "NOT_YET_AVAILABLE" not in str(error):
                        raise
                else:
                    if again is None:
                        note.unlink(missing_ok=True)
                        return to
            if waited >= self.patience:
                raise TransientError(
                    f"the extraction {ticket.uuid} is still queued at Eurostat after "
                    f"{waited:.0f} s; call again to go on waiting for the same one"
                )
            self.sleep(step)
            waited, step = waited + step, min(2 * step, 15.0)

    def _ready(self, ticket: Ticket) -> bool:
        raw = self.client.get(f"1.0/async/status/{ticket.uuid}", most=1 << 20)
        state = inspect(raw)
        if state is None:
            raise TransientError("Eurostat's answer on a queued extraction is not its status")
        if state.status in ("EXPIRED", "UNKNOWN_REQUEST", "FAILED", "ERROR"):
            raise _ExpiredError(
                f"the queued extraction {ticket.uuid} is {state.status} at Eurostat; order it again"
            )
        return state.status == "AVAILABLE"

    def _note(self, path: str, params: Mapping[str, str]) -> Path:
        folder = private(self.root / "tickets")
        order = f"{self.client.base} {path} {sorted(params.items())}"
        return folder / f"{hashlib.sha256(order.encode()).hexdigest()[:32]}.json"


class _ExpiredError(RefusedError):
    """An extraction that has to be ordered anew."""


def _keep(note: Path, ticket: Ticket) -> None:
    part = note.with_suffix(".part")
    part.write_text(json.dumps({"uuid": ticket.uuid}), encoding="utf-8")
    part.chmod(0o600)
    part.replace(note)


def _read(note: Path) -> Ticket | None:
    try:
        uuid = json.loads(note.read_text(encoding="utf-8"))["uuid"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = isinstance(uuid, str) and re.fullmatch(r"[0-9A-Za-z-]{8,64}", uuid)
    return Ticket(uuid, "SUBMITTED") if whole else None
