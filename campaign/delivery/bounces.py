"""Parse bounce and complaint reports as mail servers write them."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.utils import getaddresses
from typing import Literal

from flufl.bounce import all_failures

from campaign.delivery import status_codes
from campaign.delivery.status_codes import Cause
from campaign.errors import InvalidInput

#: Why a message bounced. `delayed` messages are still being tried, `complained` means that the
#: reader reported spam, and `no-change` needs no action, such as a report of "not spam".
Kind = Literal["delayed", "complained", "no-change"] | Cause

#: Larger than any report of a mail server, in bytes.
LARGEST = 2 * 1024 * 1024

_MESSAGE_ID = re.compile(
    rb"^[>\s]*message-id:\s*<([A-Za-z0-9-]{20,120})@", re.IGNORECASE | re.MULTILINE
)

# Feedback types (RFC 5965 and its registry) that mean that a reader wants no more mail.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "complaint", ""})

_ENCODED = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode"})

# The second is for addresses outside ASCII (RFC 6533).
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})

# Where a report in one part starts to quote the message: qmail, Exim, Yahoo and similar.
_COPY = re.compile(
    r"^-{2,} *(below this line|this is a copy|original message|the body of the message|"
    r"returned (message|mail)|forwarded message|included is a copy).*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)

# The nesting of encoded parts, as forwarding servers wrap them.
_MAX_LAYERS = 4


@dataclass(frozen=True)
class Report:
    """A report: its kind, and the left parts of the Message-IDs that it quotes.

    The Message-ID of the report itself is included if it looks like one of ours.
    """

    kind: Kind
    message_ids: tuple[str, ...]


class _Encoded(Message):
    """A message whose encoded `message/…` parts are treated as text until they are decoded.

    RFC 2045 forbids encoding them, but servers do; the parser would read the encoded text as
    headers.
    """

    _stays_text = False

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        # The parser calls this before the part is decoded, and the generator after.
        self._stays_text |= kind.startswith("message/") and _is_encoded(self)
        return "text/plain" if self._stays_text else kind


def read(raw: bytes) -> Report:
    """Parse the bytes of a report.

    Status codes are those of RFC 3464; flufl.bounce finds bounces in other formats. Complaints are
    feedback reports (ARF, RFC 5965). Raises InvalidInput for other mail.
    """
    if len(raw) > LARGEST:
        raise InvalidInput("This file is too large to be a bounce report.")
    try:
        raw = _decoded(raw)
        message: Message = email.message_from_bytes(raw, policy=policy.compat32)
        ids = tuple(dict.fromkeys(found.decode("ascii") for found in _MESSAGE_ID.findall(raw)))
        feedback = _feedback_type(message)
        if feedback is not None:
            return Report("complained" if feedback in _COMPLAINTS else "no-change", ids)
        kind = _delivery_status(message) or _other_style(message)
    except InvalidInput:
        raise
    except Exception as error:
        # Anyone can send anything, and parsers and detectors fail on some of it.
        raise InvalidInput("This report cannot be read.") from error
    return Report(kind, ids)


def _is_encoded(part: Message) -> bool:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _ENCODED


def _decoded(raw: bytes) -> bytes:
    """Return the same mail with the parts that may hold the report decoded."""
    for _ in range(_MAX_LAYERS):
        message: Message = email.message_from_bytes(raw, _Encoded, policy=policy.compat32)
        encoded = [
            part
            for part in message.walk()
            if part.get_content_maintype() == "text" and _is_encoded(part)
        ]
        if not encoded:
            return raw
        for part in encoded:
            plain = part.get_payload(decode=True)
            del part["Content-Transfer-Encoding"]
            text = plain if isinstance(plain, bytes) else b""
            part.set_payload(text.decode("ascii", "surrogateescape").replace("\r\n", "\n"))
        raw = message.as_bytes()
    return raw


def _feedback_type(message: Message) -> str | None:
    """Return the Feedback-Type of a feedback report, "" if it has none; None for other mail."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            for block in _blocks(part):
                if "Feedback-Type" in block:
                    return str(block["Feedback-Type"]).strip().lower()
            return ""
    return None


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields of a part (RFC 3464, 2.1)."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return [email.message_from_string(str(payload))]
    blocks = [block for block in payload if isinstance(block, Message)]
    if part.get_content_type() == "message/global-delivery-status":
        # The parser reads it as a mail: the first group as its headers, the others as its body.
        groups = "".join(f"{block.as_string()}\n\n" for block in blocks)
        blocks = [email.message_from_string(group) for group in re.split(r"\n\s*\n", groups)]
    return blocks


def _delivery_status(message: Message) -> Kind | None:
    """Return the kind of a delivery status notification; None for other mail."""
    kinds: list[Kind] = []
    for part in message.walk():
        if part.get_content_type() not in _STATUS:
            continue
        for block in _blocks(part):
            action = str(block.get("Action", "")).strip().lower()
            if action == "failed":
                status = str(block.get("Status", ""))
                text = " ".join(map(str, block.get_all("Diagnostic-Code", [])))
                # The server gave up, possibly after days of temporary failures.
                kinds.append(status_codes.cause(status, text))
            elif action == "delayed":
                kinds.append("delayed")
            elif action in {"delivered", "relayed", "expanded"}:
                kinds.append("no-change")
    # Our messages have one recipient each: if a report names several, the failed one is ours.
    ranked: tuple[Kind, ...] = ("blocked", "full", "failed", "gone", "delayed", "no-change")
    return next((kind for kind in ranked if kind in kinds), None)


def _other_style(message: Message) -> Kind:
    """Return the kind of a bounce in another format. Raises InvalidInput for other mail."""
    if not getaddresses([str(message.get("From", ""))])[:1]:
        # Some detectors need a sender.
        del message["From"]
        message["From"] = "MAILER-DAEMON@invalid"
    temporary, permanent = all_failures(message)
    if permanent:
        return status_codes.cause("", _words(message))
    if temporary:
        return "delayed"
    raise InvalidInput("This is neither a bounce report nor a complaint.")


def _words(message: Message) -> str:
    """Return the text of the report, without the message that it quotes."""
    texts = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            break
        if part.get_content_maintype() == "text" and not part.is_multipart():
            texts.append(_COPY.sub("", str(part.get_payload())))
    return " ".join(" ".join(texts).split())[:10_000]
