"""Reports of mail servers: what came back, what is only late, and who complained."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.delivery import bounces
from campaign.errors import InvalidInput

MARK = "0123456789abcdef-abcdefghijklmnopqrstuvwxyz-00112233445566778899"


def report(status: str = "5.1.1", action: str = "failed", mark: str = MARK) -> bytes:
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
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
Content-Type: text/rfc822-headers

From: Section 907 <petition@example.org>
To: ada@example.org
Message-ID: <{mark}@petition.example.org>

--b--
""".encode()


def complaint(mark: str = MARK) -> bytes:
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

Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1

--b
Content-Type: message/rfc822

From: Section 907 <petition@example.org>
Message-ID: <{mark}@petition.example.org>

News.

--b--
""".encode()


def test_what_came_back_for_good_is_told_with_the_message_it_quotes() -> None:
    found = bounces.read(report())

    assert found.kind == "bounced"
    assert MARK in found.message_ids


def test_what_is_only_late_is_no_bounce() -> None:
    assert bounces.read(report("4.4.1", "delayed")).kind == "delayed"


def test_a_complaint_is_told() -> None:
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

    assert found.kind in {"bounced", "delayed", "complained"}
