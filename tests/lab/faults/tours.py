# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The walks: which operation, from which state of which host."""

from __future__ import annotations

from typing import Any, NamedTuple

Options = dict[str, Any]


class Tour(NamedTuple):
    """A module's way on a host: from nothing to ``first``, from there to ``second``, and back to nothing.

    ``live`` names what has to be right besides the files; see :mod:`live`.
    """

    host: str
    module: str
    first: Options
    second: Options
    live: tuple[str, ...] = ()

    def walks(self) -> dict[str, dict[str, Any]]:
        """The three walks, by name."""
        begin, back = [self.module, self.first], [self.module, {"state": "absent"}]
        change = [self.module, self.second]
        common = {"back": back, "live": self.live}
        return {
            "begin": {"before": [], "operation": begin, **common},
            "change": {"before": [begin], "operation": change, **common},
            "give back": {"before": [begin, change], "operation": back, **common},
        }


def _entries(*ports: int) -> Options:
    return {"entries": [{"name": f"rmcp-{port}", "port": port, "protocol": "udp"} for port in ports]}


def _holds(*ports: int) -> Options:
    return {"holds": [{"port": port, "protocol": protocol} for port in ports for protocol in ("tcp", "udp")]}


def _flows(*ports: int, **options: Any) -> Options:
    """Flows that come in, and what they need; nobody is asked to confirm them."""
    ends = {"source": {"role": "nim_client", "ports": ["1-65535"]}}
    flows = [
        {"id": f"flow-{port}", "direction": "in", "protocol": "tcp", **ends,
         "destination": {"role": "nim_master", "ports": [str(port)]}}
        for port in ports
    ]  # fmt: skip
    return {"flows": flows, "peers": {"nim_client": ["198.51.100.0/24", "2001:db8:2::/64"]}, **options}


TOURS = {
    "services_entries": Tour("bmc01", "services_entries", _entries(9623), _entries(9623, 9664)),
    "port_holds": Tour("bmc01", "port_holds", _holds(623), _holds(623, 664), ("held", "holder", "daemons")),
    "rpc_ports": Tour("bmc01", "rpc_ports", {"statd": 4046}, {"statd": 4047, "lockd": 4045}, ("daemons", "pins")),
    "firewall_flows on nftables": Tour("master01", "firewall_flows", _flows(1058), _flows(1058, 1059), ("ruleset",)),
    "firewall_flows on firewalld": Tour("client01", "firewall_flows", _flows(3901), _flows(3901, 3902), ("ruleset",)),
}
