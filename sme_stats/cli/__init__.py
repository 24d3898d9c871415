"""The command ``sme-stats``: each command a few lines over the library, loaded when it is used."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

import click

from sme_stats import __version__
from sme_stats.cli.offline import offline_option
from sme_stats.errors import PluginWarning, SmeStatsError, nearest

#: Command to the module that defines it and one line for the help, in the order of the help.
COMMANDS = {
    "report": ("report", "Write the page: statements, verdicts, charts, tables, notes."),
    "check": ("claims", "Check printed numbers against the data."),
    "reconcile": ("claims", "Find where a printed number does hold."),
    "render": ("documents", "Write a document from a template with computed numbers."),
    "update": ("documents", "Bring stale marked numbers of a document up to date."),
    "flips": ("documents", "List the verdicts that differ between two checks."),
    "get": ("tables", "Compute an indicator."),
    "plot": ("charts", "Draw a chart with its data and alt text."),
    "figures": ("figures", "Draw every figure that a document declares, or check them."),
    "audit": ("tables", "Find cells that contradict each other or jump without a flag."),
    "datasets": ("tables", "List the dataflows that can be loaded."),
    "show": ("tables", "Show what a table holds."),
    "plugins": ("plugins", "List what other installed packages add."),
    "tabulate": ("register", "Make Eurostat's tables from a register of firm-level records."),
    "generate": ("register", "Write a synthetic register to try that on."),
    "fetch": ("store", "Download tables into the store."),
    "vintages": ("store", "List the vintages that the store keeps."),
    "diff": ("store", "Compare two vintages of a table, cell by cell."),
    "lock": ("store", "Pin vintages in a file, or check the store against it."),
}


class LazyGroup(click.Group):
    """Imports a command's module only when that command runs: ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of use, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sme_stats.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command {args[0]!r}; {nearest(args[0], COMMANDS, 20)}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sme-stats")
@offline_option
def group() -> None:
    """Numbers about European SMEs: recomputed, drawn, and checked where they are printed.

    \b
    Examples:
      sme-stats report
      sme-stats check data/claims/press-2023.toml
      sme-stats get size-share --size SME --measure persons_employed --geo DE --year 2023
    """


def main(args: list[str] | None = None) -> Any:
    """Run the command; a user's mistake is one line on stderr and no traceback.

    Exit codes: 0 fine, 1 a claim did not come out as expected, 2 wrong use or unreadable input,
    3 data not available.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", PluginWarning)
            warnings.showwarning = _one_line(warnings.showwarning)
            code = group.main(args=args, prog_name="sme-stats", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        _fail("interrupted", 130)
    except click.ClickException as error:
        _fail(error.format_message(), 2)
    except SmeStatsError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader (head, less) has enough: no complaint, and none from the flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _one_line(show: Callable[..., None]) -> Callable[..., None]:
    """Plugins' warnings as one line on stderr; where they were raised helps nobody here."""

    def warn(message: Warning | str, *more: Any, **named: Any) -> None:
        if isinstance(message, PluginWarning):
            click.echo(f"warning: {message}", err=True)
        else:
            show(message, *more, **named)

    return warn


def _fail(message: str, code: int) -> None:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(code)
