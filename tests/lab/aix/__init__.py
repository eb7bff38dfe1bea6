# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator of those parts of an AIX host that the collection touches; it needs no AIX machine, and replaces none.

It behaves as IBM documents the programs, and keeps what they do in one file. Sources, named in each module by these
letters; where a module says "not documented", the choice is ours and the checklist for a real LPAR asks:

- [C] AIX 7.x Commands Reference: genfilt, chfilt, rmfilt, mvfilt, lsfilt, ckfilt, mkfilt, expfilt, impfilt, mkdev,
  lsdev, lssrc, startsrc, stopsrc, refresh, rpcinfo, lsnim, at.
- [4] AIX 4.3 Commands Reference, where the newer edition is shorter.
- [S] The SMIT help for IP Security, and IBM's "Using IPSec rules to filter network traffic".
- [D] The AIX 7.x STIG of DISA, which shows what ``lsfilt`` and ``lsdev`` print.
- [P] The documentation and issues of the collection ibm.power_aix, which show what ``lsfilt -O`` and ``mkfilt`` print.
- [N] IBM's "Network ports used for NIM communication".

The code runs on Python 3.6, because tests of managed-node code use it.
"""
