"""Hall 1, the bottling hall: 60 x 30 m, 8.6 m high. The origin is the middle of the floor; long walls at z = -15 (back) and +15 (front).

Everything is given in glTF floor coordinates (x, z). The floor carries the occlusion of what assets/plants/hall/layout.json places.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

X, Z, EAVES, ROOF = 30.0, 15.0, 7.3, 8.6
at = floor_point
PLANT = os.path.join(HERE, '..', 'plants', 'hall', 'layout.json')


def sized(sx, sy, sz):
    """A box size given as glTF (x, height, z)."""
    return (sx, sz, sy)


def floor_mesh(m):
    """The floor, uv of 4 m; its second uv is the picture of what stands on it (bake_floor)."""
    bm = bmesh.new()
    uv, whole = bm.loops.layers.uv.verify(), bm.loops.layers.uv.new('AO_UV')
    face = bm.faces.new([bm.verts.new(at(x, z)) for x, z in ((-X, Z), (X, Z), (X, -Z), (-X, -Z))])
    for corner in face.loops:
        x, z = corner.vert.co.x, -corner.vert.co.y
        corner[uv].uv = (x / 4, -z / 4)
        corner[whole].uv = (.5 + x / (2 * X), .5 - z / (2 * Z))
    mesh = to_mesh(bm, name='Floor', recalc=False)
    mesh.materials.append(m)
    return mesh


def markings(root, p, atlas):
    """Paint on the floor: a green walkway with yellow edges, the vehicles' lane, zones with hatching, signs and arrows."""
    yellow = material('FloorPaint', (1, 1, 1), 0, .55, base=textures.floor_paint_image(256))
    green = worn('FloorGreen', (.02, .16, .075), 0, .62)
    white = worn('FloorWhite', (.62, .62, .60), 0, .6)
    blue = worn('FloorBlue', (.02, .10, .26), 0, .6)
    atlas.add('walker', textures.pedestrian(200))
    for key, text, w, px in (('agv', 'AGV', 200, 84), ('stop', 'STOP', 240, 84), ('keep', 'KEEP CLEAR', 480, 72), ('charge', 'CHARGING', 400, 72)):
        letters(atlas, key, text, w, 90, px, (236, 238, 236))
    paint = M()
    level = [.0015]

    def strip(x0, z0, x1, z1, m, h=None):
        mesh = sheet_mesh([(at(a, b, h or level[0]), (a * .5, b * .5)) for a, b in ((x0, z1), (x1, z1), (x1, z0), (x0, z0))])
        paint.add(mesh, m)

    def frame_(x0, z0, x1, z1, m=yellow, w=.10):
        strip(x0, z0, x1, z0 + w, m)
        strip(x0, z1 - w, x1, z1, m)
        strip(x0, z0, x0 + w, z1, m)
        strip(x1 - w, z0, x1, z1, m)

    def hatch(x0, z0, x1, z1, step=.6, w=.16):
        frame_(x0, z0, x1, z1)
        s = x0 - (z1 - z0)
        while s < x1:
            a, b = max(s, x0), min(s + z1 - z0, x1)
            if b - a > .15:
                q = [(a, z0 + (a - s)), (min(a + w, x1), z0 + (a - s)), (b, z0 + (b - s)), (b - w if b - w > a else a, z0 + (b - s))]
                mesh = sheet_mesh([(at(u, v, level[0]), (u * .5, v * .5)) for u, v in (q[0], q[3], q[2], q[1])])
                paint.add(mesh, yellow)
            s += step

    def word(key, x, z, width, yaw=0):
        mesh, m = atlas.label(key, width)
        paint.add(mesh, m, matrix=Matrix.Translation(at(x, z, .0035)) @ Euler((math.radians(-90), 0, math.radians(yaw))).to_matrix().to_4x4())

    strip(-29.6, 9.0, 29.6, 10.4, green)
    level[0] = .0028
    for z in (8.95, 10.35):
        strip(-29.6, z, 29.6, z + .10, yellow)
    for x in range(-27, 26, 9):
        word('walker', x, 9.7, .95, 90 if x % 2 else -90)
    for z in (5.15, 7.15):                                                                     # lane of the vehicles
        x = -29.2
        while x < 27:
            strip(x, z, min(x + 1.2, 27), z + .10, white)
            x += 1.8
    for x in (24.55, 26.55):
        z = -7.0
        while z < 5:
            strip(x, z, x + .10, min(z + 1.2, 5.1), white)
            z += 1.8
    for z in (-6.75, -4.65):
        x = 12.4
        while x < 24.4:
            strip(x, z, x + 1.2, z + .10, white)
            x += 1.8
    for x in (-24, -9, 6, 21):
        word('agv', x, 6.2, 1.3, 0)
    for x in (-21.6, 1.0):                                                                     # crossings
        for k in range(6):
            strip(x - .55, 4.75 + k * .72, x + .55, 4.75 + k * .72 + .40, white)
        word('stop', x, 8.55, .8, 0)
    strip(-21.9, 3.0 + .0, 10.4, 3.10, yellow)                                                # edge of the operators' strip
    strip(-29.4, -5.35, 12.2, -5.25, yellow)
    for x0, z0, x1, z1 in ((-29.2, 12.2, -21.6, 14.8), (-20.2, 11.7, -13.0, 14.7), (16.8, 12.9, 26.2, 14.9), (24.4, -14.8, 28.4, -11.6)):
        frame_(x0, z0, x1, z1)
    hatch(10.1, 13.0, 14.6, 14.0)
    word('charge', 12.3, 12.4, 1.8, 0)
    hatch(-11.0, 13.6, -8.0, 14.85)
    hatch(29.0, -2.7, 29.9, -.9)
    hatch(6.9, -13.7, 12.3, -12.7)
    word('keep', 9.6, -12.2, 1.7, 0)
    hatch(-29.9, 1.5, -29.0, 3.3)
    paint.obj('FloorMarkings', root)


def bake_floor(root):
    """Occlusion by all that the layout places: the unpacked models are imported for the bake only."""
    here = set(bpy.data.objects)
    with open(PLANT) as f:
        placements = json.load(f)['placements']
    seen = {}
    for item in placements:
        name = item['model'][:-4]
        x, y, z = item['position']
        if name in ('bottling_hall', 'floor_markings', 'agv') or name.startswith(('high_bay', 'sign_exit', 'worker')):
            continue
        raw = os.path.join(SCRATCH, name + '.raw.glb')
        path = raw if os.path.exists(raw) else os.path.join(HERE, name + '.glb')
        if name not in seen:
            before = set(bpy.data.objects)
            try:
                bpy.ops.import_scene.gltf(filepath=path)
            except RuntimeError as e:
                print('LIGHT skipped', name, str(e)[:80])
                continue
            seen[name] = [o for o in bpy.data.objects if o not in before]
            made = seen[name]
        else:
            twin = {o: o.copy() for o in seen[name]}
            for o, t in twin.items():
                bpy.context.scene.collection.objects.link(t)
                t.parent = twin.get(o.parent)
            made = list(twin.values())
        for o in made:
            if o.parent is None:
                o.rotation_mode = 'XYZ'
                o.location, o.rotation_euler = at(x, z, y), (0, 0, math.radians(item['yaw_deg']))
            if 'FloorMarkings' in o.name or 'Glass' in o.name:
                o.hide_render = True
    for o in mesh_objects():
        if o.name in ('FloorMarkings', 'Windows'):
            o.hide_render = True
    bake_occlusion(distance=.5, samples=4, only=('Signs',))                                   # sets the baking up
    bake_occlusion_image(bpy.data.objects['Floor'], 'AO_UV', 1536, 768, distance=1.0, samples=24, floor=.15)
    for o in set(bpy.data.objects) - here:
        bpy.data.objects.remove(o)
    for o in mesh_objects():
        o.hide_render = False


def build():
    new_scene()
    p = Palette2()
    base, orm = textures.floor_images(512)
    floor = material('Floor', (1, 1, 1), 0, .4, base=base, orm=orm)
    wall = worn('WallPanel', (.66, .675, .68), 0, .62, tile=5.0)
    dado = worn('WallDado', (.12, .20, .23), 0, .66, tile=3.0)
    frame = material('WindowFrame', (.10, .11, .12), 0, .45)
    steel = material('SteelPaint', (.24, .30, .33), 0, .5)
    roof = material('RoofSheet', (.50, .51, .51), 0, .6)
    outside = material('Daylight', (0, 0, 0), 0, .5, strength=2.2, base=textures.outside_image(), emit_base=True)
    sky = material('Skylight', (.8, .8, .8), 0, .6, emit=(.86, .93, 1), strength=3.0)
    atlas = textures.Atlas('bottling_hall_decals', 1024)
    img, d = textures.plate(1020, 120, (9, 60, 78))
    d.rectangle((0, 110, 1020, 120), fill=(240, 180, 20))
    textures.centred(d, (0, 0, 1020, 108), 'HALL 1  ·  BOTTLING  ·  LINE 5', 66, (245, 247, 250), 'Bold')
    atlas.add('hall', img)
    for key, text in (('process', 'PROCESS'), ('utilities', 'UTILITIES'), ('dispatch', 'DISPATCH'), ('glass', 'NEW GLASS')):
        name_plate(atlas, key, text, 420, 84, px=50)
    for i in range(1, 12):
        img, d = textures.plate(70, 70, (9, 60, 78))
        textures.centred(d, (0, 0, 70, 70), f'{i}', 42, (245, 247, 250), 'Black')
        atlas.add(f'B{i}', img)
    img, d = textures.plate(300, 110, (0, 122, 62))
    textures.centred(d, (90, 0, 300, 110), 'EXIT', 66, (240, 255, 244), 'Black')
    d.polygon([(20, 55), (58, 20), (58, 42), (92, 42), (92, 68), (58, 68), (58, 90)], fill=(240, 255, 244))
    atlas.add('exit', img)
    root = node('BottlingHall', extras={'kind': 'hall', 'size_m': [60.0, 8.6, 30.0]})
    node('Floor', floor_mesh(floor), root)
    markings(root, p, atlas)

    w, g, doors = M(), M(), M()

    def wall_run(turn, length, windows, openings=()):
        """One wall along its own x axis, looking at local -y; windows are (from, to, low, high), openings (from, to, height, kind)."""
        place = placed(rot=(0, 0, turn)) @ placed((0, Z if turn in (0, 180) else X, 0))
        block = lambda x0, x1, z0, z1, m, thick=.10, y=.05, bevel=0, part=w: part.add(kit_box((x1 - x0, thick, z1 - z0), bevel), m, matrix=place @ placed(((x0 + x1) / 2, y, (z0 + z1) / 2)))
        cuts = sorted([-length / 2, length / 2] + [e for a in list(windows) + list(openings) for e in a[:2]])
        for x0, x1 in zip(cuts, cuts[1:]):
            if x1 - x0 < .01:
                continue
            mid = (x0 + x1) / 2
            win = [a for a in windows if a[0] <= mid <= a[1]]
            door = [a for a in openings if a[0] <= mid <= a[1]]
            if door:
                block(x0, x1, door[0][2], ROOF + .3, wall)
                continue
            block(x0, x1, 0, 1.2, dado, .14, .05)
            if win:
                _, _, low, high = win[0]
                block(x0, x1, 1.2, low, wall)
                block(x0, x1, high, ROOF + .3, wall)
                block(x0 - .02, x1 + .02, low - .06, low, frame, .22, .02, .01)
                block(x0 - .02, x1 + .02, high, high + .05, frame, .16, .04, .01)
                n = max(2, round((x1 - x0) / 1.25))
                for i in range(n + 1):
                    x = x0 + (x1 - x0) * i / n
                    block(x - .03, x + .03, low, high, frame, .10, .06)
                k, u = (x1 - x0) / ((high - low) * 2), (x0 * .13) % 1
                g.add(sheet_mesh([((x0, 0, low), (u, 0)), ((x1, 0, low), (u + k, 0)), ((x1, 0, high), (u + k, 1)), ((x0, 0, high), (u, 1))]), outside, matrix=place @ placed((0, .09, 0)))
            else:
                block(x0, x1, 1.2, ROOF + .3, wall)
            n = max(1, round((x1 - x0) / 1.0))
            for i in range(n + 1):
                x = x0 + (x1 - x0) * i / n
                if win:
                    continue
                block(x - .02, x + .02, 1.2, ROOF, wall, .03, -.014)
        for x0, x1, h, kind in openings:
            mid = (x0 + x1) / 2
            if kind == 'gate':                                                                 # sectional door with windows, rails, bumpers
                for k in range(7):
                    block(x0, x1, h * k / 7 + .01, h * (k + 1) / 7 - .01, p.petrol, .06, .04, .006, doors)
                for i in range(4):
                    a = x0 + (x1 - x0) * (i + .2) / 4
                    block(a, a + (x1 - x0) * .15, h * .62, h * .70, material('MachineGlass', (.012, .018, .020), 0, .06), .066, .04, 0, doors)
                for e in (x0, x1):
                    block(e - .10, e + .10, 0, h + .1, p.zinc, .10, -.02, .004, doors)
                    doors.cyl(.09, 1.1, place @ Vector((e + (.22 if e == x1 else -.22), -.35, 0)), p.yellow, steps=14)
                block(x0 - .1, x1 + .1, h, h + .5, p.zinc, .40, -.18, .01, doors)
            else:
                block(x0, x1, 0, h, p.paint, .06, .03, .006, doors)
                for e in (x0, x1):
                    block(e - .05, e + .05, 0, h + .05, frame, .12, .02, .004, doors)
                block(x0 - .05, x1 + .05, h, h + .10, frame, .12, .02, .004, doors)
                block(mid - .35, mid + .35, 1.0, 1.06, p.red, .06, -.03, .006, doors)
                mesh, m = atlas.label('exit', .60)
                doors.add(mesh, m, matrix=place @ placed((mid, -.075, h + .36)))
                block(mid - .33, mid + .33, h + .22, h + .50, p.white, .06, -.04, .006, doors)

    bay = lambda i: (-29.2 + 6 * i, -24.8 + 6 * i)
    wall_run(180, 60, [(*bay(i), 1.6, 4.6) for i in range(10) if i not in (4, 8)] + [(*bay(4), 3.4, 4.6), (*bay(8), 3.4, 4.6)], [])
    wall_run(0, 60, [(*bay(i), 5.2, 6.7) for i in range(10)], [])
    wall_run(90, 30, [(2.5, 13.5, 4.4, 6.6)], [(-10.3, -9.1, 2.2, 'door'), (-8.6, -4.6, 4.4, 'gate')])
    wall_run(-90, 30, [(10.9, 13.8, 4.4, 6.6)], [(-12.6, -8.4, 4.6, 'gate'), (-7.2, -3.0, 4.6, 'gate'), (9.1, 10.3, 2.2, 'door')])
    w.obj('Walls', root)
    g.obj('Windows', root)
    doors.obj('Doors', root)

    s = M()

    def column(x, z):
        for k in (-1, 1):
            s.box(sized(.26, EAVES, .018), at(x, z + k * .125, EAVES / 2), steel, 0)
        s.box(sized(.012, EAVES, .235), at(x, z, EAVES / 2), steel, 0)
        s.box(sized(.44, .025, .44), at(x, z, .0125), steel, 0)
        for k in range(4):
            s.box(sized(.275, .16, .285), at(x, z, .16 + k * .32), p.yellow, 0)
            s.box(sized(.274, .16, .284), at(x, z, .32 + k * .32), p.black, 0)

    xs = [-29.75, -24, -18, -12, -6, 0, 6, 12, 18, 24, 29.75]
    for x in xs:
        for z in (-14.75, 14.75):
            column(x, z)
        s.box(sized(.18, .18, 29.8), at(x, 0, ROOF - .05), steel, 0)
        s.box(sized(.16, .16, 29.4), at(x, 0, EAVES + .05), steel, 0)
        n = 20
        for k in range(n):
            z0, z1 = -14.7 + 29.4 * k / n, -14.7 + 29.4 * (k + 1) / n
            y0, y1 = (EAVES + .1, ROOF - .12) if k % 2 == 0 else (ROOF - .12, EAVES + .1)
            s.tube([at(x, z0, y0), at(x, z1, y1)], .040, steel, 0, 5)
    for x in (-24, -12, 0, 12, 24):
        column(x, 4.75)
    for z in (-15 + 2.5 * k for k in range(13)):
        s.box(sized(60, .13, .08), at(0, z, ROOF + .09), steel, 0)
    for z in (-14.9, 4.75, 14.9):
        s.box(sized(60, .24, .14), at(0, z, EAVES - .04), steel, 0)
    s.obj('Steel', root)
    r = M()
    bands = ((-15, -11), (-9, 6), (8, 15))
    for z0, z1 in bands:
        r.box(sized(60.4, .06, z1 - z0), at(0, (z0 + z1) / 2, ROOF + .20), roof, 0)
        for i in range(100):
            r.box(sized(.22, .04, z1 - z0), at(-X + .3 + i * .6, (z0 + z1) / 2, ROOF + .16), roof, 0)
    for z0, z1 in ((-11, -9), (6, 8)):
        for i in range(10):
            x0, x1 = -X + 6 * i + .5, -X + 6 * i + 5.5
            r.box(sized(1.0, .06, z1 - z0), at(-X + 6 * i, (z0 + z1) / 2, ROOF + .20), roof, 0)
            r.box(sized(x1 - x0, .02, z1 - z0), at((x0 + x1) / 2, (z0 + z1) / 2, ROOF + .52), sky, 0)
            for x in (x0, x1):
                r.box(sized(.06, .40, z1 - z0), at(x, (z0 + z1) / 2, ROOF + .34), wall, 0)
            for z in (z0, z1):
                r.box(sized(x1 - x0, .40, .06), at((x0 + x1) / 2, z, ROOF + .34), wall, 0)
            for k in range(1, 4):
                r.box(sized(.05, .05, z1 - z0), at(x0 + 1.25 * k, (z0 + z1) / 2, ROOF + .48), frame, 0)
    r.obj('Roof', root)

    t = M()
    for z in (-6.6, 8.2):                                                                      # air ducts with outlets
        t.tube([at(-29.8, z, 6.6), at(29.8, z, 6.6)], .32, p.zinc, 0, 18)
        for i in range(30):
            t.lathe([(.322, -.02), (.335, -.016), (.335, .016), (.322, .02)], at(-29 + i * 2, z, 6.6), p.zinc, 'x', 18)
        for x in range(-27, 28, 6):
            t.box(sized(1.0, .10, .18), at(x, z + .22, 6.38), p.grey, 0, rot=(35, 0, 0))
            t.tube([at(x + 1, z, 6.9), at(x + 1, z, EAVES)], .008, p.zinc, 0, 4)
    for z, y in ((1.9, 6.4), (-3.4, 6.4), (12.5, 6.3)):                                        # cable trays
        t.box(sized(59, .006, .40), at(0, z, y), p.zinc, 0)
        for k in (-1, 1):
            t.box(sized(59, .07, .006), at(0, z + k * .2, y + .035), p.zinc, 0)
        for i, (r_, m) in enumerate(((.020, p.black), (.014, p.midgrey), (.020, p.black), (.010, p.blue), (.016, p.black))):
            t.tube([at(-29.4, z - .14 + i * .065, y + .025), at(29.4, z - .14 + i * .065, y + .025)], r_, m, 0, 5)
        for x in range(-27, 28, 6):
            for k in (-1, 1):
                t.tube([at(x, z + k * .2, y), at(x, z + k * .2, EAVES)], .006, p.zinc, 0, 4)
    for z in (-12, -4.5, 3, 10.5):                                                             # sprinklers
        t.tube([at(-29.8, z, 7.05), at(29.8, z, 7.05)], .030, p.red, 0, 8)
        for x in range(-28, 30, 4):
            t.cyl(.012, .12, at(x, z, 6.92), p.brass, steps=6)
    for x, z in ((-13.4, -.3), (-2.9, -.3), (8.0, .3), (-25.0, 1.0)):                          # drops to the machines
        t.box(sized(.22, 2.6, .10), at(x, z, 5.1), p.zinc, 0)
    for y, r_, m in ((5.0, .055, p.blue), (4.84, .035, p.green), (4.72, .025, p.red)):
        t.tube([at(-29.8, -14.62, y), at(29.8, -14.62, y)], r_, m, 0, 10)
    t.obj('Services', root)

    q = M()
    q.box((9.04, .06, 1.10), at(-3, -6.62, 5.55), p.charcoal, .01)
    q.decal(atlas.label('hall', 9.0), at(-3, -6.585, 5.55))
    for x in (-6.5, .5):
        q.tube([at(x, -6.62, 6.0), at(x, -6.62, EAVES)], .012, p.zinc, 0, 6)
    for key, x, z in (('process', -19.5, -14.86), ('utilities', -3, -14.86)):
        q.box(sized(2.66, .58, .03), at(x, z + .72, 4.2), p.charcoal, .006)                   # before the columns, so that none hides it
        q.decal(atlas.label(key, 2.6), at(x, z + .737, 4.2))
        for dx in (-1.1, 1.1):
            q.tube([at(x + dx, z + .70, 4.4), at(x + dx, z + .06, 4.4)], .015, p.zinc, 0, 6)
    q.decal(atlas.label('dispatch', 2.6), at(29.86, -9.0, 5.6), (0, 0, -90))
    q.decal(atlas.label('glass', 2.6), at(-29.86, 6.6, 5.3), (0, 0, 90))
    for i, x in enumerate(xs):
        q.decal(atlas.label(f'B{i + 1}', .42), at(x, 14.58, 3.4), (0, 0, 180))
        q.decal(atlas.label(f'B{i + 1}', .42), at(x, -14.58, 3.4))
    q.obj('Signs', root)


build()
statics = [o for o in mesh_objects()]
drop_unused_uv()
bake_floor(bpy.data.objects['BottlingHall'])
names = [o.name for o in bpy.context.scene.objects]
for o in mesh_objects():                                                                       # what has no occlusion baked gets none
    if 'AO' not in o.data.color_attributes:
        layer = o.data.color_attributes.new('AO', 'BYTE_COLOR', 'POINT')
        for c in layer.data:
            c.color = (1, 1, 1, 1)
        o.data.color_attributes.active_color = layer
for o in list(bpy.data.objects):
    if o.name.split('.')[0] in names and '.' in o.name:
        bpy.data.objects.remove(o)
finish('bottling_hall', occlusion='baked')
