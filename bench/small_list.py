"""`python -m bench.small_list`: serve a list of 1,000 leads until standard input ends; print the port and the cookie.

A process of its own, because a Django process knows one database for life.
"""

import json
import sys

import django

from bench.place import end_tidily

SIZE = 1_000


def main() -> None:
    """Make the leads and serve them."""
    end_tidily()
    django.setup()
    # They read models, so they wait for the setup.
    from django.core.management import call_command

    from bench.people import make_reps, session_headers
    from bench.rows import make_leads
    from bench.servers import web_server

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    headers = session_headers(make_reps(1)[0])
    make_leads(1, SIZE)
    with web_server() as server:
        print(json.dumps({"port": server.port, "headers": headers}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
