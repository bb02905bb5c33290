"""Enter a typed paper sheet row by row.

Valid rows are entered at once; the others come back as they were typed, each with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaign.congress.dataset import Congress
from campaign.errors import CampaignError, InvalidInput, LineRefused, SignatureUnknown
from campaign.keys import Keyring
from campaign.letters import split_name
from campaign.letters.print.signup_sheet import LINES, PageId
from campaign.packs.pack import Pack
from campaign.petition.paper import enter_signatures, paper_row
from campaign.petition.paper.paper_row import PaperSignature
from campaign.store import tokens
from campaign.store.db.engine import Database

#: A row's fields, in the order of the sheet. `mail_opt_in` is "1" if the box for updates is
#: checked; `namesake` tells people with one name and ZIP apart.
FIELDS = ("first_name", "last_name", "zip", "email", "mail_opt_in", "namesake")


@dataclass(frozen=True, repr=False)
class SheetRow:
    """One row: what was typed, and why it is not entered yet. `repr()` is redacted.

    `field` is the field that the reason is about; `is_known` is True if the person counts already.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    field: str = ""
    is_known: bool = False

    def __repr__(self) -> str:
        return "SheetRow(…)"

    @property
    def is_empty(self) -> bool:
        """True if nothing was typed."""
        return not any(self.typed.get(name, "").strip() for name in FIELDS if name != "namesake")


@dataclass(frozen=True)
class EnteredLine:
    """An entered line: the public id of its signature, its namesake number, and its line.

    For a typist who may not search signers, every accepted line has one, so that its outcome stays
    hidden.
    """

    public_id: str
    namesake: int
    line: int
    sheet: str = ""


@dataclass(frozen=True)
class SheetResult:
    """The result of a sheet: `rows` as they remain, and `entered`, the number that count now.

    `made` lists the lines that `undo` can take out again.
    """

    rows: tuple[SheetRow, ...]
    entered: int
    made: tuple[EnteredLine, ...]

    @property
    def is_settled(self) -> bool:
        """True if no row is left to correct."""
        return not any(row.says for row in self.rows)


def enter(
    db: Database,
    pack: Pack,
    congress: Congress,
    rows: Sequence[Mapping[str, str]],
    *,
    sheet: str,
    signed_on: str,
    now: datetime,
    keyring: Keyring,
    actor: str,
    hide_matches: bool,
) -> SheetResult:
    """Enter the valid rows of a sheet, and return the rest with reasons.

    `hide_matches` is for a typist who may not search signers. Raises InvalidInput (field "sheet" or
    "signed_on") and StoreUnavailable; nothing is entered then.
    """
    page = str(PageId.parse(sheet)) if sheet.strip() else ""
    left = [SheetRow(dict(row)) for row in rows[:LINES]]
    fit: list[tuple[int, PaperSignature]] = []
    for number, row in enumerate(left):
        if row.is_empty:
            left[number] = SheetRow()
            continue
        try:
            fit.append((number, _parse_row(row, pack, congress, page, signed_on, now)))
        except (InvalidInput, LineRefused) as error:
            where = error.column if isinstance(error, LineRefused) else error.field
            if where == "signed_on":
                raise InvalidInput(str(error), field="signed_on") from None
            left[number] = SheetRow(row.typed, str(error), where)
        except CampaignError as error:
            left[number] = SheetRow(row.typed, str(error))
    if not fit:
        return SheetResult(tuple(left), 0, ())
    outcomes = enter_signatures.enter(
        db,
        pack,
        [line for _, line in fit],
        now=now,
        keyring=keyring,
        actor=actor,
        details={"typed": True, **({"sheet": page} if page else {})},
        hide_matches=hide_matches,
    )
    made: list[EnteredLine] = []
    entered = 0
    for (number, line), outcome in zip(fit, outcomes, strict=True):
        shown = outcome.redacted() if hide_matches else outcome
        if shown.kind != "entered":
            is_known = shown.kind == "known" and shown.column == "namesake"
            says = _COUNTED_ALREADY if is_known else shown.says
            left[number] = SheetRow(left[number].typed, says, shown.column, is_known=is_known)
            continue
        left[number] = SheetRow()
        entered += 1
        public_id = shown.public_id or (tokens.new_public_id(now) if hide_matches else "")
        if public_id:
            made.append(EnteredLine(public_id, line.namesake, number + 1, page))
    return SheetResult(tuple(left), entered, tuple(made))


def undo(
    db: Database,
    pack: Pack,
    public_id: str,
    namesake: int,
    *,
    now: datetime,
    keyring: Keyring,
    actor: str,
    hide_matches: bool,
) -> None:
    """Take out a line that was entered by mistake (`enter_signatures.undo`).

    With `hide_matches`, an unknown line is ignored. Raises SignatureUnknown otherwise, and
    StoreUnavailable.
    """
    try:
        enter_signatures.undo(db, pack, public_id, namesake, now=now, keyring=keyring, actor=actor)
    except SignatureUnknown:
        if not hide_matches:
            raise


_COUNTED_ALREADY = (
    "This name and ZIP are counted already. Clear the line, or say below that this is another "
    "person."
)


def _parse_row(
    row: SheetRow, pack: Pack, congress: Congress, sheet: str, signed_on: str, now: datetime
) -> PaperSignature:
    typed = {name: row.typed.get(name, "") for name in FIELDS if name != "mail_opt_in"}
    typed["first_name"], typed["last_name"] = split_name.recase_capitals(
        typed["first_name"], typed["last_name"]
    )
    return paper_row.parse_signature(
        **typed,
        mail_consent=pack.text().mail_consent if row.typed.get("mail_opt_in") else "",
        sheet=sheet,
        signed_on=signed_on,
        pack=pack,
        congress=congress,
        now=now,
    )
