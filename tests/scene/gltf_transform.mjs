// node gltf_transform.mjs FILE.glb...: reads each by @gltf-transform, decoding all it has, and says of each its name,
// the nodes that its scene shows, the triangles of their meshes (each mesh once), materials and textures.
import { createRequire } from 'node:module';
const require = createRequire(process.env.NODE_PATH + '/');
const { NodeIO } = require('@gltf-transform/core');
const { ALL_EXTENSIONS } = require('@gltf-transform/extensions');
const { MeshoptDecoder } = await import(require.resolve('meshoptimizer'));

await MeshoptDecoder.ready;
const silent = { debug() {}, info() {}, warn() {}, error: console.error };
const io = new NodeIO().setLogger(silent).registerExtensions(ALL_EXTENSIONS).registerDependencies({ 'meshopt.decoder': MeshoptDecoder });
for (const path of process.argv.slice(2)) {
  const root = (await io.read(path)).getRoot();
  let nodes = 0, triangles = 0;
  const meshes = new Set();
  root.getDefaultScene().traverse((node) => {
    ++nodes;
    if (node.getMesh()) meshes.add(node.getMesh());
  });
  for (const mesh of meshes)
    for (const part of mesh.listPrimitives()) {
      const indices = part.getIndices().getArray(), count = part.getAttribute('POSITION').getCount();
      if (indices.some((i) => i >= count)) throw new Error('an index past the vertices');
      triangles += indices.length / 3;
    }
  console.log(path.split('/').pop(), nodes, triangles, root.listMaterials().length, root.listTextures().length);
}
