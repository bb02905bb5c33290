"""Mail by SMTP against a real server in every mood, and into a folder."""

import socket
import ssl
import stat
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from campaign.delivery.smtp import FolderChannel, SmtpChannel, channel
from campaign.errors import DeliveryDelayed, DeliveryRefused
from campaign.settings import Settings

MakeSettings = Callable[..., Settings]
MakeMessage = Callable[..., EmailMessage]
MakeChannel = Callable[..., SmtpChannel]
StartServer = Callable[..., int]


@pytest.fixture
def make_channel(make_settings: MakeSettings) -> MakeChannel:
    def make(port: int, *, step_timeout_s: float = 5.0, **named: str) -> SmtpChannel:
        settings = make_settings(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), **named)
        return SmtpChannel(settings, step_timeout_s=step_timeout_s)

    return make


def test_an_accepted_message_arrives_whole_under_its_envelope(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server())

    out.send(make_message())
    out.close()

    [envelope] = inbox.accepted
    assert envelope.mail_from == "petition@example.org"
    assert envelope.rcpt_tos == ["ada@example.org"]
    received = message_from_bytes(envelope.content, policy=policy.default)
    assert received["Message-ID"] == "<0123abcd@petition.example.org>"
    assert received.get_content().rstrip() == ".A line that begins with a dot."


def test_messages_share_one_connection(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server())

    for number in range(3):
        out.send(make_message(to=f"p{number}@example.org"))
    out.close()

    assert len(inbox.accepted) == 3
    assert inbox.connections == 1


def test_a_refused_message_leaves_the_connection_fit_for_the_next(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server())
    inbox.rcpt_answers = ["550 no such mailbox"]

    with pytest.raises(DeliveryRefused, match="550"):
        out.send(make_message())
    out.send(make_message(to="bo@example.org"))
    out.close()

    assert [envelope.rcpt_tos for envelope in inbox.accepted] == [["bo@example.org"]]
    assert inbox.connections == 1


@pytest.mark.parametrize("step", ["rcpt_answers", "data_answers"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("451 greylisted, come back", DeliveryDelayed), ("554 not wanted", DeliveryRefused)],
)
def test_a_4xx_is_delayed_and_a_5xx_refused(
    step: str,
    answer: str,
    outcome: type[Exception],
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
) -> None:
    setattr(inbox, step, [answer])
    out = make_channel(start_server())

    with pytest.raises(outcome, match=answer[:3]) as caught:
        out.send(make_message())
    out.close()

    assert "example.org" not in str(caught.value)
    assert not getattr(caught.value, "whole_channel", False)
    assert inbox.accepted == []


@pytest.mark.parametrize("step", ["rcpt_answers", "data_answers"])
@pytest.mark.parametrize(
    ("answer", "mailbox"),
    [
        ("550 5.1.1 no such user", "gone"),
        ("556 5.1.10 takes no mail", "gone"),
        ("552 5.2.2 mailbox full", "full"),
        ("550 5.6.0 what is this", ""),
    ],
)
def test_a_refusal_says_what_it_means_for_the_mailbox(
    step: str,
    answer: str,
    mailbox: str,
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
) -> None:
    setattr(inbox, step, [answer])
    out = make_channel(start_server())

    with pytest.raises(DeliveryRefused) as refused:
        out.send(make_message())
    out.close()

    assert refused.value.mailbox == mailbox


@pytest.mark.parametrize("step", ["rcpt_answers", "data_answers"])
@pytest.mark.parametrize(
    "answer", ["550 5.7.1 your IP is on a blocklist", "554 blocked for spam", "550 5.7.26 no SPF"]
)
def test_a_server_that_blocks_this_sender_is_tried_again_and_says_nothing_of_the_mailbox(
    step: str,
    answer: str,
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
) -> None:
    setattr(inbox, step, [answer])
    out = make_channel(start_server())

    with pytest.raises(DeliveryDelayed) as delayed:
        out.send(make_message())
    out.send(make_message())
    out.close()

    assert delayed.value.is_blocked
    assert not delayed.value.whole_channel
    assert len(inbox.accepted) == 1


def test_a_server_too_slow_to_answer_is_delayed(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    inbox.slow_s = 1.0
    out = make_channel(start_server(), step_timeout_s=0.2)

    with pytest.raises(DeliveryDelayed):
        out.send(make_message())


def test_a_connection_dropped_after_the_text_is_delayed_and_not_tried_again_at_once(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    """The server may have taken it: whoever sends again does so under the same Message-ID."""
    inbox.drop_after_data = 1
    out = make_channel(start_server())

    with pytest.raises(DeliveryDelayed):
        out.send(make_message())
    assert len(inbox.accepted) == 1
    out.send(make_message())
    out.close()

    ids = {
        message_from_bytes(envelope.content, policy=policy.default)["Message-ID"]
        for envelope in inbox.accepted
    }
    assert len(inbox.accepted) == 2
    assert ids == {"<0123abcd@petition.example.org>"}


def test_a_server_that_hung_up_while_idle_is_called_again(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    inbox.drop_idle = True
    out = make_channel(start_server())
    out.send(make_message())
    assert inbox.hung_up.wait(5)

    out.send(make_message(to="bo@example.org"))
    out.close()

    assert len(inbox.accepted) == 2
    assert inbox.connections == 2


def test_a_host_that_does_not_respond_stalls_the_whole_channel(
    make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        out = make_channel(taken.getsockname()[1])

        with pytest.raises(DeliveryDelayed, match="cannot be reached") as caught:
            out.send(make_message())

    assert caught.value.whole_channel


def test_tls_from_the_first_byte(
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
    server_tls: ssl.SSLContext,
) -> None:
    out = make_channel(start_server(tls=server_tls), SMTP_TLS="tls")

    out.send(make_message())
    out.close()

    assert len(inbox.accepted) == 1


def test_starttls_before_the_envelope(
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
    server_tls: ssl.SSLContext,
) -> None:
    out = make_channel(start_server(starttls=server_tls), SMTP_TLS="starttls")

    out.send(make_message())
    out.close()

    assert len(inbox.accepted) == 1


def test_no_message_leaves_in_the_clear_when_starttls_was_asked_for(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server(), SMTP_TLS="starttls")

    with pytest.raises(DeliveryDelayed, match="does not support") as caught:
        out.send(make_message())

    assert caught.value.whole_channel
    assert inbox.accepted == []


def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
    server_tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    out = make_channel(start_server(starttls=server_tls), SMTP_TLS="starttls")

    with pytest.raises(DeliveryDelayed, match="SMTP_TLS") as caught:
        out.send(make_message())

    assert caught.value.whole_channel
    assert inbox.accepted == []


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_a_wrong_password_stalls_the_channel_and_refuses_no_mail(
    password: str,
    inbox: Any,
    start_server: StartServer,
    make_channel: MakeChannel,
    make_message: MakeMessage,
) -> None:
    port = start_server(password="right")
    out = make_channel(port, SMTP_USER="campaign", SMTP_PASSWORD=password)

    if password == "right":
        out.send(make_message())
        out.close()
        assert len(inbox.accepted) == 1
    else:
        with pytest.raises(DeliveryDelayed, match="SMTP_USER") as caught:
            out.send(make_message())
        assert caught.value.whole_channel


def test_an_address_outside_ascii_goes_out_by_smtputf8(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server())

    out.send(make_message(to="արամ@example.org"))
    out.close()

    assert inbox.accepted[0].rcpt_tos == ["արամ@example.org"]


def test_check_connects_and_sends_nothing(
    inbox: Any, start_server: StartServer, make_channel: MakeChannel
) -> None:
    make_channel(start_server()).check()

    assert inbox.connections == 1
    assert inbox.accepted == []


def test_a_message_to_two_people_is_refused(
    start_server: StartServer, make_channel: MakeChannel, make_message: MakeMessage
) -> None:
    out = make_channel(start_server())

    with pytest.raises(DeliveryRefused, match="exactly one address"):
        out.send(make_message(to="ada@example.org, bo@example.org"))


def test_the_folder_takes_a_message_once_however_often_it_is_sent(
    tmp_path: Path, make_message: MakeMessage
) -> None:
    folder = FolderChannel(tmp_path / "outbox")

    folder.send(make_message())
    folder.send(make_message())

    [file] = (tmp_path / "outbox").iterdir()
    assert file.name == "0123abcd.eml"
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["To"] == "ada@example.org"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_message_id_cannot_lead_out_of_the_folder(
    tmp_path: Path, make_message: MakeMessage
) -> None:
    with pytest.raises(DeliveryRefused):
        FolderChannel(tmp_path / "outbox").send(make_message(message_id="../../etc/x"))

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_delayed(tmp_path: Path, make_message: MakeMessage) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = FolderChannel(tmp_path / "file" / "outbox")

    with pytest.raises(DeliveryDelayed, match="cannot be written") as caught:
        folder.send(make_message())

    assert caught.value.whole_channel


def test_the_settings_choose_the_way_out(make_settings: MakeSettings) -> None:
    assert isinstance(channel(make_settings()), FolderChannel)
    assert isinstance(channel(make_settings(SMTP_HOST="mail.example.org")), SmtpChannel)
