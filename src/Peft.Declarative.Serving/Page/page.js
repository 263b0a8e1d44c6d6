// Talks to the server that the page came from, in the protocol of its other clients, and to nobody else.
"use strict";

const at = id => document.getElementById(id);
const talks = new Map();     // persona: the messages, as the server gets them
const panels = new Map();    // persona: the panel that shows them
const running = new Map();   // persona: what stops the answer
let names = [];              // what the server has
let key = stored();

// What a model, a link or the server says becomes text, never markup.
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function say(text) { at("status").textContent = text; }

// Only for this tab; some browsers refuse to keep anything.
function stored(value) {
  try {
    if (value !== undefined) sessionStorage.setItem("apiKey", value);
    return sessionStorage.getItem("apiKey") ?? "";
  } catch {
    return value ?? "";
  }
}

// The part of an address after '#' is not sent to any server, so a link is the conversation and stays between those who have it.
function remember() {
  const state = { on: chosen(), talks: [...talks].filter(([, messages]) => messages.length) };
  history.replaceState(null, "", "#" + encodeURIComponent(JSON.stringify(state)));
  at("link").href = location.hash;
}

function recall() {
  if (location.hash.length < 2) return [];
  try {
    const { on, talks: kept } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    for (const [name, messages] of kept) {
      talks.set(String(name), messages.map(({ role, content }) => ({ role: role === "user" ? role : "assistant", content: String(content) })));
    }
    return on.map(String);
  } catch {
    say("The link cannot be read: a part of it is missing. This is a new conversation.");
    talks.clear();
    return [];
  }
}

const boxes = () => [...document.querySelectorAll("#personas input")];
const chosen = () => boxes().filter(box => box.checked).map(box => box.value);

function entry(log, kind, speaker, text) {
  const words = make("span", { textContent: text });
  log.append(make("p", { className: kind }, make("span", { className: "hidden", textContent: speaker }), words));
  log.scrollTop = log.scrollHeight;
  return words;
}

function panelOf(name) {
  if (!panels.has(name)) {
    const log = make("div", { className: "log", role: "log", ariaLabel: "Conversation with " + name, tabIndex: 0 });
    panels.set(name, { log, section: make("section", {}, make("h2", { textContent: name }), log) });
    for (const { role, content } of talks.get(name) ?? []) entry(log, role, role === "user" ? "You: " : name + ": ", content);
    if (!names.includes(name)) entry(log, "error", "", `This server has no '${name}'. What was said is kept; choose another persona to go on.`);
  }
  return panels.get(name);
}

function choose(box) {
  const { section } = panelOf(box.value);
  if (box.checked) {
    at("panels").append(section);
  } else {
    running.get(box.value)?.abort();
    section.remove();
  }
  remember();
}

function listed(name, on) {
  const box = make("input", { type: "checkbox", value: name, checked: on.includes(name) });
  box.addEventListener("change", () => choose(box));
  return make("label", {}, box, name);
}

// Shows what the address says: the conversation of a link, or a new one.
function open() {
  stop();
  talks.clear();
  panels.clear();
  const on = recall();
  if (!on.length && names.length) on.push(names[1] ?? names[0]);   // the first is the base model
  at("personas").replaceChildren(at("personas").firstElementChild, ...[...new Set([...names, ...on])].map(name => listed(name, on)));
  at("find").hidden = names.length < 20;
  at("panels").replaceChildren(...on.map(name => panelOf(name).section));
  for (const { log } of panels.values()) log.scrollTop = log.scrollHeight;
  remember();
}

// A response, or an error whose message is for people.
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { "Content-Type": "application/json", ...(key && { Authorization: "Bearer " + key }) } });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("The server cannot be reached. Is it still running?");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const later = response.headers.get("Retry-After");
  if (response.status === 401) at("keyForm").hidden = false;
  const why = response.status === 429 ? "Too many others ask the server." : body?.error?.message ?? `The server answered with status ${response.status}.`;
  throw Object.assign(new Error(why + (later ? ` Try again in ${later} s.` : "")), { status: response.status });
}

async function load() {
  try {
    names = (await (await ask("v1/models")).json()).data.map(model => model.id);
    at("keyForm").hidden = true;
    say("");
    open();
    at("message").focus();
  } catch (error) {
    say(error.status !== 401 ? error.message + " Reload this page to try again." : key ? "The server does not accept this key." : "The server asks for a key.");
    if (error.status === 401) key = stored("");
    (at("keyForm").hidden ? at("message") : at("key")).focus();
  }
}

// The browser shows what has come and serves its user between two pieces; a tab in the background has no frames.
const shown = () => new Promise(resolve => { requestAnimationFrame(resolve); setTimeout(resolve, 100); });

// The pieces of an answer: what the server has streamed since the last one was shown.
async function* pieces(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read().catch(error => {
      throw error.name === "AbortError" ? error : new Error("The connection to the server broke off.");
    });
    if (done) throw new Error("The answer ends here, because the server ended the connection.");
    const events = (held + value).split("\n\n");
    held = events.pop();
    const piece = { text: "", cut: false };
    let ended = false, failed = null;
    for (const event of events) {
      const data = event.slice("data: ".length);
      if (data === "[DONE]") { ended = true; break; }
      const { error, choices } = JSON.parse(data);
      if (error) { failed = error; break; }
      piece.text += choices[0]?.delta.content ?? "";
      piece.cut ||= choices[0]?.finish_reason === "length";
    }
    yield piece;
    if (failed) throw new Error(failed.message);
    if (ended) return;
    await shown();
  }
}

// Returns whether there is some.
async function answer(name) {
  const messages = talks.get(name), { log } = panelOf(name), abort = new AbortController();
  const sent = JSON.stringify({ model: name, messages, temperature: Number(at("temperature").value), stream: true });
  const words = entry(log, "assistant", name + ": ", "");
  running.set(name, abort);
  at("stop").disabled = false;
  log.ariaBusy = "true";   // a screen reader reads an answer once it is whole, not token by token
  let cut = false;
  try {
    for await (const piece of pieces(await ask("v1/chat/completions", { method: "POST", signal: abort.signal, body: sent }))) {
      const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      words.textContent = (words.textContent + piece.text).trimStart();   // many models begin with a space
      if (follows) log.scrollTop = log.scrollHeight;
      cut ||= piece.cut;
    }
    if (cut) entry(log, "note", "", "Cut off at the limit of tokens.");
  } catch (error) {
    if (!words.textContent) words.parentElement.remove();
    if (error.name === "AbortError") entry(log, "note", "", "Stopped.");
    else entry(log, "error", "", error.message);
  }
  log.ariaBusy = "false";
  running.delete(name);
  if (!words.textContent) return false;
  messages.push({ role: "assistant", content: words.textContent });
  return true;
}

async function send() {
  const text = at("message").value.trim(), to = chosen().filter(name => names.includes(name));
  if (!text) return;
  if (!to.length) return say("Choose somebody to talk to.");
  if (running.size) return say("Wait for the answers, or stop them with Escape.");
  at("message").value = "";
  at("message").focus();
  say("Answering");
  for (const name of to) {
    const messages = talks.get(name) ?? [];
    if (messages.at(-1)?.role === "user") messages.pop();   // it got no answer, and turns alternate
    talks.set(name, [...messages, { role: "user", content: text }]);
    entry(panelOf(name).log, "user", "You: ", text);
  }
  remember();
  const answers = await Promise.all(to.map(answer));
  at("stop").disabled = true;
  say("");
  if (!answers.some(Boolean) && !at("message").value) at("message").value = text;   // to be sent once more
  remember();
}

// A button that is disabled cannot keep the focus.
function stop() {
  if (document.activeElement === at("stop")) at("message").focus();
  for (const abort of running.values()) abort.abort();
}

at("form").addEventListener("submit", event => { event.preventDefault(); send(); });
at("message").addEventListener("keydown", event => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
document.addEventListener("keydown", event => { if (event.key === "Escape") stop(); });
at("stop").addEventListener("click", stop);
at("new").addEventListener("click", () => {
  location.hash = encodeURIComponent(JSON.stringify({ on: chosen(), talks: [] }));
  at("message").focus();
});
at("find").addEventListener("input", event => {
  for (const box of boxes()) box.parentElement.hidden = !box.checked && !box.value.toLowerCase().includes(event.target.value.toLowerCase());
});
at("keyForm").addEventListener("submit", event => { event.preventDefault(); key = stored(at("key").value.trim()); load(); });
addEventListener("hashchange", () => names.length ? open() : load());
load();
