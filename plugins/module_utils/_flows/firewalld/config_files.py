# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""firewalld's files: the managed policies and ipsets as XML, and what the other files say."""

import glob
import html
import os
from xml.etree import ElementTree

from ansible_collections.fleet.ports.plugins.module_utils._flows.change import PRIVATE
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld.policies import POLICIES, SET_PREFIX
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes

FOLDER, VENDORS = "/etc/firewalld", "/usr/lib/firewalld"

_ABOUT = "Written by the module fleet.ports.firewall_flows; what is changed here is undone at its next run."


def changes(policies, sets):
    """Return the changes of files in an order in which no policy ever names a set that does not exist.

    firewalld fails open on that: after the reload it has no rule at all.
    """
    new_sets = {_path("ipsets", item.name): _set_xml(item) for item in sets}
    new_policies = {_path("policies", policy.name): _policy_xml(policy) for policy in policies}
    old_sets = glob.glob(_path("ipsets", SET_PREFIX + "*"))
    old_policies = [
        path for path in (_path("policies", policy[0]) for policy in POLICIES.values()) if os.path.exists(path)
    ]
    return [
        file_changes.File(path).becoming(wanted.get(path, "").encode() or None, PRIVATE)
        for wanted, paths in (
            (new_sets, sorted(new_sets)),
            (new_policies, sorted(new_policies)),
            (new_policies, sorted(set(old_policies) - set(new_policies))),
            (new_sets, sorted(set(old_sets) - set(new_sets))),
        )
        for path in paths
    ]


def drops_output():
    """Return whether a policy of the host drops by default what the host itself sends; only a policy can."""
    return any(
        policy.get("target") in ("DROP", "REJECT")
        and "HOST" in [zone.get("name") for zone in policy.iter("ingress-zone")]
        for _file, policy in _documents("policies")
    )


def missing_sets(changes_of_files):
    """Return ``[(path, ipset)]`` for each other file that names an ipset which does not exist once the changes are made."""
    after = {file.path: file.after for file in changes_of_files}
    there = {_name(path) for path in _paths("ipsets") if after.get(path, b"") is not None}
    return [
        (path, end.get("ipset"))
        for kind in ("policies", "zones")
        for path, document in _documents(kind)
        for end in document.iter()
        if path not in after and end.tag in ("source", "destination") and end.get("ipset") not in there | {None}
    ]


def _documents(kind):
    for path in _paths(kind):
        try:
            yield path, ElementTree.fromstring(atomic_file.read(path) or b"")
        except (ElementTree.ParseError, LookupError, ValueError):
            continue  # not XML, or in an unknown encoding: firewalld ignores such a file as well


def _paths(kind):
    """Return the paths of the files of a kind; the administrator's file replaces the vendor's of the same name."""
    paths = {}
    for folder in (VENDORS, FOLDER):
        paths.update((_name(path), path) for path in glob.glob(os.path.join(folder, kind, "*.xml")))
    return [paths[name] for name in sorted(paths)]


def _name(path):
    return os.path.basename(path)[: -len(".xml")]


def _path(kind, name):
    return os.path.join(FOLDER, kind, name + ".xml")


def _policy_xml(policy):
    rules = [_rule_xml(fragments) for fragments in policy.rules]
    return _document(
        'policy priority="-1" target="CONTINUE"',
        "The flows of the port matrix.",
        [f'<ingress-zone name="{policy.ingress}"/>', f'<egress-zone name="{policy.egress}"/>', *rules],
    )


def _rule_xml(fragments):
    family, *elements = fragments
    return f"<rule {family}>" + "".join(f"<{element}/>" for element in elements) + "</rule>"


def _set_xml(item):
    options = ['<option name="family" value="inet6"/>'] if item.family == "ip6" else []
    if len(item.entries) > 65536:
        options.append(f'<option name="maxelem" value="{len(item.entries)}"/>')
    entries = [f"<entry>{entry}</entry>" for entry in item.entries]
    return _document(f'ipset type="{item.kind}"', f"Peers: {item.about}.", options + entries)


def _document(root, about, lines):
    about = html.escape("".join(letter if letter.isprintable() else "_" for letter in about), quote=False)
    lines = ["<short>fleet.ports</short>", f"<description>{about} {_ABOUT}</description>", *lines]
    body = "".join(f"  {line}\n" for line in lines)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n{body}</{root.split()[0]}>\n'
