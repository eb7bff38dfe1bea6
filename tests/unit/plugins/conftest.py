# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests of both sides share."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import records


@pytest.fixture
def record_folder(tmp_path, monkeypatch):
    """The folder of the host's records, in a temporary place; it is not there yet."""
    folder = tmp_path / "records"
    monkeypatch.setattr(records, "FOLDER", str(folder))
    return folder
