# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script for nft: separate chains and sets in the filter table of the host, and a jump to each chain."""

from __future__ import annotations

from string import Template

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.plugin_utils._export import host_script
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

# The names of the table and of its chains in the configurations of distributions.
_FAMILY, _TABLE = "inet", "filter"
_CLOSED = [nft_script.Chain(_FAMILY, _TABLE, hook, hook, first=True, spared=(), manager=None) for hook in nft_script.HOOKS]

_SCRIPT = Template(r"""#!/bin/sh
$header
set -eu

# Prints the table with the handles of its rules, and nothing if the host does not have it.
list_table() {
    tables=$$(nft list tables) || return 1
    if printf '%s\n' "$$tables" | grep -qx "table $table"; then
        nft -a list table $table
    fi
}

# Prints those hooks of the rules below at which the table filters.
filtering_hooks() {
    for hook in $hooks; do
        printf '%s\n' "$$listing" | awk -v hook="$$hook" '
            $$1 == "chain" { chain = $$2 }
            chain == hook && index($$0, " hook " hook " ") { print hook; exit }'
    done
}

rules() {
    cat <<'END'
$rules
END
    for hook in $$hooks; do
        echo "insert rule $table $$hook jump $prefix$$hook"
    done
}

# Prints the commands that remove the chains, sets and jumps of an earlier run.
undo() {
    printf '%s\n' "$$listing" | awk '
        $$1 == "chain" || $$1 == "set" { name = $$2 }
        $$1 == "jump" && $$2 ~ /^$prefix/ { print "delete rule $table " name " handle " $$NF }
        $$1 == "chain" && name ~ /^$prefix/ { chains[++chain] = name }
        $$1 == "set" && name ~ /^$prefix/ { sets[++set] = name }
        END {
            for (i = 1; i <= chain; i++) print "flush chain $table " chains[i]
            for (i = 1; i <= chain; i++) print "delete chain $table " chains[i]
            for (i = 1; i <= set; i++) print "delete set $table " sets[i]
        }'
}

case "$${1-}" in
"" | remove) ;;
*)
    echo "Usage: sh $$0 [remove]" >&2
    exit 2
    ;;
esac
listing=$$(list_table)
former=$$(undo)
if [ -n "$${1-}" ]; then
    printf '%s\n' "$$former" | nft -f -
    rm -f $saved
    exit 0
fi
hooks=$$(filtering_hooks)
if [ -z "$$hooks" ]; then
    echo "Table $table has no base chains ($hooks); nothing was changed." >&2
    exit 1
fi
wanted=$$(rules)
printf '%s\n%s\n' "$$former" "$$wanted" | nft -f -
printf '%s\n' "$$wanted" >$saved.new
mv $saved.new $saved
""")

_REMARKS = (
    f"The chains {', '.join(nft_script.HOOKS)} of the table {_FAMILY} {_TABLE}, as far as they exist, get a jump to the",
    f"rules. These are also saved in {nft_script.RULES_FILE}. To load them at boot, add this line to the end of",
    "the nft script of the host:",
    f"  {nft_script.INCLUDE.strip()}",
)


def script(plan: Plan) -> str | None:
    """Return the script, or None if the host needs no rules."""
    tables = nft_script.tables(_CLOSED, host_script.opening(plan))
    if not tables:
        return None
    (table,) = tables
    return _SCRIPT.substitute(
        header=host_script.header(plan, *_REMARKS).rstrip(),
        table=f"{_FAMILY} {_TABLE}",
        prefix=nft_script.PREFIX,
        saved=nft_script.RULES_FILE,
        rules=nft_script.text([table._replace(jumps=[])]).rstrip(),
        hooks=" ".join(jump.chain for jump in table.jumps),
    )
