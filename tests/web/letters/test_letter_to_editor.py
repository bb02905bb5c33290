"""The letter to the editor: a draft with its words counted, nothing cut unsaid, two files."""

import re
from io import BytesIO
from typing import Any

import docx as word
import pytest
from flask.testing import FlaskClient

from tests.web.made_site import words

PAGE = "/c/section-907/editor"


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "city": "Helena",
        "state": "MT",
        "personal": "My grandmother was born in Shushi.",
        **changes,
    }


def test_a_draft_has_ones_own_words_first_and_is_counted(client: FlaskClient) -> None:
    body = client.post(PAGE, data=typed()).text

    draft = re.search(r'<article class="draft.*?</article>', body, re.DOTALL)
    assert draft is not None
    said = words(draft[0])
    assert said.startswith("To the Editor: My grandmother was born in Shushi. Few readers")
    assert said.endswith("Ani Petrosyan Helena, MT")
    assert re.search(r"\b1\d\d words\. Newspapers print up to 200\.", words(body))


def test_too_many_own_words_are_reported_and_not_cut(client: FlaskClient) -> None:
    body = words(client.post(PAGE, data=typed(personal=" ".join(["mine"] * 150))).text)

    assert re.search(r"\d+ words, \d+ more than the 200 that newspapers print. Shorten your", body)
    assert body.count("mine") >= 300  # in the form, in the draft, in the text to copy
    assert "We left out 1 paragraph of the campaign's text" in body


def test_what_is_missing_is_asked_for(client: FlaskClient) -> None:
    answer = client.post(PAGE, data=typed(last_name="", city=""))

    assert answer.status_code == 422
    assert "Enter your last name." in answer.text
    assert "Enter your city or town." in answer.text


def test_the_letter_builder_brings_name_town_and_words_along(client: FlaskClient) -> None:
    answer = client.post(PAGE, data=typed(action="editor", street="12 Main Street", zip="59601"))

    assert answer.status_code == 200
    assert 'value="Petrosyan"' in answer.text
    assert "My grandmother was born in Shushi." in answer.text
    assert "12 Main Street" not in answer.text
    assert '<article class="draft' not in answer.text


@pytest.mark.parametrize("suffix", ["txt", "docx"])
def test_a_file_has_the_draft(client: FlaskClient, suffix: str) -> None:
    answer = client.post(PAGE, data=typed(action=suffix))

    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="letter-to-the-editor.{suffix}"'
    )
    text = (
        answer.text
        if suffix == "txt"
        else "\n".join(row.text for row in word.Document(BytesIO(answer.data)).paragraphs)
    )
    assert text.startswith("To the Editor:\n")
    assert "My grandmother was born in Shushi." in text
    assert text.rstrip().endswith("Ani Petrosyan\nHelena, MT")


def test_markup_in_ones_words_stays_text(client: FlaskClient) -> None:
    body = client.post(PAGE, data=typed(personal="<b>One</b> {{ 7*7 }}")).text

    assert "<b>One" not in body
    assert "&lt;b&gt;One&lt;/b&gt; {{ 7*7 }}" in body


def test_nothing_is_kept_by_anybody(client: FlaskClient) -> None:
    assert client.post(PAGE, data=typed()).headers["Cache-Control"] == "no-store"
    assert client.get(PAGE).headers["Cache-Control"].startswith("public")
