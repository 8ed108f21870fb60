"""How many leads each rule gave points lately: what it is worth to think about a rule's points."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

import numpy as np

from leads.models import Lead
from scoring.engine.score import CompiledRuleSet, score_batch
from scoring.features.leads import read_leads
from scoring.qualification.drain import no_garbage_collection
from scoring.qualification.rescore import batch_of_rows
from scoring.whatif.interval import Estimate, estimate
from scoring.whatif.lift import FIT, RULES
from scoring.whatif.sample import sample_of_leads

DAYS = 30
# So many leads are all looked at. Of more a sample is: as many as can be scored in these seconds, at most so many.
ALL = 5_000
SAMPLE = 10_000
SECONDS = 1.5
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Usage:
    """A rule and the leads that it gave points in the last 30 days. part: "rules" or "fit"."""

    part: str
    name: str
    leads: Estimate


def usage_of(
    rules: CompiledRuleSet, *, now: datetime, most: int = ALL, sample: int = SAMPLE, seconds: float = SECONDS
) -> list[Usage]:
    """Count for each behaviour rule and fit rule, in their order, the leads it gave points in the last 30 days.

    A behaviour rule did when it counts an event of these days; a fit rule when the lead meets it and did anything.
    Nothing is written.
    """
    began, begin = perf_counter(), now - timedelta(days=DAYS)
    active = Lead.objects.current().filter(last_event_at__gt=begin).exclude(last_event_kind="")
    lead_ids, total = sample_of_leads(active, all_up_to=most, at_most=sample)
    behaviour, fit = rules.rule_set.rules, rules.rule_set.fit
    hits, looked_at = np.zeros(len(behaviour) + len(fit), np.int64), 0
    with no_garbage_collection():
        for start in range(0, len(lead_ids), BATCH):
            leads = read_leads(sorted(lead_ids[start : start + BATCH]), rules.fields)
            scores = score_batch(rules, batch_of_rows(leads, rules, np.full(len(leads), now.timestamp())))
            hits += np.append(scores.did.last_at > begin.timestamp(), scores.fits.met, axis=1).sum(axis=0)
            looked_at += len(leads)
            if total > most and perf_counter() - began > seconds:
                break
    places = [*((RULES, rule.name) for rule in behaviour), *((FIT, rule.name) for rule in fit)]
    found = [estimate(int(number), looked_at, total if total > most else looked_at) for number in hits]
    return [Usage(part, name, leads) for (part, name), leads in zip(places, found, strict=True)]
