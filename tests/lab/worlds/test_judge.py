# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge itself: what it sees of packets is true, and it notices each way in which a run can be wrong."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conformance.packets import Packet, Ports
from . import trial
from .answer import Answer
from .isolation import IsolationError, isolated
from .network import DOWNLINK, UPLINK, network
from .samples import OF_GATEWAY, OF_MASTER
from .traffic import Probe, Traffic
from .world import BOOT_SCRIPT, RunningWorld, World

PEER, PEER6, HOST, HOST6 = "192.0.2.77", "2001:db8:1::77", "192.0.2.10", "2001:db8:1::10"
INTO = Probe("input", "eth0", "", Packet(PEER, HOST, Ports("udp", 68, 67)))
INTO6 = Probe("input", "eth0", "", Packet(PEER6, HOST6, Ports("tcp", 513, 1058)))
BROADCAST = Probe("input", "eth0", "", Packet("0.0.0.0", "255.255.255.255", Ports("udp", 68, 67)))
BROADCAST_OUT = Probe("output", "", "eth0", Packet(HOST, "255.255.255.255", Ports("udp", 67, 68)))
OUT = Probe("output", "", "eth0", Packet(HOST, PEER, Ports("tcp", 1023, 3901)))
OUT6 = Probe("output", "", "eth0", Packet(HOST6, PEER6, Ports("udp", 32768, 1024)))
THROUGH = Probe("forward", "eth1", "eth0", Packet("198.51.100.7", PEER, Ports("tcp", 513, 1058)))
THROUGH6 = Probe("forward", "eth0", "eth1", Packet(PEER6, "2001:db8:2::7", Ports("udp", 1024, 69)))
ALL = (INTO, INTO6, BROADCAST, BROADCAST_OUT, OUT, OUT6, THROUGH, THROUGH6)

CLOSED = "".join(
    f"\tchain {hook} {{ type filter hook {hook} priority 0; policy drop; %s }}\n"
    for hook in ("input", "output", "forward")
)


def seen(rules: str) -> set[Probe]:
    """The packets that pass these rules."""
    return isolated(_seen, rules, seconds=30)


def _seen(rules: str) -> set[Probe]:
    with network((UPLINK, DOWNLINK)) as made, Traffic(made) as traffic:
        subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
        return {probe for probe, passes in traffic.passed(ALL).items() if passes}


def closed_but(*rules: str) -> str:
    """A table that is closed at three hooks, but for what these rules accept, one for each hook."""
    return "table inet filter {\n" + CLOSED % rules + "}\n"


def test_without_rules_all_passes() -> None:
    assert seen("") == set(ALL)


@pytest.mark.parametrize("hook", ["input", "output", "forward"])
def test_a_closed_hook_lets_nothing_pass_and_is_no_other(hook: str) -> None:
    rules = f"table inet filter {{ chain any {{ type filter hook {hook} priority 0; policy drop; }}; }}"
    assert seen(rules) == {probe for probe in ALL if probe.hook != hook}


@pytest.mark.parametrize("hook, device", [("ingress", ' device "eth0"'), ("egress", ' device "eth0"')])
def test_a_closed_interface_is_seen(hook: str, device: str) -> None:
    rules = f"table netdev door {{ chain any {{ type filter hook {hook}{device} priority 0; policy drop; }}; }}"
    closed = {"ingress": "enters", "egress": "leaves"}[hook]
    assert seen(rules) == {probe for probe in ALL if getattr(probe, closed) != "eth0"}


def test_a_closed_prerouting_hook_is_seen() -> None:
    rules = "table inet raw { chain any { type filter hook prerouting priority raw; policy drop; }; }"
    assert seen(rules) == {probe for probe in ALL if not probe.enters}


def test_exactly_what_is_accepted_passes() -> None:
    rules = closed_but("udp sport 68 udp dport 67 ip saddr 192.0.2.77 accept;", "ip6 daddr 2001:db8:1::77 accept;",
                       'iifname "eth1" tcp dport 1058 accept;')
    assert seen(rules) == {INTO, OUT6, THROUGH}


def test_no_packet_passes_as_the_answer_to_another() -> None:
    rule = "ct state established,related accept;"
    assert seen(closed_but(rule, rule, rule)) == set()


def test_answers_pass_where_connections_are_known() -> None:
    asked = "udp dport 67 accept; ip6 daddr 2001:db8:1::77 accept;", "accept;", "udp dport 69 accept;"
    known = "ct state established accept;"
    assert isolated(_answered, closed_but(*asked), seconds=30) == {INTO: True, OUT6: False, THROUGH6: False}
    assert isolated(_answered, closed_but(known + asked[0], "accept;", known + asked[2]), seconds=30) == {
        INTO: True, OUT6: True, THROUGH6: True
    }  # fmt: skip


def _answered(rules: str) -> dict[Probe, bool]:
    with network((UPLINK, DOWNLINK)) as made, Traffic(made) as traffic:
        nft(rules)
        return traffic.answered([INTO, OUT6, THROUGH6])


def test_nothing_of_a_world_reaches_the_machine() -> None:
    before = {path: path.read_bytes() for path in Path("/etc").glob("*.conf") if path.is_file()}
    assert isolated(_write_everywhere, seconds=30) == [f"{BOOT_SCRIPT}", "/etc/fleet.ports.nft"]
    assert {path: path.read_bytes() for path in Path("/etc").glob("*.conf") if path.is_file()} == before
    assert not Path("/var/lib/fleet.ports/worlds-were-here").exists()


def _write_everywhere() -> list[str]:
    Path("/var/lib/fleet.ports").mkdir(parents=True)
    Path("/var/lib/fleet.ports/worlds-were-here").write_text("")
    found = [BOOT_SCRIPT, "/etc/fleet.ports.nft"]
    for path in found:
        Path(path).write_text("written in a world")
    return found


def test_a_process_that_fails_or_hangs_says_so() -> None:
    with pytest.raises(IsolationError, match="ZeroDivisionError"):
        isolated(divmod, 1, 0, seconds=30)
    with pytest.raises(IsolationError, match="did not end within 0.5 s"):
        isolated(_hang, seconds=0.5)


def _hang() -> None:
    subprocess.run(["sleep", "60"], check=True)


# A run that is wrong, and what the judge has to say of it.

SSH = "ct state established,related accept; tcp dport 22 accept;"
HALF_CLOSED = closed_but(SSH, "accept;", "")
SLEEPING = "table inet asleep {\n\tflags dormant\n\tchain any { type filter hook input priority 0; policy drop; }\n}\n"
QUARANTINE = closed_but("tcp dport 22 accept; ip saddr 198.51.100.7 drop;", "accept;", "")
ENTRY = {"flow": "nfs", "packet": "tcp 198.51.100.7:512 > 192.0.2.10:2049", "hook": "input", "table": "inet filter",
         "chain": "input", "rule": "ip saddr 198.51.100.7 drop", "owner": ""}


def nft(script: str) -> None:
    """Change the rules."""
    subprocess.run(["nft", "-f", "-"], input=script, text=True, check=True)


def answering(**result: object) -> Answer:
    """The answer of a run that ended well."""
    return Answer(result={"changed": False, **result})


def do_nothing(_state: str) -> Answer:
    return answering()


def fail_without_a_reason(state: str) -> Answer:
    return Answer(message="It does not work.") if state == "present" else answering()


def change_and_fail(_state: str) -> Answer:
    nft("add rule inet filter input udp dport 67 accept")
    return Answer(message="Chain input of table inet filter drops it: policy drop.")


def open_for_everybody(_state: str) -> Answer:
    nft("insert rule inet filter input accept")
    return answering()


def accept_no_answer(_state: str) -> Answer:
    nft("insert rule inet filter output meta l4proto udp drop")
    nft("insert rule inet filter input udp dport 69 accept")
    return answering()


def lock_out(_state: str) -> Answer:
    nft("flush chain inet filter input")
    return answering()


def leave_a_file(_state: str) -> Answer:
    Path("/etc/fleet.ports.nft").write_text("# left")
    return answering()


def leave_something(_state: str) -> Answer:
    subprocess.Popen(["sleep", "600"])
    subprocess.run(["mount", "-t", "tmpfs", "left", "/mnt"], check=True)
    subprocess.run(["ip", "link", "add", "rehearsal", "type", "veth"], check=False)  # there since the first run
    return answering()


def always_change(_state: str) -> Answer:
    return answering(changed=True)


def block_what_passes(_state: str) -> Answer:
    return answering(blocked=[dict(ENTRY, packet="tcp 192.0.2.222:50022 > 192.0.2.10:22", rule="@set drop")])


def block_only_a_peer(_state: str) -> Answer:
    return answering(blocked=[ENTRY])


def block_all_and_go_on(_state: str) -> Answer:
    flows = [flow.name for flow in OF_MASTER.flows if flow.hook == "input"]
    return answering(blocked=[dict(ENTRY, flow=flow, rule="policy drop") for flow in flows])


def wake(_state: str) -> Answer:
    nft("delete table inet asleep")
    nft(SLEEPING.replace("flags dormant", "").replace("policy drop", "policy accept"))
    return answering()


@pytest.mark.parametrize("run, rules, said", [
    (do_nothing, HALF_CLOSED, "is dropped, and flow nfs is not reported as blocked"),
    (do_nothing, HALF_CLOSED, "(boot)"),
    (fail_without_a_reason, HALF_CLOSED, "the run refused and named no rule"),
    (change_and_fail, HALF_CLOSED, "(refusal) the rules are not those before"),
    (change_and_fail, HALF_CLOSED, "(refusal) udp from 0.0.0.0 port 68"),
    (open_for_everybody, HALF_CLOSED, "is part of no flow and was dropped, and passes now"),
    (open_for_everybody, HALF_CLOSED, "rules of others were changed"),
    (open_for_everybody, HALF_CLOSED, "(second run) the rules differ"),
    (open_for_everybody, HALF_CLOSED, "(absent) the rules are not those before"),
    (open_for_everybody, QUARANTINE, "was dropped by name, and passes now"),
    (accept_no_answer, HALF_CLOSED, "passes, and the answer to it does not"),
    (lock_out, HALF_CLOSED, "port 50022 to 192.0.2.10 port 22 (input from eth0) passed before, and is dropped now"),
    (leave_a_file, "", "(absent) these files are not as before: ['/etc/fleet.ports.nft']"),
    (leave_something, "", "(run) it left behind: interface rehearsal, interface veth0, mount "),
    (leave_something, "", " of tmpfs, process "),
    (always_change, "", "(second run) it changes something"),
    (block_what_passes, "", "is reported as blocked by '@set drop', and passes"),
    (block_only_a_peer, QUARANTINE, "is dropped, and flow register is not reported as blocked"),
    (block_only_a_peer, HALF_CLOSED, "from 198.51.100.1 port 512"),
    (block_all_and_go_on, HALF_CLOSED, "flow nfs passes for nobody, and the run did not fail"),
    (wake, SLEEPING, "rules of others were changed"),
])
def test_a_wrong_run_is_noticed(monkeypatch, run: Callable, rules: str, said: str) -> None:
    flaws = flaws_of(monkeypatch, run, rules)
    assert any(said in flaw for flaw in flaws), "\n".join(flaws)


@pytest.mark.parametrize("rules", ["", SLEEPING, "table inet filter { chain any { tcp dport 1 drop; }; }"])
def test_a_right_run_is_not_complained_of(monkeypatch, rules: str) -> None:
    assert flaws_of(monkeypatch, do_nothing, rules) == []


def test_it_is_enough_that_all_is_reported(monkeypatch) -> None:
    """A run that goes on as asked, and blocks what a closed host drops, says the truth."""
    assert flaws_of(monkeypatch, block_all_and_go_on, HALF_CLOSED, on_blocked="warn") == []


def test_a_gateway_is_judged_at_all_its_hooks(monkeypatch) -> None:
    rules = closed_but(SSH, "accept;", "")
    flaws = flaws_of(monkeypatch, do_nothing, rules, request=OF_GATEWAY)
    assert {"input", "forward"} == {flaw.partition(" (")[2].split()[0] for flaw in flaws}


def flaws_of(monkeypatch, run: Callable, rules: str, request=OF_MASTER, **options: str) -> list[str]:
    """What is wrong with a run on these rules."""
    monkeypatch.setattr(trial, "run_module", lambda _host, state, _request, _connection: run(state))
    world = World(
        "of the judge's own tests",
        {BOOT_SCRIPT: rules},
        dataclasses.replace(request, **options),
        is_gateway=request is OF_GATEWAY,
        quarantined=(("input", "198.51.100.7"),) if rules == QUARANTINE else (),
    )
    return trial.tried(world).flaws


def test_the_service_manager_of_a_world_answers_for_it() -> None:
    code, shown, _errors = isolated(_shown, seconds=30)
    assert code == 0
    assert shown.split("\n\n")[0] == "LoadState=not-found\nActiveState=inactive"
    assert "LoadState=loaded\nActiveState=active" in shown


def _shown() -> tuple[int, str, str]:
    host = RunningWorld(World("of the judge's own tests", {}, OF_MASTER))
    return host.run(["systemctl", "show", "--property=LoadState,ActiveState", "firewalld.service", "nftables.service"])
