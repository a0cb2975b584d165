// The form that adds a reader: what there is to choose from is asked of the world, once.

import { ask, element, faultsIn } from "./panel.js";

const OWN = "own";
const place = document.getElementById("add");
const form = place.querySelector("form");
const [model, kind] = [form.querySelector(".model"), form.querySelector(".kind")];
const [options, own, error] = [".options", ".own", ".error"].map((name) => form.querySelector(name));
let cards = [];

function say(text) {
  error.textContent = text;
  error.hidden = !text;
}

function traits(one) {
  const told = [one.slots > 1 && `${one.slots} slots`, one.pin_pad && "PIN pad", one.display && "display", one.built_in && "with its card"];
  return [one.name, ...told.filter(Boolean)].join(", ");
}

async function open() {
  if (!place.open || cards.length) return;
  const { result, error } = await ask("catalogue");
  if (error) return say(error);
  cards = result.cards;
  model.replaceChildren(...result.models.map((one) => new Option(traits(one), one.model)));
  kind.replaceChildren(new Option("none", ""), ...cards.map((one) => new Option(one.name, one.name)), new Option("another source", OWN));
  say("");
}

// An option of a card as what a hand sets: a switch, a choice, or a text.
function field(option) {
  const choices = option.allowed.startsWith("one of ") ? option.allowed.slice(7).split(", ").filter(Boolean) : [];
  const kept = option.default === null || option.default === "" ? "as it comes" : `as it comes: ${option.default}`;
  const input = document.createElement(choices.length || option.allowed === "yes or no" ? "select" : "input");
  if (input instanceof HTMLSelectElement) {
    const words = choices.length ? choices : ["yes", "no"];
    input.append(new Option(kept, ""), ...words.map((word) => new Option(word, word)));
  } else {
    Object.assign(input, { autocomplete: "off", spellcheck: false, placeholder: option.example.replace(`${option.name}=`, "") || kept });
  }
  input.dataset.option = option.name;
  const label = document.createElement("label");
  label.append(element("span", "option", option.name), input, element("small", "", option.help));
  return label;
}

function choose() {
  const chosen = cards.find((one) => one.name === kind.value);
  const fields = chosen ? chosen.options.map(field) : [];
  options.hidden = !fields.length;
  options.replaceChildren(options.firstElementChild, ...fields);
  own.hidden = kind.value !== OWN;
}

function spec() {
  if (kind.value === OWN) return own.querySelector("input").value.trim();
  const set = [...options.querySelectorAll("[data-option]")].filter((one) => one.value.trim());
  return set.length ? `${kind.value}?${set.map((one) => `${one.dataset.option}=${one.value.trim()}`).join("&")}` : kind.value;
}

async function add(event) {
  event.preventDefault();
  const changes = form.querySelector(".changes").value.trim();
  const card = spec();
  const faults = faultsIn(form);
  const broken = faults.length ? { faults } : {};
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const { error } = await ask("add", { reader: changes ? `${model.value}?${changes}` : model.value, cards: card ? [card] : [], ...broken });
  button.disabled = false;
  say(error || "");
  if (!error) place.open = false;
}

place.addEventListener("toggle", open);
kind.addEventListener("change", choose);
form.addEventListener("input", () => say(""));
form.addEventListener("submit", add);
