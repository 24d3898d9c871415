"""Templates: numbers as the data vouch for them, and a sandbox that reaches nothing else."""

import pytest

import sme_stats.claims.documents.render as rendering
from sme_stats.claims.documents.reading import read_document
from sme_stats.claims.documents.render import MOST_TEMPLATE, render
from sme_stats.claims.space import embedded
from sme_stats.claims.verdicts import check, check_one
from sme_stats.errors import InputError, NotAvailableError, WithheldError

DE = 'share("persons_employed", "SME", geo="DE", year=2023)'
EU = 'share("persons_employed", "SME", year=2023)'
FIRMS = 'level("enterprises", year=2023)'
PT = 'share("persons_employed", "SME", geo="PT", year=2021)'


@pytest.fixture(scope="module")
def fill():
    space = embedded()

    def filled(text, **more):
        return render(text, space, name="t.md", **more).partition("\n\nSource:")[0]

    return filled


@pytest.mark.parametrize(("template", "text"), [
    (f"{{{{ {DE} | percent(1) }}}}", "55.2 %"), (f"{{{{ {DE} | percent }}}}", "55 %"),
    (f"{{{{ {DE} }}}}", "55.24 %"), (f"{{{{ {EU} | percent }}}}", "63 %"),
    (f"{{{{ {FIRMS} | millions(1) }}}}", "33.1 million"),
    (f"{{{{ {FIRMS} | millions }}}}", "33 million"),
    (f"{{{{ {FIRMS} | number }}}}", "33,065,522"), (f"{{{{ {FIRMS} }}}}", "33,065,522"),
    ('{{ rate("birth_rate", geo="DE", year=2023) | percent(1) }}', "8.4 %"),
    ('{{ average(year=2023) | number(1) }}', "4.9"),
    ('{{ level("turnover", "SME", geo="DE", year=2023) | millions }}', None),
    (f"{{% set x = {DE} %}}{{{{ x.geo }}}} {{{{ x.year }}}} {{{{ x.size }}}}", "DE 2023 0-249"),
    ('{% for c in ["DE", "FR"] %}{{ loop.index }} {{ share("persons_employed", "SME", geo=c, '
     'year=2023) | percent }}{% if not loop.last %}, {% endif %}{% endfor %}', "1 55 %, 2 54 %"),
    ("{% if true and not false %}{{ 'a' | upper }}{{ {'b': 1}['b'] }}{% endif %}", "A1"),
])  # fmt: skip
def test_what_templates_print(fill, template, text):
    printed = fill(template)
    assert printed == text if text else printed.endswith(" million")


def test_a_decimal_comma(fill):
    assert fill(f"{{{{ {DE} | percent(1) }}}} {{{{ {FIRMS} | number }}}}", decimal=",") == \
        "55,2 % 33.065.522"  # fmt: skip


def test_sources_once_each_at_the_end_or_where_asked():
    text = f"{{{{ {DE} | percent }}}} {{{{ {DE} | percent(1) }}}} {{{{ {FIRMS} | millions }}}}"
    at_end = render(text)
    assert at_end.count("Germany 2023") == 1 and "vintage 2026-03-10: enterprises" in at_end
    assert at_end.startswith("55 % 55.2 % 33 million\n\nSource: Eurostat")
    first = render("{{ sources() }}\n--\n" + text + "\n")
    assert first.startswith("Source: Eurostat") and first.endswith("--\n55 % 55.2 % 33 million\n")
    assert render("no number\n") == "no number\n"


def test_what_is_rendered_with_marks_can_be_checked(file):
    for kind, name in (("markdown", "a.md"), ("html", "a.html")):
        text = render(f'{{{{ {DE} | percent(1) | marked("{kind}") }}}} and '
                      f'{{{{ {FIRMS} | millions | marked("{kind}") }}}} and '
                      '{{ rate("survival", geo="DE", age="Y1") | percent '
                      f'| marked("{kind}") }}}}')  # fmt: skip
        claims = read_document(file(name, text))
        assert [c.printed.text for c in claims[:2]] == ["55.2 %", "33 million"]
        assert {v.verdict for v in check(claims)} == {"holds"}


@pytest.mark.parametrize(("template", "error", "message"), [
    (f"\n{{{{ {PT} | percent }}}}", WithheldError,
     "t.md:2: share of SMEs .* Portugal 2021 rests on withheld cells: between 69.74 % and 93.47 %"),
    (f"{{{{ {PT} }}}}", WithheldError, "as one number"),
    (f"{{{{ {EU} | percent(1) }}}}", WithheldError, "is published rounded: 63.00 % .between 62.50"),
    (f"{{{{ {EU} }}}}", WithheldError, "published rounded"),
    ('{{ share("persons_employed", "SME", geo="XK") | percent }}', NotAvailableError, "have no"),
    ('{{ share("persons_employed", "SMEE") | percent }}', InputError, "did you mean SME"),
    ('{{ share("jobs", "SME") | percent }}', InputError, "t.md:1: measure = 'jobs'"),
    (f"{{{{ {FIRMS} | percent }}}}", InputError, "no percentage"),
    (f"{{{{ {DE} | millions }}}}", InputError, "no count"),
    (f"{{{{ {DE} | percent(9) }}}}", InputError, "whole number from 0 to 6"),
    (f'{{{{ {DE} | percent("1") }}}}', InputError, "whole number"),
    ("{{ 5 | percent }}", InputError, "prints a number of share"),
    ("{{ 5 | marked }}", InputError, "follows percent"),
    ("{{ share('turnover') }}", InputError, "missing 1 required positional argument: 'size'"),
    ("{{ foo }}", InputError, "'foo' is undefined; a template has share"),
    ("{{ foo.bar }}", InputError, "undefined"), ("{{ ", InputError, "t.md:1"),
    ("a\nb\n{% if %}", InputError, "t.md:3"), ("{{ share }}", InputError, "only texts and numbers"),
    ("{{ 1 | nofilter }}", InputError, "No filter named"),
])  # fmt: skip
def test_mistakes_are_one_line_with_the_templates_line(fill, template, error, message):
    with pytest.raises(error, match=message) as raised:
        fill(template)
    assert "\n" not in str(raised.value) and str(raised.value).startswith("t.md:")


ATTACKS = [
    "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ share.__globals__ }}",
    "{{ share.__self__ }}",
    "{{ self.__init__ }}", "{{ self._TemplateReference__context }}", "{{ ''|attr('__class__') }}",
    f"{{{{ {DE}.__class__ }}}}", f"{{{{ {DE}['__dict__'] }}}}", f"{{{{ {DE}.evidence }}}}",
    f"{{{{ ({DE}|percent).number }}}}", "{{ ''.join(['a']) }}", "{{ '%s'.format(1) }}",
    "{% import 'os' as os %}", "{% from 'os' import system %}", "{% include '/etc/passwd' %}",
    "{% extends 'x' %}", "{% block a %}{% endblock %}", "{% macro a() %}{% endmacro %}",
    "{% call share() %}{% endcall %}", "{{ open('/etc/passwd') }}", "{{ cycler }}",
    "{{ lipsum() }}",
    "{{ dict() }}", "{{ range(9) }}", "{{ 9**9**9 }}", "{{ 'a' * 9999999999 }}", "{{ 'a' ~ 'b' }}",
    "{{ 'a' + 'b' }}", "{{ 'a' % 1 }}", "{{ 1 / 0 }}", "{{ 1 - 1 }}", "{{ 7 // 2 }}",
    "{% set a %}x{% endset %}", "{% filter upper %}{% endfilter %}", "{{ ['a'] }}", "{{ {} }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a == a }}", "{{ loop }}",
    "{% for x in 'aaaaaaaaaa' %}{{ loop.cycle }}{% endfor %}", "{{ none }}",
    "{% for x in ['a'] recursive %}{{ loop(x) }}{% endfor %}",
    "{% for a in 'ab' %}" * 4 + "{% endfor %}" * 4, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{% for a in '" + "a" * 900 + "' %}{% for b in '" + "a" * 900 + "' %}{% endfor %}{% endfor %}",
    "{% set a = 'x' %}{% for b in '" + "a" * 900 + "' %}" + "{% if a|upper %}{% endif %}" * 30000
    + "{% endfor %}", "{{ '" + "a" * 1001 + "' | upper }}", "{{ 'a' | title }}",
    "{% for a in '" + "a" * 900 + "' %}{% for b in '" + "a" * 900 + "' %}{{ " + DE + " }}"
    + "{% endfor %}" * 2,
    "{{ [" + "1," * 400_000 + "1] }}", "{% for b in '" + "a" * 900 + "' %}"
    + "{% if b|upper %}{% endif %}" * 1500 + "{% endfor %}",
    "{% for a in '" + "a" * 900 + "' %}" + "a" * 20000 + "{% endfor %}", "{{ " + "9" * 5000 + " }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "x" * (MOST_TEMPLATE + 1),
    "{{ not " * 3000 + "}}", "{% if a %}" * 200 + "{% endif %}" * 200, "{{ share(**self) }}",
    "{% for x in share %}{% endfor %}", "{{ config }}", "{{ 'a' | map }}", "{{ 1[2] }}",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=[a[:30] for a in ATTACKS])
def test_attacks_are_refused_in_a_line(fill, attack, not_run_away):
    with pytest.raises(InputError) as error:
        fill(attack)
    assert "\n" not in str(error.value)


def test_a_template_computes_only_so_many_numbers(fill, monkeypatch):
    asked = []
    monkeypatch.setattr(rendering, "check_one", lambda *a: asked.append(a) or check_one(*a))
    assert fill("{% for a in 'abcdefgh' %}{{ " + DE + " | percent }}{% endfor %}") == "55 %" * 8
    assert len(asked) == 1  # the same number is computed once
    asked.clear()
    monkeypatch.setattr(rendering, "MOST_STEPS", 5 * rendering.NUMBER_STEPS)
    with pytest.raises(InputError, match="takes more than 1,250 steps"):
        fill("{% for c in ['DE', 'FR', 'IT', 'ES', 'AT'] %}{{ share('enterprises', 'SME', geo=c, "
             "year=2023) | percent }}{% endfor %}")  # fmt: skip
    assert len(asked) == 4  # the loop itself counts too


def test_the_command(file, run, tmp_path):
    template, out = file("a.md.j2", f"{{{{ {DE} | percent(1) }}}} é"), tmp_path / "new" / "a.md"
    assert run("render", template, "--out", out)[:2] == (0, f"{out}\n")
    assert out.read_text(encoding="utf-8").startswith("55.2 % é\n\nSource")
    assert '"written"' in run("render --format json --decimal ,", template, "--out", out)[1]
    assert out.read_text(encoding="utf-8").startswith("55,2 %")
    code, _, err = run("render", template, "--out", template)
    assert code == 2 and "the template itself" in err
    code, _, err = run("render", file("b.j2", "{{ ''.__class__ }}"), "--out", tmp_path / "no")
    assert (code, err.count("\n")) == (2, 1) and not (tmp_path / "no").exists()
    assert run("render", file("c.j2", f"{{{{ {PT} | percent }}}}"), "--out", out)[0] == 3
    assert run("render", tmp_path / "none", "--out", out)[0] == 2
