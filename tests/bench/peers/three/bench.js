// SPDX-License-Identifier: Apache-2.0
// Draws a glTF file and turns its "_dyn" nodes: ?width=W&height=H&camera=x,y,z&target=x,y,z&fov=DEG&far=M&frames=N[&picture=1]
// The page's server (compare.py) is told when the first picture is there, when the measuring begins, and what a frame cost.
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

const kWarmFrames = 10;
const kLimitMs = 10_000; // as bench_frame: fewer frames when they take longer, but not fewer than 20
const kLeastFrames = 20;

const options = new URLSearchParams(location.search);
const number = (name) => Number(options.get(name));
const point = (name) => options.get(name).split(',').map(Number);
const tell = (what, body) => fetch('/' + what, { method: 'POST', body });

async function main() {
  const [width, height, frames] = [number('width'), number('height'), number('frames')];
  const gltf = await new GLTFLoader().loadAsync('/scene');
  // On no page, so that nothing else is drawn: a picture is asked for by reading a pixel of it.
  const canvas = document.createElement('canvas');
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: false, powerPreference: 'high-performance' });
  renderer.setPixelRatio(1);
  renderer.setSize(width, height, false);
  renderer.setClearColor(0x8099b2);
  const gl = renderer.getContext();

  const scene = new THREE.Scene();
  scene.add(gltf.scene, new THREE.AmbientLight(0xffffff, 0.3));
  const camera = new THREE.PerspectiveCamera(number('fov'), width / height, 0.1, number('far'));
  camera.position.set(...point('camera'));
  camera.lookAt(...point('target'));
  const turning = [];
  gltf.scene.traverse((node) => { if (node.name.endsWith('_dyn')) turning.push(node); });

  const rotation = new THREE.Quaternion();
  const up = new THREE.Vector3(0, 1, 0);
  const pixel = new Uint8Array(4);
  const draw = (frame) => {
    rotation.setFromAxisAngle(up, frame * 0.02);
    for (const node of turning) node.quaternion.copy(rotation);
    renderer.render(scene, camera);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); // waits until it is drawn
  };

  draw(0);
  await tell('first');
  for (let frame = 1; frame < kWarmFrames; ++frame) draw(frame);
  await tell('begin');
  const times = [];
  const begin = performance.now();
  while (times.length < frames && !(times.length > kLeastFrames && performance.now() - begin > kLimitMs)) {
    const before = performance.now();
    draw(kWarmFrames + times.length);
    times.push(performance.now() - before);
  }
  const picture = options.has('picture') ? canvas.toDataURL('image/png') : undefined;
  times.sort((a, b) => a - b);
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  await tell('end', JSON.stringify({
    frame_ms: times[Math.floor((times.length - 1) * 0.5)], frames: times.length, size: `${gl.drawingBufferWidth}x${gl.drawingBufferHeight}`,
    turning: turning.length, draws: renderer.info.render.calls, triangles: renderer.info.render.triangles,
    name: 'three.js r' + THREE.REVISION, draws_with: gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER), picture,
  }));
}

main().catch((error) => tell('failed', String(error?.stack ?? error)));
