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
