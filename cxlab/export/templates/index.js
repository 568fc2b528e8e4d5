
(function () {
  "use strict";
  var search = document.getElementById("search"), pick = document.getElementById("question"),
    whom = document.getElementById("whom");
  if (!search) { return; }
  var rows = Array.prototype.slice.call(document.querySelectorAll("#reports tbody tr"));
  var shown = document.getElementById("shown");
  function filter() {
    var words = search.value.toLowerCase().split(/\s+/), count = 0;
    rows.forEach(function (row) {
      var text = row.textContent.toLowerCase();
      var part = row.getAttribute("data-whom");
      var fits = words.every(function (word) { return text.indexOf(word) >= 0; }) &&
        (!pick.value || row.getAttribute("data-question") === pick.value) &&
        (!whom.value || part === whom.value || part.indexOf(whom.value + ":") === 0);
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = count + " of " + rows.length + " reports shown";
  }
  search.addEventListener("input", filter);
  pick.addEventListener("change", filter);
  whom.addEventListener("change", filter);
}());
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll(".cx-gallery"), function (gallery) {
    var cards = Array.prototype.slice.call(gallery.querySelectorAll(".cx-exhibit"));
    if (cards.length < 4) { return; }
    var label = document.createElement("label"), box = document.createElement("input");
    var told = document.createElement("p");
    label.textContent = "Search questions, items and answers";
    box.type = "search";
    told.className = "cx-base";
    told.setAttribute("role", "status");
    label.appendChild(box);
    label.className = "cx-find";
    gallery.insertBefore(told, gallery.firstChild);
    gallery.insertBefore(label, told);
    box.addEventListener("input", function () {
      var words = box.value.toLowerCase().split(/\s+/), count = 0;
      cards.forEach(function (card) {
        var text = card.textContent.toLowerCase();
        var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
        card.hidden = !fits;
        count += fits ? 1 : 0;
      });
      told.textContent = count + " of " + cards.length + " questions shown";
    });
  });
}());
