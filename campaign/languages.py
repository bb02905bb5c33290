"""The languages of public pages and mails, and their catalogues of translations."""

from functools import cache

from babel.support import NullTranslations, Translations

from campaign import paths

#: Code -> the language's own name, English first: what is not translated falls back to it.
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "hy": "Հայերեն"}
DEFAULT = "en"
DOMAIN = "messages"


def known(code: str | None) -> str:
    """Return `code` when pages come in that language, else English."""
    return code if code in LANGUAGES else DEFAULT


@cache
def translations(code: str) -> NullTranslations:
    """Return the catalogue of a language; English, and a language unknown, translate to themselves.

    Source: data/translations/CODE/LC_MESSAGES/messages.mo, compiled from the .po beside it.
    """
    if code == DEFAULT or code not in LANGUAGES:
        return NullTranslations()
    return Translations.load(paths.data() / "translations", [code], DOMAIN)
