# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report: the text for people, and how many lines it has."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._verify.report import Report
from ansible_collections.fleet.ports.plugins.plugin_utils._verify.schedule import Schedule

CLIENTS = [f"c{number:02}" for number in range(1, 51)]
SCHEDULE = Schedule(
    "5eed", 200, notes=["m: 50 of its 400 clients, drawn by the seed."], gateways={"default": ["g"]},
    domains={"m": "default", "n": "other", **dict.fromkeys(CLIENTS, "default")},
)


def probe(sender, receiver, flows, verdict="passed", ports=(600, 3901), why="", expect="pass"):
    return {
        "from": sender, "to": receiver, "flows": flows, "verdict": verdict, "why": why, "expect": expect,
        "protocol": "tcp", "source_port": ports[0], "destination_port": ports[1],
    }


def report(*probes, schedule=SCHEDULE):
    return Report(schedule, list(probes), "ansible-playbook -i fleet.yml", 120)


def table(*probes):
    lines = [line.strip("|").split("|") for line in report(*probes).lines() if line[:1] == "|"]
    return [[cell.strip() for cell in line] for line in lines]


def test_a_line_for_each_flow_however_many_clients():
    probes = [probe("m", client, [flow]) for client in CLIENTS for flow in ("nimsh-request", "nim-stderr")]
    assert table(*probes) == [
        ["Flow", "From", "To", "Probes", "Verdict"],
        ["-" * 13, "----", "--------", "------", "-------"],
        ["nimsh-request", "m", "50 hosts", "50", "passed"],
        ["nim-stderr", "m", "50 hosts", "50", "passed"],
    ]


def test_a_probe_counts_for_each_of_its_flows():
    flows = ["tftp-info-request", "tftp-image-request"]
    lines = table(probe("c01", "m", flows), probe("c01", "m", flows, "blocked"))[2:]
    assert [line[:1] + line[3:] for line in lines] == [
        ["tftp-image-request", "2", "1 passed, 1 blocked"], ["tftp-info-request", "2", "1 passed, 1 blocked"],
    ]


def test_a_blocked_flow_is_named_with_hosts_ports_and_command():
    probes = [
        probe("m", "c01", ["nimsh-request"], "blocked", (source, 3901), "no answer returned")
        for source in (513, 700, 1023)
    ]
    found = report(*probes, probe("m", "c02", ["nimsh-request"]), probe("m", "c01", ["nim-stderr"]))
    assert found.blocked_flows == ["nimsh-request"]
    run = "run ansible-playbook -i fleet.yml fleet.ports.site --check --diff --limit g,m,c01"
    at = found.lines().index("  nimsh-request from m to c01 (tcp, 513-1023 to 3901): no answer returned")
    assert found.lines()[at + 1] == f"  R{run[1:]}"
    assert found.summary == (
        "Allowed traffic: 2 passed, 3 blocked, 0 untested. Forbidden traffic: 0 dropped, 0 leaked, 0 untested. "
        "Blocked: nimsh-request from m to c01 (tcp, 513-1023 to 3901). "
        f"To see what differs, {run}"
    )


def test_a_part_of_a_flow_is_told_from_the_whole():
    found = report(
        probe("m", "c01", ["nimsh-request"], "blocked", (1023, 3901)),
        probe("m", "c01", ["nimsh-request"], ports=(513, 3901)),
    )
    assert "nimsh-request from m to c01 (tcp, only 1023 to 3901)" in found.summary


def test_failures_of_one_cause_are_one_line():
    probes = [
        probe("m", client, [flow], "blocked", why="no answer returned")
        for client in CLIENTS for flow in ("nimsh-request", "niminit-stderr")
    ]
    found = report(*probes, *(probe("m", client, ["nim-stderr"]) for client in CLIENTS))
    [line, run] = [line for line in found.lines() if line.startswith("  ")][:2]
    assert line == (
        "  niminit-stderr, nimsh-request from m to c01, c02, c03 and 47 more (tcp, 600 to 3901): no answer returned"
    )
    assert run.endswith("--limit g,m," + ",".join(CLIENTS[:10]))


def test_a_host_to_which_nothing_passes_is_one_line():
    flows = ("nimsh-request", "nim-stderr", "niminit-stderr")
    probes = [probe("m", client, [flow], "blocked", why="no answer returned") for client in CLIENTS for flow in flows]
    found = report(*probes, probe("c01", "m", ["nim-request"]))
    assert "Blocked: all flows from m to c01, c02, c03 and 47 more (3 flows). To see" in found.summary


def test_untested_probes_do_not_split_a_line():
    blocked = [probe("m", "c01", [flow], "blocked", why="lost") for flow in ("nimsh-request", "nim-stderr")]
    found = report(*blocked, probe("m", "c01", ["nfs-tcp"], "untested", why="m: in use"))
    assert "  all flows from m to c01 (2 flows): lost" in found.lines()
    assert "  m: in use: 1 probe, m to c01" in found.lines()


def test_troubles_are_in_the_order_of_the_table():
    flows = ("nfs-tcp", "nimsh-request", "mountd-tcp")
    probes = [probe("m", "c01", [flow], "blocked", why=f"lost {flow}") for flow in flows]
    lines = report(*probes, probe("m", "c01", ["nim-stderr"])).lines()
    named = [line.split()[0] for line in lines if " lost " in line]
    assert named == [line.split()[1] for line in lines if line.endswith("| blocked |")]
    assert named == ["nimsh-request", "mountd-tcp", "nfs-tcp"]


def test_the_sentence_names_no_more_than_it_can_carry():
    flows = ("nimsh-request", "nim-stderr", "nimreg-stderr", "mountd-tcp", "nfs-tcp")
    found = report(*(probe("m", f"c0{number}", [flow], "blocked") for number, flow in enumerate(flows, 1)))
    assert "nim-stderr from m to c02 (tcp, 600 to 3901); and 2 more. To see" in found.summary


def test_missing_answers_are_shown():
    found = report(probe("m", "c01", ["nimsh-request"], why="late"), probe("m", "c01", ["nimsh-request"]))
    assert "  nimsh-request from m to c01 (tcp, only 600 to 3901): late" in found.lines()
    assert found.blocked_flows == []


def test_leaks_are_shown_and_are_no_failure():
    found = report(
        probe("m", "c01", ["nimsh-request"]),
        probe("m", "c01", ["nimsh-request"], "leaked", (600, 3900), expect="drop"),
        probe("m", "c01", ["nimsh-request"], "dropped", (600, 3902), expect="drop"),
    )
    assert "  nimsh-request from m to c01 (tcp, only 600 to 3900)" in found.lines()
    assert found.blocked_flows == []
    assert found.summary == (
        "Allowed traffic: 1 passed, 0 blocked, 0 untested. Forbidden traffic: 1 dropped, 1 leaked, 0 untested."
    )


def test_a_reason_is_one_line():
    found = report(*(
        probe("m", client, ["nimsh-request"], "untested", why="m: source port 600/tcp is held (fleet.ports)")
        for client in CLIENTS
    ))
    why = "m: source port 600/tcp is held (fleet.ports)"
    assert f"  {why}: 50 probes, m to c01, m to c02, m to c03 and 47 more" in found.lines()
    assert found.summary.startswith("Allowed traffic: 0 passed, 0 blocked, 50 untested.")


@pytest.mark.parametrize("flows, text", [(["bootp-reply"], "bootp-reply"), ([], "all flows")])
def test_untestable_flows_are_named(flows, text):
    untestable = [{"from": "m", "to": client, "flows": flows, "why": "because"} for client in CLIENTS[:2]]
    found = report(schedule=Schedule("5eed", 200, untestable=untestable))
    assert f"  {text}, m to c01, m to c02: because" in found.lines()


def test_nothing_to_verify():
    found = report()
    assert found.summary == "Nothing to verify: no packet was sent."
    assert found.lines() == [
        "Not covered by this run", "  m: 50 of its 400 clients, drawn by the seed.", "", "0 probes: none. Seed 5eed."
    ]
    assert "## Flows" not in found.to_markdown()


def test_markdown_and_json_have_it_all():
    found = report(probe("m", "c01", ["nimsh-request"], "blocked", why="*no* <b>"))
    text = found.to_markdown()
    assert "| nimsh-request | m    | c01 | 1      | blocked |" in text
    assert r"\*no\* \<b\>" in text
    assert "m: 50 of its 400 clients, drawn by the seed." in text
    document = found.to_dict()
    assert (document["version"], document["tracking_seconds"]) == (1, 120)
    assert document["counts"]["blocked"] == 1
    assert document["blocked_flows"] == ["nimsh-request"]
    assert len(document["probes"]) == 1


def test_refused_and_not_judged_probes_are_counted_if_there_are_any():
    found = report(
        probe("m", "c01", ["nimsh-request"], "refused"),
        probe("m", "c01", ["nimsh-request"], "not_judged", (600, 3900), expect="drop"),
    )
    assert found.summary == (
        "Allowed traffic: 0 passed, 1 refused, 0 blocked, 0 untested. "
        "Forbidden traffic: 0 dropped, 0 leaked, 1 not judged, 0 untested."
    )
