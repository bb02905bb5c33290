"""The fallback page: fixed bytes, sent when rendering the error page fails too."""

from http import HTTPStatus

CONTENT_TYPE = "text/html; charset=utf-8"

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{advice}</p>
<p><a href="/">Go to the home page</a></p>
</main>
</body>
</html>
"""

_OURS = (
    "Something went wrong on our side",
    "It is not your fault. Wait a minute, then try again.",
)
_THEIRS = ("This request could not be answered", "Go back, check what you typed, and try again.")


def body(status: int) -> bytes:
    """Return the fallback page for an HTTP status. It depends on nothing, so it cannot fail."""
    title, advice = _OURS if status >= 500 else _THEIRS
    return _PAGE.format(title=title, advice=advice).encode()


def status_line(status: int) -> str:
    """Return the status line that WSGI expects, such as `500 Internal Server Error`."""
    return f"{status} {HTTPStatus(status).phrase}"
