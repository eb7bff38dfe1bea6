# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scripts for hosts are POSIX shell without warnings of shellcheck."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.fleet.ports.plugins.plugin_utils._export.export_files import Exports

from . import fleets


@pytest.mark.parametrize(
    ("name", "fleet"),
    [("host_nft", fleets.few()), ("host_genfilt", fleets.of_aix("pinned_nfs_servers", "pinned_nfs_clients"))],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_shellcheck(name, fleet, tmp_path):
    for path, text in Exports([name], fleet.plans(fleet.names), fleet.system).files():
        script = tmp_path / path.rpartition("/")[2]
        script.write_text(text)
        done = subprocess.run(["shellcheck", "--shell=sh", script], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), path
