"""Start a campaign: a small folder of texts from five answers, or a copy of another campaign."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template

from campaign import paths, text
from campaign.errors import InvalidInput
from campaign.files import PUBLIC, write
from campaign.packs import editing, named_targets
from campaign.packs import pack as packs
from campaign.packs.bills import numbers_in
from campaign.packs.organizer import MAX_PAYER, Funding, Organizer, disclosure_key
from campaign.packs.source import LANGUAGES, CampaignSource

#: Limits in characters. With them every text of the folder keeps to the limits of its checks.
MAX_TITLE, MAX_ASK, MAX_ASKED, MAX_ORGANIZER = 70, 200, 60, 80

#: The subject of the mail that confirms a signature, before the title, by language.
_CONFIRM: dict[str, str] = {
    "en": "Please confirm your signature",
    "es": "Confirme su firma",
    "hy": "Խնդրում ենք հաստատել ձեր ստորագրությունը",
}

#: The line of campaign.toml that answers whether a foreign principal directs or pays.
_ANSWERS = {
    None: "# foreign_principal = false",
    False: "foreign_principal = false",
    True: "foreign_principal = true",
}

# Follows a request that names a bill, so that some text is left when the bill's Congress ends.
_LASTING = " We are constituents, and we ask for a clear answer."

# Markdown's own characters. Braces would be fields, so they are refused.
_MARKUP = re.compile(r"([\\`*_\[\]<>&~#])")
_FIELD = re.compile(r"[{}]")


@dataclass(frozen=True)
class Answers:
    """What an organizer says about a new campaign.

    `ask` completes "We ask Congress to …", and `asked` replaces "Congress". `languages` are codes
    of `LANGUAGES`; English is always one of them. `paid_for_by` is "" if the organizer pays.
    `foreign_principal` answers `organizer.FOREIGN_PRINCIPAL_QUESTION`, None leaving it open.
    """

    title: str
    ask: str
    organizer: str
    asked: str = "Congress"
    languages: tuple[str, ...] = ("en",)
    email: str = ""
    postal_address: tuple[str, ...] = ()
    paid_for_by: str = ""
    foreign_principal: bool | None = None

    @classmethod
    def parse(
        cls,
        *,
        title: str,
        ask: str,
        organizer: str,
        asked: str = "Congress",
        languages: tuple[str, ...] = ("en",),
        email: str = "",
        postal_address: tuple[str, ...] = (),
        paid_for_by: str = "",
        foreign_principal: bool | None = None,
    ) -> "Answers":
        """Return cleaned answers. Raises InvalidInput, with the name of the answer as `field`."""
        if unknown := [code for code in languages if code not in LANGUAGES]:
            raise InvalidInput(
                f"Pages are not available in {text.line(unknown[0], limit=80)}. Choose from: "
                f"{', '.join(LANGUAGES)}.",
                field="languages",
            )
        return cls(
            title=_line(title, MAX_TITLE, "title", "Enter a title."),
            ask=_line(ask, MAX_ASK, "ask", "Enter what you ask."),
            organizer=_line(organizer, MAX_ORGANIZER, "organizer", "Enter who runs the campaign."),
            asked=_line(asked, MAX_ASKED, "asked", "Enter whom you ask."),
            languages=tuple(dict.fromkeys(("en", *languages))),
            email=text.line(email, field="email"),
            postal_address=tuple(
                text.line(row, field="address") for row in postal_address if row.strip()
            ),
            paid_for_by=text.line(paid_for_by, limit=MAX_PAYER, field="paid_for_by"),
            foreign_principal=foreign_principal,
        )


def organizer_of(*, name: str, email: str, postal_address: tuple[str, ...]) -> Organizer:
    """Return an organizer from typed answers, each of which may be empty.

    Raises InvalidInput, with the name of the answer as `field`.
    """
    return Organizer(
        _line(name, MAX_ORGANIZER, "organizer", "") if name else "",
        tuple(text.line(row, field="address") for row in postal_address if row.strip()),
        text.line(email, field="email"),
    )


def create(name: str, parent: Path, answers: Answers) -> Path:
    """Write the folder of a new, unpublished campaign, and return it.

    `name` is the campaign's name and `parent` the folder of campaigns. Raises InvalidInput (field
    "name") for a name that is not valid or exists, and (field "into") if it cannot be written.
    """

    def write_texts(folder: Path) -> None:
        folder.mkdir()
        for file, content in _texts(name, answers).items():
            write(folder / file, content.encode(), mode=PUBLIC)

    return _make(name, parent, write_texts)


def copy(
    name: str,
    parent: Path,
    source: Path,
    organizer: Organizer | None = None,
    funding: Funding | None = None,
) -> Path:
    """Copy a campaign folder, unpublished and with another organizer, and return the copy.

    Without `organizer`, nobody is named; without `funding`, the organizer pays and the question
    about a foreign principal is open. Raises InvalidInput as `create` does.
    """

    def copy_texts(folder: Path) -> None:
        # Copy only contents: shipped files may be read-only, and these will be edited.
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
        settings = folder / "campaign.toml"
        content = settings.read_text(encoding="utf-8")
        settings.write_text(_with_organizer(content, organizer, funding), encoding="utf-8")

    return _make(name, parent, copy_texts)


def petition_in(language: str, source: CampaignSource) -> str:
    """Return a petition in another language, to translate: standard texts in that language, and
    the campaign's own in English.
    """
    english = source.petitions["en"]
    title = english.field("title").text
    headers = {
        "title_toml": title,
        "request_toml": english.field("standfirst").text,
        "addressees_toml": english.field("addressees").text,
        "subject_toml": english.field("confirm_subject").text,
    }
    template = paths.data() / "new-campaign" / f"petition.{language}.md"
    text_in = Template(template.read_text(encoding="utf-8")).substitute(
        title=title,
        request="\n\n".join(paragraph.text for paragraph in english.part("")),
        **{key: _quoted(value) for key, value in headers.items()},
    )
    picture = english.field("picture_alt").text
    if not picture:
        return text_in
    # The header ends at its second line of plus signs.
    return text_in.replace("\n+++\n", f"\npicture_alt = {_quoted(picture)}\n+++\n", 1)


def _make(name: str, parent: Path, fill: Callable[[Path], None]) -> Path:
    if not packs.is_name(name):
        raise InvalidInput(
            "Name the campaign with lowercase letters, digits and hyphens, such as clean-water.",
            field="name",
        )
    target = parent / name
    if target.exists():
        raise InvalidInput(f"{target} already exists. Choose another name.", field="name")
    try:
        editing.make_folder(target, fill)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be created: {error.strerror}.", field="into"
        ) from error
    return target


def _line(typed: str, limit: int, field: str, missing: str) -> str:
    line = text.line(typed, limit=limit, field=field).rstrip(" .")
    if not line:
        raise InvalidInput(missing, field=field)
    if _FIELD.search(line):
        raise InvalidInput("Leave out the braces { and }.", field=field)
    return line


def _texts(name: str, answers: Answers) -> dict[str, str]:
    """Return file name -> content of a new campaign."""
    templates = paths.data() / "new-campaign"
    files = dict.fromkeys(
        ("campaign.toml", "facts.toml", "petition.md", "story.md", "points.md", "letters.md"), "en"
    )
    files |= {f"petition.{code}.md": code for code in answers.languages if code != "en"}
    return {
        file: Template((templates / file).read_text(encoding="utf-8")).substitute(
            _values(answers, language), name=name
        )
        for file, language in files.items()
    }


def _values(answers: Answers, language: str) -> dict[str, str]:
    request = f"We ask {answers.asked} to {answers.ask}."
    if numbers_in(answers.ask):
        request += _LASTING
    in_texts = {
        "title": answers.title,
        "ask": answers.ask,
        "request": request,
        "organizer": answers.organizer,
    }
    in_headers = {
        "title_toml": answers.title,
        "request_toml": request,
        "addressees_toml": f"To {answers.asked}",
        "subject_toml": f"{_CONFIRM[language]}: {answers.title}",
    }
    return {
        **{key: _escaped(value) for key, value in in_texts.items()},
        **{key: _quoted(_escaped(value)) for key, value in in_headers.items()},
        "organizer_toml": _quoted(answers.organizer),
        "email_toml": _quoted(answers.email),
        "address_toml": f"[{', '.join(map(_quoted, answers.postal_address))}]",
        "payer_toml": _quoted(answers.paid_for_by or answers.organizer),
        "foreign_principal": _ANSWERS[answers.foreign_principal],
        "targets": named_targets.settings_of(answers.asked) or named_targets.ANYONE,
    }


def _escaped(value: str) -> str:
    return _MARKUP.sub(r"\\\1", value)


def _quoted(value: str) -> str:
    """Return a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _with_organizer(content: str, organizer: Organizer | None, funding: Funding | None) -> str:
    named, paid = organizer or Organizer("", (), ""), funding or Funding()
    return editing.with_settings(
        content,
        {"published": False},
        {
            "name": named.name,
            "postal_address": list(named.postal_address),
            "email": named.email,
            "url": named.url,
        },
        {
            "paid_for_by": paid.paid_for_by or named.name,
            "foreign_principal": paid.foreign_principal,
            **dict.fromkeys(map(disclosure_key, LANGUAGES)),
        },
    )
