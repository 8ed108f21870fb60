"""The root URL configuration."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from leadcrm.accounts import admin_sign_in
from leadcrm.health import healthz, readyz
from leadcrm.metrics import metrics
from leadcrm.setup import setup

urlpatterns = [
    path("", include("leads.capture.urls")),
    path("", include("leads.web.urls")),
    path("scoring/", include("scoring.web.urls")),
    path("api/", include("leads.api.urls")),
    path("api/", include("scoring.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", login_required(SpectacularSwaggerView.as_view(url_name="api-schema")), name="api-docs"),
    path("accounts/", include("leadcrm.accounts")),
    path("setup/", setup, name="setup"),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "leadcrm.errors.bad_request"
handler403 = "leadcrm.errors.permission_denied"
handler404 = "leadcrm.errors.page_not_found"
handler500 = "leadcrm.errors.server_error"
