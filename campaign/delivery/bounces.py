"""Reports that a message came back, or that its reader complained, as mail servers write them."""

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

#: Why a message came back; `delayed` is still on its way, `complained` a complaint of its reader,
#: `no-change` a report that asks for nothing, such as "not spam".
Kind = Literal["delayed", "complained", "no-change"] | Cause

#: No report of a mail server comes near it.
LARGEST = 2 * 1024 * 1024

_MESSAGE_ID = re.compile(
    rb"^[>\s]*message-id:\s*<([A-Za-z0-9-]{20,120})@", re.IGNORECASE | re.MULTILINE
)

# Feedback types (RFC 5965 and its registry) by which a reader asks for no more mail.
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "complaint", ""})

_ENCODED = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode"})

# That of RFC 6533 is for addresses beyond ASCII.
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})

# Where a report in one part begins to quote what came back: qmail, Exim, Yahoo and their kin.
_COPY = re.compile(
    r"^-{2,} *(below this line|this is a copy|original message|the body of the message|"
    r"returned (message|mail)|forwarded message|included is a copy).*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)

# Parts within parts that are encoded, as forwarding servers wrap them.
_MAX_LAYERS = 4


@dataclass(frozen=True)
class Report:
    """What a report says: its kind, and the left parts of the Message-IDs that it quotes.

    The report's own Message-ID is among them where it looks like one of ours, which only ours do.
    """

    kind: Kind
    message_ids: tuple[str, ...]


class _Encoded(Message):
    """A message whose encoded `message/…` parts stay text until they are decoded.

    RFC 2045 forbids to encode them, and servers do: the parser would read the code as headers.
    """

    _stays_text = False

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        # Asked while it is read, and asked again once it is decoded and written.
        self._stays_text |= kind.startswith("message/") and _is_encoded(self)
        return "text/plain" if self._stays_text else kind


def read(raw: bytes) -> Report:
    """Return what a report says, from its bytes.

    Status codes are those of RFC 3464's fields; bounces of other styles are found by
    flufl.bounce. Complaints are feedback reports (ARF, RFC 5965). Raises InvalidInput for mail that
    is neither.
    """
    if len(raw) > LARGEST:
        raise InvalidInput("That is too large for a report of a mail server.")
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
        # Strangers send whatever they like, and parsers and detectors fall over some of it.
        raise InvalidInput("This report cannot be read.") from error
    return Report(kind, ids)


def _is_encoded(part: Message) -> bool:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower() in _ENCODED


def _decoded(raw: bytes) -> bytes:
    """Return the same mail with nothing encoded in it that says what came back."""
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
    """Return the Feedback-Type of a feedback report, "" where it has none; None for other mail."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            for block in _blocks(part):
                if "Feedback-Type" in block:
                    return str(block["Feedback-Type"]).strip().lower()
            return ""
    return None


def _blocks(part: Message) -> list[Message]:
    """Return the groups of fields of a report's part (RFC 3464, 2.1)."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return [email.message_from_string(str(payload))]
    blocks = [block for block in payload if isinstance(block, Message)]
    if part.get_content_type() == "message/global-delivery-status":
        # The parser takes it for a mail: its fields, and the other groups as what is in it.
        groups = "".join(f"{block.as_string()}\n\n" for block in blocks)
        blocks = [email.message_from_string(group) for group in re.split(r"\n\s*\n", groups)]
    return blocks


def _delivery_status(message: Message) -> Kind | None:
    """Return what the fields of a delivery status notification say; None where it is none."""
    found: list[Kind] = []
    for part in message.walk():
        if part.get_content_type() not in _STATUS:
            continue
        for block in _blocks(part):
            action = str(block.get("Action", "")).strip().lower()
            if action == "failed":
                status = str(block.get("Status", ""))
                text = " ".join(map(str, block.get_all("Diagnostic-Code", [])))
                # Given up, after days of trying where the code is one of those for a while.
                found.append(status_codes.cause(status, text))
            elif action == "delayed":
                found.append("delayed")
            elif action in {"delivered", "relayed", "expanded"}:
                found.append("no-change")
    # Ours go to one recipient each: where a report names several, the one that failed is ours.
    ranked: tuple[Kind, ...] = ("blocked", "full", "failed", "gone", "delayed", "no-change")
    return next((kind for kind in ranked if kind in found), None)


def _other_style(message: Message) -> Kind:
    """Return what a report in a style of its own says. Raises InvalidInput for other mail."""
    if not getaddresses([str(message.get("From", ""))])[:1]:
        # Some detectors take it for granted that somebody has sent the report.
        del message["From"]
        message["From"] = "MAILER-DAEMON@invalid"
    temporary, permanent = all_failures(message)
    if permanent:
        return status_codes.cause("", _words(message))
    if temporary:
        return "delayed"
    raise InvalidInput("This is no report that a message came back, nor a complaint.")


def _words(message: Message) -> str:
    """Return what the report itself says, without the message that it quotes."""
    texts = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            break
        if part.get_content_maintype() == "text" and not part.is_multipart():
            texts.append(_COPY.sub("", str(part.get_payload())))
    return " ".join(" ".join(texts).split())[:10_000]
