# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: a small fleet of real hosts, before and after `fleet.ports.site`.

    python3 -m tests.lab.demo [--keep]

As root it brings the lab up, asks the hosts some questions, computes the matrix, brings the fleet in order, does it
once more to show that nothing is left to do, asks the same questions again, and proves with packets what passes.
Without root it computes the matrix of the example fleet, which connects to nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .command import LabError
from .controller import INVENTORY, REPOSITORY
from .fresh import fresh_lab
from .lab import Lab
from .questions import QUESTIONS

WIDTH = 118
REPORT = REPOSITORY / "tests" / "output" / "matrix"
# All others of their domain exchange flows with these.
PROVED = "master01,client01,client02"


def main() -> int:
    """Show what the collection does; the exit status says whether it did."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab.demo", description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", action="store_true", help="leave the hosts up, to look around")
    options = parser.parse_args()
    try:
        if os.geteuid() != 0:
            return _matrix_only()
        return _whole(options.keep)
    except LabError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


def _whole(keep: bool) -> int:
    begin = time.monotonic()
    _headline("Booting a fleet of real hosts (the first time builds them, which takes some minutes)")
    lab = fresh_lab("demo")
    try:
        for host in lab.hosts():
            print(f"  {host.name:12} {host.address}")
        before = _ask(lab)

        _headline("fleet.ports.plan: the matrix, computed without connecting to anything")
        _play(lab, "plan", f"fleet_ports_report_dir={REPORT}")
        _show(REPORT / "fleet.md")

        _headline("fleet.ports.site: bringing the fleet in order")
        _play(lab, "site")
        _headline("fleet.ports.site once more: nothing is left to do")
        _play(lab, "site")

        _headline("Before and after")
        _compare(before, _ask(lab))

        _headline("fleet.ports.verify: proving it with packets")
        print("Without the simulated AIX hosts: what these filter exists in tables that no packet meets.", flush=True)
        _play(lab, "verify", f"fleet_ports_report_dir={REPORT}", f"fleet_ports_verify_hosts={PROVED}")
        print(f"All of it is in {(REPORT / 'verify.md').relative_to(REPOSITORY)}, and in verify.json for programs.")
    finally:
        if keep:
            print("\nThe hosts stay up. Look around:  python3 -m tests.lab --name demo run bmc01 'ss -tulpn'")
            print("Take them down:                  python3 -m tests.lab --name demo down")
        else:
            lab.down()
    print(f"\nDone in {time.monotonic() - begin:.0f} s.")
    return 0


def _matrix_only() -> int:
    print("The demo boots real hosts and needs root for that; without it, here is the matrix of the example fleet.", flush=True)
    with tempfile.TemporaryDirectory(prefix="fleet.ports-") as folder:
        collection = Path(folder) / "ansible_collections" / "fleet" / "ports"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(REPOSITORY)
        plan = [Path(sys.executable).parent / "ansible-playbook", "-i", INVENTORY, "fleet.ports.plan"]
        plan += ["-e", f"fleet_ports_report_dir={REPORT}"]
        status = subprocess.run(plan, env=os.environ | {"ANSIBLE_COLLECTIONS_PATH": folder}, check=False).returncode
    if status == 0:
        _show(REPORT / "fleet.md")
    return status


def _play(lab: Lab, playbook: str, *extra_variables: str) -> None:
    words = [f"fleet.ports.{playbook}", *(word for variable in extra_variables for word in ("-e", variable))]
    argv, environment = lab.controller.ansible(["ansible-playbook", *words])
    if subprocess.run(argv, env=environment, check=False).returncode:
        raise LabError(f"fleet.ports.{playbook} failed; what it printed above says why.")


def _ask(lab: Lab) -> list[str]:
    return [ask(lab) for _question, ask in QUESTIONS]


def _compare(before: list[str], after: list[str]) -> None:
    for (question, _ask_host), then, now in zip(QUESTIONS, before, after):
        print(f"  {question}\n      before   {then}\n      after    {now}")


def _show(report: Path, lines: int = 32) -> None:
    text = report.read_text(encoding="utf-8").splitlines()
    print("\n".join(line[:WIDTH] for line in text[:lines]))
    print(f"… {len(text) - lines} lines more in {report.relative_to(REPOSITORY)}, and a file for each host beside it")


def _headline(text: str) -> None:
    print(f"\n━━ {text} {'━' * max(0, WIDTH - len(text) - 4)}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
