
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
