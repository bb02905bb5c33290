"""Templates fill in fields, and can do nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import PackInvalid
from campaign.packs import wording

VALUES: wording.Values = {
    "recipient": {"short": "Senator Daines", "committees": ""},
    "constituent": {"city": "Absarokee", "name": "Ani O’Neil"},
    "date": "June 15, 2026",
}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Plain text.", "Plain text."),
        ("To {{ recipient.short }}.", "To Senator Daines."),
        ("On {{ date }}", "On June 15, 2026"),
        ("{{ constituent.city | upper }}", "ABSAROKEE"),
        ("{{ recipient.committees | default('no committee') }}", "no committee"),
        ("{% if recipient.committees %}On one.{% else %}On none.{% endif %}", "On none."),
        ("{{ 'A' if date == 'June 15, 2026' else 'B' }}", "A"),
        ("100% {sure} #1", "100% {sure} #1"),
    ],
)
def test_fields_conditions_and_a_few_filters_work(template: str, said: str) -> None:
    assert wording.render(template, VALUES) == said


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ recipient.__class__ }}",
        "{{ recipient.short.__class__.__mro__ }}",
        "{{ recipient['short'] }}",
        "{{ recipient.items() }}",
        "{{ recipient.items }}",
        "{{ recipient.short.upper() }}",
        "{{ recipient|attr('__class__') }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%s' % date }}",
        "{{ date ~ date }}",
        "{{ [date] }}",
        "{{ {'a': date} }}",
        "{{ date[0] }}",
        "{{ date is defined }}",
        "{{ date | center(1000000000) }}",
        "{{ date | map('upper') | list }}",
        "{{ date | pprint }}",
        "{% for c in date %}{{ c }}{% endfor %}",
        "{% for a in date %}" * 3 + "x" + "{% endfor %}" * 3,
        "{% set x = date %}{{ x }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% filter upper %}x{% endfilter %}",
        "{% raw %}{{ date }}",
        "{{ ",
        "{{ }}",
        "{{ nobody }}",
        "{{ recipient.nothing }}",
        "{{ recipient.short.nothing }}",
        "{{ " + "(" * 5000 + "date" + ")" * 5000 + " }}",
        "{{ date" + " | upper" * 2000 + " }}",
        "{% if date %}" * 1000 + "x" + "{% endif %}" * 1000,
        "x" * 20_001,
    ],
)  # fmt: skip
def test_anything_else_is_refused_at_once(template: str) -> None:
    begun = time.process_time()

    with pytest.raises(PackInvalid):
        wording.render(template, VALUES)

    assert time.process_time() - begun < 2


def test_values_are_not_templates() -> None:
    said = wording.render("{{ date }}", {"date": "{{ 7 * 7 }} {% raw %} $x$"})

    assert said == "{{ 7 * 7 }} {% raw %} $x$"


def test_an_endless_output_is_cut_off() -> None:
    with pytest.raises(PackInvalid, match="longer than 60,000"):
        wording.render("{{ date }}" * 100, {"date": "x" * 1000})


class _Acting(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise AssertionError


@pytest.mark.parametrize("value", [7, None, ["a"], {"a": 1}, {1: "a"}, object(), _Acting("a")])
def test_only_strings_and_dicts_of_strings_go_in(value: object) -> None:
    with pytest.raises(TypeError):
        wording.render("{{ date }}", {"date": value})  # type: ignore[dict-item]


def test_fields_are_listed_with_their_lines() -> None:
    found = wording.fields("{{ recipient.short }}\nand {{ date | upper }}\n{{ a.b.c }}")

    assert [(field.name, field.line) for field in found] == [
        ("recipient.short", 1),
        ("date", 2),
        ("a.b.c", 3),
    ]


def test_a_refusal_names_the_line_in_the_template() -> None:
    with pytest.raises(PackInvalid) as refused:
        wording.fields("Good.\nGood.\n{{ date * 3 }}")

    assert refused.value.problems[0].line == 3


@given(st.text(alphabet="{}%#|.()[]'\"ab_ \n*~", max_size=60))
def test_any_template_renders_or_is_refused(template: str) -> None:
    try:
        said = wording.render(template, {"a": "x", "b": {"a": "y"}})
    except PackInvalid:
        return
    assert "_" not in said or "_" in template
    assert "<" not in said


@given(st.text(max_size=300).filter(lambda text: "{" not in text))
def test_text_without_braces_stands_verbatim(text: str) -> None:
    assert wording.render(text, VALUES) == text
