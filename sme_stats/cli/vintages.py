"""Options that choose which vintages claims are checked against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from sme_stats.cli.output import source_option

if TYPE_CHECKING:
    from sme_stats.claims.model import Claim
    from sme_stats.claims.space import Space


@dataclass(frozen=True)
class Vintages:
    """What --source, --vintage and --lock say."""

    source: str
    vintage: tuple[str, ...]
    lock: str

    def space(self, claims: Sequence[Claim] = (), against: Sequence[str] = ()) -> Space:
        """Tables of those vintages; those of `against` tell revised data from wrong numbers."""
        from sme_stats.claims.vintages import choose, earlier_than, space_of

        choice = choose(self.source, self.vintage, self.lock or None)
        earlier = earlier_than(choice, against) if against else None
        return space_of(choice, claims, earlier)


def vintage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --source, --vintage and --lock; the command takes them as one ``vintages``."""

    def together(*args: Any, source: str, vintage: tuple[str, ...], lock: str, **more: Any) -> Any:
        return command(*args, vintages=Vintages(source, vintage, lock), **more)

    together.__doc__, together.__name__ = command.__doc__, command.__name__
    together.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    options = [
        source_option,
        click.option(
            "--vintage", multiple=True, metavar="DATASET@VINTAGE|DATE",
            help="Pin a table's vintage; or a date: all tables as they were then.",
        ),
        click.option(
            "--lock", default="", type=click.Path(),
            help="Lock file of `sme-stats lock`: its vintages, checked by their hash.",
        ),
    ]  # fmt: skip
    wrapped: Callable[..., Any] = together
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped
