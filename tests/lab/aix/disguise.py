# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a Python say that it runs on AIX. The interpreter below /opt/freeware imports this before anything else."""

import os
import sys

REAL = os.uname()

SAID = os.uname_result(("AIX", REAL.nodename, "2", "7", "00F600000000"))

os.uname = lambda: SAID
sys.platform = "aix"
