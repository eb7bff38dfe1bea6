// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The hosts of a conflict that do not fit on its card, added when the card is opened.

for (const details of document.querySelectorAll("details[data-conflict]")) {
  details.addEventListener("toggle", () => {
    const { conflict, from } = details.dataset;
    details.append(...fleet.conflicts[conflict].slice(from).flatMap((name) =>
      [fleet.hostOf.has(name) ? hostLink(name) : make("span", {}, name), " "]));
  }, { once: true });
}
