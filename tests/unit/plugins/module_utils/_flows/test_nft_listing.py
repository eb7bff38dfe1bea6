# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The listing of a ruleset, whatever a release of nft makes of the flags of tables."""

import json

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows import nft_listing
from ansible_collections.fleet.ports.tests.unit.fakes.nft_listing import DROP, SSH, base_chain, rule, table

INFO = {"metainfo": {"version": "1.0.6"}}
TEXT = """\
table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\ttcp dport 22 accept
\t}
}
table ip asleep {
\tflags dormant,owner

\tset banned {
\t\ttype ipv4_addr
\t\tflags interval
\t}

\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tlog prefix "}"
\t}
}
"""
ASLEEP = ("ip", "asleep")


def as_nft(*objects):
    return json.dumps({"nftables": [INFO] + list(objects)})


class Nft:
    """A release of nft that lists the whole ruleset like this; ``asked`` are the commands that it got."""

    def __init__(self, whole):
        self.asked = []
        self._answers = {
            ("-j", "list", "ruleset"): whole,
            ("list", "ruleset"): TEXT,
            ("-j", "list", "table", "inet", "filter"): as_nft(table(), base_chain("drop"), SSH),
            ("-j", "list", "chain", "ip", "asleep", "input"): as_nft(
                base_chain("drop", table=ASLEEP), rule(DROP, table=ASLEEP)
            ),
            ("-j", "list", "set", "ip", "asleep", "banned"): as_nft(
                table("asleep", "ip", flags="garbage"),
                {"set": {"family": "ip", "table": "asleep", "name": "banned", "elem": ["192.0.2.7"]}},
            ),
        }

    def __call__(self, *arguments):
        self.asked.append(" ".join(arguments))
        return self._answers[arguments]


def test_a_ruleset_without_flags_is_listed_once():
    nft = Nft(as_nft(table(), base_chain("drop"), SSH))
    assert nft_listing.read(nft) == [INFO, table(), base_chain("drop"), SSH]
    assert nft.asked == ["-j list ruleset"]


@pytest.mark.parametrize("empty", ["", '{"nftables": []}'])
def test_an_empty_ruleset_has_no_objects(empty):
    assert nft_listing.read(Nft(empty)) == []


@pytest.mark.parametrize(
    "whole",
    [
        '{"nftables": [{"table": {"family": "ip", "name": "asleep", "flags": "\x02\x00"}}]}',
        as_nft(table("asleep", "ip", flags="filter")),
        as_nft(table("asleep", "ip", flags=["dormant"])),
        '{"nftables": [{"table": {"family": "ip", "name": "asleep", "flags": ',
    ],
    ids=["no JSON", "some other text", "a list", "cut"],
)
def test_flags_are_those_of_the_text(whole):
    found = nft_listing.read(Nft(whole))
    tables = [item["table"] for item in found if "table" in item]
    assert [(each["name"], each.get("flags")) for each in tables] == [("filter", None), ("asleep", ["dormant", "owner"])]
    assert {"set": {"family": "ip", "table": "asleep", "name": "banned", "elem": ["192.0.2.7"]}} in found
    assert rule(DROP, table=ASLEEP) in found and base_chain("drop", table=ASLEEP) in found
    assert found.index(base_chain("drop")) < found.index(base_chain("drop", table=ASLEEP))


def test_the_flags_of_sets_are_not_those_of_their_table():
    nft = Nft("no JSON")
    nft._answers["list", "ruleset"] = TEXT.replace("\tflags dormant,owner\n", "")
    nft._answers["-j", "list", "table", "ip", "asleep"] = as_nft(table("asleep", "ip"))
    assert {"table": dict(table("asleep", "ip")["table"])} in nft_listing.read(nft)
