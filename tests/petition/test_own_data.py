"""One's own data: downloaded, corrected, preferences changed, unsubscribed."""

from campaign.petition import corrections, own_data, public_counts
from campaign.petition.corrections import Correction
from tests.petition.petitioning import KEYRING, NOW, Petition


def test_the_download_has_all_stored_data(petition: Petition) -> None:
    petition.sign_and_confirm(comment="Words.", mail_opt_in=True, city="Absarokee", source="x")

    data = own_data.download(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    expected = {
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "zip": "59001",
        "city": "Absarokee", "district": "MT-2", "comment": "Words.", "mail_opt_in": True,
        "number": 1, "status": "confirmed", "confirmed_at": "2026-06-15T12:00:00Z",
    }  # fmt: skip
    assert expected.items() <= data.items()
    assert [consent["act"] for consent in data["consents"]] == ["signed", "confirmed"]
    assert "nonce" not in repr(data)


def test_a_corrected_place_moves_in_the_counts(petition: Petition) -> None:
    petition.sign_and_confirm()

    moved = corrections.correct_own(
        petition.database,
        petition.link("me"),
        Correction("Ada", "Lovelace", zip="82001", state="WY", district="WY-0"),
        now=NOW,
        keyring=KEYRING,
    )

    assert (moved.zip, moved.district, moved.number) == ("82001", "WY-0", 1)
    assert public_counts.by_state(petition.database, "section-907") == {"WY": 1}
    assert public_counts.by_district(petition.database, "section-907") == {"WY-0": 1}
    assert public_counts.count(petition.database, "section-907") == 1


def test_preferences_can_be_changed(petition: Petition) -> None:
    petition.sign_and_confirm(show_name=True)

    changed = own_data.set_preferences(
        petition.database, petition.link("me"), show_name=False, mail_opt_in=True,
        now=NOW, keyring=KEYRING,
    )  # fmt: skip

    assert (changed.show_name, changed.mail_opt_in) == (False, True)
    assert public_counts.shown_signers(petition.database, "section-907") == ()
    assert petition.consents()[-1].act == "changed"


def test_unsubscribing_is_idempotent_and_covers_the_mailbox(petition: Petition) -> None:
    petition.sign_and_confirm(first_name="Byron", mail_opt_in=True)
    petition.sign_and_confirm(mail_opt_in=True)
    token = petition.link("unsubscribe")

    for _ in range(2):
        signature = own_data.unsubscribe(petition.database, token, now=NOW, keyring=KEYRING)

    assert signature.is_confirmed
    assert [row.mail_opt_in for row in petition.rows()] == [False, False]
    assert [consent.act for consent in petition.consents()].count("unsubscribed") == 2
