"""One cell with a whole name: parted with care, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.letters import split_name


@pytest.mark.parametrize(
    ("name", "first", "last", "prefix"),
    [
        ("Ani Petrosyan", "Ani", "Petrosyan", ""),
        ("Petrosyan, Ani", "Ani", "Petrosyan", ""),
        ("Dr. Ana María de la Cruz, Jr.", "Ana María", "de la Cruz Jr.", "Dr."),
        ("de la Cruz, Ana María", "Ana María", "de la Cruz", ""),
        ("Cruz, Jr., Ana", None, None, None),
        ("MR JOHN Q PUBLIC III", "JOHN Q", "PUBLIC III", "Mr."),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven", ""),
        ("Van Morrison", "Van", "Morrison", ""),
        ("Mary Ann Von Trapp", "Mary Ann Von", "Trapp", ""),
        ("Nguyễn Thị Ngọc Ánh", "Nguyễn Thị Ngọc", "Ánh", ""),
        ("Անի Պետրոսյան", "Անի", "Պետրոսյան", ""),
        ("Jean-Luc O'Brien-Smith", "Jean-Luc", "O'Brien-Smith", ""),
        ("Ana V", "Ana", "V", ""),
        ("Public, John, PhD", "John", "Public Ph.D.", ""),
        ("Rev. Dr. Ada Day", "Ada", "Day", "Rev."),
    ],
)
def test_a_name_is_parted(
    name: str, first: str | None, last: str | None, prefix: str | None
) -> None:
    found = split_name.split_full_name(name)

    if first is None:
        assert found is None
    else:
        assert found is not None
        assert (found.first_name, found.last_name, found.prefix) == (first, last, prefix)


@pytest.mark.parametrize(
    "name", ["Cher", "", " , ", "Ani and Bo Li", "Ani & Bo Li", "Ana y Luis Paz", "a, b, c, d"]
)
def test_one_word_and_two_people_are_not_guessed_at(name: str) -> None:
    assert split_name.split_full_name(name) is None


def test_titles_and_suffixes_are_written_in_one_way() -> None:
    assert [split_name.standard_prefix(one) for one in ("MRS", "dr.", "Director")] == [
        "Mrs.",
        "Dr.",
        "",
    ]
    assert [split_name.standard_suffix(one) for one in ("jr", "III", "of Bath")] == [
        "Jr.",
        "III",
        "of Bath",
    ]


@pytest.mark.parametrize(
    ("first", "last", "made"),
    [
        ("ANI", "PETROSYAN", "Ani Petrosyan"),
        ("ani", "petrosyan", "Ani Petrosyan"),
        ("SEAN", "MCDONALD", "Sean McDonald"),
        ("PAT", "O'BRIEN", "Pat O'Brien"),
        ("PAT", "O’BRIEN-SMITH III", "Pat O’Brien-Smith III"),
        ("PIETER", "VAN DER BERG", "Pieter van der Berg"),
        ("MARY ANN", "DE LA CRUZ JR.", "Mary Ann de la Cruz Jr."),
        ("T. J.", "ST. JAMES", "T. J. St. James"),
        ("JD", "VANCE", "JD Vance"),
        ("AJ", "LE", "AJ Le"),
        ("BO", "LI", "Bo Li"),
        ("J", "D", "J D"),
        ("ANA", "MACHADO", "Ana Machado"),
        ("JO", "MACDONALD", "Jo MacDonald"),
        ("MACIEJ", "NOWAK", "Maciej Nowak"),
        ("ANNE-MARIE", "D'ANGELO", "Anne-Marie D'Angelo"),
        ("JOSÉ ÁNGEL", "DÍAZ", "José Ángel Díaz"),
        ("ՏԻԳՐԱՆ", "ԱՎԵՏԻՍՅԱՆ", "Տիգրան Ավետիսյան"),
        ("明", "山", "明 山"),
        ("Ana", "LOPEZ", "Ana Lopez"),
        ("JD", "Vance", "JD Vance"),
        ("Ana", "LEE", "Ana LEE"),
        ("DeShawn", "McAllister", "DeShawn McAllister"),
        ("Ludwig", "van Beethoven", "Ludwig van Beethoven"),
        ("", "", " "),
    ],
)
def test_a_name_in_capitals_is_written_as_its_owner_would(first: str, last: str, made: str) -> None:
    assert " ".join(split_name.recase(first, last)) == made


def test_only_capitals_alone_are_changed_in_a_name_that_its_owner_typed() -> None:
    assert split_name.recase_capitals("ANI", "O'NEIL") == ("Ani", "O'Neil")
    for typed in (("bell", "hooks"), ("Ana", "LOPEZ"), ("DeShawn", "McAllister"), ("明", "山")):
        assert split_name.recase_capitals(*typed) == typed


@given(st.text(max_size=20), st.text(max_size=20))
def test_casing_changes_no_letter(first: str, last: str) -> None:
    one, two = " ".join(first.split()), " ".join(last.split())

    made = split_name.recase(one, two)

    assert [part.split() and part.upper().replace(".", "") for part in made] == [
        part.split() and part.upper().replace(".", "") for part in (one, two)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Ana Lopez / Bo Chen", "Ana Lopez + Bo Chen", "Ana Lopez; Bo Chen", "Ana Lopez, Bo Chen",
        "Ana Lopez (with Bo Chen)", "The Lopez Family", "Ana Lopez ana@example.org",
    ],
)  # fmt: skip
def test_several_people_never_become_one_name(name: str) -> None:
    assert split_name.split_full_name(name) is None


@pytest.mark.parametrize(
    ("first", "last", "several"),
    [
        ("Ana and Bo", "Lopez", True),
        ("Ana", "Lopez/Chen", True),
        ("Ana y Luis", "Paz", True),
        ("José", "Ortega y Gasset", False),
        ("Anderson", "Landor", False),
        ("Jean-Luc", "O'Brien-Smith", False),
    ],
)
def test_two_people_are_seen_in_columns_too(first: str, last: str, several: bool) -> None:
    assert split_name.names_several_people(first, last) is several
