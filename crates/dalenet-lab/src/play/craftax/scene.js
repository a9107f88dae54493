'use strict';
(async () => {
const { size, view: [rows, cols], levels, tile } = recording;
const CELLS = size * size, HEAD = 6;

async function inflated(text) {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The pixels of all textures, and of each its mean colour.
async function textures() {
  const image = await createImageBitmap(new Blob([bytes(recording.atlas)], { type: 'image/png' }));
  const brush = pad(image.width, image.height);
  brush.drawImage(image, 0, 0);
  const { data, width } = brush.getImageData(0, 0, image.width, image.height);
  const count = data.length / (4 * tile * tile), means = [];
  const texel = (code, y, x) => {
    const across = width / tile;
    return 4 * ((Math.floor(code / across) * tile + y) * width + code % across * tile + x);
  };
  for (let code = 0; code < count; code++) {
    const sum = [0, 0, 0];
    for (let i = 0; i < tile * tile; i++) {
      const at = texel(code, Math.floor(i / tile), i % tile);
      for (let c = 0; c < 3; c++) sum[c] += data[at + c] / (tile * tile);
    }
    means.push(sum);
  }
  return { data, texel, means };
}

function pad(width, height) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  return canvas.getContext('2d', { willReadFrequently: true });
}

let atlas, floors, changes, series;
try {
  [atlas, floors, changes, series] = await Promise.all([textures(), ...['floors', 'changes', 'series'].map(name => inflated(recording[name]))]);
} catch (cause) {
  fail(`This browser is too old for the page, which needs DecompressionStream. (${cause.message})`);
  return;
}
changes = new Uint32Array(changes.buffer);
const at = (field, frame) => series[field * recording.frames + frame];

// The floors go forward and back through the changes.
let done = 0;
function seek(frame) {
  for (; done < changes.length && changes[done] <= frame; done += 3) floors[changes[done + 1]] = changes[done + 2] & 255;
  for (; done > 0 && changes[done - 3] > frame; done -= 3) floors[changes[done - 2]] = changes[done - 1] >> 8;
}

// Tile, item + 1 and light of a cell. Beyond the edges the full game is dark.
function cell(start, row, col) {
  if (row < 0 || col < 0 || row >= size || col >= size) return [recording.outside, 0, recording.style === 'classic' ? 255 : 0];
  const place = start + row * size + col;
  return [floors[place], floors[place + CELLS], floors[place + 2 * CELLS]];
}

function sprites(frame) {
  const all = Array.from({ length: recording.sprites }, (_, i) => [0, 1, 2, 3].map(j => at(HEAD + 4 * i + j, frame)));
  return all.filter(([code]) => code > 0);
}

const view = element('view').getContext('2d');
Object.assign(element('view'), { width: cols * tile, height: rows * tile });
const picture = view.createImageData(cols * tile, rows * tile);

function paint(code, top, left, turn, opaque) {
  for (let y = 0; y < tile; y++) for (let x = 0; x < tile; x++) {
    const [row, col] = turn & 2 ? [x, y] : [y, x];
    const from = atlas.texel(code, turn & 1 ? tile - 1 - row : row, col);
    const to = 4 * ((top + y) * picture.width + left + x);
    let alpha = opaque ? 1 : atlas.data[from + 3] / 255;
    if (recording.style === 'full') alpha = Math.floor(alpha); // no shadows
    for (let c = 0; c < 3; c++) picture.data[to + c] = alpha * atlas.data[from + c] + (1 - alpha) * picture.data[to + c];
    picture.data[to + 3] = 255;
  }
}

function shade(top, left, light) {
  for (let y = 0; y < tile; y++) {
    const start = 4 * ((top + y) * picture.width + left);
    for (let i = start; i < start + 4 * tile; i++) if (i % 4 < 3) picture.data[i] *= light / 255;
  }
}

// The grain of the night, as strong as the original's and the same in every step.
const grain = Float32Array.from({ length: rows * cols * tile * tile }, (_, i) => {
  let hash = Math.imul(i ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return 32 + 95 * ((hash ^ hash >>> 16) >>> 0) / 2 ** 32;
});
const far = Float32Array.from(grain, (_, i) => {
  const [h, w] = [rows * tile, cols * tile], [row, col] = [Math.floor(i / w), i % w];
  if (recording.style === 'classic') return 1 - Math.exp(-2 * ((2 * row / (h - 1) - 1) ** 2 + (2 * col / (w - 1) - 1) ** 2));
  return Math.hypot(row - h / 2, col - w / 2) / Math.hypot(h / 2, w / 2);
});
const grey = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b;

function sky(day, asleep) {
  if (day === 1 && !asleep) return;
  const classic = recording.style === 'classic';
  for (let i = 0; i < grain.length; i++) {
    const colour = picture.data.subarray(4 * i, 4 * i + 3);
    const dim = Math.max(0, 1 - 2 * day) * far[i];
    let night = Array.from(colour, x => (1 - dim) * x + dim * grain[i]);
    if (classic) night = night.map(x => 0.4 * x + 0.6 * grey(night));
    let seen = night.map((x, c) => day * colour[c] + (1 - day) * (x + [0, 16, 64][c]) / 2);
    if (asleep) seen = classic ? [0, 0, 16].map(x => (grey(seen) + x) / 2) : seen.map(x => x / 2);
    colour.set(seen);
  }
}

function showView(frame, start) {
  const [top, left] = [at(1, frame) - (rows >> 1), at(2, frame) - (cols >> 1)];
  const here = sprites(frame);
  for (let row = 0; row < rows; row++) for (let col = 0; col < cols; col++) {
    const [ground, item, light] = cell(start, top + row, left + col), corner = [row * tile, col * tile];
    paint(ground, ...corner, 0, true);
    if (item) paint(item - 1, ...corner, 0, false);
    for (const [code, r, c, turn] of here) if (r === top + row && c === left + col) paint(code - 1, ...corner, turn, false);
    if (light < 255) shade(...corner, light);
  }
  sky(at(3, frame) / 255, at(4, frame) === 1);
  view.putImageData(picture, 0, 0);
}

// The whole floor, a pixel a cell, with a frame around what the player sees.
const map = element('map').getContext('2d');
Object.assign(element('map'), { width: size, height: size });
function showMap(frame, start) {
  const image = map.createImageData(size, size);
  const put = (row, col, colour) => row >= 0 && col >= 0 && row < size && col < size && image.data.set([...colour, 255], 4 * (row * size + col));
  for (let i = 0; i < CELLS; i++) {
    const [ground, item, light] = cell(start, Math.floor(i / size), i % size);
    const colour = item ? [255, 200, 60] : atlas.means[ground];
    put(Math.floor(i / size), i % size, colour.map(x => x * light / 255));
  }
  const [row, col] = [at(1, frame), at(2, frame)];
  for (let i = -(cols >> 1) - 1; i <= (cols >> 1) + 1; i++) for (const j of [-1, 1]) put(row + j * ((rows >> 1) + 1), col + i, [255, 255, 255]);
  for (let i = -(rows >> 1) - 1; i <= (rows >> 1) + 1; i++) for (const j of [-1, 1]) put(row + i, col + j * ((cols >> 1) + 1), [255, 255, 255]);
  put(row, col, [255, 0, 80]);
  map.putImageData(image, 0, 0);
}

function icon(code) {
  const brush = pad(tile, tile), image = brush.createImageData(tile, tile);
  for (let i = 0; i < tile * tile; i++) {
    const from = atlas.texel(code, Math.floor(i / tile), i % tile);
    image.data.set(atlas.data.subarray(from, from + 4), 4 * i);
  }
  brush.putImageData(image, 0, 0);
  return brush.canvas;
}

// An icon with its number; gives what shows the number of a step.
function counter(parent, [name, code], field, always) {
  const box = document.createElement('div'), number = document.createElement('span');
  box.title = name;
  box.append(icon(code), number);
  element(parent).append(box);
  return frame => {
    const count = at(field, frame);
    number.textContent = count;
    box.hidden = !always && count === 0;
    box.classList.toggle('low', always && count <= 2 && field < counts + LOW);
  };
}
// The first numbers are what the player lives on.
const LOW = 4, counts = HEAD + 4 * recording.sprites;
const counters = [
  ...recording.needs.map((need, i) => counter('needs', need, counts + i, true)),
  ...recording.inventory.map((thing, i) => counter('inventory', thing, counts + recording.needs.length + i, false)),
];

const achievements = recording.achievements.map(([name, unlocked]) => {
  const line = document.createElement('li');
  line.append(name);
  if (unlocked !== null) line.title = `unlocked in step ${unlocked}`;
  element('achievements').append(line);
  return frame => {
    const has = unlocked !== null && unlocked <= frame;
    line.classList.toggle('has', has);
    line.classList.toggle('new', has && frame - unlocked < 10 && frame > 0);
    line.dataset.step = has ? unlocked : '';
  };
});

function show(frame) {
  seek(frame);
  const level = at(0, frame), start = 3 * CELLS * levels.indexOf(level), action = at(5, frame);
  showView(frame, start);
  showMap(frame, start);
  [...counters, ...achievements].forEach(update => update(frame));
  element('action').textContent = recording.actions[action] ?? '–';
  element('floor').textContent = `${level} ${recording.names[level]}`;
}

run({ theme: () => {}, show });
})();
