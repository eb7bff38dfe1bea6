# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: port_matrix
short_description: Compute the port matrix of a host
description: to be written
author: fleet.ports contributors (!UNKNOWN)
options: {}
"""
