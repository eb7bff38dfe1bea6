# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file for each brand, read by an independent parser, permits exactly what the plans require."""

from __future__ import annotations

import itertools
import re
import tempfile
import time

import pytest

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export.aerleon_policy import PLATFORMS
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports

from . import cisco, fleets, fortinet, juniper, nft, palo_alto
from .plans import asked_of_network
from .regions import assert_equal


def nftables(text):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        done = nft.in_a_network_of_its_own('nft -f "$1"; nft -j list ruleset', file.name)
    assert done.returncode == 0, done.stderr
    return [region for hook, region in nft.passing(done.stdout) if hook == "forward"]


READERS = {
    "cisco_asa": cisco.asa,
    "cisco_ios": cisco.ios,
    "juniper_srx": juniper.srx,
    "palo_alto": palo_alto.rules,
    "fortinet": fortinet.policies,
    "nftables": nftables,
}
MAKES = list(PLATFORMS)
STATELESS, WITHOUT_IPV6 = ["cisco_ios"], ["cisco_asa"]


def exports(fleet, *formats):
    return Exports(formats, fleet.plans(fleet.names), fleet.system)


def text_of(fleet, make):
    ((_name, text),) = exports(fleet, make).files()
    return text


def asked(fleet, make):
    regions = asked_of_network(fleet.plans(fleet.names), replies=make in STATELESS)
    return [region for region in regions if region.family == 4 or make not in WITHOUT_IPV6]


@pytest.fixture(name="few", scope="module")
def fixture_few():
    return fleets.few()


def test_there_is_a_reader_for_each_make():
    assert list(READERS) == MAKES


@pytest.mark.parametrize("make", MAKES)
def test_just_what_the_plans_ask_for_passes(few, make):
    assert_equal(READERS[make](text_of(few, make)), asked(few, make))


@pytest.mark.parametrize("make", [make for make in MAKES if make not in WITHOUT_IPV6])
def test_a_fleet_of_ipv6_only(make):
    fleet = fleets.only_ipv6()
    found = list(READERS[make](text_of(fleet, make)))
    assert {region.family for region in found} == {6}
    assert_equal(found, asked(fleet, make))


def test_the_reader_sees_what_is_missing(few):
    text = text_of(few, "cisco_asa")
    lines = text.splitlines(keepends=True)
    rule = next(number for number, line in enumerate(lines) if line.endswith(" eq 1058\n"))
    with pytest.raises(AssertionError, match="IPv4 tcp is meant to pass, and doesn't"):
        assert_equal(cisco.asa("".join(lines[:rule] + lines[rule + 1:])), asked(few, "cisco_asa"))
    with pytest.raises(AssertionError, match="IPv4 tcp passes, and is not meant to"):
        assert_equal(cisco.asa(text.replace(" eq 1058\n", " range 1057 1058\n")), asked(few, "cisco_asa"))


@pytest.mark.parametrize("make", MAKES)
def test_references_are_comments(few, make):
    flat = re.sub(r"\s+|remark|access-list fleet-ports", "", text_of(few, make))
    for comment in ("002, BOOTP", "002, NIM, niminit connected; 002, NIM, operations connected", "RFC 5531"):
        assert comment.replace(" ", "") in flat


def test_ipv6_that_an_asa_does_not_get_is_said(few):
    (note,) = exports(few, "cisco_asa", "cisco_ios").notes()
    assert re.fullmatch(r"aerleon has no IPv6 support for cisco_asa; \d\d terms were skipped\.", note)
    assert exports(few, "cisco_ios").notes() == []
    with pytest.raises(MatrixError, match="nothing to write for cisco_asa: no flow of these hosts"):
        text_of(fleets.only_ipv6(), "cisco_asa")


@pytest.mark.parametrize("make", [*MAKES, "aerleon"])
def test_without_a_flow_there_is_nothing_to_write(make):
    with pytest.raises(MatrixError, match=f"^policy_export: nothing to write for {make}: no flow of these"):
        text_of(fleets.without_flows(), make)


def test_names_fit_each_make(few):
    names = palo_alto.names(text_of(few, "palo_alto"))
    tables = fortinet.tables_of(text_of(few, "fortinet"))
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,62}", name) for name in names)
    for policy in tables["firewall policy"].values():
        assert len(policy["name"][0]) <= 35
    assert any("Z_RICH_B_2_NIM_MASTER" in name for name in names)


def test_others_on_a_device_stay():
    fleet = fleets.few()
    assert "replace:" not in text_of(fleet, "juniper_srx")
    assert set(re.findall(r"^    edit (\d+)$", text_of(fleet, "fortinet"), re.MULTILINE)) == {"0"}
    assert cisco.access_lists(text_of(fleet, "cisco_ios")) == [
        "ip access-list extended fleet-ports", "ipv6 access-list fleet-ports-v6",
    ]  # fmt: skip
    taken_away = [line for line in text_of(fleet, "cisco_asa").splitlines() if not line.startswith("access-list")]
    assert list(filter(None, taken_away)) == ["clear configure access-list fleet-ports"]


def test_nftables_loaded_twice_is_there_once(few, tmp_path):
    file = tmp_path / "nftables.nft"
    file.write_text(text_of(few, "nftables"))
    once, twice = (
        nft.in_a_network_of_its_own('nft -f "$1"; ' * times + "nft list ruleset", file).stdout for times in (1, 2)
    )
    assert once == twice and once.count("policy drop") == 2


@pytest.fixture(name="many", scope="module")
def fixture_many():
    fleet = fleets.many(2000)
    return fleet, fleet.plans(fleet.names), {make: asked(fleet, make) for make in ("cisco_asa", *STATELESS)}


@pytest.mark.parametrize("make", MAKES)
def test_two_thousand_clients(many, make):
    fleet, plans, wanted = many
    begun = time.monotonic()
    ((_name, text),) = Exports([make], plans, fleet.system).files()
    assert time.monotonic() - begun < 30
    found = READERS[make](text)
    assert _by_address(found) == _by_address(wanted[make if make in STATELESS else "cisco_asa"])


def _by_address(regions):
    """Return the permitted ends for each pair of port ranges; the networks are small enough to enumerate."""
    found = {}
    for _family, kind, source, source_ports, destination, destination_ports in regions:
        pairs = found.setdefault((kind, source_ports, destination_ports), set())
        pairs.update(itertools.product(range(source[0], source[1] + 1), range(destination[0], destination[1] + 1)))
    return found
