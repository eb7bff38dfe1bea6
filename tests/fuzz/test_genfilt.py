# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments for genfilt, parsed with getopt like genfilt does, are exactly the rule that was meant."""

from __future__ import annotations

import getopt
import ipaddress

from hypothesis import given, settings

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt, lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules

from .attempts import attempt
from .conftest import INPUTS
from .openings import opening, requests

_OPTIONS = "v:n:a:s:m:d:M:g:c:o:p:O:P:r:w:l:f:t:i:D:e:x:X:C:"


def _commands(request: dict) -> dict[int, list[tuple[lsfilt.Rule, list[str]]]]:
    found = aix_rules.rules(opening(request))
    return {family: [(rule, genfilt.insert(family, rule)) for rule in rules] for family, rules in found.items()}


@settings(max_examples=max(INPUTS // 2, 10))
@given(requests)
def test_each_word_is_one_option_of_one_rule(request: dict) -> None:
    request["flows"] = request["flows"][:2]
    for family, commands in (attempt(_commands, request) or {}).items():
        for rule, command in commands:
            options, rest = getopt.getopt(command[1:], _OPTIONS)
            given_options = dict(options)
            assert command[0] == "genfilt" and not rest and len(options) == len(given_options)
            assert given_options["-v"] == str(family) and given_options["-D"] == aix_rules.MARK
            assert {"-a": "P", **given_options}["-a"] in ("P", "D") and given_options["-g"] == "N"
            assert given_options["-i"] == "all" or given_options["-i"] in request["interfaces"]
            for address in (given_options["-s"], given_options["-d"]):
                assert ipaddress.ip_address(address).version == family
            for port in (given_options["-p"], given_options["-P"]):
                assert 0 <= int(port) <= 65535
            assert all("\n" not in word and "\0" not in word and "|" not in word for word in command)
            assert lsfilt._line("7|" + "|".join(rule)).rule == rule
