"""Fixtures of the letters' tests: a small campaign, made-up writers, the shipped Congress."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from campaign import paths
from campaign.congress import dataset, routing
from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.congress.routing import Representation
from campaign.letters.compose import Constituent, Letter, Paragraph, Recipient, compose
from campaign.packs import pack as packs
from campaign.packs.pack import LetterTexts, Pack, Passage, TalkingPoint
from campaign.packs.targets import Targets

DAY = date(2026, 6, 15)

Represented = Callable[[str], Representation]


@pytest.fixture(scope="session")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="session")
def represented(congress: Congress) -> Represented:
    """Return who represents a district on the tests' day."""
    return lambda district: routing.route_district(congress, District.parse(district), DAY)


@pytest.fixture(scope="session")
def bundled() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", DAY)


@pytest.fixture(scope="session")
def pack(bundled: Pack) -> Pack:
    """A campaign of short texts whose wording no editor changes."""
    points = tuple(
        TalkingPoint(
            name, name.title(), "all", (Passage(f"The {name} point.", f"The {name} point."),)
        )
        for name in ("first", "second", "third", "fourth", "fifth")
    )
    texts = LetterTexts(
        subject="A bridge in {{ constituent.city }}",
        openings=("I live in {{ constituent.city }}.", "I write to {{ recipient.short }}."),
        asks={
            "senator": "Please vote for the bridge in the Senate.",
            "representative": "Please vote for the bridge in the House.",
            "delegate": "Please speak for the bridge.",
            "committee": "Please take up the bridge in the {{ recipient.committees }}.",
            "chair": "Please bring the bridge before the {{ recipient.committees }}.",
            "president": "Please sign the bridge bill.",
            "secretary": "Please build the bridge.",
        },
        closings=("Thank you.", "I look forward to your reply."),
        sign_off="Sincerely,",
        call_script=(),
        editor="",
    )
    return replace(
        bundled,
        name="bridge",
        talking_points=points,
        letters=texts,
        targets=Targets(chairs=("SSFR", "HSFA")),
        points_in_any_order=False,
    )


@pytest.fixture
def make_constituent() -> Callable[..., Constituent]:
    def make(**overrides: str) -> Constituent:
        given = {
            "first_name": "Ani",
            "last_name": "Petrosyan",
            "address1": "12 Main Street",
            "city": "Billings",
            "state": "MT",
            "zip": "59101",
        }
        return Constituent(**{**given, **overrides})

    return make


@pytest.fixture
def make_letter() -> Callable[..., Letter]:
    """Return a maker of letters to a made-up senator, from parts or whole paragraphs."""

    def make(*paragraphs: str, name: str = "Ani Petrosyan", **overrides: object) -> Letter:
        first, _, last = name.rpartition(" ")
        made = Letter(
            campaign="bridge",
            constituent=Constituent(first, last, "12 Main Street", "Billings", "MT", "59101"),
            recipient=Recipient(
                id="X000001",
                kind="senator",
                name="Jo Doe",
                short="Senator Doe",
                seat="Senator for Montana",
                block=("The Honorable Jo Doe", "United States Senate", "Washington, DC 20510"),
                salutation="Dear Senator Doe:",
            ),
            on_date=DAY,
            subject="The bridge",
            salutation="Dear Senator Doe:",
            paragraphs=tuple(Paragraph("own", each) for each in paragraphs or ("Please.",)),
            sign_off="Sincerely,",
        )
        return replace(made, **overrides)  # type: ignore[arg-type]

    return make


@pytest.fixture
def written(pack: Pack, make_constituent: Callable[..., Constituent]) -> Callable[..., Letter]:
    """Return the composer with everything but the recipient given."""

    def write(to: Recipient, personal: str = "", points: tuple[str, ...] = ()) -> Letter:
        return compose(pack, to, make_constituent(), points=points, personal=personal, on_date=DAY)

    return write
