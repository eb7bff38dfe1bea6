# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel says about flows before a change, on real hosts: one with firewalld, one with nftables.

Each is the other one's peer, and the controller's seat is a peer of both. Rulesets of many kinds, and what packets do
there, are the business of ``worlds``; here are the ways of a run through a host that boots, and that others change.
"""

from __future__ import annotations

import subprocess

import pytest

from .cut import Cut
from .network import CONTROL
from .probes import connect, fingerprint, ruleset

pytestmark = pytest.mark.any_core

FLOWS = "fleet.ports.firewall_flows"
FIREWALLD, NFTABLES = "client01", "client02"
ADDRESSES = {"client01": "198.51.100.11", "client02": "198.51.100.12"}
SEAT = "198.51.100.254"
PORT, OTHER_PORT = 3901, 3902

# A table of somebody else, whose chain comes after those of firewalld, and who thinks of ssh only.
GUARD = """
table inet site_guard {
    chain input {
        type filter hook input priority 20; policy drop;
        ct state established,related accept
        iif lo accept
        meta l4proto { icmp, ipv6-icmp } accept
        tcp dport 22 accept
    }
}
"""
DORMANT = """
table inet spare {
    flags dormant

    chain input {
        type filter hook input priority 10; policy drop;
    }
}
"""
IS_HOST = '[ "$(readlink /proc/self/ns/net)" = "$(readlink /proc/1/ns/net)" ]'


class Seat:
    """The controller's seat as a peer."""

    def __init__(self, lab):
        self._wiring = lab.wiring

    def run(self, command, stdin=None):
        """What a shell command writes there."""
        argv = self._wiring.inside(CONTROL, ["sh", "-c", command])
        return subprocess.run(argv, input=stdin, capture_output=True, text=True, check=True).stdout


def flow(port):
    """A flow that comes in."""
    return {
        "id": f"flow-{port}", "direction": "in", "protocol": "tcp",
        "source": {"role": "nim_master", "ports": ["1-65535"], "peers": "nim_master"},
        "destination": {"role": "nim_client", "ports": [str(port)]},
    }  # fmt: skip


def task(*ports, **options):
    """The task that opens these ports for the peers."""
    peers = [*ADDRESSES.values(), SEAT]
    return {FLOWS: {"flows": [flow(port) for port in ports], "peers": {"nim_master": peers}, **options}}


def state(host):
    """All of a host that a run may touch: files, the record, and rules."""
    return fingerprint(host), ruleset(host)


@pytest.fixture(name="run")
def fixture_run(playbook):
    """Run tasks on a host; return the run."""

    def run(host, *tasks, arguments=(), **extra_vars):
        plays = [{"hosts": host.name, "gather_facts": False, "tasks": list(tasks)}]
        return playbook(plays, *arguments, extra_vars=extra_vars)

    return run


@pytest.fixture(name="open_ports")
def fixture_open_ports(run):
    """Open ports on a host, which has to succeed; return the result."""

    def open_ports(host, *ports, **options):
        done = run(host, task(*ports, **options))
        assert done.status == 0, done.output
        return done.result(host.name, FLOWS)

    return open_ports


@pytest.fixture(name="seat")
def fixture_seat(lab):
    return Seat(lab)


@pytest.fixture(name="firewalld")
def fixture_firewalld(lab, host):
    """The host with firewalld, as it was installed."""
    lab.renew(FIREWALLD)
    return host(FIREWALLD)


@pytest.fixture(name="nftables")
def fixture_nftables(lab, host):
    """The host with nftables, as it was installed."""
    lab.renew(NFTABLES)
    return host(NFTABLES)


def fates(*peers, to, port=PORT):
    """How connections of peers to a host end."""
    return [connect(peer, 20000, ADDRESSES[to.name], port) for peer in peers]


@pytest.mark.parametrize("arguments", [("--check",), ()], ids=["check mode", "run"])
def test_a_closed_table_beside_firewalld_is_named_before_anything_is_changed(firewalld, run, arguments):
    firewalld.run("nft -f -", GUARD)
    before = state(firewalld)
    done = run(firewalld, task(PORT), arguments=arguments)
    assert done.status == 2
    complaint = done.complaints()[FIREWALLD]
    assert "rule 'policy drop' of chain input in table inet site_guard (hook input) drops it" in complaint
    assert "nim_firewall_on_blocked" in complaint and complaint.endswith("Nothing was changed.")
    assert state(firewalld) == before


def test_a_peer_that_a_rich_rule_drops_stays_out(firewalld, host, seat, run, open_ports):
    kept_out = ADDRESSES[NFTABLES]
    rule = f"rule family=ipv4 source address={kept_out} drop"
    firewalld.run(f"firewall-cmd --permanent --add-rich-rule='{rule}' && firewall-cmd --reload")
    done = run(firewalld, task(PORT))
    assert done.status == 0, done.output
    result = done.result(FIREWALLD, FLOWS)
    assert result["rehearsed"] and result["changed"]
    [entry] = result["blocked"]
    assert (entry["flow"], entry["peers"], entry["owner"], entry["at"]) == (
        f"flow-{PORT}", [kept_out], "firewalld", "now",
    )  # fmt: skip
    assert kept_out in entry["rule"] and kept_out in entry["packet"]
    assert any(warning.startswith(f"Blocked: flow-{PORT} ") for warning in result["warnings"])
    assert fates(host(NFTABLES), seat, to=firewalld) == ["blocked", "refused"]
    again = open_ports(firewalld, PORT)
    assert not again["changed"] and again["blocked"] == result["blocked"]


def test_a_policy_that_comes_first_is_refused_or_accepted_as_it_is(firewalld, seat, run, open_ports):
    firewalld.run(
        "firewall-cmd --permanent --new-policy deny-flow"
        " && firewall-cmd --permanent --policy deny-flow --set-priority -10"
        " && firewall-cmd --permanent --policy deny-flow --add-ingress-zone ANY"
        " && firewall-cmd --permanent --policy deny-flow --add-egress-zone HOST"
        f" && firewall-cmd --permanent --policy deny-flow --add-rich-rule='rule port port={PORT} protocol=tcp drop'"
        " && firewall-cmd --reload"
    )
    before = state(firewalld)
    done = run(firewalld, task(PORT, OTHER_PORT))
    assert done.status == 2
    complaint = done.complaints()[FIREWALLD]
    assert complaint.startswith(f"Flow flow-{PORT} (tcp ") and "managed by firewalld" in complaint
    assert "deny-flow" in complaint and complaint.endswith("Nothing was changed.")
    assert state(firewalld) == before

    result = open_ports(firewalld, PORT, OTHER_PORT, on_blocked="warn")
    assert {entry["flow"] for entry in result["blocked"]} == {f"flow-{PORT}"}
    assert [fates(seat, to=firewalld, port=port) for port in (PORT, OTHER_PORT)] == [["blocked"], ["refused"]]


GUARDING_NFT = f"""\
#!/bin/sh
# Once: as soon as the managed policies are in force, another program loads a table of its own.
if [ "$*" = "list ruleset" ] && {IS_HOST} && /usr/sbin/nft list ruleset | grep -q fleet-ports; then
    rm /run/guard 2> /dev/null && /usr/sbin/nft -f /root/guard.nft
fi
exec /usr/sbin/nft "$@"
"""


def wrap_nft(lab, host, script):
    """Have modules find this program in place of nft; it ends with the host's disk."""
    nft = lab.disk(host.name) / "usr/local/sbin/nft"
    nft.write_text(script)
    nft.chmod(0o755)


def test_what_does_not_pass_once_firewalld_was_changed_is_undone_at_once(lab, firewalld, run):
    (lab.disk(FIREWALLD) / "root/guard.nft").write_text(GUARD)
    wrap_nft(lab, firewalld, GUARDING_NFT)
    before = state(firewalld)
    firewalld.run("touch /run/guard")
    done = run(firewalld, task(PORT))
    assert done.status == 2
    assert not firewalld.succeeds("test -e /run/guard")
    complaint = done.complaints()[FIREWALLD]
    assert "table inet site_guard" in complaint and complaint.endswith("The change was undone at once.")
    firewalld.run("nft delete table inet site_guard")
    assert state(firewalld) == before


NOTING_NFT = f"""\
#!/bin/sh
{IS_HOST} || echo "$*" >> /run/rehearsed
exec /usr/sbin/nft "$@"
"""


def test_rules_are_rehearsed_again_once_others_have_changed_them(lab, nftables, seat, open_ports):
    wrap_nft(lab, nftables, NOTING_NFT)

    def run_and_see():
        """The result, and how often nft was called on the copy of the host."""
        nftables.run(": > /run/rehearsed")
        result = open_ports(nftables, PORT)
        return result, len(nftables.run("cat /run/rehearsed").splitlines())

    first, calls = run_and_see()
    assert first["changed"] and first["rehearsed"] and first["enforced"] == ["input"] and calls > 0
    second, calls = run_and_see()
    assert not second["changed"] and second["rehearsed"] and second["enforced"] == ["input"] and calls == 0
    assert "warnings" not in second

    nftables.run("nft add rule inet filter input ip saddr 203.0.113.9 counter drop")
    third, calls = run_and_see()
    assert third["changed"] and third["rehearsed"] and calls > 0
    chain = nftables.run("nft list chain inet filter input")
    assert 0 < chain.index("ip saddr 203.0.113.9 counter") < chain.index("jump fleet_ports_input"), "it comes first at a boot"
    assert [warning for warning in third["warnings"] if "were changed since they were rehearsed last" in warning]
    fourth, calls = run_and_see()
    assert (fourth["changed"], calls, fourth.get("warnings", [])) == (False, 0, [])
    assert fates(seat, to=nftables) == ["refused"]


UNPRIVILEGED_PYTHON = """\
#!/bin/sh
exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin /usr/bin/python3 "$@"
"""


def test_where_namespaces_are_not_allowed_the_rules_are_read(lab, nftables, seat, playbook):
    python = lab.disk(NFTABLES) / "usr/local/bin/unprivileged-python"
    python.write_text(UNPRIVILEGED_PYTHON)
    python.chmod(0o755)
    done = playbook(
        "fleet.ports.site", "--limit", NFTABLES,
        extra_vars={"ansible_python_interpreter": "/usr/local/bin/unprivileged-python"},
    )  # fmt: skip
    assert done.status == 0, done.output
    flows = done.result(NFTABLES, "fleet.ports.host_ports")["concerns"]["flows"]
    reason = "this host does not allow network namespaces (Operation not permitted)"
    assert (flows["changed"], flows["rehearsed"], flows["not_rehearsed"]) == (True, False, reason)
    assert flows["enforced"] == ["input"]
    assert f"Flows not rehearsed on {NFTABLES}: {reason}." in done.output
    assert "fleet.ports.verify" in done.output
    # Of its peers the seat is none: this shows that the host is closed as before, and that ssh passes.
    assert fates(seat, to=nftables, port=OTHER_PORT) == ["blocked"]
    assert "fleet_ports_input" in ruleset(nftables)


def test_a_dormant_table_stays_dormant(lab, nftables, seat, run, open_ports):
    nftables.run("cat >> /etc/nftables.conf && systemctl restart nftables", DORMANT)
    before = nftables.run("nft list table inet spare")
    assert "flags dormant" in before

    def look(*ports):
        assert nftables.run("nft list table inet spare") == before
        assert [fates(seat, to=nftables, port=port) for port in ports] == [["refused"]] * len(ports)

    assert open_ports(nftables, PORT)["rehearsed"]
    look(PORT)
    assert not open_ports(nftables, PORT)["changed"]
    look(PORT)

    rules = lab.disk(NFTABLES) / "etc/fleet.ports.nft"
    with Cut(lab, NFTABLES, rules.read_bytes).made() as cut:
        done = run(nftables, task(PORT, OTHER_PORT, confirm_timeout=5))
        assert cut.happened.is_set()
    assert "its old rules are restored" in done.complaints()[NFTABLES], done.output
    look(PORT)

    nftables.reboot()
    look(PORT)
    assert not open_ports(nftables, PORT)["changed"]


def test_a_host_that_no_new_connection_could_manage_is_left_as_it_is(nftables, run, open_ports):
    """The connection of the run itself is let pass, for it exists."""
    open_ports(nftables, PORT)
    before = fingerprint(nftables)
    shut = "nft insert rule inet filter input tcp dport 22 ct state new drop"
    close = {"ansible.builtin.command": {"argv": shut.split()}}
    reopen = {"ansible.builtin.command": {"argv": ["systemctl", "reload", "nftables"]}}
    done = run(nftables, {"block": [close, task(PORT, OTHER_PORT, on_blocked="warn")], "always": [reopen]})
    assert done.status == 2
    complaint = done.complaints()[NFTABLES]
    assert complaint.startswith(f"A new connection to manage this host (tcp {SEAT}:")
    assert "'tcp dport 22 ct state new drop'" in complaint and complaint.endswith("Nothing was changed.")
    assert fingerprint(nftables) == before
