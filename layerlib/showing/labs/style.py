"""How the labs look: colours of the page's theme, and marks that stand out on light and on dark."""

CSS = """<style>
.layerlib-lab { max-width: 100%; gap: 4px; }
.layerlib-lab .widget-html, .layerlib-lab .widget-html-content { height: auto; overflow: visible; }
.layerlib-lab .widget-checkbox { width: auto; height: auto; margin: 0 14px 0 0; min-height: 24px; align-items: center; }
.layerlib-lab .widget-checkbox label { display: flex; align-items: center; height: auto; line-height: 1.4; }
.layerlib-lab .widget-checkbox label span { white-space: normal; overflow-wrap: anywhere; }
.layerlib-lab .widget-checkbox input { margin: 0 6px 0 2px; flex: none; }
.layerlib-lab .widget-dropdown { margin-right: 14px; }
.layerlib-lab .widget-dropdown select { appearance: auto; background-image: none; }
.layerlib-lab .widget-label, .layerlib-lab .widget-label-basic, .layerlib-lab label {
  color: var(--jp-content-font-color1, #1f2328); }
.layerlib-lab button.jupyter-button, .layerlib-lab select, .layerlib-lab input[type="number"],
.layerlib-lab input[type="text"], .layerlib-lab textarea {
  color: var(--jp-content-font-color1, #1f2328); background-color: var(--jp-layout-color0, #fff);
  border: 1px solid var(--jp-content-font-color2, #57606a); border-radius: 3px; }
.layerlib-lab button.jupyter-button { width: auto; box-shadow: none; }
.layerlib-lab :focus-visible { outline: 2px solid #1a85c2; outline-offset: 2px; }
.layerlib-lab .widget-textarea textarea { width: auto; min-width: 0; flex: 1 1 0; }
.layerlib-lab textarea { font-family: var(--jp-code-font-family, monospace); font-size: 13px; line-height: 1.45; }
.layerlib-view { color: var(--jp-content-font-color1, #1f2328); font-size: 13px; line-height: 1.4; }
.layerlib-view h4 { margin: 4px 0; font-size: 14px; }
.layerlib-view p { margin: 4px 0; max-width: 100ch; }
.layerlib-view .sides { display: flex; flex-wrap: wrap; gap: 4px 22px; align-items: flex-start; }
.layerlib-view .sides > * { flex: 2 1 400px; min-width: 0; }
.layerlib-view .sides > .narrow { flex: 1 1 260px; }
.layerlib-view .sides > .whole { flex: 1 1 100%; }
.layerlib-view .steps th[scope="row"] { min-width: 11em; }
.layerlib-view .steps td:nth-child(3) { min-width: 9em; }
.layerlib-view table { border-collapse: collapse; width: 100%; margin: 4px 0; }
.layerlib-view caption { text-align: left; font-weight: 600; padding: 2px 0; }
.layerlib-view th, .layerlib-view td { text-align: left; vertical-align: top; padding: 2px 10px 2px 0;
  border-top: 1px solid var(--jp-border-color2, #c8ccd1); font-weight: normal; }
.layerlib-view thead th { font-weight: 600; border-top: 0; white-space: nowrap; }
.layerlib-view td.number { white-space: nowrap; }
.layerlib-view code { font-family: var(--jp-code-font-family, monospace); font-size: 12px; background: none;
  color: inherit; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0; }
.layerlib-view .word { white-space: nowrap; }
.layerlib-view tr.missed > :first-child { box-shadow: inset 4px 0 #b84f00; }
.layerlib-view tr.hit > :first-child { box-shadow: inset 4px 0 #8c959f; }
.layerlib-view tr > :first-child { padding-left: 10px; }
.layerlib-view tr.cause { background: rgba(184, 79, 0, 0.14); }
.layerlib-view tr.now { outline: 2px solid var(--jp-content-font-color1, #1f2328); outline-offset: -1px; }
.layerlib-view tr.later { font-style: italic; }
.layerlib-view .error { border: 1px solid #b84f00; border-left-width: 6px; padding: 6px 10px; margin: 4px 0; }
.layerlib-view pre { word-break: normal; }
.layerlib-view .error pre { font-family: var(--jp-code-font-family, monospace); font-size: 12px; margin: 4px 0;
  white-space: pre-wrap; overflow-wrap: anywhere; color: inherit; background: none; }
.layerlib-view .good { border: 1px solid #00795a; border-left-width: 6px; padding: 6px 10px; margin: 4px 0; }
.layerlib-view svg { max-width: 100%; height: auto; display: block; }
.layerlib-view pre.text { white-space: pre-wrap; overflow-wrap: anywhere; color: inherit; margin: 4px 0; }
</style>"""
