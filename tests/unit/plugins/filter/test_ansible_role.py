# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter fleet.ports.ansible_role."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.fleet.ports.plugins.filter.ansible_role import FilterModule

ANSIBLE_ROLE = FilterModule().filters()["ansible_role"]
ROLES = Path(__file__).parents[4] / "roles"


@pytest.mark.parametrize("concern", ["services", "holds", "pins", "flows"])
def test_the_role_is_one_of_ours_and_keeps_its_result_where_reports_look_for_it(concern):
    role = ANSIBLE_ROLE(concern)
    assert f"register: {role}_result\n" in (ROLES / role / "tasks" / "apply.yml").read_text()


def test_what_is_no_concern():
    with pytest.raises(AnsibleFilterError, match="'doors' is no concern; the concerns are services, holds, pins, flows"):
        ANSIBLE_ROLE("doors")
