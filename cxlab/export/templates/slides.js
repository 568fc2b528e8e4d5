(function () {
  "use strict";
  var slides = Array.prototype.slice.call(document.querySelectorAll(".cx-slide"));
  var place = document.getElementById("place"), at = 0, from = null;
  function show(wanted) {
    at = Math.max(0, Math.min(slides.length - 1, wanted));
    slides.forEach(function (slide, i) { slide.classList.toggle("cx-now", i === at); });
    place.textContent = "Slide " + (at + 1) + " of " + slides.length;
    history.replaceState(null, "", "#" + (at + 1));
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var step = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1,
      PageUp: -1, Backspace: -1, Home: -slides.length, End: slides.length }[event.key];
    if (step) { event.preventDefault(); show(at + step); }
  });
  document.addEventListener("touchstart", function (event) { from = event.touches[0].clientX; }, { passive: true });
  document.addEventListener("touchend", function (event) {
    var by = event.changedTouches[0].clientX - from;
    if (Math.abs(by) > 40) { show(at + (by < 0 ? 1 : -1)); }
  });
  document.addEventListener("click", function (event) { show(at + (event.clientX < innerWidth / 3 ? -1 : 1)); });
  document.documentElement.classList.add("cx-live");
  show((parseInt(location.hash.slice(1), 10) || 1) - 1);
}());
