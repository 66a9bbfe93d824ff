"""A small modelling kit on bmesh, shared by the model scripts.

Blender coordinates: metres, Z up, a machine's front faces -Y. The exporter turns (x, y, z) into glTF (x, z, -y),
so the front faces +Z there. Angles given to this kit are degrees.
"""
import json
import math
import os
import struct
import sys

import bmesh
import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector
from PIL import Image, ImageFilter

HERE = os.path.dirname(os.path.abspath(__file__))
SCRATCH = os.environ.get('PW_SCRATCH') or os.path.join(HERE, '..', '..', 'build', 'assets')
os.makedirs(SCRATCH, exist_ok=True)

AXES = {'z': (0, 0, 0), '-z': (180, 0, 0), 'x': (0, 90, 0), '-x': (0, -90, 0), 'y': (-90, 0, 0), '-y': (90, 0, 0)}


def arguments():
    return sys.argv[sys.argv.index('--') + 1:] if '--' in sys.argv else []


def new_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    MATERIALS.clear()


def placed(at=(0, 0, 0), rot=(0, 0, 0)):
    return Matrix.Translation(at) @ Euler([math.radians(a) for a in rot]).to_matrix().to_4x4()


def floor_point(x, z, y=0.0):
    """A point given in glTF world coordinates."""
    return (x, -z, y)


# ---- materials ---------------------------------------------------------------------------------------------------

MATERIALS = {}


def material(name, color=(.8, .8, .8), metal=0.0, rough=.5, emit=None, strength=0.0, alpha=1.0, double=False,
             base=None, orm=None, normal=None, normal_scale=1.0, mask=False, emit_base=False):
    """One Principled material by name. base, orm and normal are image paths; mask cuts by the base image's alpha."""
    if name in MATERIALS:
        return MATERIALS[name]
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    nodes, link = m.node_tree.nodes, m.node_tree.links.new
    shader = nodes['Principled BSDF']
    put = shader.inputs
    put['Base Color'].default_value = (*color, 1)
    put['Metallic'].default_value = metal
    put['Roughness'].default_value = rough
    put['Alpha'].default_value = alpha
    if emit:
        put['Emission Color'].default_value = (*emit, 1)
    put['Emission Strength'].default_value = strength
    m.use_backface_culling = not double

    def image(path, space):
        node = nodes.new('ShaderNodeTexImage')
        node.image = bpy.data.images.load(os.path.abspath(path), check_existing=True)
        node.image.colorspace_settings.name = space
        return node

    if base:
        node = image(base, 'sRGB')
        link(node.outputs['Color'], put['Base Color'])
        if emit_base:
            link(node.outputs['Color'], put['Emission Color'])
        if mask:
            cut = nodes.new('ShaderNodeMath')
            cut.operation = 'GREATER_THAN'
            cut.inputs[1].default_value = .5
            link(node.outputs['Alpha'], cut.inputs[0])
            link(cut.outputs[0], put['Alpha'])
    if orm:
        split = nodes.new('ShaderNodeSeparateColor')
        link(image(orm, 'Non-Color').outputs['Color'], split.inputs['Color'])
        link(split.outputs['Green'], put['Roughness'])
        link(split.outputs['Blue'], put['Metallic'])
    if normal:
        bump = nodes.new('ShaderNodeNormalMap')
        bump.inputs['Strength'].default_value = normal_scale
        link(image(normal, 'Non-Color').outputs['Color'], bump.inputs['Color'])
        link(bump.outputs['Normal'], put['Normal'])
    m['textured'] = bool(base or orm or normal)
    MATERIALS[name] = m
    return m


def lamp(name, color, lit=.35):
    """A signal lamp: saturated and dark, dimly lit; the program scales the emissive strength."""
    m = material(name, tuple(c * .45 for c in color), 0, .22, emit=color, strength=1.0)
    m['emissive_strength'] = lit
    return m


class Palette:
    """The paints and metals that all machines share."""

    def __init__(self):
        self.orange = material('PaintOrange', (.83, .185, .012), 0, .36)
        self.charcoal = material('PaintCharcoal', (.045, .048, .053), 0, .42)
        self.grey = material('PaintLightGrey', (.60, .62, .63), 0, .42)
        self.midgrey = material('PaintMidGrey', (.20, .215, .23), 0, .45)
        self.blue = material('PaintBlue', (.015, .10, .27), 0, .40)
        self.yellow = material('PaintSafetyYellow', (.90, .56, .008), 0, .40)
        self.red = material('PaintSignalRed', (.62, .012, .012), 0, .32)
        self.green = material('PlasticGreen', (.01, .30, .08), 0, .35)
        self.white = material('PlasticWhite', (.80, .80, .79), 0, .40)
        self.black = material('PolymerBlack', (.018, .019, .021), 0, .46)
        self.rubber = material('Rubber', (.028, .028, .028), 0, .82)
        self.steel = material('SteelMachined', (.60, .60, .59), 1, .26)
        self.zinc = material('SteelZinc', (.52, .53, .54), 1, .42)
        self.alu = material('AluProfile', (.76, .77, .78), 1, .36)
        self.brass = material('Brass', (.75, .55, .22), 1, .3)


# ---- meshes ------------------------------------------------------------------------------------------------------

def to_mesh(bm, sharp=35, name='part', recalc=True):
    if recalc:
        bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
    for f in bm.faces:
        f.smooth = True
    limit = math.radians(sharp)
    for e in bm.edges:
        e.smooth = len(e.link_faces) != 2 or e.calc_face_angle(0) <= limit
    mesh = bpy.data.meshes.new(name)
    bm.to_mesh(mesh)
    bm.free()
    return mesh


def map_box(bm, scale=1.0):
    """UV in metres by the dominant direction of each face."""
    uv = bm.loops.layers.uv.verify()
    for f in bm.faces:
        f.normal_update()
        axis = max(range(3), key=lambda i: abs(f.normal[i]))
        for corner in f.loops:
            c = corner.vert.co
            corner[uv].uv = Vector(((c.y, c.z), (c.x, c.z), (c.x, c.y))[axis]) * scale


def box_mesh(size, bevel=.004, seg=1):
    bm = bmesh.new()
    bmesh.ops.create_cube(bm, size=1)
    bmesh.ops.scale(bm, vec=size, verts=bm.verts)
    if bevel:
        bmesh.ops.bevel(bm, geom=bm.edges[:], offset=min(bevel, min(size) * .45), segments=seg, profile=.5, affect='EDGES')
    map_box(bm)
    return to_mesh(bm, 60)


def lathe_mesh(profile, steps=24, sharp=35):
    """Revolve [(radius, z)] around Z. u runs around (0..1), v along the profile in metres."""
    bm = bmesh.new()
    uv = bm.loops.layers.uv.verify()
    rings = []
    for r, z in profile:
        if r < 1e-5:
            rings.append([bm.verts.new((0, 0, z))])
        else:
            rings.append([bm.verts.new((r * math.cos(2 * math.pi * i / steps), r * math.sin(2 * math.pi * i / steps), z))
                          for i in range(steps)])
    along = [0.0]
    for a, b in zip(profile, profile[1:]):
        along.append(along[-1] + math.dist(a, b))
    for k in range(len(rings) - 1):
        a, b = rings[k], rings[k + 1]
        if len(a) == 1 and len(b) == 1:
            continue
        for i in range(steps):
            j = (i + 1) % steps
            corners = [(a, i, i, k), (a, j, i + 1, k), (b, j, i + 1, k + 1), (b, i, i, k + 1)]
            seen, verts, coords = set(), [], []
            for ring, index, turn, step in corners:
                v = ring[index if len(ring) > 1 else 0]
                if v not in seen:
                    seen.add(v)
                    verts.append(v)
                    coords.append((turn / steps, along[step]))
            if len(verts) < 3:
                continue
            f = bm.faces.new(verts)
            for corner, c in zip(f.loops, coords):
                corner[uv].uv = c
    return to_mesh(bm, sharp)


def round_path(points, fillet, steps=5):
    """Replace inner corners by arcs of about the given radius."""
    pts = [Vector(p) for p in points]
    out = [pts[0]]
    for before, p, after in zip(pts, pts[1:], pts[2:]):
        a, b = before - p, after - p
        f = min(fillet, a.length * .49, b.length * .49)
        a, b = p + a.normalized() * f, p + b.normalized() * f
        for k in range(steps + 1):
            t = k / steps
            out.append((1 - t) ** 2 * a + 2 * t * (1 - t) * p + t * t * b)
    out.append(pts[-1])
    return out


def spline(points, per_span=6):
    """Catmull-Rom through the points: a hose."""
    p = [Vector(q) for q in points]
    p = [2 * p[0] - p[1]] + p + [2 * p[-1] - p[-2]]
    out = []
    for i in range(1, len(p) - 2):
        for k in range(per_span):
            t = k / per_span
            out.append(.5 * (2 * p[i] + (p[i + 1] - p[i - 1]) * t + (2 * p[i - 1] - 5 * p[i] + 4 * p[i + 1] - p[i + 2]) * t * t
                             + (3 * p[i] - p[i - 1] - 3 * p[i + 1] + p[i + 2]) * t ** 3))
    out.append(p[-2])
    return out


def tube_mesh(path, r=.02, res=8, ribs=0.0, cap=True):
    """Sweep a circle along the path; ribs > 0 makes a corrugated hose whose radius alternates by that much."""
    bm = bmesh.new()
    pts = [Vector(p) for p in path]
    tangents = [(pts[min(i + 1, len(pts) - 1)] - pts[max(i - 1, 0)]).normalized() for i in range(len(pts))]
    side = tangents[0].orthogonal().normalized()
    rings = []
    for i, (p, t) in enumerate(zip(pts, tangents)):
        side = (side - t * side.dot(t)).normalized()
        up = t.cross(side)
        radius = r - ribs * (i % 2)
        rings.append([bm.verts.new(p + (side * math.cos(2 * math.pi * k / res) + up * math.sin(2 * math.pi * k / res)) * radius)
                      for k in range(res)])
    for a, b in zip(rings, rings[1:]):
        for k in range(res):
            bm.faces.new((a[k], a[(k + 1) % res], b[(k + 1) % res], b[k]))
    if cap:
        bm.faces.new(reversed(rings[0]))
        bm.faces.new(rings[-1])
    map_box(bm)
    return to_mesh(bm, 70 if ribs else 50)


def prism_mesh(outline, depth, bevel=.006, seg=1, pocket=None):
    """Extrude an outline [(x, y)] by depth, centred on z = 0. pocket = (rim, sink) sinks both faces like a casting."""
    bm = bmesh.new()
    lower = [bm.verts.new((x, y, -depth / 2)) for x, y in outline]
    upper = [bm.verts.new((x, y, depth / 2)) for x, y in outline]
    n = len(outline)
    bottom, top = bm.faces.new(list(reversed(lower))), bm.faces.new(upper)
    for i in range(n):
        bm.faces.new((lower[i], lower[(i + 1) % n], upper[(i + 1) % n], upper[i]))
    bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
    if bevel:
        edges = [e for e in bm.edges if e.calc_face_angle(0) > math.radians(25)]
        bmesh.ops.bevel(bm, geom=edges, offset=bevel, segments=seg, profile=.5, affect='EDGES')
    if pocket:
        rim, sink = pocket
        for f in [f for f in bm.faces if abs(abs(f.normal.z) - 1) < 1e-4 and f.calc_area() > .3 * abs(area(outline))]:
            bmesh.ops.inset_region(bm, faces=[f], thickness=rim, depth=0)
            bmesh.ops.inset_region(bm, faces=[f], thickness=sink * .6, depth=-sink)
    map_box(bm)
    return to_mesh(bm, 50)


def area(outline):
    return .5 * sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(outline, outline[1:] + outline[:1]))


def arc(cx, cy, r, a0, a1, n=8):
    return [(cx + r * math.cos(math.radians(a0 + (a1 - a0) * k / n)), cy + r * math.sin(math.radians(a0 + (a1 - a0) * k / n)))
            for k in range(n + 1)]


def quad_mesh(w, h, rect=(0, 0, 1, 1)):
    """An upright label in the XZ plane that faces -Y; rect is (u0, v0, u1, v1)."""
    u0, v0, u1, v1 = rect
    return sheet_mesh([((-w / 2, 0, -h / 2), (u0, v0)), ((w / 2, 0, -h / 2), (u1, v0)),
                       ((w / 2, 0, h / 2), (u1, v1)), ((-w / 2, 0, h / 2), (u0, v1))])


def sheet_mesh(corners):
    """One polygon from [(position, uv)], counter-clockwise seen from its front."""
    bm = bmesh.new()
    uv = bm.loops.layers.uv.verify()
    f = bm.faces.new([bm.verts.new(p) for p, _ in corners])
    for corner, (_, c) in zip(f.loops, corners):
        corner[uv].uv = c
    return to_mesh(bm, recalc=False)


class Part:
    """Collects primitives and becomes one multi-material mesh."""

    def __init__(self):
        self.bm = bmesh.new()
        self.uv = self.bm.loops.layers.uv.verify()
        self.slots = []

    def add(self, mesh, m, at=(0, 0, 0), rot=(0, 0, 0), matrix=None, keep=False):
        if m not in self.slots:
            self.slots.append(m)
        slot = self.slots.index(m)
        before = len(self.bm.faces)
        old = len(self.bm.verts)
        self.bm.from_mesh(mesh)
        self.bm.faces.ensure_lookup_table()
        self.bm.verts.ensure_lookup_table()
        matrix = matrix if matrix is not None else placed(at, rot)
        for v in self.bm.verts[old:]:
            v.co = matrix @ v.co
        plain = not m.get('textured')
        for f in self.bm.faces[before:]:
            f.material_index = slot
            if plain:
                for corner in f.loops:
                    corner[self.uv].uv = (0, 0)
        if not keep:
            bpy.data.meshes.remove(mesh)
        return self

    def box(self, size, at, m, bevel=.004, rot=(0, 0, 0), seg=1):
        return self.add(box_mesh(size, bevel, seg), m, at, rot)

    def lathe(self, profile, at, m, axis='z', steps=24, sharp=35):
        return self.add(lathe_mesh(profile, steps, sharp), m, at, AXES[axis])

    def cyl(self, r, h, at, m, axis='z', steps=20, bevel=.003, hole=0.0):
        """A cylinder that stands on `at` and points along the axis."""
        b = min(bevel, r * .4, h * .4)
        rim = [(r - b, 0), (r, b), (r, h - b), (r - b, h)]
        profile = [(hole, 0)] + rim + [(hole, h)] + ([(hole, 0)] if hole else [])
        return self.lathe(profile, at, m, axis, steps, 50)

    def tube(self, points, r, m, fillet=0.0, res=8):
        return self.add(tube_mesh(round_path(points, fillet) if fillet else points, r, res), m)

    def hose(self, points, r, m, ribs=0.0, res=8, per_span=6):
        return self.add(tube_mesh(spline(points, per_span), r, res, ribs), m)

    def prism(self, outline, depth, m, at=(0, 0, 0), rot=(0, 0, 0), bevel=.006, seg=1, pocket=None):
        return self.add(prism_mesh(outline, depth, bevel, seg, pocket), m, at, rot)

    def bolts(self, n, radius, at, m, axis='z', r=.012, h=.010, phase=0.0):
        turn = placed(at, AXES[axis])
        for i in range(n):
            a = 2 * math.pi * i / n + math.radians(phase)
            spot = turn @ placed((radius * math.cos(a), radius * math.sin(a), 0))
            self.add(lathe_mesh([(r, 0), (r, h * .8), (r * .8, h), (0, h)], 6, 30), m, matrix=spot)
        return self

    def decal(self, label, at, rot=(0, 0, 0)):
        mesh, m = label
        return self.add(mesh, m, at, rot)

    def mesh(self, name):
        mesh = bpy.data.meshes.new(name)
        self.bm.to_mesh(mesh)
        self.bm.free()
        for m in self.slots:
            mesh.materials.append(m)
        return mesh

    def obj(self, name, parent=None, loc=(0, 0, 0), rot=(0, 0, 0), extras=None):
        return node(name, self.mesh(name), parent, loc, rot, extras)


def node(name, mesh=None, parent=None, loc=(0, 0, 0), rot=(0, 0, 0), extras=None):
    o = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(o)
    o.location = loc
    o.rotation_euler = [math.radians(a) for a in rot]
    o.parent = parent
    for key, value in (extras or {}).items():
        o[key] = value
    return o


# ---- parts that several machines use -----------------------------------------------------------------------------

def motor(part, at, axis, r, length, m, p, box_side=None):
    """A servo motor that starts at `at` and points along the axis, with cooling fins and a connector box."""
    rings = max(4, int(length * .62 / .022))
    profile = [(r * 1.06, 0), (r * 1.06, length * .12), (r * .9, length * .14)]
    for i in range(rings):
        z = length * (.16 + .62 * i / rings)
        step = length * .62 / rings
        profile += [(r * .9, z), (r, z + step * .15), (r, z + step * .55), (r * .9, z + step * .7)]
    profile += [(r * .94, length * .82), (r * .94, length * .97), (r * .86, length), (0, length)]
    part.lathe(profile, at, m, axis, 20)
    turn = placed(at, AXES[axis])
    sides = {'x': 0, 'y': 90, '-x': 180, '-y': 270}
    spin = placed(rot=(0, 0, sides[box_side or 'x']))
    part.add(box_mesh((r * .5, r * .9, length * .26), .006), p.black, matrix=turn @ spin @ placed((r * 1.05, 0, length * .62)))
    part.add(lathe_mesh([(.016, 0), (.016, .04), (.012, .045), (0, .045)], 10), p.steel,
             matrix=turn @ spin @ placed((r * 1.12, 0, length * .47), (180, 0, 0)))


def emergency_stop(part, at, p, axis='-y', scale=1.0):
    s = scale
    part.lathe([(0, 0), (.034 * s, 0), (.034 * s, .010 * s), (.030 * s, .013 * s), (0, .013 * s)], at, p.yellow, axis, 20)
    part.lathe([(.014 * s, .012 * s), (.014 * s, .022 * s), (.020 * s, .026 * s), (.0225 * s, .034 * s), (.019 * s, .042 * s),
                (.010 * s, .045 * s), (0, .0455 * s)], at, p.red, axis, 20)


# ---- to a file ---------------------------------------------------------------------------------------------------

def triangles(mesh):
    return sum(len(f.vertices) - 2 for f in mesh.polygons)


def mesh_objects():
    return [o for o in bpy.context.scene.objects if o.type == 'MESH']


def weight_normals():
    """Bake face-weighted normals, so that one bevel segment shades like a rounded edge and flat faces stay flat."""
    replaced = {}
    for o in mesh_objects():
        old = o.data
        if old not in replaced:
            mod = o.modifiers.new('weights', 'WEIGHTED_NORMAL')
            mod.keep_sharp = True
            mod.weight = 80
            bpy.context.view_layer.update()
            new = bpy.data.meshes.new_from_object(o.evaluated_get(bpy.context.evaluated_depsgraph_get()))
            o.modifiers.clear()
            replaced[old] = new
    for o in mesh_objects():
        o.data = replaced[o.data]
    for old, new in replaced.items():
        name = old.name
        old.name = name + '.old'
        new.name = name
        bpy.data.meshes.remove(old)


def drop_unused_uv():
    for mesh in {o.data for o in mesh_objects()}:
        if not any(m and m.get('textured') for m in mesh.materials):
            while mesh.uv_layers:
                mesh.uv_layers.remove(mesh.uv_layers[0])


def bake_occlusion(distance=.4, samples=24, floor=.45, skip=(), only=None):
    """Ambient occlusion into COLOR_0, one value per vertex. `floor` is the darkest value kept; `only` names the objects to bake."""
    scene = bpy.context.scene
    scene.render.engine = 'CYCLES'
    scene.cycles.device = 'CPU'
    scene.cycles.samples = samples
    scene.world = scene.world or bpy.data.worlds.new('world')
    scene.world.light_settings.distance = distance
    scene.render.bake.target = 'VERTEX_COLORS'
    bpy.ops.object.select_all(action='DESELECT')
    chosen, seen = [], set()
    for o in mesh_objects():
        if o.data in seen or any(o.name.startswith(s) for s in skip) or only and o.name not in only:
            continue
        seen.add(o.data)
        chosen.append(o)
    for o in chosen:
        layer = o.data.color_attributes.new('AO', 'FLOAT_COLOR', 'CORNER')
        o.data.color_attributes.active_color = layer
        o.select_set(True)
    bpy.context.view_layer.objects.active = chosen[0]
    bpy.ops.object.bake(type='AO', target='VERTEX_COLORS')
    for o in chosen:
        mesh = o.data
        sums = [[0.0, 0] for _ in mesh.vertices]
        for corner, c in zip(mesh.loops, mesh.color_attributes['AO'].data):
            s = sums[corner.vertex_index]
            s[0] += c.color[0]
            s[1] += 1
        mesh.color_attributes.remove(mesh.color_attributes['AO'])
        layer = mesh.color_attributes.new('AO', 'BYTE_COLOR', 'POINT')
        for (total, count), c in zip(sums, layer.data):
            v = floor + (1 - floor) * (total / count if count else 1)
            c.color = (v, v, v, 1)
        mesh.color_attributes.active_color = layer


def bake_occlusion_image(o, uv, width, height, distance, samples, floor):
    """Ambient occlusion of an object's only material into its occlusion texture, over the uv map named."""
    scene, m = bpy.context.scene, o.data.materials[0]
    scene.cycles.samples = samples
    scene.world.light_settings.distance = distance
    scene.render.bake.target, scene.render.bake.margin = 'IMAGE_TEXTURES', 2
    o.data.uv_layers.active = o.data.uv_layers[uv]
    image = bpy.data.images.new(f'{o.name.lower()}_occlusion', width, height)
    image.colorspace_settings.name = 'Non-Color'
    nodes, link = m.node_tree.nodes, m.node_tree.links.new
    node_ = nodes.new('ShaderNodeTexImage')
    node_.image, node_.extension = image, 'EXTEND'
    nodes.active = node_
    bpy.ops.object.select_all(action='DESELECT')
    o.select_set(True)
    bpy.context.view_layer.objects.active = o
    bpy.ops.object.bake(type='AO')
    o.data.uv_layers.active = o.data.uv_layers[0]

    values = np.array(image.pixels[:]).reshape(height, width, 4)[::-1, :, 0]
    values = floor + (1 - floor) * np.clip(values, 0, 1) ** 1.5  # light from above is stronger than from the side
    picture = Image.fromarray((values * 255 + .5).astype('uint8')).filter(ImageFilter.GaussianBlur(.9))
    path = os.path.join(SCRATCH, image.name + '.png')
    picture.quantize(64).convert('L').save(path, optimize=True)
    node_.image = bpy.data.images.load(path)
    node_.image.colorspace_settings.name = 'Non-Color'

    map_ = nodes.new('ShaderNodeUVMap')
    map_.uv_map = uv
    link(map_.outputs['UV'], node_.inputs['Vector'])
    group = bpy.data.node_groups.new('glTF Material Output', 'ShaderNodeTree')
    group.interface.new_socket('Occlusion', in_out='INPUT', socket_type='NodeSocketFloat')
    output = nodes.new('ShaderNodeGroup')
    output.node_tree = group
    link(node_.outputs['Color'], output.inputs['Occlusion'])


def tidy_materials(path):
    """Take this kit's notes out of the materials and write lamps as full colour times a strength below 1."""
    data = open(path, 'rb').read()
    size = struct.unpack_from('<I', data, 12)[0]
    gltf, rest = json.loads(data[20:20 + size]), data[20 + size:]
    for m in gltf.get('materials', []):
        notes = m.pop('extras', {})
        if 'emissive_strength' in notes:
            m.setdefault('extensions', {})['KHR_materials_emissive_strength'] = {'emissiveStrength': notes['emissive_strength']}
            used = gltf.setdefault('extensionsUsed', [])
            if 'KHR_materials_emissive_strength' not in used:
                used.append('KHR_materials_emissive_strength')
    text = json.dumps(gltf, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 4)
    with open(path, 'wb') as f:
        f.write(struct.pack('<4sII', b'glTF', 2, 12 + 8 + len(text) + len(rest)) + struct.pack('<I4s', len(text), b'JSON') + text + rest)


def export(name, occlusion=True, baked=False, **bake):
    """Finish the scene and write <name>.glb beside the scripts; baked says that the occlusion is already there."""
    names = [o.name for o in bpy.context.scene.objects]
    wrong = [n for n in names if '.' in n]
    assert not wrong, f'node names are not unique: {wrong}'
    drop_unused_uv()
    weight_normals()
    if occlusion and not baked:
        bake_occlusion(**bake)
    path = os.path.join(HERE, name + '.glb')
    bpy.ops.export_scene.gltf(filepath=path, export_format='GLB', export_apply=False, export_yup=True, export_extras=True,
                              export_animations=False, export_lights=False, export_cameras=False, use_visible=True,
                              export_vertex_color='ACTIVE' if occlusion else 'NONE', export_skins=False, export_morph=False,
                              export_image_format='AUTO')
    tidy_materials(path)
    meshes = {o.data for o in mesh_objects()}
    drawn = sum(triangles(o.data) for o in mesh_objects())
    print(f'MODEL {name}: nodes {len(names)}, triangles {sum(map(triangles, meshes))} unique, {drawn} drawn, '
          f'{os.path.getsize(path) // 1024} KB')
