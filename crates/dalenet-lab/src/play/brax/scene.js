'use strict';
(() => {
const poses = floats(recording.poses);
const { dt, links } = recording;
const THEMES = {
  light: { sky: 0xe9eef4, tiles: ['#d3dbe4', '#c6d0db'], line: '#aab6c4', sun: 2.4, ambient: 1.5 },
  dark: { sky: 0x11151c, tiles: ['#232b36', '#1c232d'], line: '#3b4757', sun: 2.2, ambient: 0.9 },
};
// Okabe and Ito's palette: the torso, then the limbs in turn.
const COLOURS = [0xe69f00, 0x0072b2, 0x56b4e9, 0x009e73, 0x66c2a5, 0xd55e00, 0xf0905a, 0xcc79a7, 0xe0a8c8];

let renderer;
try {
  renderer = new THREE.WebGLRenderer({ canvas: element('view'), antialias: true, preserveDrawingBuffer: true });
} catch (cause) {
  fail(`This browser has no WebGL, which the picture needs. (${cause.message})`);
  return;
}
renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
renderer.shadowMap.enabled = true;
const scene = new THREE.Scene();
scene.fog = new THREE.Fog(0, 14, 45);
const camera = new THREE.PerspectiveCamera(40, 1, 0.05, 120);
camera.up.set(0, 0, 1);
const controls = new THREE.OrbitControls(camera, renderer.domElement);
controls.enableDamping = true;
controls.maxPolarAngle = 0.495 * Math.PI;
controls.minDistance = 0.5;
controls.maxDistance = 30;

const ambient = new THREE.HemisphereLight(0xffffff, 0x8892a0);
ambient.position.set(0, 0, 1);
const sun = new THREE.DirectionalLight(0xfff4e0);
sun.castShadow = true;
sun.shadow.mapSize.set(2048, 2048);
sun.shadow.normalBias = 0.01;
sun.shadow.radius = 3;
Object.assign(sun.shadow.camera, { left: -4, right: 4, top: 4, bottom: -4, near: 0.5, far: 24 });
scene.add(ambient, sun, sun.target);

// The ground: a checkerboard of square metres, carried along in whole periods.
const PERIOD = 2, GROUND = 100;
const ground = new THREE.Mesh(
  new THREE.PlaneGeometry(GROUND, GROUND), new THREE.MeshStandardMaterial({ roughness: 1 }));
ground.receiveShadow = true;
scene.add(ground);

function checkerboard({ tiles, line }) {
  const canvas = document.createElement('canvas'), half = 128;
  canvas.width = canvas.height = 2 * half;
  const brush = canvas.getContext('2d');
  for (const i of [0, 1]) for (const j of [0, 1]) {
    brush.fillStyle = tiles[(i + j) % 2];
    brush.fillRect(i * half, j * half, half, half);
    brush.strokeStyle = line;
    brush.strokeRect(i * half, j * half, half, half);
  }
  const texture = new THREE.CanvasTexture(canvas);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.repeat.set(GROUND / PERIOD, GROUND / PERIOD);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = renderer.capabilities.getMaxAnisotropy();
  return texture;
}

// Capsules and cylinders are along z here, as in MuJoCo, and along y in three.js.
function geometry({ kind, size: [a, b, c] }) {
  switch (kind) {
    case 'capsule': return new THREE.CapsuleGeometry(a, 2 * b, 12, 32).rotateX(Math.PI / 2);
    case 'cylinder': return new THREE.CylinderGeometry(a, a, 2 * b, 32).rotateX(Math.PI / 2);
    case 'box': return new THREE.BoxGeometry(2 * a, 2 * b, 2 * c);
    case 'ellipsoid': return new THREE.SphereGeometry(1, 32, 24).scale(a, b, c);
    default: return new THREE.SphereGeometry(a, 32, 24);
  }
}

const bodies = Array.from({ length: links }, () => new THREE.Group());
if (links) scene.add(...bodies);
for (const shape of recording.shapes) {
  const colour = shape.link === null ? 0x8a94a3 : COLOURS[shape.link === 0 ? 0 : 1 + (shape.link - 1) % (COLOURS.length - 1)];
  const material = new THREE.MeshStandardMaterial({ color: colour, roughness: 0.55, metalness: 0.05 });
  const mesh = new THREE.Mesh(geometry(shape), material);
  const [w, x, y, z] = shape.rotation;
  mesh.position.set(...shape.position);
  mesh.quaternion.set(x, y, z, w);
  mesh.castShadow = mesh.receiveShadow = true;
  (shape.link === null ? scene : bodies[shape.link]).add(mesh);
}

const torso = new THREE.Vector3(), last = new THREE.Vector3();

function show(frame) {
  bodies.forEach((body, link) => {
    const [x, y, z, qw, qx, qy, qz] = poses.subarray(7 * (frame * links + link));
    body.position.set(x, y, z);
    body.quaternion.set(qx, qy, qz, qw).normalize();
  });
  if (links) torso.copy(bodies[0].position);
  element('time').textContent = `${(frame * dt).toFixed(2)} s`;
}

// The camera keeps its angle and distance to the torso, and its height.
function follow() {
  const dx = torso.x - last.x, dy = torso.y - last.y;
  last.copy(torso);
  if (element('follow').checked) {
    controls.target.x += dx;
    controls.target.y += dy;
    camera.position.x += dx;
    camera.position.y += dy;
  }
  const centre = controls.target;
  sun.target.position.set(centre.x, centre.y, 0);
  sun.position.set(centre.x + 3, centre.y - 4, 9);
  ground.position.set(PERIOD * Math.round(centre.x / PERIOD), PERIOD * Math.round(centre.y / PERIOD), 0);
}

// To the torso again, after the camera was left behind.
function centre() {
  const shift = new THREE.Vector3(torso.x - controls.target.x, torso.y - controls.target.y, 0);
  controls.target.add(shift);
  camera.position.add(shift);
}

function theme(name) {
  const { sky, sun: strength, ambient: soft } = THEMES[name];
  scene.background = new THREE.Color(sky);
  scene.fog.color.set(sky);
  sun.intensity = strength;
  ambient.intensity = soft;
  ground.material.map?.dispose();
  ground.material.map = checkerboard(THEMES[name]);
  ground.material.needsUpdate = true;
}

function draw() {
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  if (camera.aspect !== width / height || renderer.domElement.width !== Math.floor(width * renderer.getPixelRatio())) {
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
  }
  follow();
  controls.update();
  renderer.render(scene, camera);
}

element('follow').onchange = event => event.target.checked && centre();

function start() {
  last.copy(torso);
  controls.target.set(torso.x, torso.y, Math.max(0.8 * torso.z, 0.3));
  camera.position.copy(controls.target).add(new THREE.Vector3(1.6, -3.6, 1.3).multiplyScalar(torso.z > 1 ? 1.15 : 1));
}

run({ theme, show, start, draw });
})();
