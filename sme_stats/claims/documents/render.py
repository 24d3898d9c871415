"""Templates whose numbers are computed: Jinja in a sandbox that reaches numbers and nothing else.

A template may print, branch and loop, not import, define, calculate, reach attributes or run on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError

from sme_stats.claims.documents.guard import decode, read_bytes
from sme_stats.claims.documents.numbers import Number, Printed
from sme_stats.claims.documents.sandbox import Sandbox, prepare
from sme_stats.claims.documents.suggest import Suggestion
from sme_stats.claims.files import make_claim
from sme_stats.claims.model import Document
from sme_stats.claims.space import Space, embedded
from sme_stats.claims.verdicts import check_one
from sme_stats.errors import DataError, InputError, NotAvailableError, SmeStatsError, UsageError

#: A template of text is small, what it writes is a report.
MOST_TEMPLATE, MOST_OUTPUT = 1 << 20, 16 << 20
#: All loops together: expressions evaluated. A number counts as many as computing it takes time,
#: the first time: asked for again it is at hand.
MOST_STEPS, NUMBER_STEPS, AGAIN_STEPS = 250_000, 250, 10
_FILTERS = ("upper", "lower", "trim", "default", "length", "escape", "e")
#: Stands for the footnote until every number is known.
_FOOTNOTE = "\x00sources\x00"


class _Numbers:
    """Functions of a template, and every number that they gave."""

    def __init__(self, space: Space, decimal: str) -> None:
        self.space, self.decimal = space, decimal
        self.used: dict[tuple[tuple[str, Any], ...], Number] = {}
        self.steps = MOST_STEPS
        self.asked_for_sources = False

    def share(self, measure: str, size: str, geo: str = "EU27_2020", year: int | str = "latest",
              population: str = "") -> Number:  # fmt: skip
        """Share of a size in the total, in percent."""
        return self._number("share", "50 %", measure, size, geo, year, population=population)

    def level(self, measure: str, size: str = "total", geo: str = "EU27_2020",
              year: int | str = "latest", population: str = "") -> Number:  # fmt: skip
        """Number of enterprises, of persons employed; turnover or value added in million euro."""
        money = measure in ("turnover", "value_added")
        printed = "EUR 1" if money else "1"
        return self._number("level", printed, measure, size, geo, year, population=population)

    def rate(self, measure: str, geo: str = "EU27_2020", year: int | str = "latest",
             size: str = "total", age: str = "") -> Number:  # fmt: skip
        """Birth, death, churn or survival rate, in percent."""
        return self._number("rate", "50 %", measure, size, geo, year, age=age)

    def average(self, size: str = "total", geo: str = "EU27_2020", year: int | str = "latest",
                population: str = "") -> Number:  # fmt: skip
        """Persons employed per enterprise."""
        return self._number("average", "1", "average_size", size, geo, year, population=population)

    def sources(self) -> str:
        """The footnote: filled in when all numbers are known."""
        self.asked_for_sources = True
        return _FOOTNOTE

    def counted(self, items: Iterable[Any], cost: int) -> Iterator[Any]:
        """Items of a loop whose body has so many expressions."""
        for item in items:
            self.step(cost)
            yield item

    def step(self, cost: int) -> None:
        """Count against the bound: not by a clock, so that a template passes or fails anywhere."""
        self.steps -= cost
        if self.steps < 0:
            raise UsageError(f"it takes more than {MOST_STEPS:,} steps ({NUMBER_STEPS} a number)")

    def _number(self, statistic: str, printed: str, measure: str, size: str, geo: str,
                year: int | str, **more: str) -> Number:  # fmt: skip
        fields = {
            "id": "template", "printed": printed, "statistic": statistic, "measure": measure,
            "size": size, "geo": geo, "year": year,
        } | {key: value for key, value in more.items() if value}  # fmt: skip
        key = tuple(fields.items())
        if all(isinstance(value, str | int) for value in fields.values()) and key in self.used:
            self.step(AGAIN_STEPS)
            return self.used[key]
        self.step(NUMBER_STEPS)
        verdict = check_one(make_claim(fields, Document("template")), self.space)
        if verdict.evidence is None:
            raise NotAvailableError(verdict.note)
        self.used[key] = Number(verdict.evidence, self.decimal)
        return self.used[key]

    def footnote(self) -> str:
        """Every table and vintage used, once, with the numbers from it."""
        lines = dict.fromkeys(number.source for number in self.used.values())
        return "\n".join(["Source: Eurostat, © European Union, CC BY 4.0.", *sorted(lines)])


def render(template: str, space: Space | None = None, decimal: str = ".", name: str = "") -> str:
    """Fill a template with computed numbers.

    Parameters
    ----------
    template : str
        Text with ``{{ share("persons_employed", "SME", geo="DE") | percent(1) }}`` and the like;
        functions ``share``, ``level``, ``rate``, ``average``, ``sources``; filters
        ``percent(digits)``, ``number(digits)``, ``millions(digits)``.
    space : Space, optional
        What to compute from; by default the embedded snapshot.
    decimal : {".", ","}
        Decimal mark to print with.
    name : str
        Name of the template in messages.

    Returns
    -------
    str
        The text, its sources at ``{{ sources() }}`` or at the end.

    Raises
    ------
    InputError
        If the template is broken or tries what it may not; names its line.
    WithheldError, NotAvailableError
        If a number cannot be printed so, or is not in the tables at hand.

    Notes
    -----
    ``| marked`` behind a filter writes the number with its mark, to be checked and brought up to
    date later.

    Examples
    --------
    >>> text = '{{ share("persons_employed", "SME", geo="DE", year=2023) | percent(1) }}'
    >>> print(render(text), end="")
    55.2 %
    <BLANKLINE>
    Source: Eurostat, © European Union, CC BY 4.0.
    sbs_sc_ovw, vintage 2026-11: share of SMEs (0-249) in persons employed, Germany 2023
    >>> render("{{ ''.__class__ }}", name="evil.md")
    Traceback (most recent call last):
    sme_stats.errors.InputError: evil.md:1: '__class__' is no attribute that a template can read
    """
    name = name or "the template"
    if len(template) > MOST_TEMPLATE:
        raise InputError(f"{name} is larger than a template can be ({MOST_TEMPLATE >> 20} MB)")
    numbers = _Numbers(space or embedded(), decimal)
    environment = _environment(numbers)
    try:
        text = _run(environment, template, name)
    except SmeStatsError as error:
        # The line is where the template called, which the traceback of its code knows.
        kind = type(error) if isinstance(error, DataError) else InputError
        raise kind(f"{name}{_line(error)}: {error}") from None
    except (TemplateError, SyntaxError, TypeError, ValueError, LookupError, RecursionError,
            MemoryError) as error:  # fmt: skip
        raise InputError(f"{name}{_line(error)}: {_reason(error)}") from None
    if numbers.asked_for_sources:
        return text.replace(_FOOTNOTE, numbers.footnote())
    return f"{text.rstrip()}\n\n{numbers.footnote()}\n" if numbers.used else text


def render_file(template: str | Path, decimal: str = ".", space: Space | None = None) -> str:
    """Fill the template of a file; see `render`."""
    path = Path(template)
    return render(decode(read_bytes(path), path), space, decimal, str(path))


def _environment(numbers: _Numbers) -> Sandbox:
    environment = Sandbox(
        undefined=StrictUndefined, keep_trailing_newline=True, finalize=_printable,
        autoescape=False,
    )  # fmt: skip
    builtin = environment.filters
    environment.filters = {name: builtin[name] for name in _FILTERS}
    for how in ("percent", "number", "millions"):
        environment.filters[how] = _filter(how)
    environment.filters["marked"] = _marked
    environment.filters["_counted"] = numbers.counted
    environment.globals = {
        f.__name__: f
        for f in (numbers.share, numbers.level, numbers.rate, numbers.average, numbers.sources)
    }
    return environment


def _filter(how: str) -> Any:
    def printed(number: Any, digits: int = 0) -> str:
        if not isinstance(number, Number):
            raise UsageError(f"{how}() prints a number of share(), level(), rate() or average()")
        return Printed(getattr(number, how)(digits), number)

    return printed


def _marked(text: Any, kind: str = "markdown") -> str:
    """A printed number with the mark by which `check` and `update` will know it."""
    if not isinstance(text, Printed) or kind not in ("markdown", "html"):
        raise UsageError('marked() follows percent(), number() or millions(): marked("html")')
    return Suggestion(0, "", str(text), text.number.mark()).mark(kind)


def _printable(value: Any) -> Any:
    if isinstance(value, str | int | float | Number):
        return value
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, with the name
    raise UsageError("only texts and numbers are printed")


def _run(environment: Environment, template: str, name: str) -> str:
    """Parse, refuse, count the loops, run within the bounds."""
    tree = prepare(environment, template)
    parts, length = [], 0
    for part in environment.from_string(tree).generate():
        parts.append(part)
        length += len(part)
        if length > MOST_OUTPUT:
            raise InputError(f"it writes more than {MOST_OUTPUT >> 20} MB")
    return "".join(parts)


def _line(error: BaseException) -> str:
    """``:line`` of the template where an error arose."""
    if isinstance(error, TemplateSyntaxError):
        return f":{error.lineno}"
    trace, line = error.__traceback__, 0
    while trace:
        if trace.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f":{line}" if line else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError | MemoryError):
        return "it is nested too deep"
    if isinstance(error, UndefinedError):
        return f"{error}; a template has share, level, rate, average and sources"
    return str(getattr(error, "message", None) or error).replace("_Numbers.", "")
