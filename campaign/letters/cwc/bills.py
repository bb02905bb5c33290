"""The bills of a message, and Pro or Con.

A message has one ProOrCon for all its bills (Communicating With Congress 2.0). Where a campaign is
for some bills and against others, that would be wrong for some of them: the message then names all
bills, leaves ProOrCon out, and its statement begins with the side on each.
"""

from campaign.congress.members import Chamber
from campaign.packs.bills import Bill, Stance
from campaign.packs.pack import Pack

_VERBS: dict[Stance, str] = {"pro": "Support", "con": "Oppose"}


def bills_for(pack: Pack, chamber: Chamber) -> tuple[tuple[Bill, Stance], ...]:
    """Return the bills of a message to a chamber with the campaign's stance on each.

    These are the bills of that chamber, or all if the campaign names none of them: a member can act
    on a bill of their own chamber first. The settings cwc_bills and cwc_stance serve where the
    campaign has no `[[bill]]`.
    """
    named: list[tuple[Bill, Stance]] = [
        (each.bill, "pro" if each.side == "for" else "con") for each in pack.bills
    ]
    if not named:
        return tuple((bill, pack.cwc_stance) for bill in pack.cwc_bills)
    own = tuple(each for each in named if each[0].chamber == chamber)
    return own or tuple(named)


def stance_for(pack: Pack, chamber: Chamber) -> Stance:
    """Return the stance on all bills of a message, "" if it is not the same on each."""
    stances = {stance for _, stance in bills_for(pack, chamber)} or {pack.cwc_stance}
    return stances.pop() if len(stances) == 1 else ""


def positions(pack: Pack, chamber: Chamber) -> str:
    """Return the side on each bill in words, "" where ProOrCon says it.

    `Support H.R. 6840 (119th Congress). Oppose H.R. 6534 (119th Congress).`
    """
    bills = bills_for(pack, chamber)
    if len({stance for _, stance in bills}) < 2:
        return ""
    return " ".join(f"{_VERBS[stance]} {bill}." for bill, stance in bills)
