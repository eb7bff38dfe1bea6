# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real software, end to end through packet filters that enforce the plan; and the same with rows of the plan missing.

The proof that no row is superfluous and none is missing: what is taken out stops exactly the software that needs it.
"""
