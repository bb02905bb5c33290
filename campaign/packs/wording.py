"""Sandboxed templates: `{{ recipient.short }}` over plain values.

Organizers edit these templates, and a campaign folder may come from a stranger. So each template
is parsed first, and only text, fields, a few filters and plain conditions are allowed: no loops,
calls, arithmetic, or attributes of Python objects. It then runs in Jinja's immutable sandbox, where
unknown fields are errors and the output is limited.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaign.errors import PackInvalid, Problem

MAX_TEMPLATE = 20_000
MAX_OUTPUT = 60_000
_MAX_NESTING = 40

FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
# Names that Jinja defines in every template.
_RESERVED_NAMES = frozenset({"self", "super", "caller", "loop", "varargs", "kwargs"})
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Filter,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)

#: The fields that may be used in `{{ … }}`, by kind of template.
PUBLIC_FIELDS = frozenset({"organizer.name", "organizer.email", "campaign.title"})
LETTER_FIELDS = PUBLIC_FIELDS | {
    "recipient.name",
    "recipient.short",
    "recipient.seat",
    "recipient.kind",
    "recipient.committees",
    "constituent.name",
    "constituent.first_name",
    "constituent.last_name",
    "constituent.city",
    "constituent.state",
    "constituent.zip",
    "date",
}
EDITOR_FIELDS = PUBLIC_FIELDS | {"constituent.name", "constituent.city", "date"}

_OLD_SPELLING = re.compile(r"(?<![\w.])organiser\.(?=name\b|email\b)(?=[^{}]*[}%]})")

#: The values of a template: field -> text, or group -> field -> text.
Values = Mapping[str, "str | Mapping[str, str]"]


@dataclass(frozen=True)
class Field:
    """A field used in a template, and its line in the template (from 1)."""

    name: str
    line: int


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which a dot looks up a key of a dict and never a Python attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return self.getattr(obj, str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def _environment() -> _Environment:
    environment = _Environment(undefined=StrictUndefined, autoescape=False, optimized=False)
    chosen: dict[str, Callable[..., Any]] = {
        name: environment.filters[name] for name in FILTERS if name != "default"
    }
    chosen["default"] = _default
    environment.filters = chosen
    environment.tests = {}
    environment.globals = {}
    return environment


def _default(value: Any, replacement: str = "") -> Any:
    """Return the value of a field, or `replacement` if it is empty or missing."""
    return replacement if isinstance(value, Undefined) or not value else value


_ENVIRONMENT = _environment()


def render(template: str, values: Values) -> str:
    """Return the template's text with the values filled in.

    `values` maps names to strings or dicts of strings. Raises PackInvalid, with reason and line,
    for syntax that is not allowed, a field without a value, a template longer than 20,000
    characters or a text longer than 60,000.
    """
    if "{" not in template:
        return _bounded(template, MAX_TEMPLATE)
    plain = {name: _plain(value) for name, value in values.items()}
    compiled = _compiled(template)
    try:
        parts: list[str] = []
        length = 0
        for part in compiled.generate(**plain):
            length += len(part)
            if length > MAX_OUTPUT:
                raise _invalid(f"The text is longer than {MAX_OUTPUT:,} characters.", 0)
            parts.append(part)
    except TemplateError as error:
        raise _invalid(f"A field has no value: {error.message}.", 0) from error
    return "".join(parts)


@lru_cache(maxsize=1024)
def fields(template: str) -> tuple[Field, ...]:
    """Return the fields used in a template, such as `recipient.short`, with their lines.

    Raises PackInvalid, with reason and line, for syntax that is not allowed.
    """
    if "{" not in template:
        return ()
    found: list[Field] = []
    for node, parent in _walk(_tree(template)):
        if isinstance(node, nodes.Name) and not isinstance(parent, nodes.Getattr):
            found.append(Field(node.name, node.lineno))
        elif isinstance(node, nodes.Getattr) and not isinstance(parent, nodes.Getattr):
            found.append(Field(_dotted(node), node.lineno))
    return tuple(found)


def _dotted(node: nodes.Expr) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"


def _walk(
    tree: nodes.Template,
) -> Iterator[tuple[nodes.Node, nodes.Node | None]]:
    waiting: list[tuple[nodes.Node, nodes.Node | None]] = [(tree, None)]
    while waiting:
        node, parent = waiting.pop()
        yield node, parent
        waiting.extend((child, node) for child in reversed(list(node.iter_child_nodes())))


def _tree(template: str) -> nodes.Template:
    """Parse a template. Raises PackInvalid for each kind of node that is not allowed."""
    _bounded(template, MAX_TEMPLATE)
    try:
        tree = _ENVIRONMENT.parse(_with_current_fields(template))
    except TemplateSyntaxError as error:
        raise _invalid(
            f"The template cannot be read: {(error.message or '').rstrip('.')}.", error.lineno
        ) from error
    except RecursionError as error:
        raise _invalid("The template is nested too deeply.", 0) from error
    depths: dict[int, int] = {}
    for node, parent in _walk(tree):
        depth = depths.get(id(parent), 0) + 1
        depths[id(node)] = depth
        if depth > _MAX_NESTING:
            raise _invalid("The template is nested too deeply.", node.lineno)
        if not isinstance(node, _ALLOWED):
            what = type(node).__name__
            raise _invalid(
                f"Use only fields and conditions in a template; {what} is not allowed.", node.lineno
            )
        if isinstance(node, nodes.Name) and node.name in _RESERVED_NAMES:
            raise _invalid(f"There is no field {node.name}.", node.lineno)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise _invalid(f"There is no field {_dotted(node)}.", node.lineno)
        if isinstance(node, nodes.Getattr) and not isinstance(
            node.node, nodes.Name | nodes.Getattr
        ):
            raise _invalid("A dot may follow only the name of a field.", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            raise _invalid(f"There is no filter {node.name}.", node.lineno)
    return tree


@lru_cache(maxsize=512)
def _compiled(template: str) -> Template:
    _tree(template)
    try:
        return _ENVIRONMENT.from_string(_with_current_fields(template))
    except (TemplateError, RecursionError, SyntaxError, MemoryError) as error:
        raise _invalid("The template cannot be read.", 0) from error


def _with_current_fields(template: str) -> str:
    """Return the template with fields in their current spelling, for older campaign folders."""
    return _OLD_SPELLING.sub("organizer.", template)


def _plain(value: object) -> "str | dict[str, str]":
    """Accept only the exact types str and dict of str; subclasses could run code."""
    if type(value) is str:
        return value
    if isinstance(value, Mapping) and all(
        type(key) is str and type(item) is str for key, item in value.items()
    ):
        return dict(value)
    raise TypeError("Templates take strings, and dicts of strings.")


def _bounded(template: str, limit: int) -> str:
    if len(template) > limit:
        raise _invalid(f"The template is longer than {limit:,} characters. Shorten it.", 0)
    return template


def _invalid(reason: str, line: int) -> PackInvalid:
    return PackInvalid(reason, (Problem("template", line, reason),))
