"""A claim: a printed number and the definition it is printed under."""

from __future__ import annotations

from dataclasses import dataclass, field

from sme_stats.claims.printed import PrintedNumber

STATISTICS = ("share", "level", "rate", "average", "change")
VERDICTS = ("holds", "refuted", "undecided", "unavailable")

#: Measures a claim can name, by the statistic they go with.
MEASURES = (
    "enterprises", "persons_employed", "employees", "turnover", "value_added", "births", "deaths",
    "active_enterprises", "birth_rate", "death_rate", "churn_rate", "survival", "average_size",
)  # fmt: skip

#: Populations by name, and the codes of NACE that each stands for.
POPULATIONS = {
    "business-economy": ("B-S_X_O_S94",),
    "non-financial": ("B-N_S95_X_K", "C-I_K"),
    "business-demography": ("B-S_X_O_S94", "B-N_X_K642"),
}
#: Activities that are the whole of some population; any other is a section or less.
WHOLES = frozenset(
    {code for codes in POPULATIONS.values() for code in codes}
    | {"B-S_X_K642", "B-S_X_S94", "B-S_X_O"}
)
#: National tables, which a claim names as its population, with a NACE code behind a colon.
NATIONAL = ("istat_asia", "istat_sbs", "insee", "uk_bpe", "ine_dirce", "cbs")
#: Measures that only business demography has.
DEMOGRAPHIC = (
    "births", "deaths", "active_enterprises", "birth_rate", "death_rate", "churn_rate", "survival",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """Where claims are printed.

    Attributes
    ----------
    title, url, published : str
        As the file gives them; ``published`` in ISO.
    path : str
        The claims file.
    decimal : str
        Decimal mark of the document, where its numbers would have two readings.
    quotes : tuple of str
        Releases that the document quotes: they cannot prove its claims.
    """

    title: str
    url: str = ""
    published: str = ""
    path: str = ""
    decimal: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One printed number with its definition.

    Attributes
    ----------
    id : str
        Unique within its document.
    printed : PrintedNumber
        What is printed.
    statistic : str
        One of STATISTICS.
    measure : str
        One of MEASURES.
    size : str
        Size code (``GE250``, ``0-249``, ``TOTAL``).
    geo : str
        Eurostat's code.
    year : int or None
        None is the latest year that the tables have for it.
    document : Document
        Where it is printed.
    population : str
        Name of a population, a NACE code, a national table (``istat_sbs:C``), or empty for what
        the year's table has.
    of : str
        Size that a share is in percent of: ``TOTAL``, or ``0-249`` for a share of all SMEs.
    age : str
        ``Y1`` to ``Y5`` for survival.
    base_year : int or None
        For a change, the year it starts from; by default the year before.
    expect : str
        Verdict that is expected.
    undecidable : str
        Why no table can decide it, where that is known: then the verdict is ``unavailable``.
    quote : str
        The words as printed.
    why : str
        Reason for the expected verdict.
    quotes : tuple of str
        Releases that the claim quotes.
    line : int
        Line of the claims file.

    Examples
    --------
    >>> from sme_stats import parse_printed
    >>> large = Claim("large", parse_printed("0.1%"), "share", "enterprises", "GE250", "EU27_2020",
    ...               2023, Document("A press release"))
    >>> large.expect, large.own_sources
    ('holds', frozenset())
    """

    id: str
    printed: PrintedNumber
    statistic: str
    measure: str
    size: str
    geo: str
    year: int | None
    document: Document
    population: str = ""
    of: str = "TOTAL"
    age: str = ""
    base_year: int | None = None
    expect: str = "holds"
    undecidable: str = ""
    quote: str = ""
    why: str = ""
    quotes: tuple[str, ...] = field(default=())
    line: int = 0

    @property
    def own_sources(self) -> frozenset[str]:
        """Releases that cannot prove this claim, because it quotes them."""
        return frozenset((*self.quotes, *self.document.quotes))
