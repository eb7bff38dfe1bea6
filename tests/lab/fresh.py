# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lab for one run: made for it, and what an earlier run that was killed left of it is taken away first."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from .command import LabError
from .fleet import HOSTS, Host
from .lab import Lab
from .process import ProcessFile


def fresh_lab(name: str, hosts: Sequence[str] = (), fleet: Sequence[Host] = HOSTS) -> Lab:
    """Bring up a lab of this name, the whole fleet or these of its hosts; who asks for it takes it down.

    Raises LabError if there is one that a run still uses, or that somebody brought up by hand.
    """
    lab = Lab(name, fleet)
    owner = ProcessFile(lab.state / "owner")
    if lab.state.exists():
        _take_over(lab, owner)
    lab.state.mkdir(parents=True)
    owner.name(os.getpid())
    try:
        lab.up(hosts)
    except BaseException:
        lab.down()
        raise
    return lab


def _take_over(lab: Lab, owner: ProcessFile) -> None:
    pid = owner.pid()
    if pid is not None:
        raise LabError(f"the lab named {lab.name} is in use by process {pid}: wait until that has ended.")
    if not owner.path.exists():
        raise LabError(
            f"a lab named {lab.name} is up already: `python3 -m tests.lab --name {lab.name} down` takes it away."
        )
    print(f"Taking down what a run that was killed left of the lab {lab.name}", file=sys.stderr, flush=True)
    lab.down()
