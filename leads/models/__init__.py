"""The schema of leads, one concept per module."""

from leads.models.asset import Asset, AssetKind
from leads.models.audit_entry import AuditEntry
from leads.models.chat import (
    ChatConversation,
    ChatDialogue,
    ChatMessage,
    ChatOpenings,
    ChatOutcome,
    ChatSpeaker,
    ChatVersion,
)
from leads.models.connector import Connector, Delivery, DeliveryState
from leads.models.consent import Consent, ConsentChannel, ConsentHow, ConsentState
from leads.models.duplicate import DuplicateCandidate, DuplicateOrigin, MatchKey
from leads.models.event import Event, RejectedEvent, Signal
from leads.models.form import Form, FormCount
from leads.models.form_submission import BlockReason, FormMail, FormMailKind, FormSubmission, SubmissionState
from leads.models.identifier import Identifier, IdentifierKind
from leads.models.import_job import (
    ImportedLead,
    ImportedOrganization,
    ImportJob,
    ImportMapping,
    ImportState,
    OnConflict,
)
from leads.models.kiosk import Kiosk
from leads.models.lead import Lead, LeadKind, LeadSearch, Stage
from leads.models.lead_journey import LeadJourney
from leads.models.link import Link, LinkKind
from leads.models.merge import Merge
from leads.models.organization import Organization
from leads.models.source import Source
from leads.models.stage_change import StageChange
from leads.models.tally import Counted, Tally
from leads.models.user import Role, User

__all__ = [
    "Asset",
    "AssetKind",
    "AuditEntry",
    "BlockReason",
    "ChatConversation",
    "ChatDialogue",
    "ChatMessage",
    "ChatOpenings",
    "ChatOutcome",
    "ChatSpeaker",
    "ChatVersion",
    "Connector",
    "Consent",
    "ConsentChannel",
    "ConsentHow",
    "ConsentState",
    "Counted",
    "Delivery",
    "DeliveryState",
    "DuplicateCandidate",
    "DuplicateOrigin",
    "Event",
    "Form",
    "FormCount",
    "FormMail",
    "FormMailKind",
    "FormSubmission",
    "Identifier",
    "IdentifierKind",
    "ImportJob",
    "ImportMapping",
    "ImportState",
    "ImportedLead",
    "ImportedOrganization",
    "Kiosk",
    "Lead",
    "LeadJourney",
    "LeadKind",
    "LeadSearch",
    "Link",
    "LinkKind",
    "MatchKey",
    "Merge",
    "OnConflict",
    "Organization",
    "RejectedEvent",
    "Role",
    "Signal",
    "Source",
    "Stage",
    "StageChange",
    "SubmissionState",
    "Tally",
    "User",
]
