"""What the rule editor says below its fields, and where there is nothing yet."""

HELP = {
    "cap": "Empty: no limit.",
    "half_life_days": "Empty: the points never fade.",
    "limit_count": "How many of these events count in the period beside it. Empty: all of them.",
    "limit_value_of": "Only with “for each”. Example: webinar counts every webinar once.",
    "minimum": "0.5 means that half of the points below must be met.",
    "window_days": "From the first step to the last.",
    "mql_on_engagement": "For example a download, a webinar or a newsletter sign-up, whatever the score.",
    "engagement_memory_days": "How long an engagement, or a request to sales, keeps a lead qualified.",
    "sql_on_hand_raise": "A request for a demo, a quote, a meeting or a call from sales, whatever the score.",
    "direct": "An MQL becomes an SQL at once, if it meets the requirements below.",
    "require_persona": "Other leads stay MQLs, however high their score.",
    "require_journey": "Other leads stay MQLs, however high their score.",
    "gate_hand_raise": "Otherwise, whoever asks for sales becomes an SQL without it.",
    "margin": "A lead falls back only when its score is this far below the threshold, so it doesn't flip to and fro.",
    "reopen_disqualified": "Otherwise a disqualified lead stays disqualified.",
}

LIST_HELP = {
    "conditions": "All of them must hold. Several values are separated by commas: 50, 250.",
    "criteria": "Each gives its points when it is met. What is not known yet becomes a question to ask. "
    "Several values are separated by commas: 50, 250.",
    "steps": "In this order; anything may happen in between.",
}
LIST_LABELS = {"conditions": "Conditions", "criteria": "Criteria", "steps": "Steps"}
LIST_ADD = {"conditions": "Add condition", "criteria": "Add criterion", "steps": "Add step"}

EMPTY = {
    "rules": "No rules yet. A rule says how many points something that a lead does is worth, and how fast they fade.",
    "fit": "No fit rules yet. A fit rule gives points for who a lead is: job title, country, size of the company.",
    "personas": "No personas yet. A persona describes a kind of buyer. A lead that matches gets its points, and its "
    "page lists what is still to ask. You can require a persona for SQLs under “Thresholds and gates”.",
    "journeys": "No journeys yet. A journey is a series of steps that leads to a sale. A lead's page shows how far it "
    "has come, and you can require a journey for SQLs under “Thresholds and gates”.",
}
