"""The addresses of leads under /api/."""

from rest_framework.routers import SimpleRouter

from leads.api.forms import FormViewSet
from leads.api.leads import LeadViewSet
from leads.api.merges import DuplicateViewSet, MergeViewSet
from leads.api.views import EventViewSet, OrganizationViewSet, QueueViewSet

router = SimpleRouter(use_regex_path=False)
router.register("leads", LeadViewSet, basename="api-lead")
router.register("events", EventViewSet, basename="api-event")
router.register("forms", FormViewSet, basename="api-form")
router.register("organizations", OrganizationViewSet, basename="api-organization")
router.register("merges", MergeViewSet, basename="api-merge")
router.register("duplicates", DuplicateViewSet, basename="api-duplicate")
router.register("queue", QueueViewSet, basename="api-queue")

urlpatterns = router.urls
