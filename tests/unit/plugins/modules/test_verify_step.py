# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of verify_step against its action plugin."""

import yaml

from ansible_collections.fleet.ports.plugins.action.verify_step import ActionModule
from ansible_collections.fleet.ports.plugins.modules import verify_step

OPTIONS = yaml.safe_load(verify_step.DOCUMENTATION)["options"]
FACTS = ("type", "required", "default", "choices")


def test_types_defaults_and_choices_are_documented():
    documented = {name: {fact: option[fact] for fact in FACTS if fact in option} for name, option in OPTIONS.items()}
    assert documented == dict(ActionModule.ARGUMENT_SPEC)


def test_each_option_names_the_steps_that_accept_it():
    for name, option in OPTIONS.items():
        text = " ".join(option["description"])
        accepting = {step for step, use in ActionModule.USES.items() if name in (*use.required, *use.optional)}
        named = {step for step in ActionModule.USES if f"O(step={step})" in text}
        assert name == "step" or named == accepting, name
