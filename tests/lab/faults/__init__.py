# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kill -9 anywhere: walks through every step of every module, where it is killed, or something fails or hangs.

What runs on the host (:mod:`steps`, :mod:`trial`, :mod:`sight`, :mod:`live`, :mod:`walk`) needs nothing but Python
there, and the collection.
"""
