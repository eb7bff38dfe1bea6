# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts that version 1.0.0 brought in order: this code finds them in order, and `remove` restores them byte for byte.

The records and files of 1.0.0 are laid over fresh hosts, which are booted with them. What a run may change on such a
host stands in MIGRATIONS.
"""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Iterator

import pytest

from . import released_host
from .handle import HostHandle
from .lab import Lab
from .playbook import PlaybookRun
from .probes import aix_state, fingerprint, ruleset, takeable

pytestmark = pytest.mark.any_core

RELEASE = "1.0.0"
SITE = ["master01", "gateway01", "nfs01", "client01", "aixmaster01"]
WINDOW = ["client02", "aixclient01"]
PENDING = ["client01", "client02", "aixclient01"]
HOSTS = sorted({*SITE, *WINDOW, *PENDING})

# By state and host, the files (and "windows": the job at their end) that the first run brings up to date.
MIGRATIONS = {
    "site": {
        "client01": {"/etc/fleet.ports/holder.py"},
        **{name: {"/etc/fleet.ports.nft"} for name in ("master01", "gateway01", "nfs01")},
    },
    "window": {"aixclient01": {"windows"}, "client02": {"windows", "/etc/fleet.ports.nft"}},
    "pending": {"client02": {"/etc/fleet.ports.nft"}},
}

# What the hosts of `window` and `pending` were asked to have open.
FLOWS = [
    {
        "id": name,
        "direction": "in",
        "protocol": protocol,
        "source": {"role": "nim_master", "ports": [source]},
        "destination": {"role": "nim_client", "ports": [destination]},
    }
    for name, protocol, source, destination in (
        ("nimsh-request", "tcp", "513-1023", "3901"),
        ("tftp-data", "udp", "32768-65535", "32768-65535"),
    )
]
# The AIX client is a retired one besides.
RETIRED = (
    "{{ {'masters': ['aixmaster01.example.com', '192.0.2.30']} if inventory_hostname.startswith('aix') else omit }}"
)

_ADD_RULES = """
import json
path = "/var/lib/aix-simulator/state.json"
with open(path) as file:
    state = json.load(file)
state["filters"]["4"]["defined"] += [{"kind": "manual", "fields": fields} for fields in RULES]
with open(path, "w") as file:
    json.dump(state, file)
"""
# Daemons read their pins when they start.
_AT_PINS = "; ".join(
    [f"stopsrc -s {name}; sleep 0.5" for name in ("rpc.lockd", "rpc.statd", "rpc.mountd")]
    + [f"startsrc -s {name}" for name in ("rpc.statd", "rpc.lockd", "rpc.mountd")]
)


def is_aix(name: str) -> bool:
    return name.startswith("aix")


def lay(host: HostHandle, parts: list[released_host.Part]) -> None:
    """Write them on the host, and put its rules in force if it is an AIX host."""
    source = inspect.getsource(released_host.lay)
    host.run("python3 -", stdin=f"import os\n{source}\nlay({[tuple(each) for each in parts]!r})")
    if is_aix(host.name):
        host.run("python3 -", stdin=_ADD_RULES.replace("RULES", repr(released_host.rules(parts))))
        host.run("mkfilt -v 4 -u")


def state(host: HostHandle) -> tuple[str, object]:
    """All of a host that this collection may touch: its files, and its packet filter and daemons."""
    files = fingerprint(host) + host.run("test ! -e /.rhosts || sha256sum /.rhosts")
    return files, aix_state(host) if is_aix(host.name) else ruleset(host)


def shown(run: PlaybookRun) -> dict[str, set[str]]:
    """The files, and what else, that a run in diff mode says that it changes, by host."""
    found: dict[str, set[str]] = {}
    for task in run.tasks:
        for diff in task["result"].get("diff") or []:
            if task["result"].get("changed") and diff:
                found.setdefault(task["host"], set()).add(diff["after_header"])
    return found


class Releasing:
    """Lays what the release wrote over hosts, and knows what these were like before."""

    def __init__(self, host: Callable[[str], HostHandle]) -> None:
        self.host = host
        self.opened = time.time() - 60
        self.installed: dict[str, tuple[str, object]] = {}

    def lay(self, name: str, folder: str) -> None:
        """Give the host its own files, look at it, and write what the release wrote."""
        host = self.host(name)
        parts = released_host.parts(RELEASE, folder, name, self.opened)
        lay(host, [each for each in parts if each.kind == "own"])
        self.installed[name] = state(host)
        lay(host, [each for each in parts if each.kind != "own"])

    def assert_restored(self, names: list[str]) -> None:
        """Each of these hosts is what it was before the release came, and has no record."""
        for name in names:
            assert state(self.host(name)) == self.installed[name]
            assert not self.host(name).succeeds("test -e /var/lib/fleet.ports")


@pytest.fixture(scope="module")
def released(lab: Lab, host: Callable[[str], HostHandle]) -> Iterator[Releasing]:
    """Hosts that have booted with what the release wrote on them."""
    _renew(lab, host)
    releasing = Releasing(host)
    for name in SITE:
        releasing.lay(name, "site")
    for name in WINDOW:
        releasing.lay(name, "window")
    lab.reboot(*(name for name in HOSTS if not is_aix(name)))
    host("aixmaster01").run(_AT_PINS)
    yield releasing
    _renew(lab, host)


def _renew(lab: Lab, host: Callable[[str], HostHandle]) -> None:
    """Make hosts anew that other tests left changed, and those of AIX, which get files of their own here."""
    lab.renew(*(name for name in HOSTS if is_aix(name) or host(name).succeeds("test -e /var/lib/fleet.ports")))


@pytest.fixture
def flows(playbook: Callable[..., PlaybookRun]) -> Callable[..., PlaybookRun]:
    """Bring hosts to FLOWS; the second of them takes part in a window if one is asked for."""

    def run(names: list[str], *arguments: str, has_window: bool = False) -> PlaybookRun:
        options: dict[str, object] = {"flows": FLOWS, "peers": {"nim_master": ["192.0.2.10"]}, "tftpaccess": True}
        if has_window:
            window = {"seconds": 1728000, "host": "{{ inventory_hostname }}",
                      "clients": "{{ {inventory_hostname: [ansible_host]} }}"}  # fmt: skip
            options |= {"flows": [FLOWS[0], {**FLOWS[1], "window": "host"}], "window": window}
        plays = [
            {
                "hosts": ",".join(names),
                "gather_facts": False,
                "tasks": [{"fleet.ports.firewall_flows": {**options, "retired": RETIRED}}],
            }
        ]
        return playbook(plays, "--diff", *arguments)

    def everywhere(names: list[str], *arguments: str, **options: bool) -> PlaybookRun:
        done = run(names, *arguments, **options)
        assert done.status == 0, done.output
        return done

    return everywhere


def test_what_the_release_wrote_is_in_force_after_the_boot(released, host):
    """Else these tests would look at nothing."""
    assert takeable(host("client01")) == []
    assert "fleet_ports_input" in ruleset(host("master01"))
    assert "nlockmgr" in host("nfs01").run("rpcinfo -p | grep ' 4045 '")


def test_a_run_finds_the_hosts_in_order_but_for_what_is_listed(released, playbook, host):
    check = playbook("fleet.ports.site", "--check", "--diff", "--limit", ",".join(SITE))
    assert check.status == 0, check.output
    assert shown(check) == MIGRATIONS["site"]
    for expected in sorted(MIGRATIONS["site"]), []:
        run = playbook("fleet.ports.site", "--limit", ",".join(SITE))
        assert run.status == 0, run.output
        assert sorted(run.changed_hosts()) == expected, run.output
    assert takeable(host("client01")) == []


def test_a_window_that_is_open_stays_open_and_ends_when_it_would_have(released, flows, host):
    rules = ruleset(host("client02"))
    check = flows(WINDOW, "--check", has_window=True)
    assert shown(check) == MIGRATIONS["window"]
    for expected in sorted(MIGRATIONS["window"]), []:
        run = flows(WINDOW, has_window=True)
        assert sorted(run.changed_hosts()) == expected, run.output
        for name in WINDOW:
            [window] = run.result(name, "fleet.ports.firewall_flows")["windows"]
            assert window["until"] == time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(released.opened) + 1728000)
            )
    assert ruleset(host("client02")) == rules
    assert "main" in host("client02").run("python3 -m zipfile -l /var/lib/fleet.ports/window/program.zip")


def test_remove_restores_the_hosts(released, playbook):
    run = playbook("fleet.ports.remove", "--limit", ",".join(HOSTS))
    assert run.status == 0, run.output
    released.assert_restored(HOSTS)


def test_a_change_that_nobody_confirmed_is_undone_first(released, flows, playbook, host):
    """The release would have done so itself: its job is what the fixtures lack."""
    for name in PENDING:
        released.lay(name, "pending")
    host("client02").run("systemctl daemon-reload && nft -f /etc/nftables.conf")
    host("client01").run("systemctl daemon-reload && firewall-cmd --reload")
    for name in "client01", "client02":
        assert "3902" in ruleset(host(name))
    for expected in sorted(MIGRATIONS["pending"]), []:
        assert sorted(flows(PENDING).changed_hosts()) == expected
    for name in PENDING:
        assert not host(name).succeeds("ls /var/lib/fleet.ports/rollback /etc/systemd/system/fleet-ports-rollback.*")
    for name in "client01", "client02":
        assert "3901" in ruleset(host(name)) and "3902" not in ruleset(host(name))
    assert "3902" not in json.dumps(aix_state(host("aixclient01"))["filters"])
    assert playbook("fleet.ports.remove", "--limit", ",".join(PENDING)).status == 0
    released.assert_restored(PENDING)
