"""`python -m bench.run WORKLOAD [N]`: one workload in the environment that bench.place made."""

import sys
from importlib import import_module

import django

from bench.place import end_tidily


def main(workload: str, size: str = "") -> None:
    """Prepare the database and run the workload; it prints its own lines."""
    end_tidily()
    django.setup()
    from django.core.management import call_command  # only after setup

    call_command("migrate", verbosity=0)
    # Only now: a workload's module imports models.
    module = import_module(f"bench.workloads.{workload}")
    module.run(int(size) if size else module.SIZE)


if __name__ == "__main__":
    main(*sys.argv[1:])
