"""The form that asks for a ZIP code, to show who represents its people."""

from flask_babel import lazy_gettext
from wtforms import Form
from wtforms.validators import DataRequired

from campaign.web.core.forms import ZipField


class ZipForm(Form):
    """One field, sent by GET: a ZIP names a place of thousands of people, so it may be in a URL."""

    zip = ZipField(
        lazy_gettext("Your ZIP code"),
        limit=20,
        validators=[
            DataRequired(lazy_gettext("Enter the ZIP code where you live, such as 59001."))
        ],
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric"},
    )
