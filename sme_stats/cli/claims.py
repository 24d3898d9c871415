"""``check`` and ``reconcile``."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import click

from sme_stats.claims import outputs
from sme_stats.claims.distance import Weights
from sme_stats.claims.documents.reading import is_document, read_any
from sme_stats.claims.files import make_claim, read_claims
from sme_stats.claims.model import Claim, Document
from sme_stats.claims.search import Reconciliation
from sme_stats.claims.search import reconcile as search
from sme_stats.claims.verdicts import Verdict, exit_code
from sme_stats.claims.verdicts import check as judge
from sme_stats.claims.words import say_evidence, say_own, say_years
from sme_stats.cli.output import FORMATS, format_option, to_json, to_markdown
from sme_stats.cli.vintages import Vintages, vintage_options
from sme_stats.errors import ClaimError, NotAvailableError, UnknownNameError


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option(
    "--claims",
    "claims_file",
    default="",
    type=click.Path(),
    help="Claims that marks sme=ID name; by default the file beside the document.",
)
@click.option("--explain", "claim_id", help="Print the chain of one claim: cells to verdict.")
@click.option("--suggest", is_flag=True, help="Propose marks for unmarked numbers instead.")
@click.option(
    "--against",
    multiple=True,
    metavar="DATASET@VINTAGE|DATE",
    help="Earlier vintages too: tells revised data from wrong numbers.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice((*FORMATS, "junit", "github")),
    default="text",
    show_default=True,
    help="How to print.",
)
@vintage_options
def check(files: tuple[str, ...], claims_file: str, claim_id: str | None, suggest: bool,
          against: tuple[str, ...], form: str, vintages: Vintages) -> int:  # fmt: skip
    """Check claims files, folders of them, or documents with marked numbers.

    Exits with 0 when every verdict is the expected one, 1 when one is not.

    \b
    Examples:
      sme-stats check data/claims/press-2023.toml --format json
      sme-stats check report.md --format github
      sme-stats check report.md --suggest
      sme-stats check data/claims/press-2023.toml --explain large
      sme-stats check report.md --lock sme-stats.lock
      sme-stats check report.md --vintage 2026 --against 2024
    """
    if suggest:
        from sme_stats.cli.documents import print_suggestions

        return print_suggestions(files, form)
    claims = read_any(files, claims_file)
    space = vintages.space(claims, against)
    if claim_id is not None:
        from sme_stats.cli.documents import print_chain

        return print_chain(claims, claim_id, space, form)
    verdicts = judge(claims, space)
    if form == "text":
        _print_verdicts(verdicts)
        _print_unmarked(files, claims)
    elif form == "csv":
        _print_records(outputs.records(verdicts), form)
    else:
        click.echo(_WRITERS[form](verdicts))
    return exit_code(verdicts)


#: What writes verdicts in formats that are not lines of text.
_WRITERS: dict[str, Callable[[list[Verdict]], str]] = {
    "json": lambda verdicts: to_json(outputs.records(verdicts)),
    "markdown": outputs.markdown, "junit": outputs.junit, "github": outputs.github,
}  # fmt: skip


def _print_unmarked(files: tuple[str, ...], claims: list[Claim]) -> None:
    marked = {claim.document.path for claim in claims}
    for file in files:
        if is_document(file) and file not in marked:
            click.echo(f"{file} has no marked number; `sme-stats check {file} --suggest` proposes")


@click.command()
@click.argument("file", required=False, type=click.Path())
@click.option("--id", "claim_id", help="Which claim of the file; by default all.")
@click.option("--printed", help="A printed number instead of a file: '58%'.")
@click.option("--statistic", default="share", show_default=True)
@click.option("--measure", default="persons_employed", show_default=True)
@click.option("--size", default="SME", show_default=True)
@click.option("--geo", default="EU27_2020", show_default=True)
@click.option("--year", default="latest", show_default=True)
@click.option("--most", default=10, show_default=True, help="How many definitions to show.")
@click.option(
    "--weight",
    multiple=True,
    metavar="AXIS=NUMBER",
    help="Cost of changing an axis of the claim, such as geo=1; see docs/claims.md.",
)
@format_option
@vintage_options
def reconcile(file: str | None, claim_id: str | None, printed: str | None, most: int,
              weight: tuple[str, ...], form: str, vintages: Vintages,
              **fields: Any) -> int:  # fmt: skip
    """Find the definitions under which a printed number does hold, the nearest first.

    \b
    Examples:
      sme-stats reconcile data/claims/press-2023.toml --id employment-share
      sme-stats reconcile --printed "7.1%" --measure enterprises --geo EU28 --year 2012
      sme-stats reconcile --printed "58%" --weight geo=0.5 --weight measure=9
    """
    claims = _claims(file, claim_id, printed, fields)
    weights = Weights.of_pairs(_pairs(weight))
    space = vintages.space(claims)
    found = [(claim, search(claim, space, weights, most)) for claim in claims]
    if form == "text":
        for claim, result in found:
            _print_reconciliation(claim, result)
        return 0
    records = [
        {"id": claim.id} | d.record() | {"unspecific": round(result.unspecific, 6)}
        for claim, result in found for d in result.definitions
    ]  # fmt: skip
    _print_records(records, form)
    return 0


def _pairs(weights: tuple[str, ...]) -> dict[str, str]:
    pairs = [weight.partition("=") for weight in weights]
    for name, equals, _ in pairs:
        if not equals:
            raise click.UsageError(f"--weight {name}: write AXIS=NUMBER, such as geo=1")
    return {name.strip(): value.strip() for name, _, value in pairs}


def only_snapshot(source: str) -> None:
    """Refuse a source that the report cannot be made from yet."""
    if source not in ("auto", "snapshot"):
        raise NotAvailableError("the report is made from the embedded snapshot so far")


def _claims(
    file: str | None, claim_id: str | None, printed: str | None, fields: dict[str, Any]
) -> list[Claim]:
    if printed is not None:
        year = fields["year"]
        given = fields | {"id": "asked", "printed": printed}
        given["year"] = int(year) if year.isdecimal() else year
        return [make_claim(given, Document("the command line"))]
    if file is None:
        raise ClaimError("name a claims file, or a number with --printed '58%'")
    claims = read_claims(file)
    if claim_id is None:
        return claims
    wanted = [claim for claim in claims if claim.id == claim_id]
    if not wanted:
        raise UnknownNameError(f"claim in {file}", claim_id, [c.id for c in claims])
    return wanted


def _print_verdicts(verdicts: list[Verdict]) -> None:
    document = ""
    for verdict in verdicts:
        if verdict.claim.document.title != document:
            document = verdict.claim.document.title
            click.echo(document)
        mark = "" if verdict.as_expected else f"   EXPECTED {verdict.claim.expect.upper()}"
        claim = verdict.claim
        where = f"{claim.document.path}:{claim.line}: " if is_document(claim.document.path) else ""
        click.echo(f"  {verdict.verdict:<12}{where}{claim.printed.text}  ({claim.id}){mark}")
        click.echo(click.wrap_text(verdict.note, 96, "      ", "      "))
    click.echo(outputs.summary_line(verdicts))


def _print_reconciliation(claim: Claim, result: Reconciliation) -> None:
    click.echo(f"{claim.printed.text}  ({claim.id}) holds as")
    for number, definition in enumerate(result.definitions, start=1):
        _wrapped(f"{number}. {say_evidence(definition.evidence)}", "     ")
        reading = "" if definition.reading == "rounded" else f"; read as {definition.reading}"
        changed = ", ".join(definition.changed) or "nothing"
        click.echo(f"     changed: {changed}; distance {definition.distance:.2f}{reading}")
        _wrapped(f"   {say_years(definition)}", "     ")
    if not result.definitions:
        click.echo("  no definition of the tables at hand")
    for line in say_own(result):
        _wrapped(line, "  ")


def _wrapped(text: str, indent: str) -> None:
    click.echo(click.wrap_text(text, 96, "  ", indent, preserve_paragraphs=False))


def _print_records(records: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        click.echo(to_json(records))
        return
    flat = [
        {k: v for k, v in r.items() if k not in ("readings", "partial", "earlier")} for r in records
    ]
    if form == "markdown":
        import pandas as pd

        click.echo(to_markdown(pd.DataFrame(flat)))
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    click.echo(text.getvalue(), nl=False)
