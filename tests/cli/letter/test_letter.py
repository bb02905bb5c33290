"""`campaign letter`: the file it writes, what it says beside it, and what it asks for."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from io import BytesIO, TextIOWrapper
from pathlib import Path

import docx as word
import pytest
from icalendar import Calendar

from campaign import cli
from campaign.cli.letter.letter import letter as command
from campaign.cli.letter.options import LetterOptions
from campaign.letters.cwc.schema import problems
from tests.congress.geocoder_server import GeocoderServer
from tests.databases import with_tables
from tests.letters.reading import pages_of, words_of

_WRITER = ("--name", "Ani Petrosyan", "--address", "12 Main St", "--on", "2026-06-15")


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


Run = Callable[..., Done]


@pytest.fixture
def letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run `campaign letter section-907 …` as the command line does, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    # Nothing listens here, so a look-up that ought not to happen fails at once.
    monkeypatch.setenv("GEOCODER_URL", "http://127.0.0.1:9")

    def run(*arguments: str, typed: bytes = b"") -> Done:
        monkeypatch.setattr("sys.argv", ["campaign", "letter", "section-907", *arguments])
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(typed)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsysbinary.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def test_a_pdf_has_a_page_for_each_of_ones_own_members(letter: Run, tmp_path: Path) -> None:
    done = letter("--zip", "59101", *_WRITER, "--personal", "My own words.", "--out", "a.pdf")

    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    made = (tmp_path / "a.pdf").read_bytes()
    printed = words_of(made, tmp_path)
    assert pages_of(made) == 3
    for salutation in ("Senator Daines:", "Senator Sheehy:", "Representative Downing:"):
        assert f"Dear {salutation}" in printed
    assert printed.count("My own words.") == 3
    # The town is that of the ZIP's post office.
    assert printed.count("Billings, MT 59101") == 3


def test_a_split_zip_keeps_the_senators_and_says_how_to_get_the_letter_to_the_house(
    letter: Run,
) -> None:
    done = letter("--zip", "90210", *_WRITER, "--out", "-", "--format", "txt")

    said = done.stderr.decode()
    assert done.returncode == 0
    assert done.stdout.decode().count("United States Senate") == 2
    assert "House of Representatives" not in done.stdout.decode().split("\n\n")[2]
    assert "There is no letter to the House yet" in said
    assert "CA-30 (Laura Friedman)" in said
    assert "--district" in said


@pytest.mark.parametrize("more", [("--strict",), ("--to", "house")])
def test_nothing_is_written_where_the_district_must_be_certain(
    letter: Run, tmp_path: Path, more: tuple[str, ...]
) -> None:
    done = letter("--zip", "90210", *_WRITER, "--out", "a.pdf", *more)

    said = done.stderr.decode()
    assert done.returncode == 2
    assert not (tmp_path / "a.pdf").exists()
    assert "CA-30 (Laura Friedman)" in said
    assert "--district" in said


def test_a_zip_on_a_state_line_keeps_the_senators_of_the_address(letter: Run) -> None:
    done = letter(
        "--zip", "02861", *_WRITER, "--state", "MA", "--city", "Attleboro",
        "--out", "-", "--format", "txt",
    )  # fmt: skip

    assert done.returncode == 0
    assert "Dear Senator Warren:" in done.stdout.decode()
    assert "Dear Senator Reed:" not in done.stdout.decode()


def test_boxes_in_one_district_are_likely_there_unless_that_is_not_enough(letter: Run) -> None:
    done = letter("--zip", "59103", *_WRITER, "--out", "-", "--format", "txt")
    strict = letter("--zip", "59103", *_WRITER, "--out", "-", "--format", "txt", "--strict")

    assert done.returncode == 0
    assert "Dear Representative Downing:" in done.stdout.decode()
    assert "59103 is only for PO boxes" in done.stderr.decode()
    assert strict.returncode == 2
    assert "--street" in strict.stderr.decode()


def test_a_district_settles_a_split_zip(letter: Run) -> None:
    done = letter(
        "--zip", "90210", "--district", "CA-30", *_WRITER, "--to", "house", "--out", "-",
        "--format", "txt",
    )  # fmt: skip

    assert done.returncode == 0
    assert "Dear Representative Friedman:" in done.stdout.decode()


def test_senators_of_a_split_zip_need_no_street(letter: Run) -> None:
    done = letter("--zip", "90210", *_WRITER, "--to", "senate", "--out", "-", "--format", "txt")

    assert done.returncode == 0
    assert done.stdout.decode().count("United States Senate") == 2
    assert done.stdout.count(b"\f") == 1


def test_a_geocoder_that_is_down_leaves_the_candidates(letter: Run) -> None:
    done = letter("--zip", "90210", "--street", "12 Main St", *_WRITER, "--out", "a.pdf")

    assert done.returncode == 0
    assert "did not respond" in done.stderr.decode()
    assert "CA-30 (Laura Friedman)" in done.stderr.decode()
    assert "Name your district, as in --district CA-30." in done.stderr.decode()
    assert "Add --street" not in done.stderr.decode()


def test_an_answer_in_another_place_leaves_the_candidates(
    letter: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GeocoderServer() as geocoder:
        geocoder.mood = "dallas"
        monkeypatch.setenv("GEOCODER_URL", geocoder.url)

        done = letter("--zip", "90210", "--street", "12 Oak St", *_WRITER, "--out", "a.pdf")

    assert done.returncode == 0
    assert "outside that ZIP code" in done.stderr.decode()
    assert "CA-30 (Laura Friedman)" in done.stderr.decode()


def test_a_vacancy_is_reported_and_the_senators_get_letters(letter: Run) -> None:
    done = letter(
        "--zip", "78840", "--district", "TX-23", *_WRITER, "--out", "-", "--format", "txt"
    )

    assert done.returncode == 0
    assert "vacant" in done.stderr.decode()
    assert done.stdout.decode().count("United States Senate") == 2
    assert "House of Representatives" not in done.stdout.decode().split("\n\n")[2]


def test_only_a_vacant_seat_is_no_letter(letter: Run) -> None:
    done = letter(
        "--zip", "78840", "--district", "TX-23", *_WRITER, "--to", "house", "--out", "a.pdf"
    )

    assert done.returncode == 2
    assert "vacant" in done.stderr.decode()


def test_the_executive_needs_no_district(letter: Run) -> None:
    done = letter(
        "--zip", "90210", *_WRITER, "--to", "president,secretary", "--out", "-", "--format", "txt"
    )

    said = done.stdout.decode()
    assert done.returncode == 0
    assert "To the President:" in said
    assert "Dear Secretary of State:" in said


def test_a_district_office_is_named_beside(letter: Run) -> None:
    done = letter(
        "--zip", "59801", *_WRITER, "--to", "senate", "--paper-to", "district", "--out", "-",
        "--format", "txt",
    )  # fmt: skip

    assert "the office in Missoula, MT" in done.stderr.decode()
    assert "Washington, DC" not in done.stdout.decode()


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("12 Main St", "12 Main St\nBillings, MT 59101"),
        ("12 Main St, Apt 4", "12 Main St\nApt 4\nBillings, MT 59101"),
        ("12 Main St, Laurel, MT", "12 Main St\nLaurel, MT 59101"),
        ("12 Main St, # 4, Laurel, MT 59101", "12 Main St\n# 4\nLaurel, MT 59101"),
    ],
)
def test_an_address_is_printed_in_full(letter: Run, address: str, block: str) -> None:
    done = letter(
        "--zip", "59101", "--name", "A B", "--address", address, "--to", "president", "--out", "-",
        "--format", "txt",
    )  # fmt: skip

    assert done.stdout.decode().startswith(f"A B\n{block}\n")


def test_a_name_in_capitals_is_signed_in_small_letters(letter: Run) -> None:
    done = letter(
        "--zip", "59101", "--name", "ANI PETROSYAN", "--address", "12 Main St", "--to",
        "president", "--out", "-", "--format", "txt",
    )  # fmt: skip

    assert done.stdout.decode().startswith("Ani Petrosyan\n")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--address", "12 Main St, Billings"), "'12 Main St, Billings, MT'"),
        (("--address", "12 Main St, Gary, IN"), "ZIP code 59101 is in Montana"),
        (("--address", "12 Main St, Billings, MT 59102"), "Correct one of the two"),
        (("--zip", "09012"), "Give the address where you vote"),
        (("--zip", "00000"), "add --city and --state"),
        (("--zip", "02861"), "02861 crosses a state line: add --state, such as MA."),
        (("--district", "CA-30"), "CA-30 is not in Montana"),
        (("--to", "mayor"), "Give --to one or more of"),
        (("--talking-point", "nonsense"), "Choose from: condition"),
        (("--out", "a.odt"), "Letters cannot be written as .odt. Choose a name that ends in .pdf"),
        (("--out", "letter"), ".pdf, .docx, .txt, .html or .xml"),
        (("--email", "nobody"), "name@example.org"),
        (("--email", "ani@example..org"), "name@example.org"),
        (("--personal", "@missing.txt"), "missing.txt cannot be read"),
        (("--personal", "x" * 3001), "Shorten it"),
        (("--name", " "), "Enter the name"),
        (("--on", "June"), "2026-06-15"),
    ],
)
def test_wrong_use_is_one_sentence_that_says_what_to_do(
    letter: Run, wrong: tuple[str, str], sentence: str
) -> None:
    # The last of an option given twice counts.
    done = letter("--zip", "59101", *_WRITER, "--out", "a.pdf", *wrong)

    said = done.stderr.decode()
    assert done.returncode == 2
    assert sentence in said
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_what_is_missing_is_named(letter: Run) -> None:
    done = letter("--zip", "59101", "--name", "A B")

    assert done.returncode == 2
    assert "--address and --out" in done.stderr.decode()


def test_a_folder_that_is_not_there_is_a_failed_job(letter: Run) -> None:
    done = letter("--zip", "59101", *_WRITER, "--out", "nowhere/a.txt")

    assert done.returncode == 1
    assert "nowhere/a.txt cannot be written" in done.stderr.decode()


def test_own_words_come_from_a_file_or_standard_input(letter: Run, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("From a file.\n\nՍիրով", encoding="utf-8")
    common = ("--zip", "59101", *_WRITER, "--to", "president", "--out", "-", "--format", "txt")

    filed = letter(*common, "--personal", "@own.txt")
    typed = letter(*common, "--personal", "-", typed=b"From a pipe.\r\n")
    broken = letter(*common, "--personal", "-", typed=b"\xff\xfe")

    assert "From a file.\n\nՍիրով\n" in filed.stdout.decode()
    assert "From a pipe." in typed.stdout.decode()
    assert (broken.returncode, broken.stdout) == (2, b"")


def test_standard_output_is_a_pdf_by_default(letter: Run, tmp_path: Path) -> None:
    done = letter("--zip", "59101", *_WRITER, "--to", "president", "--out", "-")

    assert done.stdout.startswith(b"%PDF")
    assert "Petrosyan" in words_of(done.stdout, tmp_path)


def test_a_page_holds_all_letters(letter: Run, tmp_path: Path) -> None:
    letter("--zip", "59101", *_WRITER, "--out", "a.html")

    assert (tmp_path / "a.html").read_text(encoding="utf-8").count("<article>") == 3


# -- Tone, chairs, changes by hand, likeness -------------------------------------------------------

_TO_MONTANA = ("--zip", "59101", *_WRITER, "--out", "-", "--format", "txt")


def test_a_brief_letter_is_shorter(letter: Run) -> None:
    full = letter(*_TO_MONTANA, "--to", "house").stdout
    brief = letter(*_TO_MONTANA, "--to", "house", "--tone", "brief").stdout

    assert len(brief) < 0.7 * len(full)


def test_chairs_are_written_to_as_such(letter: Run) -> None:
    every = letter(*_TO_MONTANA, "--to", "chair")
    one = letter(*_TO_MONTANA, "--to", "senate,chair:ssap")

    assert every.stdout.decode().count("I am not one of your constituents.") == 4
    assert every.stderr.decode().count("does not represent you") == 4
    assert one.stdout.decode().count("\f") == 2
    assert "Chair, Senate Committee on Appropriations" in one.stdout.decode()


def test_a_letter_changed_by_hand_goes_out_as_it_was_changed(letter: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("Dear neighbor,\n\nthis is all mine.\n", encoding="utf-8")

    done = letter(*_TO_MONTANA, "--to", "senate", "--edit", "d000618=mine.txt")

    daines, other = done.stdout.decode().split("\f")
    assert done.returncode == 0
    assert "Dear Senator Daines:\n\nDear neighbor,\n\nthis is all mine.\n\nRespectfully," in daines
    assert "this is all mine" not in other
    assert "Section 907" in other.partition("Dear Senator")[2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--edit", "D000618"), "Write --edit as ID=FILE, where ID is one of: D000618 (Senator D"),
        (("--edit", "X1=mine.txt"), "D000618 (Senator Daines)"),
        (("--edit", "D000618=missing.txt"), "missing.txt cannot be read"),
        (("--edit", "D000618=long.txt"), "Shorten it to 10,000"),
        (("--to", "chair:HSLIG"), "does not write to the chair of HSLIG. Choose from: SSFR,"),
        (("--tone", "loud"), "loud"),
    ],
)
def test_wrong_use_of_these_options_is_explained(
    letter: Run, tmp_path: Path, options: tuple[str, str], sentence: str
) -> None:
    (tmp_path / "mine.txt").write_text("Mine.", encoding="utf-8")
    (tmp_path / "long.txt").write_text("word " * 2_001, encoding="utf-8")

    done = letter(*_TO_MONTANA, "--to", "senate", *options)

    assert done.returncode == 2
    assert sentence in done.stderr.decode()


def test_with_a_database_similarity_is_printed_and_each_writer_counts_once(
    letter: Run, tmp_path: Path
) -> None:
    with_tables(f"sqlite:///{tmp_path / 'home' / 'campaign.db'}").dispose()
    same = ("--to", "senate", "--edit", "D000618=mine.txt")
    (tmp_path / "mine.txt").write_text("These words are mine, and I send them.", encoding="utf-8")
    other = ("--zip", "59101", "--name", "Bo Lee", "--address", "1 Elm St", "--out", "b.txt")

    first = letter(*_TO_MONTANA, *same)
    again = letter(*_TO_MONTANA, *same)
    second = letter(*other, *same)

    assert "Senator Daines: it is unlike any other made here." in first.stderr.decode()
    assert "Senator Daines: it is unlike any other made here." in again.stderr.decode()
    assert "Senator Daines: 1 other letter is very similar. Add" in second.stderr.decode()
    assert "Senator Sheehy: it does not say anything in your own words yet" in first.stderr.decode()


def test_a_database_that_is_not_set_up_does_not_stop_letters(letter: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "campaign.db").write_bytes(b"")

    done = letter(*_TO_MONTANA, "--to", "senate")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"Dear Senator") == 2


def test_points_are_listed_with_their_ids(letter: Run) -> None:
    done = letter("--list-points")

    rows = [row.split("\t") for row in done.stdout.decode().splitlines()]
    assert len(rows) >= 8
    assert all(len(row) == 2 and row[0].islower() for row in rows)


def test_all_letters_are_one_document_for_a_word_processor(letter: Run, tmp_path: Path) -> None:
    done = letter("--zip", "59101", *_WRITER, "--personal", "My own words.", "--out", "a.docx")

    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")
    made = word.Document(str(tmp_path / "a.docx"))
    rows = [paragraph.text for paragraph in made.paragraphs]
    assert len(made.sections) == 3
    assert rows.count("My own words.") == 3
    assert "Dear Representative Downing:" in rows


def test_congresss_own_format_is_a_file_for_each_member(letter: Run, tmp_path: Path) -> None:
    typed = ("--zip", "59101", *_WRITER, "--email", "ani@example.org", "--prefix", "Ms.")

    done = letter(*typed, "--out", "a.xml")

    assert done.returncode == 0
    names = ["a-representative-downing.xml", "a-senator-daines.xml", "a-senator-sheehy.xml"]
    assert sorted(path.name for path in tmp_path.glob("*.xml")) == names
    assert b"a-senator-daines.xml: Senator Daines\n" in done.stderr
    for name in names:
        assert problems((tmp_path / name).read_bytes()) == ()


def test_one_letter_in_congresss_own_format_has_the_name_given(letter: Run, tmp_path: Path) -> None:
    typed = ("--zip", "59101", *_WRITER, "--email", "ani@example.org", "--prefix", "Ms.")

    to_one = letter(*typed, "--to", "house", "--out", "a.xml")
    to_many = letter(*typed, "--out", "-", "--format", "xml")
    to_the_president = letter(*typed, "--to", "president", "--out", "b.xml")

    assert (to_one.returncode, to_one.stderr) == (0, b"")
    assert problems((tmp_path / "a.xml").read_bytes()) == ()
    assert to_many.returncode == 2
    assert b"holds one letter" in to_many.stderr
    assert to_the_president.returncode == 2
    assert b"Only members of Congress" in to_the_president.stderr
    assert not (tmp_path / "b.xml").exists()


def test_a_letter_goes_to_the_office_in_the_town_named(letter: Run, tmp_path: Path) -> None:
    typed = ("--zip", "59101", *_WRITER, "--to", "senate", "--out", "a.txt")

    done = letter(*typed, "--office", "missoula, MT")
    nowhere = letter(*typed, "--office", "Paris")

    assert done.returncode == 0
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "218 E. Front St., Suite 103\nMissoula, MT 59802" in text
    assert nowhere.returncode == 2
    assert (
        b"has an office that takes mail in Paris. Choose one of: Billings, MT; " in nowhere.stderr
    )


def test_the_ways_are_listed_best_first(letter: Run) -> None:
    done = letter("--zip", "59601", *_WRITER, "--to", "senate,president", "--list-ways")

    said = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert said.index("1. On paper, to a local office.") < said.index("2. With the form on the")
    assert "30 W. 14th St., Suite 206, Helena, MT 59601 (about 1 mi)" in said
    assert "202-224-2651  Washington, DC, Eastern Time" in said
    assert "| Hello. My name is Ani Petrosyan, and I live in Helena" in said
    assert "202-456-1414  Washington, DC, Eastern Time. This number is a switchboard." in said
    assert "2. On paper, to Washington. Mail a paper letter" in said


def test_a_letter_to_the_editor_is_counted(letter: Run, tmp_path: Path) -> None:
    typed = ("--zip", "59101", *_WRITER, "--to", "editor")

    short = letter(*typed, "--personal", "My own words.", "--out", "a.txt")
    long = letter(*typed, "--personal", "word " * 190, "--out", "b.docx")
    printed = letter(*typed, "--out", "a.pdf")

    assert (short.returncode, short.stderr) == (0, b"158 words. Newspapers print up to 200.\n")
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert text.startswith("To the Editor:\n\nMy own words.\n\nFew readers")
    assert text.endswith("Ani Petrosyan\nBillings, MT\n")
    assert long.returncode == 0
    assert b"1 paragraph of the campaign's text left out" in long.stderr
    assert b"more than the 200 that newspapers print" in long.stderr
    assert printed.returncode == 2
    assert b".txt or .docx" in printed.stderr


def test_a_reminder_is_for_each_letter(letter: Run, tmp_path: Path) -> None:
    typed = ("--zip", "59101", *_WRITER, "--to", "house,president", "--out", "a.txt")

    done = letter(*typed, "--reminder", "a.ics")

    assert done.returncode == 0
    events = Calendar.from_ical((tmp_path / "a.ics").read_bytes()).events
    assert [str(event["summary"]).partition(" about ")[0] for event in events] == [
        "Follow up with Representative Downing",
        "Follow up with the President",
    ]
    assert {f"{event.start:%Y-%m-%d}" for event in events} == {"2026-06-29"}


def test_what_a_pdf_leaves_out_is_printed(
    letter: Run, tmp_path: Path, no_machine_fonts: None
) -> None:
    asked = [
        *("--zip", "59601", "--name", "明 Petrosyan", "--address", "12 Main St"),
        *("--personal", "I love my town ❤️.", "--on", "2026-06-15"),
    ]

    pdf = letter(*asked, "--out", "letter.pdf")
    text = letter(*asked, "--out", "letter.txt")

    assert (pdf.returncode, text.returncode) == (0, 0)
    assert "We left out the emoji, which cannot be printed." in pdf.stderr.decode()
    assert "We left out 明, for which this site has no font." in pdf.stderr.decode()
    assert "We left out" not in text.stderr.decode()
    assert "❤️" in (tmp_path / "letter.txt").read_text(encoding="utf-8")
    assert "I love my town." in words_of((tmp_path / "letter.pdf").read_bytes(), tmp_path)


@pytest.mark.parametrize(
    ("given", "dated"),
    [
        (("--on", "2026-06-15"), "June 15, 2026"),
        (("--on", "2026-06-15", "--date", "2026-06-14"), "June 14, 2026"),
        (("--date", "2026-12-31"), "December 31, 2026"),
    ],
)
def test_a_letter_bears_the_date_that_is_asked_for(
    letter: Run, given: tuple[str, ...], dated: str
) -> None:
    writer = ("--name", "Ani Petrosyan", "--address", "12 Main St", "--zip", "59101")

    done = letter(*writer, *given, "--to", "president", "--out", "-", "--format", "txt")

    assert done.returncode == 0, done.stderr
    assert dated in done.stdout.decode()


def test_every_option_is_a_field_of_the_value_that_the_command_parses() -> None:
    """Click joins the two by name at run time, where no type checker sees it."""
    typed = {parameter.name for parameter in command.params if parameter.expose_value}

    assert typed == {field.name for field in fields(LetterOptions)}
