"""What a mail server's refusal means: the mailbox is gone or full, or the sender is blocked.

Enhanced status codes are those of RFC 3463 and the registry of RFC 5248; 5.1.10 is from RFC 7505.
If a refusal has no code, its text is matched. What remains unclear says nothing about the mailbox,
because a list must not shrink only because a server disliked a message or its sender.
"""

import re
from typing import Literal

#: `gone`: the mailbox or its domain does not exist. `full`: it is full at the moment. `blocked`:
#: the server refuses this sender or this message. `failed`: unknown.
Cause = Literal["gone", "full", "blocked", "failed"]

#: An enhanced status code in a line of text, with its three numbers.
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

_GONE = {
    (1, 1),  # no such mailbox
    (1, 2),  # no such domain
    (1, 3),  # not an address
    (1, 6),  # the mailbox has moved, with no new address
    (1, 10),  # the domain accepts no mail (null MX)
    (4, 4),  # the domain has no route: the host does not exist
}
# The sender's address was refused, or the message's size, content or sender.
_SENDER = {(1, 7), (1, 8)}

_WORDS: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    # Patterns about the sender come first: "user 192.0.2.1 is blocked" is no unknown user.
    (
        "blocked",
        re.compile(
            r"black-?list|block-?list|\bdnsbl\b|\brbl\b|spam|blocked|reputation|\bpolicy\b|\bspf\b"
            r"|\bdkim\b|\bdmarc\b|unauthenticated|not authorized|access denied|banned"
            # Problems of this site or of its messages are not about the reader.
            r"|\bsender('s)? (address|verif|domain|host|is|was|rejected|denied|not)"
            r"|(invalid|bad|unknown|outbound|unverified) sender|\b[eh]+lo\b|client host|\brdns\b"
            r"|reverse|\brelay|\bheaders?\b|from (address|domain)|mail from",
            re.I,
        ),
    ),
    (
        "full",
        re.compile(
            r"(mailbox|inbox|storage|quota).{0,40}(full|exceeded)|over ?quota"
            r"|over (the )?(allowed )?quota",
            re.I,
        ),
    ),
    (
        "gone",
        re.compile(
            r"(no such|unknown|invalid|non-?existent) (user|mailbox|recipient|address|account)"
            r"|(user|mailbox|recipient|address|account)[^.]{0,60}"
            r"(unknown|not found|does ?n[o']t exist|no longer (exists|available))"
            r"|user does ?n[o']t have an? \S+ account"
            r"|(host|domain)( name)? (not found|does not exist)",
            re.I,
        ),
    ),
)


def cause(status: str, text: str = "") -> Cause:
    """Return why a message was permanently refused.

    `status` is an enhanced status code or ""; `text` is the server's text, which may contain
    another code. If the two codes differ, the one that harms the reader least wins: `5.0.0` says
    nothing, and a policy never means a missing mailbox. Codes of class 4 appear when a server gave
    up after days of trying; they never mean that a mailbox is gone.
    """
    causes = [_of_code(*code) for code in _codes(f"{status} {text}")]
    if causes:
        # If codes differ, the one that harms the reader least.
        return next(each for each in ("blocked", "full", "failed", "gone") if each in causes)
    return next((each for each, words in _WORDS if words.search(text)), "failed")


def _codes(text: str) -> list[tuple[bool, int, int]]:
    """Return the codes of a text as (is permanent, subject, detail)."""
    return [
        (match[1] == "5", int(match[2]), int(match[3]))
        for match in ENHANCED.finditer(text)
        # x.0.0, x.1.0, x.2.0 … only name a category.
        if match[1] != "2" and int(match[3])
    ]


def _of_code(is_final: bool, subject: int, detail: int) -> Cause:
    if (subject, detail) in _GONE:
        # A temporary failure does not prove that it is permanent.
        return "gone" if is_final else "failed"
    if subject == 7 or (subject, detail) in _SENDER:
        return "blocked"
    # A message that is too large says nothing about the mailbox.
    return "full" if subject == 2 and (subject, detail) != (2, 3) else "failed"
