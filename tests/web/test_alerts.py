"""What a page says of something that failed is where the focus is: no alert is left above it."""

import re

from campaign import paths

_ALERT = re.compile(r"<[a-z0-9]+\b[^>]*\brole=\"alert\"(?:[^>{]|\{[{%].*?[}%]\})*>")


def test_every_alert_takes_the_focus() -> None:
    """By `focused()`; or it describes a field, beside it, that has the focus."""
    left = []
    for path in sorted(paths.templates().rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        left += [
            f"{path.relative_to(paths.templates())}: {alert}"
            for alert in _ALERT.findall(text)
            if "focused()" not in alert and not ('class="error"' in alert and " autofocus" in text)
        ]

    assert left == []


def test_no_form_leads_past_its_error() -> None:
    """Where a form lands on its result, only a page with the result has that place."""
    for path, place, condition in (
        ("builder/show.html", "letters", '{% set heading = "letters" if written else'),
        ("members/show.html", "answer", '{% if not errors %} id="answer"{% endif %}'),
        ("letter_to_editor/show.html", "draft", "{% if letter -%}"),
    ):
        text = (paths.templates() / path).read_text(encoding="utf-8")
        assert f"}}}}#{place}" in text
        assert condition in text

    landing = {
        (path.relative_to(paths.templates()).as_posix(), place)
        for path in paths.templates().rglob("*.html")
        for place in re.findall(
            r'method="post" action="\{\{[^"]*\}\}#([a-z-]+)"', path.read_text(encoding="utf-8")
        )
    }
    assert landing == {
        ("builder/show.html", "letters"),
        ("members/show.html", "answer"),
        ("letter_to_editor/show.html", "draft"),
    }
