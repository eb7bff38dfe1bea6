# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewalld's files: XML, the order in which it is safe to write them, and what the files of others say."""

from xml.etree import ElementTree

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import config_files
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.config_files import (
    changes,
    drops_output,
    missing_sets,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.policies import Policy, Set

POLICY = Policy(
    "fleet-ports-in",
    "ANY",
    "HOST",
    [('family="ipv4"', 'source ipset="fports-c-4"', 'port port="1" protocol="tcp"', "accept")],
)
PEERS = Set("fports-c-6", "ip6", "hash:net", "clients & <others>", ["2001:db8::/64"])


@pytest.fixture(name="etc")
def fixture_etc(tmp_path, monkeypatch):
    for folder in ("etc", "usr"):
        for kind in ("policies", "ipsets", "zones"):
            (tmp_path / folder / kind).mkdir(parents=True)
    monkeypatch.setattr(config_files, "FOLDER", str(tmp_path / "etc"))
    monkeypatch.setattr(config_files, "VENDORS", str(tmp_path / "usr"))
    return tmp_path / "etc"


def names(files):
    return [(file.path.split("/")[-1], file.before is None, file.after is None) for file in files]


def test_a_policy_is_asked_before_the_zones_and_decides_nothing_else(etc):
    (file,) = changes([POLICY], [])
    root = ElementTree.fromstring(file.after)
    assert (root.tag, root.attrib) == ("policy", {"priority": "-1", "target": "CONTINUE"})
    assert [(zone.tag, zone.get("name")) for zone in root if "zone" in zone.tag] == [
        ("ingress-zone", "ANY"),
        ("egress-zone", "HOST"),
    ]
    (rule,) = root.iter("rule")
    assert rule.attrib == {"family": "ipv4"}
    assert [(part.tag, part.attrib) for part in rule] == [
        ("source", {"ipset": "fports-c-4"}),
        ("port", {"port": "1", "protocol": "tcp"}),
        ("accept", {}),
    ]


def test_a_set_names_its_family_and_escapes_its_description(etc):
    (file,) = changes([], [PEERS])
    root = ElementTree.fromstring(file.after)
    assert (root.tag, root.get("type")) == ("ipset", "hash:net")
    assert [(option.get("name"), option.get("value")) for option in root.iter("option")] == [("family", "inet6")]
    assert [entry.text for entry in root.iter("entry")] == ["2001:db8::/64"]
    assert root.find("description").text.startswith("Peers: clients & <others>. ")


def test_a_large_set_says_so(etc):
    many = PEERS._replace(family="ip", entries=["e"] * 65537)
    (file,) = changes([], [many])
    assert [option.attrib for option in ElementTree.fromstring(file.after).iter("option")] == [
        {"name": "maxelem", "value": "65537"}
    ]


def test_no_policy_ever_names_a_set_that_is_not_there(etc):
    (etc / "ipsets" / "fports-old-4.xml").write_text("old")
    (etc / "ipsets" / "theirs.xml").write_text("theirs")
    (etc / "policies" / "fleet-ports-out.xml").write_text("old")
    (etc / "policies" / "theirs.xml").write_text("theirs")
    assert names(changes([POLICY], [PEERS])) == [
        ("fports-c-6.xml", True, False),
        ("fleet-ports-in.xml", True, False),
        ("fleet-ports-out.xml", False, True),
        ("fports-old-4.xml", False, True),
    ]


def test_the_same_again_changes_nothing(etc):
    for file in changes([POLICY], [PEERS]):
        with open(file.path, "wb") as stream:
            stream.write(file.after)
    assert [file.before == file.after for file in changes([POLICY], [PEERS])] == [True, True]


def test_only_a_policy_drops_output(etc):
    path = etc / "policies" / "mine.xml"
    assert not drops_output()
    path.write_text('<policy target="REJECT"><ingress-zone name="ANY"/><egress-zone name="HOST"/></policy>')
    assert not drops_output()
    path.write_text('<policy target="CONTINUE"><ingress-zone name="HOST"/><egress-zone name="ANY"/></policy>')
    assert not drops_output()
    path.write_text('<policy target="DROP"><ingress-zone name="HOST"/><egress-zone name="ANY"/></policy>')
    assert drops_output()


def test_an_administrators_file_hides_the_vendors(etc):
    vendors = etc.parent / "usr" / "policies" / "p.xml"
    vendors.write_text('<policy target="DROP"><ingress-zone name="HOST"/><egress-zone name="ANY"/></policy>')
    assert drops_output()
    (etc / "policies" / "p.xml").write_text('<policy target="CONTINUE"><ingress-zone name="HOST"/></policy>')
    assert not drops_output()


def test_a_set_that_others_miss_is_found(etc):
    zone = etc / "zones" / "public.xml"
    zone.write_text(
        '<zone><source ipset="there"/><rule><source ipset="gone"/><source address="192.0.2.1"/></rule></zone>'
    )
    (etc / "ipsets" / "there.xml").write_text('<ipset type="hash:ip"/>')
    (etc / "policies" / "broken.xml").write_text("<policy")
    assert missing_sets([]) == [(str(zone), "gone")]
    (etc / "ipsets" / "gone.xml").write_text('<ipset type="hash:ip"/>')
    assert missing_sets([]) == []


def test_a_set_that_we_take_away_is_missed_by_others_only(etc):
    (etc / "ipsets" / "fports-c-4.xml").write_text('<ipset type="hash:ip"/>')
    ours, theirs = etc / "policies" / "fleet-ports-in.xml", etc / "policies" / "theirs.xml"
    ours.write_text('<policy><rule><source ipset="fports-c-4"/></rule></policy>')
    assert missing_sets(changes([], [])) == []
    theirs.write_text('<policy><rule><source ipset="fports-c-4"/></rule></policy>')
    assert missing_sets(changes([], [])) == [(str(theirs), "fports-c-4")]
