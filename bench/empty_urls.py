"""One address that does nothing, behind the middleware of a normal page."""

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

import leadcrm.urls

PATH = "/empty/"


@csrf_exempt
def empty(request: HttpRequest) -> JsonResponse:
    """Answer at once."""
    return JsonResponse({"success": True})


urlpatterns = [path(PATH.lstrip("/"), empty), *leadcrm.urls.urlpatterns]
