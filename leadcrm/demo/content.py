"""What the demo company, a seller of coffee machines, publishes: pages, downloads, campaigns, chat topics."""

SITE = "https://www.halden.example"

BLOG = (
    "/blog/descaling-in-five-minutes",
    "/blog/what-good-coffee-does-for-a-meeting",
    "/blog/beans-or-capsules",
    "/blog/how-many-cups-a-day",
    "/blog/repair-instead-of-replace",
)
PRODUCTS = ("/machines", "/machines/s2", "/machines/s4", "/machines/compare", "/lease", "/service", "/case-studies")
PRICING = "/pricing"
CAREERS = "/careers"

EBOOKS = ("Office coffee buying guide", "Lease or buy", "The quiet kitchen", "Coffee for guests")
CONTENT = ("Price list", "S2 data sheet", "Maintenance checklist", "Water hardness map")
WEBINARS = (
    "Cut the cost of office coffee",
    "Milk systems explained",
    "A barista's morning routine",
    "Lease terms in plain words",
)
NEWSLETTERS = ("Grounds, March issue", "Grounds, June issue", "Grounds, autumn issue", "New: the S4", "Service week")
FAIRS = ("Host Milano", "Nordic Hospitality Days", "Workplace Expo London")
SHOWROOMS = ("Stockholm", "London", "Berlin", "Oslo")
NETWORKS = ("LinkedIn", "Instagram", "Facebook")
POSTS = ("repairability", "the new S4", "a customer's kitchen", "our apprentices")
CHAT_TOPICS = ("Asked about leasing", "Asked if descaling is included", "Asked for a demo slot", "Asked about delivery")
CALL_TOPICS = (
    "Asked about service terms",
    "Wants a quote for two machines",
    "Asked about group prices",
    "Asked for a callback",
)
MODELS = ("S2", "S4")
PRODUCTS_SOLD = ("Espresso beans, 1 kg", "Filter roast, 1 kg", "Descaling kit", "Milk hose", "Cups, 12")

# source, medium, name
CAMPAIGNS = {
    "ad": (
        ("google", "cpc", "office-coffee-lease"),
        ("google", "cpc", "coffee-machine-s4"),
        ("linkedin", "paid-social", "facilities-leads"),
        ("bing", "cpc", "office-coffee-lease"),
    ),
    "newsletter": (("newsletter", "email", "grounds"), ("newsletter", "email", "service-week")),
    "social": (("linkedin", "social", "always-on"), ("instagram", "social", "kitchens")),
    "webinar": (("partner", "referral", "webinar-series"),),
    "event": (("host-milano", "event", "fairs"),),
}
KEYWORDS = ("office coffee machine lease", "coffee machine office", "bean to cup machine", "coffee machine service")


def page_url(path: str, campaign: tuple[str, str, str] | None = None) -> str:
    """Return a page's address, with the campaign that led there as clients see it."""
    if campaign is None:
        return SITE + path
    source, medium, name = campaign
    return f"{SITE}{path}?utm_source={source}&utm_medium={medium}&utm_campaign={name}"
