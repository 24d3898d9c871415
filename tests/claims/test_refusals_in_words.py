"""What cannot be read, in exactly the words that a reader is told it in."""

import tomllib

import pytest

from sme_stats.claims.digits import add, parse_digits
from sme_stats.claims.files import MOST_BYTES, make_claim, read_claims
from sme_stats.claims.model import Document
from sme_stats.claims.printed import parse_printed
from sme_stats.errors import ClaimError, InputError, UnknownNameError

NO_NUMBER = "cannot be read as a number, such as '58%' or '25 million'"
NOT_PRINTED = "is not a printed number, such as '58%'"
LIKE = "valid: thousand, million, billion, trillion, and their like in six languages"

PRINTS = [
    ("", "", f"'' {NOT_PRINTED}"), ("  ", "", f"'  ' {NOT_PRINTED}"),
    (58, "", f"'58' {NOT_PRINTED}"),
    ("5" * 201, "", f"'{'5' * 40}' {NOT_PRINTED}"), (None, "", f"'None' {NOT_PRINTED}"),
    ("%", "", "'%' has no number in it, such as '58%' or '25 million'"),
    ("1-2-3", "", "'1-2-3' has no number in it, such as '58%' or '25 million'"),
    ("58 apples", "", f"'58 apples' cannot be read: 'apples' is no magnitude; {LIKE}"),
    ("5 milion.", "", None),
    ("5 millon", "", "'5 millon' cannot be read: 'millon' is no magnitude; "
                              "did you mean million or millones or millions?"),
    ("5 %%", "", "'5 %%' has its percent sign twice, or not behind the number"),
    ("60-50 %", "", "'60-50 %' is a range whose first end is not the lower"),
    ("50-50 %", "", "'50-50 %' is a range whose first end is not the lower"),
    ("1.234", "", "'1.234' is 1.234 or 1,234: say which with decimal = \".\" or \",\""),
    ("1,234", "", "'1,234' is 1.234 or 1,234: say which with decimal = \".\" or \",\""),
    ("58,3", ".", "'58,3' uses ',' as a decimal mark, but decimal = '.'"),
    ("1.234,5", ".", "'1.234,5' does not use '.' as its decimal mark"),
    ("1.234.567,8,9", "", "'1.234.567,8,9' does not use ',' as its decimal mark"),
    ("1,23,456", "", "'1,23,456' groups its digits in no known way"),
    ("12 34", "", "'12 34' groups its digits in no known way"),
    ("1234 567", "", "'1234 567' groups its digits in no known way"),
    ("1.2'345,6", "", "\"1.2'345,6\" groups its digits by two marks at once; nobody prints that"),
    ("1 234,5.6", "", "'1 234,5.6' cannot be read as a number"),
    ("1,", "", f"'1,' {NO_NUMBER}"), ("1'", "", f"\"1'\" {NO_NUMBER}"),
    (".5", "", f"'.5' {NO_NUMBER}"),
    ("--5", "", f"'--5' {NO_NUMBER}"),
    ("1.000.", "", "'1.000.' is 1.000 or 1,000: say which with decimal = \".\" or \",\""),
    ("1234567890123456", "", "'1234567890123456' has more digits than any statistic; nothing "
                             "compares to them"),
    ("1.2345678901234567", "", "'1.2345678901234567' has more "
                                        "digits than any statistic; nothing compares to them"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "decimal", "said"), PRINTS)
def test_a_print_is_refused_in_these_words(text, decimal, said):
    if said is None:
        parse_printed(text, decimal)
        return
    with pytest.raises(ClaimError) as refused:
        parse_printed(text, decimal)
    assert str(refused.value) == said


def test_two_hundred_letters_are_read():
    assert parse_printed("5" + " " * 198 + "%").value == 5


#: Digits, decimal mark, percent: value, unit, unit of the last digit that is not zero, zeros.
DIGITS = [
    ("58", "", False, (58, 1, 1, False)), ("60", "", False, (60, 1, 10, True)),
    ("600", "", True, (600, 1, 100, True)), ("999", "", False, (999, 1, 1, False)),
    ("1000", "", False, (1000, 1000, 1000, False)), ("1000", "", True, (1000, 1, 1000, True)),
    ("990", "", False, (990, 1, 10, True)), ("0", "", False, (0, 1, 1, False)),
    ("00", "", False, (0, 1, 1, False)), ("0.0", "", False, (0, 0.1, 0.1, False)),
    ("60.0", "", False, (60, 0.1, 10, False)), ("1.50", "", False, (1.5, 0.01, 0.1, False)),
    ("-1.5", "", False, (-1.5, 0.1, 0.1, False)), ("+1.5", "", False, (1.5, 0.1, 0.1, False)),
    ("- 5", "", False, (-5, 1, 1, False)), ("3,746,000", "", False, (3746000, 1000, 1000, False)),
    ("1.234", "", True, (1.234, 0.001, 0.001, False)),
    ("1.234", ".", False, (1.234, 0.001, 0.001, False)),
    ("1.234", ",", False, (1234, 1, 1, False)), ("1.234", ",", True, (1234, 1, 1, False)),
    ("0,164", "", False, (0.164, 0.001, 0.001, False)),
    ("1234.567", "", False, (1234.567, 0.001, 0.001, False)),
    ("1 234,5", "", False, (1234.5, 0.1, 0.1, False)),
    ("1'234'567", "", False, (1234567, 1, 1, False)),
    ("1.234,5", "", False, (1234.5, 0.1, 0.1, False)),
    ("1.234.567", ".", False, (1234567, 1, 1, False)),
    ("265\u2009802", "", False, (265802, 1, 1, False)), ("5250", "", False, (5250, 10, 10, False)),
    ("999999999999999", "", False, (999999999999999, 1, 1, False)),
]  # fmt: skip


@pytest.mark.parametrize(("token", "decimal", "percent", "read"), DIGITS)
def test_digits(token, decimal, percent, read):
    found = parse_digits(token, token, decimal, percent=percent)
    assert (found.value, found.unit, found.significant, found.zeros) == read


def test_digits_are_scaled_as_on_paper():
    found = parse_digits("24.4", "").scaled(1e6)
    assert (found.value, found.unit, found.significant, found.zeros) == (
        24400000,
        100000,
        100000,
        False,
    )
    assert parse_digits("60", "").scaled(1e3).zeros and add(0.1, 0.2) == 0.3


#: What is printed: kind, currency, value, and each reading.
READ = [
    ("between 50 and 60 %", "percent", "", 55, [("rounded", 49.5, 60.5)]),
    ("from 1.5 to 2.5 million", "number", "", 2e6, [("rounded", 1.45e6, 2.55e6)]),
    ("50% to 60", "percent", "", 55, [("rounded", 49.5, 60.5)]),
    ("50—60 %", "percent", "", 55, [("rounded", 49.5, 60.5)]),
    ("EUR 5 to 7 million", "money", "EUR", 6e6, [("rounded", 4.5e6, 7.5e6)]),
    ("£5", "money", "GBP", 5, [("rounded", 4.5, 5.5), ("truncated", 5, 6)]),
    ("5 Euro", "money", "EUR", 5, [("rounded", 4.5, 5.5), ("truncated", 5, 6)]),
    ("US$ 5", "money", "USD", 5, [("rounded", 4.5, 5.5), ("truncated", 5, 6)]),
    ("1.5 pp", "points", "", 1.5, [("rounded", 1.45, 1.55), ("truncated", 1.5, 1.6)]),
    ("−20 %", "percent", "", -20, [("rounded", -20.5, -19.5), ("truncated", -21, -20),
                                   ("trailing zero not meant", -25, -15)]),
    ("nearly -2 %", "percent", "", -2, [("rounded", -2, -1.8)]),
    ("just over -2 %", "percent", "", -2, [("rounded", -2.2, -2)]),
    ("around 0 %", "percent", "", 0, [("rounded", -1, 1)]),
    ("around 600", "number", "", 600, [("rounded", 550, 650)]),
    ("almost 5 %", "percent", "", 5, [("rounded", 4.5, 5)]),
    ("less than -2 %", "percent", "", -2, [("rounded", float("-inf"), -2)]),
    ("up to 5 %", "percent", "", 5, [("rounded", 0, 5)]),
    ("at most 0 %", "percent", "", 0, [("rounded", float("-inf"), 0)]),
    ("at least 5 %", "percent", "", 5, [("rounded", 5, float("inf"))]),
    ("~58 %", "percent", "", 58, [("rounded", 57, 59)]),
    ("exactly 58 % of", "percent", "", 58, [("rounded", 57.5, 58.5), ("truncated", 58, 59)]),
    ("58 % de", "percent", "", 58, [("rounded", 57.5, 58.5), ("truncated", 58, 59)]),
    ("7 out of 10", "percent", "", 70, [("rounded", 65, 75)]),
    ("7 in every 10", "percent", "", 70, [("rounded", 65, 75)]),
    ("ten out of ten", "percent", "", 100, [("rounded", 95, 105)]),
    ("1 in 100", "percent", "", 1, [("rounded", 0.5, 1.5)]),
    ("two in three", "percent", "", 200 / 3, [("rounded", 65, 200 / 3 + 5 / 3)]),
    ("nine of 9", "percent", "", 100, [("rounded", 100 - 5 / 3, 100 + 5 / 3)]),
    ("two-thirds", "percent", "", 200 / 3, [("rounded", 65, 200 / 3 + 5 / 3)]),
    ("almost half", "percent", "", 50, [("rounded", 45, 50)]),
    ("more than half", "percent", "", 50, [("rounded", 50, float("inf"))]),
    ("around a fifth", "percent", "", 20, [("rounded", 18, 22)]),
    ("almost 7 out of 10", "percent", "", 70, [("rounded", 63, 70)]),
    ("almost 1 in 100", "percent", "", 1, [("rounded", 0.9, 1)]),
    ("5 mil millones", "number", "", 5e9, [("rounded", 4.5e9, 5.5e9), ("truncated", 5e9, 6e9)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "currency", "value", "readings"), READ)
def test_a_print_and_its_readings(text, kind, currency, value, readings):
    found = parse_printed(text)
    assert (found.text, found.kind, found.currency) == (text, kind, currency)
    assert found.value == pytest.approx(value, rel=1e-12)
    assert [r.name for r in found.readings] == [name for name, _, _ in readings]
    for reading, (_, lower, upper) in zip(found.readings, readings, strict=True):
        assert (reading.lower, reading.upper) == pytest.approx((lower, upper), rel=1e-9)
    assert (found.lower, found.upper) == (found.readings[0].lower, found.readings[0].upper)


GOOD = {"id": "a", "printed": "58%", "statistic": "share", "measure": "persons_employed",
        "size": "SME", "geo": "EU27_2020", "year": 2023}  # fmt: skip
RATES = "birth_rate, death_rate, churn_rate, survival"
AVERAGE = ("the average at hand is measure = 'average_size' (persons employed per enterprise), not "
           "statistic = {!r} of measure = {!r}")  # fmt: skip
NEEDED = "needed are id, printed, statistic, measure, geo, year"

#: What is changed in a good claim (None: left out), and what is said of it.
CLAIMS = [
    ({"sise": 1}, "unknown key 'sise'; did you mean size?"),
    ({"id": None}, f"the key 'id' is missing; {NEEDED}"),
    ({"year": None}, f"the key 'year' is missing; {NEEDED}"),
    ({"statistic": "ratio"}, "statistic = 'ratio' is not valid; did you mean rate?"),
    ({"statistic": 5}, "statistic = 5 is not valid; valid: average, change, level, rate, share"),
    ({"expect": "true"},
    "expect = 'true' is not valid; valid: holds, refuted, unavailable, undecided"),
    ({"statistic": "rate"},
    "statistic = 'rate' does not go with measure = 'persons_employed': rates "
                            f"are {RATES}, and those are nothing else"),
    ({"measure": "survival"},
    "statistic = 'share' does not go with measure = 'survival': rates are "
                              f"{RATES}, and those are nothing else"),
    ({"statistic": "average"}, AVERAGE.format("average", "persons_employed")),
    ({"measure": "average_size"}, AVERAGE.format("share", "average_size")),
    ({"size": None}, "a share needs a size other than 'total', such as 'SME' or '250+'"),
    ({"size": "TOTAL"}, "a share needs a size other than 'total', such as 'SME' or '250+'"),
    ({"year": 1899}, "year = 1899 is not a year such as 2023, nor 'latest'"),
    ({"year": 2101}, "year = 2101 is not a year such as 2023, nor 'latest'"),
    ({"year": True}, "year = True is not a year such as 2023, nor 'latest'"),
    ({"year": "2023"}, "year = '2023' is not a year such as 2023, nor 'latest'"),
    ({"base_year": 1}, "year = 1 is not a year such as 2023, nor 'latest'"),
    ({"population": "bank"},
    "population = 'bank' is not valid; valid: business-economy, non-financial, "
     "business-demography, istat_asia, istat_sbs, insee, uk_bpe, ine_dirce, cbs, or a NACE code"),
    ({"population": "insea"}, "population = 'insea' is not valid; did you mean insee?"),
    ({"statistic": "rate", "measure": "survival"}, "measure = 'survival' needs age = 'Y1' to 'Y5'"),
    ({"statistic": "rate", "measure": "survival", "age": "Y6"},
     "measure = 'survival' needs age = 'Y1' to 'Y5'"),
    ({"of": "0-9"}, "of = '0-9' is not valid; a share is of 'total' or of 'SME'"),
    ({"of": "SME", "statistic": "level"},
    "of = 'SME' is not valid; a share is of 'total' or of 'SME'"),
    ({"of": "SME", "size": "GE250"}, "a share of SMEs needs a size inside them: 0-9, 10-49, 0-49, "
                                     "50-249, 10-249, 10-19, 20-49, 0_1, 2-9"),
    ({"quotes": "final-2023"}, "quotes is a list of texts"),
    ({"quotes": [1]}, "quotes is a list of texts"),
]  # fmt: skip


def made(changes, document=None):
    fields = {k: v for k, v in (GOOD | changes).items() if v is not None}
    return make_claim(fields, document or Document("A page"), 7)


@pytest.mark.parametrize(("changes", "said"), CLAIMS)
def test_a_claim_is_refused_in_these_words(changes, said):
    with pytest.raises(ClaimError) as refused:
        made(changes)
    assert str(refused.value) == said


def test_a_size_or_place_that_does_not_exist():
    for changes in ({"size": "SMB"}, {"geo": "GR"}, {"of": "SMB"}):
        with pytest.raises(UnknownNameError):
            made(changes)


def test_every_field_of_a_claim_is_taken():
    claim = made({})
    assert (claim.id, claim.printed.text, claim.statistic, claim.measure) == (
        "a", "58%", "share", "persons_employed",
    )  # fmt: skip
    assert (claim.size, claim.geo, claim.year, claim.line) == ("0-249", "EU27_2020", 2023, 7)
    assert claim.document == Document("A page")
    assert (claim.population, claim.of, claim.age, claim.base_year) == ("", "TOTAL", "", None)
    assert (claim.expect, claim.undecidable, claim.quote, claim.why, claim.quotes) == (
        "holds", "", "", "", (),
    )  # fmt: skip
    full = made({
        "population": "C", "of": "SME", "size": "micro", "base_year": 2021, "expect": "refuted",
        "undecidable": "no table", "quote": "words", "why": "a reason", "quotes": ["x", "y"],
        "age": "Y2",
        "year": "latest", "printed": "1.234", "id": 5,
    }, Document("B", decimal="."))  # fmt: skip
    assert (full.population, full.of, full.size, full.base_year) == ("C", "0-249", "0-9", 2021)
    assert (full.expect, full.undecidable, full.quote, full.why) == (
        "refuted", "no table", "words", "a reason",
    )  # fmt: skip
    assert (full.quotes, full.age, full.year, full.id) == (("x", "y"), "Y2", None, "5")
    assert full.printed.value == 1.234
    assert full.own_sources == {"x", "y"}
    assert made({}, Document("A", quotes=("z",))).own_sources == {"z"}


@pytest.mark.parametrize(
    "population", ["", "non-financial", "istat_sbs:C", "insee", "C10", "S951", "B-E"]
)
def test_populations_that_are_taken(population):
    assert made({"population": population}).population == population


@pytest.mark.parametrize(("changes", "taken"), [
    ({"size": None, "undecidable": "no size"}, ("size", "TOTAL")),
    ({"of": "0-9", "undecidable": "no size"}, ("of", "0-9")),
    ({"year": 1900}, ("year", 1900)), ({"year": 2100}, ("year", 2100)),
    ({"statistic": "level", "size": None}, ("size", "TOTAL")),
    ({"statistic": "rate", "measure": "survival", "size": None, "age": "Y5"}, ("age", "Y5")),
    ({"statistic": "average", "measure": "average_size", "size": None}, ("size", "TOTAL")),
])  # fmt: skip
def test_claims_that_are_taken(changes, taken):
    assert getattr(made(changes), taken[0]) == taken[1]


TEXT = """\
[document]
title = "A page"
decimal = "."

[[claim]]
id = "first"
printed = "58%"
statistic = "share"
measure = "persons_employed"
size = "SME"
geo = "EU27_2020"
year = 2023
"""
CLAIM = TEXT[TEXT.index("[[claim]]"):]  # fmt: skip

#: What a file says, and what is said of it behind its path.
FILES = [
    (TEXT.replace("[document]", "[dokument]"),
    ":1: the file has an unknown key 'dokument'; did you mean "
                                               "document?"),
    (TEXT.replace("title", "titel"),
    ":2: [document] has an unknown key 'titel'; did you mean title?"),
    (TEXT.replace('"."', '";"'), ':3: decimal = ";" is neither "." nor ","'.replace('";"', "';'")),
    (TEXT.replace("decimal =", "quotes ="), ":3: quotes is a list of texts"),
    ('document = "x"\n' + CLAIM, ":1: [document] is a table with title, url, published"),
    ("claim = 5", ":1: claims are written as [[claim]] tables"),
    ("claim = [1]", ":1: claims are written as [[claim]] tables"),
    (TEXT + CLAIM, ":13: claim 'first': the id stands twice in this file"),
    (TEXT.replace("58%", "5,"), f":5: claim 'first': '5,' {NO_NUMBER}"),
    (TEXT.replace('id = "first"\n', ""), f":5: claim 1: the key 'id' is missing; {NEEDED}"),
    (TEXT + 'quotes = ["final-2032"]\n',
    ":5: claim 'first': quotes names no release 'final-2032'; did "
                                          "you mean final-2023 or final-2022 or final-2021?"),
    ('claim = [{id = "a", printed = "5"}]',
    f": claim 'a': the key 'statistic' is missing; {NEEDED}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FILES)
def test_a_file_is_refused_in_these_words(tmp_path, text, said):
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ClaimError) as refused:
        read_claims(path)
    assert str(refused.value) == f"{path}{said}"


def test_files_that_are_none(tmp_path):
    def said(*paths):
        with pytest.raises(InputError) as refused:
            read_claims(*paths)
        return str(refused.value)

    path = tmp_path / "claims.toml"
    assert said(path) == f"cannot read {path}: No such file or directory"
    assert said() == "no claims to check: name a claims file, or a folder with *.toml in it"
    assert said(tmp_path) == f"{tmp_path} has no claims file (*.toml)"
    path.write_bytes(b"\xff")
    assert said(path) == f"cannot read {path}: it is not UTF-8 text"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    assert said(path) == f"{path} is larger than a claims file can be (4 MB)"
    path.write_bytes(b"#" * MOST_BYTES)
    assert said(path) == "no claims to check: name a claims file, or a folder with *.toml in it"
    path.write_text("a = ", encoding="utf-8")
    with pytest.raises(tomllib.TOMLDecodeError) as syntax:
        tomllib.loads("a = ")
    assert said(path) == f"{path}: not TOML: {syntax.value}"


def test_what_a_document_says_of_itself(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(
        TEXT.replace('decimal = "."', 'url = "https://x.eu"\npublished = 2023-11-28\n'
                     'quotes = ["final-2023"]\nnote = "n"'), encoding="utf-8",
    )  # fmt: skip
    (claim,) = read_claims(str(path))
    assert claim.document == Document(
        "A page", "https://x.eu", "2023-11-28", str(path), "", ("final-2023",)
    )  # fmt: skip
    assert claim.line == 8
    path.write_text(CLAIM, encoding="utf-8")
    assert read_claims(path)[0].document == Document(str(path), path=str(path))
    assert read_claims(path)[0].line == 1
