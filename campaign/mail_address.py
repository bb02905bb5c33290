"""An address as mail carries it, made from one as a person typed it."""

import idna


def mailable(address: str) -> str:
    """Return an address with its domain in ASCII (IDNA 2008) and lower case; the rest stays.

    What is no address, such as an id, comes back as it is.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        return address
    if domain.isascii():
        return f"{local}@{domain.lower()}"
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address
