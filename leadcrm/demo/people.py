"""The people behind the leads: names, roles and how they can be reached."""

from random import Random
from typing import NamedTuple

from leadcrm.demo.names import COUNTRIES, Country, plain
from leadcrm.demo.organizations import COUNTRY_WEIGHTS, Company, Taken

# Gmail has no addresses with an underscore, so nobody owns these.
PRIVATE_DOMAIN = "gmail.com"

# A role, how many of a hundred people have it, and how likely such a person is to be the one who buys, -1..1.
TITLES = (
    ("Office manager", 20, 0.9),
    ("Facilities manager", 9, 0.7),
    ("Workplace lead", 8, 0.8),
    ("Café owner", 10, 0.6),
    ("Owner", 9, 0.6),
    ("Head of operations", 6, 0.5),
    ("Managing director", 6, 0.4),
    ("Head of procurement", 5, 0.5),
    ("Restaurant manager", 5, 0.4),
    ("Executive assistant", 4, 0.1),
    ("HR manager", 4, 0.0),
    ("Barista", 3, -0.4),
    ("Software engineer", 3, -0.6),
    ("Marketing consultant", 2, -0.8),
    ("Student", 2, -1.0),
    ("", 2, -0.1),
)
TITLE_WEIGHTS = [weight for _, weight, _ in TITLES]


class Person(NamedTuple):
    """A lead before it is stored.

    company: None for a private person. phone: E.164, "" if it never became known. fit: how well the offer suits them,
    about -1..2, visible only through role, company and address.
    """

    first_name: str
    last_name: str
    title: str
    email: str
    phone: str
    country: Country
    city: str
    company: Company | None
    fit: float

    @property
    def is_organization(self) -> bool:
        """Return whether the lead is a company rather than a person."""
        return not self.first_name

    @property
    def search_text(self) -> str:
        """What the search box looks through."""
        known = (self.first_name, self.last_name, self.email, self.phone, self.company.name if self.company else "")
        return " ".join(filter(None, known)).lower()


def make_person(number: int, company: Company | None, rng: Random, addresses: Taken) -> Person:
    """Create the person of a lead; `number` makes the phone number unique."""
    if company is not None and rng.random() < 0.02:
        return _switchboard(number, company, rng, addresses)
    country = company.country if company else rng.choices(COUNTRIES, COUNTRY_WEIGHTS)[0]
    first, last = rng.choice(country.first_names), rng.choice(country.last_names)
    ((title, _, role_fit),) = rng.choices(TITLES, TITLE_WEIGHTS)
    return Person(
        first,
        last,
        title,
        _address(first, last, company, addresses),
        _phone(country, number) if rng.random() < 0.45 else "",
        country,
        company.city if company else rng.choice(country.cities),
        company,
        _fit(role_fit, company) + rng.gauss(0, 0.25),
    )


def _switchboard(number: int, company: Company, rng: Random, addresses: Taken) -> Person:
    """Create an organization that showed interest before any of its people did."""
    email = f"{addresses.free('office', company.domain)}@{company.domain}"
    phone = _phone(company.country, number)
    fit = _fit(0.0, company) + rng.gauss(0, 0.25)
    return Person("", "", "", email, phone, company.country, company.city, company, fit)


def _fit(role_fit: float, company: Company | None) -> float:
    if company is None:
        return role_fit - 0.7
    size = company.employee_count or 0
    return role_fit + 0.6 * company.keenness + (0.4 if 50 <= size <= 250 else 0.0)


def _address(first: str, last: str, company: Company | None, addresses: Taken) -> str:
    if company is None:
        return f"{addresses.free(f'{plain(first)}_{plain(last)}')}@{PRIVATE_DOMAIN}"
    return f"{addresses.free(f'{plain(first)}.{plain(last)}', company.domain)}@{company.domain}"


def _phone(country: Country, number: int) -> str:
    return f"{country.calling_code}{country.mobile_prefix}555{number:04d}"
