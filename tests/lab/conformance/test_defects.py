# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The proof can fail: whatever is done to one rule by hand, packets show it, and show nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

import pytest

from .packets import Ports
from .samples import samples
from .site import Site
from .trials import entered, walked
from .way import Way

INTO_MASTER, THROUGH_GATEWAY = "inet filter fleet_ports_input", "inet filter fleet_ports_forward"
POLICY = "firewall-cmd --policy fleet-ports-in"


class Defect(NamedTuple):
    """What is done to a host's rules, and which packets it concerns; `walks` if the gateway has a say in it."""

    host: str
    command: str
    walks: bool
    concerns: Callable[[Ports], bool]


def _lost(chain: str, flow: str) -> str:
    """Delete the first rule of a flow."""
    handle = f"$(nft -a list chain {chain} | sed -n '/{flow}/s/.* handle //p' | head -n 1)"
    return f"nft delete rule {chain} handle {handle}"


DEFECTS = {
    "a rule that the master lost": Defect(
        "master01", _lost(INTO_MASTER, "nimreg-request"), False, lambda ports: ports.destination in (1058, 1059)
    ),
    "a rule of the master that forgot its source ports": Defect(
        "master01",
        f"nft insert rule {INTO_MASTER} ip saddr @fleet_ports_nim_client_v4 tcp dport 1058 accept",
        False,
        lambda ports: ports.destination == 1058,
    ),
    "a rule of the master whose range is one too long": Defect(
        "master01",
        f"nft insert rule {INTO_MASTER} ip saddr @fleet_ports_nim_client_v4 udp sport 1023 udp dport 69 accept",
        False,
        lambda ports: ports == ("udp", 1023, 69),
    ),
    "a rule that the gateway lost": Defect(
        "gateway01", _lost(THROUGH_GATEWAY, "nimsh-stderr"), True, lambda ports: ports.source == 3902
    ),
    "a gateway that lets everything through": Defect(
        "gateway01", f"nft insert rule {THROUGH_GATEWAY} accept", True, lambda ports: True
    ),
    "a rule that firewalld lost": Defect(
        "client01",
        f"""{POLICY} --remove-rich-rule "$({POLICY} --list-rich-rules | grep 'ipv4.*"3901"')" """,
        False,
        lambda ports: ports.destination == 3901,
    ),
    "a rule too many in firewalld": Defect(
        "client01", f"{POLICY} --add-port 1-500/udp", False, lambda ports: ports.destination in range(1, 501)
    ),
}
REPAIR = {
    "master01": "systemctl restart nftables",
    "gateway01": "systemctl restart nftables",
    "client01": "firewall-cmd -q --reload",
}
SITE = ("master_on_nftables", "working")


@pytest.mark.parametrize("site", [SITE], ids=":".join, indirect=True)
@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_found(site: Site, host, seed, defect: Defect) -> None:
    """And is gone with it."""
    ends = ("master01", "client01") if defect.host == "client01" else ("client01", "master01")
    way = Way(site, *ends, version=4)
    tried = samples(way.boxes, 500, random.Random(seed))
    trial = walked if defect.walks else entered
    host(defect.host).run(defect.command)
    try:
        mismatches = trial(way, tried)
    finally:
        host(defect.host).run(REPAIR[defect.host])
    assert mismatches
    assert all(defect.concerns(mismatch.packet.ports) for mismatch in mismatches), "\n".join(map(str, mismatches))
    assert trial(way, tried) == []
