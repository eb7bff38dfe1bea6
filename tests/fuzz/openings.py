# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Openings from hostile flows, peers and interfaces, and an independent parser of a firewall."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules

from .texts import addresses, mostly, ports, words

# A text that passes now and then must be seen to do no harm, so most parts are right.
_groups = st.sampled_from(
    ["nim_client", "a group", 'x"; accept', "b\n}", "<&>", "\0\x01", "nim_client_v4", "é\u2028", "\ud800", "g" * 200]
)
_ids = st.one_of(st.sampled_from(["bootp-request", "nfs", 'a"; accept; "', "b\n}", "#", "<!--", "\ud800"]), words)
_good_ports = st.lists(st.sampled_from(["67", "68", "513-1023", "1-65535", "2049"]), min_size=1, max_size=2)
good_addresses = st.lists(
    st.sampled_from(["192.0.2.0/24", "198.51.100.7", "2001:db8::/48", "::/0", "0.0.0.0/0"]), max_size=3
)


def _end(group: str, ports_of_end: list[str]) -> dict[str, object]:
    return {"role": group, "ports": ports_of_end}


_ends = st.builds(_end, _groups, mostly(_good_ports, st.lists(ports, max_size=2)))
_flows = st.fixed_dictionaries({
    "id": _ids, "direction": st.sampled_from(["in", "out", "forward"]), "protocol": st.sampled_from(["tcp", "udp"]),
    "source": _ends, "destination": _ends, "initiates": st.booleans(),
})  # fmt: skip
_good_interfaces = st.lists(st.sampled_from(["eth0", "en1", "br-lan", "eth0.7"]), max_size=2)

requests = st.fixed_dictionaries({
    "flows": st.lists(_flows, max_size=4),
    "peers": st.dictionaries(_groups, mostly(good_addresses, st.lists(addresses, max_size=3)), min_size=2),
    "interfaces": mostly(_good_interfaces, st.lists(words, max_size=2)),
})  # fmt: skip


def opening(request: Mapping[str, object]) -> flow_rules.Opening:
    """The opening, or None if the input is refused."""
    return flow_rules.opening(request["flows"], request["peers"], request["interfaces"])
