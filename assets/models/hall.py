"""Hall 2: 24 x 16 m, 7 m high, with daylight from windows and skylights. The origin is the middle of the floor.

Everything is given in glTF floor coordinates (x, z); the long walls stand at z = -8 (back) and z = +8 (front).
build() only makes the scene, so that the script of the light environment can use it too.
"""
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

X, Z, EAVES, ROOF = 12.0, 8.0, 5.9, 7.0
at = floor_point


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


def bake_floor():
    """Occlusion by all that the layout places: the other models are imported for the bake only."""
    here = set(bpy.data.objects)
    cell = os.path.join(HERE, '..', 'plants', 'cell')
    with open(os.path.join(cell, 'layout.json')) as f:
        placements = json.load(f)['placements']
    with open(os.path.join(cell, 'program.json')) as f:
        crates = [place['crate'] for place in json.load(f)['places'][:8]]
    # Both pallets as they are on average: two layers of three.
    a, b = (next(p['position'][0] for p in placements if p['name'] == n) for n in ('PalletA', 'PalletB'))
    for dx in (0, b - a):
        placements += [{'model': 'crate.glb', 'position': [x + dx, y, z], 'yaw_deg': yaw} for x, y, z, yaw in crates]
    for item in placements:
        if item['model'] in ('hall.glb', 'floor_markings.glb'):
            continue
        before = set(bpy.data.objects)
        bpy.ops.import_scene.gltf(filepath=os.path.join(HERE, item['model']))
        for o in set(bpy.data.objects) - before:
            if o.parent is None:
                x, y, z = item['position']
                o.rotation_mode = 'XYZ'
                o.location, o.rotation_euler = at(x, z, y), (0, 0, math.radians(item['yaw_deg']))
    bake_occlusion(distance=.7, samples=48, floor=.30, only=('Rack', 'CasePacker', 'Belongings', 'Doors'))
    # 2.5 cm a texel: vertices fine enough for the shade under a machine's foot would be a hundred thousand.
    bake_occlusion_image(bpy.data.objects['Floor'], 'AO_UV', 960, 640, distance=1.0, samples=32, floor=.15)
    for o in set(bpy.data.objects) - here:
        bpy.data.objects.remove(o)


def build():
    new_scene()
    p = Palette()
    base, orm = textures.floor_images()
    floor = material('Floor', (1, 1, 1), 0, .4, base=base, orm=orm)
    wall = material('WallPanel', (.62, .635, .64), 0, .55)
    dado = material('WallDado', (.20, .215, .23), 0, .65)
    frame = material('WindowFrame', (.10, .11, .12), 0, .45)
    steel = material('SteelPaint', (.22, .27, .31), 0, .5)
    roof = material('RoofSheet', (.50, .51, .51), 0, .6)
    outside = material('Daylight', (0, 0, 0), 0, .5, strength=2.2, base=textures.outside_image(), emit_base=True)
    sky = material('Skylight', (.8, .8, .8), 0, .6, emit=(.86, .93, 1), strength=3.0)
    led = material('LedPanel', (.9, .9, .9), 0, .5, emit=(1, .97, .92), strength=6.0)
    dial = lamp('ExitSign', (.02, .55, .16), 1.6)
    carton = material('Carton', (.42, .27, .14), 0, .8)
    carton2 = material('CartonLight', (.55, .40, .24), 0, .8)
    rack_blue = material('RackBlue', (.012, .07, .25), 0, .42)
    rack_orange = material('RackOrange', (.80, .20, .012), 0, .42)
    wood = material('PalletWood', (.42, .29, .16), 0, .8)
    film = material('StretchFilm', (.55, .60, .64), 0, .22)
    dark_glass = material('MachineGlass', (.012, .018, .020), 0, .06)

    atlas = textures.Atlas('hall_decals', 1024)
    img, d = textures.plate(1020, 130, (12, 48, 96))
    d.rectangle((0, 118, 1020, 130), fill=(240, 110, 20))
    textures.centred(d, (0, 0, 1020, 118), 'HALL 2  ·  PALLETISING', 74, (245, 247, 250), 'Bold')
    atlas.add('hall', img)
    img, d = textures.plate(160, 160, (190, 18, 22))
    d.rectangle((70, 40, 108, 140), fill=(255, 255, 255))
    d.rectangle((78, 22, 100, 40), fill=(255, 255, 255))
    d.line((98, 28, 126, 34), fill=(255, 255, 255), width=7)
    d.line((72, 34, 48, 50), fill=(255, 255, 255), width=6)
    d.line((48, 50, 44, 100), fill=(255, 255, 255), width=6)
    atlas.add('extinguisher', img)
    img, d = textures.plate(200, 200, (246, 247, 247), 99)
    d.ellipse((3, 3, 196, 196), outline=(30, 32, 36), width=8)
    for i in range(60):
        a, r = math.radians(i * 6), 86
        inner = 68 if i % 5 == 0 else 80
        d.line((100 + r * math.sin(a), 100 - r * math.cos(a), 100 + inner * math.sin(a), 100 - inner * math.cos(a)), fill=(25, 26, 30), width=6 if i % 5 == 0 else 2)
    for angle, r, w in ((321, 48, 9), (252, 72, 6)):
        a = math.radians(angle)
        d.line((100 - 10 * math.sin(a), 100 + 10 * math.cos(a), 100 + r * math.sin(a), 100 - r * math.cos(a)), fill=(20, 21, 24), width=w)
    d.ellipse((92, 92, 108, 108), fill=(190, 20, 24))
    atlas.add('clock', img)
    img, d = textures.plate(300, 110, (0, 122, 62))
    textures.centred(d, (90, 0, 300, 110), 'EXIT', 66, (240, 255, 244), 'Black')
    d.polygon([(20, 55), (58, 20), (58, 42), (92, 42), (92, 68), (58, 68), (58, 90)], fill=(240, 255, 244))
    atlas.add('exit', img)
    img, d = textures.plate(700, 100, (24, 70, 120))
    textures.centred(d, (0, 0, 700, 100), 'CASE PACKER  P-05', 58, (240, 244, 248))
    atlas.add('packer', img)
    img, d = textures.plate(300, 200, (250, 250, 248), 8, (30, 70, 130))
    d.rectangle((8, 8, 291, 52), fill=(14, 60, 116))
    textures.centred(d, (8, 8, 292, 52), 'SHIFT BOARD', 28, (255, 255, 255))
    for i in range(4):
        d.line((20, 84 + i * 30, 280, 84 + i * 30), fill=(170, 176, 184), width=2)
        d.rectangle((20, 66 + i * 30, 20 + (150, 210, 120, 240)[i], 80 + i * 30), fill=((60, 160, 90), (60, 160, 90), (235, 170, 30), (60, 130, 200))[i])
    atlas.add('board', img)
    for n in (1, 2, 3):
        img, d = textures.plate(110, 110, (12, 48, 96))
        textures.centred(d, (0, 0, 110, 110), f'B{n}', 62, (245, 247, 250), 'Black')
        atlas.add(f'B{n}', img)

    root = node('Hall', extras={'kind': 'hall', 'size_m': [24.0, 7.0, 16.0]})

    node('Floor', floor_mesh(floor), root)

    # ---- walls: dado, panels with ribs, windows between the columns ------------------------------------------------
    w, g = Part(), Part()

    def wall_run(turn, length, windows, low, high, doors=()):
        """One wall along its own x axis, looking at local -y; windows and doors are (from, to) along it."""
        place = placed(rot=(0, 0, turn)) @ placed((0, Z if turn in (0, 180) else X, 0))
        block = lambda x0, x1, z0, z1, m, thick=.10, y=.05, bevel=0: w.add(box_mesh((x1 - x0, thick, z1 - z0), bevel), m, matrix=place @ placed(((x0 + x1) / 2, y, (z0 + z1) / 2)))
        edges = [-length / 2] + [e for a in sorted(list(windows) + list(doors)) for e in a] + [length / 2]
        for x0, x1 in zip(edges[::2], edges[1::2]):
            block(x0, x1, 0, 1.1, dado, .14, .05)
            block(x0, x1, 1.1, ROOF + .2, wall)
            n = max(1, round((x1 - x0) / .5))
            for i in range(n + 1):
                x = x0 + (x1 - x0) * i / n
                block(x - .018, x + .018, 1.1, ROOF, wall, .03, -.014)
        for x0, x1 in windows:
            block(x0, x1, 0, 1.1, dado, .14, .05)
            block(x0, x1, 1.1, low, wall)
            block(x0, x1, high, ROOF + .2, wall)
            block(x0 - .02, x1 + .02, low - .05, low, frame, .22, .02, .01)
            block(x0 - .02, x1 + .02, high, high + .05, frame, .16, .04, .01)
            n = round((x1 - x0) / 1.2)
            for i in range(n + 1):
                x = x0 + (x1 - x0) * i / n
                block(x - .03, x + .03, low, high, frame, .10, .06, .006)
            block(x0, x1, low + (high - low) * .68 - .025, low + (high - low) * .68 + .025, frame, .08, .06, .006)
            k = (x1 - x0) / ((high - low) * 2)
            u = (x0 * .13) % 1
            g.add(sheet_mesh([((x0, 0, low), (u, 0)), ((x1, 0, low), (u + k, 0)), ((x1, 0, high), (u + k, 1)), ((x0, 0, high), (u, 1))]), outside,
                  matrix=place @ placed((0, .09, 0)))
        for x0, x1 in doors:
            block(x0, x1, 4.1, ROOF + .2, wall)

    bays = [(-11.3, -6.5), (-5.5, -.7), (.7, 5.5), (6.5, 11.3)]
    wall_run(0, 24, bays, 1.35, 4.15)
    wall_run(180, 24, bays, 2.6, 4.6)
    wall_run(90, 16, [], 0, 0, doors=[(-6.3, -2.3)])                                      # left wall (-x): sliding door
    wall_run(-90, 16, [(-1.9, 1.9)], 3.2, 4.8)                                            # right wall (+x)
    w.obj('Walls', root)
    g.obj('Windows', root)

    # ---- steel: columns, trusses, purlins, roof --------------------------------------------------------------------
    s = Part()

    def column(x, z, along):
        """An H section; along turns its web."""
        a, b = (.20, .24) if along else (.24, .20)
        for k in (-1, 1):
            s.box(sized(.24, EAVES, .016), at(x, z + k * .112, EAVES / 2), steel, .002)
        s.box(sized(.010, EAVES, .21), at(x, z, EAVES / 2), steel, 0)
        s.box(sized(.40, .025, .40), at(x, z, .0125), steel, .004)
        for k in range(4):
            s.box(sized(.258, .14, .258), at(x, z, .16 + k * .28), p.yellow, .004)
            s.box(sized(.257, .14, .257), at(x, z, .30 + k * .28), p.black, .004)

    for x in (-11.75, -6, 0, 6, 11.75):
        for z in (-7.78, 7.78):
            column(x, z, True)
        s.box(sized(.16, .16, 15.9), at(x, 0, ROOF - .10), steel, .01)
        s.box(sized(.14, .14, 15.5), at(x, 0, EAVES + .04), steel, .01)
        n = 14
        for k in range(n):
            z0, z1 = -7.7 + 15.4 * k / n, -7.7 + 15.4 * (k + 1) / n
            y0, y1 = (EAVES + .06, ROOF - .12) if k % 2 == 0 else (ROOF - .12, EAVES + .06)
            s.tube([at(x, z0, y0), at(x, z1, y1)], .038, steel, 0, 6)
    for k in range(9):
        s.box(sized(24, .12, .07), at(0, -7.6 + k * 1.9, ROOF + .04), steel, 0)
    for z in (-7.9, 7.9):
        s.box(sized(24, .20, .12), at(0, z, EAVES), steel, .008)
    for x0, x1 in ((-11.75, -6), (6, 11.75)):                                             # bracing in the end bays
        for a, b in ((.3, 5.6), (5.6, .3)):
            s.tube([at(x0, 7.84, a), at(x1, 7.84, b)], .022, steel, 0, 6)
    s.obj('Steel', root)

    r = Part()
    strips = [(-4.6, -3.0), (3.0, 4.6)]
    cuts = [-8.0, -4.6, -3.0, 3.0, 4.6, 8.0]
    for z0, z1 in ((-8, -4.6), (-3.0, 3.0), (4.6, 8)):
        r.box(sized(24.2, .06, z1 - z0), at(0, (z0 + z1) / 2, ROOF + .14), roof, 0)
    n = 60
    for i in range(n):                                                                    # trapezoid ribs
        for z0, z1 in ((-8, -4.6), (-3.0, 3.0), (4.6, 8)):
            r.box(sized(.16, .035, z1 - z0), at(-X + .2 + i * .4, (z0 + z1) / 2, ROOF + .10), roof, 0)
    for z0, z1 in strips:
        for i in range(4):
            x0, x1 = -X + 6 * i + .5, -X + 6 * i + 5.5
            r.box(sized(1.0, .06, z1 - z0), at(-X + 6 * i, (z0 + z1) / 2, ROOF + .14), roof, 0)
            r.box(sized(x1 - x0, .02, z1 - z0), at((x0 + x1) / 2, (z0 + z1) / 2, ROOF + .42), sky, 0)
            for x in (x0, x1):
                r.box(sized(.06, .36, z1 - z0), at(x, (z0 + z1) / 2, ROOF + .28), wall, 0)
            for z in (z0, z1):
                r.box(sized(x1 - x0, .36, .06), at((x0 + x1) / 2, z, ROOF + .28), wall, 0)
            for k in range(1, 5):
                r.box(sized(.05, .05, z1 - z0), at(x0 + k, (z0 + z1) / 2, ROOF + .38), frame, 0)
    r.box(sized(1.0, .06, 1.6), at(12.05, -3.8, ROOF + .14), roof, 0)
    r.box(sized(1.0, .06, 1.6), at(12.05, 3.8, ROOF + .14), roof, 0)
    r.obj('Roof', root)

    # ---- lights, duct, trays, pipes --------------------------------------------------------------------------------
    e = Part()
    for z in (-5.6, -1.5, 1.5, 5.6):
        e.box(sized(22, .05, .07), at(0, z, 5.52), p.grey, .004)
        for x in (-9, -3, 3, 9):
            e.box(sized(1.6, .07, .20), at(x, z, 5.45), p.grey, .008)
            e.box(sized(1.54, .012, .15), at(x, z, 5.41), led, 0)
        for x in (-11.75, -6, 0, 6, 11.75):
            e.tube([at(x * .93, z, 5.54), at(x * .93, z, EAVES + .02)], .006, p.zinc, 0, 5)
    e.obj('Lights', root)

    t = Part()
    t.tube([at(-11.9, -6.5, 5.05), at(11.9, -6.5, 5.05)], .26, p.zinc, 0, 20)             # spiral duct with outlets
    for i in range(16):
        t.lathe([(.262, -.02), (.275, -.016), (.275, .016), (.262, .02)], at(-11.2 + i * 1.5, -6.5, 5.05), p.zinc, 'x', 20)
    for x in (-8.2, -2.2, 3.8, 9.2):
        t.box(sized(.9, .10, .16), at(x, -6.33, 4.86), p.grey, .006, rot=(35, 0, 0))
        for k in range(3):
            t.box(sized(.84, .012, .03), at(x, -6.29, 4.83 + k * .03), p.black, 0, rot=(35, 0, 0))
        t.tube([at(x + 1, -6.5, 5.3), at(x + 1, -6.5, EAVES)], .008, p.zinc, 0, 5)
    for z, y in ((4.2, 5.15), (7.35, 4.95)):                                              # cable trays
        t.box(sized(23.6, .006, .30), at(0, z, y), p.zinc, 0)
        for k in (-1, 1):
            t.box(sized(23.6, .06, .006), at(0, z + k * .15, y + .03), p.zinc, 0)
        for i, (r_, m) in enumerate(((.018, p.black), (.013, p.midgrey), (.018, p.black), (.010, p.blue), (.014, p.black))):
            t.tube([at(-11.8, z - .10 + i * .05, y + .02), at(11.8, z - .10 + i * .05, y + .02)], r_, m, 0, 6)
        for x in (-9, -3, 3, 9):
            t.tube([at(x, z, y), at(x, z, EAVES)], .008, p.zinc, 0, 5)
    for y, r_, m in ((4.62, .045, p.blue), (4.48, .030, p.green), (4.37, .022, p.red)):
        t.tube([at(-11.8, -7.62, y), at(11.8, -7.62, y)], r_, m, 0, 10)
    t.tube([at(-5.4, 4.2, 5.15), at(-1.2, 4.2, 5.12), at(-1.2, 3.36, 4.9), at(-1.2, 3.36, 1.93)], .05, p.zinc, .12, 8)  # drop to the cell's cabinet
    t.obj('Services', root)

    # ---- sliding door, exit door ------------------------------------------------------------------------------------
    d_ = Part()
    dx = -X + .05
    d_.box(sized(.10, 4.2, 4.3), at(dx, 4.3, 2.12), p.blue, .006)
    for i in range(9):
        d_.box(sized(.12, 4.1, .03), at(dx, 2.3 + i * .5, 2.12), p.blue, 0)
    d_.box(sized(.13, .9, 2.6), at(dx, 4.3, 2.75), dark_glass, 0)
    for z in (3.0, 3.86, 4.73, 5.6):
        d_.box(sized(.15, .96, .06), at(dx, z, 2.75), p.alu, .004)
    for y in (2.29, 3.21):
        d_.box(sized(.15, .06, 2.66), at(dx, 4.3, y), p.alu, .004)
    d_.box(sized(.14, .14, 9.6), at(dx + .06, 2.4, 4.32), p.zinc, .006)
    d_.box(sized(.16, 4.2, .10), at(dx, 2.14, 2.1), p.yellow, .006)
    for z in (2.7, 5.9):
        d_.box(sized(.06, .26, .14), at(dx + .08, z, 4.24), p.charcoal, .01)
    d_.box(sized(.09, .24, .05), at(dx + .06, 2.36, 1.15), p.zinc, .008)
    d_.box(sized(.08, 2.1, 1.0), at(dx + .03, -3.4, 1.05), p.grey, .006)                  # personnel door
    for z, wz, y, hy in ((-3.94, .08, 1.07, 2.14), (-2.86, .08, 1.07, 2.14)):
        d_.box(sized(.14, hy, wz), at(dx + .02, z, y), frame, .004)
    d_.box(sized(.14, .08, 1.16), at(dx + .02, -3.4, 2.16), frame, .004)
    d_.box(sized(.05, .04, .55), at(dx + .11, -3.4, 1.05), p.red, .01)
    d_.box(sized(.06, .22, .60), at(dx + .05, -3.4, 2.46), dial, .006)
    d_.decal(atlas.label('exit', .58), (dx + .0815, 3.4, 2.46), (0, 0, 90))
    d_.obj('Doors', root)

    # ---- signs, clock, extinguisher, board --------------------------------------------------------------------------
    q = Part()
    q.box((5.64, .05, .73), at(0, -5.95, 4.86), p.charcoal, .01)                         # hangs in front of the duct
    q.decal(atlas.label('hall', 5.6), at(0, -5.92, 4.86))
    for x in (-2.4, 2.4):
        q.tube([at(x, -5.95, 5.2), at(x, -5.95, ROOF)], .010, p.zinc, 0, 6)
    q.lathe([(0, 0), (.33, 0), (.35, .012), (.35, .05), (.335, .06), (.325, .05), (0, .05)], at(6, -7.62, 3.4), p.charcoal, '-y', 32)
    q.decal(atlas.label('clock', .64), at(6, -7.567, 3.4))
    for x, z, turn in ((6, -7.64, 0), (-6, -7.64, 0), (-6, 7.64, 180)):
        k = -1 if turn == 0 else 1
        zf = z - k * .09
        q.lathe([(0, 0), (.070, 0), (.078, .012), (.078, .40), (.066, .46), (.030, .49), (.024, .52), (0, .52)], at(x, zf, .62), p.red, 'z', 20)
        q.box((.05, .10, .03), at(x, zf, 1.155), p.black, .006)
        q.hose([at(x + .02, zf, 1.15), at(x + .12, zf, 1.10), at(x + .125, zf, .92), at(x + .09, zf, .78)], .012, p.black, per_span=5)
        q.box((.10, .02, .30), at(x, z, .88), p.zinc, .003)
        q.decal(atlas.label('extinguisher', .30), at(x, z - k * .012, 1.85), (0, 0, turn))
        q.box((.31, .008, .31), at(x, z - k * .004, 1.85), p.white, .001)
    for n, x in ((1, -8.9), (2, -3.1), (3, 3.1)):
        q.decal(atlas.label(f'B{n}', .5), at(x, 7.93, 5.25), (0, 0, 180))
    q.box((1.86, .03, 1.26), at(3.1, 7.90, 1.65), p.alu, .006)
    q.decal(atlas.label('board', 1.8), at(3.1, 7.882, 1.65), (0, 0, 180))
    q.obj('Signs', root)

    # ---- rack along the right wall ----------------------------------------------------------------------------------
    k = Part()
    dice = random.Random(5)
    for z in (-6.9, -4.1, -1.3):
        for x in (10.0, 11.1):
            k.box(sized(.09, 4.4, .08), at(x, z, 2.2), rack_blue, .006)
            k.box(sized(.16, .01, .14), at(x, z, .005), p.zinc, 0)
            k.box(sized(.13, .5, .13), at(x - (.02 if x < 11 else 0), z, .25), p.yellow, .01)
        for i in range(4):
            a, b = (10.0, 11.1) if i % 2 == 0 else (11.1, 10.0)
            k.tube([at(a, z, .4 + i), at(b, z, 1.4 + i)], .018, rack_blue, 0, 6)
    for level in (1.45, 2.95):
        for z in (-5.5, -2.7):
            for x in (10.0, 11.1):
                k.box(sized(.05, .12, 2.72), at(x, z, level), rack_orange, .006)
    for level in (0, 1.51, 3.01):
        for z in (-6.15, -4.85, -3.35, -2.05):
            kind = dice.randrange(4)
            for y in (.011, .133):
                k.box(sized(1.2, .022, .8), at(10.55, z, level + y), wood, .003)
            for a in (-.5275, 0, .5275):
                k.box(sized(.14, .10, .78), at(10.55 + a, z, level + .072), wood, 0)
            top = level + .144
            if kind == 0:
                k.box(sized(1.16, 1.0, .78), at(10.55, z, top + .5), film, .03)
            elif kind == 3 and level:
                continue
            else:
                rows = 2 if level else 3
                for a in (-.39, 0, .39):
                    for b in (-.195, .195):
                        for c in range(rows):
                            if c == rows - 1 and dice.random() < .25:
                                continue
                            m = carton if dice.random() < .6 else carton2
                            k.box(sized(.382, .30, .378), at(10.55 + a, z + b, top + .152 + c * .305), m, .006)
                            k.box(sized(.06, .302, .380), at(10.55 + a, z + b, top + .152 + c * .305), film, 0)
    k.obj('Rack', root)

    # ---- things that people leave in a hall: pallet truck, bench, lockers, finished goods -----------------------------
    v = Part()
    tx, tz = 7.4, 3.15                                                                    # hand pallet truck
    for dz in (-.19, .19):
        v.box(sized(1.15, .055, .155), at(tx + .10, tz + dz, .105), p.red, .012)
        for dx in (.56, .40):
            v.cyl(.038, .07, at(tx + dx, tz + dz + .035, .04), p.white, 'y', 14)
        v.prism([(0, 0), (.12, 0), (.02, .05), (0, .05)], .155, p.red, at(tx + .675, tz + dz, .078), (90, 0, 0), .003)
    v.box(sized(.16, .34, .50), at(tx - .52, tz, .28), p.red, .02, seg=2)
    v.cyl(.055, .26, at(tx - .62, tz, .18), p.charcoal, 'z', 18)
    v.cyl(.030, .12, at(tx - .62, tz, .44), p.steel, 'z', 14)
    for dz in (-.07, .02):
        v.cyl(.085, .05, at(tx - .66, tz + dz + .05, .085), p.black, 'y', 20, .01)
        v.cyl(.050, .054, at(tx - .66, tz + dz + .052, .085), p.grey, 'y', 16)
    handle = [at(tx - .66, tz, .46), at(tx - .80, tz, 1.02)]
    v.tube(handle, .020, p.black, 0, 10)
    v.tube([at(tx - .80, tz, 1.02), at(tx - .82, tz - .14, 1.08), at(tx - .86, tz - .14, 1.24), at(tx - .86, tz + .14, 1.24), at(tx - .82, tz + .14, 1.08), at(tx - .80, tz, 1.02)],
           .014, p.black, .05, 8)
    for i, x in enumerate((9.45, 10.75)):                                                 # finished goods in film
        for z in (2.55, 3.75):
            if (i, z) == (0, 3.75):
                continue
            for y in (.011, .133):
                v.box(sized(1.2, .022, .8), at(x, z, y), wood, .003)
            for a in (-.5275, 0, .5275):
                v.box(sized(.14, .10, .78), at(x + a, z, .072), wood, 0)
            for a in (-.45, -.15, .15, .45):
                for b in (-.2, .2):
                    for c in range(4):
                        v.box(sized(.290, .234, .392), at(x + a, z + b, .144 + .12 + c * .24), (rack_blue, p.blue)[(c + i) % 2], .012)
    v.box(sized(2.0, .045, .75), at(-3.0, 7.32, .90), wood, .008)                         # bench with vice and tool board
    for x in (-3.92, -2.08):
        for z in (7.02, 7.62):
            v.box(sized(.06, .88, .06), at(x, z, .44), p.blue, .006)
    v.box(sized(.50, .52, .64), at(-2.40, 7.34, .62), p.blue, .01)
    for k_ in range(3):
        v.box(sized(.46, .15, .012), at(-2.40, 7.01, .46 + k_ * .165), p.grey, .005)
        v.box(sized(.18, .018, .02), at(-2.40, 7.0, .50 + k_ * .165), p.black, .004)
    v.box(sized(1.9, .90, .03), at(-3.0, 7.68, 1.50), p.midgrey, .006)
    for i in range(11):
        h_ = (.26, .22, .18, .30, .24, .20, .16, .28, .26, .22, .18)[i]
        v.box(sized(.022, h_ * .6, .018), at(-3.8 + i * .16, 7.655, 1.72 - h_ * .3), p.steel, .004)
        v.box(sized(.030, h_ * .4, .026), at(-3.8 + i * .16, 7.655, 1.72 - h_ * .8), (p.red, p.black, p.yellow)[i % 3], .006)
    v.box(sized(.16, .14, .22), at(-3.6, 7.12, .99), p.blue, .02)
    v.cyl(.025, .20, at(-3.6, 7.01, 1.0), p.steel, '-y', 12)
    v.tube([at(-3.71, 6.84, 1.0), at(-3.49, 6.84, 1.0)], .008, p.steel, 0, 6)
    for i in range(4):                                                                    # lockers
        v.box(sized(.39, 1.8, .48), at(7.2 + i * .40, 7.55, .95), p.grey, .008)
        v.box(sized(.36, 1.72, .012), at(7.2 + i * .40, 7.305, .95), (p.blue, p.grey, p.blue, p.blue)[i], .005)
        for y in (1.60, 1.63, 1.66):
            v.box(sized(.14, .008, .006), at(7.2 + i * .40, 7.298, y), p.black, 0)
        v.box(sized(.016, .07, .016), at(7.34 + i * .40, 7.295, 1.02), p.black, .003)
    for x, tone in ((-8.6, p.green), (-9.25, p.yellow), (-9.9, p.midgrey)):               # waste bins
        v.prism([(-.24, 0), (.24, 0), (.29, .95), (-.29, .95)], .60, tone, at(x, 7.45, .04), (90, 0, 0), .02)
        v.box(sized(.62, .06, .66), at(x, 7.44, 1.02), tone, .02)
    v.obj('Belongings', root)

    # ---- case packer: the machine that feeds the cell's conveyor ------------------------------------------------------
    c = Part()
    cx, cz = -7.35, -.6
    c.box(sized(3.2, .12, 1.9), at(cx, cz, .12), p.charcoal, .01)
    for x in (-1.5, 1.5):
        for z in (-.85, .85):
            c.cyl(.05, .06, at(cx + x, cz + z), p.zinc, 'z', 12)
    c.box(sized(3.2, .62, 1.9), at(cx, cz, .46), p.grey, .014)
    c.box(sized(3.26, .36, 1.96), at(cx, cz, 2.30), p.grey, .014)
    c.box(sized(3.10, 1.40, 1.80), at(cx, cz, 1.45), dark_glass, .004)
    for x in (-1.57, -.52, .52, 1.57):
        for z in (-.92, .92):
            c.box(sized(.07, 1.36, .07), at(cx + x, cz + z, 1.45), p.alu, .005)
    for z in (-.32, .32, ):
        for x in (-1.57, 1.57):
            c.box(sized(.07, 1.36, .07), at(cx + x, cz + z, 1.45), p.alu, .005)
    for x in (-1.05, 0, 1.05):
        c.box(sized(.03, .20, .03), at(cx + x + .40, cz + .95, 1.40), p.charcoal, .006)
        c.box(sized(.98, 1.30, .012), at(cx + x, cz + .915, 1.45), dark_glass, .002)
    for x in (-1.05, 0, 1.05):
        c.box(sized(.92, .46, .012), at(cx + x, cz + .955, .46), p.midgrey, .006)
        c.cyl(.016, .012, at(cx + x + .38, cz + .962, .60), p.zinc, '-y', 12)
    c.decal(atlas.label('packer', 1.5), at(cx + .3, cz + .982, 2.30))
    c.box(sized(.03, .56, .66), at(cx + 1.60, cz, 1.03), p.charcoal, .008)                # outlet with strip curtain
    c.box(sized(.10, .60, .06), at(cx + 1.64, cz - .33, 1.03), p.yellow, .006)
    c.box(sized(.10, .60, .06), at(cx + 1.64, cz + .33, 1.03), p.yellow, .006)
    c.box(sized(.10, .06, .72), at(cx + 1.64, cz, 1.34), p.yellow, .006)
    for i in range(9):
        c.box(sized(.006, .50, .062), at(cx + 1.625 + .004 * (i % 2), cz - .256 + i * .064, 1.06), p.black, .001)
    c.lathe([(0, 0), (.035, 0), (.035, .10), (.037, .10), (.037, .30), (.03, .31), (0, .31)], at(cx + 1.3, cz + .7, 2.48), p.charcoal, 'z', 16)
    c.lathe([(.038, .12), (.038, .17)], at(cx + 1.3, cz + .7, 2.48), p.red, 'z', 16)
    c.lathe([(.038, .18), (.038, .23)], at(cx + 1.3, cz + .7, 2.48), p.yellow, 'z', 16)
    c.lathe([(.038, .24), (.038, .29)], at(cx + 1.3, cz + .7, 2.48), p.green, 'z', 16)
    for z in (-.16, .16):                                                                 # bottle conveyor from the next hall
        c.box(sized(2.95, .12, .03), at(-10.5, cz + z, .90), p.zinc, .004)
        c.tube([at(-12, cz + z, 1.06), at(-9.0, cz + z, 1.06)], .010, p.steel, 0, 6)
    c.box(sized(2.95, .02, .28), at(-10.5, cz, .95), p.charcoal, .003)
    for x in (-11.4, -9.6):
        for z in (-.16, .16):
            c.box(sized(.05, .90, .05), at(x, cz + z, .45), p.zinc, .004)
    c.box(sized(.12, .80, .70), at(-11.93, cz, 1.15), p.charcoal, .01)
    bottle = material('BottleGlass', (.010, .075, .040), 0, .06)
    for i in range(22):
        c.lathe([(.036, 0), (.036, .11), (.022, .16), (.013, .20), (.013, .22), (0, .22)], at(-11.8 + i * .128, cz + .05 * (-1) ** i, .96), bottle, 'z', 8)
    c.obj('CasePacker', root)


if __name__ == '__main__':
    build()
    bake_floor()
    export('hall', baked=True)
