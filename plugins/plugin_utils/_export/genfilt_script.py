# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A script for AIX: the rules of its IP filters, each with our mark, last before the default rule."""

from __future__ import annotations

import shlex
from string import Template

from ansible_collections.fleet.ports.plugins.module_utils._flows import flow_rules
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import genfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec.compiler import aix_rules
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import host_script
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

_SCRIPT = Template(r"""#!/bin/sh
$header
set -eu

ours() {
    lsfilt -v"$$1" -O | awk -F'|' '$$NF == "$mark" { print $$1 }' | sort -rn
}

close() {
    for number in $$(ours "$$1"); do
        rmfilt -v "$$1" -n "$$number"
    done
}

# The default rule is listed last.
denies() {
    lsfilt -v"$$1" -O | awk -F'|' '$$2 == "permit" || $$2 == "deny" { last = $$2 } END { exit last != "deny" }'
}

load() {
    if [ -n "$$(lsfilt -v"$$1" -a -O)" ]; then
        mkfilt -v "$$1" -u
    fi
}

open_4() {
$open_4}

open_6() {
$open_6}

case "$${1-}" in
"" | remove) ;;
*)
    echo "Usage: sh $$0 [remove]" >&2
    exit 2
    ;;
esac
for family in 4 6; do
    close "$$family"
    if [ -z "$${1-}" ] && denies "$$family" && ! "open_$$family"; then
        close "$$family"
        echo "The rules for IPv$$family could not be defined; those in force are as they were." >&2
        exit 1
    fi
    load "$$family"
done
""")

_REMARKS = (
    f"It touches no rules but those with the description {aix_rules.MARK}. Where the default rule permits, there is",
    "nothing to open. Where no filter is in force, the rules are only defined; mkfilt -u puts them in force.",
)


class Compiler:
    """Compiles the rules of hosts, those of equal hosts only once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, dict[str, str]]] = {}

    def script(self, plan: Plan) -> str | None:
        """Return the script; None if the host needs no rule."""
        opening = host_script.opening(plan)
        key = repr(opening)
        if key not in self._known:
            rules = aix_rules.rules(opening)
            bodies = {f"open_{family}": _body(family, rules[family]) for family in rules}
            self._known[key] = sum(map(len, rules.values())), bodies
        count, bodies = self._known[key]
        if count > flow_rules.MAX_RULES:
            raise MatrixError(
                f"Host {plan['host']}: its flows take {count} filter rules of AIX, more than the {flow_rules.MAX_RULES} that"
                " a packet should have to go through; set nim_client_networks to networks that stand for its clients."
            )
        header = host_script.header(plan, *_REMARKS).rstrip()
        return _SCRIPT.substitute(header=header, mark=aix_rules.MARK, **bodies) if count else None


def _body(family: int, rules: list) -> str:
    commands = [" ".join(map(shlex.quote, genfilt.insert(family, rule))) for rule in rules]
    return "".join(f"    {command} || return 1\n" for command in commands) or "    :\n"
