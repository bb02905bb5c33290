"""The pages follow a campaign's targets, and tell people whom none of them represents."""

from pathlib import Path

from tests.packs.test_targets import STANDARD
from tests.web.letter_builder import a_letter, recipients
from tests.web.made_site import visitor, words
from tests.web.test_new_campaign import publish

KINDLY = "This campaign asks other officials than the ones who represent you here."
MAYOR = (
    "id,name,title,block,salutation,phone,form,mail,places\n"
    'mayor,Jo Doe,Mayor,"Jo Doe|City Hall|Helena, MT 59601",Dear Mayor Doe:,,,,"Helena, MT"\n'
)


def aim(home: Path, table: str, rows: str = "") -> None:
    """Publish a campaign with these targets."""
    publish(home)
    folder = home / "campaigns" / "clinics"
    settings = (folder / "campaign.toml").read_text(encoding="utf-8").replace(STANDARD, "")
    (folder / "campaign.toml").write_text(f"{settings}\n{table}\n", encoding="utf-8")
    if rows:
        (folder / "targets.csv").write_text(rows, encoding="utf-8")


def test_one_member_can_be_the_only_target(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nmembers = ["D000618"]')

    with visitor(tmp_path) as client:
        page = client.post(
            "/c/clinics/write", data=a_letter(points=[], personal="", to=["senate", "house"])
        )
        members = client.post("/c/clinics/members", data={"zip": "59601"})

    assert recipients(page.text) == ["D000618"]
    assert members.text.count('name="recipient"') == 1
    assert client.get("/c/clinics/call/D000618").status_code == 200
    assert client.get("/c/clinics/call/S001232").status_code == 404


def test_a_person_whom_no_target_represents_is_told_and_can_sign(tmp_path: Path) -> None:
    aim(tmp_path, '[targets]\nstates = ["WY"]')

    with visitor(tmp_path) as client:
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=["senate"]))
        members = client.post("/c/clinics/members", data={"zip": "59601"})
        petition = client.get("/c/clinics/")

    assert KINDLY in words(page.text)
    assert KINDLY in words(members.text)
    assert 'id="sign"' in petition.text


def test_a_city_council_campaign_writes_to_the_mayor(tmp_path: Path) -> None:
    aim(tmp_path, "[targets]\nchambers = []", MAYOR)

    with visitor(tmp_path) as client:
        start = client.get("/c/clinics/write")
        page = client.post("/c/clinics/write", data=a_letter(points=[], personal="", to=["local"]))

    assert "State and local officials" in start.text
    assert "My senators" not in start.text
    assert recipients(page.text) == ["mayor"]
    assert "Dear Mayor Doe:" in page.text
