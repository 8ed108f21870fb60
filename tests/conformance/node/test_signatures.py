"""The vendors' own libraries for Node believe what we sign, which is what we believe; and nothing else.

Our tests' signatures and our verifying share no code with theirs: what `Send test` delivers is verified by them.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from leads.channels.connectors.registry import PROVIDERS
from tests.processes import free_port

HERE = Path(__file__).parent
WHSEC, OTHER_WHSEC = "whsec_c2VjcmV0IG9mIHRoaXMgdGVzdCBvZiBvdXJz", "whsec_b3RoZXIgc2VjcmV0IG9mIGFub3RoZXIgdGVzdA=="
# The library, the connector whose deliveries it verifies, the name of the secret, options.
LIBRARIES = {
    "octokit": ("meta", "app_secret", {}),
    "standardwebhooks": ("webhook", "signing_secret", {"way": "standard"}),
    "svix": ("webhook", "signing_secret", {"way": "standard"}),
    "crisp": ("crisp", "signing_secret", {}),
    "shopify": ("shopify", "secret", {}),
    "zoom": ("zoom", "secret_token", {}),
}


@pytest.fixture(scope="session")
def believes(modules):
    """Return what asks a vendor's library."""

    def ask(library: str, secret: str, body: bytes, headers: dict[str, str]) -> bool:
        said = json.dumps({"library": library, "secret": secret, "body": body.decode(), "headers": headers})
        done = subprocess.run(
            ["node", "verify.mjs"],
            cwd=HERE,
            input=said,
            capture_output=True,
            text=True,
            env={**os.environ, "ZOOM_PORT": str(free_port())},
        )
        assert done.stdout.strip() in ("true", "false"), done.stdout + done.stderr
        return done.stdout.strip() == "true"

    return ask


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_vendors_library_believes_what_we_sign_and_nothing_else(library, believes):
    key, name, options = LIBRARIES[library]
    secret, other = (WHSEC, OTHER_WHSEC) if key == "webhook" else ("a secret of this test", "another secret")
    sent = PROVIDERS[key].sample({name: secret}, options, url="http://crm.example.com/", now=timezone.now())
    body, headers = sent.body, dict(sent.headers)
    changed = body.replace(b"mia.torres", b"eve.torres").replace(b"100200300", b"100200301")
    assert changed != body

    PROVIDERS[key].verify(sent, {name: secret}, options, now=timezone.now())

    assert believes(library, secret, body, headers)
    assert not believes(library, other, body, headers)
    assert not believes(library, secret, changed, headers)
