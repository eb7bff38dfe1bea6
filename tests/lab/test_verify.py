# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook verify on real hosts: it reports that all is well, and what is not.

The simulated AIX hosts are left out: what they filter exists in their own tables only, which no packet meets.
"""

from __future__ import annotations

import json

import pytest

from .controller import INVENTORY

pytestmark = pytest.mark.any_core

PAIRS = "client01,client02,master01"
HOSTS = ("master01", "nfs01", "gateway01", "client01", "client02")


@pytest.fixture(scope="module", autouse=True)
def in_order(lab, playbook):
    """The fleet as `fleet.ports.site` leaves it."""
    lab.renew(*HOSTS)
    run = playbook("fleet.ports.site", "--limit", ",".join(HOSTS))
    assert run.status == 0, run.output


@pytest.fixture
def verify(playbook, tmp_path):
    """Run the playbook; return the run, and the report for programs."""

    def run(*arguments, hosts=PAIRS, folder=tmp_path, **variables):
        settings = {"fleet_ports_report_dir": str(folder), "fleet_ports_verify_hosts": hosts, **variables}
        run = playbook("fleet.ports.verify", *arguments, extra_vars=settings)
        report = folder / "verify.json"
        return run, json.loads(report.read_text()) if report.exists() else None

    return run


@pytest.fixture(name="same_folder", scope="module")
def _same_folder(tmp_path_factory):
    """Where a second run waits until packet filters have forgotten the first one's packets."""
    return tmp_path_factory.mktemp("proof")


def found(report, *verdicts):
    """(flow, from, to) of all probes with one of these verdicts."""
    return {
        (flow, probe["from"], probe["to"])
        for probe in report["probes"] if probe["verdict"] in verdicts for flow in probe["flows"]
    }


def reasons(report, verdict):
    return {probe["why"] for probe in report["probes"] if probe["verdict"] == verdict}


def test_all_that_the_matrix_opens_passes_and_nothing_around_it(verify, same_folder):
    run, report = verify(folder=same_folder)
    assert run.status == 0, run.output
    counts = report["counts"]
    assert counts["passed"] > 500 and counts["dropped"] > 300
    assert (counts["blocked"], counts["refused"], counts["leaked"], counts["not_judged"]) == (0, 0, 0, 0)
    # Only ports that other programs use, such as port 111 of rpcbind, cannot be sent from.
    assert all("is in use here by" in why for why in reasons(report, "untested"))
    joined = {frozenset((probe["from"], probe["to"])) for probe in report["probes"]}
    assert len(joined) == 8  # each client with three servers, and the master with two
    assert "| nimsh-request " in run.output


def test_nothing_is_left_on_the_hosts(host):
    for name in HOSTS:
        assert host(name).run("ls /tmp").count("fleet.ports-probe") == 0
        assert "python" not in host(name).run("ss -Hlntup")


def test_a_broken_rule_is_named_with_its_hosts_and_what_to_run(verify, host, same_folder):
    policy = "firewall-cmd --policy=fleet-ports-in"
    [rule] = [
        line.strip() for line in host("client01").run(f"{policy} --list-rich-rules").splitlines()
        if 'family="ipv4"' in line and 'port="3901"' in line
    ]
    stderr = "fleet_ports_input | grep nimsh-stderr | grep 'ip saddr'"
    handle = host("master01").run(f"nft -a list chain inet filter {stderr}").split()[-1]
    host("client01").run(f"{policy} --remove-rich-rule='{rule}'")
    host("master01").run(f"nft delete rule inet filter fleet_ports_input handle {handle}")
    try:
        run, report = verify(folder=same_folder)
    finally:
        host("client01").run(f"{policy} --add-rich-rule='{rule}'")
        host("master01").run("nft -f /etc/nftables.conf")
    assert run.status == 2
    assert found(report, "blocked") == {
        ("nimsh-request", "master01", "client01"),
        ("nimsh-stderr", "client01", "master01"),
        ("nimsh-stderr", "client02", "master01"),
    }
    sentence = run.complaints()["master01"]
    assert "nimsh-request from master01 to client01 (tcp, 513-1023 to 3901)" in sentence
    assert "nimsh-stderr from client01, client02 to master01 (tcp, 3902 to 513-1023)" in sentence
    command, _limit, limited = sentence.rpartition(" --limit ")
    assert command.endswith("fleet.ports.site --check --diff")
    assert set(limited.split(",")) == {"gateway01", "master01", "client01", "client02"}
    assert report["blocked_flows"] == ["nimsh-stderr", "nimsh-request"]


def test_a_hole_is_shown_and_fails_nothing(verify, host):
    # Both have to have it: what the gateway drops never comes to the master.
    for name, chain in (("gateway01", "fleet_ports_forward"), ("master01", "fleet_ports_input")):
        host(name).run(f"nft insert rule inet filter {chain} tcp dport 1060 accept")
    try:
        run, report = verify(hosts="client01,client02", fleet_ports_verify_phases="register")
    finally:
        for name in "gateway01", "master01":
            host(name).run("nft -f /etc/nftables.conf")
    assert run.status == 0, run.output
    leaks = {(probe["to"], probe["destination_port"]) for probe in report["probes"] if probe["verdict"] == "leaked"}
    assert leaks == {("master01", 1060)}
    assert "Leaked: outside of every flow, but not dropped" in run.output


def test_a_host_that_drops_nothing_is_not_judged(verify, host):
    host("client02").run("nft add chain inet filter input '{ policy accept; }'")
    try:
        run, report = verify(hosts="gateway01", fleet_ports_verify_phases="boot")
    finally:
        host("client02").run("nft add chain inet filter input '{ policy drop; }'")
    assert run.status == 0, run.output
    assert reasons(report, "not_judged") == {"client02 drops nothing by default"}
    assert report["counts"]["leaked"] == 0


def test_an_unreachable_host_is_untested_and_the_others_are_tested(verify, tmp_path):
    elsewhere = tmp_path / "inventory.yml"
    elsewhere.write_text("all: {hosts: {client02: {ansible_port: 1}}}\n")
    run, report = verify("-i", str(INVENTORY), "-i", str(elsewhere), fleet_ports_verify_phases="operate")
    assert run.status == 0, run.output
    assert {"master01", "client01"} <= {probe["to"] for probe in report["probes"] if probe["verdict"] == "passed"}
    assert {
        probe["verdict"] for probe in report["probes"] if "client02" in (probe["from"], probe["to"])
    } == {"untested"}
    [why] = reasons(report, "untested")
    assert why.startswith("client02: ")


def test_check_mode_says_what_it_would_send(verify):
    run, report = verify("--check")
    assert run.status == 0, run.output
    assert "of allowed traffic" in run.output
    assert report is None
    assert [task["action"] for task in run.tasks].count("fleet.ports.verify_step") == 1, "scheduled, and no more"


def test_a_limit_without_a_pair_says_what_to_do(verify):
    run, report = verify("--limit", "client01", hosts="client01")
    assert run.status == 0, run.output
    assert report is None
    assert "Nothing to verify: no packet is sent." in run.output
    assert "use -e fleet_ports_verify_hosts=HOST,… instead." in run.output


def test_a_host_that_is_not_there(verify):
    run, report = verify(hosts="ghost")
    assert list(run.complaints().values()) == [
        "hosts: 'ghost' matches no host of the inventory. Name a host, a group or a pattern."
    ]
    assert report is None


def test_a_host_that_exchanges_no_flow(verify):
    run, report = verify(hosts="bmc01")
    assert run.status == 0, run.output
    assert "Nothing to verify" in run.output
    assert report is None
