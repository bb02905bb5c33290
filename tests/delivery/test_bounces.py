"""Reports of mail servers: what came back, what is only late, and who complained."""

import base64
import quopri
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.delivery import bounces
from campaign.delivery.status_codes import Cause
from campaign.errors import InvalidInput

MARK = "0123456789abcdef-abcdefghijklmnopqrstuvwxyz-00112233445566778899"


def report(
    status: str = "5.1.1",
    action: str = "failed",
    mark: str = MARK,
    diagnostic: str = "550 5.1.1 User unknown",
) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    return f"""\
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <20260701120000.AAAA@mail.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b
Content-Type: text/rfc822-headers

From: Section 907 <petition@example.org>
To: ada@example.org
Message-ID: <{mark}@petition.example.org>

--b--
""".encode()


def complaint(mark: str = MARK, feedback: str = "Feedback-Type: abuse") -> bytes:
    """A feedback report of a mailbox provider (ARF, RFC 5965)."""
    return f"""\
From: feedback@example.net
To: bounces@example.org
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.

--b
Content-Type: message/feedback-report

{feedback}
User-Agent: Example/1.0
Version: 1

--b
Content-Type: message/rfc822

From: Section 907 <petition@example.org>
Message-ID: <{mark}@petition.example.org>

News.

--b--
""".encode()


def test_a_permanent_bounce_names_the_message_it_quotes() -> None:
    found = bounces.read(report())

    assert found.kind == "gone"
    assert MARK in found.message_ids


def test_what_is_only_late_is_no_bounce() -> None:
    assert bounces.read(report("4.4.1", "delayed")).kind == "delayed"


def test_a_complaint_is_recognized() -> None:
    found = bounces.read(complaint())

    assert found.kind == "complained"
    assert MARK in found.message_ids


@pytest.mark.parametrize(
    "raw", [b"", b"Subject: out of office\r\n\r\nBack on Monday.", bytes(bounces.LARGEST + 1)]
)
def test_other_mail_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        bounces.read(raw)


@given(st.binary(max_size=2000), st.integers(0, 600))
@settings(max_examples=50, deadline=None)
def test_no_bytes_break_it(noise: bytes, at: int) -> None:
    whole = report()
    try:
        found = bounces.read(whole[:at] + noise + whole[at:])
    except InvalidInput:
        return

    assert found.kind in get_args(Cause) or found.kind in {"delayed", "complained", "no-change"}


@pytest.mark.parametrize(
    ("status", "diagnostic", "cause"),
    [
        ("5.1.1", "550 5.1.1 User unknown", "gone"),
        ("5.1.2", "550 5.1.2 Bad destination system", "gone"),
        ("5.1.3", "553 5.1.3 Not an address", "gone"),
        ("5.1.10", "556 5.1.10 The domain accepts no mail", "gone"),
        ("5.4.4", "Host or domain name not found", "gone"),
        ("5.0.0", "550 5.1.1 no such user", "gone"),
        ("5.0.0", "550 No such user here", "gone"),
        ("5.2.2", "552 5.2.2 Mailbox full", "full"),
        ("5.0.0", "552 Mailbox quota exceeded", "full"),
        ("5.2.1", "550 5.2.1 Takes no messages", "full"),
        ("5.7.1", "550 5.7.1 Message rejected: your IP 192.0.2.1 is on a blocklist", "blocked"),
        ("5.1.1", "550 5.7.1 Message rejected by policy", "blocked"),
        ("5.7.26", "550 5.7.26 This mail is unauthenticated", "blocked"),
        ("5.0.0", "554 Denied: user 192.0.2.1 unknown to our blocklist", "blocked"),
        ("5.1.8", "553 5.1.8 Sender address has no domain", "blocked"),
        ("5.3.4", "552 5.3.4 Message too big", "failed"),
        ("5.6.0", "554 5.6.0 Content", "failed"),
        ("5.5.0", "550 5.5.0 Requested action not taken", "failed"),
        ("5.0.0", "554 Transaction failed", "failed"),
    ],
)
def test_only_a_mailbox_or_a_domain_that_is_gone_is_final(
    status: str, diagnostic: str, cause: str
) -> None:
    assert bounces.read(report(status, diagnostic=diagnostic)).kind == cause


@pytest.mark.parametrize(
    ("name", "kind"), [("bounce-full.eml", "full"), ("bounce-policy.eml", "blocked")]
)
def test_reports_from_real_servers(name: str, kind: str) -> None:
    raw = (Path(__file__).parent / "reports" / name).read_bytes()

    assert bounces.read(raw).kind == kind


@pytest.mark.parametrize(
    ("feedback", "kind"),
    [
        ("Feedback-Type: abuse", "complained"),
        ("Feedback-Type: Fraud", "complained"),
        ("Feedback-Type: opt-out", "complained"),
        ("Feedback-Type: not-spam", "no-change"),
        ("Feedback-Type: auth-failure", "no-change"),
        ("Feedback-Type: other", "no-change"),
        ("Feedback-Type: virus", "no-change"),
    ],
)
def test_only_feedback_that_asks_for_no_more_mail_is_a_complaint(feedback: str, kind: str) -> None:
    found = bounces.read(complaint(feedback=feedback))

    assert (found.kind, MARK in found.message_ids) == (kind, True)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_that_it_arrived_changes_nothing(action: str) -> None:
    assert bounces.read(report("2.1.5", action)).kind == "no-change"


@pytest.mark.parametrize("whole", [report(), complaint()], ids=["bounce", "complaint"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_parts_that_a_server_encoded_are_read(whole: bytes, encoding: str) -> None:
    """RFC 2045 forbids to encode message parts; servers do, and forwarding ones encode all."""
    encode = base64.encodebytes if encoding == "base64" else quopri.encodestring
    head, *parts = whole.split(b"\n--b\n")
    last, end, _ = parts[-1].partition(b"\n--b--")
    coded = []
    for part in [*parts[:-1], last]:
        fields, body = part.split(b"\n\n", 1)
        fields += f"\nContent-Transfer-Encoding: {encoding}".encode()
        coded.append(fields + b"\n\n" + encode(body))
    encoded = b"\n--b\n".join([head, *coded]) + end

    assert bounces.read(encoded) == bounces.read(whole)


@pytest.mark.parametrize(
    ("status", "diagnostic", "cause"),
    [
        ("4.2.2", "452-4.2.2 The account that you tried to reach is over quota", "full"),
        ("4.4.1", "connect to mx.example.org: Connection timed out", "failed"),
        ("4.4.4", "Host or domain name not found, try again", "failed"),
        ("4.7.28", "421-4.7.28 An unusual rate of mail", "blocked"),
    ],
)
def test_what_a_server_gave_up_is_not_on_its_way(status: str, diagnostic: str, cause: str) -> None:
    assert bounces.read(report(status, diagnostic=diagnostic)).kind == cause


@pytest.mark.parametrize(
    "diagnostic",
    [
        "550 Sender address rejected: user unknown",
        "550 Sender verify failed: no such user",
        "550 Helo command rejected: Host not found",
        "550 Client host rejected: domain does not exist",
        "554 Message contains an invalid address in header",
    ],
)
def test_a_fault_of_this_site_is_no_missing_mailbox(diagnostic: str) -> None:
    assert bounces.read(report("5.0.0", diagnostic=diagnostic)).kind == "blocked"


def test_a_message_too_large_says_nothing_of_the_mailbox() -> None:
    assert bounces.read(report("5.2.3", diagnostic="550 5.2.3 Too large")).kind == "failed"


def test_a_report_for_addresses_beyond_ascii_is_read() -> None:
    raw = report().replace(b"message/delivery-status", b"message/global-delivery-status")

    assert bounces.read(raw) == bounces.read(report())


QMAIL = """\
From: MAILER-DAEMON@mx.example.net
To: bounces@example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
{says}

--- Below this line is a copy of the message.

"""
EXIM = """\
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: bounces@example.org
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: ada@example.org

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.org
    {says}

------ This is a copy of the message, including all the headers. ------

"""
YAHOO = """\
From: MAILER-DAEMON@yahoo.com
To: bounces@example.org
Subject: Delivery failure

Message from yahoo.com.
Unable to deliver message to the following address(es).

<ada@yahoo.com>:
{says}

--- Original message follows.

"""
UPDATE = f"""\
From: Section 907 <petition@example.org>
Message-ID: <{MARK}@petition.example.org>

The policy is blocked. An account of this that does not exist: the domain does not exist.
"""


@pytest.mark.parametrize(
    ("style", "says", "kind"),
    [
        (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)", "gone"),
        (QMAIL, "Remote host said: 550 unknown user", "gone"),
        (QMAIL, "The user's mail folder is over the allowed quota.", "full"),
        (QMAIL, "I'm not going to try again; this was in the queue too long.", "failed"),
        (EXIM, "550 5.1.1 User unknown", "gone"),
        (EXIM, "mx.example.org [192.0.2.1]: retry timeout exceeded", "failed"),
        (YAHOO, "This user doesn't have a yahoo.com account (ada@yahoo.com) [0]", "gone"),
    ],
)
def test_the_words_of_what_came_back_are_not_the_servers(style: str, says: str, kind: str) -> None:
    found = bounces.read((style.format(says=says) + UPDATE).encode())

    assert (found.kind, MARK in found.message_ids) == (kind, True)
