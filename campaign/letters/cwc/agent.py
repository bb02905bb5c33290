"""The delivery agent of messages: the holder of the account with Congress, and a contact."""

from dataclasses import dataclass

from campaign.packs.pack import Pack
from campaign.settings import Settings

# The schema's minimum for a contact's name, in characters.
_MIN_NAME = 6


@dataclass(frozen=True)
class Agent:
    """The organization that delivers messages, and the contact for offices' questions."""

    name: str
    email: str
    contact_name: str
    contact_email: str
    contact_phone: str

    @classmethod
    def of(cls, settings: Settings, pack: Pack) -> "Agent":
        """Return the agent from the settings; in a dry run, the campaign's organizer by default.

        With an API key, `settings.read` requires all of the agent's settings.
        """
        name = settings.cwc_agent_name or pack.organizer.name
        email = settings.cwc_agent_email or pack.organizer.email
        contact = settings.cwc_agent_contact or name
        return cls(
            name=name,
            email=email,
            contact_name=contact if len(contact) >= _MIN_NAME else f"{contact}, contact",
            contact_email=settings.cwc_agent_contact_email or email,
            contact_phone=settings.cwc_agent_phone or "000-000-0000",
        )
