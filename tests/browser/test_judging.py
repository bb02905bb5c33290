"""The judge of pages finds what it looks for."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good

pytestmark = pytest.mark.browser

# What is done to a good page -> what the judge says of it.
_SPOILED = {
    "main.append(document.createElement('img'))": "image-alt",
    "main.append(styled('a', { display: 'inline-block', width: '9px', height: '9px' }), "
    "styled('a', { display: 'inline-block', width: '9px', height: '9px' }))": "target-size",
    "main.append(form)": "need a script to be sent",
    "main.append(styled('button', { color: '#222', background: '#333' }))": "color-contrast",
    "main.append(styled('button', { outline: 'none' }))": "without a ring",
    "main.append(styled('button', { border: '0' }))": "without an edge in forced colors",
    "main.append(styled('p', { transition: 'transform 1s' }))": "moving",
    "main.append(styled('p', { width: '50rem' }))": "cut off with text of twice the size",
    "main.append(styled('p', { width: '20rem', overflow: 'hidden', whiteSpace: 'nowrap' }))": (
        "cut off with text of twice the size"
    ),
    "main.append(styled('button', { minHeight: '30px', padding: '0' }, 'Go'))": "less than 44 px",
    "main.append(styled('p', { position: 'fixed', inset: '0' }, ''))": "covered",
    "main.append(styled('p', { whiteSpace: 'nowrap', fontSize: '16px' }, "
    "'a line of text that just fits there, so far'))": "cut off with wide spacing",
    "main.append(styled('p', { width: '340px', marginLeft: '-16px' }))": "cut off at 320 px",
}


@pytest.mark.parametrize("spoil", _SPOILED)
def test_a_spoiled_page_is_found_out(kept_page: OpenPage, spoil: str) -> None:
    page = kept_page()
    page.goto("/failing/429")

    page.evaluate(f"""() => {{
        const main = document.querySelector("main .page > *");
        const form = document.createElement("form");
        form.method = "post";
        const styled = (name, style, text = "A paragraph of text that is as long as this") => {{
            const element = document.createElement(name);
            element.textContent = text;
            if (name === "button") element.className = "button button-plain";
            if (name === "a") element.href = "#";
            Object.assign(element.style, style);
            return element;
        }};
        {spoil};
    }}""")

    with pytest.raises(AssertionError, match=_SPOILED[spoil]):
        assert_good(page)
