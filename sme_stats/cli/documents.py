"""``render``, ``update``, ``flips``, and what ``check`` prints of documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sme_stats.claims.model import Claim
from sme_stats.cli.output import to_json
from sme_stats.cli.vintages import Vintages, vintage_options
from sme_stats.errors import UnknownNameError

if TYPE_CHECKING:
    from sme_stats.claims.space import Space


def print_chain(claims: Sequence[Claim], claim_id: str, space: Space, form: str) -> int:
    """Print the chain of a claim; its exit code is that of checking it."""
    from sme_stats.claims.documents.chain import chain_of, explain
    from sme_stats.claims.verdicts import check, exit_code

    if form not in ("text", "json"):
        raise click.UsageError(f"--explain prints text or json, not {form}")
    wanted = [claim for claim in claims if claim.id == claim_id]
    if not wanted:
        raise UnknownNameError("claim", claim_id, [claim.id for claim in claims])
    verdicts = check(wanted, space)
    if form == "json":
        click.echo(to_json([chain_of(verdict, space).record() for verdict in verdicts]))
    else:
        for verdict in verdicts:
            click.echo(explain(verdict, space))
    return exit_code(verdicts)


def print_suggestions(files: Sequence[str], form: str) -> int:
    """Print a proposal for every unmarked number of the documents."""
    from sme_stats.claims.documents.proposals import propose
    from sme_stats.claims.documents.reading import format_of

    if form not in ("text", "json"):
        raise click.UsageError(f"--suggest prints text or json, not {form}")
    found = [(file, s) for file in files for s in propose(file)]
    if form == "json":
        click.echo(to_json([
            {"file": file, "line": s.line, "sentence": s.sentence, "printed": s.printed,
             "mark": s.mark(format_of(Path(file)))} | s.fields
            for file, s in found
        ]))  # fmt: skip
        return 0
    for file, s in found:
        click.echo(f"{file}:{s.line}: {s.sentence}")
        click.echo(f"    {s.mark(format_of(Path(file)))}")
    click.echo(f"{len(found)} proposals; read each before it is pasted")
    return 0


@click.command()
@click.argument("template", type=click.Path())
@click.option("--out", required=True, type=click.Path(), help="File to write.")
@click.option("--decimal", type=click.Choice((".", ",")), default=".", help="Decimal mark.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@vintage_options
def render(template: str, out: str, decimal: str, form: str, vintages: Vintages) -> None:
    """Write a document from a template whose numbers are computed.

    \b
    Example:
      sme-stats render report.md.j2 --out report.md

    \b
    A template:
      SMEs employ {{ share("persons_employed", "SME", geo="DE") | percent(1) }}.
      {{ sources() }}
    """
    from sme_stats.claims.documents.guard import write_whole
    from sme_stats.claims.documents.render import render_file

    if Path(out).resolve() == Path(template).resolve():
        raise click.UsageError("--out is the template itself: name another file")
    text = render_file(template, decimal, vintages.space())
    write_whole(Path(out), text.encode())
    click.echo(to_json({"written": out}) if form == "json" else out)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--write", is_flag=True, help="Write the files; otherwise only the diff is shown.")
@click.option(
    "--claims", "claims_file", default="", type=click.Path(), help="Claims that marks sme=ID name."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
@vintage_options
def update(files: tuple[str, ...], write: bool, claims_file: str, form: str,
           vintages: Vintages) -> int:  # fmt: skip
    """Bring stale marked numbers up to date: a diff first, the files only with --write.

    Exits with 1 when a number is stale that cannot be rewritten.

    \b
    Examples:
      sme-stats update report.md
      sme-stats update report.md slides.docx --write
    """
    from sme_stats.claims.documents.reading import read_any
    from sme_stats.claims.documents.update import plan_update

    space = vintages.space(read_any(files, claims_file))
    plans = [plan_update(file, space, claims_file) for file in files]
    changes = [(str(plan.path), change) for plan in plans for change in plan.changes]
    if form == "json":
        click.echo(to_json([
            {"file": file, "line": c.mark.line, "id": c.verdict.claim.id, "old": c.mark.text,
             "new": c.new or None, "reason": c.reason or None}
            for file, c in changes
        ]))  # fmt: skip
    else:
        for plan in plans:
            click.echo(plan.diff(), nl=False)
        for file, c in changes:
            if not c.new:
                click.echo(f"{file}:{c.mark.line}: {c.mark.text}: {c.reason}")
        done = sum(bool(c.new) for _, c in changes)
        click.echo(f"{len(changes)} stale, {done} {'rewritten' if write else 'to rewrite'}")
    if write:
        for plan in plans:
            plan.write()
    return 1 if any(not c.new for _, c in changes) else 0


@click.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text")
def flips(old: str, new: str, form: str) -> int:
    """List the verdicts that differ between two outputs of `check --format json`.

    Exits with 1 when there is one.

    \b
    Example:
      sme-stats flips yesterday.json today.json --format markdown
    """
    from sme_stats.claims.documents.flips import find_flips, to_markdown

    found = find_flips(old, new)
    if form == "json":
        click.echo(to_json([flip.record() for flip in found]))
    elif form == "markdown":
        click.echo(to_markdown(found))
    else:
        for flip in found:
            what = f"{flip.document}: {flip.printed} ({flip.id})"
            click.echo(f"{what}: {flip.before} → {flip.after}, {flip.why}: {flip.note}")
        click.echo(f"{len(found)} verdicts flipped")
    return 1 if found else 0
