"""What a vendor's module has to say: how to set it up, whom to believe, how to read what it sends."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.channels.connectors.incoming import Incoming, Outcome, Parcel, Reply, Sent, Unauthentic
from leads.channels.connectors.reading import read_json
from leads.channels.connectors.signing import require_same, sha256_hex

# What sending somebody's form may count as.
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
    """A secret that a connector needs. hint: where the vendor shows it. is_optional: works without it, less safely."""

    name: str
    label: str
    hint: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class OptionField:
    """A choice that a connector leaves to us. choices: (value, label) each; without them it is a line of text."""

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
    """A vendor. Everything here is pure: no database, no clock of its own, no network.

    guide: what to do at the vendor, a sentence a step. headers: those that are kept with a delivery.
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
        """Return the answer to a request by which the vendor asks whether the address is ours; None for any other.

        A GET that is no handshake is answered like a HEAD: the address works. Raises Unauthentic.
        """
        return None

    @abstractmethod
    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Raise Unauthentic unless the request proves that the vendor sent it."""

    def greet(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Return the answer to an authentic POST that only asks for an answer, and is not stored."""
        return None

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Split a verified request into what is stored, each part once. Raises Malformed."""
        said = read_json(incoming.body)
        return [Parcel(self.dedupe_key(said, incoming), incoming.body)]

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Return by what the vendor names a delivery. Raises Malformed."""
        return sha256_hex(incoming.body)

    @abstractmethod
    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Say what a stored delivery tells. Raises Malformed."""

    def read_fetched(self, sent: Sent, content: Mapping[str, object], *, now: datetime) -> Outcome:
        """Say what a delivery tells, with the content that it pointed to. Raises Malformed."""
        raise NotImplementedError(f"{self.key} fetches nothing")

    @abstractmethod
    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a delivery as the vendor would send it, signed with these secrets. url: the connector's address."""


def secret_of(secrets: Mapping[str, str], name: str) -> str:
    """Return a secret that verifying needs. Raises Unauthentic where nobody has entered it."""
    if not secrets.get(name):
        raise Unauthentic("The connector has no secret yet, so nothing can be verified.")
    return secrets[name]


def verify_address(incoming: Incoming, secrets: Mapping[str, str]) -> None:
    """Compare `?secret=` where one is stored: for vendors that sign nothing."""
    if secrets.get("address_secret"):
        require_same(incoming.query.get("secret", ""), secrets["address_secret"], "The address's ?secret=")


def chosen(options: Mapping[str, object], name: str, default: str = "") -> str:
    """Return an option's text."""
    value = options.get(name)
    return value if isinstance(value, str) and value else default


def is_wanted(form_id: str, options: Mapping[str, object]) -> bool:
    """Tell whether a form is among those that the connector takes, which is all of them unless it names some."""
    wanted = {one.strip() for one in chosen(options, "forms").split(",") if one.strip()}
    return not wanted or form_id in wanted
