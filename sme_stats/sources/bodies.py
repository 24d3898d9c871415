"""Bodies of answers, written to disk: bounded in size and in patience."""

from __future__ import annotations

import time
from typing import IO, Any
from urllib.parse import urlsplit

from sme_stats.errors import RefusedError
from sme_stats.sources.progress import bar

_CHUNK = 256 << 10
#: Seconds after which a body has to have come faster than SLOWEST, in bytes a second: a byte a
#: minute would keep every timeout between two pieces and never end.
PATIENCE, SLOWEST = 300.0, 1_000


class ShortError(Exception):
    """A body that is not as long as it was announced, or takes for ever; worth another attempt."""


def write(response: Any, file: IO[bytes], most: int) -> int:
    """Write the body of a requests' response piece by piece and give its length.

    Raises
    ------
    RefusedError
        If it goes past `most` bytes.
    ShortError
        If it trickles.
    """
    size, start = 0, time.monotonic()
    announced = response.headers.get("Content-Length", "")
    with bar(urlsplit(response.url).path.rsplit("/", 1)[-1], announced) as advance:
        # What has arrived, and not a full chunk: waiting for one is how a trickle hides.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if size > most:
                raise RefusedError(
                    f"the answer of {response.url} goes past {most:,} bytes; refused, since no "
                    "answer of Eurostat's to this is so long"
                )
            waited = time.monotonic() - start
            if waited > PATIENCE and size < SLOWEST * waited:
                raise ShortError(f"only {size:,} bytes arrived in {waited:.0f} s")
            file.write(chunk)
            advance(len(chunk))
    return size
