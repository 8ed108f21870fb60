"""The state of the lead list: its orders, its views, and the addresses of its controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from leads.events.channels import CHANNELS, channel_label
from leads.models import ImportJob, Stage, User
from leads.people.keyset import Order
from leads.web.filters import ACTIVITY, DAYS, LeadFilters

ORDERS = {
    "-activity": ("Latest activity", Order(("last_event_at",), is_descending=True)),
    "activity": ("Longest quiet", Order(("last_event_at",), is_descending=False)),
    "-score": ("Highest score", Order(("score",), is_descending=True)),
    "score": ("Lowest score", Order(("score",), is_descending=False)),
    "-created": ("Newest", Order(("created_at",), is_descending=True)),
    "created": ("Oldest", Order(("created_at",), is_descending=False)),
    "name": ("Name, A to Z", Order(("last_name", "first_name"), is_descending=False)),
    "-name": ("Name, Z to A", Order(("last_name", "first_name"), is_descending=True)),
}
DEFAULT_ORDER = "-activity"

VIEWS = (
    ("All leads", ""),
    ("MQLs to nurture", "stage=mql"),
    ("Ready for sales", "stage=sql"),
    ("New this week", "created=7"),
    ("My leads", "owner=me"),
    ("Quiet for 30 days", "activity=quiet-30"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another state of the list. query: the whole query string."""

    label: str
    query: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter; `query` is the list without it."""

    label: str
    operator: str
    value: str
    query: str


@dataclass(frozen=True, slots=True)
class Menu:
    """An inactive filter with its choices."""

    label: str
    links: tuple[Link, ...]


class ListState:
    """A state of the list, read from the address, with the addresses of neighbouring states."""

    def __init__(self, params: QueryDict, owners: Sequence[User]) -> None:
        self.params = params.copy()
        for name in list(self.params):
            if name in ("after", "before") or not any(self.params.getlist(name)):
                self.params.pop(name)
        self.owners = {"me": "Me", "none": "Nobody", **{str(user.pk): str(user) for user in owners}}
        self.filters = LeadFilters(self.params)
        self.asked_sort = self.params.get("sort") or DEFAULT_ORDER
        self.sort = self.asked_sort if self.asked_sort in ORDERS else DEFAULT_ORDER

    @property
    def order(self) -> Order:
        """Return the requested order, or the default if it is unknown."""
        return ORDERS[self.sort][1]

    def problems(self) -> list[str]:
        """Return a sentence for each invalid part of the address."""
        if self.asked_sort in ORDERS:
            return self.filters.problems()
        unknown = f"Sort: there is no order “{self.asked_sort[:40]}”. Showing the latest activity."
        return [*self.filters.problems(), unknown]

    def query(self, **changes: str | None) -> str:
        """Return the query string with some parameters set, or removed if None."""
        params = self.params.copy()
        for name, value in changes.items():
            params.pop(name, None)
            if value is not None:
                params[name] = value
        return params.urlencode()

    def hidden(self) -> list[tuple[str, str]]:
        """Return the parameters that the search form must keep: all except the search itself."""
        return [(name, value) for name, values in self.params.lists() if name != "q" for value in values if value]

    def views(self) -> list[Link]:
        """Return the ready-made views; the one in the address is current."""
        without_sort = QueryDict(self.query(sort=None)).urlencode()
        return [Link(label, query, is_current=query == without_sort) for label, query in VIEWS]

    def orders(self) -> list[Link]:
        """Return the orders to choose from."""
        return [Link(label, self.query(sort=key), key == self.sort) for key, (label, _) in ORDERS.items()]

    def columns(self) -> dict[str, Mapping[str, str]]:
        """Return, for each sortable column, its next address and current sorting ("" if none)."""
        return {name: self._column(name) for name in ("name", "score", "activity")}

    def _column(self, name: str) -> Mapping[str, str]:
        first = name if name == "name" else f"-{name}"
        other = {f"-{name}": name, name: f"-{name}"}
        now = {f"-{name}": "descending", name: "ascending"}.get(self.sort, "")
        return {"query": self.query(sort=other.get(self.sort, first)), "now": now}

    def chips(self) -> list[Chip]:
        """Return the active filters as removable chips."""
        given = {name: self.filters.cleaned_data.get(name) for name in self.filters.fields}
        chips = [
            ("stage", "Stage", "is", " or ".join(Stage(stage).label for stage in given["stage"] or ())),
            ("source", "Source", "is", channel_label(given["source"]) if given["source"] else ""),
            ("owner", "Owner", "is", self.owners.get(given["owner"] or "", given["owner"] or "")),
            ("persona", "Persona", "is", given["persona"] or ""),
            ("score_min", "Score", "at least", _text(given["score_min"])),
            ("score_max", "Score", "at most", _text(given["score_max"])),
            ("activity", "Last activity", *_activity(given["activity"] or "")),
            ("created", "Came in", "within", DAYS.get(given["created"] or "", "")),
            ("from_import", "Import", "is", self._import(given["from_import"])),
            ("reached", "Reached", *self._reached(given["reached"] or "")),
        ]
        return [
            Chip(
                label,
                operator,
                value,
                self.query(**{name: None} | ({"reached_within": None} if name == "reached" else {})),
            )
            for name, label, operator, value in chips
            if value
        ]

    def _import(self, job_id: int | None) -> str:
        if not job_id:
            return ""
        return ImportJob.objects.filter(pk=job_id).values_list("name", flat=True).first() or str(job_id)

    def _reached(self, stage: str) -> tuple[str, str]:
        days = DAYS.get(self.filters.cleaned_data.get("reached_within") or "")
        label = Stage(stage).label if stage else ""
        return ("within " + days if days else "ever", label)

    def menus(self) -> list[Menu]:
        """Return the filters that can still be set, and those with an invalid value."""
        choices: dict[str, tuple[str, Mapping[str, str]]] = {
            "stage": ("Stage", dict(Stage.choices)),
            "source": ("Source", {key: channel.label for key, channel in CHANNELS.items()}),
            "owner": ("Owner", self.owners),
            "activity": ("Last activity", ACTIVITY),
        }
        return [
            Menu(label, tuple(Link(text, self.query(**{name: value})) for value, text in options.items()))
            for name, (label, options) in choices.items()
            if not self.params.get(name) or name in self.filters.errors
        ]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _activity(choice: str) -> tuple[str, str]:
    return ("is", ACTIVITY[choice]) if choice.startswith("quiet") else ("within", ACTIVITY.get(choice, ""))
