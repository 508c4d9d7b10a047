// The only script of layerlib. Python makes HTML; this brings it to the page and changes only what differs, so that the
// focus stays, transitions run and nothing flickers. What the reader does goes back by attributes of the elements:
//
//   data-key      which element is which, among the children of one parent
//   data-do       what to ask Python for: at a click, or, on a field, at every change of its text
//   data-arg      about what
//   data-keys     keys that ask for it as well, on an element that can have the focus
//   data-drag     a row that can be dragged among the rows of its parent that have it too; asks for data-do, and `to` is
//                 the data-arg of the row whose place it takes
//   data-rev      on a field: the number of its text in Python; data-by, data-seen: whose text that is, and how new
//   data-mirror   beside a field: shows its lines, the first word in capitals as a keyword
//   data-player   a recorded session: when each of its commands begins; data-length: when it ends. Pieces of its text have
//                 data-at, and data-typing if they were typed; buttons have data-player-do. All of it stays in the page
//   data-play     rows appear one after the other whenever its value is another one
//
// A text that is typed belongs to the browser: an answer to an older text never replaces a newer one.

const OWN = new Set(["open", "data-playing", "data-dragging", "data-drop", "data-later"]); // what this script, or the browser, sets
const KEYWORD = /^(\s*)([A-Z]+)(?=\s|$)(.*)$/s;

const isField = (node) => node.matches?.("textarea, input, select");
const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null);

// Makes `old` what `now` is, and touches nothing that is the same.
export function morph(old, now, view = { id: "" }) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== now.data) old.data = now.data;
    return;
  }
  const played = old.getAttribute("data-play");
  attributes(old, now);
  if (isField(old)) takeText(old, now, view);
  if (old.hasAttribute("data-mirror") && old.children.length) return; // it follows its field
  if (old.tagName !== "TEXTAREA") children(old, now, view);
  if (played !== null && played !== old.getAttribute("data-play")) {
    old.removeAttribute("data-playing");
    void old.offsetWidth; // an animation starts again only after a layout without it
    old.setAttribute("data-playing", "");
  }
}

function attributes(old, now) {
  for (const { name, value } of now.attributes) {
    if (!OWN.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!OWN.has(name) && !now.hasAttribute(name)) old.removeAttribute(name);
  }
}

function children(old, now, view) {
  const kept = new Map();
  const wanted = new Set([...now.children].map(keyOf));
  for (const child of [...old.children]) {
    const key = keyOf(child);
    if (key !== null && wanted.has(key) && !kept.has(key)) kept.set(key, child);
    else if (key !== null) child.remove();
  }
  let place = old.firstChild;
  for (const next of [...now.childNodes]) {
    const key = keyOf(next);
    let match = key === null ? place : kept.get(key);
    if (key === null) {
      while (match && (keyOf(match) !== null || match.nodeName !== next.nodeName)) match = match.nextSibling;
    } else kept.delete(key);
    if (!match || match.nodeName !== next.nodeName) {
      old.insertBefore(next, place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else old.insertBefore(match, place);
    morph(match, next, view);
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

// Take a field's text from Python, unless the reader has typed since.
function takeText(old, now, view) {
  const rev = now.getAttribute("data-rev");
  if (rev === null) {
    if (old.value !== now.value) old.value = now.value;
  } else if (rev !== old.layerlibRev) {
    const mine = now.getAttribute("data-by") === view.id;
    const newer = (old.layerlibEdits ?? 0) > Number(now.getAttribute("data-seen") ?? 0);
    if (!(mine && newer) && old.value !== now.value) old.value = now.value;
    old.layerlibRev = rev;
  }
}

// Fields know which text they hold; what mirrors a field shows its lines.
function settle(root) {
  for (const field of root.querySelectorAll("[data-rev]")) field.layerlibRev ??= field.getAttribute("data-rev");
  for (const box of root.querySelectorAll("[data-player]")) box.layerlibPlayer ??= player(box);
  for (const shown of root.querySelectorAll("[data-mirror]")) mirror(shown, shown.parentElement.querySelector("textarea"));
}

export function mirror(shown, field) {
  const lines = field.value.split("\n");
  while (shown.children.length > lines.length) shown.lastElementChild.remove();
  lines.forEach((text, at) => {
    const line = shown.children[at] ?? shown.appendChild(document.createElement("div"));
    if (line.textContent === text && (text || !line.children.length)) return;
    const found = shown.getAttribute("data-mirror") === "Dockerfile" && KEYWORD.exec(text);
    if (!found) return void (line.textContent = text);
    const keyword = document.createElement("b");
    keyword.textContent = found[2];
    line.replaceChildren(found[1], keyword, found[3]);
  });
  field.style.height = `${lines.length * 1.5 + 1.2}em`;
}

function parsed(html) {
  const made = document.createElement("div");
  made.innerHTML = html;
  return made;
}

function show(root, html, view) {
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  children(root, parsed(html), view);
  settle(root);
  if (!focused || document.activeElement === focused) return;
  const again = focused.isConnected ? focused : root.querySelector(`[data-key="${CSS.escape(keyOf(focused) ?? "")}"]`);
  (again ?? root).focus({ preventScroll: true });
}

async function copy(text, root) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = root.querySelector("textarea[readonly]"); // an older way, for pages that are not secure
    field?.select();
    document.execCommand("copy");
  }
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "layerlib-lab layerlib";
  root.tabIndex = -1; // a click beside a control stays in the lab, and so do the keys after it
  el.append(root);
  const view = { id: `view-${Math.random().toString(36).slice(2)}` };
  let asked = 0; // the number of the last message, and of the last one that Python has answered
  let answered = 0;
  const waiting = new Map(); // texts that were typed while Python works on an older one

  function ask(what) {
    for (const field of waiting.keys()) sendText(field);
    asked += 1;
    model.send({ view: view.id, number: asked, ...what });
  }
  function sendText(field) {
    waiting.delete(field);
    const { do: act, arg } = field.dataset;
    asked += 1;
    model.send({ view: view.id, number: asked, do: act, arg, value: field.value, edits: field.layerlibEdits });
  }
  function typed(field) {
    field.layerlibEdits = (field.layerlibEdits ?? 0) + 1;
    settle(root);
    if (answered < asked) waiting.set(field, true);
    else sendText(field);
  }

  function update() {
    const { view: whose, number } = model.get("answered");
    if (whose === view.id) answered = number;
    show(root, model.get("html"), view);
    if (answered >= asked) for (const field of [...waiting.keys()]) sendText(field);
  }

  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-do]");
    if (!target || isField(target) || target.getAttribute("aria-disabled") === "true") return;
    if (target.hasAttribute("data-drag") && !event.target.closest("button")) return;
    if (getSelection().type === "Range" && target.tagName === "TR") return; // somebody marks text to copy it
    ask({ do: target.dataset.do, arg: target.dataset.arg });
  });
  root.addEventListener("input", (event) => {
    if (isField(event.target) && event.target.dataset.do) typed(event.target);
  });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation(); // JupyterLab would take a letter for a command: d, d deletes the cell
    const target = event.target.closest("[data-keys]");
    if (!target?.dataset.keys.split(" ").includes(event.key)) return;
    event.preventDefault();
    ask({ do: target.dataset.do, arg: target.dataset.arg, key: event.key });
  });
  root.addEventListener("pointerdown", (event) => drag(event, ask));
  const copied = (message) => message.copy !== undefined && copy(message.copy, root);
  model.on("change:answered", update);
  model.on("change:html", update);
  model.on("msg:custom", copied);
  update();
  return () => {
    model.off("change:answered", update);
    model.off("change:html", update);
    model.off("msg:custom", copied);
  };
}

// A row follows the pointer in words only: a line shows where it would land.
function drag(event, ask) {
  const row = event.target.closest("[data-drag]");
  if (!row || event.button !== 0 || event.target.closest("input, textarea, button:not([data-grip])")) return;
  const rows = [...row.parentElement.children].filter((one) => one.hasAttribute("data-drag"));
  const from = rows.indexOf(row);
  let to = from;
  const at = (move) => {
    to = rows.filter((one) => one !== row && one.getBoundingClientRect().top + one.offsetHeight / 2 < move.clientY).length;
    row.setAttribute("data-dragging", "");
    rows.forEach((one) => one.removeAttribute("data-drop"));
    if (to !== from) rows[to].setAttribute("data-drop", to < from ? "before" : "after");
    move.preventDefault();
  };
  const end = (last) => {
    for (const one of rows) OWN.forEach((name) => name.startsWith("data-dr") && one.removeAttribute(name));
    removeEventListener("pointermove", at);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    if (last.type === "pointerup" && to !== from) ask({ do: row.dataset.do, arg: row.dataset.arg, to: rows[to].dataset.arg });
  };
  addEventListener("pointermove", at);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}

// Plays a recorded session. Its text is all there, also for a screen reader: what comes later is only not seen yet.
function player(box) {
  const starts = box.dataset.player.split(" ").filter(Boolean).map(Number);
  const length = Number(box.dataset.length);
  const terminal = box.querySelector(".terminal");
  const pieces = [...terminal.querySelectorAll("[data-at]")];
  const button = (act) => box.querySelector(`[data-player-do="${act}"]`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let [now, speed, frame] = [length, 1, 0]; // frame: of the animation, while it plays

  function draw() {
    let last = null;
    for (const piece of pieces) {
      const at = Number(piece.dataset.at);
      piece.toggleAttribute("data-later", at > now);
      const letters = piece.textContent.length;
      const part = Math.ceil((letters * (now - at)) / Number(piece.dataset.typing)) / letters; // NaN if it was not typed
      piece.style.clipPath = part < 1 ? `inset(0 ${100 - 100 * part}% 0 0)` : "";
      if (at <= now) last = piece;
    }
    const below = last ? last.getBoundingClientRect().bottom - terminal.getBoundingClientRect().bottom : 0;
    if (now < length && below > -8) terminal.scrollTop += below + 8;
  }
  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
    button("play").textContent = "Play";
  }
  function go(seconds) {
    pause();
    now = Math.min(Math.max(seconds, 0), length);
    if (now < length) terminal.scrollTop = 0;
    draw();
  }
  function play() {
    if (now >= length) go(0);
    if (still.matches) return go(length);
    button("play").textContent = "Pause";
    const tick = (before) => (time) => {
      now = Math.min(length, now + (Math.max(0, time - before) / 1000) * speed);
      draw();
      if (now >= length || !box.isConnected) pause();
      else frame = requestAnimationFrame(tick(time));
    };
    frame = requestAnimationFrame(tick(performance.now()));
  }
  const acts = {
    play: () => (frame ? pause() : play()),
    next: () => go((starts.find((start) => start > now + 0.01) ?? length + 0.02) - 0.01),
    back: () => go((starts.findLast((start) => start < now - 0.02) ?? 0.01) - 0.01),
    end: () => go(length),
    speed: () => (button("speed").textContent = `Speed: ${(speed = speed === 4 ? 1 : speed * 2)}`),
  };
  const keys = { " ": "play", ArrowRight: "next", ArrowLeft: "back", End: "end" };
  box.addEventListener("click", (event) => acts[event.target.closest("[data-player-do]")?.dataset.playerDo]?.());
  terminal.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    acts[keys[event.key]]();
  });
  button("play").hidden = still.matches;
  return box;
}

export default { render };
