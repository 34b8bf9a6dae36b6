// Runs in the browser, in a page without network. Everything it shows is in the page's data.
const data = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const map = find("map");
const canvas = find("canvas");
const context = canvas.getContext("2d");
const colours = getComputedStyle(document.documentElement);
const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
const picture = new Image();
/** Screen pixels a scene pixel, and where the scene's corner is on the screen. */
const view = { zoom: 1, left: 0, top: 0 };
let chosen = null;

function element(name, text, attributes = {}) {
  const node = Object.assign(document.createElement(name), attributes);
  if (text !== undefined) node.textContent = text;
  return node;
}

function lonLat(x, y) {
  if (!data.places) return null;
  // Mixed within the cell of the mesh, whose corners count on across the antimeridian.
  const cells = data.places.length - 1;
  const [across, down] = [(x / data.width) * cells, (y / data.height) * cells];
  const column = Math.max(0, Math.min(cells - 1, Math.floor(across)));
  const row = Math.max(0, Math.min(cells - 1, Math.floor(down)));
  const [u, v] = [across - column, down - row];
  const [nw, ne, sw, se] = [0, 1, 2, 3].map((i) => {
    const place = data.places[row + (i >> 1)][column + (i & 1)];
    const turns = Math.round((data.places[row][column][0] - place[0]) / 360);
    return [place[0] + 360 * turns, place[1]];
  });
  const [lon, lat] = [0, 1].map(
    (k) => (1 - v) * ((1 - u) * nw[k] + u * ne[k]) + v * ((1 - u) * sw[k] + u * se[k]),
  );
  return [lon - 360 * Math.round(lon / 360), lat];
}

function formatPlace([lon, lat], digits = 4) {
  const north = `${Math.abs(lat).toFixed(digits)}° ${lat < 0 ? "S" : "N"}`;
  return `${north}, ${Math.abs(lon).toFixed(digits)}° ${lon < 0 ? "W" : "E"}`;
}

function draw() {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = map;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colour("back");
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = view.zoom < 3;
  context.imageSmoothingQuality = "high";
  if (picture.complete) {
    context.drawImage(
      picture,
      view.left,
      view.top,
      data.width * view.zoom,
      data.height * view.zoom,
    );
  }
  context.strokeStyle = "#ffffff55";
  context.strokeRect(
    view.left - 0.5,
    view.top - 0.5,
    data.width * view.zoom + 1,
    data.height * view.zoom + 1,
  );
  for (const [x, y] of data.missed) drawPixel(x, y, colour("missed"));
  for (const fire of data.fires)
    drawPixel(fire.x, fire.y, fire.wrong ? colour("wrong") : colour("fire"));
  for (const group of data.groups.slice(0, data.rings)) drawRing(group);
  if (chosen) drawPixel(chosen.x, chosen.y, "#ffffff", 3);
  drawBar();
  placeCard();
}

function drawPixel(x, y, stroke, width = 1.6) {
  const side = Math.max(view.zoom, 3);
  const left = view.left + (x + 0.5) * view.zoom - side / 2;
  const top = view.top + (y + 0.5) * view.zoom - side / 2;
  context.strokeStyle = context.fillStyle = stroke;
  context.lineWidth = width;
  if (view.zoom < 6) context.fillRect(left, top, side, side);
  else context.strokeRect(left + 1, top + 1, side - 2, side - 2);
}

function drawRing({ x, y, radius }) {
  if (view.zoom > 12) return;
  const size = Math.max(12, radius * view.zoom + 9);
  for (const [width, stroke] of [
    [4, "#00000077"],
    [2, colour("ring")],
  ]) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.beginPath();
    context.arc(view.left + x * view.zoom, view.top + y * view.zoom, size, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawBar() {
  find("bar").hidden = !data.metresPerPixel;
  if (!data.metresPerPixel) return;
  const longest = (130 * data.metresPerPixel) / view.zoom;
  const power = 10 ** Math.floor(Math.log10(longest));
  const metres = power * (longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1);
  find("length").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  document.querySelector("#bar i").style.width = `${(metres / data.metresPerPixel) * view.zoom}px`;
}

function placeCard() {
  const card = find("card");
  card.hidden = !chosen;
  if (!chosen) return;
  const x = view.left + (chosen.x + 1) * view.zoom + 12;
  const y = view.top + chosen.y * view.zoom;
  card.style.left = `${Math.max(8, Math.min(x, map.clientWidth - card.offsetWidth - 8))}px`;
  card.style.top = `${Math.max(8, Math.min(y, map.clientHeight - card.offsetHeight - 8))}px`;
}

function choose(fire) {
  chosen = fire;
  const card = find("card");
  card.replaceChildren();
  if (fire) {
    card.append(element("h3", fire.wrong ? "Found, but no fire" : "Fire pixel"));
    const list = element("dl");
    const rows = [["rule", fire.rule], ["column, row", `${fire.x}, ${fire.y}`], ...fire.values];
    if (fire.lat !== undefined) rows.unshift(["place", formatPlace([fire.lon, fire.lat], 5)]);
    for (const [name, value] of rows) list.append(element("dt", name), element("dd", value));
    card.append(list);
  }
  draw();
}

function fitScene() {
  const { clientWidth: width, clientHeight: height } = map;
  view.zoom = 0.94 * Math.min(width / data.width, height / data.height);
  view.left = (width - data.width * view.zoom) / 2;
  view.top = (height - data.height * view.zoom) / 2;
  draw();
}

function zoomAt(x, y, factor) {
  const zoom = Math.min(60, Math.max(0.05, view.zoom * factor));
  view.left = x - ((x - view.left) * zoom) / view.zoom;
  view.top = y - ((y - view.top) * zoom) / view.zoom;
  view.zoom = zoom;
  draw();
}

function lookAt({ x, y, radius }) {
  const side = Math.min(map.clientWidth, map.clientHeight);
  view.zoom = Math.min(24, side / (2 * radius + 24));
  view.left = map.clientWidth / 2 - x * view.zoom;
  view.top = map.clientHeight / 2 - y * view.zoom;
  draw();
}

function fireAt(x, y) {
  let best = null;
  let nearest = Math.max(7, view.zoom);
  for (const fire of data.fires) {
    const distance = Math.hypot(
      view.left + (fire.x + 0.5) * view.zoom - x,
      view.top + (fire.y + 0.5) * view.zoom - y,
    );
    if (distance < nearest) [best, nearest] = [fire, distance];
  }
  return best;
}

const pointers = new Map();
let moved = 0;
const local = (event) => {
  const box = map.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
};
map.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button")) return;
  map.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, local(event));
  moved = 0;
});
map.addEventListener("pointermove", (event) => {
  const now = local(event);
  const before = pointers.get(event.pointerId);
  if (before && pointers.size === 1) {
    view.left += now.x - before.x;
    view.top += now.y - before.y;
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    map.classList.add("moving");
    draw();
  } else if (before && pointers.size === 2) {
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    const spread = (at) => Math.hypot(at.x - other.x, at.y - other.y);
    zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, spread(now) / Math.max(1, spread(before)));
    moved = 99;
  }
  if (before) pointers.set(event.pointerId, now);
  map.classList.toggle("over", fireAt(now.x, now.y) !== null);
  const x = (now.x - view.left) / view.zoom;
  const y = (now.y - view.top) / view.zoom;
  const inside = x >= 0 && y >= 0 && x < data.width && y < data.height;
  const place = lonLat(x, y);
  find("place").textContent = inside
    ? `${place ? `${formatPlace(place)} · ` : ""}${Math.floor(x)}, ${Math.floor(y)}`
    : "";
});
for (const name of ["pointerup", "pointercancel"]) {
  map.addEventListener(name, (event) => {
    if (!pointers.delete(event.pointerId)) return;
    map.classList.remove("moving");
    const at = local(event);
    if (name === "pointerup" && moved < 4) choose(fireAt(at.x, at.y));
  });
}
map.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    const at = local(event);
    zoomAt(at.x, at.y, Math.exp(-event.deltaY * 0.0015));
  },
  { passive: false },
);
map.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const step = steps[event.key];
  if (step) [view.left, view.top] = [view.left + step[0], view.top + step[1]];
  else if (event.key === "Escape") return choose(null);
  else if (event.key !== "+" && event.key !== "-") return;
  if (!step)
    return zoomAt(map.clientWidth / 2, map.clientHeight / 2, event.key === "+" ? 1.4 : 1 / 1.4);
  draw();
});
find("in").addEventListener("click", () => zoomAt(map.clientWidth / 2, map.clientHeight / 2, 1.6));
find("out").addEventListener("click", () =>
  zoomAt(map.clientWidth / 2, map.clientHeight / 2, 1 / 1.6),
);
find("fit").addEventListener("click", () => fitScene());
new ResizeObserver(() => draw()).observe(map);

find("about").textContent = [data.name, data.when, data.satellite].filter(Boolean).join(" · ");
document.querySelector("#count b").textContent = data.fires.length.toLocaleString("en-US");
document.querySelector("#count span").textContent =
  `fire ${data.fires.length === 1 ? "pixel" : "pixels"} among ${data.validPixels.toLocaleString("en-US")}`;
if (data.scores) {
  find("scores").hidden = false;
  for (const [name, value] of Object.entries(data.scores)) {
    const box = element("div");
    const text = value === undefined || value === null ? "–" : `${(100 * value).toFixed(1)} %`;
    box.append(element("small", name === "f1" ? "F1" : name), element("b", text));
    find("scores").append(box);
  }
}
const wrong = data.fires.filter((fire) => fire.wrong).length;
const count = (number) => number.toLocaleString("en-US");
const signs = data.scores
  ? [
      ["fire", `fire, found (${count(data.fires.length - wrong)})`],
      ["wrong", `found, but no fire (${count(wrong)})`],
      ["missed", `fire, missed (${count(data.missed.length)})`],
    ]
  : [["fire", "fire pixel"]];
const legend = [
  ...signs.map(([name, label]) => [colour(name), label, "frame"]),
  [colour("ring"), "group of them", "frame ring"],
  ["#ffffff", "the one that was clicked", "frame"],
  ["#ff5a4d", `Red: ${data.colours[0]}`],
  ["#4bd670", `Green: ${data.colours[1]}`],
  ["#5b8cff", `Blue: ${data.colours[2]}`],
];
for (const [fill, label, className = ""] of legend) {
  const row = element("div");
  const sign = element("i", undefined, { className });
  if (className) sign.style.borderColor = fill;
  else sign.style.background = fill;
  row.append(sign, label);
  find("legend").append(row);
}
const groups = data.groups.filter(({ fires }) => fires.length > 0);
groups.sort((a, b) => b.fires.length - a.fires.length);
for (const group of groups.slice(0, 500)) {
  const place = lonLat(group.x, group.y);
  const item = element("li");
  const button = element("button");
  button.append(
    element("em", String(group.fires.length)),
    group.fires.length === 1 ? "pixel" : "pixels",
    element(
      "span",
      place ? formatPlace(place, 3) : `${Math.floor(group.x)}, ${Math.floor(group.y)}`,
      { className: "where" },
    ),
  );
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("li.chosen")) other.classList.remove("chosen");
    item.classList.add("chosen");
    lookAt(group);
    choose(group.fires.length === 1 ? data.fires[group.fires[0]] : null);
  });
  item.append(button);
  find("list").append(item);
}
if (groups.length === 0) find("list").append(element("li", "Nothing burns in this scene."));
find("foot").textContent = [data.citation, "computed on Assay", data.credit]
  .filter(Boolean)
  .join(" · ");
picture.onload = () => fitScene();
picture.src = data.picture;
