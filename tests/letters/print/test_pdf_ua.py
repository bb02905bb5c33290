"""Every printed file can be read aloud: an independent validator finds no error in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaign.congress.dataset import Congress
from campaign.letters.compose import Letter
from campaign.letters.print import document, signup_sheet
from campaign.packs.pack import Pack
from tests.letters.batching import bundle_of, people
from tests.letters.conftest import DAY
from tests.pdf_ua import errors_in

OWN_WORDS = {
    "of a page": "My grandmother was born in Shushi.",
    "of two pages": "My grandmother was born in Shushi. " * 150,
    "in Armenian": "Տատիկս ծնվել է Շուշիում։",
    "in Hebrew": "סבתא שלי נולדה בשושי.",
    "without a font": "I live by 山 and 🌉.",
}


@pytest.mark.parametrize("own", OWN_WORDS.values(), ids=OWN_WORDS)
def test_a_letter_has_no_error(
    make_letter: Callable[..., Letter], tmp_path: Path, own: str
) -> None:
    assert errors_in(document.pdf([make_letter(own, "Please.")]), tmp_path) == []


def test_a_batch_its_mailing_and_its_call_sheets_have_no_error(
    bundled: Pack, congress: Congress, tmp_path: Path
) -> None:
    # More than one run, so that files are joined.
    files = bundle_of(people(20), bundled, congress)
    out = tmp_path / "out.pdf"

    def call_sheets(path: Path) -> None:
        files.write_call_sheets(path, congress)

    found = {}
    for name, write in {
        "letters": files.write_letters,
        "envelopes": files.write_envelopes,
        "labels": files.write_labels,
        "return labels": files.write_return_labels,
        "call sheets": call_sheets,
    }.items():
        write(out)
        found[name] = errors_in(out.read_bytes(), tmp_path)
        out.unlink()

    assert found == {name: [] for name in found}


@pytest.mark.parametrize("kind", ["signup", "pledge"])
def test_a_sheet_to_sign_has_no_error(
    bundled: Pack, tmp_path: Path, kind: signup_sheet.SheetKind
) -> None:
    made = signup_sheet.pdf(
        bundled, signup_sheet.new_ids(2), kind=kind, base_url="https://example.org", today=DAY
    )

    assert errors_in(made, tmp_path) == []
