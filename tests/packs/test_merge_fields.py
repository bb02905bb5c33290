"""Fields in an organizer's text: each reader's own value, or words for an empty one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import InvalidInput
from campaign.packs import markdown, merge_fields

ADA = {"first_name": "Ada", "last_name": "Lovelace", "state": "Rhode Island", "district": ""}


def test_a_reader_sees_their_own_values() -> None:
    text = "{{ first_name }} {{last_name}}, {{ state|your state }}, {{ district|your district }}"

    merge_fields.check(text, field="body")

    filled = merge_fields.fill(text, ADA, is_markdown=False)
    assert filled == "Ada Lovelace, Rhode Island, your district"


@pytest.mark.parametrize(
    "text",
    [
        "{{ frist_name }}",
        "{{first_name",
        "first_name}}",
        "{{ }}",
        "{{ district }}",
        "{{ state }}",
        "{{ first_name| }}",
        "{% if x %}",
        "*|FNAME|*",
        "[[first_name]]",
        "%%First Name%%",
        "{first_name}",
        "%RECIPIENT%",
        "[a link](https://example.org/{{ first_name }})",
        "https://example.org/?who={{ first_name }}",
        "<mailto:{{ first_name }}>",
    ],
)
def test_what_would_reach_readers_as_it_is_gets_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        merge_fields.check(f"Some words. {text} And more.", field="body")

    assert refused.value.field == "body"


@pytest.mark.parametrize("text", ["100%", "{a}", "a | b", "[x](https://example.org/)", "50%%"])
def test_usual_text_needs_no_field(text: str) -> None:
    merge_fields.check(text, field="body")

    assert merge_fields.fill(text, ADA, is_markdown=False) == text


@given(st.text(max_size=30))
def test_a_value_is_text_and_never_markup(value: str) -> None:
    body = merge_fields.fill("x {{ first_name }} y", {"first_name": value}, is_markdown=True)

    shown = " ".join(markdown.plain(body, {}).split())
    assert shown == " ".join(f"x {' '.join(value.split())} y".split()) or "\x00" in value
    html = markdown.page(body, {})
    assert html.count("<") == 2  # of the paragraph


def test_a_text_part_can_be_read_without_marks() -> None:
    body = """# The hearing

It **is** on [Monday](https://example.org/hearing).

- come
- or [write](mailto:ani@example.org)

1. first
2. second

> They said so.
"""

    assert (
        markdown.plain(body, {})
        == """The hearing

It is on Monday (https://example.org/hearing).

- come
- or write (ani@example.org)

1. first
2. second

> They said so."""
    )


@pytest.mark.parametrize(
    "text",
    [
        "{contact.first_name}", "{!Contact.FirstName}", "«First_Name»", "<<First Name>>",
        "[firstname,fallback=friend]", "[First Name]", "{$name}", "{First Name}", "${first_name}",
        "%recipient.first_name%", "%first_name%", "-last_name-", "{FNAME}", "{firstname|friend}",
    ],
)  # fmt: skip
def test_a_name_in_brackets_of_another_tool_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="would be mailed as it is"):
        merge_fields.check(f"Dear {text},", field="body")


@pytest.mark.parametrize(
    "text",
    [
        "[Name your senator](https://example.org)", "[First name](https://example.org)", "«Անուն»",
        "a first-name - basis", "100% name it 50%", "https://example.org/?q=%20name%20b",
    ],
)  # fmt: skip
def test_words_about_names_are_fine(text: str) -> None:
    merge_fields.check(text, field="body")
