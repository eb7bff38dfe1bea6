# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog against the tables of its two sources, row by row and both ways."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog import service_table
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.nfs import NFS_ROWS
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.nim import NIM_ROWS
from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import PHASES, RELATIONS, ROLES

# "Directions to open ports, if you do not want to open the above referenced ports bi-directionally", source 002.
DIRECTIONS = Path(__file__).with_name("directions.txt").read_text(encoding="utf-8")

# "List of ports and directions ports are used for NIM communication", source 002.
PROTOCOLS = """
nimsh:                3901 - 3902
rsh*:                   513 - 1023
rlogin*:              513
shell*:                514
bootp:                67 - 68
tftp:                    69 and 32,768 - 65,535
nfs:                     2049
mountd:            32,768 - 65,535 or user's choice
portmapper:    111
NIM (nim/nimreg):     1058 - 1059
"""

# "Append the following to /etc/services", source 000.
RMCP_ENTRIES = """
rmcp    623/udp         # Aux Bus Shunt (Primary RMCP Port)
rmcps   664/udp         # Secure Aux Bus (Secondary RMCP Port)
"""

SECTION = re.compile(r"(BOOTP|TFTP|NIMSH|NFS|NIM)\b.*:  \(See")
DIRECTION = re.compile(r"(Client|Master) (UDP|TCP)\s+(.+?)\s+-+>\s+(Client|Master) (UDP|TCP)\s+(.+)")
SIDES = {"Client": "client", "Master": "server"}

# What the table writes for the ports of an end, and what the catalog says for it: one row for each.
PORTS = {
    "random port between 32768 and 65535": ("32768-65535",),
    # The port of the request, which is one of the same range.
    "port client sent request from": ("32768-65535",),
    "Ports 1023 - 513": ("reserved",),
    "1023-513": ("reserved",),
    "Ports 3901 and 3902": ("3901", "3902"),
    # statd is not pinned by its name, so the range stays for it ("Note that statd cannot be bound").
    "Ports 32768 - 65535, or 'mountd' & 'lockd' port in /etc/services": ("mountd", "lockd", "statd"),
    "1058": ("nim",),
    "1059": ("nimreg",),
}


def table_rows():
    """(section, protocol, source, ports, destination, ports) for each row of the table."""
    section = None
    for line in filter(None, map(str.strip, DIRECTIONS.splitlines())):
        heading = SECTION.match(line)
        row = DIRECTION.fullmatch(line)
        if heading:
            section = heading.group(1)
        elif row:
            source, protocol, source_ports, destination, _protocol, destination_ports = row.groups()
            for pair in port_pairs(source_ports, destination_ports):
                yield section, protocol.lower(), SIDES[source], pair[0], SIDES[destination], pair[1]
        else:
            assert "--" not in line and line.endswith("-"), f"not understood: {line}"


def port_pairs(source, destination):
    sources, destinations = catalog_ports(source), catalog_ports(destination)
    if len(sources) == len(destinations):
        return list(zip(sources, destinations, strict=True))
    return [(one, other) for one in sources for other in destinations]


def catalog_ports(text):
    text = text.strip().strip("()")
    return PORTS.get(text, (text.replace("Port ", ""),))


def in_the_table(row):
    """Rows that the source has elsewhere: rsh is in its list of ports, the NFSv4 row in its text."""
    return row.documented and not row.reference.startswith(("002, RSH", "002, NFSv4"))


def shape(row):
    section = row.reference.split(", ")[1]
    return section, row.protocol, row.source.side, row.source.ports, row.destination.side, row.destination.ports


def test_the_table_is_read_whole():
    assert len(list(table_rows())) == 2 + 8 + 2 + 4 + 2 + 6 + 2 + 8


def test_every_row_of_the_table_is_in_the_catalog_and_no_other_claims_to_be():
    catalog = Counter(shape(row) for row in NIM_ROWS + NFS_ROWS if in_the_table(row))
    assert catalog == Counter(table_rows())


def test_undocumented_rows_say_why_and_are_only_in_the_working_profile():
    for relation in RELATIONS:
        for row in relation.rows:
            if not row.documented:
                assert row.reason
                assert row.profiles == ("working",) or row.service == "nimhttp"


def listed_ports():
    for line in PROTOCOLS.strip().splitlines():
        name, ports = line.split(":")
        yield name.strip(), set(re.findall(r"[0-9]+", ports.replace(",", "")))


def test_every_port_of_the_list_is_in_the_catalog():
    services = {service.port for service in service_table.SERVICES}
    ranges = set("-".join((service_table.RCMD, service_table.DYNAMIC)).split("-"))
    for name, ports in listed_ports():
        assert ports <= {str(port) for port in services} | ranges, name


def test_rows_of_rsh_are_those_of_the_starred_protocols():
    starred = {name.rstrip("*"): ports for name, ports in listed_ports() if name.endswith("*")}
    rows = {}
    for row in NIM_ROWS:
        if "rsh" in row.when:
            rows.setdefault(row.service, set()).update({row.source.ports, row.destination.ports} - {"reserved"})
    assert set(rows) == set(starred)
    assert rows == {"rsh": set(), "rlogin": starred["rlogin"], "shell": starred["shell"]}
    assert starred["rsh"] == set(service_table.RCMD.split("-"))


def test_nfs4_needs_111_over_both_and_2049_over_tcp():
    rows = [row for row in NFS_ROWS if row.documented and "nfs3" not in row.when and row.destination.side == "server"]
    assert {(row.destination.ports, row.protocol) for row in rows} == {("111", "udp"), ("111", "tcp"), ("2049", "tcp")}


def test_rmcp_services_are_those_of_the_source():
    entries = re.findall(r"(\w+)\s+(\d+)/(\w+)\s+# (.+)", RMCP_ENTRIES)
    catalog = [
        (service.name, str(service.port), service.protocols[0], service.comment)
        for service in service_table.SERVICES
        if service.named_on == ("bmc_host",)
    ]
    assert catalog == entries


def replies():
    return [(relation, row) for relation in RELATIONS for row in relation.rows if not row.initiates]


@pytest.mark.parametrize("relation, row", replies(), ids=lambda value: getattr(value, "id", ""))
def test_a_reply_passes_because_of_a_row_that_it_mirrors(relation, row):
    assert any(
        other.initiates
        and (other.source, other.destination) == (row.destination, row.source)
        and other.protocol == row.protocol
        and set(other.when) <= set(row.when)
        and set(other.profiles) >= set(row.profiles)
        for other in relation.rows
    )


def test_who_initiates():
    """What a stateful firewall needs a rule for, of the documented rows."""
    wanted = {
        "bootp-request", "bootp-reply", "tftp-image-request", "tftp-image-data", "tftp-info-request", "tftp-info-data",
        "niminit-stderr", "nimsh-request", "nimsh-stderr", "rsh-request", "rlogin-request", "rsh-stderr",
        "nimreg-request", "nimreg-stderr", "nim-request", "nim-stderr",
        "portmapper-udp", "portmapper-tcp", "mountd-tcp", "lockd-tcp", "lockd-tcp-back", "statd-tcp", "statd-tcp-back",
        "nfs-tcp",
    }
    assert {row.id for row in NIM_ROWS + NFS_ROWS if row.documented and row.initiates} == wanted


def test_the_catalog_is_well_formed():
    for relation in RELATIONS:
        assert {relation.server, relation.client} <= set(ROLES)
        assert len({row.id for row in relation.rows}) == len(relation.rows)
        for row in relation.rows:
            assert row.phase in PHASES
            assert row.source.side != row.destination.side
