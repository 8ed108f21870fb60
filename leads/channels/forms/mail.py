"""Mails that a form sends to the submitter: the request to confirm, and the reply."""

from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import F, Q

from leads import signals
from leads.channels.assets.token import link_in_mail
from leads.channels.forms.known import known_by_mail
from leads.models import Form, FormMail, FormMailKind, FormSubmission, Identifier

SALT = "leads.forms.opt_in"
OPT_IN_DAYS = 14
# Requests to confirm per address and day, so that nobody can flood a stranger's mailbox.
MOST_ASKED_A_DAY = 3
# A mail whose sending began this long ago and has not finished is tried again.
TAKEN_FOR = timedelta(minutes=5)
MOST_TRIES = 10


def owe_mail(form: Form, kind: FormMailKind, message_id: str, address: Identifier, *, now: datetime) -> None:
    """Store that a mail is to be sent, in the caller's transaction, and announce it."""
    asked_lately = FormMail.objects.filter(identifier=address, kind=kind, made_at__gt=now - timedelta(days=1)).count()
    if kind == FormMailKind.OPT_IN and asked_lately >= MOST_ASKED_A_DAY:
        return
    mail, is_new = FormMail.objects.get_or_create(
        message_id=message_id, kind=kind, defaults={"form": form, "identifier": address, "made_at": now}
    )
    if is_new:
        signals.form_mail_owed.send(sender=FormMail, mail_ids=[mail.pk], now=now)


def unsent_mails(*, now: datetime) -> list[int]:
    """Return the mails to send now, oldest first."""
    free = Q(tried_at=None) | Q(tried_at__lt=now - TAKEN_FOR)
    unsent = FormMail.objects.filter(free, sent_at=None, tries__lt=MOST_TRIES).order_by("made_at", "id")
    return list(unsent.values_list("pk", flat=True)[:100])


def send_form_mail(mail_id: int, *, now: datetime) -> None:
    """Send a mail, unless it was sent or another process is sending it; after a failure it is tried again."""
    free = Q(tried_at=None) | Q(tried_at__lt=now - TAKEN_FOR)
    is_mine = FormMail.objects.filter(free, pk=mail_id, sent_at=None).update(tried_at=now, tries=F("tries") + 1)
    if not is_mine:
        return
    mail = FormMail.objects.select_related("form", "identifier__lead").get(pk=mail_id)
    _written(mail).send()
    FormMail.objects.filter(pk=mail_id).update(sent_at=now)


def opt_in_address(message_id: str) -> str:
    """Return the address of the confirmation link of a submission."""
    return f"{settings.PUBLIC_URL}/o/{signing.dumps(message_id, salt=SALT)}/"


def read_opt_in(token: str) -> FormSubmission | None:
    """Return the submission that a token confirms; None if the token is not ours or too old."""
    try:
        message_id = signing.loads(token, salt=SALT, max_age=timedelta(days=OPT_IN_DAYS))
    except signing.BadSignature:
        return None
    return FormSubmission.objects.select_related("form").filter(message_id=message_id).first()


def _written(mail: FormMail) -> EmailMessage:
    form, lead = mail.form, mail.identifier.lead
    sender = form.brand or form.name
    if mail.kind == FormMailKind.OPT_IN:
        subject = f"Please confirm: {form.title}"
        text = (
            f"Hello{' ' + lead.first_name if lead and lead.first_name else ''},\n\n"
            f"somebody, hopefully you, sent “{form.title}” with this address. Confirm it here:\n\n"
            f"{opt_in_address(mail.message_id)}\n\n"
            f"The link works for {OPT_IN_DAYS} days. If it was not you, do nothing: no mail will follow.\n\n"
            f"{sender}\n"
        )
    else:
        subject = form.mail_subject or form.title
        text = form.mail_text.replace("{link}", _link(form, mail.identifier)).replace(
            "{first_name}", lead.first_name if lead and lead.first_name else "there"
        )
    return EmailMessage(_one_line(subject), text, to=[mail.identifier.value])


def _link(form: Form, address: Identifier) -> str:
    """Return the form's link; a form of ours will recognise the recipient, a download opens at once."""
    link = link_in_mail(form.mail_link, address)
    if not link.startswith(f"{settings.PUBLIC_URL}/f/"):
        return link
    glue = "&" if urlsplit(link).query else "?"
    return f"{link}{glue}{urlencode({'known': known_by_mail(address.pk)})}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
