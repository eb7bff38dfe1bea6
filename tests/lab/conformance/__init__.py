# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Does what passes between real hosts agree with the port matrix? Packets decide, not rules.

Everything here looks from outside: plans are read as a person reads them, packets are made byte by byte, and whoever
sees one arrive is a bare socket. Nothing of the collection takes part but the matrix and what `fleet.ports.site` left.
"""
