"""Markdown becomes safe HTML; facts become small numbers; what lapses leaves nothing behind."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.packs import markdown

NUMBERS = {"a": 1, "b-2": 12}


def test_a_paragraph_gives_plain_text_and_html_with_numbers_that_lead_to_the_fact_sheet() -> None:
    plain, html = markdown.inline("It *fell* & broke.[^a][^b-2] More.", NUMBERS)

    assert plain == "It fell & broke. More."
    assert html == (
        'It <em>fell</em> &amp; broke.<sup class="fact"><a href="facts#a">1</a>, '
        '<a href="facts#b-2">12</a></sup> More.'
    )


class _Reader(HTMLParser):
    """What a browser would see: tags, and attributes with their values."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.org/track.png)",
        "<svg/onload=alert(1)>",
        "[x](https://example.org 'a\" onclick=\"b')",
        '<https://example.org/"onmouseover=alert(1)>',
        "    <b>code</b>",
        "```html\n<b onclick=x>\n```",
    ],
)
def test_nothing_that_acts_or_loads_survives(text: str) -> None:
    for html in (markdown.page(text, {}), markdown.inline(text, {})[1]):
        reader = _Reader()
        reader.feed(html)
        assert not reader.tags & {"script", "img", "svg", "b"}
        assert {name for name, _ in reader.attributes} <= {"href", "title", "class"}
        assert all(
            value.startswith("https://") for name, value in reader.attributes if name == "href"
        )


@given(st.text(alphabet="<>/=\"'`!&;:#[]()*_\n abjsx", max_size=80))
def test_only_allowed_tags_come_out(text: str) -> None:
    tags = re.findall(r"</?([a-zA-Z0-9]+)", markdown.page(text, {}))

    assert set(tags) <= markdown.PAGE_TAGS


def test_a_page_drops_what_a_lapsed_fact_leaves_empty() -> None:
    body = (
        "## Gone\n\nLapsed.[^x]\n\n### Gone too\n\n- Lapsed.[^x]\n- Lapsed as well.[^x]\n\n"
        "## Kept\n\n### Only a heading\n\nStays.[^a] Lapsed.[^x]\n\n- One.\n- Lapsed.[^x]\n\n"
        "## Last\n\n> Lapsed.[^x]\n"
    )

    html = markdown.page(body, NUMBERS)

    assert html == (
        "<h2>Kept</h2>\n<h3>Only a heading</h3>\n"
        '<p>Stays.<sup class="fact"><a href="facts#a">1</a></sup></p>\n'
        "<ul>\n<li>One.</li>\n</ul>"
    )


def test_a_page_with_nothing_left_is_empty() -> None:
    assert markdown.page("# Title\n\nLapsed.[^x]", {}) == ""


def test_sections_know_their_lines() -> None:
    parts = markdown.sections("Before\nit.\n\n## One\n\nText.\n\n- item\n", "f.md", 10)

    assert [(part.heading, part.level, part.line) for part in parts] == [
        ("", 0, 10),
        ("One", 2, 13),
    ]
    assert [(row.text, row.line) for part in parts for row in part.paragraphs] == [
        ("Before it.", 10),
        ("Text.", 15),
        ("item", 17),
    ]
