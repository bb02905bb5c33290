"""What a mail server's refusal says about a mailbox: gone, full, or that the sender is blocked.

Enhanced status codes are those of RFC 3463 and the registry of RFC 5248, 5.1.10 that of RFC 7505.
Where a refusal has none, its words are read. What stays unclear says nothing about the mailbox: a
list must not shrink because a server disliked a message or its sender.
"""

import re
from typing import Literal

#: `gone`: the mailbox or its domain does not exist. `full`: it takes nothing at the moment.
#: `blocked`: the server refuses this sender or this message. `failed`: nobody can tell.
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
    # Words about the sender come first: "user 192.0.2.1 is blocked" is no unknown user.
    (
        "blocked",
        re.compile(
            r"black-?list|block-?list|\bdnsbl\b|\brbl\b|spam|blocked|reputation|\bpolicy\b|\bspf\b"
            r"|\bdkim\b|\bdmarc\b|unauthenticated|not authorized|access denied|banned"
            # What is wrong with this site, or with what it sent, is nothing of the reader's.
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
    """Return why a message was refused for good.

    `status` is an enhanced status code or "", `text` the server's own words, which may hold
    another code. Where the two name different causes, the mailbox counts as gone only when the more
    precise one says so: `5.0.0` says nothing, and a policy is never a missing mailbox.
    A code of class 4 is read where a server gave up after days of trying: nothing is gone by it.
    """
    found = [_of_code(*code) for code in _codes(f"{status} {text}")]
    if found:
        # Of two that differ, the one that does a reader the least harm.
        return next(each for each in ("blocked", "full", "failed", "gone") if each in found)
    return next((each for each, words in _WORDS if words.search(text)), "failed")


def _codes(text: str) -> list[tuple[bool, int, int]]:
    """Return the codes of a text, each with whether it is final: class 5, not 4."""
    return [
        (found[1] == "5", int(found[2]), int(found[3]))
        for found in ENHANCED.finditer(text)
        # x.0.0 and x.1.0, x.2.0 … say of what kind it is, and no more.
        if found[1] != "2" and int(found[3])
    ]


def _of_code(is_final: bool, subject: int, detail: int) -> Cause:
    if (subject, detail) in _GONE:
        # What was so for a while is not known to be so for good.
        return "gone" if is_final else "failed"
    if subject == 7 or (subject, detail) in _SENDER:
        return "blocked"
    # A message that is too large for a mailbox says nothing about the mailbox.
    return "full" if subject == 2 and (subject, detail) != (2, 3) else "failed"
