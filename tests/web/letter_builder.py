"""What the letter builder's tests type, and how they read what comes back."""

import re
from typing import Any

import lxml.html

from tests.web.made_site import words

PAGE = "/c/section-907/write"


def a_letter(**changes: Any) -> dict[str, Any]:
    """What a person of Helena, Montana, types."""
    return {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "street": "12 Main Street",
        "city": "Helena",
        "state": "MT",
        "zip": "59601",
        "personal": "My grandmother was born in Shushi.",
        "points": ["condition", "court"],
        "to": ["senate", "house"],
        "paper_to": "washington",
        **changes,
    }


def in_new_york(**changes: Any) -> dict[str, Any]:
    """What a person types whose ZIP lies in two districts."""
    return a_letter(
        **{
            "street": "421 8th Ave",
            "city": "New York",
            "state": "NY",
            "zip": "10011",
            **changes,
        }
    )


def letters(body: str) -> list[str]:
    """The letters of a preview, as their words."""
    found = re.findall(r'<article class="letter".*?</article>', body, re.DOTALL)
    return [words(letter) for letter in found]


def recipients(body: str) -> list[str]:
    """The ids of those who get the letters of a preview, in its order."""
    return re.findall(r'<section class="written" id="to-([A-Za-z0-9]+)"', body)


def sent_by(body: str) -> dict[str, list[str]]:
    """What a browser sends of a page's one form: what stands in it, or belongs to it by its id."""
    page = lxml.html.fromstring(body)
    sent: dict[str, list[str]] = {}
    found: Any = page.xpath('//form[@id="made"]//*[@name] | //*[@name][@form="made"]')
    for control in found:
        if control.tag == "button" or (
            control.get("type") in {"checkbox", "radio"} and control.get("checked") is None
        ):
            continue
        value = control.value if control.tag == "select" else control.get("value", "")
        if control.tag == "textarea":
            value = (control.text or "").removeprefix("\n").replace("\n", "\r\n")
        sent.setdefault(control.get("name"), []).append(value or "")
    return sent
