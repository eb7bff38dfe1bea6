# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m tests.bench [PART …]`` measures, prints a table, and writes docs/performance.md when all parts are there.

What each part found stays in tests/output/bench until it is measured anew. Fails if a bound is broken.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys

from ..lab.command import LabError
from ..tools.cores import RELEASES
from ..tools.set_up import SetUpError
from . import aix, clients, document, findings, floor, matrix, plan, verify
from .cost import BenchError
from .figures import Figure, table

OLDEST, NEWEST = (f"floor-{release.version}" for release in (RELEASES[0], RELEASES[-1]))
PARTS = {
    "floor": floor.figures,
    OLDEST: functools.partial(floor.figures_of_core, RELEASES[0].version),
    NEWEST: functools.partial(floor.figures_of_core, RELEASES[-1].version),
    "plan": plan.figures,
    "matrix": matrix.figures,
    "clients": clients.figures,
    "verify": verify.figures,
    "aix": aix.figures,
}
# Whose hosts are namespaces of this machine.
NEEDING_ROOT = ("floor", OLDEST, NEWEST, "clients", "verify")


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
        for part in parts:
            print(f"Measuring {part}: some minutes", file=sys.stderr, flush=True)
            findings.save(part, PARTS[part]())
    except (BenchError, LabError, SetUpError) as error:
        print(error, file=sys.stderr)
        return 1
    measured = [found for part in parts for found in findings.load(part) if isinstance(found, Figure)]
    print(table(measured))
    if all(findings.load(part) for part in PARTS):
        document.write({part: findings.load(part) for part in PARTS})
    return 0 if all(figure.holds for figure in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
