"""The Content-Security-Policy of every page, and the relaxed one for third-party pages."""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# The admin theme and the API documentation evaluate scripts and write inline styles; only staff and users who are
# signed in see them.
RELAXED_PREFIXES = ("/admin/", "/api/docs/")
RELAXED = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}
