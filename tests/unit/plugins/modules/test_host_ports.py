# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the module host_ports: those that users see are documented, and its concerns are those that have records."""

import pytest

pytest.importorskip("ansible")
yaml = pytest.importorskip("yaml")

from ansible_collections.fleet.ports.plugins.module_utils._host import records
from ansible_collections.fleet.ports.plugins.modules import host_ports


def test_options_and_documentation_say_the_same():
    documented = yaml.safe_load(host_ports.DOCUMENTATION)["options"]
    public = {name: option for name, option in host_ports.OPTIONS.items() if not name.startswith("_")}
    fields = ("type", "elements", "default", "choices")
    assert {name: [option.get(field) for field in fields] for name, option in documented.items() if name in public} == {
        name: [option.get(field) for field in fields] for name, option in public.items()
    }


def test_all_concerns_are_run_unless_some_are_named():
    assert host_ports.OPTIONS["concerns"]["default"] == list(records.CONCERNS)
