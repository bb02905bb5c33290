"""Stances in the back office: the scoreboard, one member's evidence, and importing files."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import audit, stances
from tests.bill_status_files import Name, bill_status
from tests.web.made_site import words
from tests.web.organize.signing_in import csrf_token, post, signed_in
from tests.web.whole_site import NOON, Site

PAGE = "/organize/section-907/stances"
TITUS, PALLONE = "T000468", "P000034"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def add(site: Site, *records: StanceRecord) -> None:
    with site.database.writing() as connection:
        stances.add(connection, "section-907", records, actor="cli:ani", now=NOON)


def upload(client: FlaskClient, content: bytes, bill: str = "") -> TestResponse:
    typed = {"csrf_token": csrf_token(client), "bill": bill}
    file = FileStorage(io.BytesIO(content), "stances.csv")
    boundary, body = encode_multipart({**typed, "file": file})
    return client.post(
        f"{PAGE}/import",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )


def audited(site: Site, action: str) -> list[dict[str, object]]:
    with site.database.reading() as connection:
        return [dict(each.details) for each in audit.records(connection, action=action)]


def test_the_scoreboard_lists_every_member_and_settles_first_what_disagrees(
    site: Site, client: FlaskClient
) -> None:
    add(
        site,
        StanceRecord(PALLONE, Stance.FOR, NOON.date(), "a file", Bill(119, "hr", 6840)),
        StanceRecord(PALLONE, Stance.AGAINST, NOON.date(), "a file", Bill(119, "hr", 6534)),
    )

    body = client.get(PAGE).text

    assert body.index("Settle this") < body.index("Scoreboard of members")
    assert f'href="{PAGE}/{PALLONE}"' in body
    assert body.count('<th scope="row">') > 530


def test_the_scoreboard_is_filtered_and_sorted_by_links_and_saved_as_csv(
    site: Site, client: FlaskClient
) -> None:
    add(site, StanceRecord(TITUS, Stance.FOR, NOON.date(), "A letter"))

    nevada = client.get(f"{PAGE}?state=NV&stance=for&sort=signatures").text
    link = re.search(r'href="([^"]+sort=letters[^"]*)">Letters</a>', nevada)
    saved = client.get(f"{PAGE}.csv?state=NV&stance=for").text

    assert nevada.count('<th scope="row">') == 1
    assert 'aria-sort="descending"' in nevada
    assert link is not None
    assert "state=NV" in link[1]
    (row,) = csv.DictReader(io.StringIO(saved))
    assert (row["member"], row["stance"], row["evidence"]) == ("Dina Titus", "for", "A letter")


def test_a_stance_is_recorded_shown_with_its_history_and_audited(
    site: Site, client: FlaskClient
) -> None:
    page = f"{PAGE}/{TITUS}"
    typed = {"stance": "undecided", "as_of": "2026-06-20", "source": "Staff in Las Vegas"}

    answer = post(client, page, typed, follow_redirects=True)

    assert "The stance has been recorded." in answer.text
    body = words(answer.text)
    assert "Undecided: Staff in Las Vegas, as of June 20, 2026" in body
    assert "July 1, 2026 : undecided, as of June 20, 2026; Staff in Las Vegas by Nare" in body
    assert audited(site, "stance-set") == [
        {"member": TITUS, "stance": "undecided", "source": "Staff in Las Vegas"}
    ]
    again = post(client, page, typed, follow_redirects=True)
    assert "on record already" in again.text
    assert len(audited(site, "stance-set")) == 1


def test_a_bill_of_an_ended_congress_is_history_without_its_number(
    site: Site, client: FlaskClient
) -> None:
    add(
        site,
        StanceRecord(TITUS, Stance.FOR, NOON.date(), "a file", Bill(118, "hr", 6840)),
        StanceRecord(PALLONE, Stance.UNKNOWN, NOON.date(), "a file", Bill(118, "hr", 6840)),
    )

    stood, withdrew = (words(client.get(f"{PAGE}/{each}").text) for each in (TITUS, PALLONE))

    said = "Sponsor or cosponsor of a bill of the 118th Congress"
    assert f"Earlier: for, {said}, as of July 1, 2026" in stood
    assert f"as of July 1, 2026; {said} by" in stood
    assert f"as of July 1, 2026; {said} by" in withdrew
    assert "6840" not in stood + withdrew


@pytest.mark.parametrize(
    ("typed", "field", "error"),
    [
        ({"source": ""}, "source", "Say where this can be checked"),
        ({"as_of": "2027-01-01"}, "as_of", "in the future"),
        ({"as_of": "soon"}, "as_of", "Write the day"),
        ({"stance": "maybe"}, "stance", "Not a valid choice"),
    ],
)
def test_what_cannot_be_recorded_is_said_at_the_field(
    site: Site, client: FlaskClient, typed: dict[str, str], field: str, error: str
) -> None:
    whole = {"stance": "for", "as_of": "2026-06-20", "source": "A letter", **typed}

    answer = post(client, f"{PAGE}/{TITUS}", whole)

    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error"[^>]*>.*{error}', answer.text)
    assert audited(site, "stance-set") == []


def test_settling_a_member_takes_them_off_the_list(site: Site, client: FlaskClient) -> None:
    add(
        site,
        StanceRecord(PALLONE, Stance.FOR, NOON.date(), "a file", Bill(119, "hr", 6840)),
        StanceRecord(PALLONE, Stance.AGAINST, NOON.date(), "a file", Bill(119, "hr", 6534)),
    )

    post(
        client,
        f"{PAGE}/{PALLONE}",
        {"stance": "for", "as_of": NOON.date().isoformat(), "source": "A statement"},
    )

    assert "Settle this" not in client.get(PAGE).text


@pytest.mark.parametrize(("more", "status"), [(1_000, 422), (200_000, 413)])
def test_a_bill_status_file_that_is_too_large_is_called_what_it_is(
    client: FlaskClient, more: int, status: int
) -> None:
    answer = upload(client, b"<billStatus>" + b" " * (20_000_000 + more))

    assert answer.status_code == status
    assert "BILLSTATUS XML of one bill is far smaller" in words(answer.text)


def test_a_bills_file_is_imported_once_and_audited(site: Site, client: FlaskClient) -> None:
    file = bill_status(
        Name("P000034", "Pallone", "NJ", "6"),
        [Name("T000468", "Titus", "NV", "1"), Name("X999999", "Nemo", "NV", "2")],
    )

    first = upload(client, file).text
    again = upload(client, file).text

    assert "2 new stances, 0 on record already, 1 not used" in first
    assert "This member is not in the Congress data." in first
    assert "0 new stances, 2 on record already" in again
    assert audited(site, "stances-imported")[-1] == {
        "added": 2,
        "rejected": 1,
        "bill": "H.R. 6840 (119th Congress)",
    }


def test_lines_that_cannot_be_used_are_shown_and_downloaded(
    site: Site, client: FlaskClient
) -> None:
    body = upload(
        client,
        b"bioguide,stance,as_of,source\n"
        b"T000468,for,2026-06-01,=A letter\n"
        b"T000468,maybe,2026-06-01,=cmd()\n",
    ).text

    assert "1 line was not used" in body
    assert "Write the stance as one of" in body
    link = re.search(r'href="([^"]+/rejected/[^"]+)"', body)
    assert link is not None
    (row,) = csv.DictReader(io.StringIO(client.get(link[1]).text))
    assert (row["line"], row["stance"], row["source"]) == ("3", "maybe", "'=cmd()")
    assert client.get(f"{PAGE}/rejected/{'a' * 22}").status_code == 404


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "The table is empty|no lines|empty"),
        (b"<xml", "XML"),
        (b"a,b\n1,2\n", "neither the columns"),
        (b"Cosponsor,Date Cosponsored\n", "Say which bill"),
        (bill_status(Name("P000034", "Pallone", "NJ", "6"), [], number=1), "does not name H.R. 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_its_field(
    client: FlaskClient, content: bytes, error: str
) -> None:
    answer = upload(client, content)

    assert answer.status_code == 422
    assert re.search(rf'id="(file|bill)-error".*({error})', answer.text)


def test_no_file_is_asked_for(client: FlaskClient) -> None:
    answer = post(client, f"{PAGE}/import", {})

    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_a_table_of_cosponsors_is_about_the_chosen_bill(client: FlaskClient) -> None:
    table = b'Cosponsor,Date Cosponsored\n"Rep. Titus, Dina [D-NV-1]",01/14/2026\n'

    assert (
        "on H.R. 6534 (119th Congress): 1 new stance" in upload(client, table, "119-hr-6534").text
    )


@pytest.mark.parametrize("role", ["exporter", "volunteer", "viewer"])
def test_roles_without_the_texts_are_kept_out(site: Site, role: str) -> None:
    visitor = signed_in(site, role)

    assert visitor.get(PAGE).status_code == 403
    assert visitor.get(f"{PAGE}/{TITUS}").status_code == 403
    assert post(visitor, f"{PAGE}/import", {}).status_code == 403


def test_a_brief_is_downloaded_from_the_members_page(client: FlaskClient) -> None:
    link = re.search(r'href="([^"]+brief\.pdf)"', client.get(f"{PAGE}/{TITUS}").text)
    assert link is not None

    with client.get(link[1]) as answer:
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
    assert client.get(f"{PAGE}/X999999/brief.pdf").status_code == 404
