"""Facts that leads announces, sent inside the transaction that makes them true. Receivers only write rows or enqueue.

events_recorded(lead_ids, now): new events of these leads were stored.
facts_changed(lead_ids, now): something else that a score is computed from changed.
lead_created(lead_ids, now): these leads are new.
leads_merged(survivor_id, absorbed_id, now): one lead was merged into another.
merge_undone(survivor_id, absorbed_id, now): what was merged is two leads again.
stage_changed(changes): these StageChange rows were stored.
lead_claimed(lead_id, rep_id, now): a sales rep became the owner.
form_sent(form_id, message_id, now): a form was sent and taken in; message_id is that of its event.
form_mail_owed(mail_ids, now): these FormMail rows are to be sent.
"""

from django.dispatch import Signal

events_recorded = Signal()
facts_changed = Signal()
lead_created = Signal()
leads_merged = Signal()
merge_undone = Signal()
stage_changed = Signal()
lead_claimed = Signal()
form_sent = Signal()
form_mail_owed = Signal()
