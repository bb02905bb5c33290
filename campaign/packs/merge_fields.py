"""Merge fields in an organizer's text, such as `{{ first_name }}`, filled in for each reader.

The words after a bar replace an empty field: `{{ district|your district }}`. Texts are checked when
they are saved, so that no reader sees the name of a field.
"""

import re
from collections.abc import Mapping

from campaign.errors import InvalidInput

#: Field -> its value in a preview.
SAMPLE: Mapping[str, str] = {
    "first_name": "Ani",
    "last_name": "Petrosyan",
    "state": "Montana",
    "district": "MT-2",
}

#: Fields that can be empty and so need replacement words.
_MAY_BE_EMPTY = frozenset({"state", "district"})

_FIELD = re.compile(r"\{\{([^{}\n]{0,80})\}\}")
# Merge fields of other tools, and stray `{{` or `}}`.
_FOREIGN = re.compile(
    r"\*\|[^|\n]{1,40}\|\*|\{%|%\}|%%[A-Za-z_ ]{2,40}%%|\[\[[A-Za-z_ ]{2,40}\]\]|\{\{|\}\}"
    r"|(?-i:%[A-Z_]{3,20}%)"
    # A name in any brackets, with its owner and a replacement for an empty one:
    # `{contact.first_name}`, `%recipient.last_name%`, `[firstname,fallback=you]`, `«First Name»`.
    r"|(?:\{|%|\$)[!$ ]*(?:\w+[.:])?(?:first|last|full|[fl])?[ _-]?name"
    r"(?:\s*[,|:][^}%$\n]{0,40})?\s*(?:\}|%|\$)"
    r"|(?:<<|«|(?<!\w)-)\s*(?:first|last|full|[fl])[ _-]?name\s*(?:>>|»|-(?!\w))"
    r"|\[(?:first|last|full|[fl])[ _]?name(?:\s*[,|:][^]\n]{0,40})?\](?!\()",
    re.IGNORECASE,
)
# A field within a link's URL or within angle brackets.
_IN_LINK = re.compile(r"\]\([^)\s]*\{\{|<[a-z]+:[^>\s]*\{\{|https?://[^\s)>]*\{\{", re.I)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|&~^:/@])")


def check(text: str, *, field: str) -> None:
    """Check every merge field of a text. Raises InvalidInput (with `field`) for the first fault.

    Faults are unknown fields, fields that may be empty and have no replacement words, fields within
    a link, and merge fields of other tools.
    """
    if _IN_LINK.search(text):
        raise InvalidInput(
            "A link must be the same for everyone. Remove the field from it.", field=field
        )
    for found in _FIELD.finditer(text):
        name, bar, instead = (part.strip() for part in found[1].partition("|"))
        if name not in SAMPLE:
            raise InvalidInput(f"{found[0]} is not a field. {_known_fields()}", field=field)
        if name in _MAY_BE_EMPTY and not instead:
            raise InvalidInput(
                f"{found[0]} is empty for some signers. Write replacement words after a bar:"
                f" {{{{ {name}|your {name} }}}}.",
                field=field,
            )
        if bar and not instead:
            raise InvalidInput(f"Write something after the bar in {found[0]}.", field=field)
    if foreign := _FOREIGN.search(_FIELD.sub("", text)):
        raise InvalidInput(
            f"{foreign[0]} is not a field and would be mailed as it is. {_known_fields()}",
            field=field,
        )


def fill(text: str, values: Mapping[str, str], *, is_markdown: bool) -> str:
    """Return the text with each field's value, or its replacement words if the value is empty.

    `values` maps field names to texts. With `is_markdown`, values are escaped: they are never
    markup.
    """

    def value(match: re.Match[str]) -> str:
        name, _, instead = (part.strip() for part in match[1].partition("|"))
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
