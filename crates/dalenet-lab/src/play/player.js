'use strict';
// What all pages have in common: the recording and the controls.
const element = id => document.getElementById(id);
const recording = JSON.parse(element('recording').textContent);
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const floats = text => new Float32Array(bytes(text).buffer);
const rewards = floats(recording.rewards);

function fail(message) {
  element('failure').hidden = false;
  element('failure').textContent = message;
}

// Plays a scene: `theme` puts on `light` or `dark`, `show` goes to a step, `start` is called after
// the first, `draw` with every picture of the screen.
function run({ theme, show, start = () => {}, draw = () => {} }) {
  const { dt, frames } = recording, last = frames - 1;
  let now = 0, playing = true, before = null, shown = null;

  function play(on) {
    playing = on;
    element('play').textContent = on ? 'Pause' : 'Play';
    if (on && now >= last) now = 0;
  }

  function go(frame) {
    play(false);
    now = Math.min(Math.max(frame, 0), last);
  }

  function update() {
    const frame = Math.floor(now);
    if (frame === shown) return;
    shown = frame;
    show(frame);
    element('slider').value = frame;
    element('step').textContent = `${frame} / ${last}`;
    element('reward').textContent = rewards[2 * frame].toFixed(2);
    element('return').textContent = rewards[2 * frame + 1].toFixed(1);
  }

  function tick(time) {
    if (playing && before !== null) {
      now += Math.min((time - before) / 1000, 0.25) / dt * Number(element('speed').value);
      if (now >= last) go(last);
    }
    before = time;
    update();
    draw();
    requestAnimationFrame(tick);
  }

  function dress(name) {
    document.documentElement.dataset.theme = name;
    theme(name);
  }

  element('play').onclick = () => play(!playing);
  element('slider').oninput = event => go(Number(event.target.value));
  element('theme').onclick = () => dress(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  const keys = {
    Space: () => play(!playing),
    ArrowLeft: () => go(Math.floor(now) - 1),
    ArrowRight: () => go(Math.floor(now) + 1),
  };
  addEventListener('keydown', event => {
    if (!keys[event.code] || event.target.id === 'speed') return;
    event.preventDefault();
    keys[event.code]();
  });
  addEventListener('keyup', event => event.code === 'Space' && event.preventDefault());

  dress(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  // `#250` in the address is a still picture of that step.
  const still = parseInt(location.hash.slice(1), 10);
  if (still >= 0) go(still);
  update();
  start();
  requestAnimationFrame(tick);
}
