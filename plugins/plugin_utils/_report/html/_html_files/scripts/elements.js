// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Elements. Text becomes a node of text and nothing else: no name of a host is ever read as markup.
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

// A long title may end a line after an underscore.
const breakable = (title) => title.split(/(?<=_)/).flatMap((part) => [part, make("wbr")]);

// A table's parts say what they are, for on a narrow screen they are shown as blocks, which takes their meaning away.
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
