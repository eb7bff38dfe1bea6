# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random worlds: rulesets as people and programs write them, and flows to be opened on them.

The same seed makes the same world. Whoever draws one up keeps its ssh reachable.
"""
