"""Paper in the browser: a sheet is typed row by row, a table is looked through before it counts."""

import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.cli.worker_setup import handlers
from campaign.letters.print.signup_sheet import PageId
from campaign.organizing import jobs as long_work
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from campaign.petition import erasure, public_counts
from campaign.petition.identity import Email
from campaign.store import audit, models
from campaign.web.core.request_floods import MinuteCounter
from campaign.web.organize import paper as room
from tests.organizing.signed import add_signers
from tests.tables.workbooks import claiming
from tests.web.organize.signing_in import csrf_token, post, signed_in
from tests.web.whole_site import Site, figures

PAGE = "/organize/section-907/paper"
TABLE = b"first_name,last_name,zip\nAni,Petrosyan,59001\nBo,Li,00000\nCy,Ito,82001\n"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """A volunteer, who may not look signers up."""
    return signed_in(site, "volunteer")


@pytest.fixture
def organizer(site: Site) -> FlaskClient:
    """An organizer, who may."""
    return signed_in(site, "organizer")


def typed(*rows: tuple[str, ...], **head: str) -> dict[str, str]:
    """What the sheet's form sends: first name, last name, ZIP, e-mail and namesake of each row."""
    names = ("first_name", "last_name", "zip", "email", "namesake")
    form = {"sheet": "", "signed_on": "2026-06-30", **head}
    for number, row in enumerate(rows, start=1):
        form |= {f"{name}-{number}": cell for name, cell in zip(names, row, strict=False)}
    return form


def counted(site: Site) -> tuple[int, int]:
    standing = public_counts.signature_counts(site.database, "section-907")
    return standing.total, standing.paper


def hand_in(client: FlaskClient, table: bytes, **more: str) -> TestResponse:
    form: dict[str, Any] = {"csrf_token": csrf_token(client), "table": (BytesIO(table), "p.csv")}
    return client.post(f"{PAGE}/table", data=form | more, content_type="multipart/form-data")


def work(site: Site) -> None:
    """Let the worker do the oldest job."""
    registry = CampaignRegistry(packs.folders(site.settings))
    assert long_work.run_next(
        site.database,
        handlers(site.settings, registry),
        site.settings,
        clock=lambda: site.time[0],
    )


def test_a_sheet_counts_at_once_with_its_page_id(site: Site, client: FlaskClient) -> None:
    page_id = str(PageId.new())

    done = post(
        client,
        PAGE,
        typed(("ANI", "PETROSYAN", "59001"), (), ("Bo", "Li", "82001"), sheet=page_id.lower()),
        follow_redirects=True,
    )

    assert "2 signatures entered." in done.text
    assert counted(site) == (2, 2)
    with site.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT source, sheet, origin FROM signatures").all()
        names = connection.exec_driver_sql("SELECT last_name FROM signatures").scalars().all()
        [record] = audit.records(connection, action="import")
    assert {tuple(row) for row in rows} == {("paper", page_id, "paper")}
    assert set(names) == {"Petrosyan", "Li"}  # one was typed in capitals, as on the sheet
    assert record.details["sheet"] == page_id
    assert done.text.count(f"<td>{page_id}</td>") == 2


def test_rows_that_cannot_be_entered_stay_as_typed_and_the_others_count(
    site: Site, organizer: FlaskClient
) -> None:
    add_signers(site.database, {"zip": "59001"})

    answer = post(
        organizer,
        PAGE,
        typed(
            ("Ani", "Petrosyan", "59001"),
            ("Bo", "Li", "5900", "bo@example.org"),
            ("Cy", "", "82001"),
            ("Di", "Ito", "82001"),
        ),
    )

    assert answer.status_code == 422
    assert counted(site) == (2, 1)
    assert "1 entered; 3 to correct" in answer.text
    assert 'href="#zip-2"' in answer.text
    assert 'href="#last_name-3"' in answer.text
    assert 'value="bo@example.org"' in answer.text
    assert 'id="first_name-4" name="first_name-4" value=""' in answer.text
    shown = re.findall(r"data-question=\"\d+\"( hidden)?>", answer.text)
    assert shown == ["", *[" hidden"] * 9]

    again = post(organizer, PAGE, typed(("Ani", "Petrosyan", "59001", "", "2")))
    assert again.status_code == 303
    assert counted(site) == (3, 2)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ({"sheet": "K7M-3Q9Z"}, "This is no page id"),
        ({"signed_on": "2031-01-01"}, "in the future"),
        ({"signed_on": "June"}, "2026-06-15"),
    ],
)
def test_what_is_wrong_above_the_rows_enters_none_and_loses_none(
    site: Site, client: FlaskClient, head: dict[str, str], told: str
) -> None:
    answer = post(client, PAGE, typed(("Ani", "Petrosyan", "59001"), **head))

    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Petrosyan"' in answer.text
    assert counted(site) == (0, 0)


def test_the_answer_names_the_town_and_who_is_counted_and_nothing_else(
    site: Site, organizer: FlaskClient
) -> None:
    add_signers(site.database, {"zip": "59001", "email": "ani@example.org"})

    def ask(first: str, zip_: str) -> dict[str, Any]:
        said = {"first_name": first, "last_name": "Petrosyan", "zip": zip_}
        return figures(post(organizer, f"{PAGE}/check", said))

    assert ask("Ani", "59001") == {
        "town": "Absarokee, MT", "known": True, "wrong": "", "field": ""
    }  # fmt: skip
    assert ask("Bo", "59001")["known"] is False
    assert ask("", "59001")["known"] is False
    assert ask("Ani", "00000")["field"] == "zip"
    assert ask("Ani", "5900")["field"] == "zip"


def test_questions_about_people_are_limited_for_each_account(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MAX_CHECKS_A_MINUTE", 2)
    monkeypatch.setattr(room, "person_checks", MinuteCounter(clock=lambda: 0.0))
    said = {"first_name": "Ani", "last_name": "Petrosyan", "zip": "59001"}

    answers = [post(client, f"{PAGE}/check", said).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


#: What a volunteer might type to find out about a person: who signed online, on paper, with this
#: address, who shares it, who left, who was erased, and who is new.
PEOPLE = {
    "online": ("Ani", "Petrosyan", "59001"),
    "paper": ("Bo", "Li", "59001"),
    "address": ("Ani", "Petrosyan", "82001", "ani@example.org"),
    "shared": ("Eve", "Else", "82001", "ani@example.org"),
    "gone": ("Gone", "Away", "59001", "gone@example.org"),
    "erased": ("Era", "Sed", "59001", "erased@example.org"),
    "waiting": ("Wai", "Ting", "59001", "waiting@example.org"),
    "new": ("Neu", "Person", "59001"),
}


@pytest.fixture
def known(site: Site, organizer: FlaskClient) -> Site:
    """A site that knows all of `PEOPLE` but the new one."""
    ani = {"first_name": "Ani", "last_name": "Petrosyan", "name_key": "ani petrosyan"}
    gone = {"first_name": "Gone", "last_name": "Away", "name_key": "away gone"}
    waiting = {"first_name": "Wai", "last_name": "Ting", "name_key": "ting wai"}
    add_signers(
        site.database,
        {**ani, "zip": "59001", "email": "ani@example.org", "email_key": "ani@example.org"},
        {**gone, "zip": "59001", "email_key": "gone@example.org", "status": "withdrawn"},
        {**waiting, "zip": "59001", "email_key": "waiting@example.org", "status": "pending"},
    )
    post(organizer, PAGE, typed(PEOPLE["paper"]))
    key = site.settings.keyring
    address = Email.parse("erased@example.org")
    erasure.erase_address(site.database, address, actor="t", now=site.time[0], keyring=key)
    return site


def without_ids(page: str) -> str:
    return re.sub(r'(name="(line|csrf_token)" value=")[^"]+', r"\1", page)


def test_a_volunteer_is_answered_alike_whoever_is_typed(known: Site) -> None:
    """A sheet, the page after it, the script's question and the undo: none is an oracle."""
    answers = {}
    for who, row in PEOPLE.items():
        client = signed_in(known, "volunteer")
        said = dict(
            zip(("first_name", "last_name", "zip"), ("Ani", "Petrosyan", "59001"), strict=True)
        )
        asked = post(client, f"{PAGE}/check", said).text
        entered = post(client, PAGE, typed(row))
        page = client.get(PAGE).text
        line = re.search(r'name="line" value="([^"]+)"', page)
        assert line is not None, who
        undone = post(client, f"{PAGE}/undo", {"line": line[1]}, follow_redirects=True)
        answers[who] = (
            asked,
            entered.status_code,
            without_ids(page),
            undone.status_code,
            without_ids(undone.text),
        )

    for who, answer in answers.items():
        assert answer == answers["new"], who
    assert not re.search("Petrosyan|59001", answers["online"][2])


def test_a_table_of_a_volunteer_is_answered_alike_whoever_is_in_it(known: Site) -> None:
    client = signed_in(known, "volunteer")
    lines = [",".join((*row, "")[:4]) for row in PEOPLE.values()]
    table = "\n".join(["first_name,last_name,zip,email", *lines]).encode()

    looked = hand_in(client, table).headers["Location"]
    work(known)
    page = client.get(looked).text
    assert f"{len(PEOPLE)} of {len(PEOPLE)} lines would be entered" in page
    entered = post(client, f"{looked}/enter", {"all_or_nothing": "1"}).headers["Location"]
    work(known)
    assert f"{len(PEOPLE)} of {len(PEOPLE)} lines entered" in client.get(entered).text


def held(site: Site) -> list[tuple[str, str, str | None]]:
    table = models.signatures
    with site.database.reading() as connection:
        rows = connection.execute(
            sa.select(table.c.first_name, table.c.flags, table.c.email)
            .where(table.c.status == "held")
            .order_by(table.c.id)
        )
        return [(row.first_name, row.flags, row.email) for row in rows]


def test_what_a_volunteer_may_not_learn_waits_for_an_organizer(
    known: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    before = counted(known)
    for _ in range(2):  # however often it is typed
        post(client, PAGE, typed(*PEOPLE.values()))

    assert held(known) == [
        ("Ani", "counted-before", None),
        ("Bo", "counted-before", None),
        ("Ani", "address-in-use", None),
        ("Eve", "address-in-use", None),
        ("Wai", "counted-before", None),
        ("Neu", "counted-before", None),
    ]
    assert counted(known) == (before[0] + 2, before[1] + 2)
    assert "6 sign-ups are set aside" in organizer.get("/organize/section-907/").text
    page = organizer.get("/organize/section-907/signers?status=held").text
    public_id = re.findall(r"/signers/([0-9a-v]{26})", page)[0]
    path = f"/organize/section-907/signers/{public_id}"
    assert "Release: this is another person" in organizer.get(path).text

    post(organizer, path, {"act": "release"})

    assert counted(known) == (before[0] + 3, before[1] + 3)
    assert len(held(known)) == 5


def test_one_press_releases_no_line_of_paper(
    known: Site, client: FlaskClient, organizer: FlaskClient
) -> None:
    post(client, PAGE, typed(*PEOPLE.values()))
    before = held(known)

    post(organizer, "/organize/section-907/signers/release", {"status": "held"})

    assert held(known) == before


def test_a_line_that_waits_is_undone_like_any_other(known: Site, client: FlaskClient) -> None:
    post(client, PAGE, typed(PEOPLE["online"]))
    line = re.search(r'name="line" value="([^"]+)"', client.get(PAGE).text)
    assert line is not None
    before = counted(known)

    post(client, f"{PAGE}/undo", {"line": line[1]})

    assert held(known) == []
    assert counted(known) == before
    post(client, PAGE, typed(PEOPLE["online"]))
    assert len(held(known)) == 1


def test_nothing_is_kept_of_who_was_erased_or_left(known: Site, client: FlaskClient) -> None:
    post(client, PAGE, typed(PEOPLE["erased"], PEOPLE["gone"]))

    assert held(known) == []


def test_an_organizer_sees_it_and_that_is_on_record(known: Site, organizer: FlaskClient) -> None:
    row = dict(zip(("first_name", "last_name", "zip"), PEOPLE["online"], strict=True))
    assert figures(post(organizer, f"{PAGE}/check", row))["known"] is True
    assert figures(post(organizer, f"{PAGE}/check", {**row, "zip": "82001"}))["known"] is False
    assert "already signed" in post(organizer, PAGE, typed(PEOPLE["address"])).text

    with known.database.reading() as connection:
        found = audit.records(connection, action="signers-read", limit=None)
    assert [dict(one.details) for one in reversed(found)] == [
        {"what": "paper check", "rows": 1},
        {"what": "paper check", "rows": 0},
    ]


def test_a_slip_is_undone_and_can_be_typed_anew(site: Site, client: FlaskClient) -> None:
    row = ("Ani", "Petrosyan", "59001")
    page = post(client, PAGE, typed(row), follow_redirects=True).text
    line = re.search(r'name="line" value="([^"]+)"', page)
    assert line is not None

    undone = post(client, f"{PAGE}/undo", {"line": line[1]}, follow_redirects=True)

    assert "has been removed" in undone.text
    assert counted(site) == (0, 0)
    with site.database.reading() as connection:
        [record] = audit.records(connection, action="import-undone")
    assert record.details == {"signature": line[1]}
    assert post(client, f"{PAGE}/undo", {"line": line[1]}).status_code == 404
    assert post(client, PAGE, typed(row)).status_code == 303
    assert counted(site) == (1, 1)


def test_another_session_cannot_undo_it_and_an_erased_line_is_gone(
    site: Site, organizer: FlaskClient
) -> None:
    page = post(organizer, PAGE, typed(("Ani", "Petrosyan", "59001")), follow_redirects=True).text
    line = re.search(r'name="line" value="([^"]+)"', page)
    assert line is not None

    assert post(signed_in(site), f"{PAGE}/undo", {"line": line[1]}).status_code == 404
    erasure.erase_signature(
        site.database,
        line[1],
        actor="t",
        now=site.time[0],
        keyring=site.settings.keyring,
    )
    late = post(organizer, f"{PAGE}/undo", {"line": line[1]}, follow_redirects=True)
    assert "taken out or changed already" in late.text
    assert "Petrosyan" not in organizer.get(PAGE).text
    # Whoever was erased does not come back with the sheet.
    assert post(organizer, PAGE, typed(("Ani", "Petrosyan", "59001"))).status_code == 422


def test_a_table_is_checked_first_and_entered_on_request(site: Site, client: FlaskClient) -> None:
    looked = hand_in(client, TABLE).headers["Location"]
    work(site)
    page = client.get(looked).text
    assert "2 of 3 lines would be entered; 0 were counted before, 1 refused." in page
    assert "do not know ZIP code 00000" in page
    assert counted(site) == (0, 0)
    with client.get(f"/jobs/{looked.rpartition('/')[2]}/files/rejects.csv") as rejects:
        told = rejects.data.decode().splitlines()
    assert told[0] == '"line","column","reason","first_name","last_name","zip"'
    assert told[1].startswith('3,"zip",')

    whole = post(client, f"{looked}/enter", {"all_or_nothing": "1"}).headers["Location"]
    work(site)
    assert "Nothing was entered, because some lines were refused." in client.get(whole).text
    assert counted(site) == (0, 0)

    some = post(client, f"{looked}/enter", {}).headers["Location"]
    work(site)
    assert "2 of 3 lines entered" in client.get(some).text
    assert counted(site) == (2, 2)


def test_a_table_that_cannot_be_read_is_said_at_once(client: FlaskClient) -> None:
    for raw, told in ((b"", "Choose a table"), (b"a,b\n1,2\n", "must name the columns")):
        answer = hand_in(client, raw)
        assert answer.status_code == 422
        assert told in answer.text


def test_a_workbook_that_ends_its_reader_is_refused_at_once(client: FlaskClient) -> None:
    answer = hand_in(client, claiming(4_000_000_000))

    assert "The workbook takes too much memory or time to read." in answer.text


BOX = "Email me about this campaign."


def opted_in(site: Site) -> list[tuple[str, str]]:
    """First name of everyone who gets updates, with the sentence they agreed to on paper."""
    signed, agreed = models.signatures.c, models.consents.c
    with site.database.reading() as connection:
        rows = connection.execute(
            sa.select(signed.first_name, agreed.sentence)
            .join(models.consents, agreed.signature_id == signed.id)
            .where(signed.mail_opt_in, agreed.mail_opt_in)
            .order_by(signed.number)
        )
        return [(name, sentence) for name, sentence in rows]


def test_a_checked_box_on_the_sheet_signs_its_person_up_for_updates(
    site: Site, client: FlaskClient
) -> None:
    rows = (
        ("Ani", "Petrosyan", "59001", "ani@example.org"),
        ("Bo", "Li", "82001", "bo@example.org"),
    )

    done = post(client, PAGE, typed(*rows) | {"mail_opt_in-1": "1"})

    assert done.status_code == 303
    [(name, sentence)] = opted_in(site)
    assert name == "Ani"
    assert "Checked the box beside “Email me updates from" in sentence
    assert "I can unsubscribe at any time." in sentence


def test_a_checked_box_without_an_address_is_asked_about_and_stays_checked(
    site: Site, client: FlaskClient
) -> None:
    answer = post(client, PAGE, typed(("Ani", "Petrosyan", "59001")) | {"mail_opt_in-1": "1"})

    assert answer.status_code == 422
    assert "The box for updates is checked, but the email address is missing." in answer.text
    assert re.search(r'id="mail_opt_in-1"[^>]* checked', answer.text)
    assert counted(site) == (0, 0)


def test_a_table_with_the_sentence_of_its_box_signs_people_up(
    site: Site, client: FlaskClient
) -> None:
    table = b"name,zip,email,mail_opt_in\nAni Petrosyan,59001,ani@example.org,yes\n"

    looked = hand_in(client, table, mail_consent=BOX).headers["Location"]
    work(site)
    assert "Lines that say yes to updates: 1." in client.get(looked).text
    post(client, f"{looked}/enter", {})
    work(site)

    assert opted_in(site) == [("Ani", f"Signed by hand, on paper. Checked the box beside “{BOX}”")]


def test_a_sentence_comes_back_where_the_table_has_no_column_for_it(client: FlaskClient) -> None:
    answer = hand_in(client, TABLE, mail_consent=BOX)

    assert answer.status_code == 422
    assert "no column says who checked it" in answer.text
    assert f'value="{BOX}"' in answer.text


def test_a_table_is_its_owner_s_alone_and_is_entered_only_after_it_was_looked_through(
    site: Site, client: FlaskClient
) -> None:
    looked = hand_in(client, TABLE).headers["Location"]
    early = post(client, f"{looked}/enter", {}, follow_redirects=True)
    assert "has been deleted" in early.text
    work(site)

    other = signed_in(site, "organizer")

    assert other.get(looked).status_code == 404
    assert post(other, f"{looked}/enter", {}).status_code == 404


@pytest.mark.parametrize("role", ["exporter", "viewer"])
def test_who_may_not_enter_paper_is_kept_out(site: Site, role: str) -> None:
    visitor = signed_in(site, role)

    assert visitor.get(PAGE).status_code == 403
    for path in ("", "/check", "/undo", "/table"):
        assert post(visitor, PAGE + path, {}).status_code == 403
