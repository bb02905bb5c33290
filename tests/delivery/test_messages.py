"""Each kind of mail, as a mail program and as its reader see it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from campaign import paths
from campaign.delivery import messages
from campaign.delivery.messages import News
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
NEWS = News(
    "A hearing is set", "It **meets** on Monday.", "<p>It <strong>meets</strong> on Monday.</p>"
)
TOKENS = {"confirm": "c" * 43, "me": "m" * 43, "unsubscribe": "u" * 43, "approve": "a" * 43}
Compose = Callable[..., EmailMessage]


@pytest.fixture(scope="module")
def bundled() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", date(2026, 6, 20))


@pytest.fixture
def compose(bundled: Pack, make_settings: Callable[..., Settings]) -> Compose:
    """Compose a mail and read it back from its bytes, as whoever receives it does."""

    def make(kind: str, **changes: object) -> EmailMessage:
        given: dict[str, object] = {
            "to": "ada@example.org",
            "message_id": "ab" * 16,
            "pack": bundled,
            "language": "en",
            "tokens": {purpose: TOKENS[purpose] for purpose in messages.KINDS[kind]},
            "settings": make_settings(),
            "now": NOW,
            "news": NEWS if kind in messages.NEWS_KINDS else None,
            **changes,
        }
        composed = messages.compose(kind, **given)  # type: ignore[arg-type]
        return message_from_bytes(composed.as_bytes(), _class=EmailMessage, policy=policy.default)

    return make


def both_bodies(message: EmailMessage) -> list[str]:
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content() for part in parts if part is not None]


@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_every_kind_says_who_writes_and_where_they_are(
    kind: str, compose: Compose, bundled: Pack
) -> None:
    message = compose(kind)

    assert message["From"].addresses[0].addr_spec == "petition@example.org"
    assert message["From"].addresses[0].display_name == "The Section 907 Campaign"
    assert message["Reply-To"].addresses[0].addr_spec == bundled.organizer.email
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{'ab' * 16}@petition.example.org>"
    assert message["Date"].datetime == NOW
    assert message["Subject"].strip()
    bodies = both_bodies(message)
    assert len(bodies) == 2
    for body in bodies:
        assert bundled.organizer.name in body
        for line in bundled.organizer.postal_address:
            assert line in body.replace("&#39;", "'")


@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_every_link_is_in_both_bodies_and_leads_to_the_configured_site(
    kind: str, compose: Compose
) -> None:
    plain, html = both_bodies(compose(kind))

    links = set(re.findall(r"https?://[^\s<>]+", plain))
    assert links <= set(re.findall(r'href="([^"]+)"', html))
    assert all(link.startswith("https://petition.example.org/") for link in links)
    for purpose in messages.KINDS[kind]:
        assert f"https://petition.example.org/{purpose}/{TOKENS[purpose]}" in links


@pytest.mark.parametrize("kind", ["confirm", "reminder"])
def test_a_recipient_who_did_not_sign_gets_a_link_that_deletes(kind: str, compose: Compose) -> None:
    for body in both_bodies(compose(kind)):
        assert f"/confirm/{TOKENS['confirm']}#not-me" in body


@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_mail_that_can_be_stopped_is_stopped_by_one_click(kind: str, compose: Compose) -> None:
    message = compose(kind)

    if "unsubscribe" in messages.KINDS[kind]:
        link = f"https://petition.example.org/unsubscribe/{TOKENS['unsubscribe']}"
        assert message["List-Unsubscribe"] == f"<{link}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    else:
        assert message["List-Unsubscribe"] is None


def test_a_long_address_of_the_site_stays_whole_in_the_headers(
    make_settings: Callable[..., Settings], compose: Compose
) -> None:
    """A folded List-Unsubscribe would become an encoded word, which no mail program follows."""
    host = "petition." + "long-name-of-an-organization." * 3 + "example.org"

    message = compose("thanks", settings=make_settings(BASE_URL=f"https://{host}"))

    raw = message.as_bytes(policy=policy.default.clone(refold_source="none")).decode()
    assert f"List-Unsubscribe: <https://{host}/unsubscribe/{TOKENS['unsubscribe']}>" in raw
    assert f"Message-ID: <{'ab' * 16}@{host}>" in raw


def test_the_wire_carries_no_line_over_the_limit_and_only_ascii(
    bundled: Pack, make_settings: Callable[..., Settings]
) -> None:
    composed = messages.compose(
        "confirm",
        to="ada@example.org",
        message_id="ab" * 16,
        pack=bundled,
        language="hy",
        tokens={"confirm": "c" * 43},
        settings=make_settings(),
        now=NOW,
    )

    wire = composed.as_bytes()

    assert wire.isascii()
    # RFC 2045, 6.7: encoded lines of at most 76 characters.
    assert max(map(len, wire.split(b"\r\n"))) <= 76
    assert b"\n" not in wire.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_mail_to_a_list_names_the_list(kind: str, compose: Compose) -> None:
    named = compose(kind)["List-Id"]

    is_news = kind in messages.NEWS_KINDS
    assert named == ("<section-907.updates.petition.example.org>" if is_news else None)


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_the_campaigns_own_words_ask_for_the_confirmation(
    language: str, compose: Compose, bundled: Pack
) -> None:
    message = compose("confirm", language=language)

    assert message["Subject"] == bundled.texts[language].confirm_subject
    assert message["Content-Language"] == language
    plain, html = both_bodies(message)
    for paragraph in bundled.texts[language].confirm_body:
        assert paragraph in plain
    assert f'<html lang="{language}">' in html
    link = f"https://petition.example.org/confirm/{TOKENS['confirm']}"
    assert (f"{link}?lang={language}" if language != "en" else link) in plain


def test_a_missing_language_falls_back_to_english(compose: Compose) -> None:
    message = compose("thanks", language="xx")

    assert message["Content-Language"] == "en"
    assert "?lang" not in both_bodies(message)[0]


def test_a_comma_in_an_address_makes_no_second_recipient(compose: Compose) -> None:
    message = compose("confirm", to='"ada,bo"@example.org')

    assert [address.addr_spec for address in message["To"].addresses] == ['"ada,bo"@example.org']


def test_html_mail_is_well_nested_and_asks_for_nothing_from_elsewhere(compose: Compose) -> None:
    class Nesting(HTMLParser):
        open: list[str]

        def __init__(self) -> None:
            super().__init__()
            self.open = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in {"img", "script", "link", "style", "iframe"}
            assert "src" not in dict(attrs)
            if tag not in {"meta", "br", "hr"}:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    for kind in messages.KINDS:
        parser = Nesting()
        parser.feed(both_bodies(compose(kind))[1])
        assert parser.open == []


@pytest.mark.parametrize("kind", list(messages.KINDS))
def test_updates_come_from_an_address_of_their_own(
    kind: str, compose: Compose, make_settings: Callable[..., Settings]
) -> None:
    message = compose(kind, settings=make_settings(UPDATES_FROM="news@example.org"))

    own = "news@example.org" if kind in messages.NEWS_KINDS else "petition@example.org"
    assert message["From"].addresses[0].addr_spec == own
