"""A batch as files: one PDF in mail-merge order with bookmarks, or one a person; call sheets."""

import stat
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from campaign.congress.dataset import Congress
from campaign.errors import LettersFailed
from campaign.letters.batch.files import BatchFiles
from campaign.letters.print.typst_compiler import RUN_SIZE
from campaign.packs.organizer import Funding
from campaign.packs.pack import Pack
from tests.letters.batching import HEADING, bundle_of, people
from tests.letters.reading import words_of


@pytest.fixture(scope="module")
def bundled_20(bundled: Pack, congress: Congress) -> BatchFiles:
    """Return a batch of twenty people, sixty letters: more than are set in one run."""
    made = bundle_of(people(20), bundled, congress)
    assert made.batch.count == 60 > RUN_SIZE
    return made


@pytest.fixture(scope="module")
def printed(bundled_20: BatchFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "letters.pdf"
    bundled_20.write_letters(path)
    return path


def test_letters_follow_the_cover_by_row_then_by_recipient(printed: Path, tmp_path: Path) -> None:
    pages = words_of(printed.read_bytes(), tmp_path).removesuffix("\f").split("\f")

    assert len(pages) == 61
    assert "What this file contains" in pages[0]
    for number, page in enumerate(pages[1:]):
        rows = [row.strip() for row in page.splitlines() if row.strip()]
        assert rows[0].startswith(f"Ani {number // 3 + 1} Petrosyan")
        assert rows[1] == f"{number // 3 + 1} Main Street"
        assert f"I am number {number // 3 + 1}." in rows
        assert ["Daines", "Sheehy", "Downing"][number % 3] in rows[3]


def test_the_cover_says_what_is_inside_and_that_nothing_is_signed(
    printed: Path, tmp_path: Path
) -> None:
    cover = words_of(printed.read_bytes(), tmp_path, "-l", "1")

    assert "60 letters by 20 people, made on June 15, 2026, from a table of 20 lines." in cover
    assert "No letter here is signed." in cover
    assert "This file contains letters for every line of the table." in cover
    assert cover.count("20\n") == 3
    assert "Petrosyan" not in cover


def test_the_cover_says_who_pays(bundled: Pack, congress: Congress, tmp_path: Path) -> None:
    line = "Distributed by River Friends on behalf of the Example Institute."
    funding = Funding("River Friends", True, {"en": line}, is_stated=True)
    made = bundle_of(people(1), replace(bundled, funding=funding), congress)

    made.write_letters(tmp_path / "letters.pdf")

    cover = words_of((tmp_path / "letters.pdf").read_bytes(), tmp_path, "-l", "1")
    assert f"Paid for by River Friends. {line}" in " ".join(cover.split())


def test_the_cover_counts_what_was_left_out(
    bundled: Pack, congress: Congress, tmp_path: Path
) -> None:
    text = people(1) + "Bo,Li,1 Elm,,59101,no,,\n"

    bundle_of(text, bundled, congress).write_letters(tmp_path / "letters.pdf")

    cover = words_of((tmp_path / "letters.pdf").read_bytes(), tmp_path, "-l", "1")
    assert "3 letters by 1 person" in cover
    assert "1 line was left out. The rejects file says why." in cover


def test_bookmarks_lead_to_each_person_and_below_to_each_recipient(printed: Path) -> None:
    with pikepdf.open(printed) as book, book.open_outline() as outline:
        places = {page.objgen: place for place, page in enumerate(page.obj for page in book.pages)}
        tops = list(outline.root)
        assert [item.title for item in tops[:3]] == [
            "What this file contains",
            "Ani 1 Petrosyan",
            "Ani 2 Petrosyan",
        ]
        assert len(tops) == 21
        assert [item.title for item in tops[20].children] == [
            "Senator Daines",
            "Senator Sheehy",
            "Representative Downing",
        ]
        assert all(item.is_closed for item in tops if item.children)
        leads = [places[item.destination[0].objgen] for item in tops[17].children]  # type: ignore[index]
        assert leads == [49, 50, 51]


def test_the_bundle_is_tagged_titled_and_sound(printed: Path) -> None:
    with pikepdf.open(printed) as book:
        assert book.check_pdf_syntax() == []
        assert book.Root.MarkInfo.Marked
        assert str(book.Root.Lang) == "en-US"
        assert str(book.docinfo.Title) == "Letters: Enforce Section 907"
        assert "pdfuaid:part" in str(book.Root.Metadata.read_bytes())
        tree = book.Root.StructTreeRoot
        [document] = tree.K
        assert str(document.S) == "/Document"
        assert {str(part.S) for part in document.K} == {"/Part"}
        assert all(part.P.objgen == document.objgen for part in document.K)
        nodes = list(tree.ParentTree.Kids)
        keys = [int(key) for node in nodes for key in list(node.Nums)[::2]]
        assert keys == list(range(61))
        assert [int(page.obj.StructParents) for page in book.pages] == keys
        # Each page's entry in the parent tree leads to elements of that page.
        values = [value for node in nodes for value in list(node.Nums)[1::2]]
        for page, elements in zip(book.pages, values, strict=True):
            assert page.obj.objgen in {one.Pg.objgen for one in elements if "/Pg" in one}


def test_the_same_batch_makes_the_same_bytes(
    bundled_20: BatchFiles, printed: Path, tmp_path: Path
) -> None:
    bundled_20.write_letters(tmp_path / "again.pdf")

    assert (tmp_path / "again.pdf").read_bytes() == printed.read_bytes()


def test_files_are_private_and_appear_only_when_complete(
    bundled_20: BatchFiles, tmp_path: Path
) -> None:
    def stop(done: int, total: int) -> None:
        assert list(tmp_path.glob("*.pdf")) == []
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bundled_20.write_letters(tmp_path / "letters.pdf", stop)
    assert list(tmp_path.iterdir()) == []

    bundled_20.write_envelopes(tmp_path / "envelopes.pdf")
    assert stat.S_IMODE((tmp_path / "envelopes.pdf").stat().st_mode) == 0o600


def test_progress_is_reported_in_letters(bundled_20: BatchFiles, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    bundled_20.write_letters(tmp_path / "l.pdf", lambda done, total: told.append((done, total)))

    assert told == [(50, 60), (60, 60)]


def test_one_file_a_person(bundled: Pack, congress: Congress, tmp_path: Path) -> None:
    text = HEADING + (
        "Անի,Պետրոսյան,1 A,,59101,yes,,\nZoë,..\\Étienne,2 B,,59101,yes,,\nBo,Li,3 C,,59101,no,,\n"
    )

    bundle_of(text, bundled, congress).write_each(tmp_path / "each")

    files = sorted((tmp_path / "each").iterdir())
    assert [file.name for file in files] == ["00002-letters.pdf", "00003-zoe-etienne.pdf"]
    with pikepdf.open(files[1]) as own:
        assert len(own.pages) == 3


def test_envelopes_and_labels_are_in_the_order_of_the_letters(
    bundled_20: BatchFiles, tmp_path: Path
) -> None:
    bundled_20.write_envelopes(tmp_path / "e.pdf")
    bundled_20.write_labels(tmp_path / "l.pdf")
    bundled_20.write_return_labels(tmp_path / "r.pdf")

    pages = words_of((tmp_path / "e.pdf").read_bytes(), tmp_path).removesuffix("\f").split("\f")
    assert len(pages) == 60
    assert "4 Main Street" in pages[9]
    assert "The Honorable Steve Daines" in pages[9]
    labels = words_of((tmp_path / "l.pdf").read_bytes(), tmp_path, "-raw").splitlines()
    names = [row for row in labels if row.startswith("The Honorable")]
    assert [name.split()[-1] for name in names[:6]] == ["Daines", "Sheehy", "Downing"] * 2
    returns = words_of((tmp_path / "r.pdf").read_bytes(), tmp_path, "-raw")
    assert returns.count("Ani 20 Petrosyan") == 3


def test_call_sheets_have_a_first_name_and_a_town_and_no_more(
    bundled: Pack, congress: Congress, tmp_path: Path
) -> None:
    text = people(40) + "Bo,Li,200 W 24th St,Cheyenne,82001,yes,,\n"

    bundle_of(text, bundled, congress).write_call_sheets(tmp_path / "c.pdf", congress)

    pages = words_of((tmp_path / "c.pdf").read_bytes(), tmp_path).removesuffix("\f").split("\f")
    whole = "\n".join(pages)
    assert "Petrosyan" not in whole
    assert "Main Street" not in whole
    assert "59101" not in whole
    assert "I am number" not in whole
    first = [page for page in pages if "Representative for Montana" in page]
    assert "202-225" in first[0]
    assert "cosponsor H.R. 6840" in " ".join(first[0].split())
    for words in ("Contact", "Voicemail", "No answer"):
        assert words in first[0]
    assert whole.count("Ani 17 ") == 3
    with pikepdf.open(tmp_path / "c.pdf") as book, book.open_outline() as outline:
        assert {"Troy Downing", "Steve Daines", "John Barrasso"} <= {
            item.title for item in outline.root
        }


def test_a_call_sheet_of_a_newcomer_has_the_switchboard_and_says_why(
    bundled: Pack, congress: Congress, tmp_path: Path
) -> None:
    text = HEADING + "Bo,Li,1 Main Street,Redding,96001,yes,,\n"

    bundle_of(text, bundled, congress).write_call_sheets(tmp_path / "c.pdf", congress)

    pages = words_of((tmp_path / "c.pdf").read_bytes(), tmp_path).split("\f")
    (sheet,) = (" ".join(page.split()) for page in pages if "Gallagher" in page)
    assert "202-224-3121" in sheet
    assert "Call the Capitol switchboard and ask for Representative Gallagher." in sheet


def test_an_empty_batch_is_refused(bundled: Pack, congress: Congress, tmp_path: Path) -> None:
    nobody = bundle_of(HEADING + "Bo,Li,3 C,,59101,no,,\n", bundled, congress)

    with pytest.raises(LettersFailed, match="No line of the table"):
        nobody.write_letters(tmp_path / "letters.pdf")
    with pytest.raises(LettersFailed, match="no phone number"):
        nobody.write_call_sheets(tmp_path / "calls.pdf", congress)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(bundled_20: BatchFiles, tmp_path: Path) -> None:
    with pytest.raises(LettersFailed, match="No such file"):
        bundled_20.write_labels(tmp_path / "none" / "labels.pdf")


def test_a_volume_of_strange_words_keeps_them(
    bundled: Pack, congress: Congress, tmp_path: Path
) -> None:
    """References are moved within a file; words that look like them are not."""
    strange = "1 0 R (2 0 R) \\(3 0 R\\) <4 0 R> /StructParents 5 ) 6 0 R ("
    text = (
        f"Name,Street,ZIP,Consent,Message\nA B,1 C,59101,y,{strange}\nD E,2 F,59101,y,{strange}\n"
    )
    made = bundle_of(text, bundled, congress)
    made = replace(
        made,
        pack=replace(bundled, letters=replace(bundled.letters, subjects=(strange,), narrow=())),
    )

    made.write_letters(tmp_path / "letters.pdf")

    assert words_of((tmp_path / "letters.pdf").read_bytes(), tmp_path).count(strange) == 12
    with pikepdf.open(tmp_path / "letters.pdf") as book:
        assert book.check_pdf_syntax() == []
