# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m tests.bench [matrix|aix|site|verify …]`` measures, prints a table and keeps it in tests/output/bench.md."""

from __future__ import annotations

import argparse
import os
import sys

from . import aix, matrix, site, verify
from .figures import Figure, table
from .playbook import REPOSITORY, BenchError

PARTS = {"matrix": matrix.figures, "aix": aix.figures, "site": site.figures, "verify": verify.figures}
# Whose hosts are namespaces of this machine.
NEEDING_ROOT = ("site", "verify")


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parts = parser.parse_args().parts or list(PARTS)
    if set(parts) - set(PARTS):
        parser.error(f"there are the parts {', '.join(PARTS)}")
    if os.geteuid():
        for part in NEEDING_ROOT:
            if part in parts:
                print(f"The figures of {part} are left out: hosts on this machine need root.")
                parts.remove(part)
    try:
        report = table([figure for part in parts for figure in _measured(part)])
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(report)
    kept = REPOSITORY / "tests" / "output" / "bench.md"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(report + "\n", encoding="utf-8")
    return 0


def _measured(part: str) -> list[Figure]:
    print(f"Measuring {part}: some minutes", file=sys.stderr, flush=True)
    return list(PARTS[part]())


if __name__ == "__main__":
    sys.exit(main())
