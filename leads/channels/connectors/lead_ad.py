"""A filled-in form under an ad or a post, the same for Google Ads, Meta and LinkedIn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leads.channels.connectors.incoming import Made, Nothing, Outcome
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import chosen


@dataclass(frozen=True, slots=True)
class LeadAd:
    """A form that somebody filled in at an ad network.

    lead_id: the network's id of the lead. origin: the kind of event that led to the form, such as ad_clicked. channel:
    of the form. answers: to the form's own questions. properties: of both events; empty ones are left out.
    """

    lead_id: str
    person: Person
    occurred_at: datetime
    origin: str
    channel: str
    answers: Mapping[str, object]
    properties: Mapping[str, str]

    def outcome(self, options: Mapping[str, object]) -> Outcome:
        """Return the event that led to the form and that of the form, whose kind the connector's options name."""
        if not self.person.email and not self.person.phone:
            return Nothing("The form has neither an e-mail address nor a phone number.")
        properties = {name: value for name, value in self.properties.items() if value}
        origin = events_of(
            self.origin,
            self.person.bare(),
            message_id=f"{self.lead_id}:click",
            occurred_at=self.occurred_at,
            properties=properties,
        )
        form = events_of(
            chosen(options, "kind", "form_submitted"),
            self.person,
            message_id=self.lead_id,
            occurred_at=self.occurred_at,
            properties={**self.answers, **properties},
            channel=self.channel,
        )
        return Made([*origin, *form])
