# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flows of a host: which rows, from whom to whom, on which ports."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._plan.matrix import Matrix
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import plan_of

NIM = {"nim_masters": ["m"], "nim_clients": ["c1", "c2"]}
HOSTS = {
    "m": {"ansible_host": "192.0.2.1"},
    "c1": {"ansible_host": "198.51.100.1"},
    "c2": {"ansible_host": "198.51.100.2"},
    "r": {"ansible_host": "192.0.2.9"},
    "g": {"fleet_ports_addresses": ["192.0.2.254", "198.51.100.254"]},
}


def variables(**extra):
    return {host: {**known, **extra.get(host, {})} for host, known in HOSTS.items()}


def flows(plan, id_):
    return [flow for flow in plan["flows"] if flow["id"] == id_]


def flow(plan, id_):
    found = flows(plan, id_)
    assert len(found) == 1, [(one["source"], one["destination"]) for one in found]
    return found[0]


def ids(plan):
    return {flow["id"] for flow in plan["flows"]}


def between(plan, id_):
    """The roles of a flow, for relations that share their rows."""
    return {(one["source"]["role"], one["destination"]["role"]) for one in flows(plan, id_)}


def test_a_flow_has_the_shape_of_the_plan(pair):
    assert flow(pair("m"), "bootp-request") == {
        "id": "bootp-request",
        "service": "bootp",
        "phase": "boot",
        "direction": "in",
        "protocol": "udp",
        "source": {"role": "nim_client", "ports": ["68"]},
        "destination": {"role": "nim_master", "ports": ["67"]},
        "initiates": True,
        "documented": True,
        "reference": "002, BOOTP",
    }


def test_both_ends_see_the_same_flows_from_their_side(pair):
    def seen(plan):
        return [{key: value for key, value in flow.items() if key != "direction"} for flow in plan["flows"]]

    def directions(plan):
        return [flow["direction"] for flow in plan["flows"]]

    master, client = pair("m"), pair("c")
    assert seen(master) == seen(client)
    assert [{"in": "out", "out": "in"}[direction] for direction in directions(master)] == directions(client)


def test_undocumented_rows_say_why(pair):
    broadcast = flow(pair("m"), "bootp-broadcast-request")
    assert broadcast["documented"] is False
    assert "RFC 951" in broadcast["reason"]
    assert broadcast["source"] == {"role": "nim_client", "ports": ["68"], "peers": "unaddressed"}


def test_the_documented_profile_has_no_row_beyond_the_source(pair):
    plan = pair("m", profile="documented")
    assert plan["flows"]
    assert all(flow["documented"] for flow in plan["flows"])
    assert set(plan["peers"]) == {"nim_client"}


@pytest.mark.parametrize(
    "client, there, not_there",
    [
        ({}, {"nimsh-request", "niminit-stderr"}, {"rsh-request", "nimhttp-request", "portmapper-tcp"}),
        ({"nim_communication": "rsh"}, {"rsh-request", "rlogin-request", "rsh-stderr"}, {"nimsh-request"}),
        ({"nim_install": "pull"}, {"niminit-stderr", "nim-stderr"}, {"nimsh-request", "nimsh-stderr"}),
        ({"nim_install": "pull", "nim_communication": "rsh"}, {"nim-stderr"}, {"rsh-request", "rsh-stderr"}),
        ({"nim_http": "true"}, {"nimhttp-request", "mountd-tcp"}, set()),
        (
            {"nim_nfs_version": "4"},
            {"portmapper-tcp", "portmapper-udp", "nfs-tcp", "nfs-tcp-call"},
            {"mountd-tcp", "lockd-tcp", "statd-tcp", "nfs-udp-call", "portmapper-tcp-callback"},
        ),
    ],
)
@pytest.mark.parametrize("host", ["m", "c"])
def test_what_a_client_is_set_to_decides_its_rows(pair, host, client, there, not_there):
    found = ids(pair(host, c=client))
    assert there <= found
    assert not not_there & found


def test_nfs4_leaves_no_other_port_of_rpc(pair):
    plan = pair("m", c={"nim_nfs_version": 4})
    served = [
        one for one in plan["flows"] if (one["phase"], one["direction"], one["initiates"]) == ("mount", "in", True)
    ]
    assert {(one["protocol"], *one["destination"]["ports"]) for one in served} == {
        ("udp", "111"), ("tcp", "111"), ("tcp", "2049"),
    }


def test_five_ports_for_every_communication(pair):
    plan = pair("m", m={"nim_concurrent_operations": 2}, c={"nim_concurrent_operations": "1"})
    stderr = flow(plan, "nim-stderr")
    assert stderr["source"]["ports"] == ["1014-1023"]
    assert stderr["destination"]["ports"] == ["1019-1023"]


def test_the_reduced_range_ends_at_513_and_keeps_the_rows_of_rsh(pair):
    plan = pair("c", c={"nim_concurrent_operations": 500, "nim_communication": "rsh"})
    assert flow(plan, "nim-stderr")["destination"]["ports"] == ["513-1023"]
    plan = pair("c", c={"nim_concurrent_operations": 1, "nim_communication": "rsh"})
    assert flow(plan, "rsh-request")["destination"]["ports"] == ["514"]
    assert flow(plan, "rlogin-request")["destination"]["ports"] == ["513"]


def test_the_ports_of_nim_are_the_master_s(pair):
    plan = pair("c", m={"nim_master_port": "2058", "nim_registration_port": 2059})
    assert flow(plan, "nim-request")["destination"]["ports"] == ["2058"]
    assert flow(plan, "nimreg-request")["destination"]["ports"] == ["2059"]


def test_each_end_of_an_nfs_row_has_the_pin_of_its_own_host(pair):
    plan = pair("c", m={"nfs_ports_mountd": 20000, "nfs_ports_statd": None}, c={"nfs_ports_lockd": 4444})
    assert flow(plan, "mountd-tcp")["source"]["ports"] == ["32768-65535"]
    assert flow(plan, "mountd-tcp")["destination"]["ports"] == ["20000"]
    assert flow(plan, "lockd-tcp-back")["source"]["ports"] == ["4045"]
    assert flow(plan, "lockd-tcp-back")["destination"]["ports"] == ["4444"]
    assert flow(plan, "statd-tcp")["destination"]["ports"] == ["32768-65535"]


def test_a_client_s_pins_are_in_force_only_if_set_for_it(pair):
    assert pair("c")["pins"] == {"mountd": None, "lockd": None, "statd": None}
    assert pair("c", c={"nfs_ports_lockd": 4444})["pins"] == {"mountd": None, "lockd": 4444, "statd": None}
    assert pair("m")["pins"] == {"mountd": 20048, "lockd": 4045, "statd": 4046}


def test_statd_is_not_pinned_on_aix(pair):
    plan = pair("m", m={"fleet_ports_system": "AIX"})
    assert plan["pins"]["statd"] is None
    assert flow(plan, "statd-tcp")["destination"]["ports"] == ["32768-65535"]


@pytest.mark.parametrize("host, end", [("m", "destination"), ("c", "destination")])
def test_held_ports_are_left_out_of_their_holder_s_ranges(pair, host, end):
    plan = pair(host, bmc=True)
    assert flow(plan, "nim-stderr")[end]["ports"] == ["513-622", "624-663", "665-1023"]
    assert flow(plan, "nim-stderr")["source"]["ports"] == ["513-1023"]
    assert flow(plan, "mountd-tcp-call")["source"]["ports"] == ["512-622", "624-663", "665-1023", "32768-65535"]


def test_only_what_is_held_in_the_flow_s_protocol_is_left_out(pair):
    plan = pair("c", bmc=True, c={"port_blocker_protocols": "udp"})
    assert flow(plan, "nim-stderr")["destination"]["ports"] == ["513-1023"]
    assert flow(plan, "mountd-udp-call")["source"]["ports"][0] == "512-622"


def test_the_documented_profile_is_literal_about_held_ports(pair):
    assert flow(pair("c", bmc=True, profile="documented"), "nim-stderr")["destination"]["ports"] == ["513-1023"]


def test_peers_are_aggregated(plan):
    hosts = {f"c{number}": {"ansible_host": f"198.51.100.{number}"} for number in range(256)}
    found = plan("m", {"nim_masters": ["m"], "nim_clients": list(hosts)}, {**hosts, "m": HOSTS["m"]})
    assert found["peers"]["nim_client"] == ["198.51.100.0/24"]
    assert set(found["peers"]) == {"nim_client", "unaddressed", "broadcast"}


def test_a_row_for_some_clients_names_their_group(plan):
    found = plan("m", NIM, variables(c2={"nim_communication": "rsh"}))
    end = flow(found, "rsh-request")["destination"]
    assert end == {"role": "nim_client", "ports": ["514"], "peers": "nim_client/rsh"}
    assert flow(found, "nimsh-request")["destination"]["peers"] == "nim_client/nimsh"
    assert "peers" not in flow(found, "nim-request")["source"]
    assert found["peers"]["nim_client"] == ["198.51.100.1/32", "198.51.100.2/32"]
    assert found["peers"]["nim_client/rsh"] == ["198.51.100.2/32"]
    assert found["peers"]["nim_client/nimsh"] == ["198.51.100.1/32"]


def test_clients_on_different_ports_are_groups_of_their_own(plan):
    found = plan("m", {**NIM, "bmc_hosts": ["c2"]}, variables(c1={"nim_concurrent_operations": 1}))
    groups = {one["destination"]["peers"]: one["destination"]["ports"] for one in flows(found, "nim-stderr")}
    assert groups == {
        "nim_client/reserved-1019-1023": ["1019-1023"],
        "nim_client/reserved-513-1023": ["513-622", "624-663", "665-1023"],
    }


def test_rows_that_differ_in_the_same_way_share_a_group(plan):
    found = plan("m", {**NIM, "bmc_hosts": ["c2"]}, variables())
    groups = {one["source"].get("peers") for name in ("nim-request", "mountd-udp-call") for one in flows(found, name)}
    assert groups == {"nim_client/holding-none", "nim_client/holding-623,664"}
    assert found["peers"]["nim_client/holding-623,664"] == ["198.51.100.2/32"]


def test_masters_of_different_ports_are_groups_for_their_client(plan):
    found = plan(
        "c1",
        {"nim_masters": ["m", "r"], "nim_clients": ["c1"]},
        variables(r={"nim_master_port": 2058}),
    )
    groups = {one["destination"]["peers"]: one["destination"]["ports"] for one in flows(found, "nim-request")}
    assert groups == {"nim_master/nim-1058": ["1058"], "nim_master/nim-2058": ["2058"]}
    assert found["peers"]["nim_master/nim-2058"] == ["192.0.2.9/32"]


def test_hosts_talk_only_within_their_domain(plan):
    found = plan("m", NIM, variables(c2={"nim_domain": "other"}))
    assert found["peers"]["nim_client"] == ["198.51.100.1/32"]
    assert plan("c2", NIM, variables(c2={"nim_domain": "other"}))["flows"] == []


def test_networks_stand_for_all_clients_and_nobody_reads_these(plan):
    hosts = {"m": {**HOSTS["m"], "nim_client_networks": "198.51.100.0/24, 2001:db8:2::/64"}}
    found = plan("m", NIM, hosts)
    assert found["peers"]["nim_client"] == ["198.51.100.0/24", "2001:db8:2::/64"]
    assert flow(found, "lockd-tcp")["source"]["ports"] == ["32768-65535"]


def test_a_client_reads_no_other_client(plan):
    hosts = variables()
    del hosts["c2"]
    assert plan("c1", NIM, hosts)["peers"]["nim_master"] == ["192.0.2.1/32"]


def test_peers_can_be_given(plan):
    found = plan("m", {"nim_masters": ["m"]}, variables(), peers={"nim_client": ["203.0.113.0/24"]})
    assert found["peers"]["nim_client"] == ["203.0.113.0/24"]
    assert "bootp-request" in ids(found)


def test_options_stand_for_every_host(plan):
    found = plan("m", NIM, variables(c2={"nim_communication": "rsh"}), nim_communication="nimsh")
    assert "rsh-request" not in ids(found)
    assert "peers" not in flow(found, "nimsh-request")["destination"]


def test_masters_and_clients_mount_from_a_resource_server(plan):
    groups = {**NIM, "nim_resource_servers": ["r"]}
    both = {("nim_client", "nim_resource_server"), ("nim_master", "nim_resource_server")}
    assert between(plan("r", groups, variables()), "mountd-tcp-call") == both
    assert between(plan("c1", groups, variables()), "mountd-tcp-call") == {
        ("nim_client", "nim_master"), ("nim_client", "nim_resource_server"),
    }
    assert between(plan("m", groups, variables()), "mountd-tcp-call") == {
        ("nim_client", "nim_master"), ("nim_master", "nim_resource_server"),
    }
    assert {flow["phase"] for flow in plan("r", groups, variables())["flows"]} == {"mount"}


def test_a_master_that_serves_resources_has_its_rows_once(plan):
    groups = {**NIM, "nim_resource_servers": ["m"]}
    assert between(plan("m", groups, variables()), "mountd-tcp-call") == {("nim_client", "nim_master")}
    assert between(plan("c1", groups, variables()), "mountd-tcp-call") == {("nim_client", "nim_master")}


def test_nfs_outside_of_nim(plan):
    groups = {"pinned_nfs_servers": ["r"], "pinned_nfs_clients": ["c1"]}
    found = plan("r", groups, variables())
    assert between(found, "mountd-tcp-call") == {("nfs_client", "nfs_server")}
    assert {flow["phase"] for flow in found["flows"]} == {"mount"}


def test_a_gateway_passes_on_what_its_domain_says(plan):
    groups = {**NIM, "nim_gateways": ["g"]}
    found = plan("g", groups, variables())
    request = next(one for one in flows(found, "bootp-request"))
    assert request["direction"] == "forward"
    assert "peers" not in request["source"]
    assert "peers" not in request["destination"]
    assert found["peers"]["nim_master"] == ["192.0.2.1/32"]
    assert found["peers"]["nim_client"] == ["198.51.100.1/32", "198.51.100.2/32"]
    assert {flow["direction"] for flow in found["flows"] if flow["service"] != "bootp"} == {"forward"}


def test_a_broadcast_ends_at_the_gateway_and_is_relayed(plan):
    groups = {**NIM, "nim_gateways": ["g"]}
    found = plan("g", groups, variables())
    assert not flows(found, "bootp-broadcast-request")
    assert flow(found, "bootp-relay-broadcast-request")["direction"] == "in"
    assert flow(found, "bootp-relay-request")["direction"] == "out"
    assert flow(plan("m", groups, variables()), "bootp-relay-request")["direction"] == "in"
    assert plan("m", groups, variables())["peers"]["nim_gateway"] == ["192.0.2.254/32", "198.51.100.254/32"]
    assert "bootp-relay-request" not in ids(plan("m", groups, variables(), profile="documented"))


def test_a_gateway_that_is_a_master_forwards_nothing_of_its_own(plan):
    groups = {**NIM, "nim_gateways": ["m"]}
    found = plan("m", groups, variables())
    assert {flow["direction"] for flow in found["flows"]} == {"in", "out"}
    assert "192.0.2.1/32" not in found["peers"]["nim_client"]


def test_the_flows_of_equal_hosts_are_computed_once_and_equal_those_computed_alone(fleet):
    groups = {**NIM, "bmc_hosts": ["c2"], "nim_gateways": ["g"], "nim_resource_servers": ["r"]}
    hosts = variables(c1={"nim_communication": "rsh"})
    together = fleet(groups, hosts).plans(hosts)
    for host in hosts:
        assert together[host] == fleet(groups, hosts).plan(host)


def test_a_matrix_without_roles_is_empty(plan):
    found = plan("m", {}, {"m": {}})
    assert (found["flows"], found["holds"], found["services"], found["peers"]) == ([], [], [], {})


def test_matrix_is_a_function_of_the_host(fleet):
    """Two matrices over one topology agree: nothing is remembered that should not be."""
    built = fleet(NIM, variables())
    host = built._topology.host("m")
    assert plan_of(host, Matrix(built._topology, {})) == built.plan("m")
