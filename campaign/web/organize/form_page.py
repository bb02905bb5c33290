"""A page with a form: never cached, and shown again with its errors."""

from typing import Any

from flask import Response, make_response, render_template
from wtforms import Form

from campaign.errors import CampaignError, InvalidInput, PackInvalid
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


def blame(form: Form, error: CampaignError) -> None:
    """Show an error beside the field that it names, or else at the top of the form."""
    if isinstance(error, InvalidInput) and error.field in form:
        field: Any = form[error.field]
        field.errors = (*field.errors, str(error))
        return
    problems = error.problems if isinstance(error, PackInvalid) else (error,)
    form.form_errors = [str(problem) for problem in problems]
