"""Photos of members: only usable files, named by Bioguide id."""

import os
from pathlib import Path

import pytest

from campaign.congress import photos

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
WEBP = b"RIFF\x64\x00\x00\x00WEBP" + bytes(100)


def test_a_photo_is_found_by_bioguide_id(tmp_path: Path) -> None:
    (tmp_path / "D000618.webp").write_bytes(WEBP)
    (tmp_path / "Z000018.jpg").write_bytes(JPEG)

    daines, zinke = photos.find(tmp_path, "D000618"), photos.find(tmp_path, "Z000018")

    assert daines is not None
    assert zinke is not None
    assert (daines.content_type, zinke.content_type) == ("image/webp", "image/jpeg")
    assert photos.find(tmp_path, "G000607") is None
    assert photos.find(tmp_path / "none", "D000618") is None


def test_its_version_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "D000618.webp"
    path.write_bytes(WEBP)
    first = photos.find(tmp_path, "D000618")
    path.write_bytes(WEBP)
    os.utime(path, (1, 1))

    second = photos.find(tmp_path, "D000618")

    assert first is not None
    assert second is not None
    assert first.version != second.version


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("daines.jpg", JPEG, "name it by the member's Bioguide id"),
        ("D000618.gif", JPEG, "name it by the member's Bioguide id"),
        ("D000618.webp", JPEG, "its content is not what its name says"),
        ("D000618.jpg", b"<svg onload='alert(1)'/>", "its content is not what its name says"),
        ("D000618.jpg", JPEG + bytes(photos.MAX_BYTES), "make it smaller than 200 KB"),
        ("Q999999.jpg", JPEG, "no current member has this Bioguide id"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)

    (problem,) = photos.problems(tmp_path, {"D000618"})

    assert problem.startswith(f"{name}: {why}")
    assert photos.find(tmp_path, "D000618") is None


def test_a_name_that_leads_elsewhere_is_no_photo(tmp_path: Path) -> None:
    (tmp_path / "D000618.webp").write_bytes(WEBP)

    assert photos.find(tmp_path / "photos", "../D000618") is None
