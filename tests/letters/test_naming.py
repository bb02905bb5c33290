"""One cell with a whole name: parted with care, or not at all."""

import pytest

from campaign.letters import naming


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
    found = naming.parted(name)

    if first is None:
        assert found is None
    else:
        assert found is not None
        assert (found.first_name, found.last_name, found.prefix) == (first, last, prefix)


@pytest.mark.parametrize(
    "name", ["Cher", "", " , ", "Ani and Bo Li", "Ani & Bo Li", "Ana y Luis Paz", "a, b, c, d"]
)
def test_one_word_and_two_people_are_not_guessed_at(name: str) -> None:
    assert naming.parted(name) is None


def test_titles_and_suffixes_are_written_in_one_way() -> None:
    assert [naming.prefix(one) for one in ("MRS", "dr.", "Director")] == ["Mrs.", "Dr.", ""]
    assert [naming.suffix(one) for one in ("jr", "III", "of Bath")] == ["Jr.", "III", "of Bath"]
