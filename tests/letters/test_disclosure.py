"""The disclosure line is on every letter, sheet and packet page, however a letter is edited."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import docx
import pytest

from campaign.congress.dataset import Congress
from campaign.letters import channels, packet_texts
from campaign.letters.compose import Constituent, compose, recipients, with_edited_body
from campaign.letters.cwc.texts import texts_of
from campaign.letters.letter import Letter
from campaign.letters.letter_to_editor import draft, plain_text
from campaign.letters.print import document, packet_pages, signup_sheet
from campaign.letters.print import docx as word
from campaign.packs.organizer import MAX_DISCLOSURE, MAX_PAYER, Funding
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY, Represented
from tests.letters.reading import pages_of, words_of

LINE = "Distributed by River Friends on behalf of the Example Institute of Exampleland."


def funded(pack: Pack, *, payer: str = "River Friends", line: str = LINE) -> Pack:
    lines = MappingProxyType({"en": line})
    return replace(pack, funding=Funding(payer, True, lines, is_stated=True))


@pytest.fixture
def letter(
    pack: Pack,
    congress: Congress,
    represented: Represented,
    make_constituent: Callable[..., Constituent],
) -> Letter:
    (to, *_) = recipients(congress, represented("MT-2"), pack, ("senate",))
    made = compose(funded(pack), to, make_constituent(), on_date=DAY)
    return with_edited_body(made, "I wrote every word of this myself.")


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_every_form_of_an_edited_letter_has_it(letter: Letter, tmp_path: Path) -> None:
    read = docx.Document(BytesIO(word.letters([letter])))
    fields = {field.key: field.value for field in channels.form_fields(letter)}
    made = {
        "pdf": words_of(document.pdf([letter]), tmp_path),
        "docx": "\n".join(paragraph.text for paragraph in read.paragraphs),
        "txt": document.text(letter),
        "html": document.html(letter),
        "form": fields["message"],
        "cwc": texts_of(letter).statement,
    }

    assert {name for name, text in made.items() if LINE not in one_line(text)} == set()
    assert "I wrote every word of this myself." not in made["cwc"]


def test_a_letter_to_the_editor_has_it_below_the_name(
    bundled: Pack, make_constituent: Callable[..., Constituent]
) -> None:
    plain, lined = (
        draft(pack, make_constituent(), on_date=DAY) for pack in (bundled, funded(bundled))
    )

    assert plain_text(lined) == plain_text(plain) + f"\n{LINE}\n"
    assert lined.words == plain.words


@pytest.mark.parametrize("kind", ["signup", "pledge"])
def test_a_sheet_of_the_longest_line_stays_one_page(
    bundled: Pack, tmp_path: Path, kind: signup_sheet.SheetKind
) -> None:
    longest = funded(bundled, payer="W" * MAX_PAYER, line=f"{'Foreign principal ' * 16}end.")
    assert len(longest.funding.disclosure()[0]) in range(MAX_DISCLOSURE - 15, MAX_DISCLOSURE)

    made = signup_sheet.pdf(
        longest, signup_sheet.new_ids(1), kind=kind, base_url="https://example.org", today=DAY
    )

    assert pages_of(made) == 1
    assert "Foreign principal end." in one_line(words_of(made, tmp_path))


def test_every_page_of_a_packet_has_it(bundled: Pack, tmp_path: Path) -> None:
    style = packet_texts.page_style(funded(bundled), "Packet", "Packet", DAY)
    out = tmp_path / "packet.pdf"
    with packet_pages.BookBuilder(style, tmp_path) as book:
        book.add_comments(
            [packet_pages.Comment("A long comment. " * 60, "Ani, Billings")] * 8,
            heading="Comments",
            note="",
        )
        pages = book.write(out)

    read = words_of(out.read_bytes(), tmp_path).removesuffix("\f").split("\f")
    assert len(read) == pages > 1
    assert all(f"Paid for by River Friends. {LINE}" in one_line(page) for page in read)
