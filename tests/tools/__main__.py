# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m tests.tools test [SUITE …]`` runs tests; ``… bin [NAME]`` prints a folder of programs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Iterator

from . import checkout, steps
from .cores import absent, cores
from .environments import environment
from .interpreters import find
from .set_up import SetUpError
from .steps import Step
from .suites import LANES, NEED_ROOT, OLDEST_MANAGED_NODE, SUITES


def _test(names: list[str]) -> int:
    for sentence in _not_tested_here(names):
        print(sentence)
    with checkout.fresh():
        total = steps.run(*(_lane(lane.intersection(names)) for lane in LANES))
    return 1 if total.failed else 0


def _lane(names: Collection[str]) -> Iterator[Step]:
    """The steps of these suites, in the order of all suites."""
    return (step for name, suite in SUITES.items() if name in names for step in suite())


def _not_tested_here(names: list[str]) -> list[str]:
    sentences = absent()
    if "managed-node" in names:
        found = find(OLDEST_MANAGED_NODE)
        sentences.append(f"Managed-node code is tested on {found}." if found else
                         f"No Python {OLDEST_MANAGED_NODE} was found: managed-node code is only read by vermin.")
    for name in NEED_ROOT:
        if name in names and os.geteuid():
            names.remove(name)
            sentences.append(f"The tests of {name} are left out: the lab's hosts need root.")
    return sentences


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    test = commands.add_parser("test", help="run suites, all if none is named")
    test.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}")
    folder = commands.add_parser("bin", help="print the folder of the newest core's programs, or of others")
    folder.add_argument("name", nargs="?", help="a file of tests/requirements, such as bench")
    wanted = parser.parse_args()
    try:
        if wanted.command == "bin":
            print(environment(cores()[-1].interpreter, wanted.name) if wanted.name else cores()[-1].bin)
            return 0
        unknown = sorted(set(wanted.suites) - set(SUITES))
        if unknown:
            parser.error(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}")
        return _test(wanted.suites or list(SUITES))
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
