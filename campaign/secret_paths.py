"""URL paths that end in a secret, such as mailed links; the secret works like a password.

The log filter, robots.txt and the web server files in deploy/ use this list; a test
compares it with all URLs of the site.
"""

import re

#: Mailed links, previews of drafts, the page after signing, links that name who shared them, and
#: the setup of a second factor.
SECRET_PATHS = (
    "/approve/",
    "/confirm/",
    "/from/",
    "/me/",
    "/preview/",
    "/thanks/",
    "/unsubscribe/",
    "/organize/invitation/",
    "/organize/own/second-factor/",
    "/organize/password/",
    # The former spelling, in mails sent earlier.
    "/organise/invitation/",
    "/organise/own/second-factor/",
    "/organise/password/",
)

# Plain, or percent-encoded inside another URL.
_SECRET = re.compile(
    "("
    + "|".join(re.escape(path).replace("/", "(?:/|%2[Ff])") for path in SECRET_PATHS)
    + r")[^\s/?&'\"%]+"
)


def redact_secrets(text: str) -> str:
    """Return the text with the secret of each such path replaced by `…`."""
    return _SECRET.sub(r"\1…", text)
