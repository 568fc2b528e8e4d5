
(function () {
  "use strict";
  var held = document.getElementById("around-data"), place = document.getElementById("around");
  if (!held || !place) { return; }
  var table = JSON.parse(held.textContent), dims = table.dimensions, known = {};
  table.sets.forEach(function (set) {
    set.at.forEach(function (code, i) {
      known[set.on.join(",") + ":" + code] = { n: set.n[i], e: set.e[i], l: set.l[i], h: set.h[i] };
    });
  });
  var nobody = dims.map(function () { return -1; }), chosen = nobody.slice(), by = -1, picks = [];
  dims.forEach(function (dim, at) { if (by < 0 && !dim.line) { by = at; } });

  function make(tag, kind, text) {
    var made = document.createElement(tag);
    if (kind) { made.className = kind; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }
  function found(values) {
    var on = [], code = 0;
    values.forEach(function (value, at) {
      if (value >= 0) { on.push(at); code = code * (dims[at].values.length + 1) + value; }
    });
    return known[on.join(",") + ":" + code];
  }
  function written(digits) {
    return (digits / Math.pow(10, table.digits)).toFixed(table.digits).replace("-", "−") + table.suffix;
  }
  function told(cell) {
    if (!cell) { return "held back"; }
    var range = cell.l === null ? "" : " (" + written(cell.l) + " to " + written(cell.h) + ")";
    return written(cell.e) + range;
  }
  function size(cell) { return cell.n.toLocaleString("en") + (cell.n === 1 ? " answer" : " answers"); }
  function name() {
    var words = [];
    chosen.forEach(function (value, at) {
      if (value >= 0) { words.push(dims[at].title + ": " + dims[at].values[value]); }
    });
    return words.join(", ") || "Everyone";
  }

  function rows(at) {
    return dims[at].values.map(function (value, i) {
      var with_ = chosen.slice();
      with_[at] = i;
      return { label: value, cell: found(with_), at: at, value: i };
    });
  }
  function drawn(list) {
    var low = Infinity, high = -Infinity, made = make("ul", "cx-rows");
    list.forEach(function (row) {
      if (!row.cell) { return; }
      low = Math.min(low, row.cell.e, row.cell.l === null ? row.cell.e : row.cell.l);
      high = Math.max(high, row.cell.e, row.cell.h === null ? row.cell.e : row.cell.h);
    });
    function to(value) { return (high > low ? (value - low) / (high - low) * 96 : 48) + 2; }
    list.forEach(function (row) {
      var item = make("li"), inside = make(row.cell ? "button" : "span", "cx-row"), track = make("span", "cx-track");
      if (row.cell) {
        inside.type = "button";
        inside.addEventListener("click", function () { choose(row.at, row.value); picks[row.at].focus(); });
        if (row.cell.l !== null) {
          var range = make("i", "cx-range");
          range.style.left = to(row.cell.l) + "%";
          range.style.width = (to(row.cell.h) - to(row.cell.l)) + "%";
          track.append(range);
        }
        var dot = make("i", "cx-dot");
        dot.style.left = to(row.cell.e) + "%";
        track.append(dot);
        track.setAttribute("aria-hidden", "true");
      }
      inside.append(make("span", "", row.label), track,
        make("span", "cx-told", told(row.cell) + (row.cell ? " · n " + row.cell.n.toLocaleString("en") : "")));
      item.append(inside);
      made.append(item);
    });
    return made;
  }

  var bar = make("div", "cx-tools"), tile = make("div", "cx-tile"), views = make("div", "cx-views");
  tile.setAttribute("role", "status");
  function picker(title, words, start, change) {
    var label = make("label", "", title), list = make("select");
    words.forEach(function (word, i) {
      var option = make("option", "", word);
      option.value = i + start;
      list.append(option);
    });
    list.addEventListener("change", function () { change(Number(list.value)); });
    label.append(list);
    return { label: label, list: list };
  }
  dims.forEach(function (dim, at) {
    var pick = picker(dim.title, ["all"].concat(dim.values), -1, function (value) { choose(at, value); });
    picks.push(pick.list);
    bar.append(pick.label);
  });
  var groups = dims.map(function (dim, at) { return at; }).filter(function (at) { return !dims[at].line; });
  var compared = picker("Beside each other", groups.map(function (at) { return dims[at].title; }), 0,
    function (i) { by = groups[i]; show(); });

  function choose(at, value) {
    chosen[at] = value;
    picks[at].value = value;
    var free = groups.filter(function (one) { return chosen[one] < 0; });
    if (value >= 0 && at === by && free.length) {
      by = free[0];
      compared.list.value = groups.indexOf(by);
    }
    show();
  }
  function view(title, at) {
    var made = make("section");
    made.append(make("h3", "", title));
    if (at === by) { made.append(compared.label); }
    made.append(chosen[at] >= 0
      ? make("p", "cx-base", dims[at].title + " is chosen; set it to “all” to see its values.")
      : drawn(rows(at)));
    return made;
  }
  function show() {
    var cell = found(chosen), active = document.activeElement;
    tile.replaceChildren(make("strong", "", told(cell)), make("span", "", name()),
      make("span", "cx-base", cell ? table.score + ", " + size(cell)
        : "Fewer than " + table.smallest + " people, or they would be told by the others."),
      make("span", "cx-base", name() === "Everyone" ? "" : "Everyone: " + told(found(nobody))));
    views.replaceChildren();
    dims.forEach(function (dim, at) { if (dim.line) { views.append(view(dim.title, at)); } });
    if (by >= 0) { views.append(view("Group by group", by)); }
    if (active === compared.list) { compared.list.focus(); }
  }
  place.append(bar, tile, views);
  show();
  place.parentElement.hidden = false;
}());
