# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in force on a host, as text that is the same whenever the same is in force."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import simulated


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def ruleset() -> str:
    """The packet filter of the kernel; the order of firewalld's tables says nothing."""
    tables = re.split(r"^(?=table )", _said("nft", "--stateless", "list", "ruleset"), flags=re.MULTILINE)
    return "".join(sorted(tables))


def held() -> str:
    """What the holder says that it holds, if it runs; it forgets that for a moment when it is started again."""
    while _said("systemctl", "list-jobs", "--no-legend").strip():
        time.sleep(0.05)
    note = Path("/run/fleet-ports-holder/held")
    return note.read_text() if note.exists() else ""


def holder() -> str:
    """The holder's unit."""
    return _said("systemctl", "show", "--property=ActiveState,UnitFileState,NeedDaemonReload,NFileDescriptorStore",
                 "fleet-ports-holder.service")


def daemons() -> str:
    """Which of the RPC daemons run."""
    return _said("systemctl", "show", "--property=Id,ActiveState", "rpcbind.service", "rpc-statd.service")


def pins() -> str:
    """What the kernel keeps out of ephemeral allocation."""
    with open("/proc/sys/net/ipv4/ip_local_reserved_ports", encoding="ascii") as file:
        return file.read()


# These are the one or the other at any moment; what a service manager is about to do is on its way for a while.
TABLES = ("ruleset", "held", "pins", "in_force")

LIVE: dict[str, Callable[[], str]] = {
    **simulated.LIVE,
    **{each.__name__: each for each in (ruleset, held, holder, daemons, pins)},
}
