"""List the sentences that a catalog has no translation of; `make translations` ends with it."""

from babel.messages.pofile import read_po

from campaign import paths


def untranslated() -> list[str]:
    """Return a line for each sentence without a translation: language, line of the file, text."""
    found = []
    for file in sorted((paths.data() / "translations").glob("*/LC_MESSAGES/messages.po")):
        with file.open("rb") as opened:
            for message in read_po(opened):
                sentence = message.id if isinstance(message.id, str) else message.id[0]
                if sentence and not any(message.string or ()):
                    found.append(f"{file.parts[-3]}, line {message.lineno}: {sentence}")
    return found


if __name__ == "__main__":
    for line in untranslated():
        print(line)
