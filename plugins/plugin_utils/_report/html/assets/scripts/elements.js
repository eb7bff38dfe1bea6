// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Elements. Text always becomes a text node, so the name of a host is never parsed as markup.
"use strict";

const byId = (id) => document.getElementById(id);

const make = (name, attributes = {}, ...content) => {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(attribute, "");
    else if (value !== undefined && value !== false) element.setAttribute(attribute, value);
  }
  element.append(...content.filter((part) => part !== undefined && part !== ""));
  return element;
};

const hostLink = (name) => make("a", { href: `#host=${encodeURIComponent(name)}` }, name);

const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

// A long title may break after an underscore.
const breakable = (title) => title.split(/(?<=_)/).flatMap((part) => [part, make("wbr")]);

// The parts of a table have explicit roles: a narrow screen shows them as blocks, which removes the implicit ones.
const tableHead = (table, titles) => {
  table.setAttribute("role", "table");
  table.tHead.setAttribute("role", "rowgroup");
  table.tBodies[0].setAttribute("role", "rowgroup");
  table.tHead.replaceChildren(make("tr", { role: "row" }, ...titles.map(([title, kind]) =>
    make("th", { scope: "col", role: "columnheader", class: kind }, ...breakable(title)))));
};
const tableRow = (head, ...cells) =>
  make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader", ...head[0] }, ...head.slice(1)),
    ...cells.map(([attributes, ...content]) => make("td", { role: "cell", ...attributes }, ...content)));
