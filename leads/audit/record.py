"""The audit log: who changed what others rely on."""

from datetime import datetime

from leads.models import AuditEntry, User


def record_audit(action: str, subject: str, *, by: User | None, now: datetime) -> None:
    """Store an audit entry in the transaction of the change; `subject` never holds personal data of a lead."""
    AuditEntry.objects.create(action=action, subject=subject[:200], actor=by, created_at=now)
