"""Secrets of other services, sealed so that neither the database nor its backups reveal them.

The keys are derived from SECRET_KEY; SECRET_KEY_FALLBACKS still open what a former key sealed.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from leads.errors import LeadError

PURPOSE = b"leadcrm: secrets at rest"


class SecretsUnreadable(LeadError):
    """Sealed with a key that is neither SECRET_KEY nor in SECRET_KEY_FALLBACKS."""


def seal(secrets: Mapping[str, str]) -> str:
    """Return named secrets as text that only this installation's SECRET_KEY opens."""
    return _box().encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Return the secrets in a sealed text; "" holds none. Raises SecretsUnreadable."""
    if not sealed:
        return {}
    try:
        secrets: dict[str, str] = json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken:
        raise SecretsUnreadable(
            "The stored secrets were sealed with another SECRET_KEY. Enter them again, or name the earlier key in"
            " SECRET_KEY_FALLBACKS."
        ) from None
    return secrets


def reseal(sealed: str) -> str:
    """Return the same secrets sealed with the current SECRET_KEY. Raises SecretsUnreadable."""
    return seal(unseal(sealed)) if sealed else ""


def _box() -> MultiFernet:
    return _box_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
