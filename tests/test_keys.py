"""What was signed, hashed or encrypted before still opens: each purpose keeps its bytes.

The vectors were computed once, under KEYRING. One that changes breaks links already mailed, sheets
already typed in, or secrets already stored.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.fernet import Fernet
from itsdangerous import URLSafeTimedSerializer

from campaign.keys import AccountUse, Keyring
from campaign.link_lifetimes import Purpose
from campaign.petition import letter_fingerprints
from campaign.petition.paper import person_keys
from campaign.store import tokens
from campaign.store.db import encryption
from campaign.web.core.client_network import network_hash
from campaign.web.core.forms import FormSeal
from campaign.web.organize import login
from campaign.web.organize.security_datastore import OneTimeCodes

KEYRING = Keyring("golden-key-0123456789-abcdefghijklmnopqrstuvwxyz")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PUBLIC_ID = "0123456789abcdefghijklmnop"
NONCE = bytes(range(16))
CAMPAIGN = "section-907"

LINKS = {
    "confirm": "AEQyFMdCVLY1z4RlOlbXxmsNZUANs1FwuuA1YMV7zuwDeZnU",
    "me": "AEQyFMdCVLY1z4RlOlbXxmsNZUDwBWv42LBNUKNKYzfTYVRM",
    "unsubscribe": "AEQyFMdCVLY1z4RlOlbXxmsNZUBr2HGBTlVZtxPkGyAJ1dXN",
    "approve": "AEQyFMdCVLY1z4RlOlbXxmsNZUCCgtpAHjHzBvjOi5lW0JDP",
    "invitation": "AEQyFMdCVLY1z4RlOlbXxmsNZUC4_ncjBfEkvED002ildYxz",
    "password": "AEQyFMdCVLY1z4RlOlbXxmsNZUCY52DriTvOS2XENTpUjXpQ",
}
BOUNCE_MARK = "0123456789abcdef-0123456789abcdefghijklmnop-9ad91271b80827b7dcd2"
SEALED = (
    "gAAAAABrDeJZijYCBAnstTyfUFsJuu1It72sIsvv7BefpM9AOcj8YBjSH9EhKrv6WX7dGGgR5AQjTUxhNYYSL3Wt5DpupiWg"
    "pCsC6UWNG3WNJOeB82JwAYU="
)
FORM_TOKEN = "form.aw1lQA.cNyhGX029wphgaB3V30aB3Vj2ZY"
THANKS_TICKET = "InQi.aw3iWQ.OWnRtKQl3nNUafH7i7GzGoFLny4"
CHECKED_TABLE = "InQi.aw3iWQ.ZUj6jfStNWa0uuD5kvMdg5DOIOs"
ACCOUNT_KEYS = {
    "sessions": "LmbSkL5LcRoWhZMGmS5_GAOGSqkyAS0A_MaQv_rQ76Y=",
    "passwords": "xj2KLoDHbcgarlr2ZhcN0NZyRejB6x9QmKLqHzIXY0c=",
    "totp": "SP88LsZz_3dm0TyYtvsicqXrG5DMHpf-RvN-liTZzH8=",
    "recovery-codes": "evG66YkxHPC3PVxsc5USm9pElNmgGEhXW52wR2OQDdw=",
}
TOTP_SECRET = (
    '{"enckey":{"c":14,"k":"6M2YWIIPN7D7TG6VNFU5DDWDCZLTTOWB","s":"7D736FZC4TONWO4HCDBA","t":"1",'
    '"v":1},"type":"totp","v":1}'
)
RECOVERY_CODE = (
    b"gAAAAABrDeJZhsudlmCkJ78SpdaLs4lOF0J1uaQg_oGP9FEzdavR4j3hjJLCSUG2Jf4Hbgle2-MrBJPzzBqcwDmvprE0"
    b"QrX1GQ=="
)


@pytest.mark.parametrize("purpose", LINKS)
def test_mailed_links_keep_their_bytes(purpose: Purpose) -> None:
    minted = tokens.mint(KEYRING, purpose, public_id=PUBLIC_ID, nonce=NONCE, expires_at=NOW)

    assert minted == LINKS[purpose]


def test_the_fingerprint_of_an_address_keeps_its_bytes() -> None:
    assert (
        tokens.address_key(KEYRING, "ani@example.org").hex() == "76a80e4d83aab9fcccb409fc742cf350"
    )


def test_the_message_id_of_an_update_keeps_its_bytes() -> None:
    assert tokens.bounce_mark(KEYRING, PUBLIC_ID, "0123456789abcdef") == BOUNCE_MARK


def test_a_secret_stored_before_is_read() -> None:
    assert encryption.unseal(SEALED, KEYRING) == "whsec_made-before"


def test_the_fingerprint_of_a_signer_on_paper_keeps_its_bytes() -> None:
    key = person_keys.person_key(KEYRING, CAMPAIGN, "ani petrosyan", "59101", 1)

    assert key.hex() == "3859ab50a8203d59530f34ba1cf80c33"


def test_the_fingerprints_of_a_letter_keep_their_bytes() -> None:
    (writer,) = letter_fingerprints.writer_keys(CAMPAIGN, "ani petrosyan", "59101", KEYRING)
    (text_key,) = KEYRING.letter_texts(CAMPAIGN, "T000469")

    assert writer.hex() == "6720c3f53127119151ff25939adfc7f3"
    assert text_key.hex() == "8e77668debd72cbb34ce3da257600e95d6cbee9fb5c687227de2cab5a3c292cd"


def test_the_fingerprint_of_a_network_keeps_its_bytes() -> None:
    assert network_hash("192.0.2.7", KEYRING) == "a1bb07bf7feb3181ac6b52144a4ec078"


def test_a_form_token_made_before_is_good() -> None:
    assert FormSeal(KEYRING, now=NOW).make("sign:section-907") == FORM_TOKEN


def test_a_challenge_made_before_can_be_answered() -> None:
    (key,), (answer_key,) = KEYRING.challenges(CAMPAIGN), KEYRING.challenge_answers(CAMPAIGN)

    assert key.hex() == "dfc5ecc5b177c0b7d1d20390c24f04f507f2e2b968716d723f51aa4c3ce57270"
    assert answer_key.hex() == "e6113ba20c061f7471e12a4c8f3b2c3511b69b4e416e1f4d49acdd976bfc5feb"


@pytest.mark.parametrize(
    ("salt", "signed"), [("campaign.thanks", THANKS_TICKET), ("checked-table", CHECKED_TABLE)]
)
def test_what_a_page_signed_before_is_read(salt: str, signed: str) -> None:
    assert URLSafeTimedSerializer(KEYRING.page_signing(), salt=salt).loads(signed) == "t"


@pytest.mark.parametrize("use", ACCOUNT_KEYS)
def test_the_keys_of_accounts_keep_their_bytes(use: AccountUse) -> None:
    assert KEYRING.accounts(use) == (ACCOUNT_KEYS[use],)


def test_the_hash_of_a_tried_account_keeps_its_bytes() -> None:
    (key,) = KEYRING.login_attempts()

    assert (
        hmac.new(key, b"account:ani@example.org", sha256)
        .hexdigest()
        .startswith("d62495b587a3fcc261ae07d7b713e716")
    )


def test_a_second_factor_stored_before_is_read() -> None:
    codes = OneTimeCodes(login.totp_keys(KEYRING), "example.org")

    assert codes.get_totp_b32_key(TOTP_SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_a_recovery_code_stored_before_is_read() -> None:
    opened = Fernet(ACCOUNT_KEYS["recovery-codes"]).decrypt(RECOVERY_CODE)

    assert opened == b"0123-4567-89ab"
