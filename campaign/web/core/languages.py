"""The language of a page: from `?lang=` alone, kept by every link and form of that page.

Never from a header or a cookie: a page is then one thing to every cache. A text without a
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

# Addresses that are the same in every language, or that only programs read.
_WITHOUT_LANGUAGE = frozenset(
    {
        "assets.static",
        "petition.theme",
        "public.figures",
        "public.count",
        "embed.script",
        "challenge.show",
        "crawlers.robots",
    }
)


def current() -> str:
    """Return the code of the language that this request asked for, "en" where it did not.

    A language without a catalog is not offered: a page in English must not say it is Spanish.
    The people who run campaigns read English, whatever their address says.
    """
    if not has_request_context() or is_back_office(request.path):
        return DEFAULT
    asked = request.args.get("lang", DEFAULT)
    return asked if asked in offered() else DEFAULT


def init_app(app: Flask) -> None:
    """Set up translations under `data/translations` and the language of every link."""
    folder = paths.data() / "translations"
    app.extensions["languages"] = {
        code: name
        for code, name in LANGUAGES.items()
        if code == DEFAULT or (folder / code / "LC_MESSAGES" / "messages.mo").is_file()
    }
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(app, locale_selector=lambda: catalogs.locale(current()))
    app.jinja_env.globals.update(lang_of=lang_of, english=english)

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
    """Return (code, name, address of this page) for every language that this page is not in.

    Only for pages that answer GET: a form that was posted keeps its language instead. Of what the
    address carries along, a link keeps what the view named and checked: the page may be kept and
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
    """Return ` lang="en"` for a tag around texts that are not in the page's language, else ""."""
    return (
        Markup("") if texts.language == current() else Markup(' lang="{}"').format(texts.language)
    )


def english() -> Markup:
    """Return ` lang="en"` for a tag around what a campaign has in English only."""
    return Markup("") if current() == DEFAULT else Markup(' lang="en"')


def offered() -> Mapping[str, str]:
    """Return the languages that have a catalog: code and the language's own name."""
    return cast(Mapping[str, str], current_app.extensions["languages"])
