# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock-out guard: which tables permit what is indispensable, field by field of a rule."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lockout
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.lsfilt import Rule
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

SSH = "192.0.2.254 40000 192.0.2.10 22"
SSH6 = "2001:db8::fe 40000 2001:db8::10 22"

ANY = Rule(
    action="permit", source="0.0.0.0", source_mask="0.0.0.0", destination="0.0.0.0", destination_mask="0.0.0.0",
    source_routing="no", protocol="all", source_operator="any", source_port="0", destination_operator="any",
    destination_port="0", routing="both", direction="both", log="no", fragments="all packets", tunnel="0", interface="all",
    expiration="0", pattern_type="", pattern="", description="",
)  # fmt: skip
ANY6 = ANY._replace(source="::", source_mask="0", destination="::", destination_mask="0")
LOOPBACK = ANY._replace(interface="lo0")
IN = ANY._replace(protocol="tcp", direction="inbound", destination_operator="eq", destination_port="22")
OUT = ANY._replace(protocol="tcp", direction="outbound", source_operator="eq", source_port="22")
ICMP6 = ANY6._replace(protocol="icmpv6")


def refusal(*rules, family=4, connection=SSH):
    """Return what the guard says is denied, None if nothing indispensable is."""
    try:
        lockout.check(family, list(rules), connection)
    except HostError as error:
        return str(error).partition("would deny ")[2].partition(" once it denies")[0] or str(error)
    return None


CONNECTION = f"the connection by which this host is managed ({SSH})"


def test_a_table_that_permits_loopback_and_the_connection_is_accepted():
    assert refusal(LOOPBACK, IN, OUT) is None
    assert refusal(ANY) is None


def test_each_part_is_named_in_turn():
    assert refusal() == "lo0 (127.0.0.1)"
    assert refusal(LOOPBACK) == CONNECTION
    assert refusal(LOOPBACK, IN) == CONNECTION
    assert refusal(LOOPBACK, OUT) == CONNECTION


def test_the_first_rule_that_matches_decides():
    deny = IN._replace(action="deny")
    assert refusal(LOOPBACK, deny, IN, OUT) == CONNECTION
    assert refusal(LOOPBACK, IN, OUT, deny) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "192.0.2.0", "source_mask": "255.255.255.0"},
        {"destination": "192.0.2.10", "destination_mask": "255.255.255.255"},
        {"source_operator": "gt", "source_port": "1023"},
        {"destination_operator": "lt", "destination_port": "23"},
        {"protocol": "all"},
        {"protocol": "tcp/ack"},
        {"routing": "local"},
        {"direction": "both"},
        {"fragments": "unfragmented packets only"},
    ],
    ids=str,
)
def test_a_permit_that_matches_the_connection_is_enough(changes):
    assert refusal(LOOPBACK, IN._replace(**changes), OUT) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "192.0.3.0", "source_mask": "255.255.255.0"},
        {"destination": "192.0.2.11", "destination_mask": "255.255.255.255"},
        {"source_operator": "lt", "source_port": "1024"},
        {"destination_port": "23"},
        {"protocol": "udp"},
        {"routing": "route"},
        {"direction": "outbound"},
        {"fragments": "fragments and fragment headers only"},
        {"interface": "en0"},
        {"expiration": "600"},
        {"pattern_type": "Pattern", "pattern": "x"},
    ],
    ids=str,
)
def test_a_permit_that_does_not_match_for_certain_is_not_enough(changes):
    assert refusal(LOOPBACK, IN._replace(**changes), OUT) == CONNECTION


@pytest.mark.parametrize(
    "changes", [{}, {"interface": "en0"}, {"expiration": "600"}, {"pattern_type": "Pattern", "pattern": "x"}], ids=str
)
def test_a_deny_that_may_match_counts(changes):
    assert refusal(LOOPBACK, IN._replace(action="deny", **changes), IN, OUT) == CONNECTION


def test_a_deny_on_another_interface_does_not_concern_loopback():
    assert refusal(ANY._replace(action="deny", interface="en0", protocol="udp"), LOOPBACK, IN, OUT) is None
    assert refusal(ANY._replace(action="deny", interface="lo0", protocol="udp"), LOOPBACK, IN, OUT) == "lo0 (127.0.0.1)"


@pytest.mark.parametrize("way", ["inbound", "outbound"])
@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_loopback_needs_both_directions_and_protocols(way, protocol):
    deny = LOOPBACK._replace(action="deny", direction=way, protocol=protocol)
    assert refusal(deny, LOOPBACK, IN, OUT) == "lo0 (127.0.0.1)"


@pytest.mark.parametrize("kind", [133, 134, 135, 136])
def test_ipv6_needs_each_message_of_neighbour_discovery(kind):
    rules = [ANY6._replace(interface="lo0"), ICMP6]
    assert refusal(*rules, family=6) is None, "the connection is of IPv4"
    deny = ICMP6._replace(action="deny", source_operator="eq", source_port=str(kind))
    assert refusal(rules[0], deny, ICMP6, family=6) == "neighbour discovery (icmpv6 133-136)"
    for other in (132, 137):
        assert refusal(rules[0], deny._replace(source_port=str(other)), ICMP6, family=6) is None


def test_messages_of_neighbour_discovery_have_the_code_0():
    rules = [ANY6._replace(interface="lo0"), ICMP6._replace(destination_operator="eq", destination_port="0")]
    assert refusal(*rules, family=6) is None


@pytest.mark.parametrize("way", ["inbound", "outbound"])
def test_neighbour_discovery_needs_both_directions(way):
    rules = [ANY6._replace(interface="lo0"), ICMP6._replace(direction=way)]
    assert refusal(*rules, family=6) == "neighbour discovery (icmpv6 133-136)"


def test_a_connection_over_ipv6_is_looked_for_in_its_own_filter():
    rules = [ANY6._replace(interface="lo0"), ICMP6]
    assert refusal(*rules, family=6, connection=SSH6) == f"the connection by which this host is managed ({SSH6})"
    assert refusal(LOOPBACK, connection=SSH6) is None
    narrow = ANY6._replace(protocol="tcp", source="2001:db8::", source_mask="32")
    back = ANY6._replace(protocol="tcp", destination="2001:db8::", destination_mask="32")
    assert refusal(*rules, narrow, back, family=6, connection=SSH6) is None


def test_a_scope_is_no_part_of_an_address():
    rules = [ANY6._replace(interface="lo0"), ICMP6, ANY6._replace(protocol="tcp")]
    assert refusal(*rules, family=6, connection="fe80::1%en0 40000 fe80::2%en0 22") is None


@pytest.mark.parametrize("connection", ["", "192.0.2.254 40000 192.0.2.10", "192.0.2.254 x 192.0.2.10 22"])
def test_an_unknown_connection_is_refused(connection):
    assert refusal(ANY, connection=connection) == (
        "SSH_CONNECTION is not set (sudo drops it unless env_keep names it), so the connection by which this host is managed"
        " is unknown, and the filter cannot be set to deny by default; nothing was changed."
    )
