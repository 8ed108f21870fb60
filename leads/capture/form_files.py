"""Files that a form's pages load: its colour, and the script that embeds it on other sites."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leads.capture.form_answers import thanks_page
from leads.channels.forms.colour import is_colour, stylesheet_of
from leads.models import Form

SHORT, LONG = "public, max-age=60", "public, max-age=3600"


@require_safe
def style(request: HttpRequest, key: str) -> HttpResponse:
    """Return a form's colour as a style sheet. `?colour=` previews another colour, `?only` limits it to the preview."""
    asked = request.GET.get("colour", "")
    colour = asked if is_colour(asked) else get_object_or_404(Form.objects.only("colour"), key=key).colour
    selector = ".preview-page" if "only" in request.GET else ":root"
    return HttpResponse(
        stylesheet_of(colour, selector=selector), content_type="text/css", headers={"Cache-Control": SHORT}
    )


@require_safe
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Return the script that embeds a form on another site. It is the same for every visitor."""
    form = get_object_or_404(Form.objects.live().only("key", "name"), key=key)
    context = {"form": form, "origin": settings.PUBLIC_URL}
    response = render(request, "public/form/embed.js", context, content_type="text/javascript")
    response["Cache-Control"] = LONG
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """Thank somebody who sent a form."""
    return thanks_page(request, get_object_or_404(Form, key=key))
