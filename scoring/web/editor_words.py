"""What the rule editor says below its fields, and where there is nothing yet."""

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

EMPTY = {
    "rules": "None yet. A rule says what something that a lead did is worth, and how fast that fades.",
    "fit": "None yet. A fit rule gives points for who a lead is: title, country, size of the company.",
    "personas": "None yet. A persona describes somebody you sell to: a lead that matches gets its points, and what is "
    "not known of it yet stands on its page as questions to ask. A gate can ask for a persona.",
    "journeys": "None yet. A journey is steps in their order, within so many days, that lead to a sale. The lead's "
    "page shows how far it has come, and a gate can ask for a journey.",
}
