// Comforts. Every page works without this file.
"use strict";

// Exact times in the reader's own zone; the foot of the page names it.
function localTimes(page = document) {
  const zone = page.getElementById("zone");
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || !name || name === "UTC") return;
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const two = (number) => String(number).padStart(2, "0");
  for (const element of page.querySelectorAll("time.exact")) {
    const at = new Date(element.dateTime);
    if (isNaN(at)) continue;
    const day = `${at.getDate()} ${months[at.getMonth()]} ${at.getFullYear()}`;
    element.textContent = `${day}, ${two(at.getHours())}:${two(at.getMinutes())}`;
  }
  zone.textContent = `in ${name}, or UTC where it says so`;
}

// A button that copies an element's text. Plain http has no clipboard: there the text is selected
// and copied the old way, or left selected.
async function copy(source) {
  const text = source.textContent;
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return "Copied";
    } catch {
      // The browser refused: the old way may still do.
    }
  }
  getSelection().selectAllChildren(source);
  return document.execCommand("copy") ? "Copied" : "Selected. Press Ctrl+C.";
}

function copyButton(source, verb) {
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button copy";
  button.textContent = verb;
  said.className = "said";
  said.setAttribute("role", "status");
  let timer;
  button.addEventListener("click", async () => {
    said.textContent = await copy(source);
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = ""), 4000);
  });
  const both = document.createElement("span");
  both.className = "copying";
  both.append(said, button);
  return both;
}

function copyButtons() {
  for (const block of document.querySelectorAll(".code")) {
    const label = block.querySelector(".bar span");
    const both = copyButton(block.querySelector("code"), "Copy");
    const what = document.createElement("span");
    what.className = "hidden";
    what.textContent = ` ${label.textContent}`;
    both.querySelector("button").append(what);
    block.querySelector(".bar").append(both);
  }
  for (const secret of document.querySelectorAll(".secret")) {
    secret.after(copyButton(secret.querySelector("code"), secret.dataset.verb));
  }
}

// A key or link that was shown does not wait in the browser's memory for "Back".
function forgetKey() {
  const secret = document.querySelector(".secret");
  if (secret) addEventListener("pagehide", () => document.querySelectorAll("code").forEach((code) => code.remove()));
}

// Rows that do not hold the words vanish while one types, where the whole list is on one page.
function liveFilter() {
  const rows = document.querySelectorAll("table[data-live] tbody tr");
  const search = document.getElementById("q");
  if (!search || rows.length < 2) return;
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  search.closest("form").append(said);
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const text = `${row.querySelector("th").textContent} ${row.dataset.find || ""}`;
      row.hidden = !text.toLowerCase().includes(words);
      if (!row.hidden) shown += 1;
    }
    said.textContent = `${shown} of ${rows.length} shown`;
  });
}

// Choosing a date chooses "On a date".
function chosenDate() {
  const date = document.getElementById("expires_on");
  const custom = document.querySelector('[name="expires_in"][value="custom"]');
  if (date && custom) date.addEventListener("input", () => (custom.checked = true));
}

// Asks for a page every few seconds and takes what has changed of the parts that are marked as fresh,
// until there are none: there is nothing to wait for, or nobody is logged in any more.
function follow(address) {
  let timer;
  let stopped = false;
  const look = async () => {
    let more = true;
    try {
      if (!document.hidden) more = take(await (await fetch(address)).text());
    } catch {
      // The server is away: the next look may find it.
    }
    if (more && !stopped) timer = setTimeout(look, 3000);
  };
  look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  localTimes(page);
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.textContent === part.textContent || part.contains(document.activeElement)) continue;
    part.className = fresh.className || part.className;
    part.replaceChildren(...fresh.childNodes);
  }
  return page.querySelector("[data-fresh]") !== null;
}

// "Watch" without loading the page again.
function watch() {
  const place = document.getElementById("watch");
  const link = place && place.querySelector("a");
  if (!link) return;
  // The server makes a page of this address load itself again.
  const query = new URLSearchParams(location.search);
  const is_live = query.has("live");
  query.delete("live");
  const address = location.pathname + (query.size ? `?${query}` : "");
  if (is_live) return location.replace(`${address}#watch`);
  let stop;
  const toggle = () => {
    stop = stop ? stop() : follow(address);
    link.textContent = stop ? "Stop watching" : "Watch";
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  if (location.hash === "#watch") toggle();
}

// A new key waits for its first request.
function firstRequest() {
  const waiting = document.querySelector("[data-follow]");
  if (waiting) follow(waiting.dataset.follow);
}

// Of a double click on a button the second is one too many.
function sendOnce() {
  const sent = new WeakSet();
  addEventListener("submit", (event) => {
    if (sent.has(event.target)) return event.preventDefault();
    sent.add(event.target);
    setTimeout(() => sent.delete(event.target), 3000);
  });
}

localTimes();
sendOnce();
copyButtons();
forgetKey();
liveFilter();
chosenDate();
watch();
firstRequest();
