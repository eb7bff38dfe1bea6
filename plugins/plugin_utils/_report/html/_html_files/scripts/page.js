// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The page: whatever changes the filter shows what it asks for.

let rows = [];

const show = () => {
  const asked = filter.read(), host = fleet.hostOf.get(asked.host), words = filter.inWords();
  rows = chosenRows(asked);
  const all = host ? host.profile.rows.length : fleet.rows.length;
  byId("count").textContent = words
    ? `${rows.length.toLocaleString("en")} of ${counted(all, "row")}: ${words}`
    : counted(all, "row");
  byId("clear").disabled = !words;
  byId("copy-csv").disabled = byId("copy-request").disabled = !rows.length;
  byId("copied").textContent = "";
  byId("host-names").replaceChildren(...(asked.host && !host ? suggestedNames(asked.host) : [])
    .map((value) => make("option", { value })));
  showHost(byId("one-host"), asked.host);
  flowTable.show(rows, Boolean(host));
};

const goTo = (id) => {
  byId(id).scrollIntoView();
  byId(id).focus({ preventScroll: true });
};

filter.form.addEventListener("submit", (event) => event.preventDefault());
filter.form.addEventListener("input", () => {
  // The page stays at the same entry of the history: nobody wants to go back by letters.
  history.replaceState(null, "", filter.toHash());
  show();
});
byId("clear").addEventListener("click", () => {
  filter.fromHash("#");
  history.replaceState(null, "", "#");
  show();
  filter.form.elements.search.focus();
});
for (const [id, write, form] of [["copy-csv", asCsv, "CSV"], ["copy-request", asRequest, "a change request"]]) {
  byId(id).addEventListener("click", async () => {
    const done = await copy(write(rows));
    byId("copied").textContent = done
      ? `Copied ${counted(rows.length, "row")} as ${form}.`
      : "The browser does not let this page write to the clipboard; take fleet.csv, which is beside it.";
  });
}
document.addEventListener("click", (event) => {
  // A link within the page goes there, and leaves the filter in the address as it is.
  const link = event.target.closest("a[href^='#']");
  if (!link || hasFilter(link.getAttribute("href"))) return;
  event.preventDefault();
  goTo(link.getAttribute("href").slice(1));
});
addEventListener("hashchange", () => {
  if (location.hash && !hasFilter(location.hash)) return;
  filter.fromHash(location.hash);
  show();
  if (hasFilter(location.hash)) goTo("matrix");
});
addEventListener("beforeprint", () => flowTable.slices.showAll());

hostTable.start();
filter.fromHash(hasFilter(location.hash) ? location.hash : "#");
show();
if (hasFilter(location.hash)) goTo("matrix");
