"""A page with a form: never cached, and shown again with its errors."""

from typing import Any

from flask import Response, make_response, render_template

from campaign.web.core.security import keep_private


def page(template: str, *, private: bool = False, **values: Any) -> Response:
    """Return a page, with status 422 where its `form` has errors.

    `private` is for a page behind a mailed link, whose URL must not be sent as a referrer.
    """
    form = values.get("form")
    errors = form is not None and bool(form.errors)
    body = render_template(template, errors=errors, **values)
    response = make_response(body, 422 if errors else 200)
    return keep_private(response) if private else response
