"""Every public sentence is said in every language, with the same values in it."""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from campaign import languages, messages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "data" / "translations"
TRANSLATED = [code for code in languages.LANGUAGES if code != languages.DEFAULT]

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def keywords() -> dict[str, tuple[int, ...] | None]:
    """The names that mark a sentence: gettext's, and our own as the Makefile lists them."""
    marks = re.search(r"^MARKS := (.*?)\n\n", (ROOT / "Makefile").read_text(), re.M | re.S)
    assert marks is not None
    names = [mark.partition(":")[0] for mark in marks[1].replace("\\\n", " ").split()]
    return {"ngettext": (1, 2), **dict.fromkeys(["_", "gettext", *names], (1,))}


def in_source() -> Iterator[tuple[str, ...]]:
    """Every sentence that the source marks, as one message id or as singular and plural."""
    babel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in babel["mappings"]]
    for folder in ("campaign", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern.removeprefix(f"{folder}/"), m) for pattern, m in methods],
            keywords=keywords(),
            directory_filter=lambda _: True,  # Babel alone would pass over `_macros`
        )
        for _, _, message, _, _ in found:
            yield (message,) if isinstance(message, str) else tuple(message or ())


@pytest.fixture(scope="module")
def source() -> set[tuple[str, ...]]:
    return set(in_source())


@pytest.fixture(scope="module", params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    with (FOLDER / request.param / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=request.param)


def forms(message: Message) -> list[str]:
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def test_the_extraction_finds_pages_forms_errors_and_mails(source: set[tuple[str, ...]]) -> None:
    singles = {message[0] for message in source}

    assert "Sign the petition" in singles  # a page
    assert "Enter your first name." in singles  # a form
    assert "Senator for %(state)s" in singles  # a room that knows no pages
    assert "Confirm my signature" in singles  # a mail
    assert len(source) > 400


def test_every_public_sentence_is_translated(
    source: set[tuple[str, ...]], catalog: Catalog
) -> None:
    translated = {
        ids(message)
        for message in catalog
        if message.id and all(forms(message)) and "fuzzy" not in message.flags
    }

    assert sorted(source - translated) == []


def test_no_catalog_keeps_what_the_source_no_longer_says(
    source: set[tuple[str, ...]], catalog: Catalog
) -> None:
    kept = {ids(message) for message in catalog if message.id}

    assert sorted(kept - source) == []


def test_a_translation_uses_no_value_that_the_sentence_does_not_have(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue
        given = set(_PLACEHOLDER.findall(" ".join(ids(message))))
        for form in forms(message):
            used = set(_PLACEHOLDER.findall(form))
            assert used <= given, form
            # A plural form may say "one" in a word; any other value must not get lost.
            assert given - used <= {"num", "count"} if len(ids(message)) > 1 else used == given, (
                form
            )


def test_markup_is_the_same_in_every_language(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            tags = sorted(re.findall(r"<[^>]+>", ids(message)[-1]))
            for form in forms(message):
                assert sorted(re.findall(r"<[^>]+>", form)) == tags, form


def test_nobody_is_shouted_at(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            assert not any(mark in form for form in forms(message) for mark in "!¡՜"), message.id


def test_the_compiled_catalog_is_the_written_one(catalog: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog)

    shipped = FOLDER / str(catalog.locale) / "LC_MESSAGES" / "messages.mo"
    assert shipped.read_bytes() == compiled.getvalue(), "Run `make translations`."


def test_a_message_is_said_with_its_values_and_those_within_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Spoken:
        said = {  # noqa: RUF012
            "%(name)s: %(note)s.": "%(note)s (%(name)s)",
            "vacant": "vacante",
            "%(state)s, district %(number)s": "distrito %(number)s de %(state)s",
        }

        def ugettext(self, msgid: str) -> str:
            return self.said.get(msgid, msgid)

    monkeypatch.setattr(languages, "translations", lambda _: Spoken())
    note = messages.Message("%(name)s: %(note)s.", name="X", note=messages.Message("vacant"))
    district = messages.Message(
        "%(state)s, district %(number)s",
        english="Montana's 2nd district",
        state="Montana",
        number=2,
    )
    untranslated = messages.Message("Only %(word)s", english="In a way of its own", word="here")

    assert str(note) == "X: vacant."
    assert languages.translate(note, "es") == "vacante (X)"
    assert languages.translate(district, "en") == "Montana's 2nd district"
    assert languages.translate(district, "es") == "distrito 2 de Montana"
    assert languages.translate(untranslated, "es") == "In a way of its own"
