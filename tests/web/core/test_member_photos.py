"""Photos on members' cards: from the operator's folder, sized, and cached by their content."""

import re

from tests.congress.test_photos import WEBP
from tests.web.whole_site import PETITION, Site

MEMBERS = PETITION + "members?zip=59001"


def test_without_a_folder_cards_have_no_picture(site: Site) -> None:
    assert "<img" not in site.client.get(MEMBERS).text


def test_a_card_shows_the_photo_sized_and_with_text(site: Site) -> None:
    site.settings.photos_folder.mkdir()
    (site.settings.photos_folder / "D000618.webp").write_bytes(WEBP)

    (image,) = re.findall(r"<img [^>]*>", site.client.get(MEMBERS).text)

    assert 'width="80" height="100"' in image
    assert 'alt="Portrait of Steve Daines"' in image
    source = re.search(r'src="([^"]+)"', image)
    assert source is not None
    response = site.client.get(source[1])
    assert (response.status_code, response.content_type) == (200, "image/webp")
    assert response.data == WEBP
    assert "immutable" in response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers


def test_an_outdated_or_unknown_photo_is_not_found(site: Site) -> None:
    site.settings.photos_folder.mkdir()
    (site.settings.photos_folder / "D000618.webp").write_bytes(WEBP)

    for name in ("D000618-000000000000", "D000618", "..-000000000000", "Z000018-0123456789ab"):
        assert site.client.get(f"/photos/{name}").status_code == 404
