"""The groups of recipients that a person can choose for letters."""

from typing import Literal, get_args

#: A person's members by chamber, those of them on the campaign's committees, the chairs of its
#: target committees, the President, the Secretary of State, other executive offices, and the
#: officials of targets.csv who answer to the person.
RecipientGroup = Literal[
    "senate", "house", "committee", "chair", "president", "secretary", "executive", "local"
]
RECIPIENT_GROUPS: tuple[RecipientGroup, ...] = get_args(RecipientGroup)
