"""The languages of public pages and mails, and their catalogs of translations."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.support import NullTranslations, Translations

from campaign import civil_time, paths
from campaign.messages import Message

#: Code -> the language's own name, English first: what is not translated falls back to it.
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "hy": "Հայերեն"}
DEFAULT = "en"
DOMAIN = "messages"

# Readers in the United States write 12,418 in Spanish too.
_LOCALES = {"es": "es_US"}
# Where a language's own "long" form is not the one that pages use.
_DAYS = {"en": "MMMM d, y", "hy": "y թ. MMMM d"}


def supported(code: str | None) -> str:
    """Return `code` when pages come in that language, else English."""
    return code if code in LANGUAGES else DEFAULT


@cache
def translations(code: str) -> NullTranslations:
    """Return the catalog of a language; English, and a language unknown, translate to themselves.

    Source: data/translations/CODE/LC_MESSAGES/messages.mo, compiled from the .po beside it.
    """
    if code == DEFAULT or code not in LANGUAGES:
        return NullTranslations()
    return Translations.load(paths.data() / "translations", [code], DOMAIN)


def translate(text: str, code: str) -> str:
    """Return `text` in a language, as far as the catalog knows it.

    A Message is said with its values, dates and Messages among them said in that language too; any
    other text is looked up as it stands. English is returned as it is.
    """
    if code == DEFAULT:
        return str(text)
    catalog = translations(code)
    if not isinstance(text, Message):
        return str(catalog.ugettext(text))
    template = str(catalog.ugettext(text.msgid))
    if template == text.msgid and text.has_own_english:  # it is not translated
        return str(text)
    return template % {name: _value(value, code) for name, value in text.values.items()}


def locale(code: str) -> str:
    """Return the locale by which a language's numbers and dates are written here: `es_US`."""
    return _LOCALES.get(code, code)


def day(value: date, code: str) -> str:
    """Return a day in words: `June 15, 2026`, `15 de junio de 2026`, `2026 թ. հունիսի 15`."""
    return format_date(value, _DAYS.get(code, "long"), locale=locale(code))


def clock(value: time, code: str) -> str:
    """Return a time of day: `9 a.m.`, `11:59 p.m.`, `noon`; `9:00 a. m.` in Spanish."""
    if code != DEFAULT:
        return format_time(value, "short", locale=locale(code)).replace("\u202f", "\u00a0")
    if value.minute == 0 and value.hour % 12 == 0:
        return "noon" if value.hour else "midnight"
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}\u00a0{'p.m.' if value.hour >= 12 else 'a.m.'}"


def until(end: datetime, place: ZoneInfo, code: str) -> str:
    """Return the last minute before an instant, in words: `December 10, 2026, 11:59 p.m. EST`.

    For the end of a day, which nobody reads right as the midnight of the next.
    """
    last = civil_time.local(end - timedelta(seconds=1), place)
    on_date = day(civil_time.day_of(last, place), code)
    return f"{on_date}, {clock(last.time(), code)} {civil_time.abbreviation(last, place)}"


def _value(value: object, code: str) -> object:
    if isinstance(value, date):
        return day(value, code)
    return translate(value, code) if isinstance(value, Message) else value
