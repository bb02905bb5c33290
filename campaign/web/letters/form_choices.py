"""What the letter builder's form has chosen, in a line for each choice, and how to begin."""

from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from campaign.packs.pack import Pack, Texts
from campaign.packs.values import Prompt
from campaign.web.core.template_filters import say_first
from campaign.web.letters.compose import WrittenLetters
from campaign.web.letters.letter_form import CheckboxesField, LetterForm

_DOT = " · "

# Questions for a campaign that asks none of its own.
_PROMPTS = (
    (
        lazy_gettext("Why do you care?"),
        lazy_gettext("Say what happened to you, to your family, or in your town."),
    ),
    (
        lazy_gettext("Who do you know?"),
        lazy_gettext("Name someone whom this concerns, and say who they are to you."),
    ),
    (
        lazy_gettext("What would you tell a neighbor?"),
        lazy_gettext("Give one reason, the way you would say it out loud."),
    ),
)


@dataclass(frozen=True)
class ChoicesMade:
    """The form's choices in words: recipients, points, and length with the place of paper mail."""

    to: str
    points: str
    form: str


def choices_made(form: LetterForm, written: WrittenLetters | None, pack: Pack) -> ChoicesMade:
    """Return what the form has chosen; with letters, their recipients by name.

    Only members of Congress have several offices to choose from for paper mail.
    """
    to = (
        [say_first(letter.recipient.short) for letter in written.letters]
        if written and written.letters
        else _checked(form.to)
    )
    length = gettext("Brief") if form.chosen_tone == "brief" else gettext("Full length")
    place = (
        gettext("paper to Washington")
        if form.paper_place == "washington"
        else gettext("paper to the nearest office")
    )
    return ChoicesMade(
        to=_DOT.join(to),
        points=_DOT.join(_checked(form.points)) or none_chosen(),
        form=f"{length}{_DOT}{place}" if pack.targets.has_members else str(length),
    )


def none_chosen() -> str:
    """Return what happens where no point is chosen."""
    return str(gettext("Three that differ from letter to letter"))


def prompts(texts: Texts) -> tuple[Prompt, ...]:
    """Return the campaign's questions to begin with, or those that fit any campaign."""
    return texts.prompts or tuple(Prompt(str(ask), str(answer)) for ask, answer in _PROMPTS)


def _checked(field: CheckboxesField) -> list[str]:
    chosen = field.data or ()
    return [str(option.label.text) for option in field if option.data in chosen]
