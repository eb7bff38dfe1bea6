# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller answers or refuses any input from inventories, tasks, surveys and managed nodes in one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups, read_roles
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import read_settings, read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request, query_plan
from ansible_collections.fleet.ports.plugins.plugin_utils._runs import audit, audit_report, changes, rehearsals
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import given_topology
from ansible_collections.fleet.ports.plugins.plugin_utils._verify import options, verdicts

from .attempts import attempt
from .fleets import arguments, fleet_of, fleets, variables
from .texts import texts, values

PLAN = {
    "host": "x",
    "peers": {"nim_client": ["192.0.2.0/24"]},
    "flows": [{"id": "a", "ports": ["1"]}],
    "pins": {"lockd": None},
}
EXPRESSIONS = st.one_of(
    texts,
    st.sampled_from([
        "flows[0:1:0]", "sort_by(flows, &ports)", "avg(flows)", "max_by(flows, &id)", "[" * 3000, "!" * 3000,
        "to_number(host)", "join(host, flows)", "`\"`", "flows[?id==`1`]", "@.@", "peers.*[]", "sum(`[1e308, 1e308]`)",
    ]),
    st.lists(st.sampled_from([
        "flows", "[", "]", "*", "?", "&", "@", ".", "sort(", ")", "'", "`", "0", "|", "host",
    ]), max_size=8).map(
        "".join),
)  # fmt: skip


@given(variables)
def test_variables(given_variables: dict) -> None:
    attempt(read_settings, "Host x", given_variables)


@pytest.mark.parametrize("name", schema.VARIABLES)
@given(values)
def test_each_variable(name: str, value: object) -> None:
    attempt(read_value, "Host x", name, value, schema.VARIABLES[name].read)


@given(values)
def test_groups_and_roles(value: object) -> None:
    attempt(read_role_groups, "Host x", value)
    attempt(read_roles, "Host x", value)


@given(arguments)
def test_the_options_of_a_task(given_arguments: dict) -> None:
    peers = given_arguments.get("peers")
    if peers is not None and not isinstance(peers, dict):
        given_arguments["peers"] = {"nim_client": peers}
    attempt(Request, {"on_conflict": "report", **given_arguments})


@given(st.dictionaries(st.sampled_from([*options.ARGUMENT_SPEC]), values, max_size=4))
def test_the_options_of_a_verification(given_arguments: dict) -> None:
    attempt(options.read, {"hosts": "all", **given_arguments})


MACHINE = st.fixed_dictionaries({}, optional={
    "roles": st.one_of(st.just(["nim_client"]), values), "hostnames": st.one_of(st.just(["lpar7"]), values),
    "variables": st.one_of(st.just({"fleet_ports_addresses": ["192.0.2.7"]}), variables, values),
})  # fmt: skip


@given(fleets, st.one_of(values, st.dictionaries(texts, st.one_of(MACHINE, values), max_size=3)))
def test_a_topology_that_a_task_gives(hosts: list, topology: object) -> None:
    attempt(given_topology.read, "port_matrix: topology", topology)

    def plans() -> None:
        fleet, names = fleet_of(hosts, topology=topology)
        fleet.plans(names)

    attempt(plans)


@given(EXPRESSIONS)
def test_questions_to_a_plan(expression: str) -> None:
    attempt(query_plan, expression, PLAN)


# What a module of the collection returns on a host, and what a hostile host may return.
RESULT = st.fixed_dictionaries({}, optional={
    "owned": st.one_of(st.just([
        "services",
    ]), values), "changed": values, "failed": values, "msg": values, "pins": values,
    "observed": values, "conflicting_daemons": values, "left": values, "restarted": values, "unreachable": values, "timedout": values,
    "differences": st.one_of(
        values,
        st.lists(st.fixed_dictionaries({"where": values, "unwanted": values, "missing": values}), max_size=2)),
    "not_rehearsed": values,
    "blocked": st.one_of(values, st.lists(st.fixed_dictionaries(
        dict.fromkeys(("flow", "packet", "hook", "table", "chain", "rule", "owner", "at"), values)), max_size=2)),
})  # fmt: skip


@given(st.dictionaries(texts, st.tuples(RESULT, RESULT, st.booleans()), min_size=1, max_size=3))
def test_what_hosts_answer_to_an_audit(hosts: dict) -> None:
    fleet, runs, rehearsed = {}, {}, {}
    for name, (one, other, as_is) in hosts.items():
        answers = {"services": one, "flows": other, **({"holds": other} if as_is else {})}
        registered = {"fleet_ports_host": {"planned": ["services", "flows"], "concerns": answers, "changed": as_is}}
        found = attempt(audit.host_drift, registered)
        assert found is not None, "one host must not keep the report from all others"
        fleet[name] = found
        assert attempt(audit.host_drift, {"fleet_ports_host": one}) is not None
        runs[name] = attempt(changes.host_changes, {"fleet_ports_host": one})
        assert runs[name] is not None, "one host must not keep the summary from all others"
        rehearsed[name] = attempt(rehearsals.host_rehearsal, registered)
        assert rehearsed[name] is not None, "one host must not keep the summary from all others"
    assert all(line.isprintable() for line in attempt(changes.summary, runs, False))
    assert all(line.isprintable() for line in attempt(rehearsals.summary, rehearsed))
    json.loads(attempt(audit_report.json_document, fleet, rehearsed, len(fleet)))
    attempt(audit_report.markdown_document, fleet, rehearsed, len(fleet)).encode()
    assert all(line.isprintable() for line in attempt(audit_report.summary, fleet, len(fleet)))


PROBE = {
    "id": 1,
    "from": "a",
    "to": "b",
    "expect": "pass",
    "protocol": "udp",
    "flows": ["x"],
    "source_port": 1,
    "destination_port": 2,
}
FINDING = st.one_of(
    st.dictionaries(
        st.sampled_from(["obstacle", "obstacles", "served", "outcomes", "details", "heard", "displaced"]),
        st.one_of(values, st.dictionaries(st.sampled_from(["1", "2", "x"]), values, max_size=2)),
        max_size=4,
    ),
)


@given(st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from(["listen", "send", "collect"])), FINDING))
def test_what_hosts_find_of_probes(findings: dict) -> None:
    judged = attempt(
        verdicts.judge, [PROBE], lambda host, mode: json.loads(json.dumps(findings.get((host, mode), {})))
    )
    assert judged is not None, "one host must not keep the report from all others"
    assert judged[0]["verdict"] in verdicts.VERDICTS and isinstance(judged[0]["why"], str)
