"""First names that may stand on a public page unread, and those that wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.public_names import needs_review


@pytest.mark.parametrize(
    "name",
    ["Ani", "José", "Anne-Marie", "O’Neil", "D'Angelo", "Maria del Carmen", "Տիգրան", "Нина",
     "محمد", "अनिल", "美咲", "みさキ", "Ng", "X", "Assunta", "Hancock", "Cassandra", "Titus",
     "Nguyễn", "\u1ecd\u0300la", "Aaron", "Anna", "Hannah", "Netta", "Jessee", "שָׁלוֹם", "김철수",
     "Malcom", "Peter", "Netanya", "Jesús", "Dolores", "Lupe", "Nacho", "Pilar", "Святослав",
     "Снежана", "Ануш", "Gayane", "Siranush", "Անուշ", "Günther", "Odile", "Phuc", "Dung", "Ayşe"],
)  # fmt: skip
def test_a_name_is_shown_at_once(name: str) -> None:
    assert not needs_review(name)


@pytest.mark.parametrize(
    "name",
    [
        "Visit spam.example.com", "spam.example.com", "https://x.example", "4ni", "Ani2", "J.R.",
        "Ani@home", "Ani/Bo", "Call 555", "❤", "Ani ❤", "<b>Ani</b>", "A" * 25, "a b c d", "_",
        "Ani\u0430", "F\u0443ck", "fuck", "FUCK", "f-u-c-k", "F u c k", "Fück", "shithead",
        "Ani Shit", "sh1t", "\u202eAni", "Visit spam com", "www spam net", "spam dot com",
        "wwwspamcom", "spam\u00b7com", "spam'com", "httpspam", "Fuuuck", "Shiit",
        "NIGGGER", "f u u c k", "Z\u0335a\u0335", "A\u0301\u0302\u0301ni", "\U0001d413igran",
        "\u1d00\u0274\u026a", "\u0493\u1d1c\u1d04\u1d0b", "Puta", "pendejo", "Cabrón", "CABRON",
        "p u t a", "хуй", "Сука", "Hitler",
    ],
)  # fmt: skip
def test_a_name_waits_to_be_read(name: str) -> None:
    assert needs_review(name)


@given(st.text(max_size=40))
def test_any_text_is_judged(text: str) -> None:
    if any(char.isdigit() or char in ".:/@" for char in text):
        assert needs_review(text)
