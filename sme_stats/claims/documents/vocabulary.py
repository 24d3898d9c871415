"""Words by which `suggest` understands a sentence: reviewed rules, no model."""

from __future__ import annotations

import re
from functools import cache

from sme_stats.codelists import table

_FLAGS = re.IGNORECASE


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", _FLAGS)


#: Size that a phrase names, the narrower phrase first.
SIZES = (
    ("one-person", _words(r"one-person", r"sole traders?", r"solo entrepreneurs?")),
    ("zero-employees", _words(r"(?:without|no|zero) (?:any )?employees",
                              r"non-employer (?:firms|businesses|enterprises)")),
    ("0-49", _words(r"micro(?:-| )and(?:-| )small", r"fewer than (?:50|fifty)",
                    r"(?:less than|under) (?:50|fifty) (?:people|persons|staff|workers)")),
    ("SME", _words(r"SMEs?", r"small(?:er)?(?:-| )?(?:and|&|or|to)(?:-| )?medium\S*",
                   r"small and mid-?size\S*", r"(?:fewer|less) than 250", r"mittelstand",
                   r"small businesses? and medium")),
    ("0-9", _words(r"micro(?:-| )?(?:enterprises?|firms?|businesses|companies|business)",
                   r"micros?", r"(?:fewer|less) than (?:10|ten)")),
    ("10-49", _words(r"small (?:enterprises?|firms?|businesses|companies)")),
    ("50-249", _words(r"medium(?:-| )?sized (?:enterprises?|firms?|businesses|companies)",
                      r"medium (?:enterprises?|firms?|businesses)")),
    ("250+", _words(r"large(?:r)? (?:enterprises?|firms?|businesses|companies|corporations)",
                    r"big (?:firms|companies|businesses)", r"250 (?:or more|and more)",
                    r"(?:are|is|were|as) large")),
)  # fmt: skip

#: Measure that a phrase names, in the order in which they are looked for.
MEASURES = (
    ("survival", _words(r"surviv\w+", r"still (?:alive|active|in business|trading)")),
    ("birth_rate", _words(r"(?:birth|start-?up) rate")),
    ("death_rate", _words(r"(?:death|closure|exit) rate")),
    ("churn_rate", _words(r"churn(?: rate)?")),
    ("average_size", _words(r"average (?:size|number of (?:persons|people|workers))",
                            r"(?:people|persons|workers) (?:on average|per (?:firm|enterprise))",
                            r"on average (?:employ|has|have)\w*")),
    ("value_added", _words(r"value added", r"value-added", r"gross value")),
    ("turnover", _words(r"turnover", r"revenues?", r"sales")),
    ("births", _words(r"(?:newly )?(?:born|founded|created) (?:firms|enterprises|businesses)",
                      r"enterprise births", r"new (?:firms|enterprises|businesses|companies)",
                      r"(?:were|are|was) (?:born|founded|set up|created)", r"births")),
    ("deaths", _words(r"enterprise deaths", r"(?:firms|enterprises|businesses) (?:closed|died)",
                      r"closed down", r"deaths")),
    ("employees", _words(r"employees are", r"salaried (?:staff|jobs|workers)", r"wage earners")),
    ("persons_employed", _words(r"employ(?:s|ed|ing|ment)?", r"jobs?", r"workers?", r"workforce",
                                r"work (?:in|for)", r"persons employed", r"people", r"staff",
                                r"labou?r force")),
    ("active_enterprises", _words(r"active (?:enterprises|firms|businesses)")),
    ("enterprises", _words(r"enterprises?", r"firms?", r"business(?:es)?", r"compan(?:y|ies)",
                           r"SMEs?", r"corporations?")),
)  # fmt: skip

#: What the sentence must be about: enterprises by size, or their number, births and deaths.
SUBJECT = _words(
    r"SMEs?", r"enterprises?", r"firms?", r"business(?:es)?", r"compan(?:y|ies)", r"micros?",
    r"start-?ups?", r"sole traders?", r"mittelstand", r"solo entrepreneurs?", r"corporations?",
)  # fmt: skip

#: What Eurostat's tables cannot decide, or what is no statement of a number of theirs.
ELSEWHERE = _words(
    r"GDP", r"gross domestic product", r"exports?", r"imports?", r"R&D", r"innovat\w+", r"loans?",
    r"credit", r"lend\w*", r"fund(?:s|ed|ing)?", r"grants?", r"budget", r"invest\w*", r"survey\w*",
    r"respondents?", r"expect\w*", r"members?", r"patents?", r"women", r"female", r"owned",
    r"websites?", r"online", r"cloud", r"AI", r"artificial intelligence", r"emissions?", r"energy",
    r"tax\w*", r"VAT", r"latin america", r"asia\w*", r"africa\w*", r"china", r"india", r"japan",
    r"emerging markets", r"world(?:wide)?", r"global\w*", r"united states", r"US", r"say",
    r"plan", r"plans", r"target\w*", r"goal\w*", r"by 20[3-9]\d", r"defined", r"definition",
    r"threshold\w*", r"invoice\w*", r"pages?", r"chapters?", r"article", r"agricultur\w+",
    r"report(?:ed)? difficult\w*", r"consider\w*", r"rose", r"grew", r"fell", r"increase\w*",
    r"decrease\w*", r"growth", r"decline\w*", r"up by", r"down by", r"train\w*", r"vouchers?",
    r"digital\w*", r"late payments?", r"programmes?", r"programs?", r"subsid\w+",
    r"balance sheet", r"at most", r"eligible", r"qualif\w+", r"must", r"should", r"per cent more",
    r"% more", r"fees?", r"prices?", r"costs?", r"inflation", r"interview\w*", r"sample",
)  # fmt: skip

#: What links a part to its whole, what a whole is called, what firms do to people.
LINK = _words(
    r"employ\w*", r"accounts?", r"accounted", r"ma(?:k|d)es? up", r"made up", r"represent\w*",
    r"provid\w*", r"generat\w*", r"contribut\w*", r"constitut\w*", r"stand for", r"stands for",
    r"jobs", r"shares?", r"(?:birth|death|churn|survival|start-?up|closure|exit) rate", r"earn\w*",
)  # fmt: skip
WHOLE = _words(r"total", r"all", r"them", r"overall")
EMPLOYS = _words(r"employ\w*", r"provid\w*", r"generat\w*", r"earn\w*", r"worth", r"account\w*",
                 r"turnover of", r"value added of")  # fmt: skip

_EUROPE = _words(
    r"EU", r"EU-?27", r"European Union", r"Europe", r"European", r"Europe's", r"EU's",
    r"across the Union", r"member states",
)  # fmt: skip
_DEMONYMS = {
    "german": "DE", "french": "FR", "italian": "IT", "spanish": "ES", "polish": "PL",
    "austrian": "AT", "dutch": "NL", "belgian": "BE", "portuguese": "PT", "greek": "EL",
    "irish": "IE", "danish": "DK", "swedish": "SE", "finnish": "FI", "czech": "CZ",
    "hungarian": "HU", "romanian": "RO", "bulgarian": "BG", "croatian": "HR", "slovak": "SK",
    "slovenian": "SI", "estonian": "EE", "latvian": "LV", "lithuanian": "LT", "maltese": "MT",
    "cypriot": "CY", "british": "UK",
}  # fmt: skip


@cache
def _places() -> list[tuple[str, re.Pattern[str]]]:
    """Countries by their labels and adjectives."""
    labels = {row["label"]: code for code, row in table("GEO").items() if len(code) == 2}
    return [(code, _words(re.escape(name))) for name, code in (labels | _DEMONYMS).items()]


def size_in(text: str) -> str:
    """Size that a text names first in the order of SIZES, or nothing.

    Examples
    --------
    >>> size_in("small and medium-sized enterprises"), size_in("large firms"), size_in("firms")
    ('SME', '250+', '')
    """
    return next((size for size, words in SIZES if words.search(text)), "")


def measure_in(text: str) -> str:
    """Measure that a text names, or nothing.

    Examples
    --------
    >>> measure_in("of all jobs"), measure_in("of value added"), measure_in("of all firms")
    ('persons_employed', 'value_added', 'enterprises')
    """
    return next((measure for measure, words in MEASURES if words.search(text)), "")


def place_in(text: str) -> str:
    """Country or the EU that a text names, or nothing.

    Examples
    --------
    >>> place_in("in Germany"), place_in("across the EU"), place_in("here")
    ('DE', 'EU27_2020', '')
    """
    found = [(m.start(), code) for code, words in _places() if (m := words.search(text))]
    if found:
        return min(found)[1]
    return "EU27_2020" if _EUROPE.search(text) else ""


def first_measure(text: str) -> str:
    """Measure that a text names first, by place: "jobs in enterprises" is about jobs.

    Examples
    --------
    >>> first_measure("of jobs in enterprises"), first_measure("enterprises that employ")
    ('persons_employed', 'enterprises')
    """
    found = [
        (m.start(), order, measure)
        for order, (measure, words) in enumerate(MEASURES) if (m := words.search(text))
    ]  # fmt: skip
    return min(found)[2] if found else ""


def nearest_size(text: str, at: int) -> str:
    """Size named nearest to a position; a narrower phrase hides the wider one inside it.

    Examples
    --------
    >>> nearest_size("micro firms have 93 %, large firms 0.2 %", 34)
    '250+'
    """
    found: list[tuple[int, int, str]] = []
    for size, words in SIZES:
        for match in words.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end, _ in found):
                found.append((*match.span(), size))
    gaps = [(min(abs(at - start), abs(at - end)), size) for start, end, size in found]
    return min(gaps)[1] if gaps else ""
