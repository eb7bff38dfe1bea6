# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables of programs that manage a packet filter themselves, loaded once the host's own rules are."""

from __future__ import annotations

import random

from ..requests import Request
from ..world import Program
from . import people

NFT = ("nft", "-f", "-")


def some_others(
    dice: random.Random, asked: Request, is_gateway: bool, has_filter: bool
) -> tuple[list[Program], list[tuple[str, str]], bool]:
    """Return programs, whom they drop by name, and whether they drop nothing else that may be asked for.

    Where the administrator has a table ``ip filter``, iptables-nft would take it over.
    """
    if dice.random() < 0.6:
        return [], [], True
    drawn = dice.choice((_fail2ban, _crowdsec, _libvirt, _docker, _kubernetes, _wireguard, _cloud_image, _legacy))
    program, whom, is_plain = drawn(dice, asked, is_gateway)
    fits = program.is_installed and not (has_filter and program.command[0] == "iptables-nft-restore")
    return ([program], whom, is_plain) if fits else ([], [], True)


def _fail2ban(dice: random.Random, asked: Request, _is_gateway: bool) -> tuple:
    one = people.somebody(dice, asked, 4) or "192.0.2.251"
    everything = dice.random() < 0.5
    match = "meta l4proto { tcp, udp }" if everything else "tcp dport 22"
    text = f"""table inet f2b-table {{
\tset addr-set-sshd {{ type ipv4_addr; elements = {{ {one} }}; }}
\tchain f2b-chain {{
\t\ttype filter hook input priority filter - 1; policy accept;
\t\t{match} ip saddr @addr-set-sshd reject with icmp type port-unreachable
\t}}
}}
"""
    return Program(NFT, text), [("input", one)] if everything else [], True


def _crowdsec(dice: random.Random, asked: Request, _is_gateway: bool) -> tuple:
    one = people.somebody(dice, asked, 4) or "192.0.2.251"
    hooks = dice.choice((("input",), ("input", "forward")))
    chains = "".join(
        f"\tchain crowdsec-chain-{hook} {{\n\t\ttype filter hook {hook} priority filter - 10; policy accept;\n"
        "\t\tip saddr @crowdsec-blacklists counter drop\n\t}\n"
        for hook in hooks
    )
    text = "table ip crowdsec {\n\tset crowdsec-blacklists { type ipv4_addr; flags timeout; elements = { " \
           f"{one} timeout 4h }}; }}\n{chains}}}\n"
    return Program(NFT, text), [(hook, one) for hook in hooks], True


def _libvirt(_dice: random.Random, _asked: Request, _is_gateway: bool) -> tuple:
    text = """table ip libvirt_network {
\tchain guest_output { iifname "virbr0" counter reject; }
\tchain guest_input { oifname "virbr0" counter reject; }
\tchain guest_cross { iifname "virbr0" oifname "virbr0" counter accept; }
\tchain forward {
\t\ttype filter hook forward priority filter; policy accept;
\t\tcounter jump guest_cross
\t\tcounter jump guest_input
\t\tcounter jump guest_output
\t}
}
"""
    return Program(NFT, text), [], True


def _docker(dice: random.Random, _asked: Request, is_gateway: bool) -> tuple:
    variant = dice.choice(("nft", "legacy"))
    text = """*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
"""
    return Program((f"iptables-{variant}-restore",), text), [], not is_gateway


def _kubernetes(_dice: random.Random, _asked: Request, _is_gateway: bool) -> tuple:
    text = """table ip kube-proxy {
\tmap service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
\tchain filter-input {
\t\ttype filter hook input priority filter - 110; policy accept;
\t\tct state new jump service-endpoints-check
\t}
\tchain filter-forward {
\t\ttype filter hook forward priority filter - 110; policy accept;
\t\tct state new jump service-endpoints-check
\t}
\tchain service-endpoints-check { ip daddr . meta l4proto . th dport vmap @service-ips; }
\tchain cluster-ips { ip daddr 10.96.0.0/12 reject comment "service without endpoints"; }
}
"""
    return Program(NFT, text), [], True


def _wireguard(_dice: random.Random, _asked: Request, _is_gateway: bool) -> tuple:
    text = """table ip wg-quick-wg0 {
\tchain preraw {
\t\ttype filter hook prerouting priority raw; policy accept;
\t\tiifname != "wg0" ip daddr 10.8.0.2 fib saddr type != local drop
\t}
\tchain premangle {
\t\ttype filter hook prerouting priority mangle; policy accept;
\t\tmeta l4proto udp meta mark set ct mark
\t}
}
"""
    return Program(NFT, text), [], True


def _cloud_image(dice: random.Random, _asked: Request, _is_gateway: bool) -> tuple:
    last = dice.choice(("REJECT --reject-with icmp-host-prohibited", "DROP"))
    text = f"""*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j {last}
-A FORWARD -j {last}
COMMIT
"""
    return Program((f"iptables-{dice.choice(('nft', 'legacy'))}-restore",), text), [], False


def _legacy(dice: random.Random, asked: Request, _is_gateway: bool) -> tuple:
    one = people.somebody(dice, asked, 4) or "192.0.2.251"
    is_closed = dice.random() < 0.5
    text = f"""*filter
:INPUT {'DROP' if is_closed else 'ACCEPT'} [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -s {one} -j DROP
-A INPUT -p tcp --dport 22 -j ACCEPT
COMMIT
"""
    return Program(("iptables-legacy-restore",), text), [("input", one)], not is_closed
