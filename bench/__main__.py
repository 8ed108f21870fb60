"""`python -m bench`: run the measured workloads and print a JSON line each.

BENCH=name runs one of them, N=number sets its size. On PostgreSQL when DATABASE_URL names one, in a database made for
the run and dropped afterwards; else on SQLite in a temporary folder.
"""

import os
import sys

from bench.place import end_tidily, own_place

WORKLOADS = ("ingest_single", "ingest_batch", "event_to_stage", "rescore", "list_page", "import_csv", "claim", "whatif",
             "backtest")  # fmt: skip


def main() -> int:
    """Run what BENCH and N ask for."""
    end_tidily()
    wanted = os.environ.get("BENCH", "")
    if wanted and wanted not in WORKLOADS:
        print(f"BENCH must be one of {', '.join(WORKLOADS)}, got {wanted}.", file=sys.stderr)
        return 2
    size = os.environ.get("N", "")
    if size and not (size.isdecimal() and int(size)):
        print(f"N must be a whole number above 0, got {size}.", file=sys.stderr)
        return 2
    for name in [wanted] if wanted else WORKLOADS:
        with own_place() as place:
            place.run(name, int(size) if size else None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
