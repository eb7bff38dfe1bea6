# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each concern has a row, and the face that a run needs."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._concerns import table
from ansible_collections.fleet.ports.plugins.module_utils._host import records


@pytest.mark.parametrize("name", records.CONCERNS)
def test_each_concern_is_loaded_by_its_name(name):
    concern = table.load(name)
    assert concern.NAME == name
    assert callable(concern.compute) and callable(concern.give_back)
    assert "state" not in concern.OPTIONS
