"""The interface of a vendor's module: set-up, verification, and parsing."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.channels.connectors.incoming import Incoming, Outcome, Parcel, Reply, Sent, Unauthentic
from leads.channels.connectors.reading import read_json
from leads.channels.connectors.signing import require_same, sha256_hex

# The kinds of event that a vendor's form can be recorded as.
COUNTS_AS = (
    ("form_submitted", "Sent a form"),
    ("demo_requested", "Asked for a demo"),
    ("quote_requested", "Asked for a quote"),
    ("sales_contact_requested", "Asked for sales"),
    ("ebook_downloaded", "Downloaded eBook"),
    ("newsletter_subscribed", "Subscribed to the newsletter"),
    ("webinar_registered", "Registered for a webinar"),
    ("event_form_submitted", "Left a card at an event"),
    ("trial_started", "Started a trial"),
)


@dataclass(frozen=True, slots=True)
class SecretField:
    """A secret of a connector. hint: where the vendor shows it. is_optional: works without it, less securely."""

    name: str
    label: str
    hint: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class OptionField:
    """An option of a connector. choices: (value, label) pairs; without any it is a line of text."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


FORMS_OPTION = OptionField(
    "forms", "Only these forms", "Form ids, comma-separated. Empty: every form. Others are logged and make no lead."
)
KIND_OPTION = OptionField("kind", "What sending it counts as", "", COUNTS_AS, "form_submitted")
ADDRESS_SECRET = SecretField(
    "address_secret",
    "Secret at the end of the address",
    "A second secret besides the address itself: add ?secret=… to the address at the vendor.",
    is_optional=True,
)


class Provider(ABC):
    """A vendor. Pure: no database, no clock, no network.

    guide: the steps of the set-up at the vendor. headers: those stored with a delivery.
    """

    key: str
    label: str
    brings: str
    channel: str
    guide: tuple[str, ...]
    secrets: tuple[SecretField, ...] = ()
    options: tuple[OptionField, ...] = ()
    headers: tuple[str, ...] = ()

    def handshake(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Return the response to a request that validates the address; None if the request is not a handshake.

        Other GET requests are answered like a HEAD: the address works. Raises Unauthentic.
        """
        return None

    @abstractmethod
    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Raise Unauthentic unless the request proves that the vendor sent it."""

    def greet(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Return the response to an authentic POST that only validates the address and is not stored."""
        return None

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Split a verified request into items that are stored separately. Raises Malformed."""
        said = read_json(incoming.body)
        return [Parcel(self.dedupe_key(said, incoming), incoming.body)]

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Return the vendor's identifier of a delivery, the same for a repetition. Raises Malformed."""
        return sha256_hex(incoming.body)

    @abstractmethod
    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the result of a stored delivery. Raises Malformed."""

    def read_fetched(self, sent: Sent, content: Mapping[str, object], *, now: datetime) -> Outcome:
        """Return the result of a delivery with the content that it pointed to. Raises Malformed."""
        raise NotImplementedError(f"{self.key} fetches nothing")

    @abstractmethod
    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a delivery as the vendor would send it, signed with these secrets. url: the connector's address."""


def secret_of(secrets: Mapping[str, str], name: str) -> str:
    """Return a secret needed for verification. Raises Unauthentic if it was not entered."""
    if not secrets.get(name):
        raise Unauthentic("The connector has no secret yet, so nothing can be verified.")
    return secrets[name]


def verify_address(incoming: Incoming, secrets: Mapping[str, str]) -> None:
    """Compare `?secret=` if one is stored: for vendors that sign nothing."""
    if secrets.get("address_secret"):
        require_same(incoming.query.get("secret", ""), secrets["address_secret"], "The address's ?secret=")


def chosen(options: Mapping[str, object], name: str, default: str = "") -> str:
    """Return the value of an option."""
    value = options.get(name)
    return value if isinstance(value, str) and value else default


def is_wanted(form_id: str, options: Mapping[str, object]) -> bool:
    """Return whether the connector accepts a form: all of them unless it names some."""
    wanted = {one.strip() for one in chosen(options, "forms").split(",") if one.strip()}
    return not wanted or form_id in wanted
