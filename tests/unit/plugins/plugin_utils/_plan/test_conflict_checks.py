# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conflicts: what is found, its severity, and its message."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import conflict_checks

NIM = {"nim_masters": ["m"], "nim_clients": ["c"]}
HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}}
# What every host of a fleet with nimsh and the whole rcmd() range has.
NIMSH = "Ports 513 (rlogin) and 514 (rsh) lie in the opened range 513-1023"


@pytest.fixture
def found(plan):
    """(severity, what) of the conflicts of one host; keywords are its variables."""

    def find(host="m", groups=None, **variables):
        hosts = {**HOSTS, host: {**HOSTS[host], **variables}}
        conflicts = plan(host, groups or NIM, hosts)["conflicts"]
        return [(conflict["severity"], conflict["what"]) for conflict in conflicts if conflict["what"] != NIMSH]

    return find


def test_a_fleet_in_order_has_none(found):
    assert found() == []
    assert found("c") == []


@pytest.mark.parametrize(
    "variables, severity, what",
    [
        ({"nfs_ports_mountd": 4045}, "error", "mountd and lockd are both pinned to 4045"),
        ({"nfs_ports_mountd": 2049}, "error", "mountd is pinned to 2049, which nfs needs on this host"),
        ({"nfs_ports_lockd": 1058}, "error", "lockd is pinned to 1058, which nim needs on this host"),
        ({"nfs_ports_lockd": 3901}, "advice", "lockd is pinned to 3901, the port of nimsh"),
        ({"nfs_ports_statd": 800}, "advice", "statd is pinned to 800, which lies in the rcmd() range 513-1023"),
        ({"nfs_ports_mountd": None}, "advice", "mountd of this NFS server is not pinned"),
        ({"nfs_ports_lockd": "null", "nfs_ports_statd": "null"}, "advice",
         "lockd and statd of this NFS server are not pinned"),
        ({"nim_comunication": "rsh"}, "advice", "Unknown variable nim_comunication is ignored"),
        ({"nim_firewall_window_clients": "c"}, "advice",
         "nim_firewall_window_clients names clients, but nim_firewall_window is not set"),
    ],
)
def test_of_a_master(found, variables, severity, what):
    assert found("m", **variables) == [(severity, what)]


@pytest.mark.parametrize(
    "variables, severity, what",
    [
        ({"nfs_ports_mountd": 664}, "error", "mountd is pinned to 664, which this host holds for its BMC"),
        ({"port_blocker_ports": [623, 2049]}, "error", "2049/tcp is held, but nfs needs it on this host"),
        ({"port_blocker_ports": "69"}, "error", "69/udp is held, but tftp needs it on this host"),
    ],
)
def test_of_a_master_with_a_bmc(found, variables, severity, what):
    assert (severity, what) in found("m", {**NIM, "bmc_hosts": ["m"]}, **variables)


def test_an_unpinned_statd_is_no_surprise_on_aix(found):
    assert found("m", fleet_ports_system="aix") == []


def test_held_ports_inside_an_opened_range_are_told_of_the_documented_profile_only(found):
    groups = {**NIM, "bmc_hosts": ["c"]}
    assert found("c", groups) == []
    told = found("c", groups, fleet_ports_profile="documented")
    assert [what.split(" is held")[0] for _severity, what in told] == ["623/tcp", "664/tcp"]


def test_a_range_of_held_ports_only_is_told_as_well(found):
    told = found("c", {**NIM, "bmc_hosts": ["c"]}, nim_reserved_ports="1000-1001", port_blocker_ports="1000,1001")
    assert [what.split(" is held")[0] for _severity, what in told] == ["1000/tcp", "1001/tcp"]


HELD = "is held, but lies in an opened range"


@pytest.fixture(name="held")
def fixture_held(plan):
    """The messages about held ports of a client with a BMC; keywords are its variables."""

    def find(**variables):
        conflicts = plan("c", {**NIM, "bmc_hosts": ["c"]}, {**HOSTS, "c": {**HOSTS["c"], **variables}})["conflicts"]
        return [conflict_checks.sentence("c", conflict) for conflict in conflicts if HELD in conflict["what"]]

    return find


@pytest.mark.parametrize(
    "variables, remedy",
    [
        ({"fleet_ports_profile": "documented"}, "Set fleet_ports_profile to working, which excludes held ports"),
        ({"nim_reserved_ports": "623-624", "port_blocker_ports": "623,624"}, "Set a wider range"),
    ],
)
def test_a_hold_inside_an_opened_range_has_a_remedy(held, variables, remedy):
    message = held(**variables)[0]
    assert message.startswith(f"c: 623/tcp {HELD} (")
    assert message.endswith(f"). The firewall accepts packets to a port of the BMC. {remedy}.")


def test_a_hold_inside_an_opened_range_names_a_flow_with_that_port_at_the_host_s_own_end(held, plan):
    variables = {"fleet_ports_profile": "documented"}
    flows = plan("c", {**NIM, "bmc_hosts": ["c"]}, {**HOSTS, "c": {**HOSTS["c"], **variables}})["flows"]
    reached = {
        flow["id"] for flow in flows
        if "513-1023" in flow["destination" if flow["direction"] == "in" else "source"]["ports"]
    }
    assert held(**variables)[0].partition("(")[2].partition(")")[0] in reached


@pytest.mark.parametrize(
    "variables, ports",
    [
        # The ranges that a client of the documented profile opens below 1024 are those of rcmd(), which is TCP.
        ({"port_blocker_protocols": "udp"}, []),
        ({"port_blocker_protocols": "tcp"}, ["623/tcp", "664/tcp"]),
        ({"port_blocker_ports": "512,513,1023,1024"}, ["513/tcp", "1023/tcp"]),
        ({"port_blocker_ports": "32767,32768,65535", "port_blocker_protocols": "udp"}, ["32768/udp", "65535/udp"]),
        # A port of its own is no range; that it is held is an error of another kind.
        ({"port_blocker_ports": "3901"}, []),
    ],
)
def test_a_hold_lies_inside_a_range_of_its_own_protocol(held, variables, ports):
    found = held(fleet_ports_profile="documented", **variables)
    assert [message.split()[1] for message in found] == ports


def test_a_master_should_be_no_gateway(found):
    assert found("m", {**NIM, "nim_gateways": ["m"]}) == [
        ("advice", "The host has the roles nim_gateway and nim_master"),
        ("advice", "This gateway has only one IPv4 address"),
        ("advice", "The role nim_gateway has no peers: domain 'default' has no other nfs_client or nfs_server or "
                   "nim_master or nim_resource_server"),
    ]


@pytest.mark.parametrize(
    "groups, what",
    [
        ({"nim_masters": ["m"]},
         "The role nim_master has no peers: domain 'default' has no other nim_client or nim_resource_server"),
        ({"nim_clients": ["m"]},
         "The role nim_client has no peers: domain 'default' has no other nim_master or nim_resource_server"),
        ({"pinned_nfs_clients": ["m"]},
         "The role nfs_client has no peers: domain 'default' has no other nfs_server"),
    ],
)
def test_a_role_that_no_peer_answers(found, groups, what):
    assert found("m", groups) == [("advice", what)]


def test_no_addresses_given_for_a_role_are_no_peers(plan):
    found = plan("m", NIM, HOSTS, peers={"nim_client": []})
    assert found["flows"] == []
    assert found["conflicts"][0]["what"].startswith("The role nim_master has no peers")


def test_a_client_of_a_resource_server_alone_is_answered(found):
    assert found("c", {"nim_clients": ["c"], "nim_resource_servers": ["m"]}) == []


@pytest.mark.parametrize("variables", [{"nim_concurrent_operations": 1}, {"nim_communication": "rsh"}])
def test_nimsh_that_reaches_shell_is_told_only_where_it_does(plan, variables):
    def nimsh(**more):
        conflicts = plan("c", NIM, {**HOSTS, "c": {**HOSTS["c"], **more}})["conflicts"]
        return [conflict["what"] for conflict in conflicts]

    assert nimsh() == [NIMSH]
    assert nimsh(**variables) == []


def test_one_port_that_nimsh_reaches_is_named_alone(plan):
    (conflict,) = plan("c", NIM, {**HOSTS, "c": {**HOSTS["c"], "nim_reserved_ports": "514-1023"}})["conflicts"]
    assert conflict["what"] == "Port 514 (rsh) lies in the opened range 514-1023"


def test_more_operations_than_the_range_has_room_for_are_not_advised_again(plan):
    client = {**HOSTS["c"], "nim_concurrent_operations": 999}
    (conflict,) = plan("c", NIM, {**HOSTS, "c": client})["conflicts"]
    assert conflict_checks.sentence("c", conflict) == (
        "c: Ports 513 (rlogin) and 514 (rsh) lie in the opened range 513-1023. nimsh replaces these services. "
        "Keep their daemons disabled."
    )


@pytest.mark.parametrize(
    "variables, told",
    [
        ({"ansible_host": "192.0.2.254"}, True),
        ({"fleet_ports_addresses": "192.0.2.254, 2001:db8::1, 2001:db8:1::1"}, True),
        ({"fleet_ports_addresses": "192.0.2.254, 198.51.100.254"}, False),
        ({"fleet_ports_addresses": "192.0.2.254/31"}, False),
        ({"ansible_host": "192.0.2.254", "fleet_ports_profile": "documented"}, False),
    ],
)
def test_a_gateway_that_relays_has_an_address_on_each_side(plan, variables, told):
    conflicts = plan("g", {**NIM, "nim_gateways": ["g"]}, {**HOSTS, "g": variables})["conflicts"]
    sentences = [conflict_checks.sentence("g", conflict) for conflict in conflicts]
    assert sentences == [
        "g: This gateway has only one IPv4 address. Its relay agent also sends from its address in the clients' "
        "network. Set fleet_ports_addresses to all of its addresses."
    ][:told]


def test_clients_may_be_named_for_a_window_that_is_one(found):
    assert found("m", nim_firewall_window="4h", nim_firewall_window_clients="c") == []


def test_errors_come_first(plan):
    conflicts = plan("m", NIM, {**HOSTS, "m": {**HOSTS["m"], "nfs_ports_mountd": 4045}})["conflicts"]
    assert [conflict["severity"] for conflict in conflicts] == ["error", "advice"]


ERROR = {"severity": "error", "what": "a", "why": "b", "change": "c"}
ADVICE = {"severity": "advice", "what": "d", "why": "e", "change": "f"}


def test_refusing_names_each_error_in_a_sentence_and_lets_advice_pass():
    conflict_checks.refuse_errors({"h1": [ADVICE]})
    with pytest.raises(MatrixError) as error:
        conflict_checks.refuse_errors({"h1": [ERROR, ADVICE], "h2": [ERROR]})
    assert str(error.value) == "h1: a. b. c. h2: a. b. c."


def test_a_fleet_tells_each_conflict_once():
    assert conflict_checks.of_fleet({"h1": [ADVICE], "h2": [ADVICE, ERROR]}, []) == [
        {**ERROR, "hosts": ["h2"], "sentence": "h2: a. b. c."},
        {**ADVICE, "hosts": ["h1", "h2"], "sentence": "h1, h2: d. e. f."},
    ]


def test_a_sentence_names_a_few_hosts():
    told = conflict_checks.of_fleet({f"h{number}": [ADVICE] for number in range(7)}, [])
    assert told[0]["sentence"] == "h0, h1, h2, h3, h4 and 2 more: d. e. f."


def test_what_no_host_has_is_the_inventory_s():
    (conflict,) = conflict_checks.of_fleet({"h1": []}, [ADVICE])
    assert conflict == {**ADVICE, "hosts": [], "sentence": "The inventory: d. e. f."}


def test_a_group_whose_name_is_misspelt_is_told_to_its_hosts_only(found):
    groups = {**NIM, "bmc_host": ["c"]}
    assert found("c", groups) == [("advice", "Group bmc_host gives no role")]
    assert found("m", groups) == []


def test_a_group_that_is_part_of_ours_is_none_misspelt(found):
    assert found("c", {**NIM, "nim_client": ["c"]}) == []


def test_groups_do_not_matter_where_roles_are_given(plan):
    groups = {"bmc_host": ["c"]}
    assert [conflict["what"] for conflict in plan("c", groups, HOSTS)["conflicts"]] == [
        "Group bmc_host gives no role"
    ]
    assert plan("c", groups, HOSTS, roles="bmc_host")["conflicts"] == []
