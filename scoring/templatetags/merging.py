"""Scoring's part of the comparison of two leads."""

from collections.abc import Mapping

from django import template
from django.utils import timezone

from leads.errors import LeadError
from leads.models import Lead, User
from scoring.qualification.merge_preview import preview_merge
from scoring.rules.live import NoLiveRuleSet
from scoring.templatetags.scoring import thresholds

register = template.Library()


@register.inclusion_tag("scoring/_merge_preview.html")
def merge_preview(survivor: Lead, absorbed: Lead, choices: Mapping[str, str], user: User) -> Mapping[str, object]:
    """Render the score and stage of two leads as one, or why they can't be merged this way round."""
    context: dict[str, object] = {"survivor": survivor, "absorbed": absorbed, "thresholds": thresholds()}
    try:
        return {**context, "preview": preview_merge(survivor, absorbed, choices, by=user, now=timezone.now())}
    except LeadError as refusal:
        return {**context, "refusal": refusal}
    except NoLiveRuleSet:
        return context
