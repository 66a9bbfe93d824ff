"""What the machines of the bottling hall share: worn surfaces, guards, ways for bottles, screens and lamps.

A machine's front faces -Y (glTF +Z) and bottles run along +X. Bottles stand at LEVEL above the floor in every machine.
"""
import os
import random

import textures
from pack import pack
from worn import *

LEVEL = 1.10
MAKER, UTILITY = 'OSTERVIK', 'KELDRIN'   # invented makers: the line's machines, the utilities


# Occlusion is kept per vertex, and the ends of a long piece often stick in another: rings near the ends keep its middle bright.
NEAR, LONG = .07, .45
kit_box, kit_lathe, kit_tube = box_mesh, lathe_mesh, tube_mesh


def ringed(points):
    out = [points[0]]
    for a, b in zip(points, points[1:]):
        d = math.dist(a, b)
        if d > LONG:
            out += [type(b)(u + (v - u) * t for u, v in zip(a, b)) for t in (NEAR / d, 1 - NEAR / d)]
        out.append(b)
    return out


def lathe_mesh(profile, steps=24, sharp=35):
    return kit_lathe(ringed([tuple(q) for q in profile]), steps, sharp)


def tube_mesh(path, r=.02, res=8, ribs=0.0, cap=True):
    return kit_tube(path if ribs else ringed([tuple(q) for q in path]), r, res, ribs, cap)


def box_mesh(size, bevel=.004, seg=1):
    long = max(range(3), key=lambda i: size[i])
    if size[long] < LONG or sorted(size)[1] > .3 or sorted(size)[1] < .035:
        return kit_box(size, bevel, seg)
    bm = bmesh.new()
    mesh = kit_box(size, bevel, seg)
    bm.from_mesh(mesh)
    bpy.data.meshes.remove(mesh)
    axis = Vector([float(i == long) for i in range(3)])
    for s in (-1, 1):
        bmesh.ops.bisect_plane(bm, geom=bm.verts[:] + bm.edges[:] + bm.faces[:], plane_co=axis * s * (size[long] / 2 - NEAR), plane_no=axis)
    return to_mesh(bm, 60)


class M(Part):
    """A Part whose worn faces get texture coordinates of their own tile, shifted from piece to piece."""

    def add(self, mesh, m, at=(0, 0, 0), rot=(0, 0, 0), matrix=None, keep=False):
        before = len(self.bm.faces)
        super().add(mesh, m, at, rot, matrix, keep)
        tile = m.get('tile_m')
        if tile:
            dice = random.Random(before)
            du, dv = dice.random(), dice.random()
            self.bm.faces.ensure_lookup_table()
            for f in self.bm.faces[before:]:
                for corner in f.loops:
                    u, v = corner[self.uv].uv
                    corner[self.uv].uv = (u / tile + du, v / tile + dv)
        return self

    def lathe(self, profile, at, m, axis='z', steps=24, sharp=35):
        mesh = lathe_mesh(profile, steps, sharp)
        if m.get('tile_m'):
            round_ = max(1, round(2 * math.pi * max(r for r, _ in profile)))
            for c in mesh.uv_layers[0].data:
                c.uv = (c.uv[0] * round_, c.uv[1])
        return self.add(mesh, m, at, AXES[axis])

    def box(self, size, at, m, bevel=.004, rot=(0, 0, 0), seg=1):
        return self.add(box_mesh(size, bevel, seg), m, at, rot)

    def tube(self, points, r, m, fillet=0.0, res=8):
        return self.add(tube_mesh(round_path(points, fillet) if fillet else points, r, res), m)

    def ribbon(self, path, profile, m, cap=True):
        return self.add(ribbon_mesh(path, profile, cap), m)

    def beam(self, a, b, w, m, h=None, bevel=.003):
        """A box beam between two points, w wide and h high."""
        a, b = Vector(a), Vector(b)
        d = b - a
        side = Vector((0, 0, 1)).cross(d)
        side = side.normalized() if side.length > 1e-6 else Vector((0, 1, 0))
        x = d.normalized()
        turn = Matrix((x, side, x.cross(side))).transposed().to_4x4()
        return self.add(box_mesh((d.length, w, h or w), bevel), m, matrix=Matrix.Translation((a + b) / 2) @ turn)

    def plate(self, size, at, m, yaw=0):
        """A flat sheet without bevel."""
        return self.box(size, at, m, 0, (0, 0, yaw))


def ribbon_mesh(path, profile, cap=True):
    """Sweep a closed profile [(to the left, up)] along a path; u is metres along it, v metres around the profile."""
    pts = [Vector(q) for q in path]
    bm = bmesh.new()
    uv = bm.loops.layers.uv.verify()
    rows, along = [], [0.0]
    for i, q in enumerate(pts):
        a = (q - pts[i - 1]).normalized() if i else (pts[1] - q).normalized()
        b = (pts[i + 1] - q).normalized() if i + 1 < len(pts) else a
        left = Vector((-(a.y + b.y), a.x + b.x, 0))
        left = left.normalized() / max(.5, math.sqrt(max(0, (1 + a.dot(b)) / 2)))
        rows.append([bm.verts.new(q + left * o + Vector((0, 0, z))) for o, z in profile])
        if i:
            along.append(along[-1] + (q - pts[i - 1]).length)
    n = len(profile)
    around = [0.0]
    for k in range(n):
        around.append(around[-1] + math.dist(profile[k], profile[(k + 1) % n]))
    for i in range(len(pts) - 1):
        for k in range(n):
            j = (k + 1) % n
            f = bm.faces.new((rows[i][k], rows[i + 1][k], rows[i + 1][j], rows[i][j]))
            for corner, c in zip(f.loops, ((along[i], around[k]), (along[i + 1], around[k]), (along[i + 1], around[k + 1]), (along[i], around[k + 1]))):
                corner[uv].uv = c
    if cap:
        bm.faces.new(rows[0])
        bm.faces.new(list(reversed(rows[-1])))
    return to_mesh(bm, 40)


def flat(points, z):
    return [(x, y, z) for x, y in points]


def shifted(path, d):
    """A path [(x, y)] moved to its left by d."""
    pts = [Vector((x, y)) for x, y in path]
    out = []
    for i, q in enumerate(pts):
        a = (q - pts[i - 1]).normalized() if i else (pts[1] - q).normalized()
        b = (pts[i + 1] - q).normalized() if i + 1 < len(pts) else a
        left = Vector((-(a.y + b.y), a.x + b.x)).normalized() / max(.5, math.sqrt(max(0, (1 + a.dot(b)) / 2)))
        out.append((q.x + left.x * d, q.y + left.y * d))
    return out


def length_of(path):
    return sum(math.dist(a, b) for a, b in zip(path, path[1:]))


def walk(path, spacing, start=0.0, end=0.0):
    """Points [(x, y, heading in degrees)] at equal spacing along a path."""
    total = length_of(path) - start - end
    n = max(1, round(total / spacing))
    out, want = [], [start + total * i / n for i in range(n + 1)]
    s = 0.0
    for a, b in zip(path, path[1:]):
        step = math.dist(a, b)
        while want and want[0] <= s + step + 1e-6:
            t = (want.pop(0) - s) / step
            out.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))))
        s += step
    return out


# ---- parts of machines -------------------------------------------------------------------------------------------

def foot(part, x, y, p, h=.12, r=.05):
    """A levelling foot: plate, spindle, nut; the machine begins at height h."""
    part.lathe([(0, 0), (r, 0), (r * 1.06, .006), (r * 1.06, .014), (r * .5, .026), (r * .27, .032), (r * .27, h), (0, h)], (x, y, 0), p.polished, steps=14)
    part.add(lathe_mesh([(r * .5, 0), (r * .5, .014), (0, .014)], 6, 30), p.zinc, (x, y, .045))


def slat_way(part, path, p, level=LEVEL, width=.0825, rails='lr', sides=True, bracket=.62, legs=None, tray=True, rail_gap=.045, first=.22):
    """Frame, guide rails, brackets and legs of a slat-chain way along path [(x, y)], but not the chain itself.
    rails says which sides have them; legs is the spacing of the supports (None: none)."""
    h = width / 2 + .012
    wall = [(0, -.015), (.0025, -.015), (.0025, -.155), (0, -.155)]
    if sides:
        for s in (-1, 1):
            part.ribbon(flat(path, level), [(s * h + (o if s > 0 else -o), z) for o, z in (wall if s > 0 else wall[::-1])], p.inox)
            part.ribbon(flat(path, level), [(s * (h + .002), -.155), (s * (h + .002), -.152), (s * (h - .022), -.152), (s * (h - .022), -.155)], p.inox)
            part.ribbon(flat(path, level), [(s * (width / 2 + .011), -.003), (s * (width / 2 + .011), -.016), (s * (width / 2 - .006), -.016), (s * (width / 2 - .006), -.007)], p.natural)
    if tray:
        part.ribbon(flat(path, level), [(-h - .020, -.205), (-h - .022, -.165), (-h - .020, -.165), (-h - .016, -.202), (h + .016, -.212), (h + .020, -.165), (h + .022, -.165), (h + .020, -.215)], p.inox)
    for x, y, a in walk(path, bracket, first, first):
        turn = placed((x, y, level), (0, 0, a))
        part.add(box_mesh((.012, 2 * h - .006, .012), 0), p.zinc, matrix=turn @ placed((0, 0, -.09)))
        for side, key in ((1, 'l'), (-1, 'r')):
            if tray:
                part.add(box_mesh((.016, .004, .10), 0), p.zinc, matrix=turn @ placed((.02, side * (h + .010), -.16), (side * 8, 0, 0)))
            if key not in rails:
                continue
            part.add(box_mesh((.030, .007, .080), 0), p.black, matrix=turn @ placed((0, side * (h + .006), -.055)))
            part.add(tube_mesh([(0, side * (h + .016), -.06), (0, side * (h + .016), .150)], .0065, 5), p.polished, matrix=turn)
            for z in (.055, .125):
                part.add(box_mesh((.022, .026, .022), 0), p.black, matrix=turn @ placed((0, side * (h + .016), z)))
                part.add(tube_mesh([(0, side * (h + .004), z), (0, side * (rail_gap + .006), z)], .0055, 4, cap=False), p.polished, matrix=turn)
    for side, key in ((1, 'l'), (-1, 'r')):
        if key in rails:
            for z in (.055, .125):
                o = side * (rail_gap + .008)
                part.ribbon(flat(path, level + z), [(o - .004, -.010), (o + .006, -.007), (o + .006, .007), (o - .004, .010)], p.polished)
                part.ribbon(flat(path, level + z), [(side * rail_gap, -.009), (side * rail_gap + side * .005, -.012), (side * rail_gap + side * .005, .012), (side * rail_gap, .009)], p.natural)
    if legs:
        for x, y, a in walk(path, legs, .28, .28):
            conveyor_leg(part, (x, y), a, p, level, h)


def conveyor_leg(part, at, yaw, p, level=LEVEL, h=.053):
    """The support of a bottle way: two stainless tubes with plastic clamps and spread feet."""
    turn = placed((*at, 0), (0, 0, yaw))
    top = level - .13
    for s in (-1, 1):
        y0, y1 = s * (h + .020), s * (h + .09)
        part.add(tube_mesh(round_path([(0, y0, top + .05), (0, y0, top - .18), (0, y1, top - .36), (0, y1, .05)], .08, 3), .0212, 7), p.inox, matrix=turn)
        part.add(box_mesh((.055, .030, .085), .004), p.black, matrix=turn @ placed((0, s * (h + .014), top)))
        part.add(lathe_mesh([(0, 0), (.046, 0), (.048, .010), (.024, .024), (.015, .03), (.015, .075), (.023, .08), (.023, .10), (0, .10)], 10), p.black, matrix=turn @ placed((0, y1, 0)))
    part.add(tube_mesh([(0, -h - .09, .30), (0, h + .09, .30)], .014, 6), p.inox, matrix=turn)
    for s in (-1, 1):
        part.add(box_mesh((.05, .05, .05), 0), p.black, matrix=turn @ placed((0, s * (h + .09), .30)))


def chain(name, parent, path, p, level=LEVEL, width=.0825, closed_u=True):
    """The moving chain of a way: a node whose texture scrolls, u = metres along the travel."""
    part = Part()
    top = [(-width / 2, -.006), (-width / 2, 0), (width / 2, 0), (width / 2, -.006)]
    mesh = ribbon_mesh(flat(path, level), top[::-1])
    lay = mesh.uv_layers[0].data
    for poly in mesh.polygons:
        for li in poly.loop_indices:
            lay[li].uv = (lay[li].uv[0], lay[li].uv[1] / width)
    part.add(mesh, p.chain())
    part.add(ribbon_mesh(flat(path, level), [(-width / 2, -.150), (-width / 2, -.144), (width / 2, -.144), (width / 2, -.150)][::-1]), p.chain())
    return part.obj(name, parent, extras={'uv_unit_m': 1.0, 'travel': '+u', 'length_m': round(length_of(path), 4)})


def motor(part, at, axis, r, length, m, p, box_side=None):
    """The kit's servo motor with fewer fins and sides: a line has fifty of them."""
    rings = max(4, int(length * .62 / .040))
    profile = [(r * 1.06, 0), (r * 1.06, length * .12), (r * .88, length * .14)]
    for i in range(rings):
        z, step = length * (.16 + .62 * i / rings), length * .62 / rings
        profile += [(r * .88, z), (r, z + step * .2), (r, z + step * .6)]
    profile += [(r * .94, length * .82), (r * .94, length * .97), (r * .86, length), (0, length)]
    mesh = lathe_mesh(profile, 14, 35)
    part.add(mesh, m, at, AXES[axis])
    spin = placed(at, AXES[axis]) @ placed(rot=(0, 0, {'x': 0, 'y': 90, '-x': 180, '-y': 270}[box_side or 'x']))
    part.add(box_mesh((r * .5, r * .9, length * .26), .005), p.black, matrix=spin @ placed((r * 1.05, 0, length * .62)))


def gear_motor(part, at, p, yaw=0, scale=1.0, axis='-x', paint=None):
    """A worm gear on a shaft at `at`, its motor lying along the way."""
    paint = paint or p.blue
    s = scale
    turn = placed(at, (0, 0, yaw))
    part.add(box_mesh((.13 * s, .11 * s, .15 * s), .016 * s, 2), paint, matrix=turn)
    part.add(lathe_mesh([(.05 * s, 0), (.05 * s, .025 * s), (.02 * s, .03 * s), (0, .03 * s)], 18), p.dark, matrix=turn @ placed((0, -.055 * s, 0), AXES['-y']))
    holder = Part()
    motor(holder, (-.06 * s, 0, -.01 * s), axis, .062 * s, .24 * s, paint, p, '-y')
    mesh = holder.mesh('m')
    for i, m in enumerate(holder.slots):
        copy = bmesh.new()
        copy.from_mesh(mesh)
        bmesh.ops.delete(copy, geom=[f for f in copy.faces if f.material_index != i], context='FACES')
        piece = bpy.data.meshes.new('m')
        copy.to_mesh(piece)
        copy.free()
        part.add(piece, m, matrix=turn)
    bpy.data.meshes.remove(mesh)


def guard(frame, panes, corners, z0, z1, p, n=None, doors=True, post=.05, handle=True, close=True, skip=()):
    """Glass walls in aluminium profiles along corners [(x, y)], counter-clockwise seen from above; each wall is cut into n panes.
    skip names walls (by index) that stay open."""
    ring = list(corners)
    walls = list(zip(ring, ring[1:] + ring[:1]))[:len(ring) if close else len(ring) - 1]
    for x, y in ring:
        frame.box((post, post, z1 - z0), (x, y, (z0 + z1) / 2), p.alu, .004)
    for k, (a, b) in enumerate(walls):
        if k in skip:
            continue
        d = math.dist(a, b)
        yaw = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
        turn = placed((a[0], a[1], 0), (0, 0, yaw))
        parts = n[k] if n else max(1, round(d / 1.1))
        for z in (z0 + post / 2, z1 - post / 2):
            frame.add(box_mesh((d - post, post, post), .004), p.alu, matrix=turn @ placed((d / 2, 0, z)))
        w = d / parts
        for i in range(parts):
            x0, x1 = i * w + .03, (i + 1) * w - .03
            if i:
                frame.add(box_mesh((post * .8, post, z1 - z0 - 2 * post), .004), p.alu, matrix=turn @ placed((i * w, 0, (z0 + z1) / 2)))
            lo, hi = z0 + post + .008, z1 - post - .008
            panes.add(box_mesh((x1 - x0 - .06, .006, hi - lo - .06), 0), p.glass, matrix=turn @ placed(((x0 + x1) / 2, -.008, (lo + hi) / 2)))
            if not doors:
                continue
            for x in (x0 + .016, x1 - .016):
                frame.add(box_mesh((.030, .026, hi - lo), .003), p.alu, matrix=turn @ placed((x, -.012, (lo + hi) / 2)))
            for z in (lo + .016, hi - .016):
                frame.add(box_mesh((x1 - x0, .026, .030), .003), p.alu, matrix=turn @ placed(((x0 + x1) / 2, -.012, z)))
            hx = x1 - .045 if i % 2 == 0 else x0 + .045
            if handle and hi - lo > .5:
                mid = lo + (hi - lo) * .42
                frame.add(tube_mesh(round_path([(hx, -.02, mid - .10), (hx, -.065, mid - .10), (hx, -.065, mid + .10), (hx, -.02, mid + .10)], .025, 3), .011, 6), p.black, matrix=turn)
                frame.add(box_mesh((.045, .045, .10), .006), p.yellow, matrix=turn @ placed((hx, -.022, hi - .09)))
                for z in (lo + .15, hi - .15):
                    frame.add(lathe_mesh([(0, 0), (.012, 0), (.012, .08), (0, .08)], 8), p.black, matrix=turn @ placed((x1 + .005 if i % 2 else x0 - .005, -.025, z - .04)))


def sheet_doors(part, x0, x1, y, z0, z1, n, p, m, out=-1):
    """Sheet-metal doors on a machine's base that faces out*y: plates with a gap, quarter-turn locks and a lower lip."""
    w = (x1 - x0) / n
    for i in range(n):
        x = x0 + (i + .5) * w
        part.box((w - .012, .012, z1 - z0), (x, y + out * .006, (z0 + z1) / 2), m, .004)
        for z in (z0 + (z1 - z0) * .2, z0 + (z1 - z0) * .8):
            part.lathe([(.016, 0), (.016, .006), (.008, .010), (0, .010)], (x + w / 2 - .05, y + out * .012, z), p.dark, '-y' if out < 0 else 'y', 12)


def switch_cabinet(part, atlas_, at, size, p, doors=2, yaw=0):
    """A control cabinet whose foot is at `at`, front to -Y before the turn; plinth, doors, handles, vents."""
    w, d, h = size
    turn = placed(at, (0, 0, yaw))
    put = lambda mesh, m, pos, rot=(0, 0, 0): part.add(mesh, m, matrix=turn @ placed(pos, rot))
    put(box_mesh((w - .02, d - .02, .10), .003), p.dark, (0, 0, .05))
    put(box_mesh((w, d, h - .10), .008), p.paint, (0, 0, (h + .10) / 2))
    put(box_mesh((w + .02, d + .03, .03), .006), p.paint, (0, 0, h + .015))
    put(box_mesh((w - .01, .004, h - .12), 0), p.black, (0, -d / 2 - .001, (h + .10) / 2))
    for i in range(doors):
        dw = w / doors
        x = -w / 2 + (i + .5) * dw
        put(box_mesh((dw - .012, .018, h - .125), .006), p.paint, (x, -d / 2 - .010, (h + .10) / 2))
        side = -1 if i % 2 else 1
        put(box_mesh((.028, .014, .16), .005), p.black, (x + side * (dw / 2 - .05), -d / 2 - .024, h * .52))
        put(box_mesh((.018, .020, .11), .006), p.dark, (x + side * (dw / 2 - .05), -d / 2 - .036, h * .51))
        put(box_mesh((.22, .016, .22), .006), p.dark, (x, -d / 2 - .022, .36))
        for k in range(7):
            put(box_mesh((.19, .010, .010), 0), p.midgrey, (x, -d / 2 - .032, .28 + k * .026), (35, 0, 0))
        for z in (.25, h / 2, h - .15):
            put(lathe_mesh([(0, 0), (.009, 0), (.009, .07), (0, .07)], 8), p.zinc, (x - side * (dw / 2 - .004), -d / 2 - .018, z))
    put(box_mesh((.09, .010, .09), .005), p.yellow, (-w / 2 + w / doors * .5, -d / 2 - .024, h * .78))
    put(lathe_mesh([(.034, 0), (.034, .014), (.028, .018), (0, .018)], 16), p.yellow, (-w / 2 + w / doors * .5, -d / 2 - .028, h * .78), AXES['-y'])
    put(box_mesh((.018, .024, .066), .004), p.red, (-w / 2 + w / doors * .5, -d / 2 - .052, h * .78))
    if atlas_:
        for key, width, pos in atlas_[1]:
            mesh, m = atlas_[0].label(key, width)
            put(mesh, m, (pos[0], -d / 2 - .0205, pos[1]))


def stack_light(root, at, p, prefix='', lit=('Green',), pole=.30):
    """Nodes StackLight > Lamp_Red, Lamp_Amber, Lamp_Green, Lamp_Blue; `at` is the foot of the pole."""
    st = M()
    st.lathe([(0, 0), (.042, 0), (.042, .008), (.024, .014), (.012, .018), (.012, pole - .045), (.026, pole - .04), (.034, pole - .03), (.034, pole), (0, pole)], (0, 0, 0), p.black, steps=16)
    st.lathe([(0, pole + .25), (.034, pole + .25), (.035, pole + .255), (.035, pole + .27), (.028, pole + .28), (0, pole + .281)], (0, 0, 0), p.black, steps=16)
    stack = st.obj(prefix + 'StackLight', root, at)
    for i, (name, tone) in enumerate((('Blue', (.03, .16, 1)), ('Green', (.03, .9, .16)), ('Amber', (1, .40, .01)), ('Red', (1, .025, .015)))):
        shade = Part()
        shade.lathe([(0, .002), (.033, .002), (.034, .004), (.0325, .020), (.034, .022), (.0325, .040), (.034, .042), (.033, .061), (0, .061)], (0, 0, 0),
                    lamp('Lamp_' + name, tone, 2.4 if name in lit else .25), steps=16, sharp=60)
        shade.obj(f'{prefix}Lamp_{name}', stack, (0, 0, pole + i * .0625), extras={'kind': 'lamp'})
    return stack


def screen(name, parent, at, image, size=(.38, .24), yaw=0, tilt=0):
    mesh = quad_mesh(*size)
    mesh.materials.append(material('HmiScreen', (0, 0, 0), 0, .22, strength=1.0, base=image, emit_base=True))
    return node(name, mesh, parent, at, (tilt, 0, yaw), extras={'size_m': list(size)})


def hmi_head(part, at, p, yaw=0, size=(.46, .34)):
    """The panel that carries a screen: bezel, keys and emergency stop below. Returns the matrix of the screen's middle."""
    turn = placed(at, (0, 0, yaw))
    w, h = size
    put = lambda mesh, m, pos, rot=(0, 0, 0): part.add(mesh, m, matrix=turn @ placed(pos, rot))
    put(box_mesh((w, .075, h), .014, 2), p.dark, (0, .035, 0))
    put(box_mesh((w - .03, .006, h - .07), .003), p.black, (0, -.003, .015))
    put(box_mesh((w, .075, .12), .010, 2), p.paint, (0, .035, -h / 2 - .065))
    for i, tone in enumerate((p.green, p.white, p.blue)):
        put(lathe_mesh([(.0165, 0), (.0165, .010), (.012, .011), (.012, .016), (0, .016)], 14), tone, (-w / 2 + .07 + i * .06, -.003, -h / 2 - .062), AXES['-y'])
    stop = Part()
    emergency_stop(stop, (0, 0, 0), p, '-y', 1.1)
    mesh = stop.mesh('stop')
    for i, m in enumerate(stop.slots):
        copy = bmesh.new()
        copy.from_mesh(mesh)
        bmesh.ops.delete(copy, geom=[f for f in copy.faces if f.material_index != i], context='FACES')
        piece = bpy.data.meshes.new('m')
        copy.to_mesh(piece)
        copy.free()
        put(piece, m, (w / 2 - .08, -.003, -h / 2 - .062))
    bpy.data.meshes.remove(mesh)
    return turn @ placed((0, -.0075, .015))


def screen_image(name, machine, number, keys=('Overview', 'Recipe', 'Settings', 'Alarms', 'Service'), w=480, h=300):
    """An operator panel's picture: title and keys, and between them the calm field where the program writes what is true."""
    k = 2
    img = textures.Image.new('RGB', (w * k, h * k), textures.HMI_FIELD)
    d = textures.ImageDraw.Draw(img)
    text = lambda x, y, s, px, fill, weight, anchor: d.text((x * k, y * k), s, font=textures.font(px * k, weight), fill=fill, anchor=anchor)
    d.rectangle((0, 0, w * k, 36 * k), fill=(10, 66, 84))
    text(12, 18, number, 18, (232, 240, 250), 'Bold', 'lm')
    text(w - 12, 18, machine, 15, (170, 215, 225), 'Medium', 'rm')
    for i, s in enumerate(keys):
        x, step = 8 + i * (w - 16) / len(keys), (w - 16) / len(keys)
        d.rounded_rectangle((x * k, (h - 40) * k, (x + step - 5) * k, (h - 8) * k), 4 * k, fill=(28, 92, 110) if i == 0 else (20, 46, 76))
        text(x + step / 2 - 2.5, h - 24, s, 13, (232, 240, 250), 'SemiBold', 'mm')
    path = textures.scratch(name + '_hmi.png')
    img.resize((w, h), textures.Image.LANCZOS).save(path, optimize=True)
    return path


def name_plate(atlas, key, text, w=420, h=64, back=(9, 60, 78), ink=(238, 244, 246), px=34):
    img, d = textures.plate(w, h, back, 6)
    textures.centred(d, (0, 0, w, h), text, px, ink)
    atlas.add(key, img)


def letters(atlas, key, text, w, h, px, ink=(26, 27, 30), weight='Black'):
    img = textures.Image.new('RGBA', (w, h), (*ink, 0))
    textures.centred(textures.ImageDraw.Draw(img), (0, 0, w, h), text, px, (*ink, 255), weight)
    atlas.add(key, img)


def scuffs(atlas, key, w=220, h=48, seed=1, tone=(70, 66, 60)):
    """Scratches and rubbed-off paint along an edge, to be laid on a base plate."""
    dice = random.Random(seed)
    img = textures.Image.new('RGBA', (w * 3, h * 3), (*tone, 0))
    d = textures.ImageDraw.Draw(img)
    for _ in range(46):
        x, y, n = dice.random() * w * 3, (1 - dice.random() ** 2) * h * 3, dice.random() * 60 + 6
        d.line((x, y, x + n, y + dice.uniform(-6, 6)), fill=(*tone, 255), width=dice.choice((2, 3, 3, 5)))
    for _ in range(16):
        x, y, r = dice.random() * w * 3, h * 3 - dice.random() ** 2 * h * 1.4, dice.uniform(3, 13)
        d.ellipse((x - r * 2, y - r * .6, x + r * 2, y + r * .6), fill=(*tone, 255))
    atlas.add(key, img.resize((w, h), textures.Image.LANCZOS))


def worn_edges(part, atlas, key, x0, x1, y, z, rot=(0, 0, 0), width=.5):
    """Scuff decals along a bottom edge that runs in X and faces -Y."""
    n = max(1, int((x1 - x0) / (width * 1.5)))
    dice = random.Random(int(abs(x0) * 977) + n)
    for i in range(n):
        part.decal(atlas.label(key, width * dice.uniform(.7, 1.1)), (x0 + (x1 - x0) * (i + dice.uniform(.25, .75)) / n, y, z), rot)


def star_mesh(r, n, pocket, thick=.02, hub=.12):
    """A star wheel's disc with n round pockets whose middles lie on radius r; it lies around z = 0."""
    outline = []
    for i in range(n):
        c = 2 * math.pi * i / n
        half = pocket / r * .98
        for k in range(7):                                                                # the pocket, from one side to the other
            t = math.pi * k / 6
            px, py = r - pocket * math.sin(t), -pocket * math.cos(t)
            outline.append((px * math.cos(c) - py * math.sin(c), px * math.sin(c) + py * math.cos(c)))
        land = 2 * math.pi / n - 2 * half
        for k in (1,):
            a = c + half + land * k / 2
            outline.append((r * 1.01 * math.cos(a), r * 1.01 * math.sin(a)))
    return prism_mesh(outline, thick, 0)


def star(name, parent, at, r, n, p, pocket=.041, disc=None, levels=(.055, .135), phase=0.0, extras=None):
    """A star wheel as a node that turns about its own vertical axis (glTF Y)."""
    part = M()
    for z in levels:
        part.add(star_mesh(r, n, pocket), disc or p.pom, (0, 0, z), (0, 0, phase))
    part.lathe([(0, levels[0] - .10), (.07, levels[0] - .10), (.07, levels[-1] + .03), (.045, levels[-1] + .06), (0, levels[-1] + .06)], (0, 0, 0), p.polished, steps=20)
    for i in range(4):
        a = math.radians(i * 90 + 45)
        part.cyl(.012, levels[-1] - levels[0], (r * .62 * math.cos(a), r * .62 * math.sin(a), levels[0]), p.polished, steps=8)
        part.cyl(.018, .016, (r * .62 * math.cos(a), r * .62 * math.sin(a), levels[-1] + .010), p.black, steps=8)
    return part.obj(name, parent, at, extras={'axis': 'Y', 'pockets': n, 'radius_m': r, **(extras or {})})


def way_points(parent, name, points):
    """Empties name_00.. that a bottle passes in order; points are Blender (x, y, z)."""
    for i, q in enumerate(points):
        node(f'{name}_{i:02d}', None, parent, q)


# ---- to a file ---------------------------------------------------------------------------------------------------

def dirt(height=.30, strength=.35):
    """Warm grime in the vertex colours, growing towards the floor."""
    dice = random.Random(7)
    for mesh_object in mesh_objects():
        layer = mesh_object.data.color_attributes.get('AO')
        if not layer:
            continue
        for v, c in zip(mesh_object.data.vertices, layer.data):
            z = (mesh_object.matrix_world @ v.co).z
            t = max(0.0, 1 - z / height) * strength * (.6 + .4 * dice.random())
            r, g, b, a = c.color
            c.color = (r * (1 - t * .75), g * (1 - t * .85), b * (1 - t), a)


def finish(name, occlusion=True, grime=True, samples=16, animations=False, **bake):
    """Bake, export and pack <name>.glb; the unpacked file stays in the scratch folder. occlusion='baked' says that it is there already."""
    names = [o.name for o in bpy.context.scene.objects]
    wrong = [n for n in names if '.' in n]
    assert not wrong, f'node names are not unique: {wrong}'
    drop_unused_uv()
    weight_normals()
    bpy.context.view_layer.update()
    if occlusion and occlusion != 'baked':
        clear = [o for o in mesh_objects() if 'Glass' in o.name]
        for o in clear:
            o.hide_render = True
        bake_occlusion(samples=samples, skip=[o.name for o in clear], **bake)
        for o in clear:
            o.hide_render = False
        if grime:
            dirt()
    raw = os.path.join(SCRATCH, name + '.raw.glb')
    bpy.ops.export_scene.gltf(filepath=raw, export_format='GLB', export_apply=False, export_yup=True, export_extras=True,
                              export_animations=animations, export_animation_mode='NLA_TRACKS' if animations else 'ACTIONS',
                              export_lights=False, export_cameras=False, use_visible=True,
                              export_vertex_color='ACTIVE' if occlusion else 'NONE', export_skins=animations, export_morph=False,
                              export_image_format='AUTO')
    tidy_materials(raw)
    path = os.path.join(HERE, name + '.glb')
    pack(raw, path)
    meshes = {o.data for o in mesh_objects()}
    drawn = sum(triangles(o.data) for o in mesh_objects())
    for o in sorted(mesh_objects(), key=lambda o: -triangles(o.data))[:int(os.environ.get('PW_LARGEST', '0'))]:
        print(f'  {o.name}: {triangles(o.data)} triangles')
    print(f'MODEL {name}: nodes {len(names)}, triangles {sum(map(triangles, meshes))} unique, {drawn} drawn, '
          f'{os.path.getsize(path) // 1024} KB (unpacked {os.path.getsize(raw) // 1024})')
