"""Fields in an organizer's text that become each reader's own, such as `{{ first_name }}`.

What follows a bar is written where the field is empty: `{{ district|your district }}`. A text is
checked when it is saved, so that no reader ever gets a field's name instead of their own.
"""

import re
from collections.abc import Mapping

from campaign.errors import InvalidInput

#: Every field, with what a preview shows for it.
SAMPLE: Mapping[str, str] = {
    "first_name": "Ani",
    "last_name": "Petrosyan",
    "state": "Montana",
    "district": "MT-2",
}

#: Fields that a signer may not have: they need words for when they are empty.
_MAY_BE_EMPTY = frozenset({"state", "district"})

_FIELD = re.compile(r"\{\{([^{}\n]{0,80})\}\}")
# What other tools write, and `{{` or `}}` that belongs to no field.
_FOREIGN = re.compile(
    r"\*\|[^|\n]{1,40}\|\*|\{%|%\}|%%[A-Za-z_ ]{2,40}%%|\[\[[A-Za-z_ ]{2,40}\]\]|\{\{|\}\}"
    r"|(?-i:%[A-Z_]{3,20}%)"
    # A name in brackets of any kind, with whose it is and what stands for an empty one:
    # `{contact.first_name}`, `%recipient.last_name%`, `[firstname,fallback=you]`, `«First Name»`.
    r"|(?:\{|%|\$)[!$ ]*(?:\w+[.:])?(?:first|last|full|[fl])?[ _-]?name"
    r"(?:\s*[,|:][^}%$\n]{0,40})?\s*(?:\}|%|\$)"
    r"|(?:<<|«|(?<!\w)-)\s*(?:first|last|full|[fl])[ _-]?name\s*(?:>>|»|-(?!\w))"
    r"|\[(?:first|last|full|[fl])[ _]?name(?:\s*[,|:][^]\n]{0,40})?\](?!\()",
    re.IGNORECASE,
)
# A field within the address of a link, or within angle brackets.
_IN_LINK = re.compile(r"\]\([^)\s]*\{\{|<[a-z]+:[^>\s]*\{\{|https?://[^\s)>]*\{\{", re.I)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|&~^:/@])")


def check(text: str, *, field: str) -> None:
    """Check every field of a text. Raises InvalidInput, naming `field`, for one that has no value.

    Refused are unknown fields, those that may be empty without a word for it, fields within a link,
    and what other tools write in place of fields.
    """
    if _IN_LINK.search(text):
        raise InvalidInput("A link must be the same for everyone: take the field out.", field=field)
    for found in _FIELD.finditer(text):
        name, bar, instead = (part.strip() for part in found[1].partition("|"))
        if name not in SAMPLE:
            raise InvalidInput(f"{found[0]} is not a field. {_known_fields()}", field=field)
        if name in _MAY_BE_EMPTY and not instead:
            raise InvalidInput(
                f"{found[0]} is empty for some signers. Write what they read instead:"
                f" {{{{ {name}|your {name} }}}}.",
                field=field,
            )
        if bar and not instead:
            raise InvalidInput(f"Write something after the bar in {found[0]}.", field=field)
    if foreign := _FOREIGN.search(_FIELD.sub("", text)):
        raise InvalidInput(
            f"{foreign[0]} would reach signers as it is. {_known_fields()}", field=field
        )


def fill(text: str, values: Mapping[str, str], *, is_markdown: bool) -> str:
    """Return the text with each field's value, or with its words for an empty one.

    In Markdown a value is text and never markup.
    """

    def value(found: re.Match[str]) -> str:
        name, _, instead = (part.strip() for part in found[1].partition("|"))
        own = " ".join(values.get(name, "").split())
        if not own:
            return instead
        return _MARKDOWN.sub(r"\\\1", own) if is_markdown else own

    return _FIELD.sub(value, text)


def _known_fields() -> str:
    shown = [
        f"{{{{ {name}|your {name} }}}}" if name in _MAY_BE_EMPTY else f"{{{{ {name} }}}}"
        for name in SAMPLE
    ]
    return f"The fields are {', '.join(shown)}."
