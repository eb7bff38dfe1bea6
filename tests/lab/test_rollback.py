# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes that lock the controller out, and controllers that die: the host takes its old rules back by itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .command import wait_for
from .cut import Cut
from .handle import HostHandle
from .lab import Lab
from .playbook import PlaybookRun
from .probes import aix_state, fingerprint, ruleset

# For each backend a host, and the file in which its rules change before they are in force.
RULES = {
    "master01": "etc/fleet.ports.nft",
    "client01": "etc/firewalld/policies/fleet-ports-in.xml",
    "aixmaster01": "var/lib/aix-simulator/state.json",
}
# In seconds: time for a machine that is busy to ask three hosts over new connections.
TIMEOUT = 15
PENDING = "var/lib/fleet.ports/rollback/pending.json"
LOCK = "var/lib/fleet.ports/lock"

# What changes the rules of each of these hosts.
OTHER = {"nim_nfs_version": 4}


def plays(timeout: int = TIMEOUT, **options: Any) -> list[dict[str, Any]]:
    """Bring the flows of all these hosts to their plans."""
    arguments = {"flows": "{{ matrix.plan.flows }}", "peers": "{{ matrix.plan.peers }}", "confirm_timeout": timeout}
    tasks = [
        {"fleet.ports.port_matrix": {}, "register": "matrix"},
        {"fleet.ports.firewall_flows": arguments | options},
    ]
    return [{"hosts": ",".join(RULES), "gather_facts": False, "tasks": tasks}]


def rules(disk: Path, name: str) -> object:
    """What a host's rules are, as its disk says."""
    file = disk / RULES[name]
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    return json.loads(data)["filters"]["4"]["defined"] if file.suffix == ".json" else data


class Hosts:
    """The hosts of this file, all at once."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.handles = [HostHandle(lab, name) for name in RULES]

    def state(self) -> dict[str, tuple[str, object]]:
        """All of each host that the collection may touch, on disk and in force."""
        return {host.name: (fingerprint(host), _live(host)) for host in self.handles}

    def any_has(self, path: str) -> bool:
        """Whether one of them has such a file."""
        return any((self.lab.disk(name) / path).exists() for name in RULES)

    def all_have(self, path: str) -> bool:
        """Whether each of them has it."""
        return all((self.lab.disk(name) / path).exists() for name in RULES)

    @contextlib.contextmanager
    def cut_off(self) -> Iterator[list[Cut]]:
        """Let none of them be reached while its rules are other ones than now."""
        with contextlib.ExitStack() as stack:
            cuts = [Cut(self.lab, name, partial(rules, self.lab.disk(name), name)) for name in RULES]
            yield [stack.enter_context(cut.made()) for cut in cuts]

    def orphan(self, timeout: int, folder: Path) -> None:
        """Begin a run that changes them, and kill it and all it started when each host has begun to change."""
        (folder / "plays.yml").write_text(json.dumps(plays(timeout)))
        argv, environment = self.lab.controller.ansible(
            ["ansible-playbook", folder / "plays.yml", "--extra-vars", json.dumps(OTHER)]
        )
        with self.cut_off() as cuts, subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL) as run:
            assert all(cut.happened.wait(60) for cut in cuts)
            for pid in _family(run.pid):
                os.kill(pid, signal.SIGKILL)


def _family(pid: int) -> list[int]:
    """A process and all that it started, some of which have a session of their own."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in _family(int(child)))]


def _live(host: HostHandle) -> object:
    return aix_state(host) if host.name.startswith("aix") else ruleset(host)


@pytest.fixture(name="hosts")
def fixture_hosts(lab: Lab, playbook: Callable[..., PlaybookRun]) -> Hosts:
    """Hosts that have flows open, one for each backend."""
    done = playbook(plays())
    assert done.status == 0, done.output
    return Hosts(lab)


def test_a_change_that_is_confirmed_stays_and_leaves_nothing_behind(hosts, playbook) -> None:
    before = hosts.state()
    done = playbook(plays(), extra_vars=OTHER)
    assert sorted(done.changed_hosts()) == sorted(RULES), done.output
    after = hosts.state()
    assert all(after[name] != before[name] for name in RULES)
    assert not hosts.any_has("var/lib/fleet.ports/rollback") and not hosts.any_has(LOCK)
    assert not hosts.any_has("etc/systemd/system/fleet-ports-rollback.timer")
    assert sorted(playbook(plays()).changed_hosts()) == sorted(RULES)
    assert hosts.state() == before


@pytest.mark.parametrize("options", [{}, {"state": "absent"}], ids=["changed", "closed"])
def test_a_rule_that_drops_ssh_is_taken_back_by_the_host(hosts, playbook, options) -> None:
    before = hosts.state()
    with hosts.cut_off() as cuts:
        done = playbook(plays(**options), extra_vars=OTHER)
        assert all(cut.happened.is_set() for cut in cuts)
    complaints = done.complaints()
    assert sorted(complaints) == sorted(RULES)
    for name, complaint in complaints.items():
        out_of_reach = f"but could not be reached over a new connection within {TIMEOUT} s"
        # If the connection is lost before the answer, it is not known yet what became of the change.
        lost = "and has not been reached since ("
        assert complaint.startswith((f"{name} was changed, {out_of_reach}", f"{name} was changed {lost}"))
        if out_of_reach in complaint:
            assert complaint.endswith("its old rules are restored. Check which rule blocks the controller.")
    wait_for("the roll-back", lambda: not hosts.any_has(PENDING), TIMEOUT + 20)
    wait_for("the end of the job", lambda: not hosts.any_has(os.path.dirname(PENDING)), 10)
    assert hosts.state() == before


@pytest.mark.any_core
def test_hosts_whose_controller_died_take_their_old_rules_back(hosts, tmp_path) -> None:
    before = hosts.state()
    hosts.orphan(TIMEOUT, tmp_path)
    begun = time.monotonic()
    wait_for("the roll-back", lambda: not hosts.any_has(PENDING), TIMEOUT + 20)
    print(f"{time.monotonic() - begun:.1f} s from the controller's death to the old rules")
    wait_for("the end of the job", lambda: not hosts.any_has(os.path.dirname(PENDING)), 10)
    assert hosts.state() == before


@pytest.mark.any_core
def test_a_reboot_takes_an_unconfirmed_change_back(lab, hosts, tmp_path) -> None:
    """With systemd at once, with at in the minute after the time to confirm."""
    before = hosts.state()
    hosts.orphan(40, tmp_path)
    wait_for("the end of the modules", lambda: not hosts.any_has(LOCK), 30)
    assert hosts.all_have(PENDING)
    lab.reboot(*RULES)
    wait_for("the roll-back", lambda: not hosts.any_has(os.path.dirname(PENDING)), 120)
    assert hosts.state() == before


WRONG_NFT = """\
#!/bin/sh
# Once: what is loaded drops ssh, before all other rules. A rehearsal, on a copy of the host's network, is none of it.
is_host() { [ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ]; }
if [ "$*" = "-f -" ] && is_host && rm /run/wrong 2> /dev/null; then
    { cat; echo 'insert rule inet filter fleet_ports_input %s tcp dport 22 drop'
      echo 'insert rule inet filter input jump fleet_ports_input'; } | exec /usr/sbin/nft -f -
fi
exec /usr/sbin/nft "$@"
"""


@pytest.mark.any_core
@pytest.mark.parametrize("which", ["", "ct state new"], ids=["every packet", "new connections"])
def test_rules_that_drop_ssh_in_earnest(lab, hosts, playbook, host, which) -> None:
    """What the backend loads is wrong itself: with it goes the connection of the run, or only the next one."""
    before = hosts.state()
    nft = lab.disk("master01") / "usr/local/sbin/nft"
    nft.write_text(WRONG_NFT % which)
    nft.chmod(0o755)
    host("master01").run("touch /run/wrong")
    try:
        done = playbook(plays(), "--limit", "master01", extra_vars=OTHER)
    finally:
        nft.unlink()
    assert "its old rules are restored" in done.complaints()["master01"]
    assert not host("master01").succeeds("test -e /run/wrong")
    assert hosts.state() == before
