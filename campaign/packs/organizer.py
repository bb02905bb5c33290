"""Who runs a campaign and who pays for it: `[organizer]` and `[funding]` of campaign.toml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from campaign.errors import Problem
from campaign.languages import translate
from campaign.messages import Message
from campaign.packs import toml

#: Limits in characters: with them a disclosure fits the foot of a page and of a letter.
MAX_PAYER, MAX_DISCLOSURE = 120, 300

# Domains reserved for examples (RFC 2606, RFC 6761), so that no real mailbox is printed.
_EXAMPLE_DOMAINS = ("example.org", "example.com", "example.net", "example", "invalid", "test")

_DISCLOSURE = "disclosure"
#: The question of `foreign_principal`, as the command line and the back office ask it.
FOREIGN_PRINCIPAL_QUESTION = (
    "Does a government, political party, company or person abroad direct this campaign or pay for "
    "it?"
)
#: The warning about a public campaign that is older than the question.
NOT_STATED = (
    "The campaign does not say who pays for it, or whether someone abroad directs it or pays for "
    "it. Add [funding] to campaign.toml, with paid_for_by and foreign_principal."
)


@dataclass(frozen=True)
class Organizer:
    """Who runs the campaign, as pages and mails print it."""

    name: str
    postal_address: tuple[str, ...]
    email: str
    url: str = ""

    @property
    def is_example(self) -> bool:
        """True for an organizer at a domain for examples, such as the shipped one (RFC 2606)."""
        domain = self.email.rpartition("@")[2].lower()
        return any(domain == name or domain.endswith(f".{name}") for name in _EXAMPLE_DOMAINS)


@dataclass(frozen=True)
class Funding:
    """Who pays for the campaign, and whether a foreign principal directs or funds it.

    "Foreign principal" is the term of the Foreign Agents Registration Act, 22 USC 611(b): a
    government, political party, company or person abroad. `foreign_principal` is None until the
    organizer has answered. `disclosures` has the disclosure line by language. `is_stated` is False
    for a campaign.toml without `[funding]`, as campaigns had before the table existed.
    """

    paid_for_by: str = ""
    foreign_principal: bool | None = None
    disclosures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_stated: bool = False

    @property
    def has_disclosure(self) -> bool:
        """True if a disclosure line has to be printed, and there is one."""
        return bool(self.foreign_principal and self.disclosures)

    def disclosure(self, language: str = "en") -> tuple[str, str]:
        """Return the line to print and the code of its language, English if there is no other.

        The line is "" unless a foreign principal directs or funds the campaign.
        """
        if not self.has_disclosure:
            return "", language
        if language in self.disclosures:
            return self.disclosures[language], language
        return self.disclosures.get("en", ""), "en"

    def statement(self, language: str = "en") -> str:
        """Return who pays and the disclosure line, as plain text; "" if neither is set."""
        payer = Message("Paid for by %(payer)s.", payer=self.paid_for_by.rstrip("."))
        said = translate(payer, language) if self.paid_for_by else ""
        return " ".join(part for part in (said, self.disclosure(language)[0]) if part)


def read_organizer(text: str, table: Mapping[str, Any], problems: list[Problem]) -> Organizer:
    """Return the organizer of `[organizer]`; `text` is campaign.toml, for the lines of problems."""

    def one(key: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return " ".join(value.split())
        problems.append(Problem("campaign.toml", toml.line_of(text, key), f"Write {key} as text."))
        return ""

    for key in table.keys() - {"name", "postal_address", "email", "url"}:
        reason = f'There is no setting "{key}" under [organizer]. Check its spelling.'
        problems.append(Problem("campaign.toml", toml.line_of(text, key), reason))
    address = table.get("postal_address", [])
    if not isinstance(address, list) or not all(isinstance(row, str) for row in address):
        line = toml.line_of(text, "postal_address")
        problems.append(Problem("campaign.toml", line, "Write postal_address as a list of lines."))
        address = []
    return Organizer(one("name"), tuple(row.strip() for row in address), one("email"), one("url"))


def read_funding(
    text: str,
    table: Mapping[str, Any] | None,
    languages: tuple[str, ...],
    problems: list[Problem],
) -> Funding:
    """Return what `[funding]` says, None being a campaign.toml without it.

    `text` is campaign.toml, for the lines of problems; `languages` are the codes of pages.
    """
    if table is None:
        return Funding()
    keys = {disclosure_key(language): language for language in languages}
    known = {"paid_for_by", "foreign_principal", *keys}

    def fault(key: str, reason: str) -> None:
        line = toml.line_in_table(text, "funding", key)
        problems.append(Problem("campaign.toml", line, reason))

    def one(key: str, limit: int) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            fault(key, f"Write {key} as text, in quotation marks.")
            return ""
        cleaned = " ".join(value.split())
        if len(cleaned) > limit:
            fault(key, f"{key} is {len(cleaned):,} characters long. Shorten it to {limit} at most.")
        return cleaned

    for key in sorted(table.keys() - known):
        fault(key, f'There is no setting "{key}" under [funding]. Check its spelling.')
    answer = table.get("foreign_principal")
    if answer is not None and not isinstance(answer, bool):
        fault("foreign_principal", "Set foreign_principal to true or false.")
        answer = None
    lines = {language: one(key, MAX_DISCLOSURE) for key, language in keys.items()}
    return Funding(
        paid_for_by=one("paid_for_by", MAX_PAYER),
        foreign_principal=answer,
        disclosures=MappingProxyType({code: line for code, line in lines.items() if line}),
        is_stated=True,
    )


def disclosure_key(language: str) -> str:
    """Return the setting that holds the disclosure line in a language: `disclosure_es`."""
    return _DISCLOSURE if language == "en" else f"{_DISCLOSURE}_{language}"


def missing_answers(funding: Funding) -> Iterator[tuple[str, str]]:
    """Yield what `[funding]` lacks before a campaign may be public: the setting, and a sentence."""
    if not funding.paid_for_by:
        yield "paid_for_by", "Before you publish, say under [funding] who pays: paid_for_by."
    if funding.foreign_principal is None:
        yield (
            "foreign_principal",
            "Before you publish, set foreign_principal under [funding] to true if a government, "
            "political party, company or person abroad directs the campaign or pays for it, or to "
            "false.",
        )
    elif funding.foreign_principal and "en" not in funding.disclosures:
        yield (
            _DISCLOSURE,
            "Before you publish, set the disclosure line under [funding]: someone abroad directs "
            "the campaign or pays for it. Ask a lawyer what it has to say (22 USC 611-614).",
        )
