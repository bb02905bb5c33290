"""Rights hang on no switch: whatever became of a campaign, signers see, leave and erase."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from campaign.link_lifetimes import Purpose
from campaign.petition import mailed_links, own_data, retention
from campaign.petition.identity import Email
from campaign.store import tokens
from campaign.store.models import outbox, signatures
from tests.web.copied_campaign import add_campaign
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, is_taken, make_site

COPY = "/c/ours/"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with a campaign of its own, which tests take away."""
    add_campaign(tmp_path, "ours")
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def signed(site: Site) -> tuple[str, str]:
    """The paths of one's own page and of the way out of mail, of a confirmed signer of `ours`."""
    page = site.client.get(COPY).text
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
    assert token is not None
    typed = {**site.form(mail_opt_in="y"), "token": token[1]}
    assert is_taken(site.client.post(f"{COPY}sign", data=typed))
    site.client.post(site.mailed_path("/confirm/"))
    return site.mailed_path("/me/"), site.mailed_path("/unsubscribe/")


def _folder(home: Path) -> Path:
    return home / "campaigns" / "ours"


def _unpublish(home: Path) -> None:
    file = _folder(home) / "campaign.toml"
    file.write_text(re.sub(r"(?m)^published = .*$", "published = false", file.read_text()))


def _lapse(home: Path) -> None:
    """Let a required fact's day of review pass."""
    file = _folder(home) / "facts.toml"
    file.write_text(re.sub(r"(?m)^review_by = .*$", "review_by = 2026-06-01", file.read_text()))


def _delete(home: Path) -> None:
    shutil.rmtree(_folder(home))


def _break(home: Path) -> None:
    for file in ("campaign.toml", "petition.md"):
        (_folder(home) / file).write_text("[[[ no campaign\x00")


def _close(home: Path) -> None:
    file = _folder(home) / "campaign.toml"
    file.write_text("closes_on = 2026-06-01\n" + file.read_text())


def _stay(_: Path) -> None:
    """Change nothing."""


_FATES = [_stay, _unpublish, _lapse, _delete, _break, _close]


@pytest.fixture(params=_FATES, ids=lambda fate: fate.__name__.strip("_"))
def fated(request: pytest.FixtureRequest, site: Site, signed: tuple[str, str]) -> Iterator[Site]:
    """The site after its campaign met a fate, in a process that never saw it before."""
    fate: Callable[[Path], None] = request.param
    fate(site.settings.home)
    later = make_site_again(site)
    yield later
    later.database.dispose()


def make_site_again(site: Site) -> Site:
    """The same installation, started anew."""
    kept = (site.settings.home / "campaign.db").read_bytes()
    with site.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = (site.settings.home / "campaign.db").read_bytes()
    site.database.dispose()
    later = make_site(site.settings.home)
    later.database.dispose()
    (site.settings.home / "campaign.db").write_bytes(kept)
    return later


def held(site: Site) -> int:
    with site.database.reading() as connection:
        return len(connection.execute(select(signatures.c.id)).all())


def test_whatever_became_of_the_campaign_all_is_seen_changed_and_erased(
    fated: Site, signed: tuple[str, str]
) -> None:
    own, leave = signed
    client = fated.client

    for path in (own, f"{own}/download", f"{own}/withdraw", f"{own}/erase", leave):
        assert client.get(path).status_code == 200, path
    assert client.post(f"{own}/choices", data={"show_name": "y"}).status_code == 303
    name = {"first_name": "Ani", "last_name": "Petrosyan"}
    assert client.post(f"{own}/correct", data={**name, "zip": "82001"}).status_code == 303
    assert client.post(f"{own}/correct", data={**name, "zip": "10011"}).status_code == 200
    assert client.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(f"{own}/withdraw").status_code == 303
    erased = client.post(f"{own}/erase")

    assert erased.status_code == 200
    assert "Everything is erased" in words(erased.text)
    assert held(fated) == 0
    assert "erased" in str(fated.mails()[-1]["Subject"])


def test_whatever_became_of_the_campaign_the_link_is_mailed_again(
    fated: Site, signed: tuple[str, str]
) -> None:
    before = len(fated.mails())

    assert ask(fated, "ani@example.org") == 303

    assert len(fated.mails()) == before + 1
    assert fated.client.get(fated.mailed_path("/me/")).status_code == 200


@pytest.mark.parametrize("fate", [_unpublish, _lapse, _delete, _break])
def test_what_a_stranger_typed_is_deleted_whatever_became_of_the_campaign(
    site: Site, fate: Callable[[Path], None]
) -> None:
    page = site.client.get(COPY).text
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
    assert token is not None
    site.client.post(f"{COPY}sign", data={**site.form(), "token": token[1]})
    link = site.mailed_path("/confirm/")
    fate(site.settings.home)
    later = make_site_again(site)

    asked = later.client.get(link)
    assert asked.status_code == 200
    assert "I did not sign: delete it" in words(asked.text)
    assert later.client.post(link).status_code == 409
    assert later.client.post(f"{link}/disown").status_code == 200
    assert held(later) == 0
    later.database.dispose()


# -- As long as data is held -----------------------------------------------------------------------


def test_links_open_as_long_as_data_is_held(site: Site, signed: tuple[str, str]) -> None:
    own, leave = signed
    site.pass_time(days=729)
    assert site.client.get(own).status_code == 200
    assert site.client.get(leave).status_code == 200

    site.pass_time(days=2)
    retention.purge(site.database, site.time[0], retention_days=730)

    assert site.client.get(own).status_code == 410


@pytest.mark.parametrize("purpose", ["me", "unsubscribe"])
def test_links_of_mails_of_long_ago_go_on_opening(
    site: Site, signed: tuple[str, str], purpose: Purpose
) -> None:
    """Earlier mails gave their links ninety days."""
    key = site.settings.keyring
    with site.database.reading() as connection:
        row = connection.execute(select(signatures)).one()
    old = tokens.mint(
        key,
        purpose,
        public_id=row.public_id,
        nonce=row.nonce,
        expires_at=site.time[0] + timedelta(days=90),
    )

    site.pass_time(days=400)

    found = mailed_links.look_up(site.database, old, purpose, now=site.time[0], keyring=key)
    assert found.id == row.id
    assert site.client.get(f"/{purpose}/{old}").status_code == 200


# -- Ask for the link again ------------------------------------------------------------------------


def ask(site: Site, address: str, **elsewhere: str) -> int:
    """Ask for the links of an address; return the status of the answer."""
    client = site.client
    token = re.search(r'name="token"[^>]*value="([^"]+)"', client.get("/me").text)
    assert token is not None
    return client.post(
        "/me",
        data={"email": address, "token": token[1]},
        environ_base={"REMOTE_ADDR": elsewhere.get("network", "127.0.0.1")},
    ).status_code


def queued(site: Site) -> int:
    with site.database.reading() as connection:
        rows = connection.execute(select(outbox.c.id).where(outbox.c.kind == "own-links")).all()
    return len(rows)


def test_known_and_unknown_addresses_get_the_same_answer(
    site: Site, signed: tuple[str, str]
) -> None:
    client = site.client
    token = re.search(r'name="token"[^>]*value="([^"]+)"', client.get("/me").text)
    assert token is not None
    answers = [
        client.post("/me", data={"email": address, "token": token[1]})
        for address in ("ani@example.org", "nobody@example.org")
    ]

    assert {(one.status_code, one.data, one.headers["Location"]) for one in answers} == {
        (answers[0].status_code, answers[0].data, "/me/sent")
    }
    assert queued(site) == 2
    assert "an email with your link is on its way" in words(client.get("/me/sent").text)


def test_only_the_address_that_is_held_is_mailed(site: Site, signed: tuple[str, str]) -> None:
    before = len(site.mails())

    ask(site, "ANI+else@example.org")
    ask(site, "nobody@example.org")

    new = site.mails()[before:]
    assert [mail["To"] for mail in new] == ["ani@example.org"]
    with site.database.reading() as connection:
        kept = connection.execute(select(outbox.c.to).where(outbox.c.kind == "own-links"))
        assert "nobody@example.org" not in kept.scalars().all()


def test_one_mail_holds_the_links_to_every_campaign(site: Site, signed: tuple[str, str]) -> None:
    site.sign()

    ask(site, "ani@example.org")

    body = site.mails()[-1].get_body(("plain",))
    assert body is not None
    paths = re.findall(r"http://localhost(/me/\S+)", body.get_content())
    assert len(set(paths)) == 2
    for path in paths:
        assert site.client.get(path).status_code == 200


def test_who_asks_often_fills_no_mailbox_and_shuts_nobody_out(
    site: Site, signed: tuple[str, str]
) -> None:
    """A stranger asks again and again: the owner has the links then, and they go on opening."""
    for number in range(10):
        assert ask(site, "ani@example.org", network=f"203.0.{number}.1") == 303

    assert queued(site) == 3
    assert ask(site, "ani@example.org", network="198.51.100.1") == 303
    assert site.client.get(site.mailed_path("/me/")).status_code == 200


def test_what_a_network_is_refused_does_not_count_against_the_mailbox(
    site: Site, signed: tuple[str, str]
) -> None:
    for number in range(20):
        assert ask(site, f"a{number}@example.org") == 303
    assert {ask(site, "ani@example.org") for _ in range(10)} == {429}

    before = queued(site)
    assert ask(site, "ani@example.org", network="198.51.100.1") == 303
    assert queued(site) == before + 1


def test_a_wrong_address_is_refused_and_kept(site: Site) -> None:
    response = site.client.post("/me", data={"email": "no address"})

    assert response.status_code == 422
    assert 'value="no address"' in response.text
    assert re.search(r"<title>Error: ", response.text)


def test_a_likely_typo_is_asked_about_once(site: Site) -> None:
    before = queued(site)
    asked = site.client.post("/me", data={"email": "ani@gmial.com"})
    token = re.search(r'name="token"[^>]*value="([^"]+)"', asked.text)
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', asked.text)
    assert token is not None
    assert kept is not None

    sent = site.client.post(
        "/me", data={"email": "ani@gmial.com", "token": token[1], "kept": kept[1]}
    )

    assert asked.status_code == 422
    assert "Did you mean ani@gmail.com?" in words(asked.text)
    assert sent.headers["Location"] == "/me/sent"
    assert queued(site) == before + 1


def test_a_link_that_opens_nothing_offers_a_new_one(site: Site) -> None:
    response = site.client.get("/me/x")

    assert response.status_code == 410
    assert 'name="email"' in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_every_public_page_leads_to_the_way_back(site: Site) -> None:
    assert 'href="/me"' in site.client.get(PETITION).text
    assert 'href="/me"' in site.client.get("/privacy").text


def test_the_mail_of_links_comes_in_the_language_of_the_page(
    site: Site, signed: tuple[str, str]
) -> None:
    own_data.ask_for_links(
        site.database, Email.parse("ani@example.org"), language="es", now=site.time[0]
    )

    mail = site.mails()[-1]
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["Content-Language"] == "es"
    assert "?lang=es" in body.get_content()
    assert "1 de julio de 2026" in body.get_content()
