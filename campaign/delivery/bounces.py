"""Reports that a message came back, or that its reader complained, as mail servers write them."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.utils import getaddresses
from typing import Literal

from flufl.bounce import all_failures

from campaign.errors import InvalidInput

Kind = Literal["bounced", "delayed", "complained"]

#: No report of a mail server comes near it.
LARGEST = 2 * 1024 * 1024

_MESSAGE_ID = re.compile(rb"^message-id:\s*<([A-Za-z0-9-]{20,120})@", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """What a report says: its kind, and the left parts of the Message-IDs that it quotes.

    The report's own Message-ID is among them where it looks like one of ours, which only ours do.
    """

    kind: Kind
    message_ids: tuple[str, ...]


def read(raw: bytes) -> Report:
    """Return what a report says, from its bytes.

    Bounces are told by flufl.bounce, which knows RFC 3464 and the styles of servers that do not
    keep to it; complaints are feedback reports (ARF, RFC 5965). Raises InvalidInput for mail that
    is neither.
    """
    if len(raw) > LARGEST:
        raise InvalidInput("That is too large for a report of a mail server.")
    message: Message = email.message_from_bytes(raw, policy=policy.compat32)
    ids = tuple(dict.fromkeys(found.decode("ascii") for found in _MESSAGE_ID.findall(raw)))
    if _is_complaint(message):
        return Report("complained", ids)
    temporary, permanent = _failures(message)
    if permanent:
        return Report("bounced", ids)
    if temporary:
        return Report("delayed", ids)
    raise InvalidInput("This is no report that a message came back, nor a complaint.")


def _failures(message: Message) -> tuple[set[bytes], set[bytes]]:
    if not getaddresses([str(message.get("From", ""))])[:1]:
        # Some detectors take it for granted that somebody has sent the report.
        del message["From"]
        message["From"] = "MAILER-DAEMON@invalid"
    try:
        temporary, permanent = all_failures(message)
    except Exception as error:
        # The detectors meet whatever strangers send, and some fall over it.
        raise InvalidInput("This report cannot be read.") from error
    return set(temporary), set(permanent)


def _is_complaint(message: Message) -> bool:
    return any(part.get_content_type() == "message/feedback-report" for part in message.walk())
