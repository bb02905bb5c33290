"""Addresses that are as good as a password: what comes after these beginnings is a secret.

The log filter, robots.txt and the snippets for web servers in docs/operating.md all go by this
list; a test compares it with every address of the site.
"""

import re

#: A link in a mail, the ticket of the page after signing, or the state of a second factor's set-up.
SECRET_PATHS = (
    "/approve/",
    "/confirm/",
    "/me/",
    "/thanks/",
    "/unsubscribe/",
    "/organize/invitation/",
    "/organize/own/second-factor/",
    "/organize/password/",
    # Where mails that were sent earlier lead.
    "/organise/invitation/",
    "/organise/own/second-factor/",
    "/organise/password/",
)

# As it is, and as it stands inside another address.
_SECRET = re.compile(
    "("
    + "|".join(re.escape(path).replace("/", "(?:/|%2[Ff])") for path in SECRET_PATHS)
    + r")[^\s/?&'\"%]+"
)


def redact_secrets(text: str) -> str:
    """Return the text with the secret of every such address left out."""
    return _SECRET.sub(r"\1…", text)
