"""A progress bar on a terminal, silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SMALL = 1 << 20


@contextmanager
def bar(name: str, announced: str = "") -> Iterator[Callable[[int], None]]:
    """Show bytes and rate of a download on a terminal's stderr.

    Parameters
    ----------
    name : str
        What is being downloaded.
    announced : str
        Content-Length, empty where unknown. What is small is over before a bar could be read.

    Yields
    ------
    callable
        To be called with the number of bytes that arrived.

    Examples
    --------
    >>> with bar("sbs_sc_ovw", "10") as advance:
    ...     advance(10)
    """
    if not sys.stderr.isatty() or (announced.isdigit() and int(announced) < SMALL):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=int(announced) if announced.isdigit() else None)
        yield lambda count: progress.update(task, advance=count)


@contextmanager
def working(words: str) -> Iterator[None]:
    """Show on a terminal's stderr that something long is being done; silence everywhere else.

    Examples
    --------
    >>> with working("storing sbs_sc_ovw"):
    ...     pass
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words):
        yield
