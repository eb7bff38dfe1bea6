# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lines trust the master: by name, by short name, by address."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening.rsh_trust import TrustOf, trusted

MASTERS = ["nim01.example.com", "nim02", "192.0.2.10/32", "2001:db8::/64"]


@pytest.mark.parametrize(
    "line",
    [
        "nim01.example.com root\n", "NIM01.EXAMPLE.COM", "nim01 root", "nim02.example.org\troot", "  nim02",
        "192.0.2.10 root", "2001:db8::9",
    ],
)
def test_lines_that_trust_a_master(line):
    assert TrustOf(MASTERS)(line)


@pytest.mark.parametrize(
    "line",
    [
        "nim01.example.org root", "nim0", "nim03 root", "# nim01.example.com", "-nim01.example.com root", "", "\n",
        "192.0.2.11", "+", "+@nim", "other nim01.example.com",
    ],
)
def test_lines_that_do_not(line):
    assert not TrustOf(MASTERS)(line)


def test_without_a_master_all_trust_remains():
    assert not TrustOf([])("nim01 root")


@pytest.mark.parametrize("line, whom", [("+ root", "+"), ("+@ops", "+@ops"), ("-x", ""), ("a # b", "a")])
def test_whom_a_line_trusts(line, whom):
    assert trusted(line) == whom


@pytest.mark.parametrize("hosts", [[""], [".example.org"], ["", "nim01"]])
def test_a_name_that_is_none_makes_no_comment_a_host(hosts):
    trusts = TrustOf(hosts)
    assert not trusts("# a comment") and not trusts("-refused") and not trusts("")
