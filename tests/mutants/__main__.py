# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make mutants``: put one small fault after the other into the code on which a host's safety hangs, and see which the
tests do not notice.

``python3 -m tests.mutants [FILE …]`` takes files below plugins, all of ``targets.txt`` if none is named. It fails if
fewer than 95 of 100 mutants are killed, if one survives that ``survivors.txt`` does not excuse, and if that file excuses
one that does not survive.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import mutate
from .lists import Survivor, survivors, targets
from .mutate import Mutant
from .trial import REPOSITORY, Copy

LEAST_PERCENT = 95
# A mutant that waits for ever is killed; a machine that is busy elsewhere kills none.
PATIENCE, TIMES = 5, 4


def main() -> int:
    """Parse, try, tell."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="such as module_utils/_host/atomic_file.py")
    wanted = parser.parse_args().files
    chosen = {file: tests for file, tests in targets().items() if not wanted or file in wanted}
    if set(wanted) - set(chosen):
        parser.error(f"targets.txt does not name {', '.join(sorted(set(wanted) - set(chosen)))}")
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        return _tell(*_try_all(chosen, Path(folder)), [one for one in survivors() if one.file in chosen])


def _try_all(chosen: dict[str, list[str]], folder: Path) -> tuple[int, list[Mutant]]:
    """The number of all mutants, and those that survive."""
    copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    workers = os.cpu_count() or 1
    for number in range(workers):
        copies.put(Copy(folder / str(number)))
    total, alive = 0, []
    with ThreadPoolExecutor(workers) as pool:
        for file, tests in chosen.items():
            begun = time.monotonic()
            mutants = list(mutate.of_file(file, (REPOSITORY / "plugins" / file).read_text(encoding="utf-8")))
            copy = copies.get()
            most_seconds = PATIENCE + TIMES * copy.seconds(tests)
            copies.put(copy)
            killed = list(pool.map(lambda mutant: _is_killed(copies, tests, mutant, most_seconds), mutants))
            print(f"{file:<62} {sum(killed)} of {len(mutants)} killed  ({time.monotonic() - begun:.0f} s)", flush=True)
            total += len(mutants)
            alive += [mutant for mutant, dead in zip(mutants, killed) if not dead]
    return total, alive


def _is_killed(copies: queue.SimpleQueue[Copy], tests: list[str], mutant: Mutant, most_seconds: float) -> bool:
    copy = copies.get()
    try:
        return copy.kills(tests, mutant, most_seconds)
    finally:
        copies.put(copy)


def _tell(total: int, alive: list[Mutant], excused: list[Survivor]) -> int:
    unlisted = [mutant for mutant in alive if not any(one.is_(mutant) for one in excused)]
    gone = [one for one in excused if not any(one.is_(mutant) for mutant in alive)]
    for mutant in unlisted:
        print(f"\nNo test notices this:\n{mutant}")
    for one in gone:
        print(f"\nsurvivors.txt, line {one.line}: it is killed, or is no mutant; take it off the list.")
    percent = 100 * (total - len(alive)) / total
    print(f"\n{total - len(alive)} of {total} mutants killed ({percent:.1f} %), {len(alive)} survive,"
          f" {len(alive) - len(unlisted)} of them with a reason")
    return 1 if unlisted or gone or percent < LEAST_PERCENT else 0


if __name__ == "__main__":
    sys.exit(main())
