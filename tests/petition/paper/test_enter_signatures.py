"""Paper signatures count once, at once and quietly, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from campaign.errors import SignatureUnknown, TableRefused
from campaign.letters.print.signup_sheet import PageId
from campaign.petition import erasure, public_counts, retention, review, signing
from campaign.petition.identity import Email
from campaign.petition.paper import enter_signatures
from campaign.petition.paper.duplicates import Outcome
from campaign.petition.paper.paper_row import PaperSignature
from campaign.store import audit
from tests.petition.petitioning import KEYRING, NOW, Petition, together

NAME = "section-907"


def enter(petition: Petition, *lines: PaperSignature) -> list[str]:
    found = enter_signatures.enter(
        petition.database, petition.pack, lines, now=NOW, keyring=KEYRING, actor="tester"
    )
    return [outcome.kind for outcome in found]


def dry_run(petition: Petition, *lines: PaperSignature) -> list[str]:
    dry_run = enter_signatures.DryRun(petition.database, petition.pack, keyring=KEYRING)
    return [outcome.kind for outcome in dry_run.enter(lines)]


def test_a_paper_line_counts_at_once_and_gets_no_mail(petition: Petition, line: Any) -> None:
    petition.sign_and_confirm()

    assert enter(petition, line(comment="For Shushi.", email="ani@example.org")) == ["entered"]

    row = petition.rows()[-1]
    assert (row.status, row.origin, row.district, row.number) == ("confirmed", "paper", "MT-2", 2)
    assert (row.comment_status, row.mail_opt_in, row.show_name) == ("waiting", False, False)
    standing = public_counts.signature_counts(petition.database, NAME)
    assert (standing.total, standing.paper, standing.online) == (2, 1, 1)
    assert public_counts.by_district(petition.database, NAME) == {"MT-2": 2}
    assert all(mail.to != "ani@example.org" for mail in petition.mails())
    public_counts.roll_up(petition.database, NOW)
    assert public_counts.signature_counts(petition.database, NAME) == standing


def test_the_same_sheet_twice_and_the_same_person_on_two_sheets_count_once(
    petition: Petition, line: Any
) -> None:
    lines = [line(sheet="1"), line(sheet="2", first_name="ANÍ"), line(first_name="Bo")]

    assert dry_run(petition, *lines) == ["entered", "known", "entered"]
    assert petition.rows() == []
    assert enter(petition, *lines) == ["entered", "known", "entered"]
    assert enter(petition, *lines) == ["known"] * 3
    assert dry_run(petition, *lines) == ["known"] * 3
    assert enter(petition, line(namesake="2")) == ["entered"]
    assert public_counts.count(petition.database, NAME) == 3


def test_an_online_signer_is_not_counted_again_on_paper(petition: Petition, line: Any) -> None:
    petition.sign_and_confirm()
    same = {"first_name": "ada", "last_name": "LOVELACE"}

    lines = [line(**same), line(**same, email="ada@example.org", namesake="2")]

    assert dry_run(petition, *lines) == ["known", "known"]
    assert enter(petition, *lines) == ["known", "known"]
    assert public_counts.signature_counts(petition.database, NAME).paper == 0


def test_the_household_rule_applies_on_paper(petition: Petition, line: Any) -> None:
    shared = {"email": "home@example.org"}
    lines = [
        line(**shared),
        line(**shared, first_name="Bo"),
        line(**shared, first_name="Cy"),
    ]

    assert enter(petition, *lines) == ["entered", "entered", "refused"]
    assert [row.household_slot for row in petition.rows()] == [0, 1]


def test_paper_confirms_a_pending_online_signature_and_its_link_says_so(
    petition: Petition, line: Any
) -> None:
    petition.sign(mail_opt_in=True)
    token = petition.link("confirm")

    assert enter(
        petition, line(first_name="Ada", last_name="Lovelace", email="ada@example.org")
    ) == ["entered"]

    [row] = petition.rows()
    assert (row.status, row.origin, row.mail_opt_in) == ("confirmed", "paper", False)
    assert petition.mails("confirm") == []
    assert petition.confirm(token).is_confirmed
    assert public_counts.count(petition.database, NAME) == 1


def test_an_erased_signer_is_not_restored_by_the_sheet(petition: Petition, line: Any) -> None:
    enter(petition, line(), line(first_name="Bo", email="bo@example.org"))
    ani, bo = petition.rows()

    for row in (ani, bo):
        done = erasure.erase_signature(
            petition.database, row.public_id, actor="tester", now=NOW, keyring=KEYRING
        )
        assert done.signatures == (row.public_id,)

    assert petition.rows() == []
    assert petition.mails() == []
    assert enter(petition, line(), line(first_name="Bo")) == ["known", "known"]
    assert enter(petition, line(first_name="Cy", email="bo@example.org")) == ["refused"]
    assert public_counts.signature_counts(petition.database, NAME) == public_counts.SignatureCounts(
        0, 0
    )


def test_invalidated_and_reinstated_paper_stays_distinct(petition: Petition, line: Any) -> None:
    enter(petition, line())
    [row] = petition.rows()

    review.invalidate(petition.database, row.public_id, "not legible", actor="t", now=NOW)
    assert public_counts.signature_counts(petition.database, NAME) == public_counts.SignatureCounts(
        0, 0
    )
    review.reinstate(petition.database, row.public_id, actor="t", now=NOW)
    assert public_counts.signature_counts(petition.database, NAME) == public_counts.SignatureCounts(
        1, 1
    )


def test_retention_of_paper_counts_from_the_day_of_signing(petition: Petition, line: Any) -> None:
    signed = NOW - timedelta(days=20)
    enter(petition, line(signed_on=signed.date().isoformat()))

    retention.purge(petition.database, NOW + timedelta(days=11), retention_days=30)

    [row] = petition.rows()
    assert (row.first_name, row.anonymised_at is not None) == ("", True)
    assert public_counts.signature_counts(petition.database, NAME).paper == 1


def test_a_paper_signer_who_signs_online_gets_an_already_signed_mail(
    petition: Petition, line: Any
) -> None:
    enter(petition, line(email="ani@example.org"))

    signing.sign(
        petition.database,
        petition.pack,
        signing.Signup("Ani", "Petrosyan", Email.parse("ani@example.org"), "59001", "MT"),
        now=NOW,
        keyring=KEYRING,
    )

    assert len(petition.rows()) == 1
    assert [mail.kind for mail in petition.mails()] == ["already-signed"]


def test_an_undone_line_can_be_entered_again(petition: Petition, line: Any) -> None:
    first, second = line(email="ani@example.org"), line(namesake="2")
    made = enter_signatures.enter(
        petition.database,
        petition.pack,
        [first, second],
        now=NOW,
        keyring=KEYRING,
        actor="tester",
    )

    def undo(public_id: str, namesake: int) -> None:
        enter_signatures.undo(
            petition.database,
            petition.pack,
            public_id,
            namesake,
            now=NOW,
            keyring=KEYRING,
            actor="tester",
        )

    undo(made[0].public_id, 1)

    assert public_counts.signature_counts(petition.database, NAME) == public_counts.SignatureCounts(
        1, 1
    )
    assert public_counts.by_district(petition.database, NAME) == {"MT-2": 1}
    assert [consent.act for consent in petition.consents()] == ["signed"]
    assert enter(petition, first, second) == ["entered", "known"]
    petition.sign_and_confirm(email="bo@example.org")
    for public_id in (made[0].public_id, petition.rows()[-1].public_id):
        with pytest.raises(SignatureUnknown):
            undo(public_id, 1)


def test_all_or_nothing_enters_nothing_if_one_line_is_refused(
    petition: Petition, line: Any
) -> None:
    lines = [line(first_name=name, email="home@example.org") for name in ("Ani", "Bo", "Cy")]

    def whole(*lines: PaperSignature) -> list[str]:
        found = enter_signatures.enter(
            petition.database,
            petition.pack,
            lines,
            now=NOW,
            keyring=KEYRING,
            actor="tester",
            all_or_nothing=True,
        )
        return [outcome.kind for outcome in found]

    with pytest.raises(TableRefused):
        whole(*lines)
    assert petition.rows() == []
    assert dry_run(petition, *lines[:2]) == ["entered", "entered"]
    assert whole(*lines[:2]) == ["entered", "entered"]


def test_concurrent_imports_of_one_sheet_add_nobody_twice(petition: Petition, line: Any) -> None:
    lines = [line(first_name=f"A{number}", email=f"a{number}@example.org") for number in range(9)]

    found = together(3, lambda: enter(petition, *lines))

    assert sorted(str(kinds) for kinds in found) == sorted(
        str([kind] * 9) for kind in ("entered", "known", "known")
    )
    assert public_counts.signature_counts(petition.database, NAME) == public_counts.SignatureCounts(
        9, 9
    )


def test_is_known_answers_for_name_and_zip(petition: Petition, line: Any) -> None:
    petition.sign_and_confirm()
    enter(petition, line())

    def known(first: str, last: str, zip_code: str, namesake: int = 1) -> bool:
        return enter_signatures.is_known(
            petition.database,
            petition.pack,
            first_name=first,
            last_name=last,
            zip=zip_code,
            namesake=namesake,
            keyring=KEYRING,
        )

    assert known("ada", "LOVELACE", "59001-1234")
    assert known("Ani", "Petrosyan", "59001")
    assert not known("Ani", "Petrosyan", "59001", namesake=2)
    assert not known("Ada", "Lovelace", "82001")


def test_a_page_id_is_stored_in_its_printed_form(petition: Petition, line: Any) -> None:
    page_id = PageId.new()

    enter(petition, line(sheet=f"paper-{page_id.code.lower()}"), line(first_name="B", sheet="Fair"))

    assert [(row.sheet, row.source) for row in petition.rows()] == [
        (str(page_id), "paper"), ("Fair", "paper")
    ]  # fmt: skip


def test_each_batch_is_audited_without_names(petition: Petition, line: Any) -> None:
    enter(petition, line(), line())

    with petition.database.reading() as connection:
        [record] = audit.records(connection, action="import", campaign=NAME)
    assert record.details == {"entered": 1, "known": 1, "refused": 0}
    assert "Ani" not in repr(line())


def test_hidden_matches_look_entered_and_an_organizer_decides(
    petition: Petition, line: Any
) -> None:
    petition.sign_and_confirm(first_name="Ani", last_name="Petrosyan", zip="59001")
    number = public_counts.count(petition.database, petition.pack.name)

    def enter_discreetly(*lines: PaperSignature) -> list[Outcome]:
        found = enter_signatures.enter(
            petition.database,
            petition.pack,
            lines,
            now=NOW,
            keyring=KEYRING,
            actor="user:7",
            hide_matches=True,
        )
        return [one.redacted() for one in found]

    told = enter_discreetly(line(), line(), line(first_name="Bo"))
    assert [(one.kind, one.says, one.column) for one in told] == [("entered", "", "")] * 3
    held = [row for row in petition.rows() if row.status == "held"]
    assert [(row.first_name, row.origin, row.flags) for row in held] == [
        ("Ani", "paper", "counted-before")
    ]
    assert public_counts.count(petition.database, petition.pack.name) == number + 1

    review.release(petition.database, held[0].public_id, actor="user:1", now=NOW)

    assert public_counts.count(petition.database, petition.pack.name) == number + 2
    assert public_counts.compare(petition.database) == {}
    review.invalidate(petition.database, held[0].public_id, "twice", actor="user:1", now=NOW)
    assert public_counts.compare(petition.database) == {}
