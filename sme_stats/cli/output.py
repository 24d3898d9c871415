"""Frames and records as text, JSON, CSV or Markdown."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import click
import pandas as pd

from sme_stats.cli.offline import offline_option

FORMATS = ("text", "json", "csv", "markdown")

#: Options that several commands have.
format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
vintage_option = click.option(
    "--vintage", help="Last update of the table to read, 2026-03-10; by default the newest."
)


def source_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where cells come from: --source and --offline."""
    source = click.option(
        "--source", type=click.Choice(("auto", "snapshot", "store", "live")), default="auto",
        show_default=True, help="Where cells come from.",
    )  # fmt: skip
    return source(offline_option(command))


def more_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that an indicator and a comparison of its places take: -o and --then."""
    from sme_stats.indicators.registry import COMPARISONS

    other = click.option(
        "-o", "--option", "options", multiple=True, help="Another option: cohort=2015."
    )
    then = click.option(
        "--then", type=click.Choice(list(COMPARISONS)), help="Compare places afterwards."
    )
    return other(then(command))


def pairs(written: tuple[str, ...]) -> dict[str, Any]:
    """Options written key=value; whole numbers become numbers."""
    given: dict[str, Any] = {}
    for pair in written:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--option {pair}: write key=value, such as cohort=2015")
        given[key.replace("-", "_")] = int(value) if value.isdecimal() else value
    return given


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose cells: --geo, --year, --nace and --size-class."""
    options = [
        click.option("--geo", multiple=True, help="Country or aggregate, comma or repeated."),
        click.option("--year", multiple=True, help="Year, 2021-2024, comma or repeated."),
        click.option("--nace", multiple=True, help="NACE code, comma or repeated."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def chosen(geo: tuple[str, ...], year: tuple[str, ...], nace: tuple[str, ...]) -> dict[str, Any]:
    """Filters for load() from repeated or comma-separated options."""
    return {"geo": _split(geo), "year": _years(year), "nace": _split(nace)}


def _split(values: tuple[str, ...]) -> list[str] | None:
    return [part.strip() for value in values for part in value.split(",")] or None


def _years(values: tuple[str, ...]) -> list[int] | None:
    years: list[int] = []
    for part in _split(values) or []:
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise click.UsageError(f"--year {part}: give a year such as 2023, or 2021-2024")
        low, high = int(first), int(last or first)
        if not 1900 <= low <= high <= 2100:
            raise click.UsageError(
                f"--year {part}: years go from the earlier to the later, 1900-2100"
            )
        years += range(low, high + 1)
    return years or None


def print_frame(frame: pd.DataFrame, form: str, title: str = "") -> None:
    """Print an observation frame; columns without any content are left out of text."""
    if form == "json":
        click.echo(to_json(frame.to_dict("records")))
    elif form == "csv":
        click.echo(frame.to_csv(index=False), nl=False)
    elif form == "markdown":
        click.echo(to_markdown(_compact(frame)))
    else:
        if title:
            click.echo(title)
        click.echo(_compact(frame).to_string(index=False, na_rep=""))


def to_json(content: object) -> str:
    """JSON with null for what is not a number."""
    return json.dumps(_plain(content), ensure_ascii=False, indent=2)


def _plain(content: object) -> object:
    if isinstance(content, dict):
        return {str(k): _plain(v) for k, v in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(v) for v in content]
    if content is pd.NA:
        return None
    if hasattr(content, "item"):
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


def to_markdown(frame: pd.DataFrame) -> str:
    """Markdown table; pandas' own needs a package more."""
    rows = [list(map(str, frame.columns)), ["---"] * len(frame.columns)]
    rows += [
        [" ".join(str(v).replace("|", "\\|").split()) for v in row]
        for row in frame.itertuples(index=False)
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that say something, numbers with the digits that they deserve."""
    out: dict[str, Any] = {}
    for name in frame.columns:
        column = frame[name]
        if name in ("value", "lower", "upper"):
            out[name] = [_number(v, u) for v, u in zip(column, _units(frame), strict=True)]
        elif (texts := column.astype(str).replace(["nan", "<NA>"], "")).any():
            out[name] = texts
    return pd.DataFrame(out)


def _units(frame: pd.DataFrame) -> list[str]:
    return list(frame["unit"].astype(str)) if "unit" in frame.columns else [""] * len(frame)


def _number(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return ""
    if unit in ("PC", "PP", "PERS_PER_ENT"):
        return f"{value:.3f}"
    return f"{value:,.2f}".removesuffix(".00")
