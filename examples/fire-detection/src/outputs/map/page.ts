/** The page around the map; every part is text that is safe where it stands. */
export function pageOf({
  title,
  style,
  data,
  script,
}: {
  title: string;
  style: string;
  data: string;
  script: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}</title>
<style>
${style}</style>
</head>
<body>
<main>
<div id="map" role="application" tabindex="0" aria-label="Map of the scene with its active fires">
<canvas id="canvas"></canvas>
<div id="tools"><button type="button" id="in" title="Nearer">+</button><button type="button" id="out" title="Farther">−</button><button type="button" id="fit" title="The whole scene">⤢</button></div>
<div id="bar"><span id="length"></span><i></i></div>
<div id="place"></div>
<div id="card" hidden></div>
</div>
</main>
<aside>
<header><h1>Active fire</h1><p id="about"></p></header>
<section id="count"><b></b><span></span></section>
<section id="scores" hidden></section>
<section id="legend"></section>
<h2>Fires <small id="hint">largest groups first</small></h2>
<ol id="list"></ol>
<footer id="foot"></footer>
</aside>
<script id="data" type="application/json">${data}</script>
<script>
${script}</script>
</body>
</html>
`;
}
