"""The languages of public pages and mails, and their catalogs of translations."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.support import NullTranslations, Translations

from campaign import civil_time, paths
from campaign.messages import Message

#: Code -> the language's own name. English is first, and the fallback for missing translations.
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "hy": "Հայերեն"}
DEFAULT = "en"
DOMAIN = "messages"

# Spanish in the United States writes numbers as 12,418.
_LOCALES = {"es": "es_US"}
# Date formats that differ from the language's "long" format.
_DAYS = {"en": "MMMM d, y", "hy": "y թ. MMMM d"}


def supported(code: str | None) -> str:
    """Return `code` if pages are available in that language, otherwise English."""
    return code if code in LANGUAGES else DEFAULT


@cache
def translations(code: str) -> NullTranslations:
    """Return the catalog of a language; it is empty for English and for unknown codes.

    Source: data/translations/CODE/LC_MESSAGES/messages.mo, compiled from the .po beside it.
    """
    if code == DEFAULT or code not in LANGUAGES:
        return NullTranslations()
    return Translations.load(paths.data() / "translations", [code], DOMAIN)


def translate(text: str, code: str) -> str:
    """Return `text` in a language, or in English if it has no translation.

    In a Message, values that are dates or Messages are translated too; any other text is looked up
    unchanged.
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
    """Return the Babel locale for a language's numbers and dates, such as `es_US`."""
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

    Used for the end of a day, because "midnight" of the next day is often misread.
    """
    last = civil_time.local(end - timedelta(seconds=1), place)
    on_date = day(civil_time.day_of(last, place), code)
    return f"{on_date}, {clock(last.time(), code)} {civil_time.abbreviation(last, place)}"


def _value(value: object, code: str) -> object:
    if isinstance(value, date):
        return day(value, code)
    return translate(value, code) if isinstance(value, Message) else value
