"""The colours of the house, and what each means: the same on pages, slides and paper."""

INK, GREY, PALE, FAINT, PAPER = "#1f2933", "#66727e", "#aeb8c2", "#d9dee4", "#ffffff"
# Okabe and Ito (2008), darkened where white paper needs it; told apart by every common eye
BLUE, ORANGE, GREEN, PURPLE, RED = "#0b62a8", "#c8690a", "#0a7d5f", "#9a4f86", "#b83b1e"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)

MEANING = {
    "detractor": ORANGE,
    "passive": PALE,
    "promoter": GREEN,
    "concentrate here": ORANGE,
    "keep up the good work": GREEN,
    "possible overkill": BLUE,
    "low priority": BLUE,
}
