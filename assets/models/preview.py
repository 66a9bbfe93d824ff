"""A small path-traced picture of one model or of a whole layout, to judge the look.

  blender -b --factory-startup --python-exit-code 3 --python preview.py -- OUT.png (MODEL.glb | layout.json)
      [--eye x,y,z --target x,y,z | --view NAME] [--fovy 45] [--size 640x360] [--spp 24] [--pose j1,..,j6] [--grip] [--crates N] [--exposure -0.5]

Coordinates are glTF world coordinates. The environment map lights everything; the hall is drawn but casts no shadow,
which is how a renderer with image-based light sees it.
"""
import json
import math
import os
import sys

import bpy
from mathutils import Matrix, Vector

HERE = os.path.dirname(os.path.abspath(__file__))
args = sys.argv[sys.argv.index('--') + 1:]
option = lambda key, default=None: args[args.index(key) + 1] if key in args else default
vector = lambda s: Vector([float(v) for v in s.split(',')])
blender = lambda v: Vector((v[0], -v[2], v[1]))

out, source = args[0], args[1]
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene


def load(path, position=(0, 0, 0), yaw=0.0, cache={}):
    """Import once, then link copies of the node tree that share the meshes. Blender reads no packed file: its unpacked twin is taken."""
    raw = os.path.join(os.environ.get('PW_SCRATCH') or os.path.join(HERE, '..', '..', 'build', 'assets'), os.path.basename(path)[:-4] + '.raw.glb')
    path = raw if os.path.exists(raw) else path
    if path not in cache:
        before = set(bpy.data.objects)
        bpy.ops.import_scene.gltf(filepath=path)
        cache[path] = [o for o in bpy.data.objects if o not in before]
        made = cache[path]
    else:
        twin = {o: o.copy() for o in cache[path]}
        for o, t in twin.items():
            scene.collection.objects.link(t)
            t.parent = twin.get(o.parent)
        made = list(twin.values())
    for o in made:
        if o.parent is None:
            o.rotation_mode = 'XYZ'
            o.location = blender(position)
            o.rotation_euler = (0, 0, math.radians(yaw))
    return made


eye, target = vector(option('--eye', '3,2,4')), vector(option('--target', '0,1,0'))
ghosts = []
if source.endswith('.json'):
    layout = json.load(open(source))
    for item in layout['placements']:
        made = load(os.path.join(HERE, item['model']), item['position'], item['yaw_deg'])
        if item['name'] == 'Hall':
            ghosts += made
    if '--crates' in args:
        program = json.load(open(os.path.join(os.path.dirname(source), 'program.json')))
        poses = [place['crate'] for place in program['places'][:int(option('--crates'))]] + [program['pick']['crate']]
        for pose in poses:
            load(os.path.join(HERE, 'crate.glb'), pose[:3], pose[3])
    for view in layout['viewpoints']:
        if view['name'] == option('--view'):
            eye, target = Vector(view['eye']), Vector(view['target'])
else:
    made = load(os.path.abspath(source))
    if os.path.basename(source) == 'hall.glb':
        ghosts += made
for i, angle in enumerate(option('--pose', '').split(',')):
    joint = bpy.data.objects.get(f'Joint{i + 1}')
    if angle and joint:
        axis = {'X': (1, 0, 0), 'Y': (0, 0, 1), 'Z': (0, -1, 0)}[joint['axis']]
        joint.matrix_local = joint.matrix_local @ Matrix.Rotation(math.radians(float(angle)), 4, axis)
if '--grip' in args:
    for o in bpy.data.objects:
        if 'closed_m' in o:
            o.location.x += o['closed_m']
for o in ghosts:
    o.visible_diffuse = o.visible_shadow = o.visible_glossy = False
for m in bpy.data.materials:
    m.cycles.emission_sampling = 'NONE'

camera = bpy.data.objects.new('camera', bpy.data.cameras.new('camera'))
scene.collection.objects.link(camera)
camera.data.sensor_fit = 'VERTICAL'
camera.data.angle_y = math.radians(float(option('--fovy', '45')))
camera.location = blender(eye)
camera.rotation_euler = (blender(target) - blender(eye)).to_track_quat('-Z', 'Y').to_euler()
scene.camera = camera

scene.world = bpy.data.worlds.new('world')
scene.world.use_nodes = True
nodes, link = scene.world.node_tree.nodes, scene.world.node_tree.links.new
light = os.path.join(HERE, '..', 'environments', 'hall.hdr')
if os.path.exists(light):
    env = nodes.new('ShaderNodeTexEnvironment')
    env.image = bpy.data.images.load(light)
    link(env.outputs['Color'], nodes['Background'].inputs['Color'])
if not source.endswith('.json') and os.path.basename(source) != 'hall.glb':
    bpy.ops.mesh.primitive_plane_add(size=30)
    ground = bpy.data.materials.new('ground')
    ground.use_nodes = True
    ground.node_tree.nodes['Principled BSDF'].inputs['Base Color'].default_value = (.25, .25, .245, 1)
    bpy.context.object.data.materials.append(ground)

render, cycles = scene.render, scene.cycles
render.engine, cycles.device = 'CYCLES', 'CPU'
cycles.samples = int(option('--spp', '24'))
cycles.use_denoising = cycles.use_adaptive_sampling = False
cycles.max_bounces, cycles.transparent_max_bounces, cycles.sample_clamp_indirect = 4, 24, 3
cycles.caustics_reflective = cycles.caustics_refractive = False
render.resolution_x, render.resolution_y = [int(v) for v in option('--size', '640x360').split('x')]
render.resolution_percentage = 100
scene.view_settings.view_transform, scene.view_settings.look = 'Khronos PBR Neutral', 'None'
scene.view_settings.exposure = float(option('--exposure', '-0.5'))
render.image_settings.file_format = 'PNG'
render.filepath = os.path.abspath(out)
bpy.ops.render.render(write_still=True)
