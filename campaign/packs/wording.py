"""Sandboxed wording: `{{ recipient.short }}` over plain values, and nothing that computes.

Letter templates are edited by organizers and may come from strangers (facts/threats). So a
template is read into a tree first, and only text, fields, a few filters and plain conditions are
let through: no loops, calls, arithmetic, attributes of Python objects. What passes still runs in
Jinja's immutable sandbox, with undeclared fields as errors and the output capped.
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

_FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
# Names by which Jinja reaches the template itself, whatever values are given.
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

#: What may stand in `{{ … }}`: field -> the value given to it, by kind of template.
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

#: The values that a template may be given.
Values = Mapping[str, "str | Mapping[str, str]"]


@dataclass(frozen=True)
class Field:
    """A field that a template names, and the template's line (from 1) where it does."""

    name: str
    line: int


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which a dot reaches a key of a dict and never a Python attribute."""

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
        name: environment.filters[name] for name in _FILTERS if name != "default"
    }
    chosen["default"] = _default
    environment.filters = chosen
    environment.tests = {}
    environment.globals = {}
    return environment


def _default(value: Any, instead: str = "") -> Any:
    """Put `instead` for a field that is empty or not there."""
    return instead if isinstance(value, Undefined) or not value else value


_ENVIRONMENT = _environment()


def render(template: str, values: Values) -> str:
    """Return the template's text with the values filled in.

    `values` holds strings, and dicts of strings, by name. Raises PackInvalid, with the reason and
    the template's line, for what a template may not hold, a field that is not among the values, or
    a text longer than 60,000 characters.
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


def fields(template: str) -> tuple[Field, ...]:
    """Return the fields that a template names, such as `recipient.short`, with their lines.

    Raises PackInvalid, with the reason and line, for what a template may not hold.
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
    """Read a template and refuse every kind of node that is not on the list."""
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
            raise _invalid(f"A template may hold fields and conditions, no {what}.", node.lineno)
        if isinstance(node, nodes.Name) and node.name in _RESERVED_NAMES:
            raise _invalid(f"There is no field {node.name}.", node.lineno)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise _invalid(f"There is no field {_dotted(node)}.", node.lineno)
        if isinstance(node, nodes.Getattr) and not isinstance(
            node.node, nodes.Name | nodes.Getattr
        ):
            raise _invalid("A dot may follow only the name of a field.", node.lineno)
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
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
    """Read the earlier spelling of a field, in a folder that was written for it, as today's."""
    return _OLD_SPELLING.sub("organizer.", template)


def _plain(value: object) -> "str | dict[str, str]":
    """Let through strings and dicts of strings alone: their exact types, nothing that acts."""
    if type(value) is str:
        return value
    if isinstance(value, Mapping) and all(
        type(key) is str and type(item) is str for key, item in value.items()
    ):
        return dict(value)
    raise TypeError("Templates take strings, and dicts of strings.")


def _bounded(template: str, most: int) -> str:
    if len(template) > most:
        raise _invalid(f"The template is longer than {most:,} characters.", 0)
    return template


def _invalid(reason: str, line: int) -> PackInvalid:
    return PackInvalid(reason, (Problem("template", line, reason),))
