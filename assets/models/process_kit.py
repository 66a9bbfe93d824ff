"""Parts of the process area: vessels, pumps, valves and pipes of DN 65 and their like."""
from machine import *

DN65, DN40 = .038, .0205


def head(r, z, up=1, flat=.28, n=6):
    """Profile of a dished end from the wall (radius r at z) to the axis."""
    return [(r * math.cos(math.pi / 2 * k / n), z + up * flat * r * math.sin(math.pi / 2 * k / n)) for k in range(n + 1)]


def union(part, at, axis, p, r=DN65, m=None):
    """A dairy union: ring nut with grooves."""
    part.lathe([(r, -.024), (r * 1.32, -.022), (r * 1.38, -.014), (r * 1.38, .014), (r * 1.32, .022), (r, .024)], at, m or p.polished, axis, 12, 30)


def pipe(part, points, p, r=DN65, fillet=None, res=12, m=None):
    part.tube(points, r, m or p.polished, fillet if fillet is not None else r * 2.6, res)


def butterfly(part, at, axis, p, tone=None, r=DN65, up=True):
    """A butterfly valve in a pipe along `axis` ('x' or 'y') with its pneumatic actuator on top; 0.3 m high."""
    x, y, z = at
    k = r / DN65
    part.lathe([(r, -.03), (r * 1.55, -.028), (r * 1.62, -.018), (r * 1.62, .018), (r * 1.55, .028), (r, .03)], at, p.polished, axis, 16, 30)
    s = 1 if up else -1
    ax = 'z' if up else '-z'
    part.lathe([(.014, 0), (.014, .05), (.026, .055), (.026, .075), (.046, .08), (.048, .09), (.048, .215), (.040, .228), (0, .23)], (x, y, z + s * r * 1.5), p.polished, ax, 16)
    part.lathe([(.040, .228), (.040, .285), (.033, .305), (0, .31)], (x, y, z + s * r * 1.5), tone or p.white, ax, 16)
    part.box((.03, .03, .02), (x + .05, y, z + s * (r * 1.5 + .20)), p.black, .003)


def hand_valve(part, at, axis, p, r=DN65):
    """A hand-operated butterfly valve with a lever."""
    x, y, z = at
    part.lathe([(r, -.03), (r * 1.55, -.028), (r * 1.62, -.018), (r * 1.62, .018), (r * 1.55, .028), (r, .03)], at, p.polished, axis, 14, 30)
    part.cyl(.014, .05, (x, y, z + r * 1.5), p.polished, steps=8)
    d = (.16, 0) if axis in ('x', '-x') else (0, .16)
    part.tube([(x, y, z + r * 1.5 + .055), (x + d[0] * .3, y + d[1] * .3, z + r * 1.5 + .065), (x + d[0], y + d[1], z + r * 1.5 + .075)], .010, p.polished, .02, 6)
    part.tube([(x + d[0] * .6, y + d[1] * .6, z + r * 1.5 + .068), (x + d[0], y + d[1], z + r * 1.5 + .075)], .014, p.black, 0, 6)


def gauge(part, at, p, axis='-y'):
    """A pressure gauge on a stub, looking along the axis."""
    part.lathe([(0, 0), (.044, 0), (.046, .006), (.046, .028), (.040, .030)], at, p.polished, axis, 20)
    part.lathe([(.040, .0275), (0, .0275)], at, p.white, axis, 20)
    t = placed(at, AXES[axis])
    part.add(box_mesh((.004, .030, .002), 0), p.red, matrix=t @ placed((.006, .008, .029), (0, 0, 35)))


def pump(part, at, p, yaw=0, scale=1.0, motor_paint=None):
    """A sanitary centrifugal pump; `at` is on the floor below the shaft, suction to local -x, motor to +x, discharge up at x = 0."""
    s = scale
    holder = M()
    z = .26 * s
    holder.lathe([(0, -.075 * s), (.045 * s, -.075 * s), (.045 * s, -.06 * s), (.11 * s, -.052 * s), (.128 * s, -.04 * s), (.128 * s, .03 * s), (.118 * s, .042 * s), (0, .045 * s)], (0, 0, z), p.polished, 'x', 24)
    holder.tube([(0, -.085 * s, z), (0, -.085 * s, z + .24 * s)], .030 * s, p.polished, 0, 12)
    union(holder, (0, -.085 * s, z + .24 * s), 'z', p, .030 * s)
    holder.tube([(-.07 * s, 0, z), (-.17 * s, 0, z)], .038 * s, p.polished, 0, 12)
    union(holder, (-.17 * s, 0, z), 'x', p, .038 * s)
    holder.bolts(8, .112 * s, (-.045 * s, 0, z), p.zinc, '-x', .008 * s, .008 * s)
    holder.box((.10 * s, .20 * s, .20 * s), (.10 * s, 0, z), p.inox, .02 * s)
    motor(holder, (.15 * s, 0, z), 'x', .105 * s, .40 * s, motor_paint or p.blue, p, 'y')
    holder.lathe([(.108 * s, 0), (.112 * s, .01), (.112 * s, .09 * s), (.085 * s, .10 * s), (0, .10 * s)], (.50 * s, 0, z), motor_paint or p.blue, 'x', 18)
    for dx in (.20 * s, .46 * s):
        for dy in (-.10 * s, .10 * s):
            holder.box((.05 * s, .04 * s, .14 * s), (dx, dy, z - .09 * s), motor_paint or p.blue, .004)
    holder.box((.60 * s, .30 * s, .03 * s), (.25 * s, 0, .095 * s), p.inox, .006)
    for dx in (-.01 * s, .50 * s):
        for dy in (-.12 * s, .12 * s):
            foot(holder, dx, dy, p, .09 * s, .030 * s)
    merge(part, holder, placed(at, (0, 0, yaw)))


def merge(part, other, matrix):
    """Add all that another Part holds."""
    mesh = other.mesh('merged')
    for i, m in enumerate(other.slots):
        copy = bmesh.new()
        copy.from_mesh(mesh)
        bmesh.ops.delete(copy, geom=[f for f in copy.faces if f.material_index != i], context='FACES')
        piece = bpy.data.meshes.new('m')
        copy.to_mesh(piece)
        copy.free()
        Part.add(part, piece, m, matrix=matrix)
    bpy.data.meshes.remove(mesh)


def legs(part, n, radius, z, p, r=.045, at=(0, 0), phase=45):
    """Tube legs with reinforcing pads and levelling feet."""
    for i in range(n):
        a = 2 * math.pi * i / n + math.radians(phase)
        x, y = at[0] + radius * math.cos(a), at[1] + radius * math.sin(a)
        part.cyl(r, z - .10, (x, y, .10), p.inox, steps=14)
        part.lathe([(0, 0), (r * 1.9, 0), (r * 1.9, .012), (r * .5, .02), (r * .5, .10), (0, .10)], (x, y, 0), p.polished, steps=14)


def manway(part, at, p, axis='-y', r=.23):
    """A round manway with a hinged lid, handwheel and davit."""
    t = placed(at, AXES[axis])
    part.lathe([(r, -.06), (r + .035, -.05), (r + .035, .01), (r + .02, .02), (r + .02, .04), (.10, .075), (0, .08)], at, p.polished, axis, 28)
    for i in range(6):
        a = math.radians(60 * i + 30)
        part.add(box_mesh((.05, .024, .05), .004), p.polished, matrix=t @ placed(((r + .03) * math.cos(a), (r + .03) * math.sin(a), .02), (0, 0, 60 * i + 30)))
        part.add(lathe_mesh([(.018, 0), (.018, .02), (.010, .045), (0, .045)], 8), p.black, matrix=t @ placed(((r + .035) * math.cos(a), (r + .035) * math.sin(a), .04)))
    part.add(tube_mesh(round_path([(-.09, 0, .07), (-.09, 0, .12), (.09, 0, .12), (.09, 0, .07)], .03, 3), .011, 6), p.polished, matrix=t)
    part.add(box_mesh((.07, .05, .12), .005), p.polished, matrix=t @ placed((r + .06, 0, 0)))
