# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports on a fleet and on its hosts: their names and their content."""

from __future__ import annotations

import csv
import io
import json

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of, rows_of_fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._report import fleet_reports
from ansible_collections.fleet.ports.plugins.plugin_utils._report.csv_rows import csv_of

GROUPS = {"nim_masters": ["m"], "nim_clients": ["c1", "c2"], "bmc_hosts": ["c2"]}
HOSTS = {
    "m": {"ansible_host": "192.0.2.1"},
    "c1": {"ansible_host": "198.51.100.1"},
    "c2": {"ansible_host": "198.51.100.2"},
}


def of_fleet(plans):
    return conflict_checks.of_fleet({host: plan["conflicts"] for host, plan in plans.items()}, [])


@pytest.fixture
def plans(fleet):
    return fleet(GROUPS, HOSTS).plans(HOSTS)


def lines(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_document_is_json_with_a_version(plans):
    document = json.loads(fleet_reports.plans_document(plans))
    assert document == {"version": 1, "plans": plans}


def test_rows_of_a_host_have_its_addresses_at_its_own_end(plans):
    request = next(line for line in lines(csv_of(rows_of(plans["c1"]))) if line["id"] == "bootp-request")
    assert request["direction"] == "out"
    assert (request["source_addresses"], request["source_ports"]) == ("198.51.100.1/32", "68")
    assert (request["destination_addresses"], request["destination_ports"]) == ("192.0.2.1/32", "67")
    assert (request["initiates"], request["documented"], request["reason"]) == ("yes", "yes", "")


def test_a_broadcast_has_its_own_addresses_at_both_ends(plans):
    broadcast = next(line for line in lines(csv_of(rows_of(plans["c1"]))) if line["id"] == "bootp-broadcast-request")
    assert broadcast["source_addresses"] == "0.0.0.0/32"
    assert broadcast["destination_addresses"] == "255.255.255.255/32"


def test_the_fleet_has_each_row_once(plans):
    rows = [line for line in lines(csv_of(rows_of_fleet(plans.values()))) if line["id"] == "nim-request"]
    assert [(line["source_addresses"], line["source_ports"]) for line in rows] == [
        ("198.51.100.1/32", "513-1023"),
        ("198.51.100.2/32", "513-622 624-663 665-1023"),
    ]


def test_the_fleet_s_rows_go_phase_by_phase(plans):
    phases = list(dict.fromkeys(row.kind.phase for row in rows_of_fleet(plans.values())))
    assert phases == ["register", "boot", "transfer", "mount", "operate", "shell"]


def test_the_report_on_a_host_is_readable(plans):
    report = dict(fleet_reports.reports(plans, of_fleet(plans), 3))["hosts/c2.md"]
    assert report.startswith("# c2\n\nDomain default. Roles: nim_client, bmc_host. Addresses: 198.51.100.2/32.\n")
    assert "- rmcp 623/udp (Aux Bus Shunt (Primary RMCP Port))" in report
    assert "- 664/tcp" in report
    assert "Pinned daemons" not in report
    assert "| out | boot | bootp | udp | nim_client A1 | 68 | nim_master A2 | 67 | yes | 002, BOOTP |" in report
    assert "| A1 | 198.51.100.2/32 |" in report
    assert "- c2: Ports 513 (rlogin) and 514 (rsh) lie in" in report


def test_the_report_on_the_fleet_lists_hosts_flows_and_conflicts(plans):
    report = dict(fleet_reports.reports(plans, of_fleet(plans), 3))["fleet.md"]
    assert "| m | default | nim_master | none | mountd 20048, lockd 4045, statd 4046 |" in report
    assert "- m, c1, c2: Ports 513 (rlogin) and 514 (rsh) lie in" in report


def test_the_report_on_the_fleet_says_what_it_is_about(plans):
    def said(*hosts):
        part = {host: plans[host] for host in hosts}
        return dict(fleet_reports.reports(part, of_fleet(part), 3))["fleet.md"].splitlines()[2]

    earlier = "Files in `hosts` about other hosts are from an earlier run."
    assert said("m", "c1", "c2") == f"The whole inventory: 3 of 3 hosts with a role. {earlier}"
    assert said("c1") == f"Part of the inventory: 1 of 3 hosts with a role. {earlier}"


def test_a_long_list_of_addresses_is_cut_in_markdown_only(fleet):
    clients = {f"c{number}": {"ansible_host": f"198.51.100.{number * 2}"} for number in range(100)}
    plans = fleet({"nim_masters": ["m"], "nim_clients": list(clients)}, {**clients, "m": HOSTS["m"]}).plans(["m"])
    reports = dict(fleet_reports.reports(plans, of_fleet(plans), 3))
    assert "and 80 more" in reports["fleet.md"]
    assert "198.51.100.198/32" not in reports["fleet.md"]
    assert "198.51.100.198/32" in reports["fleet.csv"]


@pytest.mark.parametrize(
    "host, name", [("../../etc", "hosts/..%2F..%2Fetc.md"), ("2001:db8::1", "hosts/2001:db8::1.md")]
)
def test_a_host_s_name_leads_out_of_no_folder(fleet, host, name):
    plans = fleet({"bmc_hosts": [host]}, {host: {}}).plans([host])
    assert name in dict(fleet_reports.reports(plans, of_fleet(plans), 3))
