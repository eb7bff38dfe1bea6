# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script for AIX: IP filter rules with the mark of fleet.ports, placed before the default rule."""

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

# Prints the numbers of the rules of such scripts, the highest first.
managed_rules() {
    defined=$$(lsfilt -v"$$1" -O) || return 1
    printf '%s\n' "$$defined" | awk -F'|' '$$NF == "$mark" { print $$1 }' | sort -rn
}

close() {
    numbers=$$(managed_rules "$$1") || return 1
    for number in $$numbers; do
        rmfilt -v "$$1" -n "$$number" || return 1
    done
}

# Prints the action of the default rule, which is listed last.
default_action() {
    defined=$$(lsfilt -v"$$1" -O) || return 1
    printf '%s\n' "$$defined" | awk -F'|' '$$2 == "permit" || $$2 == "deny" { last = $$2 } END { print last }'
}

load() {
    active=$$(lsfilt -v"$$1" -a -O) || return 1
    if [ -n "$$active" ]; then
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
    action=$$(default_action "$$family")
    if [ -z "$$action" ]; then
        echo "lsfilt lists no default rule for IPv$$family. Make the ipsec devices available and run again." >&2
        exit 1
    fi
    if [ -z "$${1-}" ] && [ "$$action" = deny ] && ! "open_$$family"; then
        close "$$family"
        echo "The IPv$$family rules could not be defined; the active rules were left unchanged." >&2
        exit 1
    fi
    load "$$family"
done
""")

_REMARKS = (
    f"It changes only rules with the description {aix_rules.MARK}. If the default rule permits, no rules",
    "are needed. If no filter is active, the rules are only defined; mkfilt -u activates them.",
)


class Compiler:
    """Compiles the rules of hosts; hosts with equal flows share the result."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, dict[str, str]]] = {}

    def script(self, plan: Plan) -> str | None:
        """Return the script, or None if the host needs no rules. Raise MatrixError if it needs too many."""
        opening = host_script.opening(plan)
        key = repr(opening)
        if key not in self._known:
            rules = aix_rules.rules(opening)
            bodies = {f"open_{family}": _body(family, rules[family]) for family in rules}
            self._known[key] = sum(map(len, rules.values())), bodies
        count, bodies = self._known[key]
        if count > flow_rules.MAX_RULES:
            raise MatrixError(
                f"Host {plan['host']}: its flows need {count} IP filter rules, and the limit is {flow_rules.MAX_RULES}."
                " Set nim_client_networks to the networks of its clients."
            )
        header = host_script.header(plan, *_REMARKS).rstrip()
        return _SCRIPT.substitute(header=header, mark=aix_rules.MARK, **bodies) if count else None


def _body(family: int, rules: list) -> str:
    commands = [" ".join(map(shlex.quote, genfilt.insert(family, rule))) for rule in rules]
    return "".join(f"    {command} || return 1\n" for command in commands) or "    :\n"
