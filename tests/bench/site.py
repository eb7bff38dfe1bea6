# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A second ``fleet.ports.site`` on the lab's hosts, with nothing to change, beside a play with a single ping."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ..lab.lab import Lab
from .figures import Figure, ratio
from .playbook import BENCH, BenchError

TURNS = 5

# Stands in for ssh: with pipelining and a connection that is kept, each remote execution is one ssh process.
COUNTING_SSH = '#!/bin/sh\necho >>"$BENCH_SSH_COUNT"\nexec ssh "$@"\n'


def figures() -> Iterator[Figure]:
    """The figures of the managed nodes' side; the lab is the benchmark's own and is gone afterwards."""
    lab = Lab("bench")
    try:
        lab.up()
        _play(lab, "fleet.ports.site")
        yield _executions(lab)
        yield _beside_ping(lab)
    finally:
        lab.down()


def _beside_ping(lab: Lab) -> Figure:
    ping, site = [], []
    for _turn in range(TURNS):
        ping.append(_play(lab, BENCH / "playbooks" / "ping.yml"))
        site.append(_play(lab, "fleet.ports.site"))
    return ratio("second run of site, against ping", site, ping, 4, f"{len(lab.hosts())} hosts of the lab, in turns")


def _executions(lab: Lab) -> Figure:
    with tempfile.TemporaryDirectory(prefix="fleet.ports-bench-") as name:
        folder = Path(name)
        ssh, count, concerns = folder / "ssh", folder / "count", folder / "concerns"
        ssh.write_text(COUNTING_SSH, encoding="ascii")
        ssh.chmod(0o700)
        count.touch()
        _play(lab, BENCH / "playbooks" / "concerns.yml", "-e", f"bench_file={concerns}")
        _play(lab, "fleet.ports.site", settings={"ANSIBLE_SSH_EXECUTABLE": str(ssh), "BENCH_SSH_COUNT": str(count)})
        done, needed = len(count.read_bytes()), int(concerns.read_text(encoding="ascii"))
    return Figure("remote executions of a second run of site", done, needed, "", "one for each concern of each host")


def _play(lab: Lab, *words: str | Path, settings: dict[str, str] | None = None) -> float:
    """Run a playbook from the controller's seat and return the seconds it took."""
    argv, environment = lab.controller.ansible(["ansible-playbook", *words])
    started = time.monotonic()
    done = subprocess.run(argv, env=environment | (settings or {}), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{words[0]} failed:\n" + done.stdout[-3000:])
    return time.monotonic() - started
