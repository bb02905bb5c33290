"""Markdown by organizers -> safe HTML, plain text, and sections with line numbers.

There are two defenses, because a campaign folder may come from a stranger: raw HTML is not parsed,
and the output passes an allowlist.
"""

import textwrap
from collections.abc import Callable, Container, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from campaign.packs.sentences import MARK, drop_lapsed

_INLINE_TAGS = {"a", "em", "strong", "code", "sup", "br"}
PAGE_TAGS = _INLINE_TAGS | {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "hr"}
_ATTRIBUTES = {"a": {"href"}, "sup": {"class"}}
_SCHEMES = {"https", "http", "mailto"}

# An edit changes one paragraph of a campaign, and the others are rendered as before.
_KEPT_FILES = 64
_KEPT_PARAGRAPHS = 2048

# Characters in a line of plain text (RFC 3676 advises 66 to 78).
_TEXT_WIDTH = 72


@dataclass(frozen=True)
class SourceText:
    """A paragraph as written, with its file and first line (from 1)."""

    text: str
    file: str
    line: int


@dataclass(frozen=True)
class Section:
    """A heading's text, level (1 to 6) and line, and its paragraphs up to the next heading."""

    heading: str
    level: int
    line: int
    paragraphs: tuple[SourceText, ...]


@lru_cache(maxsize=_KEPT_FILES)
def sections(body: str, file: str, first_line: int = 1) -> tuple[Section, ...]:
    """Split a Markdown body at its headings; the text before the first has level 0 and no heading.

    List items and quotations count as paragraphs. `first_line` is the line where the body begins.
    """
    found: list[tuple[str, int, int, list[SourceText]]] = [("", 0, first_line, [])]
    heading_level = 0
    for token in _BLOCKS.parse(body):
        if token.type == "heading_open":
            heading_level = int(token.tag[1:])
        elif token.type == "inline" and token.map is not None:
            line = first_line + token.map[0]
            text = " ".join(token.content.split())
            if heading_level:
                found.append((text, heading_level, line, []))
                heading_level = 0
            else:
                found[-1][3].append(SourceText(text, file, line))
    return tuple(Section(text, level, line, tuple(rows)) for text, level, line, rows in found)


def inline(text: str, numbers: Mapping[str, int]) -> tuple[str, str]:
    """Render one paragraph as (plain text, inline HTML with superscript fact numbers).

    `numbers` maps the ids of usable facts to their numbers; other marks are dropped.
    """
    return _inline(text, tuple(numbers.items()))


@lru_cache(maxsize=_KEPT_PARAGRAPHS)
def _inline(text: str, numbers: tuple[tuple[str, int], ...]) -> tuple[str, str]:
    tokens = _MARKDOWN.parseInline(text, {})
    plain = "".join(_plain(token) for token in tokens[0].children or ())
    env: dict[str, Any] = {"numbers": dict(numbers)}
    rendered = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    return " ".join(plain.split()), _clean(rendered, _INLINE_TAGS)


def page(
    body: str,
    numbers: Mapping[str, int],
    usable: Container[str] | None = None,
    is_over: Callable[[str], object] | None = None,
) -> str:
    """Render a Markdown page as HTML, without sentences that cite an id missing from `usable`.

    `numbers` has the superscript numbers of facts; its ids are the usable ones if `usable` is None.
    Sentences for which `is_over` is true are left out too.

    Paragraphs, list items, lists and headings that this leaves empty are dropped too.
    """
    env = {
        "numbers": numbers,
        "usable": numbers if usable is None else usable,
        "is_over": is_over,
    }
    return _clean(_MARKDOWN.render(body, env), PAGE_TAGS)


def plain(body: str, numbers: Mapping[str, int]) -> str:
    """Render a Markdown page as plain text in lines of up to 72 characters.

    A link's URL follows its text in parentheses; list items keep their dash or number. Sentences
    that cite a fact missing from `numbers` are dropped, as in `page`.
    """
    # Each block with the number of its tight list, or 0 if a blank line precedes it.
    blocks: list[tuple[str, int]] = []
    lists: list[int | None] = []  # for each open list its next number, None for a bulleted one
    marker, quotes, which, is_close = "", 0, 0, False
    for token in _MARKDOWN.parse(body, {"numbers": numbers}):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            which += not lists
            is_ordered = token.type == "ordered_list_open"
            lists.append(int(token.attrs.get("start", 1)) if is_ordered else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            marker = "- " if number is None else f"{number}. "
            lists[-1] = None if number is None else number + 1
        elif token.type in {"blockquote_open", "blockquote_close"}:
            quotes += token.nesting
        elif token.type == "hr":
            blocks.append(("-" * 24, 0))
        elif token.type == "paragraph_open":
            is_close = token.hidden
        elif token.type == "inline":
            indent = "> " * quotes + "  " * max(len(lists) - bool(marker), 0)
            text = _wrapped(_inline_plain(token.children or ()), indent, marker)
            blocks.append((text, which if is_close and lists else 0))
            marker = ""
    joined = ""
    for (text, group), (_, before) in zip(blocks, [("", -1), *blocks], strict=False):
        joined += ("" if not joined else "\n" if group and group == before else "\n\n") + text
    return joined


def _wrapped(text: str, indent: str, marker: str) -> str:
    """Wrap a paragraph; its first line follows the list marker."""
    rest = indent + " " * len(marker)
    lines = [
        textwrap.fill(
            line,
            _TEXT_WIDTH,
            initial_indent=rest,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    ]
    return indent + marker + "\n".join(lines)[len(rest) :]


def _inline_plain(tokens: Sequence[Token]) -> str:
    """Return the text of a paragraph, with `\n` for each hard line break."""
    words: list[str] = []
    link: tuple[str, int] | None = None
    for token in tokens:
        if token.type == "link_open":
            link = str(token.attrs.get("href", "")), len(words)
        elif token.type == "link_close" and link is not None:
            address, begins = link
            shown = address.removeprefix("mailto:")
            if "".join(words[begins:]).strip() not in {address, shown}:
                words.append(f" ({shown})")
            link = None
        elif token.type == "hardbreak":
            words.append("\n")
        else:
            words.append(_plain(token))
    return "\n".join(" ".join(line.split()) for line in "".join(words).split("\n"))


def _clean(html: str, tags: set[str]) -> str:
    return nh3.clean(
        html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None
    ).strip()


def _plain(token: Token) -> str:
    if token.type in {"text", "code_inline", "text_special"}:
        return token.content
    return " " if token.type in {"softbreak", "hardbreak"} else ""


def _read_marks(state: StateInline, silent: bool) -> bool:
    """Parse `[^a][^b]` as one token, so that adjacent numbers are separated by a comma."""
    position, ids = state.pos, []
    while found := MARK.match(state.src, position):
        ids.append(found[1])
        position = found.end()
    if not ids:
        return False
    if not silent:
        state.push("facts", "sup", 0).meta = {"ids": ids}
    state.pos = position
    return True


def _render_marks(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    numbers = env.get("numbers", {})
    links = [
        f'<a href="facts#{fact}">{numbers[fact]}</a>'
        for fact in dict.fromkeys(tokens[index].meta["ids"])
        if fact in numbers
    ]
    return f'<sup class="fact">{", ".join(links)}</sup>' if links else ""


def _leave_out(state: StateCore) -> None:
    """Drop sentences whose facts are not usable, then the elements left empty."""
    if state.inlineMode:  # a single paragraph: `inline` gets it without such sentences
        return
    usable = state.env.get("usable", state.env.get("numbers", {}))
    is_over = state.env.get("is_over")
    for token in state.tokens:
        if token.type == "inline":
            token.content, _ = drop_lapsed(token.content, usable, is_over)
    state.tokens = _without_bare_headings(_without_empty(state.tokens))


def _without_empty(tokens: list[Token]) -> list[Token]:
    """Drop elements without content, innermost first."""
    stack: list[Token] = []
    for token in tokens:
        if token.type == "inline" and not token.content:
            continue
        if token.nesting == -1 and stack and stack[-1].nesting == 1:
            stack.pop()
            continue
        stack.append(token)
    return stack


def _without_bare_headings(tokens: list[Token]) -> list[Token]:
    """Drop headings directly followed by a heading of the same or a higher level, or by the end."""
    kept: list[Token] = []
    next_level = 1  # the end counts as a heading of level 1
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.type == "heading_open":
            level = int(token.tag[1:])
            if level >= next_level:
                del kept[-2:]
                continue
            next_level = level
            kept.append(token)
        else:
            kept.append(token)
            inside_heading = token.type == "heading_close" or (
                token.type == "inline" and index > 0 and tokens[index - 1].type == "heading_open"
            )
            if not inside_heading:
                next_level = 7
    return kept[::-1]


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.disable(["image", "html_block", "html_inline", "code", "fence", "reference"])
    markdown.inline.ruler.before("link", "facts", _read_marks)
    markdown.add_render_rule("facts", _render_marks)
    markdown.core.ruler.after("block", "leave_out", _leave_out)
    return markdown


# Both are read-only and so safe among threads: parsing keeps its state in each call.
_MARKDOWN = _parser()
_BLOCKS = MarkdownIt("commonmark", {"html": False}).disable(
    ["html_block", "code", "fence", "reference", "inline"]
)
