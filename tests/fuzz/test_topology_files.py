# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A topology file that was modified is refused; one with a valid fingerprint may contain anything."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
from pathlib import Path

from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.plugin_utils._catalog.relations import ROLES
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import schema
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.roles import read_role_groups
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.fleet import Fleet
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.request import Request
from ansible_collections.fleet.ports.plugins.plugin_utils._topology import topology_file

from .attempts import attempt
from .fleets import variables
from .mutations import mutated
from .texts import mostly, values

MEMBERS = {"nim_master": ["a"], "nim_client": ["b", "c"], "bmc_host": ["c"]}
CONTENT = {
    "roles": {role: MEMBERS.get(role, []) for role in ROLES},
    "hosts": {name: {"ansible_host": f"192.0.2.{number}"} for number, name in enumerate("abc", 1)},
}
OF_HOSTS = [("hosts", name, variable) for name in "bc" for variable in ("ansible_host", *schema.VARIABLES)]
PLACES = [("roles",), ("hosts",), *(("roles", role) for role in ROLES), *(("hosts", name) for name in "abc")]
ENTRIES = variables.map(lambda given_variables: {"ansible_host": "192.0.2.9", **given_variables})
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([("hosts", "b"), ("hosts", "c")]), ENTRIES),
        st.tuples(mostly(st.sampled_from(OF_HOSTS), st.sampled_from(PLACES)), values),
    ),
    max_size=2,
)


def _changed(changes: list[tuple[tuple[str, ...], object]]) -> dict:
    content = copy.deepcopy(CONTENT)
    for (*way, last), value in changes:
        inner = content
        for step in way:
            inner = inner.get(step)
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = value
    return content


def _text(content: dict) -> bytes:
    body = f'"roles": {json.dumps(content["roles"])},\n"hosts": {json.dumps(content["hosts"])}}}\n'
    fingerprint = hashlib.sha256(body.encode()).hexdigest()
    return f'{{"version": 1, "written": "2026", "fingerprint": "{fingerprint}",\n{body}'.encode()


def _plans(recorded: topology_file.TopologyFile) -> dict:
    """The plans of a slice that contains only the master."""
    fleet = Fleet(
        {"all": ["a"], "nim_masters": ["a"]},
        read_role_groups("Host a", {}),
        {"a": {"ansible_host": "192.0.2.1"}}.__getitem__,
        Request({"on_conflict": "report"}),
        recorded,
    )
    return fleet.plans(["a"])


def test_what_a_file_says(tmp_path: Path, inputs: int) -> None:
    path, read, planned = tmp_path / "topology.json", 0, 0

    @given(CHANGES)
    def check(changes: list) -> None:
        nonlocal read, planned
        path.write_bytes(_text(_changed(changes)))
        recorded = attempt(topology_file.read, os.fspath(path))
        if recorded is not None:
            read += 1
            planned += attempt(_plans, recorded) is not None

    check()
    assert read > inputs / 2 and planned > inputs / 20, f"{read} of these files are read, {planned} lead to plans"


def test_other_bytes(tmp_path: Path, dice: random.Random, inputs: int) -> None:
    path = tmp_path / "topology.json"
    path.write_bytes(_text(CONTENT))
    assert _plans(topology_file.read(os.fspath(path)))
    for _number in range(inputs):
        path.write_bytes(mutated(_text(CONTENT), dice))
        attempt(topology_file.read, os.fspath(path))
