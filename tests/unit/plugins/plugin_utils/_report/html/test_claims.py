# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Claims of a host, each with a reason and a reference, and what else limits what is opened."""

from __future__ import annotations

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._report.html.claims import Claim, claims_of, notes_on


def test_each_claim_of_a_plan_has_a_reason_and_a_reference(pair):
    claims = [*claims_of(pair("m")), *claims_of(pair("c", bmc=True))]
    assert {claim.verb for claim in claims} == {"named", "held", "pinned"}
    assert all(claim.reason and claim.reference.startswith(("000, ", "002, ")) for claim in claims)


def test_a_port_that_is_held_is_one_claim_in_both_protocols(pair):
    held = [claim for claim in claims_of(pair("c", bmc=True)) if claim.verb == "held"]
    assert [(claim.port, claim.protocol) for claim in held] == [(623, "udp, tcp"), (664, "udp, tcp")]


def test_a_daemon_that_is_not_pinned_is_no_claim(pair):
    claims = claims_of(pair("m", m={"nfs_ports_lockd": None}))
    assert {claim.what: claim.port for claim in claims if claim.verb == "pinned"} == {"mountd": 20048, "statd": 4046}


def test_a_name_that_no_source_has_says_what_it_is(pair):
    http = next(claim for claim in claims_of(pair("c", c={"nim_http": True})) if claim.what == "nimhttp")
    assert http == Claim("named", "nimhttp", 4901, "tcp", service_table.NIMHTTP.comment, "")


def test_interfaces_windows_and_retirement_are_told(pair):
    assert list(notes_on(pair("m"))) == []
    assert list(notes_on(pair("m", m={"nim_interfaces": ["en1", "en2"]}))) == [
        "Flows are opened only on these interfaces: en1, en2."
    ]
    window = {"nim_firewall_window": "4h", "nim_firewall_window_clients": "c"}
    assert list(notes_on(pair("m", m=window))) == [
        "The flows of an installation are opened for 14400 seconds at a time, for c."
    ]
    assert list(notes_on(pair("m", m={"nim_firewall_window": 60}))) == [
        "The flows of an installation are opened for 60 seconds at a time, for no clients."
    ]
    (retired,) = notes_on(pair("c", c={"nim_state": "retired"}))
    assert retired.startswith("Retired: it no longer trusts m")


def test_a_window_of_many_clients_names_some():
    clients = {f"c{number}": [] for number in range(8)}
    plan = {"interfaces": [], "window": {"seconds": 5, "clients": clients}, "retired": None}
    assert list(notes_on(plan))[0].endswith("for c0, c1, c2, c3, c4 and 3 more.")
