"""How an answer looks where no page of ours is around it: in JupyterLab, light or dark."""

# Colours are the reader's own, thinned or tinted, so that they hold on light and dark paper.
# Every name begins with `cx-`: nothing else in a notebook is touched. Pages drop this. A class
# said twice outweighs the notebook's own rules for tables.
_STYLE = """
.cx-answer{background:rgba(125,140,155,.13);border-left:4px solid #2f7fc4;padding:.6em 1em;
  margin:.4em 0;max-width:52em}
.cx-answer h3,.cx-exhibit h3,.cx-result h3{font-size:1.08em;font-weight:600;line-height:1.4;
  margin:.2em 0 .5em;max-width:46em}
ul.cx-tiles{display:flex;flex-wrap:wrap;gap:.6em 2.2em;margin:.4em 0;padding:0;list-style:none}
.cx-tiles li{min-width:8em;margin:0;padding:0}
.cx-tiles strong{display:block;font-size:1.7em;line-height:1.2;font-variant-numeric:tabular-nums}
.cx-tiles span{display:block;opacity:.78;font-size:.88em}
.cx-base,.cx-notes,.cx-exhibit figcaption{opacity:.78;font-size:.88em;max-width:52em}
ul.cx-notes{padding-left:1.2em;margin:.3em 0}
.cx-exhibit figure{margin:.4em 0;text-align:left}
.cx-exhibit img{width:31em;max-width:100%;height:auto;border-radius:4px;background:#fff}
[data-jp-theme-light="false"] .cx-exhibit img{filter:invert(.92) hue-rotate(180deg)}
.cx-scroll{overflow-x:auto;margin:.5em 0}
.cx-scroll table{border-collapse:collapse;font-size:.92em;margin:0;
  font-variant-numeric:tabular-nums}
.cx-scroll.cx-scroll :is(th,td){text-align:left;vertical-align:top;padding:.3em 1em .3em 0;
  background:none}
.cx-scroll.cx-scroll th{font-weight:600;border-bottom:2px solid rgba(125,140,155,.5)}
.cx-scroll.cx-scroll td{border-bottom:1px solid rgba(125,140,155,.3)}
.cx-scroll.cx-scroll :is(th,td).cx-number{text-align:right;white-space:nowrap}
.cx-exhibit summary,.cx-result summary{cursor:pointer}
"""
STYLE = f"<style>{''.join(map(str.strip, _STYLE.splitlines()))}</style>"


def dressed(markup: str) -> str:
    """Send the style along with an answer's markup.

    Example:
        >>> dressed("<p>Nothing stands apart.</p>").endswith("<p>Nothing stands apart.</p>")
        True
    """
    return STYLE + markup
