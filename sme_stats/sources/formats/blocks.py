"""A text in blocks of whole lines, and the threads that parse them side by side.

pyarrow's CSV reader and numpy release the interpreter's lock, so while one block is being
expanded another is being parsed. That is what brings a table of 4.5 million cells near the time
that unpacking and one raw read of it take.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

#: Large enough that a call costs nothing beside it, small enough to stay in the cache.
SIZE = 2 << 20

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def threads() -> int:
    """How many blocks to parse at once: the cores this process may use, four at most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(4, usable or 1))


def lines(pieces: Iterable[bytes], size: int = SIZE) -> Iterator[bytes]:
    r"""Regroup pieces of text into blocks that end with a line's end; the last one may not.

    Examples
    --------
    >>> list(lines([b"ab", b"c\nd", b"e\nf"], size=3))
    [b'abc\n', b'de\n', b'f']
    """
    held: list[bytes] = []
    length = 0
    for piece in pieces:
        start = 0
        while length + len(piece) - start >= size:
            stop = max(start + size - length, start + 1)
            end = piece.rfind(b"\n", start, stop) + 1 or piece.find(b"\n", stop) + 1
            if not end:
                break
            block = piece[start:end]
            yield b"".join([*held, block]) if held else block
            held, length, start = [], 0, end
        if start < len(piece):
            held.append(piece[start:])
            length += len(piece) - start
    if held:
        yield b"".join(held)


def spread(work: Callable[[_In], _Out], items: Iterable[_In]) -> Iterator[_Out]:
    """Map over items in threads, results in order, few items held at a time.

    A single item is worked on in place: small files start no thread.

    Examples
    --------
    >>> list(spread(len, ["a", "bc", ""]))
    [1, 2, 0]
    """
    feed = iter(items)
    head = list(islice(feed, 2))
    if len(head) < 2:
        yield from map(work, head)
        return
    count = threads()
    waiting: deque[Future[_Out]] = deque()
    pool = ThreadPoolExecutor(count, thread_name_prefix="sme-stats")
    try:
        for item in chain(head, feed):
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * count + 2:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
