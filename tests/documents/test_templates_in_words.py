"""Templates over a few cells: every number printed or refused, every refusal word by word."""

from dataclasses import replace

import pytest

from sme_stats.claims.documents import render as rendering
from sme_stats.claims.documents.numbers import Number
from sme_stats.claims.documents.render import render, render_file
from sme_stats.claims.documents.update import plan_update
from sme_stats.claims.space import Space
from sme_stats.errors import InputError, NotAvailableError, UsageError, WithheldError
from sme_stats.frame import concat

SBS = {"dataset": "sbs_sc_ovw", "nace": "B-S_X_O_S94", "vintage": "2026-03-10"}
CELLS = [
    ({"0-9": 60, "10-249": 30, "GE250": 10, "TOTAL": (100, "p")}, {"measure": "enterprises",
    "indic": "ENT_NR"}),
    ({"0-9": 120, "10-249": None, "GE250": None, "TOTAL": 1_000_000}, {"indic": "EMP_NR"}),
    ({"TOTAL": 2.5}, {"measure": "turnover", "indic": "NETTUR_MEUR", "unit": "MEUR"}),
]  # fmt: skip


@pytest.fixture
def space(cells):
    return Space([concat([cells(content, **(SBS | fields)) for content, fields in CELLS])])


SHARE = "share('enterprises', 'SME', geo='DE', year=2023)"
JOBS = "level('persons_employed', geo='DE', year=2023)"
FIRMS = "level('enterprises', geo='DE', year=2023)"
HELD = "level('persons_employed', '10-249', geo='DE', year=2023)"
MONEY = "level('turnover', geo='DE', year=2023)"
AVERAGE = "average(geo='DE', year=2023)"


def printed(space, text, **options):
    return render(text, space, **options).split("\n\nSource:")[0]


@pytest.mark.parametrize(("expression", "text"), [
    (f"{SHARE} | percent(1)", "90.0 %"), (f"{SHARE} | percent", "90 %"), (SHARE, "90.00 %"),
    (f"{JOBS} | number", "1,000,000"), (f"{JOBS} | millions(1)", "1.0 million"),
    (f"{JOBS} | millions", "1 million"), (f"{MONEY} | millions(1)", "2.5 million"),
    (f"{MONEY} | number", "2,500,000"), (f"{FIRMS} | number", "100"),
    (f"{AVERAGE} | number(2)", "10,000.00"),
    (f"{SHARE}.geo", "DE"), (f"{SHARE}.year", "2023"), (f"{SHARE}.value", "90.0"),
    (f"{FIRMS}.flag", "p"),
    ("'a' | upper", "A"), ("5", "5"), ("['x', 'y'][1]", "y"), ("{'a': 'b'}['a']", "b"),
    (f"{SHARE} | percent | marked", "[90 %]{.sme measure=enterprises size=0-249 geo=DE year=2023 "
                                    "statistic=share}"),
])  # fmt: skip
def test_what_a_template_prints(space, expression, text):
    assert printed(space, f"{{{{ {expression} }}}}") == text


def test_loops_marks_of_html_and_a_comma(space):
    body = "{{ loop.index }}{{ g }}{% if not loop.last %};{% endif %}"
    assert printed(space, "{% for g in ['DE', 'DE'] %}" + body + "{% endfor %}") == "1DE;2DE"
    assert printed(space, f"{{{{ {SHARE} | percent(1) }}}}", decimal=",") == "90,0 %"
    assert printed(space, f"{{{{ {JOBS} | number }}}}", decimal=",") == "1.000.000"
    html = printed(space, f"{{{{ {SHARE} | percent | marked('html') }}}}")
    assert html.endswith(">90 %</span>") and 'data-sme="measure=enterprises size=0-249' in html


FOOT = "Source: Eurostat, © European Union, CC BY 4.0."
LINE = "sbs_sc_ovw, vintage 2026-03-10: {}, Germany 2023"
SHARE_LINE = LINE.format("share of SMEs (0-249) in enterprises") + "; provisional"


def test_the_footnote(space):
    text = f"{{{{ {SHARE} | percent }}}}\n\n"
    assert render(text * 2, space) == f"90 %\n\n90 %\n\n{FOOT}\n{SHARE_LINE}\n"
    jobs = LINE.format("persons employed")
    assert render(
        f"{{{{ sources() }}}}|{{{{ {SHARE} | percent }}}}{{{{ {JOBS} | number }}}}", space
    ) == (f"{FOOT}\n{jobs}\n{SHARE_LINE}|90 %1,000,000")
    assert render("no number\n", space) == "no number\n"


SAID = "persons employed of class 10-249"
#: Template, kind of error, and what is said behind its line.
REFUSED = [
    ("{{ 5 + 5 }}", InputError, "a template cannot use arithmetic"),
    ("{{ 'a' ~ 'b' }}", InputError, "a template cannot use joining with ~"),
    ("{% include 'x' %}", InputError, "a template cannot use include"),
    ("{% import 'x' as y %}", InputError, "a template cannot use import"),
    ("{% extends 'x' %}", InputError, "a template cannot use extends"),
    ("{% macro a() %}{% endmacro %}", InputError, "a template cannot use macro"),
    ("{% set a %}x{% endset %}", InputError, "a template cannot use set … endset"),
    ("{% filter upper %}x{% endfilter %}", InputError, "a template cannot use filter … endfilter"),
    ("{% block a %}{% endblock %}", InputError, "a template cannot use block"),
    ("{{ [share] }}", InputError, "lists hold texts and numbers as written"),
    (f"{{{{ '{'x' * 1001}' }}}}", InputError, "texts have at most 1000 characters"),
    ("{% for a in [1] recursive %}{% endfor %}", InputError, "loops nest at most 3 deep"),
    ("{% for a in [1] %}" * 4 + "{% endfor %}" * 4, InputError, "loops nest at most 3 deep"),
    ("{{ '' .__class__ }}", InputError, "'__class__' is no attribute that a template can read"),
    (f"{{{{ {SHARE}.evidence }}}}", InputError,
    "'evidence' is no attribute that a template can read"),
    (f"{{{{ {SHARE}['decimal'] }}}}", InputError,
    "'decimal' is no attribute that a template can read"),
    ("{% for a in [1] %}{{ loop.cycle }}{% endfor %}", InputError,
     "'cycle' is no attribute that a template can read"),
    ("{{ [1, 2] }}", InputError, "only texts and numbers are printed"),
    ("{{ shares }}", InputError,
    "'shares' is undefined; a template has share, level, rate, average and "
                                 "sources"),
    ("{{ 5 | percent }}", InputError,
    "percent() prints a number of share(), level(), rate() or average()"),
    ("{{ 5 | marked }}", InputError,
    'marked() follows percent(), number() or millions(): marked("html")'),
    (f"{{{{ {SHARE} | percent | marked('word') }}}}", InputError,
     'marked() follows percent(), number() or millions(): marked("html")'),
    (f"{{{{ {SHARE} | percent(7) }}}}", InputError,
    "percent(7): digits is a whole number from 0 to 6"),
    (f"{{{{ {SHARE} | percent(-1) }}}}", InputError,
    "percent(-1): digits is a whole number from 0 to 6"),
    (f"{{{{ {SHARE} | percent('1') }}}}", InputError,
    "percent('1'): digits is a whole number from 0 to 6"),
    (f"{{{{ {JOBS} | percent }}}}", InputError,
    "persons employed, Germany 2023 is no percentage: use "
                                                "number()"),
    (f"{{{{ {SHARE} | number }}}}", InputError,
    "share of SMEs (0-249) in enterprises, Germany 2023 is no "
                                                "count: use percent()"),
    ("{{ share('enterprises', 'SME', geo='FR', year=2023) }}", NotAvailableError,
     "the tables at hand have no share of enterprises, size 0-249, in FR"),
    ("{{ share('turnovr', 'SME') }}", InputError,
    "measure = 'turnovr' is not valid; did you mean turnover?"),
]  # fmt: skip


@pytest.mark.parametrize(("template", "kind", "said"), REFUSED)
def test_a_template_is_refused_in_these_words(space, template, kind, said):
    with pytest.raises(kind) as refused:
        render(f"first line\n{template}", space, name="t.md")
    assert type(refused.value) is kind and str(refused.value) == f"t.md:2: {said}"


@pytest.mark.parametrize(("how", "said"), [
    ("", "as one number without percent(), number() or millions()"), (" | number", "by number(0)"),
    (" | millions(2)", "by millions(2)"),
])  # fmt: skip
def test_a_withheld_number_is_not_printed(space, how, said):
    with pytest.raises(WithheldError) as refused:
        render(f"{{{{ {HELD}{how} }}}}", space)
    who = "small and medium enterprises without micro (10-249)"
    limits = "between 300 and 7,470"
    assert str(refused.value) == (
        f"the template:1: persons employed of {who}, Germany 2023 rests on withheld cells: "
        f"{limits}; it "
        f"cannot be printed {said}"
    )


def test_bounds_of_templates(space, monkeypatch):
    def said(template):
        with pytest.raises(InputError) as refused:
            render(template, space, name="t")
        return str(refused.value)

    monkeypatch.setattr(rendering, "MOST_TEMPLATE", 3)
    assert render("abc", space) == "abc"
    assert said("abcd") == "t is larger than a template can be (0 MB)"
    monkeypatch.undo()
    monkeypatch.setattr(rendering, "MOST_OUTPUT", 3)
    assert render("abc", space) == "abc"
    assert said("abcd") == "t: it writes more than 0 MB"
    monkeypatch.undo()
    monkeypatch.setattr(rendering, "MOST_STEPS", 260)
    assert printed(space, f"{{{{ {SHARE} | percent }}}}" * 2) == "90 %90 %"
    assert said(f"{{{{ {SHARE} }}}}" * 3) == "t:1: it takes more than 260 steps (250 a number)"


def test_the_template_of_a_file(space, tmp_path):
    path = tmp_path / "t.md"
    path.write_text(f"{{{{ {SHARE} | percent(1) }}}}", encoding="utf-8")
    assert render_file(path, ",", space).startswith("90,0 %\n\n")
    path.write_text("{{", encoding="utf-8")
    with pytest.raises(InputError, match=rf"^{path}:1: "):
        render_file(str(path), space=space)


def test_rounded_numbers_are_printed_to_what_they_vouch_for(space):
    (ten,) = space.find("share", "enterprises", "GE250", "DE", 2023)

    def of(value, **fields):
        ends = {"lower": value, "upper": value} | fields
        return Number(replace(ten, value=value, **ends))

    found = of(57.5, lower=57.0, upper=58.0)
    with pytest.raises(
        WithheldError, match=r" is published rounded: 57\.50 % \(between 57\.00 % and 58"
    ):
        found.percent(1)
    assert of(57.9, lower=57.6, upper=58.2).percent() == "58 %"
    assert of(12.5, unit="THS").number() == "12,500"
    assert of(2500.0, unit="KEUR").millions(1) == "2.5 million"
    assert of(5.0, unit="EUR").number() == "5" and of(5.5, unit="PERS_PER_ENT").number(1) == "5.5"
    with pytest.raises(UsageError):
        of(5.0, unit="PERS").number()
    assert of(5.0, age="Y1").mark() == {
        "measure": "enterprises", "size": "GE250", "geo": "DE", "year": "2023",
        "statistic": "share",
        "age": "Y1",
    }  # fmt: skip


MARK = "{.sme measure=enterprises size=GE250 geo=DE year=2023}"
#: Printed number, and what it becomes or why it does not.
STALE = [
    ("[9 %]", "10 %", ""), ("[8.5 %]", "10.0 %", ""), ("[**9** %]", "10 %", ""),
    ("[around 5 %]", "around 10 %", ""),
    ("[2 out of 10]", "1 out of 10", ""),
    ("[a third]", "", "'a third' is written in words: rewrite it by hand"),
    ("[5 to 6 %]", "", "'5 to 6 %' has more than one number: rewrite it by hand"),
    ("[9 pp]", "", "the tables at hand have no change of enterprises, size GE250, in DE"),
    ("[more than 20 %]", "more than 10 %", ""),
    ("[<b>2</b>0 %]", "", "its digits are split by markup"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), STALE)
def test_stale_numbers(space, tmp_path, old, new, reason):
    path = tmp_path / "r.md"
    path.write_text(f"x {old}{MARK} y", encoding="utf-8")
    plan = plan_update(path, space)
    (change,) = plan.changes
    if old == "[9 pp]":
        assert change.new == "" and change.reason.startswith("no table at hand has enterprises")
        return
    assert (change.new, change.reason) == (new, reason)
    assert plan.writable is bool(new)
    plan.write()
    text = path.read_text(encoding="utf-8")
    if new:
        digits = new.split()[-2] if "%" in new else "1"
        assert text == f"x {old}{MARK} y".replace(
            {"[9 %]": "9", "[8.5 %]": "8.5", "[**9** %]": "9", "[around 5 %]": "5",
             "[2 out of 10]": "2", "[more than 20 %]": "20"}[old], digits, 1)  # fmt: skip
        assert plan.diff().startswith(f"--- {path}\n+++ {path}\n@@ -1 +1 @@\n-x {old}")
        assert plan.diff().count("\\ No newline at end of file\n") == 2
        assert plan_update(path, space).changes == ()
    else:
        assert text == f"x {old}{MARK} y" and plan.diff() == ""
