# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every command in the guide to AWX works, except those that are marked as not run by the tests."""

from __future__ import annotations

import re

from tests.guides import REPOSITORY

from .guide import GUIDE


def test_the_guide_leads_to_a_launched_job(followed, runs):
    _user, done = followed
    assert done.returncode == 0, done.stdout
    assert "Complete! The build context can be found at" in done.stdout
    # By ansible-playbook, and by the job template.
    assert "Hosts with a plan: 5." in done.stdout
    assert "Hosts with a plan: 5." in runs[0].output


def test_what_is_not_run_needs_servers_or_is_in_the_environment():
    words = [line.split()[0] for commands in GUIDE.not_run for line in commands.splitlines()]
    assert words == ["pip", "ansible-builder", "podman", "git", "git", "export"]
    assert len(GUIDE.run) == 6
    requirements = (REPOSITORY / "tests" / "requirements" / "awx.txt").read_text().splitlines()
    packages = re.findall(r"[a-z-]+==[0-9.]+", GUIDE.not_run[0])
    assert packages and set(packages) <= set(requirements)


def test_the_guide_says_what_templates_ask_and_hand_on(found):
    for template in found["controller_templates"]:
        [row] = [line for line in GUIDE.text.splitlines() if line.startswith(f"| {template['name']} |")]
        asks, hands_on = [cell.strip() for cell in row.split("|")[2:4]]
        assert bool(asks) == ("survey_spec" in template)
        assert hands_on.startswith(("`fleet_ports_", "the same"))
    for name in ("controller_workflows", "controller_schedules"):
        assert all(f"**{thing['name']}**" in GUIDE.text for thing in found[name])
