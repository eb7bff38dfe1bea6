# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job that undoes a change of flows that is not confirmed."""

from ansible_collections.fleet.ports.plugins.module_utils._commit.rollback import Rollback
from ansible_collections.fleet.ports.plugins.module_utils._flows import participants

PROGRAM = "_flows.jobs.roll_back"


def of_flows():
    """Return the roll-back of changes of flows, which this program carries out when it is due."""
    return Rollback(PROGRAM, participants.restore)


def main():
    """Wait for the end of the time to confirm, and undo the change if it is still unconfirmed."""
    of_flows().wait_and_undo()
