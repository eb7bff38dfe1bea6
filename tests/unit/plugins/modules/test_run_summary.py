# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of run_summary against its action plugin."""

import yaml

from ansible_collections.fleet.ports.plugins.action.run_summary import ActionModule
from ansible_collections.fleet.ports.plugins.modules import run_summary

OPTIONS = yaml.safe_load(run_summary.DOCUMENTATION)["options"]
FACTS = ("type", "required", "default", "choices")


def test_types_defaults_and_choices_are_documented():
    documented = {name: {fact: option[fact] for fact in FACTS if fact in option} for name, option in OPTIONS.items()}
    assert documented == dict(ActionModule.ARGUMENT_SPEC)


def test_the_folder_says_which_use_it_belongs_to():
    uses = [use for use, options in ActionModule.USES.items() if "report_dir" in options.required]
    assert uses == ["audit"]
    assert "Required with O(of=audit), and not accepted otherwise." in OPTIONS["report_dir"]["description"]
