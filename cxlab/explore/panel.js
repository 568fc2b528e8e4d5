// The explorer as a notebook cell draws it. All words come from the kernel and are set as text.

function make(tag, kind, text, more = {}) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  return made;
}

function button(text, label, press, kind = "cx-plain") {
  const made = make("button", kind, text, { type: "button" });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

function bar(shown, send) {
  const made = make("nav", "cx-bar", null, { "aria-label": "Chosen" });
  made.append(make("strong", "", shown.study), make("span", "cx-size", shown.size));
  for (const chip of shown.chips) {
    const text = `${chip.title}: ${chip.value} ✕`;
    const drop = () => send({ do: "drop", column: chip.column });
    made.append(button(text, `take away ${chip.title}: ${chip.value}`, drop, "cx-chip"));
  }
  if (shown.chips.length > 1) made.append(button("everyone", "", () => send({ do: "clear" })));
  return made;
}

function chooser(shown, send) {
  const made = make("div", "cx-choose");
  for (const each of shown.choices) {
    if (shown.chips.some((chip) => chip.column === each.column)) continue;
    const label = make("label", "", each.title);
    const many = each.note.includes("further");
    label.append(many ? typed(each, send) : picked(each, send));
    if (each.note) label.title = each.note;
    made.append(label);
  }
  return made;
}

function picked(each, send) {
  const list = make("select", "");
  list.append(make("option", "", "all", { value: "" }));
  for (const [value, n] of each.values) {
    list.append(make("option", "", `${value} (${n.toLocaleString("en")})`, { value }));
  }
  list.addEventListener("change", () => send({ do: "add", column: each.column, value: list.value }));
  return list;
}

function typed(each, send) {
  const whole = make("span", "");
  const field = make("input", "", null, { type: "text", size: 10, list: `cx-${each.column}` });
  const known = make("datalist", "", null, { id: `cx-${each.column}` });
  for (const [value] of each.values) known.append(make("option", "", null, { value }));
  field.addEventListener("change", () => {
    if (field.value) send({ do: "add", column: each.column, value: field.value });
  });
  whole.append(field, known);
  return whole;
}

function search(send) {
  const form = make("form", "cx-search", null, { role: "search" });
  const label = make("label", "", "comments with ");
  const field = make("input", "", null, { type: "search", size: 14 });
  label.append(field);
  form.append(label, make("button", "cx-plain", "find", { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value) send({ do: "add", column: "comment", value: field.value });
    field.value = "";
  });
  return form;
}

function looks(shown, send) {
  const made = make("p", "cx-looks", `${shown.looks} `);
  const label = make("label", "");
  const box = make("input", "", null, { type: "checkbox" });
  box.checked = shown.adjusted;
  box.addEventListener("change", () => send({ do: "adjust", on: box.checked }));
  label.append(box, " allow for them");
  made.append(label);
  return made;
}

function view(each, shown, send) {
  const made = make("section", `cx-view cx-${each.kind}`, null, { "data-view": each.name });
  made.append(make("h3", "", each.title));
  if (each.name === "groups") made.append(groups(shown, send));
  if (each.name === "question" && shown.questions.length) made.append(asked(shown, send));
  if (each.waits) made.setAttribute("aria-busy", "true");
  if (each.absent) {
    made.append(make("p", "cx-absent", each.absent));
    return made;
  }
  made.append(make("p", "cx-said", each.said));
  const track = make("ul", "cx-rows");
  for (const row of each.rows) track.append(line(row, each, send));
  if (each.name !== "score") made.append(track);
  if (each.note) made.append(make("p", "cx-note", each.note));
  made.append(make("p", "cx-note", each.base), tools(each, send));
  return made;
}

function groups(shown, send) {
  const label = make("label", "cx-by", "by ");
  const list = make("select", "");
  for (const each of shown.choices.filter((one) => shown.compared.includes(one.column))) {
    const option = make("option", "", each.title, { value: each.column });
    option.selected = each.column === shown.by;
    list.append(option);
  }
  list.addEventListener("change", () => send({ do: "by", column: list.value }));
  label.append(list);
  return label;
}

function asked(shown, send) {
  const list = make("select", "cx-by", null, { "aria-label": "question" });
  for (const [value, text] of shown.questions) {
    const option = make("option", "", text, { value });
    option.selected = value === shown.question;
    list.append(option);
  }
  list.addEventListener("change", () => send({ do: "question", name: list.value }));
  return list;
}

function line(row, each, send) {
  const item = make("li", "");
  const inside = row.chip
    ? button("", `${row.label}: ${row.text}; choose`, () =>
        send({ do: "add", column: row.chip[0], value: row.chip[1] }), "cx-row")
    : make("div", "cx-row");
  const track = make("span", "cx-track", null, { "aria-hidden": "true" });
  if (each.zero !== null && each.zero !== undefined) track.append(mark("cx-zero", each.zero));
  if (row.at !== null) {
    if (each.kind === "bars") track.append(span("cx-fill", 0, row.at));
    if (row.low !== null) track.append(span("cx-range", row.low, row.high));
    if (each.kind !== "bars") track.append(mark("cx-dot", row.at));
  }
  inside.append(make("span", "cx-label", row.label), track, make("span", "cx-text", row.text));
  item.append(inside);
  return item;
}

function span(kind, low, high) {
  const made = make("i", kind);
  made.style.left = `${low}%`;
  made.style.width = `${Math.max(high - low, 0.4)}%`;
  return made;
}

function mark(kind, at) {
  const made = make("i", kind);
  made.style.left = `${at}%`;
  return made;
}

function tools(each, send) {
  const made = make("div", "cx-tools");
  const code = make("pre", "cx-code", each.code, { tabindex: "0", "aria-label": "Python" });
  code.hidden = true;
  const shows = button("code", `show the Python of ${each.title}`, () => {
    code.hidden = !code.hidden;
    shows.setAttribute("aria-expanded", String(!code.hidden));
  });
  const copy = button("copy as code", `copy the Python of ${each.title}`, async () => {
    code.hidden = false;
    try {
      await navigator.clipboard.writeText(each.code);
      copy.textContent = "copied";
    } catch {
      window.getSelection().selectAllChildren(code);
      copy.textContent = "selected: press Ctrl+C";
    }
  });
  const pin = button("pin", `pin ${each.title}`, () => send({ do: "pin", view: each.name }));
  made.append(copy, shows, pin);
  const whole = make("div", "");
  whole.append(made, code);
  return whole;
}

function people(shown, send) {
  const made = make("section", "cx-view cx-people", null, { "data-view": "people" });
  made.append(make("h3", "", "In their own words"));
  if (!shown.people.length) {
    made.append(make("p", "cx-absent", shown.wordless));
    return made;
  }
  const list = make("ol", "cx-quotes");
  shown.people.forEach((each, place) => {
    const item = make("li", "");
    const open = button("", `open the person of ${each.who}`, () => send({ do: "person", place }), "cx-quote");
    open.append(make("q", "", each.text), make("span", "cx-note", each.who));
    item.append(open);
    list.append(item);
  });
  made.append(list);
  if (shown.person) made.append(person(shown.person, send));
  return made;
}

function person(each, send) {
  const made = make("div", "cx-person", null, { role: "region", "aria-label": "One person" });
  made.append(make("h4", "", each.who), make("q", "", each.text));
  for (const [title, rows] of [["Answers", each.answers], ["Contacts", each.contacts]]) {
    if (!rows.length) continue;
    made.append(make("h5", "", title));
    const list = make("dl", "");
    for (const [word, text] of rows) list.append(make("dt", "", word), make("dd", "", text));
    made.append(list);
  }
  made.append(button("close", "close this person", () => send({ do: "person", place: null })));
  return made;
}

function pins(shown, send) {
  const made = make("section", "cx-view cx-pins", null, { "data-view": "pins" });
  made.append(make("h3", "", "Pinned"));
  if (!shown.pins.length) {
    made.append(make("p", "cx-absent", "Nothing yet. What is pinned becomes a notebook and its page."));
    return made;
  }
  const list = make("ol", "");
  shown.pins.forEach((each, place) => {
    const item = make("li", "");
    item.append(make("strong", "", `${each.title}, ${each.chips}. `), each.said);
    if (each.changed) item.append(make("em", "", " The data have changed since."));
    item.append(button("✕", `take away pin ${place + 1}`, () => send({ do: "unpin", place })));
    list.append(item);
  });
  made.append(list, button("write the notebook", "", () => send({ do: "notebook" })));
  return made;
}

// Each part with all that it is drawn from: one whose facts are the same is left standing, so that
// what is being typed, opened or pressed in it is not lost when another part changes.
function parts(shown, send) {
  const { study, size, chips, choices, said, by, compared, questions, question } = shown;
  const told = { groups: [by, compared, choices, said], question: [question, questions, said] };
  const found = [
    ["bar", [study, size, chips], () => bar(shown, send)],
    ["chooser", [choices, chips, said], () => chooser(shown, send)],
    ["search", [], () => (shown.searched ? search(send) : make("span", ""))],
    ["looks", [shown.looks, shown.adjusted], () => looks(shown, send)],
    ["alert", [said, shown.turn], () => make("p", "cx-alert", said, { role: "status", "aria-live": "polite" })],
  ];
  for (const each of shown.views) {
    found.push([`view ${each.name}`, [each, told[each.name]], () => view(each, shown, send)]);
  }
  const heard = [shown.people, shown.wordless, shown.person];
  found.push(["people", heard, () => people(shown, send)]);
  found.push(["pins", shown.pins, () => pins(shown, send)]);
  return found.map(([name, facts, drawn]) => ({ name, facts: JSON.stringify(facts), drawn }));
}

const ABOVE = 5; // parts that stand above the grid

function draw(next, before, el) {
  const whole = el.firstChild;
  whole?.removeAttribute("aria-busy");
  if (before.map((part) => part.name).join() !== next.map((part) => part.name).join()) {
    for (const part of next) part.node = part.drawn();
    const made = make("div", "cx-explore");
    const grid = make("div", "cx-grid");
    made.append(...next.slice(0, ABOVE).map((part) => part.node), grid);
    grid.append(...next.slice(ABOVE).map((part) => part.node));
    el.replaceChildren(made);
    return;
  }
  next.forEach((part, place) => {
    const { node, facts } = before[place];
    part.node = part.facts === facts ? node : part.drawn();
    if (part.node !== node) node.replaceWith(part.node);
  });
}

const PAUSE = 150; // milliseconds without a click before what is slow is asked

function render({ model, el }) {
  let sent = 0;
  let waits = 0;
  let drawn = [];
  let pressed = false;
  let late = false;
  const send = (message) => {
    clearTimeout(waits);
    sent = performance.now();
    el.firstChild?.setAttribute("aria-busy", "true");
    model.send(message);
    waits = setTimeout(() => silent(el), PATIENCE);
  };
  const again = () => {
    late = pressed; // what moves between press and release would lose the click
    if (pressed) return;
    clearTimeout(waits);
    const place = focused(el);
    const shown = model.get("shown");
    const next = parts(shown, send);
    draw(next, drawn, el);
    drawn = next;
    refocus(el, place);
    if (sent) {
      const begun = sent;
      requestAnimationFrame(() => { el.dataset.waited = String(performance.now() - begun); });
    }
    sent = 0;
    if (shown.views.some((each) => each.waits)) {
      waits = setTimeout(() => model.send({ do: "rest" }), PAUSE);
    }
  };
  const press = (event) => { pressed = Boolean(event.target.closest("button")); };
  const release = () => setTimeout(() => { // after the click itself
    pressed = false;
    if (late) again();
  });
  const away = ["pointerup", "pointercancel"];
  el.addEventListener("pointerdown", press);
  for (const each of away) window.addEventListener(each, release);
  model.on("change:shown", again);
  again();
  return () => {
    clearTimeout(waits);
    for (const each of away) window.removeEventListener(each, release);
    model.off("change:shown", again);
  };
}

const PATIENCE = 8000; // milliseconds after which a kernel that does not answer is told of

function silent(el) {
  el.firstChild?.removeAttribute("aria-busy");
  const place = el.querySelector(".cx-alert");
  if (place) {
    place.textContent = "The kernel does not answer. If it is at work, the click will follow; if it "
      + "has stopped, run the cell again: what was pinned is kept.";
  }
}

// whoever works by keyboard stays where they were
function reachable(el) {
  return [...el.querySelectorAll("button, select, input")];
}

function focused(el) {
  return reachable(el).indexOf(document.activeElement);
}

function refocus(el, place) {
  const all = reachable(el);
  if (place >= 0 && all.length && !el.contains(document.activeElement)) all[Math.min(place, all.length - 1)].focus();
}

export default { render };
