"""What the rule editor says below its fields."""

HELP = {
    "conditions": "All must hold: properties.path starts_with /pricing",
    "criteria": "12 Role: title contains office manager",
    "steps": "Pricing: page_viewed where properties.path starts_with /pricing",
    "mql_threshold": "Points from which a lead is an MQL.",
    "sql_threshold": "Points from which a lead is an SQL.",
    "margin": "A lead falls back only so many points below a threshold, not at it.",
    "mql_on_engagement": "One engagement of the lead's own will makes an MQL, whatever its score.",
    "engagement_memory_days": "For so long an engagement or a hand-raise counts.",
    "sql_on_hand_raise": "Asking for a demo, a quote, a meeting or sales makes an SQL.",
    "gate_hand_raise": "Whoever asks for sales must be of the persona and have completed the journey too.",
    "require_persona": "A persona's name, or “any”: only such leads become SQLs by score.",
    "require_journey": "A journey's name, or “any”: only who completed it becomes an SQL by score.",
    "direct": "Every MQL is an SQL at once; the gates still apply.",
    "reopen_disqualified": "A disqualified lead that asks for sales is looked at again.",
}
