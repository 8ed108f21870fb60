"""The schema of leads, one concept a module."""

from leads.models.audit_entry import AuditEntry
from leads.models.event import Event, RejectedEvent, Signal
from leads.models.identifier import DuplicateCandidate, Identifier, IdentifierKind
from leads.models.lead import Lead, LeadKind, LeadSearch, Stage
from leads.models.link import Link, LinkKind
from leads.models.organization import Organization
from leads.models.source import Source
from leads.models.stage_change import StageChange
from leads.models.tally import Counted, Tally
from leads.models.user import Role, User

__all__ = [
    "AuditEntry",
    "Counted",
    "DuplicateCandidate",
    "Event",
    "Identifier",
    "IdentifierKind",
    "Lead",
    "LeadKind",
    "LeadSearch",
    "Link",
    "LinkKind",
    "Organization",
    "RejectedEvent",
    "Role",
    "Signal",
    "Source",
    "Stage",
    "StageChange",
    "Tally",
    "User",
]
