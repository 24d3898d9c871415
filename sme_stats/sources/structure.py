"""What a table consists of: dimensions in their order, codes in use, last update, cells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sme_stats.errors import FormatError, SourceError
from sme_stats.sources.answers import parse_xml
from sme_stats.sources.client import Client
from sme_stats.sources.folders import table_code
from sme_stats.sources.formats.compression import expand
from sme_stats.sources.formats.sdmx_csv import stamp as name_vintage

_S = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure}"
_C = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}"


@dataclass(frozen=True)
class Stamp:
    """State of a table: vintage (last update), number of cells where stated, title."""

    vintage: str
    cells: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Structure:
    """Dimensions in the order of the data structure, each with the codes really in use."""

    code: str
    dimensions: Mapping[str, tuple[str, ...]]
    periods: tuple[str, ...] = ()


def stamp(client: Client, code: str) -> Stamp:
    """Ask for the last update of a table's data.

    The annotation UPDATE_DATA of the dataflow decides; where it is missing, the inventory. Age
    never does: a table may stay as it is for years, or change twice a day.

    Raises
    ------
    SourceError
        If neither states it.
    """
    code = table_code(code)
    path = f"sdmx/2.1/dataflow/ESTAT/{code.upper()}/latest"
    raw = expand(client.get(path, {"format": "JSON", "lang": "en"}))
    try:
        body = json.loads(raw)
        notes = body["extension"]["annotation"]
        found = {str(note["type"]): note for note in notes}
        update = str(found.get("UPDATE_DATA", {}).get("date", ""))
        count = str(found.get("OBS_COUNT", {}).get("title", ""))
        title = str(body.get("label", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(f"the dataflow {code} is not described as expected: {error!r}") from None
    vintage = vintage_of(update) or inventory(client).get(code, "")
    if not vintage:
        raise SourceError(
            f"Eurostat states no last update of {code}, so a copy of it could not be told from a "
            "later one; try again later"
        )
    return Stamp(vintage, int(count) if count.isdigit() else None, title)


def vintage_of(update: str) -> str:
    """Vintage named by an update stamp, in the forms that Eurostat uses; empty for anything else.

    Examples
    --------
    >>> vintage_of("2026-03-10T11:00:00+0100"), vintage_of("10.03.2026"), vintage_of("soon")
    ('2026-03-10', '2026-03-10', '')
    """
    if match := re.match(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?", update):
        return name_vintage(match[1], match[2] or "11:00")
    if match := re.match(r"(\d\d)[./](\d\d)[./](\d{4})(?:[T ](\d\d:\d\d))?", update):
        return name_vintage(f"{match[3]}-{match[2]}-{match[1]}", match[4] or "11:00")
    return ""


def inventory(client: Client) -> dict[str, str]:
    """Last update of every table, from one file.

    Returns
    -------
    dict
        Code in lower case to vintage.
    """
    raw = expand(client.get("files/inventory", {"type": "data", "lang": "en"}))
    rows = [line.split("\t") for line in raw.decode("utf-8-sig", "replace").splitlines()]
    if not rows or len(rows[0]) < 2:
        raise FormatError("the inventory is not a tab-separated list")
    head = [name.strip().strip('"').lower() for name in rows[0]]
    changed = next((i for i, n in enumerate(head) if "last" in n and "data" in n), None)
    if changed is None:
        raise FormatError(f"the inventory names no last change of data: {', '.join(head)[:120]}")
    return {
        row[0].strip().strip('"').lower(): vintage_of(row[changed].strip().strip('"'))
        for row in rows[1:]
        if len(row) > changed
    }


def structure(client: Client, code: str) -> Structure:
    """Ask for a table's dimensions and for the codes in use.

    Two requests: the data structure for the order, the content constraint (5 to 40 kB) for the
    codes. The codelists themselves are hundreds of times longer than what a table uses.

    Raises
    ------
    SourceError
        If the answers do not describe a table.
    """
    code = table_code(code)
    order = _order(client.get(f"sdmx/2.1/datastructure/ESTAT/{code.upper()}/latest"), code)
    used = _used(client.get(f"sdmx/2.1/contentconstraint/ESTAT/{code.upper()}/latest"))
    missing = [name for name in order if name not in used]
    if missing:
        raise SourceError(f"the content constraint of {code} lacks the dimension {missing[0]}")
    return Structure(code, {name: used[name] for name in order}, used.get("TIME_PERIOD", ()))


def _order(raw: bytes, code: str) -> list[str]:
    found = [
        (int(node.get("position", 0)), str(node.get("id")))
        for node in parse_xml(raw).iter(f"{_S}Dimension")
        if node.get("id")
    ]
    if not found:
        raise SourceError(f"the data structure of {code} names no dimension")
    return [name for _, name in sorted(found)]


def _used(raw: bytes) -> dict[str, tuple[str, ...]]:
    return {
        str(node.get("id")): tuple(v.text.strip() for v in node.iter(f"{_C}Value") if v.text)
        for node in parse_xml(raw).iter(f"{_C}KeyValue")
    }
