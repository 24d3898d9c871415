"""Words around printed numbers in English, German, French, Italian, Spanish and Polish.

What means different amounts in two of these languages is left to English (``billion``), or left
out; what is the same word with the same meaning stands once.
"""

from __future__ import annotations

#: Multipliers that stand behind a number.
MAGNITUDES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "m": 1e6, "mio": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "mrd": 1e9, "trillion": 1e12, "tn": 1e12,
    "tausend": 1e3, "millionen": 1e6, "milliarde": 1e9, "milliarden": 1e9, "billionen": 1e12,
    "mille": 1e3, "milliard": 1e9, "milliards": 1e9, "md": 1e9,
    "mila": 1e3, "milione": 1e6, "milioni": 1e6, "mln": 1e6, "miliardo": 1e9, "miliardi": 1e9,
    "mld": 1e9, "mil": 1e3, "millón": 1e6, "millones": 1e6, "mil millones": 1e9, "billones": 1e12,
    "tysiąc": 1e3, "tysiące": 1e3, "tysięcy": 1e3, "tys": 1e3, "milion": 1e6, "miliony": 1e6,
    "milionów": 1e6, "miliona": 1e6, "miliard": 1e9, "miliardy": 1e9, "miliardów": 1e9,
}  # fmt: skip

#: Words before a number, and the ends they give. ``unit`` is one unit of the last digit printed;
#: where the number ends in zeros, half a unit of its last digit that is not zero; never more than
#: a tenth of the number.
WORDS = {
    "below": (
        "almost", "nearly", "close to", "just under", "just below", "approaching", "fast", "knapp",
        "beinahe", "presque", "près de", "quasi", "casi", "cerca de", "prawie", "niemal",
    ),
    "above": (
        "just over", "slightly more than", "just above", "a little over", "etwas mehr als",
        "gut", "un peu plus de", "poco più di", "poco más de", "nieco ponad",
    ),
    "around": (
        "around", "about", "roughly", "some", "approximately", "circa", "ca.", "~", "rund", "etwa",
        "ungefähr", "environ", "intorno a", "alrededor de", "aproximadamente", "około", "ok.",
    ),
    "least": (
        "more than", "over", "at least", "above", "upwards of", "exceeding", "mehr als", "über",
        "mindestens", "plus de", "au moins", "più di", "oltre", "almeno", "más de", "al menos",
        "ponad", "więcej niż", "co najmniej",
    ),
    "most": (
        "less than", "under", "fewer than", "at most", "up to", "below", "weniger als", "unter",
        "höchstens", "bis zu", "moins de", "au plus", "jusqu'à", "meno di", "al massimo",
        "menos de", "como máximo", "mniej niż", "najwyżej",
    ),
    "exact": ("just", "only", "exactly", "a total of", "as many as", "nur", "genau", "insgesamt"),
}  # fmt: skip

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
#: Words between the part and the whole of "7 out of 10".
OUT_OF = ("out of", "in", "of", "von", "sur", "su", "de cada", "na")
FRACTIONS = {
    "half": (1, 2), "a half": (1, 2), "one half": (1, 2), "a third": (1, 3), "one third": (1, 3),
    "two thirds": (2, 3), "a quarter": (1, 4), "one quarter": (1, 4), "three quarters": (3, 4),
    "a fifth": (1, 5), "one fifth": (1, 5), "two fifths": (2, 5), "three fifths": (3, 5),
    "four fifths": (4, 5),
    "die hälfte": (1, 2), "ein drittel": (1, 3), "zwei drittel": (2, 3), "ein viertel": (1, 4),
    "drei viertel": (3, 4), "la moitié": (1, 2), "un tiers": (1, 3), "deux tiers": (2, 3),
    "un quart": (1, 4), "trois quarts": (3, 4), "la metà": (1, 2), "un terzo": (1, 3),
    "due terzi": (2, 3), "un quarto": (1, 4), "tre quarti": (3, 4), "la mitad": (1, 2),
    "un tercio": (1, 3), "dos tercios": (2, 3), "tres cuartos": (3, 4), "połowa": (1, 2),
    "jedna trzecia": (1, 3), "dwie trzecie": (2, 3), "trzy czwarte": (3, 4),
}  # fmt: skip
CURRENCIES = {
    "eur": "EUR", "€": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "$": "USD",
    "us$": "USD", "gbp": "GBP", "£": "GBP",
}  # fmt: skip
PERCENT = (
    "%", "percent", "per cent", "pc", "prozent", "pour cent", "per cento", "por ciento", "procent",
)  # fmt: skip
POINTS = (
    "percentage points", "percentage point", "pp", "p.p.", "prozentpunkte", "prozentpunkten",
    "points de pourcentage", "punti percentuali", "puntos porcentuales", "punktów procentowych",
    "punkty procentowe",
)  # fmt: skip
