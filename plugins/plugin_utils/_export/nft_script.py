# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A script for nft: chains and sets of our own in the host's table of filters, and a jump to each."""

from __future__ import annotations

from string import Template

from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import nft_script
from ansible_collections.fleet.ports.plugins.plugin_utils._export import host_script
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan

# How the configurations that distributions bring call the table and its chains.
_FAMILY, _TABLE = "inet", "filter"
_CLOSED = [nft_script.Chain(_FAMILY, _TABLE, hook, hook, drop_rule_index=None, manager=None) for hook in nft_script.HOOKS]

_SCRIPT = Template(r"""#!/bin/sh
$header
set -eu

# The hooks for which there are rules, as far as the table filters there.
filtered() {
    for hook in $hooks; do
        if nft list chain $table "$$hook" 2>/dev/null | grep -q " hook $$hook "; then
            echo "$$hook"
        fi
    done
}

rules() {
    cat <<'END'
$rules
END
    for hook in $$(filtered); do
        echo "insert rule $table $$hook jump $ours$$hook"
    done
}

# What takes away all that is ours, and nothing if there is none.
undo() {
    nft -a list table $table 2>/dev/null | awk '
        $$1 == "chain" || $$1 == "set" { name = $$2 }
        $$1 == "jump" && $$2 ~ /^$ours/ { print "delete rule $table " name " handle " $$NF }
        $$1 == "chain" && name ~ /^$ours/ { chains[++chain] = name }
        $$1 == "set" && name ~ /^$ours/ { sets[++set] = name }
        END {
            for (i = 1; i <= chain; i++) print "flush chain $table " chains[i]
            for (i = 1; i <= chain; i++) print "delete chain $table " chains[i]
            for (i = 1; i <= set; i++) print "delete set $table " sets[i]
        }'
}

case "$${1-}" in
"")
    if [ -z "$$(filtered)" ]; then
        echo "No chain $hooks of a table $table filters packets here; nothing was changed." >&2
        exit 1
    fi
    former=$$(undo)
    wanted=$$(rules)
    printf '%s\n%s\n' "$$former" "$$wanted" | nft -f -
    printf '%s\n' "$$wanted" >$saved.new
    mv $saved.new $saved
    ;;
remove)
    former=$$(undo)
    printf '%s\n' "$$former" | nft -f -
    rm -f $saved
    ;;
*)
    echo "Usage: sh $$0 [remove]" >&2
    exit 2
    ;;
esac
""")

_REMARKS = (
    f"The rules go into the chains {', '.join(nft_script.HOOKS)} of the table {_FAMILY} {_TABLE}, where it has such, and into",
    f"{nft_script.RULES_FILE}. To have them at each boot, end the host's own script for nft with this line:",
    f"  {nft_script.INCLUDE.strip()}",
)


def script(plan: Plan) -> str | None:
    """Return the script; None if the host needs no rule."""
    tables = nft_script.tables(_CLOSED, host_script.opening(plan))
    if not tables:
        return None
    (table,) = tables
    return _SCRIPT.substitute(
        header=host_script.header(plan, *_REMARKS).rstrip(),
        table=f"{_FAMILY} {_TABLE}",
        ours=nft_script.PREFIX,
        saved=nft_script.RULES_FILE,
        rules=nft_script.text([table._replace(jumps=[])]).rstrip(),
        hooks=" ".join(jump.chain for jump in table.jumps),
    )
