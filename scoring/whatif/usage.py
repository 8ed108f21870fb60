"""How many leads each rule gave points lately: what it is worth to think about a rule's points."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from leads.models import Lead
from scoring.engine.score import CompiledRuleSet, score_batch
from scoring.features.leads import read_leads
from scoring.qualification.drain import no_garbage_collection
from scoring.qualification.rescore import batch_of_rows
from scoring.whatif.interval import Estimate
from scoring.whatif.lift import FIT, RULES
from scoring.whatif.sample import Bounds, sample_of_leads

DAYS = 30
BOUNDS = Bounds(all_up_to=5_000, most=10_000, seconds=1.5)


@dataclass(frozen=True, slots=True)
class Usage:
    """A rule and the leads that it gave points in the last 30 days. part: "rules" or "fit"."""

    part: str
    name: str
    leads: Estimate


def usage_of(rules: CompiledRuleSet, *, now: datetime, bounds: Bounds = BOUNDS) -> list[Usage]:
    """Count for each behaviour rule and fit rule, in their order, the leads it gave points in the last 30 days.

    A behaviour rule did when it counts an event of these days; a fit rule when the lead meets it and did anything.
    Nothing is written.
    """
    begin = now - timedelta(days=DAYS)
    active = Lead.objects.current().filter(last_event_at__gt=begin).exclude(last_event_kind="")
    sample = sample_of_leads(active, bounds)
    behaviour, fit = rules.rule_set.rules, rules.rule_set.fit
    hits = np.zeros(len(behaviour) + len(fit), np.int64)
    with no_garbage_collection():
        for lead_ids in sample.parts():
            leads = read_leads(lead_ids, rules.fields)
            scores = score_batch(rules, batch_of_rows(leads, rules, np.full(len(leads), now.timestamp())))
            hits += np.append(scores.did.last_at > begin.timestamp(), scores.fits.met, axis=1).sum(axis=0)
    places = [*((RULES, rule.name) for rule in behaviour), *((FIT, rule.name) for rule in fit)]
    found = zip(places, hits.tolist(), strict=True)
    return [Usage(part, name, sample.estimate(number)) for (part, name), number in found]
