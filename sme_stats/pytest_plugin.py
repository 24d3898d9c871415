"""``pytest --sme-claims PATH``: every claim of a claims file or a document is a test.

The module is loaded with every run of pytest, so it imports nothing before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sme_stats.claims.verdicts import Verdict


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("sme-stats", "printed numbers about SMEs")
    group.addoption(
        "--sme-claims", action="append", default=[], metavar="PATH",
        help="Check the claims of a file, a folder or a document as tests; can be repeated.",
    )  # fmt: skip
    group.addoption(
        "--sme-source", default="auto", metavar="SOURCE",
        help="Where tables come from: auto, snapshot, store or live.",
    )  # fmt: skip
    group.addoption(
        "--sme-vintage", action="append", default=[], metavar="DATASET@VINTAGE|DATE",
        help="Pin a table's vintage, or all tables to a date; can be repeated.",
    )  # fmt: skip
    group.addoption(
        "--sme-lock", default=None, metavar="PATH", help="Lock file of `sme-stats lock`."
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add one test a claim behind the ordinary ones."""
    for path in config.getoption("--sme-claims"):
        from sme_stats.errors import SmeStatsError

        claims = ClaimsPath.from_parent(session, name=str(path), nodeid=str(path))
        try:
            items.extend(claims.collect())
        except SmeStatsError as error:
            raise pytest.UsageError(f"--sme-claims {path}: {error}") from None


class ClaimsPath(pytest.Collector):
    """Claims of one path."""

    def collect(self) -> Iterator[pytest.Item]:
        """Judge all claims of the path at once, over one definition space."""
        from sme_stats.claims.documents.reading import read_any
        from sme_stats.claims.verdicts import check
        from sme_stats.claims.vintages import choose, space_of

        option = self.config.getoption
        chosen = choose(option("--sme-source"), option("--sme-vintage"), option("--sme-lock"))
        claims = read_any([self.name])
        for verdict in check(claims, space_of(chosen, claims)):
            yield ClaimItem.from_parent(self, name=verdict.claim.id, verdict=verdict)


class ClaimItem(pytest.Item):
    """One claim; it passes when its verdict is the expected one."""

    def __init__(self, *, verdict: Verdict, **more: Any) -> None:
        super().__init__(**more)
        self.verdict = verdict

    def runtest(self) -> None:
        """Compare the verdict with the expected one."""
        if not self.verdict.as_expected:
            raise ClaimFailed(self.verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """File and line, what is printed, what the data say; no traceback."""
        if isinstance(excinfo.value, ClaimFailed):
            from sme_stats.claims.outputs import place, say_verdict

            return f"{place(self.verdict)}: {say_verdict(self.verdict)}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the claim is printed."""
        claim = self.verdict.claim
        return Path(claim.document.path), max(claim.line - 1, 0), claim.id


class ClaimFailed(Exception):  # noqa: N818 - a verdict, not a mistake
    """A verdict that is not the expected one."""
