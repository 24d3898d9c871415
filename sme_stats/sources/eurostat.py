"""Tables from Eurostat: whole ones into the store, parts of one as a frame.

Quirks of the interface that are met here (observed 2024 to 2026):

* a whole table without any filter is a cached file and always served; ``startPeriod`` can turn
  it into a 413, so a whole table is always asked for bare;
* a large extraction is queued under status 200, its ticket in place of the data;
* only the newest version is served and it may change in between, so its last update is asked
  before and after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sme_stats.errors import NotAvailableError, TransientError
from sme_stats.frame import column_of, select
from sme_stats.sources import queries
from sme_stats.sources.answers import TooBigError
from sme_stats.sources.client import Client
from sme_stats.sources.extractions import Desk
from sme_stats.sources.folders import table_code
from sme_stats.sources.formats import parse
from sme_stats.sources.formats.cells import Cells, join
from sme_stats.sources.formats.observations import to_frame
from sme_stats.sources.progress import working
from sme_stats.sources.queries import Query
from sme_stats.sources.store import Store
from sme_stats.sources.structure import Stamp, stamp, structure

_FORMAT = {"format": "TSV", "compressed": "true"}


@dataclass(frozen=True)
class Fetched:
    """What `Eurostat.fetch` did: vintage, cells, file, and whether anything was downloaded."""

    dataset: str
    vintage: str
    cells: int
    path: Path
    fresh: bool


@dataclass
class Eurostat:
    """Eurostat's interface and the store that its tables go into."""

    client: Client = field(default_factory=Client)
    store: Store = field(default_factory=Store)

    def fetch(self, dataset: str) -> Fetched:
        """Bring the newest vintage of a whole table into the store, unless it is there.

        Raises
        ------
        TransientError
            If the table changed while it was downloaded, twice, or arrived short.
        RefusedError
            If Eurostat does not have it.
        """
        code = table_code(dataset)
        with self.store.lock(code):
            before = stamp(self.client, code)
            if before.vintage in self.store.vintages(code):
                path = self.store.path(code, before.vintage)
                count = int(self.store.about(code, before.vintage)["cells"])
                return Fetched(code, before.vintage, count, path, fresh=False)
            cells, state = self._settled(code, before)
            with working(f"storing {len(cells):,} cells of {code}"):
                path = self.store.write(cells, self._about(code, state))
            return Fetched(code, state.vintage, len(cells), path, fresh=True)

    def load(self, dataset: str, filters: Mapping[str, object]) -> pd.DataFrame:
        """Download the cells that fit the filters; they are not stored, being no whole table.

        Parameters
        ----------
        dataset : str
            Eurostat's code.
        filters : mapping
            As `sme_stats.load` takes them; the codes are checked against those in use first.
            Where they would need many requests, the whole table is fetched into the store.

        Returns
        -------
        pandas.DataFrame
            Observation frame.
        """
        code = table_code(dataset)
        before = stamp(self.client, code)
        query = queries.build(structure(self.client, code), filters)
        parts = queries.plan(query)
        cells = self._parts(code, parts) if parts else None
        if cells is None:
            frame = self.store.read(code, self.fetch(code).vintage)
        else:
            after = stamp(self.client, code)
            if after.vintage != before.vintage:
                raise _changed(code, before, after)
            frame = to_frame(cells, dataset=code, vintage=before.vintage)
        return select(frame, f"{code} at Eurostat", **_known(frame, filters)).copy()

    def _settled(self, code: str, before: Stamp) -> tuple[Cells, Stamp]:
        """Download a whole table, once more if it changed meanwhile."""
        for _ in range(2):
            cells = self._whole(code)
            after = stamp(self.client, code)
            if after.vintage == before.vintage:
                _count(code, cells, before)
                return cells, before
            changed, before = _changed(code, before, after), after
        raise changed

    def _whole(self, code: str) -> Cells:
        with self.store.workshop() as room:
            path = Desk(self.client, self.store.root).take(
                f"sdmx/2.1/data/{code}", _FORMAT, room / code
            )
            with working(f"reading {code}"):
                return parse(path)

    def _parts(self, code: str, parts: list[Query]) -> Cells | None:
        """Download a query part by part, halving what is too big; None if that leads nowhere."""
        desk = Desk(self.client, self.store.root)
        found: list[Cells] = []
        waiting = list(parts)
        with self.store.workshop() as room:
            while waiting:
                part = waiting.pop(0)
                path = f"sdmx/2.1/data/{code}/{part.key()}".rstrip("/")
                try:
                    found.append(parse(desk.take(path, {**_FORMAT, **part.params()}, room / code)))
                except TooBigError:
                    halves = part.halves()
                    if not halves or len(found) + len(waiting) > 4 * queries.MOST_PARTS:
                        return None
                    waiting = halves + waiting
                except NotAvailableError:
                    continue  # no cell in this part; another may have some
        if not found:
            raise NotAvailableError(
                f"Eurostat has no cell of {code} that fits all filters, though each code is in "
                "use; drop one"
            )
        return join(found)

    def _about(self, code: str, state: Stamp) -> dict[str, str]:
        return {
            "dataset": code,
            "vintage": state.vintage,
            "title": state.title,
            "url": f"{self.client.base}/sdmx/2.1/data/{code}",
            "fetched": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }


def _count(code: str, cells: Cells, state: Stamp) -> None:
    if not len(cells):
        raise TransientError(f"{code} arrived without a single cell; nothing was kept, try again")
    if state.cells is not None and len(cells) < state.cells:
        raise TransientError(
            f"{code} arrived short: {len(cells):,} cells where Eurostat states {state.cells:,}; "
            "nothing was kept, so try again"
        )


def _changed(code: str, before: Stamp, after: Stamp) -> TransientError:
    return TransientError(
        f"{code} changed while it was downloaded (last update {before.vintage}, then "
        f"{after.vintage}); its parts would not fit together, so nothing was kept; try again"
    )


def _known(frame: pd.DataFrame, filters: Mapping[str, object]) -> dict[str, object]:
    """Filters on columns that the frame has; the query has dealt with the others."""
    named = {column_of(frame, name): wanted for name, wanted in filters.items()}
    return {name: wanted for name, wanted in named.items() if name in frame.columns}
