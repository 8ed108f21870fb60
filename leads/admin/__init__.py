"""The Django admin of leads, one module per concept."""

from leads.admin.audit_entry import AuditEntryAdmin
from leads.admin.chat import ChatConversationAdmin, ChatDialogueAdmin, ChatVersionAdmin
from leads.admin.connector import ConnectorAdmin, DeliveryAdmin
from leads.admin.duplicate import DuplicateCandidateAdmin
from leads.admin.event import EventAdmin
from leads.admin.form import ConsentAdmin, FormAdmin, FormMailAdmin, FormSubmissionAdmin
from leads.admin.lead import LeadAdmin
from leads.admin.organization import OrganizationAdmin
from leads.admin.rejected_event import RejectedEventAdmin
from leads.admin.sign_in import AccessAttemptAdmin, TokenAdmin
from leads.admin.source import SourceAdmin
from leads.admin.stage_change import StageChangeAdmin
from leads.admin.user import UserAdmin

__all__ = [
    "AccessAttemptAdmin",
    "AuditEntryAdmin",
    "ChatConversationAdmin",
    "ChatDialogueAdmin",
    "ChatVersionAdmin",
    "ConnectorAdmin",
    "ConsentAdmin",
    "DeliveryAdmin",
    "DuplicateCandidateAdmin",
    "EventAdmin",
    "FormAdmin",
    "FormMailAdmin",
    "FormSubmissionAdmin",
    "LeadAdmin",
    "OrganizationAdmin",
    "RejectedEventAdmin",
    "SourceAdmin",
    "StageChangeAdmin",
    "TokenAdmin",
    "UserAdmin",
]
