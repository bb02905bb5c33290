"""Paper signatures count on the page and in the figures, and are told apart there."""

from pathlib import Path

from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import export
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import ExportRequest
from campaign.petition.paper import enter_signatures, paper_row
from campaign.store.exports.query import Selection
from campaign.web.core.services import KEY
from tests.web.made_site import words
from tests.web.whole_site import NOON, PETITION, Site, figures

NAME = "section-907"


def enter(site: Site, many: int) -> None:
    """Enter so many people of Montana who signed on paper."""
    services = site.app.extensions[KEY]
    pack = services.campaigns.get(NAME, NOON)
    lines = [
        paper_row.parse_signature(
            first_name=f"A{number}",
            last_name="B",
            zip="59001",
            pack=pack,
            congress=services.congress,
            now=NOON,
        )
        for number in range(many)
    ]
    enter_signatures.enter(
        site.database,
        pack,
        lines,
        now=NOON,
        keyring=site.settings.keyring,
        actor="tester",
    )
    site.app.extensions["pages"].forget()


def test_without_paper_the_page_says_nothing_of_it(site: Site) -> None:
    assert "on paper" not in words(site.client.get(PETITION).text)
    told = figures(site.client.get(f"/c/{NAME}.json"))
    assert (told["count"], told["paper"], told["online"]) == (0, 0, 0)


def test_paper_counts_and_is_shown_separately(site: Site) -> None:
    site.sign()
    site.client.post(site.mailed_path("/confirm/"))
    enter(site, 3)

    for path in (PETITION, f"{PETITION}embed"):
        page = words(site.client.get(path).text)
        assert "4 have signed" in page
        assert "3 signed on paper" in page
    assert "3 firmas en papel" in words(site.client.get(f"{PETITION}?lang=es").text)
    told = figures(site.client.get(f"/c/{NAME}.json"))
    assert (told["count"], told["paper"], told["online"]) == (4, 3, 1)
    assert set(figures(site.client.get(f"{PETITION}count.json"))) == {"count", "goal", "updated"}


def test_the_page_after_erasing_is_true_about_exports(site: Site, tmp_path: Path) -> None:
    def erased(email: str, *, exported: bool) -> str:
        site.sign(email=email)
        site.client.post(site.mailed_path("/confirm/"))
        own = site.mailed_path("/me/")
        if exported:
            table = tmp_path / "signers.csv"
            generic = PRESETS["generic"]
            order = ExportRequest(
                preset=generic,
                selection=Selection(NAME),
                actor="tester",
                now=site.time[0],
                origin=Origin.of(site.settings.base_url, NAME),
            )
            export.write(site.database, order, table)
        return words(site.client.post(f"{own}/erase").text)

    assert "has not exported any list of signers" in erased("a@example.org", exported=False)
    assert "marked for the organizer to delete" in erased("b@example.org", exported=True)
    # An export may read its signers some minutes after the time on its record.
    site.pass_time(seconds=1)
    assert "marked for the organizer to delete" in erased("c@example.org", exported=False)
    site.pass_time(minutes=11)
    assert "has not exported any list of signers" in erased("d@example.org", exported=False)
