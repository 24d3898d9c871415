"""Printed numbers: a table of every form, and properties that hold for all of them."""

import math
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sme_stats.claims.digits import parse_digits
from sme_stats.claims.phrases import MAGNITUDES, WORDS
from sme_stats.claims.printed import parse_printed
from sme_stats.errors import ClaimError

#: Text, kind, lower and upper of the rounded reading.
FORMS = [
    # percent
    ("58 %", "percent", 57.5, 58.5), ("58%", "percent", 57.5, 58.5),
    ("58%.", "percent", 57.5, 58.5),
    ("58 percent", "percent", 57.5, 58.5), ("58 per cent", "percent", 57.5, 58.5),
    ("58 % of", "percent", 57.5, 58.5), ("58.3 %", "percent", 58.25, 58.35),
    ("0.1 %", "percent", 0.05, 0.15), ("99.8%", "percent", 99.75, 99.85),
    ("0 %", "percent", -0.5, 0.5),
    ("60 %", "percent", 59.5, 60.5), ("100%", "percent", 99.5, 100.5),
    ("1.234%", "percent", 1.2335, 1.2345),
    # decimal comma
    ("0,1 %", "percent", 0.05, 0.15), ("63,7%", "percent", 63.65, 63.75),
    ("0,164 %", "percent", 0.1635, 0.1645),
    # negative and points
    ("-2.5 %", "percent", -2.55, -2.45), ("−2.5 %", "percent", -2.55, -2.45),
    ("+2.5 %", "percent", 2.45, 2.55), ("- 5%", "percent", -5.5, -4.5),
    ("1.5 percentage points", "points", 1.45, 1.55), ("1 percentage point", "points", 0.5, 1.5),
    ("-0.5 pp", "points", -0.55, -0.45),
    # plain numbers and thousands: en, de, fr, it, es, pl, Swiss
    ("3,746,000", "number", 3745500, 3746500), ("3.746.123", "number", 3746122.5, 3746123.5),
    ("265 802", "number", 265801.5, 265802.5), ("265\u00a0802", "number", 265801.5, 265802.5),
    ("265\u202f802", "number", 265801.5, 265802.5), ("265\u2009802", "number", 265801.5, 265802.5),
    ("1'234'567", "number", 1234566.5, 1234567.5),
    ("1\u2019234\u2019567", "number", 1234566.5, 1234567.5),
    ("−1 265 802", "number", -1265802.5, -1265801.5), ("1,234.5", "number", 1234.45, 1234.55),
    ("1.234,5", "number", 1234.45, 1234.55), ("1 234,5", "number", 1234.45, 1234.55),
    ("1 234.5", "number", 1234.45, 1234.55), ("5250", "number", 5245, 5255),
    ("7", "number", 6.5, 7.5),
    # magnitudes
    ("25 million", "number", 24.5e6, 25.5e6), ("24.5 million", "number", 24.45e6, 24.55e6),
    ("24,5 Mio.", "number", 24.45e6, 24.55e6), ("3.2bn", "number", 3.15e9, 3.25e9),
    ("12 thousand", "number", 11500, 12500), ("12k", "number", 11500, 12500),
    ("1.2 trillion", "number", 1.15e12, 1.25e12), ("25 Millions", "number", 24.5e6, 25.5e6),
    # currencies
    ("EUR 3.5 billion", "money", 3.45e9, 3.55e9), ("€3.5bn", "money", 3.45e9, 3.55e9),
    ("3,5 Mrd. €", "money", 3.45e9, 3.55e9), ("3.5 billion euros", "money", 3.45e9, 3.55e9),
    ("USD 2 million", "money", 1.5e6, 2.5e6), ("£1.2m", "money", 1.15e6, 1.25e6),
    ("US$1.2m", "money", 1.15e6, 1.25e6),
    # n out of N, fractions
    ("7 out of 10", "percent", 65, 75), ("7 of 10", "percent", 65, 75),
    ("seven in ten", "percent", 65, 75),
    ("9 out of every 10", "percent", 85, 95), ("99 out of 100", "percent", 98.5, 99.5),
    ("3 in 4", "percent", 75 - 5 / 3, 75 + 5 / 3), ("two out of three", "percent", 65, 205 / 3),
    ("two thirds", "percent", 65, 205 / 3), ("two-thirds", "percent", 65, 205 / 3),
    ("half", "percent", 50 - 5 / 3, 50 + 5 / 3), ("a quarter", "percent", 25 - 5 / 3, 25 + 5 / 3),
    ("four fifths", "percent", 80 - 5 / 3, 80 + 5 / 3),
    # words that move an end
    ("almost 24.5 million", "number", 24.4e6, 24.5e6), ("nearly 60 %", "percent", 55, 60),
    ("close to 58%", "percent", 57, 58), ("just under 0.2 %", "percent", 0.18, 0.2),
    ("just over 58 %", "percent", 58, 59), ("around 58%", "percent", 57, 59),
    ("~58%", "percent", 57, 59),
    ("~ 58%", "percent", 57, 59), ("about 60%", "percent", 55, 65),
    ("ca. 3.5 billion", "number", 3.4e9, 3.6e9),
    ("more than 50 %", "percent", 50, math.inf), ("more than half", "percent", 50, math.inf),
    ("over 99 %", "percent", 99, math.inf), ("at least 25 million", "number", 25e6, math.inf),
    ("less than half", "percent", 0, 50), ("up to 40%", "percent", 0, 40),
    ("fewer than 10", "number", 0, 10), ("almost two thirds", "percent", 185 / 3, 200 / 3),
    ("just 0.1%", "percent", 0.05, 0.15), ("only 58 %", "percent", 57.5, 58.5),
    ("a total of 24.5 million", "number", 24.45e6, 24.55e6), ("around 0 %", "percent", -1, 1),
    # words before a negative number: nearly -2 lies towards zero
    ("almost -2 %", "percent", -2, -1.8), ("just over -2 %", "percent", -2.2, -2),
    ("around -2 %", "percent", -2.2, -1.8), ("less than -5 %", "percent", -math.inf, -5),
    ("more than -5 %", "percent", -5, math.inf),
    # German, French, Italian, Spanish, Polish
    ("58 Prozent", "percent", 57.5, 58.5), ("25 Millionen", "number", 24.5e6, 25.5e6),
    ("3,5 Milliarden Euro", "money", 3.45e9, 3.55e9), ("fast 60 Prozent", "percent", 55, 60),
    ("mehr als die Hälfte", "percent", 50, math.inf), ("7 von 10", "percent", 65, 75),
    ("zwei Drittel", "percent", 65, 205 / 3), ("58 pour cent", "percent", 57.5, 58.5),
    ("24,5 millions", "number", 24.45e6, 24.55e6), ("près de 58 %", "percent", 57, 58),
    ("plus de la moitié", "percent", 50, math.inf), ("7 sur 10", "percent", 65, 75),
    ("1,2 milliard", "number", 1.15e9, 1.25e9), ("58 per cento", "percent", 57.5, 58.5),
    ("25 milioni", "number", 24.5e6, 25.5e6), ("circa 58%", "percent", 57, 59),
    ("oltre 25 milioni", "number", 25e6, math.inf), ("due terzi", "percent", 65, 205 / 3),
    ("58 por ciento", "percent", 57.5, 58.5), ("25 millones", "number", 24.5e6, 25.5e6),
    ("3 mil millones de", "number", 2.5e9, 3.5e9), ("casi 58 %", "percent", 57, 58),
    ("más de la mitad", "percent", 50, math.inf), ("7 de cada 10", "percent", 65, 75),
    ("58 procent", "percent", 57.5, 58.5), ("25 mln", "number", 24.5e6, 25.5e6),
    ("1,2 tys.", "number", 1150, 1250), ("ponad połowa", "percent", 50, math.inf),
    ("około 58%", "percent", 57, 59), ("7 na 10", "percent", 65, 75),
    ("1,5 punktów procentowych", "points", 1.45, 1.55),
    # ranges
    ("50-60 %", "percent", 49.5, 60.5), ("50–60 %", "percent", 49.5, 60.5),
    ("50% to 60%", "percent", 49.5, 60.5),
    ("50% to 60", "percent", 49.5, 60.5), ("between 50 and 60%", "percent", 49.5, 60.5),
    ("from 2.5 to 3.5 million", "number", 2.45e6, 3.55e6), ("-5 to -3 %", "percent", -5.5, -2.5),
    ("€1.5–2.5 billion", "money", 1.45e9, 2.55e9),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "lower", "upper"), FORMS)
def test_forms(text, kind, lower, upper):
    printed = parse_printed(text)
    assert printed.text == text and printed.kind == kind
    assert (printed.lower, printed.upper) == pytest.approx((lower, upper), rel=1e-12)
    assert printed.readings[0].name == "rounded"


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("60%", {"rounded": (59.5, 60.5), "truncated": (60, 61), "trailing zero not meant": (55,
        65)}),
        ("0.1%", {"rounded": (0.05, 0.15), "truncated": (0.1, 0.2)}),
        ("58%", {"rounded": (57.5, 58.5), "truncated": (58, 59)}),
        ("-58%", {"rounded": (-58.5, -57.5), "truncated": (-59, -58)}),
        ("60.0%", {"rounded": (59.95, 60.05), "truncated": (60, 60.1)}),
        ("20 million", {"rounded": (19.5e6, 20.5e6), "truncated": (20e6, 21e6),
                        "trailing zero not meant": (15e6, 25e6)}),
        ("25 million", {"rounded": (24.5e6, 25.5e6), "truncated": (25e6, 26e6)}),
        ("0%", {"rounded": (-0.5, 0.5), "truncated": (0, 1)}),
        ("7 out of 10", {"rounded": (65, 75)}),
        ("almost 60%", {"rounded": (55, 60)}),
        ("50-60%", {"rounded": (49.5, 60.5)}),
    ],
)  # fmt: skip
def test_readings(text, readings):
    found = {r.name: (r.lower, r.upper) for r in parse_printed(text).readings}
    assert set(found) == set(readings)
    for name, ends in readings.items():
        assert found[name] == pytest.approx(ends)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("point", "comma"), [("1.234", "1,234"), ("25.908", "25,908")])
def test_two_readings_are_an_error_that_names_both(sign, point, comma):
    for text in (sign + point, sign + comma):
        with pytest.raises(ClaimError) as error:
            parse_printed(text)
        assert f"is {point} or {comma}" in str(error.value)
        assert 'decimal = "." or ","' in str(error.value)
    grouped = float(comma.replace(",", ""))
    factor = -1 if sign else 1
    assert parse_printed(sign + point, ".").value == factor * float(point)
    assert parse_printed(sign + point, ",").value == factor * grouped
    assert parse_printed(sign + comma, ".").value == factor * grouped
    assert parse_printed(sign + comma, ",").value == factor * float(point)


def test_a_decimal_mark_that_the_document_does_not_use():
    with pytest.raises(ClaimError, match="uses ',' as a decimal mark"):
        parse_printed("58,3 %", ".")
    with pytest.raises(ClaimError, match=r"does not use '\.' as its decimal mark"):
        parse_printed("1.234,5", ".")
    assert parse_printed("1.234,5", ",").value == 1234.5


@pytest.mark.parametrize(
    "text",
    ["", " ", "million", "%", "EUR", "many", "58 apples", "1e5", "nan", "inf", "1/3", "58 ‰", "²",
     "5²",
     "10 out of 7", "0 out of 10", "x out of 10", "1.234,567.8", "1,23,456", "12 34", "1.2.3",
     "1,", ".5",
     "60-50 %", "50-50%", "1-2-3", "58 million billion", "1 234 567,8,9", "--5", "5 %%", "x" * 201,
     58, 58.0, None, ["58%"], True],
)  # fmt: skip
def test_what_cannot_be_read_is_one_error_that_shows_it(text):
    with pytest.raises(ClaimError) as error:
        parse_printed(text)
    message = str(error.value)
    assert "\n" not in message and len(message) < 400
    assert str(text)[:20] in message.replace("\\", "") or "printed number" in message


def test_no_word_is_listed_twice_and_every_word_is_read():
    phrases = [phrase for group in WORDS.values() for phrase in group]
    assert len(set(phrases)) == len(phrases)
    for kind, group in WORDS.items():
        for phrase in group:
            printed = parse_printed(f"{phrase} 58 %")
            ends = {"below": (57, 58), "above": (58, 59), "around": (57, 59), "least": (58,
            math.inf),
                    "most": (0, 58), "exact": (57.5, 58.5)}[kind]  # fmt: skip
            assert (printed.lower, printed.upper) == ends, phrase


@pytest.mark.parametrize(("word", "factor"), sorted(MAGNITUDES.items()))
def test_every_magnitude_multiplies(word, factor):
    assert parse_printed(f"58 {word}").value == 58 * factor


# -- properties

decimals = st.integers(0, 4)
values = st.decimals(-99999, 99999, places=6, allow_nan=False, allow_infinity=False)
amounts = st.decimals(Decimal("0.1"), 99999, places=3)
SEPARATORS = {
    "en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "it": (".", ","),
    "es": ("\u00a0", ","), "pl": (" ", ","), "ch": ("\u2019", "."),
}  # fmt: skip


def written(value, places, language, sign="-"):
    """A number as a language prints it."""
    group, mark = SEPARATORS[language]
    text = f"{abs(value):,.{places}f}"
    text = text.replace(",", "G").replace(".", mark).replace("G", group)
    return (sign if value < 0 else "") + text


@given(values, decimals, st.sampled_from(sorted(SEPARATORS)), st.sampled_from(["-", "−"]))
def test_what_a_language_prints_holds_the_value_printed(value, places, language, sign):
    rounded = round(value, places)
    text = written(rounded, places, language, sign)
    printed = parse_printed(text + " million", SEPARATORS[language][1])
    inside = float(value * 10**6)
    slack = 1e-9 * max(1.0, abs(inside))
    assert printed.lower - slack <= inside <= printed.upper + slack
    assert printed.value == pytest.approx(float(rounded * 10**6))


@given(values, decimals)
def test_the_interval_holds_the_number_itself(value, places):
    for text in (f"{value:.{places}f}%", f"around {value:.{places}f}%"):
        printed = parse_printed(text, ".")
        assert printed.lower <= printed.value < printed.upper
        for reading in printed.readings:
            assert reading.lower <= printed.value <= reading.upper
            assert reading.lower < reading.upper


@given(values, st.integers(0, 3))
def test_a_digit_more_is_an_interval_of_a_tenth(value, places):
    coarse = parse_printed(f"{value:.{places}f}%", ".")
    fine = parse_printed(f"{value:.{places + 1}f}%", ".")
    assert fine.upper - fine.lower == pytest.approx((coarse.upper - coarse.lower) / 10, rel=1e-6)


@given(st.integers(1, 9_999_999_999))
def test_a_number_printed_in_full_means_its_last_digit_that_is_not_zero(number):
    assume(number >= 1000)
    printed = parse_printed(f"{number:,}", ".")
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    assert printed.upper - printed.lower == pytest.approx(10.0**zeros)
    assert printed.value == number


@given(st.integers(1, 100), st.integers(1, 100))
def test_n_out_of_many_is_half_a_step_each_way(part, whole):
    assume(part <= whole)
    printed = parse_printed(f"{part} out of {whole}")
    half = 50 / whole if whole >= 10 else 5 / 3
    assert printed.value == pytest.approx(100 * part / whole)
    assert (printed.lower, printed.upper) == pytest.approx(
        (printed.value - half, printed.value + half)
    )


@given(amounts, amounts)
def test_a_range_reaches_half_a_digit_beyond_both_ends(one, other):
    low, high = sorted((one, other))
    assume(low < high)
    printed = parse_printed(f"{low:.3f} to {high:.3f} %", ".")
    assert (printed.lower, printed.upper) == pytest.approx(
        (float(low - Decimal("0.0005")), float(high + Decimal("0.0005")))
    )


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        printed = parse_printed(text)
    except ClaimError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert printed.lower < printed.upper


@given(st.text(alphabet="0123456789.,' -+", max_size=14), st.sampled_from(["", ".", ","]))
def test_any_digits_are_read_or_refused(token, decimal):
    try:
        digits = parse_digits(token, token, decimal)
    except ClaimError:
        return
    assert digits.unit > 0 and digits.significant >= digits.unit
    assert abs(digits.value) / digits.significant == pytest.approx(
        round(abs(digits.value) / digits.significant)
    )


@pytest.mark.parametrize("text", ["1.2\u2019346,734", "1\u201920.,34", "12.3 456,7 million"])
def test_thousands_by_two_marks_at_once_are_refused(text):
    """Found by fuzzing: these ended in an error of the decimal module."""
    with pytest.raises(ClaimError, match="two marks at once"):
        parse_printed(text)
