"""Checks of messages against the schemas of House and Senate, which are in `data/cwc/`."""

from functools import cache
from typing import TYPE_CHECKING

from campaign import paths
from campaign.congress.members import Chamber
from campaign.lazy_import import lazy_import
from campaign.letters.cwc import codes

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = lazy_import("lxml.etree")

# Far above the size of any message; a larger document is not parsed.
_MAX_BYTES = 200_000


def problems(document: bytes) -> tuple[str, ...]:
    """Return where a message violates the schema of its chamber; empty for a valid message.

    Nothing is fetched, and entities are not expanded. A problem names elements and lines, but no
    content.
    """
    if len(document) > _MAX_BYTES:
        return ("The document is too large to be a message.",)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        return (f"line {error.lineno or 1}: The XML is not well-formed.",)
    if root.getroottree().docinfo.internalDTD is not None:
        return ("line 1: A message must not have a DOCTYPE.",)
    schema = _schema(codes.chamber_of(root.findtext("Recipient/MemberOffice") or ""))
    if schema.validate(root):
        return ()
    return tuple(dict.fromkeys(f"line {entry.line}: {entry.message}" for entry in schema.error_log))


@cache
def _schema(chamber: Chamber) -> "etree.RelaxNG":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.RelaxNG(etree.parse(paths.data() / "cwc" / f"{chamber}.rng", parser))
