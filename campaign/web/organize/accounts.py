"""Account pages: opening an account by a mailed link, one's own account, and a campaign's
accounts.
"""

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import Form, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, EqualTo

from campaign.errors import InvalidInput, LastOwner
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import mailed_links, passwords, roles
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.web.core.forms import CleanField, EmailField
from campaign.web.core.services import current_services
from campaign.web.organize import access, login_audit
from campaign.web.organize.form_page import blame, page

blueprint = Blueprint("accounts", __name__)


class AddressForm(Form):
    """The address that gets a link by mail."""

    email = EmailField(
        "Email",
        limit=254,
        validators=[DataRequired("Enter your email address, such as name@example.org.")],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )


class PasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(
        "Password",
        validators=[DataRequired("Choose a password.")],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Password again",
        validators=[EqualTo("password", "The two passwords do not match. Type them again.")],
        render_kw={"autocomplete": "new-password"},
    )


class OpeningForm(PasswordForm):
    """A name and a password, for an account that an invitation opens."""

    name = CleanField(
        "Your name",
        limit=mailed_links.MAX_NAME,
        validators=[DataRequired("Enter the name that your colleagues know you by.")],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )


class NameForm(Form):
    """One's own name, as colleagues see it."""

    name = CleanField(
        "Your name",
        limit=mailed_links.MAX_NAME,
        validators=[DataRequired("Enter the name that your colleagues know you by.")],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )


class RoleForm(Form):
    """The role of an account in a campaign."""

    role = SelectField(
        "Role",
        choices=[
            SelectChoice(role, f"{name}: {use}") for role, (name, use) in roles.DESCRIPTIONS.items()
        ],
        default="viewer",
        validate_choice=False,
    )

    def validate_role(self, field: SelectField) -> None:
        """Refuse an unknown role."""
        if field.data not in roles.DESCRIPTIONS:
            raise ValidationError("Choose a role from the list.")


class InviteForm(RoleForm):
    """Whom to invite, with which role."""

    email = EmailField(
        "Email",
        limit=254,
        validators=[DataRequired("Enter an email address, such as name@example.org.")],
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )


# -- by a mailed link ------------------------------------------------------------------------------


@blueprint.route("/organize/password", methods=["GET", "POST"])
def forgotten() -> Response | str:
    """Ask for a link to set a new password; the answer is the same for every address."""
    form = AddressForm(request.form)
    if request.method == "POST" and form.validate():
        assert form.email.address is not None
        services = current_services()
        address = form.email.address.address
        if login_audit.may_mail(address):
            mailed_links.ask_for_password(services.database, address, now=services.now())
        return page("organize/password-asked.html")
    return page("organize/password-ask.html", form=form)


@blueprint.route("/organize/password/<token>", methods=["GET", "POST"])
def reset(token: str) -> Response | str:
    """Choose a new password; only the button changes anything."""
    services = current_services()
    account = mailed_links.find_account(services.database, token, "password", **services.moment())
    form = PasswordForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            mailed_links.reset_password(
                services.database, token, password=form.password.data or "", **services.moment()
            )
        except InvalidInput as error:
            blame(form, error)
        else:
            flash("Your password has been changed. Log in with the new one.", "success")
            return redirect(url_for("security.login"))
    return page("organize/password-reset.html", form=form, of=account, private=True)


@blueprint.route("/organize/invitation/<token>", methods=["GET", "POST"])
def accept(token: str) -> Response | str:
    """Open an account with a name and a password."""
    services = current_services()
    account = mailed_links.find_account(services.database, token, "invitation", **services.moment())
    form = OpeningForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            mailed_links.accept_invitation(
                services.database,
                token,
                name=form.name.data or "",
                password=form.password.data or "",
                **services.moment(),
            )
        except InvalidInput as error:
            blame(form, error)
        else:
            flash("Your account is ready. Log in with your new password.", "success")
            return redirect(url_for("security.login"))
    return page(
        "organize/invitation.html",
        form=form,
        of=account,
        shortest=passwords.MIN_LENGTH,
        private=True,
    )


# -- one's own -------------------------------------------------------------------------------------


@blueprint.route("/organize/own/", methods=["GET", "POST"])
@access.needs_account
def own() -> Response | str:
    """Show the account that is logged in, and change its name."""
    user = access.account_here()
    form = NameForm(request.form or None, name=user.account.name)
    if request.method == "POST" and form.validate():
        with current_services().database.writing() as connection:
            accounts.change(connection, user.id, name=form.name.data)
        flash("Your name has been saved.", "success")
        return redirect(url_for("accounts.own"))
    return page(
        "organize/own.html",
        form=form,
        held=[(pack, access.role_in(pack.name)) for pack in access.campaigns()],
        codes_left=len(user.mf_recovery_codes or ()),
    )


@blueprint.route("/organize/own/delete", methods=["GET", "POST"])
@access.needs_account
def delete_own() -> Response | str:
    """Delete the account that is logged in, after a confirmation page."""
    if (asks := access.ask_for_password()) is not None:
        return asks
    if request.method == "POST":
        services = current_services()
        user = access.account_here()
        try:
            running.delete(services.database, user.id, actor=access.actor(), now=services.now())
        except LastOwner as error:
            flash(error.sentence, "error")
            return redirect(url_for("accounts.own"))
        session.clear()
        return page("organize/account-deleted.html")
    return page("organize/own-delete.html")


# -- those of a campaign ---------------------------------------------------------------------------


@blueprint.route("/organize/<name>/accounts", methods=["GET", "POST"])
@access.needs("accounts", fresh=True)
def show(name: str) -> Response | str:
    """List the accounts of a campaign, and invite people to it."""
    services = current_services()
    form = InviteForm(request.form)
    if request.method == "POST" and form.validate():
        assert form.email.address is not None
        try:
            running.invite(
                services.database,
                form.email.address.address,
                roles.role(form.role.data),
                campaign=name,
                actor=access.actor(),
                now=services.now(),
            )
        except InvalidInput as error:
            blame(form, error)
        else:
            flash("The invitation is on its way.", "success")
            return redirect(url_for("accounts.show", name=name))
    with services.database.reading() as connection:
        found = accounts.of_campaign(connection, name)
    return page("organize/accounts.html", form=form, accounts=found, here=name)


@blueprint.route("/organize/<name>/accounts/<public_id>", methods=["GET", "POST"])
@access.needs("accounts", fresh=True)
def one(name: str, public_id: str) -> Response | str:
    """Show one account of a campaign, and change its role there."""
    account = _of_campaign(name, public_id)
    services = current_services()
    form = RoleForm(request.form or None, role=account.grants.get(name))
    if request.method == "POST" and form.validate():
        try:
            running.set_role(
                services.database,
                account.id,
                roles.role(form.role.data),
                campaign=name,
                actor=access.actor(),
                now=services.now(),
            )
        except LastOwner as error:
            blame(form, InvalidInput(error.sentence, field="role"))
        else:
            flash("The role has been changed. The person must log in again.", "success")
            return redirect(url_for("accounts.show", name=name))
    return page(
        "organize/account.html",
        form=form,
        of=account,
        here=name,
        may_delete=_may_delete(account),
    )


@blueprint.post("/organize/<name>/accounts/<public_id>/again")
@access.needs("accounts", fresh=True)
def again(name: str, public_id: str) -> Response:
    """Mail an invitation again; the earlier link stops working."""
    account = _of_campaign(name, public_id)
    services = current_services()
    running.resend_invitation(
        services.database, account.id, campaign=name, actor=access.actor(), now=services.now()
    )
    flash("A new invitation is on its way. The earlier link no longer works.", "success")
    return redirect(url_for("accounts.show", name=name))


@blueprint.route("/organize/<name>/accounts/<public_id>/remove", methods=["GET", "POST"])
@access.needs("accounts", fresh=True)
def remove(name: str, public_id: str) -> Response | str:
    """Remove an account's role in the campaign, after a confirmation page."""
    account = _of_campaign(name, public_id)
    if request.method == "POST":
        services = current_services()
        try:
            running.remove(
                services.database,
                account.id,
                campaign=name,
                actor=access.actor(),
                now=services.now(),
            )
        except LastOwner as error:
            flash(error.sentence, "error")
            return redirect(url_for("accounts.one", name=name, public_id=public_id))
        flash("The role has been removed.", "success")
        return redirect(url_for("accounts.show", name=name))
    return page("organize/account-remove.html", of=account, here=name)


@blueprint.route("/organize/<name>/accounts/<public_id>/delete", methods=["GET", "POST"])
@access.needs("accounts", fresh=True)
def delete(name: str, public_id: str) -> Response | str:
    """Delete an account with all of its data, after a confirmation page."""
    account = _of_campaign(name, public_id)
    if not _may_delete(account):
        abort(403)
    if request.method == "POST":
        services = current_services()
        try:
            running.delete(services.database, account.id, actor=access.actor(), now=services.now())
        except LastOwner as error:
            flash(error.sentence, "error")
            return redirect(url_for("accounts.one", name=name, public_id=public_id))
        flash("The account has been deleted.", "success")
        return redirect(url_for("accounts.show", name=name))
    return page("organize/account-delete.html", of=account, here=name)


def _may_delete(account: Account) -> bool:
    """Return True where this account owns every campaign in which that one has a role."""
    return account.id != access.account_here().id and all(
        access.may("accounts", campaign) for campaign in account.grants
    )


def _of_campaign(name: str, public_id: str) -> Account:
    """Return the account where it has a role of its own in the campaign, else abort with 404."""
    with current_services().database.reading() as connection:
        account = accounts.find_by_public_id(connection, public_id)
    if account is None or name not in account.grants:
        abort(404)
    return account
