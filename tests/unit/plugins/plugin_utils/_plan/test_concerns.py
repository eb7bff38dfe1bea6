# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concerns of a plan."""

from __future__ import annotations

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import records
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import (
    CONCERNS,
    concerns_of,
    named,
    refuse_misspelt_tags,
    tagged,
)

NIM = {"nim_masters": ["m"], "nim_clients": ["c"]}
HOSTS = {"m": {"ansible_host": "192.0.2.1"}, "c": {"ansible_host": "198.51.100.1"}}


@pytest.mark.parametrize(
    "groups, concerns",
    [
        ({}, []),
        ({"bmc_hosts": ["m"]}, ["services", "holds"]),
        ({"nim_masters": ["m"]}, ["services", "pins"]),
        ({**NIM, "bmc_hosts": ["m"]}, ["services", "holds", "pins", "flows"]),
        ({"pinned_nfs_clients": ["m"], "pinned_nfs_servers": ["c"]}, ["flows"]),
        # Roles without a peer.
        ({"nim_gateways": ["m"]}, []),
        ({"pinned_nfs_clients": ["m"]}, []),
    ],
)
def test_concerns(plan, groups, concerns):
    assert concerns_of(plan("m", groups, HOSTS)) == concerns


def test_both_sides_have_the_same_concerns_in_the_same_order():
    assert CONCERNS == records.CONCERNS


@pytest.mark.parametrize(
    "names, concerns",
    [([], list(CONCERNS)), (["flows", "services"], ["services", "flows"]), (["open", "hold"], ["holds", "flows"])],
)
def test_concerns_are_chosen_by_name_or_verb(names, concerns):
    assert named(names, "here") == concerns


def test_an_unknown_concern_is_refused():
    with pytest.raises(MatrixError) as error:
        named(["flow"], "fleet_ports_concerns")
    assert str(error.value) == (
        "fleet_ports_concerns: 'flow' is not a concern. The concerns are services, holds, pins, flows, their verbs name, "
        "hold, pin, open."
    )


@pytest.mark.parametrize(
    "run, skipped, concerns",
    [
        (["all"], [], list(CONCERNS)),
        (["open"], [], ["flows"]),
        (["hold", "services", "site"], [], ["services", "holds"]),
        (["site"], [], list(CONCERNS)),
        (["all"], ["pin", "flows"], ["services", "holds"]),
        (["open"], ["open"], []),
    ],
)
def test_tags_select_concerns(run, skipped, concerns):
    assert tagged(CONCERNS, run, skipped) == concerns


def test_a_misspelt_tag_is_refused():
    refuse_misspelt_tags(["all", "open", "never", "web", "monitoring"])
    with pytest.raises(MatrixError) as error:
        refuse_misspelt_tags(["opne"])
    assert str(error.value) == "The tag 'opne' selects no concern. Did you mean open?"
