"""Three people at work: worker_operator, worker_technician, worker_lab. 1.78, 1.80 and 1.66 m; they face glTF +Z.

One skinned mesh on 21 bones with VRM names and two clips: `Idle` (4 s) and `Walk` (1.1 s in place, for 1.35 m/s).
Bodies are capsules, melted together by a voxel remesh; a vertex hangs on the nearest bones of its garment.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *
from mathutils import Quaternion, noise

FPS = 20


def skeleton(height, broad):
    """Joints in metres for a height; broad scales shoulders and hips."""
    k = height / 1.78
    v = lambda x, y, z: Vector((x * broad * k, y * k, z * k))
    j = {'hips': v(0, 0, .97), 'spine': v(0, .005, 1.08), 'chest': v(0, .010, 1.22), 'neck': v(0, .015, 1.475), 'head': v(0, .0, 1.565), 'headEnd': v(0, 0, 1.78)}
    for s, side in ((1, 'left'), (-1, 'right')):
        j[side + 'Shoulder'] = v(s * .035, .01, 1.425)
        j[side + 'UpperArm'] = v(s * .188, .012, 1.400)
        j[side + 'LowerArm'] = v(s * .268, .022, 1.145)
        j[side + 'Hand'] = v(s * .335, .0, .905)
        j[side + 'HandEnd'] = v(s * .365, -.012, .785)
        j[side + 'UpperLeg'] = v(s * .092, 0, .925)
        j[side + 'LowerLeg'] = v(s * .100, .008, .505)
        j[side + 'Foot'] = v(s * .105, .030, .090)
        j[side + 'Toes'] = v(s * .112, -.105, .030)
        j[side + 'ToesEnd'] = v(s * .114, -.175, .025)
    bones = [('hips', None, 'spine'), ('spine', 'hips', 'chest'), ('chest', 'spine', 'neck'), ('neck', 'chest', 'head'), ('head', 'neck', 'headEnd')]
    for side in ('left', 'right'):
        bones += [(side + 'Shoulder', 'chest', side + 'UpperArm'), (side + 'UpperArm', side + 'Shoulder', side + 'LowerArm'), (side + 'LowerArm', side + 'UpperArm', side + 'Hand'),
                  (side + 'Hand', side + 'LowerArm', side + 'HandEnd'), (side + 'UpperLeg', 'hips', side + 'LowerLeg'), (side + 'LowerLeg', side + 'UpperLeg', side + 'Foot'),
                  (side + 'Foot', side + 'LowerLeg', side + 'Toes'), (side + 'Toes', side + 'Foot', side + 'ToesEnd')]
    return j, bones, k


def ellipsoid(bm, at, radii, rot=(0, 0, 0), n=14):
    made = bmesh.ops.create_uvsphere(bm, u_segments=n, v_segments=n // 2 + 2, radius=1)
    bmesh.ops.transform(bm, matrix=placed(at, rot) @ Matrix.Diagonal((*radii, 1)), verts=made['verts'])


def capsule(bm, a, b, ra, rb, n=14):
    """A tapered elliptic capsule from a to b; a radius is a number or (across, deep)."""
    ra, rb = [(r, r) if isinstance(r, float) else r for r in (ra, rb)]
    d = (b - a).normalized()
    deep = Vector((0, 1, 0)) if abs(d.y) < .8 else Vector((0, 0, 1))
    side = d.cross(deep).normalized()
    deep = side.cross(d).normalized()
    rings = []
    stops = [(-math.cos(t) * min(ra), math.sin(t), 0.0) for t in (.35, .8, 1.2)] + [((b - a).length * u / 4, 1.0, u / 4) for u in range(5)] + \
            [((b - a).length + math.cos(t) * min(rb), math.sin(t), 1.0) for t in (1.2, .8, .35)]
    for z, f, u in stops:
        rs, rd = (ra[i] + (rb[i] - ra[i]) * u for i in range(2))
        rings.append([bm.verts.new(a + d * z + side * rs * f * math.cos(2 * math.pi * i / n) + deep * rd * f * math.sin(2 * math.pi * i / n)) for i in range(n)])
    for p, q in zip(rings, rings[1:]):
        for i in range(n):
            bm.faces.new((p[i], q[i], q[(i + 1) % n], p[(i + 1) % n]))
    bm.faces.new(rings[0])
    bm.faces.new(list(reversed(rings[-1])))


def melt(bm, voxel=.012, smooth=6, tris=2000, folds=0.0, seed=0):
    """Voxel remesh, smooth, thin out to about so many triangles; folds moves the cloth in and out."""
    bmesh.ops.recalc_face_normals(bm, faces=bm.faces)
    mesh = bpy.data.meshes.new('melt')
    bm.to_mesh(mesh)
    bm.free()
    o = bpy.data.objects.new('melt', mesh)
    bpy.context.scene.collection.objects.link(o)
    m = o.modifiers.new('r', 'REMESH')
    m.mode, m.voxel_size = 'VOXEL', voxel
    m = o.modifiers.new('s', 'SMOOTH')
    m.iterations, m.factor = smooth, .5

    def bake():
        new = bpy.data.meshes.new_from_object(o.evaluated_get(bpy.context.evaluated_depsgraph_get()))
        o.modifiers.clear()
        o.data = new

    bpy.context.view_layer.update()
    bake()
    if folds:
        for v in o.data.vertices:
            q = v.co * 9 + Vector((seed, 0, 0))
            fold = noise.noise(Vector((q.x * .7, q.y * .7, q.z * 2.4))) + .4 * noise.noise(q * 2.3)
            v.co += v.normal * fold * folds
    m = o.modifiers.new('d', 'DECIMATE')
    m.ratio = min(1.0, tris / max(1, triangles(o.data)))
    bpy.context.view_layer.update()
    bake()
    mesh = o.data
    bpy.data.objects.remove(o)
    for f in mesh.polygons:
        f.use_smooth = True
    return mesh


def cut(mesh, planes, drop=()):
    """Cut a mesh along planes [(point, normal)]; for those in drop the side of the normal goes."""
    bm = bmesh.new()
    bm.from_mesh(mesh)
    for i, (co, no) in enumerate(planes):
        bmesh.ops.bisect_plane(bm, geom=bm.verts[:] + bm.edges[:] + bm.faces[:], plane_co=co, plane_no=no, clear_outer=i in drop)
    out = bpy.data.meshes.new('cut')
    bm.to_mesh(out)
    bm.free()
    for f in out.polygons:
        f.use_smooth = True
    return out


def pick(mesh, kind, want):
    """The faces of a mesh whose kind is the one asked for."""
    bm = bmesh.new()
    bm.from_mesh(mesh)
    bmesh.ops.delete(bm, geom=[f for f, label in zip(bm.faces[:], kind) if label != want], context='FACES')
    out = bpy.data.meshes.new('pick')
    bm.to_mesh(out)
    bm.free()
    return out


def person(file, name, height, broad, skin, trousers, jacket, vest, helmet, coat=False, glasses=False, hair=None, tablet=False, beard=None):
    if arguments() and file not in arguments():
        return
    new_scene()
    j, bones, k = skeleton(height, broad)
    mats = {key: material(f'Worker{key}', tone, 0, rough) for key, tone, rough in (
        ('Skin', skin, .48), ('Trousers', trousers, .82), ('Jacket', jacket, .78), ('Shoe', (.03, .028, .026), .55), ('Sole', (.012, .012, .012), .8),
        ('Glove', (.10, .13, .16), .75), ('Helmet', helmet, .30), ('Brow', hair or (.03, .02, .012), .7), ('Lips', tuple(c * f for c, f in zip(skin, (.72, .48, .45))), .5),
        ('White', (.75, .75, .73), .3), ('Iris', (.02, .018, .016), .2), ('Black', (.015, .015, .016), .4))}
    if vest:
        mats['Vest'] = material('WorkerVest', vest, 0, .72)
        mats['Band'] = material('WorkerReflective', (.68, .69, .70), .25, .42)
    part = Part()
    groups = {}

    def put(mesh, key, bones_, **more):
        groups.setdefault(mats[key].name, set()).update(bones_)
        part.add(mesh, mats[key], **more)

    spine = ('hips', 'spine', 'chest')
    legs = [s + b for s in ('left', 'right') for b in ('UpperLeg', 'LowerLeg')]
    arms = [s + b for s in ('left', 'right') for b in ('Shoulder', 'UpperArm', 'LowerArm')]
    feet = [s + b for s in ('left', 'right') for b in ('Foot', 'Toes')]
    hands = ('leftHand', 'rightHand')
    up = lambda q, dx=0, dy=0, dz=0: q + Vector((dx, dy, dz)) * k

    bm = bmesh.new()                                                                           # trousers
    capsule(bm, up(j['hips'], 0, .008, .06), up(j['hips'], 0, .01, -.03), (.152 * broad * k, .108 * k), (.160 * broad * k, .115 * k), 18)
    for s in ('left', 'right'):
        capsule(bm, up(j[s + 'UpperLeg'], 0, .005, 0), j[s + 'LowerLeg'], .096 * k, .068 * k)
        capsule(bm, j[s + 'LowerLeg'], up(j[s + 'Foot'], 0, 0, .05), .067 * k, .062 * k)
        capsule(bm, up(j[s + 'LowerLeg'], 0, .022, -.10), up(j[s + 'LowerLeg'], 0, .015, -.20), .060 * k, .055 * k)
        ellipsoid(bm, up(j[s + 'Foot'], 0, -.005, .02), (.066 * k, .078 * k, .05 * k))
    mesh = melt(bm, .013, 5, 2600, .006, 3)
    mesh = cut(mesh, [(Vector((0, 0, .045 * k)), Vector((0, 0, -1)))], (0,))
    put(mesh, 'Trousers', ('hips', 'spine', *legs))

    bm = bmesh.new()                                                                           # jacket with sleeves
    capsule(bm, up(j['hips'], 0, .006, .05), j['chest'], (.150 * broad * k, .110 * k), (.160 * broad * k, .118 * k), 18)
    capsule(bm, j['chest'], up(j['neck'], 0, .01, -.10), (.162 * broad * k, .122 * k), (.150 * broad * k, .105 * k), 18)
    capsule(bm, up(j['neck'], 0, .01, -.07), up(j['neck'], 0, .003, .048), (.095 * k, .080 * k), (.060 * k, .063 * k))
    for s in ('left', 'right'):
        capsule(bm, j[s + 'Shoulder'], j[s + 'UpperArm'], (.056 * k, .085 * k), (.058 * k, .066 * k))
        capsule(bm, j[s + 'UpperArm'], j[s + 'LowerArm'], .064 * k, .052 * k)
        capsule(bm, j[s + 'LowerArm'], j[s + 'Hand'], .054 * k, .042 * k)
    mesh = melt(bm, .012, 5, 3000, .005, 7)
    put(mesh, 'Jacket', (*spine, 'neck', *arms), keep=True)
    if coat:
        steps = 26
        c = bmesh.new()
        rows = []
        for z, rx, ry in ((1.17, .150, .110), (1.07, .170, .124), (.97, .198, .140), (.86, .208, .152), (.72, .213, .162), (.58, .216, .170)):
            rows.append([c.verts.new((rx * broad * k * math.cos(a) * 1.02 + .004 * math.sin(7 * a), (ry * math.sin(a) * 1.02 + .006) * k + .004 * math.sin(9 * a) * (1.1 - z), z * k))
                         for a in (2 * math.pi * i / steps for i in range(steps))])
        for a_, b_ in zip(rows, rows[1:]):
            for i in range(steps):
                if i == steps * 3 // 4 and b_ is not rows[1] and b_ is not rows[2]:
                    continue                                                                   # the slit in front
                c.faces.new((a_[i], b_[i], b_[(i + 1) % steps], a_[(i + 1) % steps]))
        mesh = to_mesh(c, 60)
        mats['Jacket'].use_backface_culling = False
        put(mesh, 'Jacket', ('hips', *legs))
        for i in range(4):
            put(lathe_mesh([(.009, 0), (.007, .003), (0, .003)], 8), 'White', ('chest', 'spine', 'hips'), at=(.012, -(.128 + .004 * i) * k, (1.34 - i * .11) * k), rot=AXES['-y'])
    if vest:
        z = lambda h: Vector((0, 0, h * k))
        slope = lambda side: (z(1.325), Vector((-side * .15, 0, .085)))
        planes = [(z(.955), Vector((0, 0, -1)))] + [(Vector((d * broad * k, 0, 0)), Vector((d, 0, 0))) for d in (-.160, .160)] + [slope(1), slope(-1), (z(1.478), Vector((0, 0, 1))), (Vector((0, .02 * k, 0)), Vector((0, 1, 0)))]
        planes += [(z(h), Vector((0, 0, 1))) for h in (1.03, 1.085, 1.17, 1.225)] + [(Vector((d * k, 0, 0)), Vector((1, 0, 0))) for d in (-.118, -.068, .068, .118)]
        mesh = cut(mesh, planes, (0,))
        band = lambda c: 1.03 * k < c.z < 1.085 * k or 1.17 * k < c.z < 1.225 * k or (c.z > 1.225 * k and .068 * k < abs(c.x) < .118 * k)
        inside = lambda c: abs(c.x) < .160 * broad * k and c.z < 1.478 * k and not (c.y < .02 * k and c.z > 1.325 * k + abs(c.x) * .15 / .085)
        kind = [inside(f.center) + (inside(f.center) and band(f.center)) for f in mesh.polygons]
        normals = [v.normal.copy() for v in mesh.vertices]
        for v, n in zip(mesh.vertices, normals):                                               # the vest is the jacket's own skin, moved out
            v.co += n * .009
        put(pick(mesh, kind, 1), 'Vest', (*spine, 'neck', *arms))
        put(pick(mesh, kind, 2), 'Band', (*spine, 'neck', *arms))
        front = lambda h: min((v.co.y for v in mesh.vertices if abs(v.co.x) < .03 and abs(v.co.z - h) < .04), default=-.13)
        put(tube_mesh([(0, front(h * k) - .001, h * k) for h in (.96, 1.03, 1.10, 1.17, 1.24, 1.32)], .0035, 5), 'Black', spine)
    for s, side in ((1, 'left'), (-1, 'right')):                                               # hands in gloves, shoes
        bm = bmesh.new()
        a, b = j[side + 'Hand'], j[side + 'HandEnd']
        d = (b - a).normalized()
        capsule(bm, a, a + (b - a) * .62, (.026 * k, .036 * k), (.020 * k, .042 * k), 12)
        for i, (off, length) in enumerate(((-.030, .62), (-.010, .70), (.011, .66), (.030, .52))):
            base = a + (b - a) * .66 + Vector((0, off * k, 0))
            capsule(bm, base, base + d * .105 * k * length + Vector((-s * .010 * k, 0, 0)), .0115 * k, .0095 * k, 8)
        thumb = a + d * .03 * k + Vector((0, -.030 * k, 0))
        capsule(bm, thumb, thumb + d * .055 * k + Vector((-s * .012 * k, -.024 * k, 0)), .0135 * k, .011 * k, 8)
        put(melt(bm, .006, 3, 620), 'Glove', hands)
        f = j[side + 'Foot']
        bm = bmesh.new()
        ellipsoid(bm, (f.x, .015 * k, .075 * k), (.048 * k, .070 * k, .075 * k))
        ellipsoid(bm, (f.x + s * .003, -.085 * k, .048 * k), (.050 * k, .105 * k, .046 * k))
        ellipsoid(bm, (f.x + s * .004, -.155 * k, .045 * k), (.046 * k, .050 * k, .044 * k))
        ellipsoid(bm, (f.x, .035 * k, .045 * k), (.042 * k, .055 * k, .045 * k))
        mesh = melt(bm, .009, 4, 520)
        put(cut(mesh, [(Vector((0, 0, .020 * k)), Vector((0, 0, -1)))], (0,)), 'Shoe', feet)
        outline = [(f.x + .050 * k * math.cos(t) * (1 if math.sin(t) < 0 else .86) + s * .003, -.058 * k + .150 * k * math.sin(t) * (1 if math.sin(t) < 0 else 1.0)) for t in (2 * math.pi * i / 18 for i in range(18))]
        put(prism_mesh(outline, .026 * k, .004), 'Sole', feet, at=(0, 0, .013 * k))

    hc = j['head'] + Vector((0, 0, .095)) * k                                                  # head
    h = lambda x, y, z: hc + Vector((x, y, z)) * k
    bm = bmesh.new()
    ellipsoid(bm, h(0, .012, .020), (.076 * k, .095 * k, .100 * k), n=20)
    ellipsoid(bm, h(0, -.022, -.048), (.060 * k, .070 * k, .068 * k), n=18)
    ellipsoid(bm, h(0, -.058, -.088), (.032 * k, .030 * k, .026 * k))
    ellipsoid(bm, h(0, -.070, .012), (.056 * k, .022 * k, .020 * k))
    ellipsoid(bm, h(0, -.092, -.030), (.0125 * k, .020 * k, .026 * k), (-18, 0, 0))
    ellipsoid(bm, h(0, -.104, -.042), (.016 * k, .013 * k, .011 * k))
    for s in (-1, 1):
        ellipsoid(bm, h(s * .040, -.058, -.036), (.024 * k, .026 * k, .026 * k))
        ellipsoid(bm, h(s * .078, .012, -.018), (.010 * k, .022 * k, .032 * k), (0, 0, s * 18))
    capsule(bm, j['neck'] + Vector((0, .012, -.05)) * k, j['head'] + Vector((0, .008, .03)) * k, .058 * k, .056 * k)
    put(melt(bm, .0055, 7, 2200), 'Skin', ('neck', 'head'))
    for s in (-1, 1):
        q = bmesh.new()
        ellipsoid(q, h(s * .032, -.0795, -.006), (.0135 * k, .010 * k, .0068 * k), n=10)
        put(to_mesh(q, 60), 'White', ('head',))
        for dz, r in ((.0066, .0056), (-.0070, .0040)):                                        # lids
            q = bmesh.new()
            ellipsoid(q, h(s * .032, -.0795, -.006 + dz), (.0160 * k, .0118 * k, r * k), n=10)
            put(to_mesh(q, 60), 'Skin', ('neck', 'head'))
        q = bmesh.new()
        ellipsoid(q, h(s * .032, -.0885, -.0055), (.0058 * k, .003 * k, .0058 * k), n=8)
        put(to_mesh(q, 60), 'Iris', ('head',))
        put(tube_mesh([h(s * .014, -.0905, .014), h(s * .030, -.0915, .021), h(s * .050, -.080, .013)], .0042 * k, 6), 'Brow', ('head',))
    q = bmesh.new()
    ellipsoid(q, h(0, -.0905, -.069), (.021 * k, .008 * k, .0048 * k), n=10)
    put(to_mesh(q, 60), 'Lips', ('head',))
    if beard:
        q = bmesh.new()
        ellipsoid(q, h(0, -.046, -.090), (.050 * k, .050 * k, .032 * k), n=12)
        ellipsoid(q, h(0, -.088, -.056), (.024 * k, .010 * k, .007 * k), n=8)
        put(to_mesh(q, 60), 'Brow', ('head',))
    q = bmesh.new()                                                                            # hair under the helmet
    ellipsoid(q, h(0, .030, .012), (.080 * k, .086 * k, .090 * k), n=16)
    mesh = cut(to_mesh(q, 60), [(h(0, 0, -.042), Vector((0, -.25, -1))), (h(0, -.030, 0), Vector((0, -1, -.2)))], (0, 1))
    put(mesh, 'Brow', ('head',))
    if coat:                                                                                   # hair net
        put(lathe_mesh([(.088 * k, -.01), (.094 * k, .0), (.098 * k, .03 * k), (.090 * k, .075 * k), (.055 * k, .108 * k), (.025 * k, .117 * k), (0, .118 * k)], 24, 80), 'Helmet', ('head',),
            matrix=Matrix.Translation(h(0, .014, .028)) @ Euler((math.radians(10), 0, 0)).to_matrix().to_4x4() @ Matrix.Diagonal((.90, 1.10, 1, 1)))
        put(tube_mesh([h(.084 * math.cos(t), .016 + .104 * math.sin(t), .024 + .018 * math.sin(t)) for t in (2 * math.pi * i / 20 for i in range(21))], .006 * k, 6), 'White', ('head',))
    else:
        turn = Matrix.Translation(h(0, .010, .045)) @ Euler((math.radians(5), 0, 0)).to_matrix().to_4x4() @ Matrix.Diagonal((.90, 1.14, 1, 1))
        put(lathe_mesh([(.104 * k, -.004), (.108 * k, .004), (.107 * k, .030 * k), (.098 * k, .066 * k), (.072 * k, .096 * k), (.035 * k, .110 * k), (0, .114 * k)], 26, 80), 'Helmet', ('head',), matrix=turn)
        brim = [(.098 * math.cos(math.radians(a)), (.118 if a % 360 > 180 else .098) * math.sin(math.radians(a)) - (.045 * max(0, -math.sin(math.radians(a))) ** 2)) for a in range(0, 360, 15)]
        put(prism_mesh([(x * k, y * k) for x, y in brim], .006, .002), 'Helmet', ('head',), matrix=Matrix.Translation(h(0, .008, .044)) @ Euler((math.radians(6), 0, 0)).to_matrix().to_4x4())
        for dx in (-.03, 0, .03):
            put(box_mesh((.010 * k, .14 * k, .010 * k), .003), 'Helmet', ('head',), matrix=Matrix.Translation(h(dx, .012, .151 - abs(dx) * .35)))
        for s in (-1, 1):                                                                      # ear muffs folded up, chin strap
            put(lathe_mesh([(0, 0), (.030 * k, 0), (.036 * k, .010 * k), (.030 * k, .030 * k), (0, .034 * k)], 14), 'Black', ('head',), matrix=Matrix.Translation(h(s * .082, .012, -.012)) @ Euler((0, math.radians(90 * s), 0)).to_matrix().to_4x4())
            put(tube_mesh([h(s * .098, .012, .01), h(s * .104, .012, .055)], .004 * k, 5), 'Black', ('head',))
    if glasses:
        for s in (-1, 1):
            put(tube_mesh([h(s * .058, -.094, .006), h(s * .084, -.03, .006), h(s * .086, .02, .0)], .0028 * k, 5), 'Black', ('head',))
            ring = [h(s * .033 + .027 * math.cos(t), -.1045 + .008 * abs(math.cos(t)) ** 2 * (1 if math.cos(t) * s > 0 else .3), -.004 + .019 * math.sin(t)) for t in (2 * math.pi * i / 16 for i in range(17))]
            put(tube_mesh(ring, .0022 * k, 5), 'Black', ('head',))
        put(tube_mesh([h(-.008, -.107, .0), h(.008, -.107, .0)], .0025 * k, 5), 'Black', ('head',))
    if tablet:
        mats['Screen'] = material('WorkerScreen', (.02, .05, .08), 0, .2, emit=(.10, .32, .42), strength=.8)
        t = Matrix.Translation(j['leftHand'] + Vector((-.02, -.075, -.075)) * k) @ Euler((math.radians(62), 0, math.radians(10))).to_matrix().to_4x4()
        put(box_mesh((.19, .26, .010), .004), 'Black', ('leftHand',), matrix=t)
        put(box_mesh((.165, .225, .002), 0), 'Screen', ('leftHand',), matrix=t @ Matrix.Translation((0, 0, .0055)))
    else:
        put(box_mesh((.085 * k, .035, .06 * k), .006), 'Black', ('hips',), at=(.118 * broad * k, -.105 * k, .985 * k), rot=(0, 0, 38))  # belt with radio
        put(box_mesh((.045 * k, .030, .10 * k), .006), 'Black', ('hips',), at=(-.150 * broad * k, -.04 * k, 1.0 * k), rot=(0, 0, 70))

    body = part.obj(name + '_Body')
    mesh = body.data
    weight_normals()
    bake_occlusion(distance=.25, floor=.45, samples=20)
    mesh = body.data

    arm = bpy.data.armatures.new(name)
    rig = bpy.data.objects.new(name, arm)
    bpy.context.scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode='EDIT')
    for bone, parent, end in bones:
        e = arm.edit_bones.new(bone)
        e.head, e.tail = j[bone], j[end]
        if parent:
            e.parent = arm.edit_bones[parent]
    bpy.ops.object.mode_set(mode='OBJECT')

    segments = {bone: (j[bone], j[end]) for bone, _, end in bones}
    allowed = {}
    for f in mesh.polygons:
        for i in f.vertices:
            allowed.setdefault(i, groups[mesh.materials[f.material_index].name])
    layers = {bone: body.vertex_groups.new(name=bone) for bone, _, _ in bones}
    for i, v in enumerate(mesh.vertices):
        some = []
        for bone in sorted(allowed.get(i, {'hips'})):
            if bone.startswith('left') and v.co.x < -.03 or bone.startswith('right') and v.co.x > .03:
                continue
            a, b = segments[bone]
            t = max(0.0, min(1.0, (v.co - a).dot(b - a) / (b - a).length_squared))
            some.append(((v.co - a - (b - a) * t).length, bone))
        some.sort()
        some = [(1 / (d - some[0][0] * .55 + .012) ** 3, bone) for d, bone in some[:4]]
        total = sum(w for w, _ in some)
        for w, bone in some:
            if w / total > .02:
                layers[bone].add([i], w / total, 'REPLACE')
    body.parent = rig
    body.modifiers.new('rig', 'ARMATURE').object = rig
    animate(rig, k, tablet)
    rig['kind'], rig['height_m'], rig['walk_speed_m_s'] = 'person', height, 1.35
    write(file, rig, body)


def animate(rig, k, tablet):
    """Idle and Walk as tracks; angles are about world axes: X swings limbs (negative: to the front), Y leans, Z turns."""
    scene = bpy.context.scene
    scene.render.fps = FPS
    rest = {b.name: b.bone.matrix_local.to_3x3().to_quaternion() for b in rig.pose.bones}
    rig.animation_data_create()

    def clip(name, seconds, pose):
        action = bpy.data.actions.new(name)
        rig.animation_data.action = action
        frames = round(seconds * FPS)
        for f in range(frames + 1):
            turns, rise = pose(2 * math.pi * f / frames)
            for b in rig.pose.bones:
                b.rotation_mode = 'QUATERNION'
                x, y, z = turns.get(b.name, (0, 0, 0))
                w = Quaternion((0, 0, 1), math.radians(z)) @ Quaternion((0, 1, 0), math.radians(y)) @ Quaternion((1, 0, 0), math.radians(x))
                b.rotation_quaternion = rest[b.name].inverted() @ w @ rest[b.name]
                b.keyframe_insert('rotation_quaternion', frame=f)
            hips = rig.pose.bones['hips']
            hips.location = rest['hips'].inverted() @ Vector((0, 0, rise * k))
            hips.keyframe_insert('location', frame=f)
        track = rig.animation_data.nla_tracks.new()
        track.name = name
        track.strips.new(name, 0, action)
        rig.animation_data.action = None

    hold = {'leftUpperArm': (-32, -14, 0), 'leftLowerArm': (-72, 0, 18), 'leftHand': (-8, 0, 0)} if tablet else {}

    def idle(t):
        a, b = math.sin(t), math.sin(2 * t + 1)
        turns = {'hips': (0, 1.2 * a, 1.5 * a), 'spine': (1.0 * b, -1.4 * a, 0), 'chest': (-1.2 * b, -.8 * a, 2 * a), 'neck': (3, 0, 4 * a), 'head': (4 + 2 * math.sin(t + 2), 0, 11 * math.sin(t + .7))}
        for s, side in ((1, 'left'), (-1, 'right')):
            turns[side + 'UpperLeg'] = (0, -1.2 * a - s * 1.5, 0)
            turns[side + 'UpperArm'] = (-3 + 1.5 * b, s * 9 - 1.2 * a, 0)
            turns[side + 'LowerArm'] = (-14 - 2 * b, 0, 0)
            turns[side + 'Foot'] = (0, s * 1.5, s * 6)
        turns.update(hold)
        return turns, -.004 + .003 * b

    def walk(t):
        turns = {'hips': (0, 2.5 * math.sin(t), 5 * math.cos(t)), 'spine': (2, -2 * math.sin(t), -4 * math.cos(t)), 'chest': (1, -.5 * math.sin(t), -6 * math.cos(t)), 'neck': (0, 0, 2.5 * math.cos(t)), 'head': (-2, 0, 2.5 * math.cos(t))}
        bump = lambda x, mid, wide: math.exp(-min(abs(x - mid), 2 * math.pi - abs(x - mid)) ** 2 / wide ** 2)
        for s, side in ((1, 'left'), (-1, 'right')):
            phi = (t + (0 if s > 0 else math.pi)) % (2 * math.pi)
            thigh = 25 * math.cos(phi) + 2
            knee = 4 + 13 * bump(phi, .6, .45) + 56 * bump(phi, 4.25, .75)
            turns[side + 'UpperLeg'] = (-thigh, -2.5 * math.sin(t), 0)
            turns[side + 'LowerLeg'] = (knee, 0, 0)
            turns[side + 'Foot'] = (-10 * bump(phi, 6.1, .6) + 20 * bump(phi, 3.5, .5) - 6 * bump(phi, 2.4, .6), 0, 0)
            turns[side + 'Toes'] = (-24 * bump(phi, 3.2, .45), 0, 0)
            swing = -21 * math.cos(phi)
            turns[side + 'UpperArm'] = (-swing, s * 8, 0)
            turns[side + 'LowerArm'] = (-22 - 12 * math.cos(phi + math.pi), 0, 0)
        turns.update(hold)
        return turns, -.012 - .016 * math.cos(2 * t)

    clip('Idle', 4.0, idle)
    clip('Walk', 1.1, walk)
    scene.frame_set(0)


def write(file, rig, body):
    for lay in list(body.data.uv_layers):
        body.data.uv_layers.remove(lay)
    raw = os.path.join(SCRATCH, file + '.raw.glb')
    bpy.ops.export_scene.gltf(filepath=raw, export_format='GLB', export_apply=False, export_yup=True, export_extras=True, export_animations=True,
                              export_animation_mode='NLA_TRACKS', export_lights=False, export_cameras=False, export_vertex_color='ACTIVE',
                              export_skins=True, export_morph=False, export_all_influences=False, export_optimize_animation_size=True)
    tidy_materials(raw)
    lift_skins(raw)
    path = os.path.join(HERE, file + '.glb')
    pack(raw, path)
    print(f'MODEL {file}: nodes {len(rig.data.bones) + 2}, triangles {triangles(body.data)} unique, {triangles(body.data)} drawn, {os.path.getsize(path) // 1024} KB (unpacked {os.path.getsize(raw) // 1024})')


def lift_skins(path):
    """Skinned meshes stand at the scene's root, as the format wants them."""
    data = open(path, 'rb').read()
    size = struct.unpack_from('<I', data, 12)[0]
    gltf, rest = json.loads(data[20:20 + size]), data[20 + size:]
    for i, n in enumerate(gltf['nodes']):
        if 'skin' in n:
            for parent in gltf['nodes']:
                if i in parent.get('children', []):
                    parent['children'].remove(i)
            if i not in gltf['scenes'][0]['nodes']:
                gltf['scenes'][0]['nodes'].append(i)
    text = json.dumps(gltf, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 4)
    with open(path, 'wb') as f:
        f.write(struct.pack('<4sII', b'glTF', 2, 12 + 8 + len(text) + len(rest)) + struct.pack('<I4s', len(text), b'JSON') + text + rest)


person('worker_operator', 'WorkerOperator', 1.78, 1.0, (.56, .33, .22), (.025, .035, .06), (.015, .09, .12), (.80, .52, .01), (.80, .80, .78), hair=(.05, .03, .015))
person('worker_technician', 'WorkerTechnician', 1.80, 1.05, (.20, .105, .065), (.10, .105, .11), (.07, .075, .08), (.85, .20, .012), (.02, .14, .42), hair=(.012, .010, .009), glasses=True, beard=True)
person('worker_lab', 'WorkerLab', 1.66, .90, (.62, .40, .29), (.06, .07, .09), (.78, .79, .79), None, (.55, .72, .82), coat=True, glasses=True, hair=(.10, .05, .02), tablet=True)
