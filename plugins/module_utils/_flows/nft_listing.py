# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ruleset of nftables as a list of objects, also where nft lists no valid JSON.

nft 1.0.6 and its like list the flags of a table as some text that lies in their memory, so that the listing may be no JSON
at all. Tables with flags, dormant ones for instance, are listed chain by chain, which leaves the flags out.
"""

import json
import re

# What nft does not list: where the kernel names the tables of iptables-legacy, and the programs for them.
LEGACY_TABLES = {"/proc/net/ip_tables_names": "iptables", "/proc/net/ip6_tables_names": "ip6tables"}

_TABLE = re.compile(r"^table (\S+) (\S+) \{(.*?)^\}\n", re.MULTILINE | re.DOTALL)
_FLAGS = re.compile(r"^\tflags ([a-z,]+)$", re.MULTILINE)
_PART = re.compile(r"^\t(chain|set|map) (\S+) \{$", re.MULTILINE)


def read(nft):
    """Return the objects of the ruleset, each a dict of one kind; the flags of a table are a list of words.

    ``nft`` is called with the arguments of nft, and returns its output or raises an error of its own.
    """
    listed = nft("-j", "list", "ruleset")
    try:
        found = _objects(listed)
    except ValueError:
        found = None
    if found is not None and not any("flags" in item.get("table", {}) for item in found):
        return found
    found = []
    for family, table, content in _TABLE.findall(nft("list", "ruleset")):
        flags = _FLAGS.search(content)
        if flags is None:
            found += _objects(nft("-j", "list", "table", family, table))
            continue
        found.append({"table": {"family": family, "name": table, "flags": flags.group(1).split(",")}})
        for kind, name in _PART.findall(content):
            objects = _objects(nft("-j", "list", kind, family, table, name))
            found += [item for item in objects if "table" not in item]
    return found


def _objects(listed):
    return json.loads(listed)["nftables"] if listed else []
