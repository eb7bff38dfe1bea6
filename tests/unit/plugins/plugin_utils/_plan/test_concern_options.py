# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host is told about its concerns."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.fleet.ports.plugins.module_utils._concerns import table
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._plan import concern_options
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concern_options import Order
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.concerns import CONCERNS

ROLES = Path(concern_options.__file__).parents[3] / "roles"
ROLE_OF = {"services": "rmcp_services", "holds": "port_blocker", "pins": "nfs_ports", "flows": "nim_firewall"}


@pytest.fixture
def order(pair):
    """The order for the master m, or its client c, whose variables these are."""

    def compute(host="m", names=CONCERNS, **variables):
        return Order.of_plan(pair(host, bmc=True), names, variables)

    return compute


def test_options_come_from_the_plan(order, pair):
    plan, found = pair("c", bmc=True), order("c")
    assert found.planned == ["services", "holds", "flows"]
    wanted = found.options["_wanted"]
    assert wanted["services"]["entries"] == plan["services"]
    assert wanted["holds"] == {"holds": plan["holds"]}
    assert wanted["flows"]["peers"] == plan["peers"]
    assert [flow["id"] for flow in wanted["flows"]["flows"]] == [flow["id"] for flow in plan["flows"]]


def test_a_flow_says_what_the_packet_filter_needs_and_no_more(order, pair):
    sent, planned = (found[0] for found in (order().options["_wanted"]["flows"]["flows"], pair("m", bmc=True)["flows"]))
    assert sent["initiates"] == planned["initiates"] and "reference" not in sent
    assert set(sent) <= set(concern_options.NEEDED_OF_FLOW)


def test_a_daemon_without_a_pin_is_not_told(order):
    assert "statd" not in order("m").options["_wanted"]["pins"] or order("m").options["_wanted"]["pins"]["statd"]
    assert None not in order("m").options["_wanted"]["pins"].values()


def test_variables_of_the_roles_set_options(order):
    wanted = order(
        "c", rmcp_services_on_conflict="replace", port_blocker_interface="eth0", nim_firewall_backend="nftables",
        fleet_ports_max_shrink="", nim_firewall_confirm_timeout="90",
        nim_firewall_on_blocked="warn",
    )  # fmt: skip
    assert wanted.options["_wanted"]["services"]["on_conflict"] == "replace"
    assert wanted.options["_wanted"]["holds"]["interface"] == "eth0"
    assert wanted.options["_wanted"]["flows"]["backend"] == "nftables"
    assert wanted.options["_wanted"]["flows"]["on_blocked"] == "warn"
    assert "max_shrink" not in wanted.options["_wanted"]["flows"]
    assert wanted.confirm_timeout == 90


def test_a_time_that_is_not_a_number_is_refused(order):
    with pytest.raises(MatrixError, match="^nim_firewall_confirm_timeout is 'soon'; set it to a number of seconds.$"):
        order(nim_firewall_confirm_timeout="soon")


def test_what_the_plan_has_not_is_restored_and_limits_apply_to_flows(plan):
    found = Order.of_plan(
        plan("g", {"nim_gateways": ["g"]}, {"g": {"ansible_host": "192.0.2.1"}}), CONCERNS,
        {"fleet_ports_max_shrink": 30, "nim_firewall_tftpaccess": True},
    )  # fmt: skip
    assert found.planned == [] and found.options["_wanted"] == {}
    assert found.options["_restored"] == {
        "services": None, "holds": None, "pins": None,
        "flows": {"max_shrink": 30, "tftpaccess": False, "flows": [], "peers": {}},
    }  # fmt: skip


def test_concerns_that_are_not_chosen_are_left_alone(order):
    found = order("m", names=["pins"])
    assert list(found.options["_wanted"]) == ["pins"] and found.options["_restored"] == {}


@pytest.mark.parametrize("concern", CONCERNS)
def test_a_role_that_is_set_to_absent_restores_its_concern_without_a_limit(order, concern):
    found = order("m", **{concern_options.STATES[concern]: "absent"})
    assert concern not in found.options["_wanted"] and found.options["_restored"][concern] is None


def test_everything_is_restored_without_a_plan():
    assert Order.to_restore(["services", "flows"]) == (
        [], {"_wanted": {}, "_restored": {"services": None, "flows": None}}, None,
    )  # fmt: skip


@pytest.mark.parametrize("concern", CONCERNS)
def test_each_variable_is_one_of_the_concern_s_role_and_sets_an_option_of_its_module(concern):
    role = yaml.safe_load((ROLES / ROLE_OF[concern] / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    documented = role["argument_specs"]["main"]["options"]
    variables = concern_options.VARIABLES[concern]
    assert concern_options.STATES[concern] in documented
    assert set(variables.values()) - {"fleet_ports_max_shrink"} <= set(documented)
    assert set(variables) <= set(table.load(concern).OPTIONS)
