"""The language of a page: taken only from `?lang=`, and kept by every link and form of the page.

Headers and cookies are ignored, so that a URL is one page to every cache. Text without a
translation stays English.
"""

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import Babel
from markupsafe import Markup

from campaign import languages as catalogs
from campaign import paths
from campaign.languages import DEFAULT, LANGUAGES
from campaign.packs.pack import Texts
from campaign.web.core import query_parameters
from campaign.web.core.organizer_paths import is_back_office

# The fonts of the first screen of a page, by the script of its language.
_LATIN_FONTS = ("display.woff2", "sans.woff2", "serif.woff2")
_ARMENIAN_FONTS = ("serif-armenian.woff2", "sans-armenian.woff2")

# What a browser that prefers a language is told in it; said in no other language.
_OFFERS = {
    "en": "This page is also in English.",
    "es": "Esta página también está en español.",
    "hy": "Այս էջը կա նաև հայերեն։",
}

# URLs that are the same in every language, or that only programs read.
_WITHOUT_LANGUAGE = frozenset(
    {
        "assets.static",
        "petition.theme",
        "picture.show",
        "picture.small",
        "public_stats.figures",
        "public_stats.count",
        "embed.script",
        "challenge.show",
        "sitemap.robots",
        "member_photos.show",
    }
)


def current() -> str:
    """Return the language code that the request asked for, by default "en".

    A language without a catalog is not offered, so that no English page claims to be Spanish.
    Organizers' pages are always English.
    """
    if not has_request_context() or is_back_office(request.path):
        return DEFAULT
    asked = request.args.get("lang", DEFAULT)
    return asked if asked in offered() else DEFAULT


def init_app(app: Flask) -> None:
    """Set up translations from `data/translations`, and add the language to every link."""
    folder = paths.data() / "translations"
    app.extensions["languages"] = {
        code: name
        for code, name in LANGUAGES.items()
        if code == DEFAULT or (folder / code / "LC_MESSAGES" / "messages.mo").is_file()
    }
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app, locale_selector=lambda: catalogs.locale(current()))
    app.jinja_env.globals.update(
        lang_of=lang_of, english=english, offers=_OFFERS, first_fonts=first_fonts
    )

    @app.url_defaults
    def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint in _WITHOUT_LANGUAGE or "lang" in values:
            if values.get("lang") == DEFAULT:
                del values["lang"]
            return
        language = current()
        if language != DEFAULT:
            values["lang"] = language


def links() -> list[tuple[str, str, str]]:
    """Return (code, name, URL of this page) for every other language.

    Only for pages that answer GET: after a POST the form keeps its language. The link keeps only
    the query parameters that the view declared and checked, because the page may be cached and
    shown to others.
    """
    if request.endpoint is None or request.method not in {"GET", "HEAD"}:
        return []
    arguments = {**query_parameters.carried(), **(request.view_args or {})}
    return [
        (code, name, url_for(request.endpoint, **{**arguments, "lang": code}))
        for code, name in offered().items()
        if code != current()
    ]


def lang_of(texts: Texts) -> Markup:
    """Return ` lang="en"` for text that is not in the page's language, else ""."""
    return (
        Markup("") if texts.language == current() else Markup(' lang="{}"').format(texts.language)
    )


def english() -> Markup:
    """Return ` lang="en"` for text that a campaign has only in English."""
    return Markup("") if current() == DEFAULT else Markup(' lang="en"')


def first_fonts() -> tuple[str, ...]:
    """Return the names of the font files that a page needs at once, for its head to preload."""
    if is_back_office(request.path):
        return _LATIN_FONTS[:2]
    # In Armenian one serif serves headlines too, which saves a file.
    return _LATIN_FONTS[1:] + _ARMENIAN_FONTS if current() == "hy" else _LATIN_FONTS


def offered() -> Mapping[str, str]:
    """Return the languages that have a catalog: their codes and own names."""
    return cast(Mapping[str, str], current_app.extensions["languages"])
