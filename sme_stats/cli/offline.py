"""``--offline``, for the group and for every command that reads cells."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

_VARIABLE = "SME_STATS_OFFLINE"


@contextmanager
def _alone() -> Iterator[None]:
    """Set the variable for as long as the command runs."""
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = "1"
    try:
        yield
    finally:
        os.environ.pop(_VARIABLE)
        if before is not None:
            os.environ[_VARIABLE] = before


def _go(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        ctx.with_resource(_alone())


offline_option = click.option(
    "--offline", is_flag=True, expose_value=False, is_eager=True, callback=_go,
    help="Ask nobody, as with SME_STATS_OFFLINE=1.",
)  # fmt: skip
