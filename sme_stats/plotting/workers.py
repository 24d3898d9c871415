"""Work in processes of their own: figures of a file, pages of all countries."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, TypeVar

#: Told of each step: name, how many are done, how many there are.
Progress = Callable[[str, int, int], None]
Done = TypeVar("Done")


def run_each(
    work: Callable[..., Done], jobs: Sequence[tuple[Any, ...]], names: Sequence[str],
    workers: int | None = None, progress: Progress | None = None,
) -> list[Done]:  # fmt: skip
    """Do the work for each job, results in order.

    Parameters
    ----------
    work : callable
        A function of a module, so that it travels between processes.
    jobs : sequence of tuple
        Its arguments.
    names : sequence of str
        What progress is told of each job.
    workers : int, optional
        Processes; by default one a core. One job, or one worker, is done in this process.
    progress : callable, optional
        Told of each job when it is done.

    Returns
    -------
    list
        What the work gives, in the order of the jobs; the first error of a job is raised.
    """
    tell = progress or say_nothing
    count = min(workers or os.cpu_count() or 1, len(jobs))
    if count == 1:
        results = []
        for done, (job, name) in enumerate(zip(jobs, names, strict=True), start=1):
            results.append(work(*job))
            tell(name, done, len(jobs))
        return results
    # Not forked: pyarrow's and matplotlib's threads and locks do not survive a fork.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(work, *job): name for job, name in zip(jobs, names, strict=True)}
        for done, future in enumerate(as_completed(futures), start=1):
            tell(futures[future], done, len(jobs))
        return [future.result() for future in futures]


def say_nothing(step: str, done: int, total: int) -> None:
    """Take progress and do nothing with it."""
