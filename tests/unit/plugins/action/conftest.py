# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Ansible gives to action plugins."""

from __future__ import annotations

import pytest


class HostVars(dict):
    """Ansible's, as far as it is asked."""

    raw_get = dict.__getitem__


@pytest.fixture
def hostvars():
    """Make the variables of all hosts."""
    return HostVars
