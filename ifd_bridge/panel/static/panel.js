// The front panel: draws what the server says and sends what hands do. It keeps no state of its own
// but what is on the screen.

const KEYS = [
  ["1"], ["2"], ["3"], ["CANCEL", "Cancel"],
  ["4"], ["5"], ["6"], ["CLEAR", "Clear"],
  ["7"], ["8"], ["9"], ["BACKSPACE", "Back"],
  [""], ["0"], [""], ["OK", "OK"],
];
const KEYBOARD = { Enter: "OK", Escape: "CANCEL", Backspace: "BACKSPACE", Delete: "CLEAR" };
const KEPT = 1000;

const $ = (id) => document.getElementById(id);
const lines = $("lines");
const sections = new Map();

export async function ask(verb, details = {}) {
  const body = JSON.stringify({ do: verb, ...details });
  try {
    const answer = await fetch("do", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    return await answer.json();
  } catch {
    return { error: "The panel's server does not answer." };
  }
}

async function act(verb, details = {}) {
  const { error } = await ask(verb, details);
  say(error || "");
}

function say(text) {
  $("message").textContent = text;
  $("message").hidden = !text;
}

// Keys go out one after the other, in the order they were pressed.
let typing = Promise.resolve();
function press(reader, key) {
  typing = typing.then(() => act("press", { keys: [key], reader }));
}

function clone(id) {
  return $(id).content.firstElementChild.cloneNode(true);
}

function set(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function build(reader) {
  const section = clone("reader");
  const title = section.querySelector("h2");
  title.id = `reader-${reader.reader}`;
  section.setAttribute("aria-labelledby", title.id);
  const pad = section.querySelector(".keypad");
  pad.setAttribute("aria-label", `Keypad of ${reader.name}`);
  for (const [key, word] of KEYS) {
    const place = document.createElement(key ? "button" : "span");
    if (key) {
      place.type = "button";
      place.dataset.key = key;
      place.textContent = word || key;
      if (word) place.className = "word";
      place.addEventListener("click", () => press(reader.reader, key));
    }
    pad.append(place);
  }
  section.addEventListener("keydown", (event) => keyboard(event, section));
  section.querySelector(".plug").addEventListener("click", () =>
    act(section.dataset.plugged === "false" ? "plug" : "unplug", { reader: reader.reader }));
  section.querySelector(".remove").addEventListener("click", () => act("remove", { reader: reader.reader }));
  const breaking = section.querySelector(".breaking");
  breaking.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    act("fault", { faults: faultsIn(breaking), reader: reader.reader });
  });
  $("readers").insertBefore(section, $("add"));
  return section;
}

// Faults as a hand writes them, a semicolon between two.
export function faultsIn(place) {
  return place.querySelector(".faults").value.split(";").map((one) => one.trim()).filter(Boolean);
}

function drawFaults(node, reader) {
  const text = (reader.faults || []).join("; ");
  write(node.querySelector("summary"), text ? `Fails on purpose: ${text}` : "Faults");
  const entered = node.querySelector(".faults");
  set(entered, "aria-label", `How ${reader.name} fails`);
  if (node.dataset.text !== text) entered.value = text;
  node.dataset.text = text;
}

function buildSlot(section, reader, number) {
  const slot = clone("slot");
  const spec = slot.querySelector(".spec");
  const where = { reader: reader.reader, slot: number };
  const named = () => (spec.value.trim() ? { card: spec.value.trim(), ...where } : where);
  slot.querySelector(".move").addEventListener("click", () =>
    slot.dataset.in === "true" ? act("eject", where) : act("insert", named()));
  slot.querySelector(".swap").addEventListener("click", () => act("swap", named()));
  slot.querySelector(".touch").addEventListener("click", () => act("touch", where));
  const phone = slot.querySelector(".phone");
  phone.addEventListener("submit", (event) => {
    event.preventDefault();
    const entered = phone.querySelector(".entered");
    const text = entered.hidden ? {} : { text: entered.value };
    act("phone", { ...where, action: "answer", ...text });
    entered.value = "";
  });
  phone.querySelector(".back").addEventListener("click", () => act("phone", { ...where, action: "answer", result: 17 }));
  phone.querySelector(".choices").addEventListener("click", (event) => {
    const item = Number(event.target.dataset.item);
    if (item) act("phone", { ...where, action: event.target.dataset.action, item });
  });
  section.querySelector(".slots").append(slot);
  return slot;
}

function keyboard(event, section) {
  if (event.target.matches("input, select") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (section.querySelector(".keypad").hidden) return;
  const key = /^[0-9]$/.test(event.key) ? event.key : KEYBOARD[event.key];
  if (!key || (event.key === "Enter" && event.target.matches("button") && !section.dataset.waiting)) return;
  if (event.key === "Enter" && event.target.matches(".actions button")) return;
  event.preventDefault();
  const button = section.querySelector(`[data-key="${key}"]`);
  button.classList.add("down");
  setTimeout(() => button.classList.remove("down"), 120);
  button.click();
}

function draw(readers) {
  const known = new Set(readers.map((reader) => reader.reader));
  for (const [number, section] of sections) {
    if (!known.has(number)) { section.remove(); sections.delete(number); }
  }
  for (const reader of readers) {
    if (!sections.has(reader.reader)) sections.set(reader.reader, build(reader));
    drawReader(sections.get(reader.reader), reader);
  }
  drawFilter(readers);
}

function drawReader(section, reader) {
  const host = reader.host;
  const by = !host || !reader.plugged ? "" : host.by ? ` (${host.state} by ${host.by})` : ` (${host.state} for a USB host)`;
  write(section.querySelector("h2"), reader.name + by);
  const inside = reader.slots.filter((slot) => slot.inserted);
  const plugged = reader.plugged !== false;
  const light = !plugged ? "unplugged" : reader.waiting ? "waiting" : reader.powered.length ? "powered" : inside.length ? "present" : "off";
  const words = { waiting: "waiting for a PIN", powered: "card powered", present: "card not powered", off: "no card", unplugged: "unplugged" };
  const led = section.querySelector(".led");
  set(led, "data-light", light);
  set(led, "aria-label", words[light]);
  led.title = words[light];
  set(section, "data-plugged", plugged);
  write(section.querySelector(".plug"), plugged ? "Unplug" : "Plug in");
  set(section.querySelector(".plug"), "aria-label", `${plugged ? "Unplug" : "Plug in"} ${reader.name}`);
  set(section.querySelector(".remove"), "aria-label", `Remove ${reader.name}`);
  drawFaults(section.querySelector(".breaking"), reader);
  if (reader.waiting && !section.dataset.waiting) waitFor(section);
  reader.waiting ? set(section, "data-waiting", "yes") : section.removeAttribute("data-waiting");
  const hint = section.querySelector(".hint");
  hint.hidden = !reader.keypad;
  write(hint, reader.waiting ? hintFor(reader.asking) : "");
  section.querySelector(".keypad").hidden = !reader.keypad;
  const display = section.querySelector(".display");
  display.hidden = !(reader.lcd && reader.lcd[0]) && !reader.display;
  const [first, second = ""] = reader.display.split("\n");
  write(display.children[0], first);
  write(display.children[1], second);
  const slots = [...section.querySelectorAll(".slot")];
  reader.slots.forEach((slot, i) =>
    drawSlot(slots[i] || buildSlot(section, reader, slot.slot), reader, slot));
}

function hintFor(asking) {
  if (!asking) return "A program waits for a PIN: type it here, or on your keyboard.";
  const step = asking.steps > 1 ? `${asking.step} of ${asking.steps}: ` : "";
  const typed = asking.digits ? ` ${"•".repeat(asking.digits)}` : "";
  return `${step}type ${asking.what} here, or on your keyboard.${typed}`;
}

// A person at the keyboard can type at once, unless they are busy elsewhere.
function waitFor(section) {
  if (document.activeElement === document.body) section.querySelector('[data-key="5"]')?.focus();
}

function drawSlot(node, reader, slot) {
  set(node, "data-in", slot.inserted);
  write(node.querySelector(".card b"), slot.card || "");
  const place = reader.slots.length > 1 ? `Slot ${slot.slot}: ` : "";
  const what = slot.inserted ? `${slot.card || "a card"} is in` : slot.card ? `empty; ${slot.card} was in` : "empty";
  const [work, done, total] = slot.progress || [];
  const percent = work ? `, ${work} ${Math.floor(100 * done / Math.max(1, total))} %` : "";
  write(node.querySelector(".what"), place + what + percent);
  set(node.querySelector(".spec"), "placeholder", slot.card ? "the same" : "hello");
  const move = node.querySelector(".move");
  write(move, slot.inserted ? "Eject" : "Insert");
  set(move, "aria-label", `${slot.inserted ? "Eject the card from" : "Insert a card into"} ${reader.name}`);
  const swap = node.querySelector(".swap");
  swap.hidden = !slot.inserted;
  set(swap, "aria-label", `Swap the card in ${reader.name}`);
  const touch = node.querySelector(".touch");
  touch.hidden = slot.touch === undefined;
  set(touch, "data-wanted", Boolean(slot.touch));
  set(touch, "aria-label", `Touch the card in ${reader.name}${slot.touch ? ": it waits" : ""}`);
  drawPorts(node.querySelector(".ports"), slot.inserted ? slot.profiles || [] : []);
  drawPhone(node.querySelector(".phone"), slot.phone || {});
}

// What a SIM asks its user: a question, else its menu.
function drawPhone(form, phone) {
  const { asks, menu } = phone;
  form.hidden = !asks && !menu;
  const text = JSON.stringify(phone);
  if (form.dataset.text === text) return;
  form.dataset.text = text;
  const shown = asks || menu || { text: "", items: [] };
  write(form.querySelector(".asks"), shown.text || (asks ? asks.command : ""));
  form.querySelector(".entered").hidden = !asks || !asks.command.startsWith("GET");
  for (const button of form.querySelectorAll("[type=submit], .back")) button.hidden = !asks;
  form.querySelector(".choices").replaceChildren(...shown.items.map(([number, label]) => {
    const button = element("button", "item", label);
    button.type = "button";
    button.dataset.item = number;
    button.dataset.action = asks ? "answer" : "choose";
    return button;
  }));
}

function drawPorts(list, profiles) {
  list.hidden = !profiles.length;
  const text = JSON.stringify(profiles);
  if (list.dataset.text === text) return;
  list.dataset.text = text;
  list.replaceChildren(...profiles.map((profile) => {
    const item = document.createElement("li");
    item.dataset.on = profile.enabled;
    const where = profile.port === null || profile.port === undefined ? "" : `, port ${profile.port}`;
    item.textContent = `${profile.name || profile.iccid} (${profile.enabled ? "enabled" + where : "disabled"})`;
    item.title = profile.iccid || "";
    return item;
  }));
}

function drawFilter(readers) {
  const filter = $("filter");
  const names = readers.map((reader) => reader.name);
  const old = [...filter.options].slice(1).map((option) => option.value);
  if (names.join("\n") === old.join("\n")) return;
  const chosen = filter.value;
  filter.replaceChildren(filter.options[0], ...names.map((name) => new Option(name, name)));
  filter.value = names.includes(chosen) ? chosen : "";
}

export function element(tag, name, text) {
  const node = document.createElement(tag);
  node.className = name;
  node.textContent = text;
  return node;
}

function time(at) {
  const moment = new Date(at * 1000);
  const micro = String(Math.floor((at % 1) * 1000)).padStart(3, "0");
  return `${moment.toTimeString().slice(0, 8)}.${micro}`;
}

function line(entry) {
  const item = document.createElement("li");
  if (entry.lost) {
    item.className = "lost";
    item.textContent = `${entry.lost} events came too fast to be shown`;
    return item;
  }
  item.className = { reader: "reader-line", pin: "pin-line" }[entry.layer] || "";
  if (entry.good === true) item.classList.add("good");
  if (entry.good === false) item.classList.add("bad");
  item.dataset.reader = entry.reader;
  const place = entry.slot ? `${entry.reader}, slot ${entry.slot}` : entry.reader;
  const note = sections.size > 1 ? [entry.note, place].filter(Boolean).join(" · ") : entry.note;
  item.title = place;
  const bytes = element("div", "bytes", "");
  bytes.append(element("span", "hex", entry.hex), element("span", "note", note));
  if (entry.details.length) bytes.append(element("pre", "tree", entry.details.join("\n")));
  const mark = { ">": "→", "<": "←", "!": "!", "=": "·" }[entry.mark];
  item.append(element("time", "", time(entry.at)), element("span", "mark2", mark), element("span", "name", entry.name), bytes);
  item.hidden = Boolean($("filter").value) && $("filter").value !== entry.reader;
  return item;
}

function add(entries, lost) {
  const fresh = document.createDocumentFragment();
  if (lost) fresh.append(line({ lost }));
  for (const entry of entries) fresh.append(line(entry));
  lines.append(fresh);
  while (lines.childElementCount > KEPT) lines.firstElementChild.remove();
  if ($("follow").checked) $("log").scrollTop = $("log").scrollHeight;
}

function link(state, text) {
  set($("link"), "data-state", state);
  write($("link"), text);
}

let seen = 0;
function listen() {
  const source = new EventSource("events");
  source.onopen = () => { link("live", "live"); lines.replaceChildren(); seen = 0; };
  source.onmessage = ({ data }) => {
    const news = JSON.parse(data);
    if (news.state) draw(news.state.readers);
    if (news.lines || news.lost) add(news.lines || [], news.lost);
    if (news.ended) { link("gone", "the world has ended"); source.close(); }
  };
  source.onerror = () => link(source.readyState === EventSource.CLOSED ? "gone" : "waiting",
    source.readyState === EventSource.CLOSED ? "disconnected" : "connecting again");
}

// Where there is room for one only, a tab says which.
for (const tab of document.querySelectorAll(".views button")) {
  tab.addEventListener("click", () => {
    document.body.dataset.view = tab.dataset.view;
    for (const other of document.querySelectorAll(".views button")) set(other, "aria-pressed", other === tab);
  });
}
$("filter").addEventListener("change", () => {
  for (const item of lines.children) item.hidden = Boolean($("filter").value) && item.dataset.reader !== $("filter").value;
});
$("clear").addEventListener("click", () => lines.replaceChildren());
listen();
