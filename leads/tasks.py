"""Celery's entry points to what leads does in the background."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from leads.channels.forms.mail import send_form_mail, unsent_mails


@shared_task
def send_mail_of_form(*, mail_id: int) -> None:
    """Send a mail that a form owes."""
    send_form_mail(mail_id, now=timezone.now())


@shared_task
def send_what_forms_owe() -> None:
    """Send what a lost task, a dead worker or a mail server that was away left behind."""
    for mail_id in unsent_mails(now=timezone.now()):
        send_mail_soon(mail_id)


def send_mail_soon(mail_id: int) -> None:
    """Have a mail sent by a worker; without a broker this process sends it."""
    if settings.REDIS_URL:
        send_mail_of_form.delay(mail_id=mail_id)
    else:
        send_mail_of_form(mail_id=mail_id)
