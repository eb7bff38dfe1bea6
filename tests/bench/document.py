# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/performance.md: all figures beside their bounds, and a plot of growth."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from ansible.release import __version__ as core

from ..tools.cores import RELEASES
from . import plot
from .figures import Curve, Figure, table
from .playbook import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "performance.md"
PICTURE = DOCUMENT.with_suffix(".svg")

HEADINGS = {
    "floor": "Hosts with nothing to change",
    **{f"floor-{release.version}": f"The same with ansible-core {release.version}" for release in RELEASES},
    "plan": "Large inventories, without a connection",
    "matrix": "One task of port_matrix",
    "clients": "A master's packet filter",
    "verify": "Proving with packets",
    "aix": "AIX",
}

TEXT = """\
# Performance

Written by `make bench`, which repeats all measurements and fails if a limit is exceeded. Measured on {machine}.

The hosts of the lab are containers on the same machine, each with its own sshd, systemd and packet filter, so the
controller and the hosts share the processors. All plays of a comparison use the same forks, pipelining and connections.

![Growth]({picture})

{sections}
"""


def write(found: Mapping[str, Sequence[Figure | Curve]]) -> None:
    """Write the page and its picture."""
    plot.write(PICTURE, [each for part in found.values() for each in part if isinstance(each, Curve)])
    sections = (
        f"## {HEADINGS[part]}\n\n{table([each for each in findings if isinstance(each, Figure)])}"
        for part, findings in found.items()
    )
    text = TEXT.format(machine=_machine(), picture=PICTURE.name, sections="\n\n".join(sections))
    DOCUMENT.write_text(text, encoding="utf-8")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({_processor()}) and {memory:.0f} GiB of memory, with {system}, "
        f"Linux {platform.release().partition('-')[0]}, ansible-core {core} and Python {platform.python_version()}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
