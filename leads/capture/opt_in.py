"""The confirmation link in a mail. Opening it confirms nothing, because mail gateways open every link."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from leads.channels.forms.confirm import confirm_submission
from leads.channels.forms.mail import read_opt_in
from leads.models import Consent, ConsentState


@csrf_exempt
def opt_in(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button to confirm; confirm when it is pressed."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    submission = read_opt_in(token)
    if submission is None:
        return render(request, "public/form/opt_in_old.html", status=410)
    if request.method == "POST":
        confirm_submission(submission, now=timezone.now())
        submission.refresh_from_db()
    asked = Consent.objects.filter(message_id=submission.message_id, state=ConsentState.PENDING)
    context = {
        "form": submission.form,
        "wordings": [consent.wording for consent in asked],
        "is_confirmed": submission.state == "taken",
    }
    response = render(request, "public/form/opt_in.html", context)
    response["Cache-Control"] = "no-store"
    return response
