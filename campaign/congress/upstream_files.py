"""Parse the legislator files into plain values, with every scalar as text.

YAML would read an unquoted ZIP as a number and lose its first zero, and read some words as true or
false, so only null is interpreted here. Other modules check what the values mean.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml

from campaign.congress.upstream_values import Notes, clean
from campaign.errors import DatasetInvalid

#: The legislator files, by upstream's names.
FILES = (
    "legislators-current",
    "legislators-district-offices",
    "legislators-social-media",
    "committees-current",
    "committee-membership-current",
)
#: Former members: read only if a member is missing for no known reason.
HISTORICAL = "legislators-historical"

_MEMBERSHIP = "committee-membership-current"
_NULL = "tag:yaml.org,2002:null"


class _Loader(yaml.CSafeLoader):
    """Reads every scalar as text, null as None, and records keys that were given twice."""

    def __init__(self, stream: bytes) -> None:
        super().__init__(stream)
        self.repeated: list[tuple[str, int]] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping; the last value of a repeated key counts."""
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        self.repeated += [
            (key, node.start_mark.line + 1) for key, times in keys.items() if times > 1
        ]
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    if (kept := [(tag, pattern) for tag, pattern in resolvers if tag == _NULL])
}


def parse(content: bytes) -> tuple[Any, tuple[str, ...]]:
    """Return the values of a YAML file, and notes on keys that were given twice.

    Raises DatasetInvalid, without the file's name, if the content is not YAML.
    """
    try:
        loader = _Loader(content)
        try:
            loaded = loader.get_single_data()
        finally:
            loader.dispose()
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DatasetInvalid("It is not whole YAML.") from error
    notes = tuple(
        f"line {line}: “{clean(key)[:40]}” is given twice; the last one counts"
        for key, line in loader.repeated
    )
    return loaded, notes


def read_files(contents: Mapping[str, bytes], notes: Notes) -> dict[str, Any]:
    """Parse the five files, given as name -> bytes; what is odd but whole is added to `notes`.

    Raises DatasetInvalid for a file that is missing, empty, not YAML, or of the wrong shape. All
    are lists, except that the committees' members are a mapping. That mapping may be empty, as it
    is for weeks at the start of a Congress; the list of legislators may not.
    """
    parsed: dict[str, Any] = {}
    for name in FILES:
        file = f"{name}.yaml"
        content = contents.get(name, b"")
        if not content.strip():
            raise DatasetInvalid(f"{file} is missing or empty; nothing was changed.")
        try:
            loaded, repeated = parse(content)
        except DatasetInvalid as error:
            raise DatasetInvalid(f"{file} is not whole YAML; nothing was changed.") from error
        wanted = dict if name == _MEMBERSHIP else list
        if not isinstance(loaded, wanted) or (name == FILES[0] and not loaded):
            raise DatasetInvalid(f"{file} does not have upstream's shape; nothing was changed.")
        if not content.endswith((b"\n", b"\r")):
            notes.add(file, "its last line has no line end; the file was checked by its content")
        for note in repeated:
            notes.add(file, note)
        if not loaded:
            notes.add(
                file,
                "it is empty, as at the start of a Congress: no member is on a committee until a "
                "later refresh"
                if name == _MEMBERSHIP
                else "it is empty",
            )
        parsed[name] = loaded
    return parsed
