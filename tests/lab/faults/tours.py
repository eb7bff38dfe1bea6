# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The walks: which operation, from which state of which host."""

from __future__ import annotations

from typing import Any, NamedTuple

Options = dict[str, Any]
Call = list[Any]
Walk = dict[str, Any]

# What the action plugin adds to a change, and what it asks the module for afterwards.
CHANGE = {"_awaits": "walk", "confirm_timeout": 3600}
CONFIRMATION = {"_confirms": "walk"}

VISIBLE = ["fork_exec", "mkdir", "rename", "rmdir", "sendall", "symlink", "unlink"]


class Tour(NamedTuple):
    """A module's way on a host: from nothing to ``first``, from there to ``second``, and back to nothing.

    ``live`` names what has to be right besides the files; see :mod:`live`. ``ready`` is the shell command that makes
    the host ready for each operation. ``troubled`` are the walks in which steps fail and programs hang, too; ``holder``
    are those in which it is the holder that is killed. With ``goes_on``, what was done when a step failed may stay.
    """

    host: str
    module: str
    first: Options
    second: Options
    live: tuple[str, ...] = ()
    ready: str = ""
    troubled: tuple[str, ...] = ("begin", "change")
    holder: tuple[str, ...] = ()
    goes_on: bool = False

    def walks(self) -> dict[str, Walk]:
        """The three walks, by name."""
        first, second = [self.module, self.first], [self.module, self.second]
        back = [self.module, {"state": "absent"}]
        return {
            "begin": self._walk([], first, back),
            "change": self._walk([first], second, back),
            "give back": self._walk([first, second], back, back),
        }

    def _walk(self, before: list[Call], operation: Call, back: Call) -> Walk:
        common = {"then": [], "job": [], "live": self.live, "ready": self.ready, "only": [], "goes_on": self.goes_on}
        return {"before": before, "operation": operation, "back": back, **common}


class GuardedTour(Tour):
    """A tour of changes that somebody has to confirm, or the host undoes them.

    It takes many times the steps, most of which write files beside their places, as in any other tour: it is killed at
    those that change what others see.
    """

    def walks(self) -> dict[str, Walk]:
        """Two changes, and what the host does if the second one is not confirmed."""
        module = self.module
        first, second = [module, {**self.first, **CHANGE}], [module, {**self.second, **CHANGE}]
        confirm, back, job = [module, CONFIRMATION], [module, {"state": "absent"}], ["_flows.jobs.roll_back", None]
        common = {"back": back, "live": self.live, "ready": self.ready, "only": VISIBLE, "goes_on": self.goes_on}
        return {
            "begin": {"before": [], "operation": first, "then": [confirm], "job": [job], **common},
            "change": {"before": [first, confirm], "operation": second, "then": [confirm], "job": [job], **common},
            "undo": {"before": [first, confirm, second], "operation": job, "then": [], "job": [], **common},
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


ON_NFTABLES = ("master01", "firewall_flows", _flows(1058), _flows(1058, 1059), ("ruleset",))
ON_FIREWALLD = ("client01", "firewall_flows", _flows(3901), _flows(3901, 3902), ("ruleset",))
ON_AIX = ("aixmaster01", "firewall_flows", _flows(1058), _flows(1058, 1059), ("in_force", "defined"))

# As chance has it, rpc.statd has one of the ports, and is stopped for a moment: more often here than systemd would allow.
LET_STATD_TAKE_664 = """
often=/run/systemd/system/rpc-statd.service.d/often.conf
if [ ! -e $often ]; then
    mkdir -p "${often%/*}"
    printf '[Unit]\\nStartLimitIntervalSec=0\\n' >$often
    systemctl daemon-reload
fi
systemctl restart rpc-statd.service
"""

TOURS = {
    "services_entries": Tour("bmc01", "services_entries", _entries(9623), _entries(9623, 9664)),
    "port_holds": Tour(
        "bmc01", "port_holds", _holds(623), _holds(623, 664), ("held", "holder", "daemons"), LET_STATD_TAKE_664,
        holder=("change",),
    ),  # fmt: skip
    "rpc_ports": Tour(
        "bmc01", "rpc_ports", {"statd": 4046}, {"statd": 4047, "lockd": 4045}, ("daemons", "pins"), LET_STATD_TAKE_664,
        goes_on=True,
    ),  # fmt: skip
    "firewall_flows on nftables": Tour(*ON_NFTABLES),
    "firewall_flows on nftables with a roll-back": GuardedTour(*ON_NFTABLES, troubled=("change",)),
    "firewall_flows on firewalld": Tour(*ON_FIREWALLD),
    "firewall_flows on AIX": Tour(*ON_AIX),
    "services_entries on AIX": Tour("aixmaster01", "services_entries", _entries(9623), _entries(9623, 9664)),
    "rpc_ports on AIX": Tour(
        "aixmaster01", "rpc_ports", {"mountd": 20048}, {"mountd": 20049, "lockd": 4045}, ("subsystems",), goes_on=True
    ),
    "firewall_flows on firewalld with a roll-back": GuardedTour(*ON_FIREWALLD, troubled=()),
}
