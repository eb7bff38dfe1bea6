# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings are read as IBM's programs print them, and what is not known stays as it is."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.lsfilt import (
    contents,
    contents_in_force,
    table,
    unknown_forms,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

IKE = (
    "1|permit|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|no|udp|eq|4001|eq|4001|both|both|no|all packets|0|all|0|||Default Rule\n"
)
PLACEMENT = "*** Dynamic filter placement rule for IKE tunnels ***|no\n"
DEFAULT = "0|deny|0.0.0.0|0.0.0.0|0.0.0.0|0.0.0.0|yes|all|any|0|any|0|both|both|no|all packets|0|all|0|||Default Rule\n"
SSH = "permit|0.0.0.0|0.0.0.0|192.0.2.1|255.255.255.255|no|tcp|any|0|eq|22|local|inbound|no|all packets|0|all|0|||a|b\n"


def test_a_rule_is_read_field_by_field():
    rule = table(f"{IKE}2|{PLACEMENT}3|{SSH}{DEFAULT}").lines[2].rule
    assert (rule.action, rule.destination, rule.destination_operator, rule.destination_port, rule.direction) == (
        "permit", "192.0.2.1", "eq", "22", "inbound",
    )  # fmt: skip
    assert rule.description == "a|b"


def test_the_default_rule_is_the_last_one():
    read = table(f"{IKE}2|{PLACEMENT}{DEFAULT}")
    assert read.default.action == "deny"
    assert [line.number for line in read.lines] == [1, 2]


def test_an_active_table_differs_in_numbers_and_descriptions_only():
    active = f"1|{PLACEMENT}2|{SSH[:-4]}\n3|{DEFAULT[2:-13]}\n"
    assert contents_in_force(active) == contents(table(f"1|{PLACEMENT}2|{SSH}{DEFAULT}"))


def test_a_table_that_was_never_loaded_is_empty():
    assert contents_in_force("\n") == []


def test_unknown_forms_are_kept_and_reported():
    read = table(f"Beginning of rules.\n1|{PLACEMENT}2|if|something new\n3|{SSH}{DEFAULT}")
    assert unknown_forms(read) == ["Beginning of rules.", "2|if|something new"]
    assert read.lines[1].rule is None


@pytest.mark.parametrize("output", ["", f"1|{PLACEMENT}"])
def test_a_listing_without_a_default_rule_is_refused(output):
    with pytest.raises(HostError, match="lsfilt lists no default rule at the end; make the ipsec devices available"):
        table(output)


def test_numbers_that_skip_are_refused():
    with pytest.raises(HostError, match="lists the rules 1, 3. Their numbers are not consecutive"):
        table(f"1|{PLACEMENT}3|{SSH}{DEFAULT}")


@pytest.mark.parametrize("number", ["\u00b2", "\u0663", "9" * 5000])
def test_what_is_no_number_numbers_no_rule(number):
    assert unknown_forms(table(f"{number}|{SSH}{DEFAULT}")) == [f"{number}|{SSH.strip()}"]


def test_a_description_cannot_forge_a_rule():
    read = table(f"1|{SSH.strip()}\u20282|{SSH}{DEFAULT}")
    assert len(read.lines) == 1
