// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Long tables in slices: the first rows at once, more on demand, so that any number of rows costs the same.

const slices = (table, button, size, rowOf) => {
  let items = [], shown = 0;
  const more = (number) => {
    const next = items.slice(shown, shown + number);
    table.tBodies[0].append(...next.map(rowOf));
    shown += next.length;
    button.hidden = shown === items.length;
    const left = items.length - shown;
    button.textContent = `Show ${Math.min(size, left)} of ${left.toLocaleString("en")} more`;
  };
  button.addEventListener("click", () => {
    const first = shown;
    more(size);
    // The keyboard focus moves to the first new row.
    const row = table.tBodies[0].rows[first];
    (row.querySelector("a, button") || Object.assign(row, { tabIndex: -1 })).focus();
  });
  return {
    show(all) {
      [items, shown] = [all, 0];
      table.tBodies[0].replaceChildren();
      table.hidden = items.length === 0;
      more(size);
    },
    showAll: () => more(items.length),
  };
};
