# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The judge of ``firewall_flows``: hosts with the packet filters that people have, and real packets.

A world is a host in namespaces of its own. The module runs in it as on any host; then peers send packets, and what the
run said is compared with what the packets did. Nothing here knows how the module comes to its conclusions.
"""
