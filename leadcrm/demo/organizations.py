"""The companies that leads work for."""

from random import Random
from typing import NamedTuple

from leadcrm.demo.names import COMPANY_WORDS, COUNTRIES, Country, plain

COUNTRY_WEIGHTS = [country.weight for country in COUNTRIES]


class Trade(NamedTuple):
    """An industry.

    weight: companies of a hundred that are in it. keenness: -1..1, how much it wants coffee machines, which influences
    who buys. sizes: the usual number of employees, low and high. words: what its companies call themselves.
    """

    industry: str
    weight: float
    keenness: float
    sizes: tuple[int, int]
    words: tuple[str, ...]


class Company(NamedTuple):
    """An organization before it is a row. keenness: as of its trade, -1..1."""

    name: str
    domain: str
    industry: str
    employee_count: int | None
    country: Country
    city: str
    keenness: float


TRADES = (
    Trade("Hospitality", 22, 0.6, (8, 300), ("Hotels", "Hotel", "Hospitality", "Bistro", "Gasthaus")),
    Trade("Food and beverage", 17, 0.5, (3, 90), ("Roasters", "Café", "Bakery", "Gelato", "Kitchen", "Coffee House")),
    Trade("Coworking", 10, 0.7, (10, 160), ("Coworking", "Works", "Commons", "Studios")),
    Trade("Software", 10, 0.3, (15, 900), ("Software", "Labs", "Systems", "Digital")),
    Trade("Professional services", 7, 0.5, (10, 500), ("Consulting", "Partners", "Legal", "Advisory")),
    Trade("Architecture and design", 7, 0.2, (5, 80), ("Architects", "Atelier", "Design", "Studio")),
    Trade("Health care", 7, 0.1, (20, 1200), ("Clinics", "Health", "Dental", "Care")),
    Trade("Real estate", 6, 0.4, (12, 400), ("Estates", "Properties", "Workspaces")),
    Trade("Manufacturing", 6, -0.1, (40, 2500), ("Industries", "Works", "Components", "Mills")),
    Trade("Retail", 5, 0.0, (6, 600), ("Outdoor", "Books", "Market", "Goods")),
    Trade("Education", 3, -0.6, (20, 3000), ("Academy", "College", "Institute")),
)
TRADE_WEIGHTS = [trade.weight for trade in TRADES]
KNOWN_SIZES = 0.85  # of companies, the part whose number of employees is known


class Taken:
    """Names that must be unique. tail: distinguishes the names of this chunk of leads from those of others."""

    def __init__(self, tail: str) -> None:
        self.tail = tail
        self._used: dict[tuple[str, str], int] = {}

    def free(self, wanted: str, within: str = "") -> str:
        """Return the name, with a number appended if it is taken.

        within: a domain that only this chunk uses, in which names need no tail.
        """
        times = self._used[within, wanted] = self._used.get((within, wanted), 0) + 1
        return f"{wanted}{'' if within else self.tail}{times if times > 1 else ''}"


def make_companies(count: int, rng: Random, domains: Taken) -> list[Company]:
    """Create companies, each with its own domain."""
    countries = rng.choices(COUNTRIES, COUNTRY_WEIGHTS, k=count)
    trades = rng.choices(TRADES, TRADE_WEIGHTS, k=count)
    return [_company(country, trade, rng, domains) for country, trade in zip(countries, trades, strict=True)]


def _company(country: Country, trade: Trade, rng: Random, domains: Taken) -> Company:
    city = rng.choice(country.cities)
    root = _root(country, city, rng)
    trade_word = rng.choice(trade.words)
    name = f"{root} {trade_word}"
    if rng.random() < 0.4:
        name = f"{name} {rng.choice(country.legal_forms)}"
    low, high = trade.sizes
    size = round(low * (high / low) ** rng.random())
    known_size = size if rng.random() < KNOWN_SIZES else None
    domain = f"{domains.free(plain(f'{root}{trade_word}'))}.example"
    return Company(name, domain, trade.industry, known_size, country, city, trade.keenness)


def _root(country: Country, city: str, rng: Random) -> str:
    """Return the part of a name before the trade: "Juniper", "Ricci", "Umeå", "Thorne & Blake"."""
    manner = rng.random()
    if manner < 0.4:
        return rng.choice(COMPANY_WORDS)
    if manner < 0.7:
        return rng.choice(country.last_names)
    if manner < 0.82:
        return city
    first, second = rng.sample(country.last_names, 2)
    return f"{first} & {second}"
