"""Phone numbers of the United States and its territories, in one form: `406-555-0100 ext. 3`."""

import re

_EXTENSION = re.compile(
    r"(.*?[0-9][^0-9a-z]*?)[\s,;]*(?:extension|extn|ext|x|#)[.:\s]*([0-9]{1,6})", re.IGNORECASE
)
_NORMAL = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{4}( ext\. [0-9]{1,6})?")


def normalize(typed: str) -> str:
    """Return `NNN-NNN-NNNN`, or `NNN-NNN-NNNN ext. N`; any other text is returned unchanged."""
    number, extension = typed, ""
    if (named := _EXTENSION.fullmatch(typed)) is not None:
        number, extension = named[1], f" ext. {named[2]}"
    digits = re.sub(r"[^0-9]", "", number)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) != 10:
        return typed
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}{extension}"


def is_normal(number: str) -> bool:
    """Return True for a number as `normalize` writes it."""
    return _NORMAL.fullmatch(number) is not None
