# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter rules of an AIX master: every packet is compared with one after the other, so their number counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from . import playbook
from .cost import BenchError
from .figures import Figure


def figures() -> Iterator[Figure]:
    """The rules of a master with its clients named, and with their networks named."""
    with playbook.collections() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "ansible_collections.fleet.ports.tests.bench.rule_count"],
            env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError("Counting the filter rules failed:\n" + done.stderr[-3000:])
    count = json.loads(done.stdout)
    how = f"one eq rule for each port and peer would be {count['eq_only']:,} rules, and open the other end's ports"
    what = "filter rules of an AIX master with 1,000 clients in four /24 networks"
    yield Figure(f"{what}, named by nim_client_networks", count["networks"], count["allowed"], "", how)
    yield Figure(f"{what}, each by its address", count["named"], None, "",
                 f"beyond the {count['allowed']:,} that firewall_flows allows by default: it asks for the networks")  # fmt: skip
