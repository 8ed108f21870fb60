"""The product's settings with an empty view: what a request costs before anything is done for it."""

from leadcrm.settings import *  # noqa: F403

ROOT_URLCONF = "bench.empty_urls"
