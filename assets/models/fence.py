"""Safety fence of the cell with gate and light curtains, in the cell's own coordinates.

Everything is given in glTF floor coordinates (x, z); the placement is the origin. The robot stands at (1.6, -0.6).
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
p = Palette()
wire = material('MeshWire', (.035, .037, .04), .0, .5)
glow = lamp('Lamp_LightCurtain', (.05, 1, .2), 1.6)
atlas = textures.Atlas('fence_decals', 1024)
img, d = textures.plate(400, 300, (245, 246, 246), 10, (190, 30, 30))
d.rectangle((10, 10, 389, 76), fill=(186, 22, 26))
textures.centred(d, (10, 10, 390, 76), 'STOP', 50, (255, 255, 255), 'Black')
textures.centred(d, (10, 84, 390, 180), 'Authorised\npersons only', 40, (20, 20, 22))
textures.centred(d, (10, 190, 390, 290), 'Automatic machine.\nIt may start without warning.', 23, (50, 50, 54), 'Medium')
atlas.add('persons', img)
img, d = textures.plate(400, 300, (250, 196, 0), 10, (20, 20, 20))
img.paste(textures.warning_triangle(130, 'mark'), (18, 60), textures.warning_triangle(130, 'mark'))
d.multiline_text((164, 58), 'ROBOT\nWORKING\nAREA', font=textures.font(38, 'Black'), fill=(18, 18, 18), spacing=10)
textures.centred(d, (10, 236, 390, 288), 'Cell 1   R1', 26, (18, 18, 18), 'SemiBold')
atlas.add('robot', img)

X0, X1, Z0, Z1 = -1.8, 4.4, -2.9, 2.9
LOW, HIGH = .15, 2.10
root = node('Fence', extras={'kind': 'fence'})
frame, mesh_part = Part(), Part()
at = floor_point


def post(part, x, z, h=2.20):
    part.box((.06, .06, h - .012), at(x, z, (h + .012) / 2), p.yellow, .005)
    part.box((.062, .062, .14), at(x, z, .30), p.black, .004)
    part.box((.064, .064, .020), at(x, z, h + .004), p.black, .004)
    part.box((.15, .15, .012), at(x, z, .006), p.yellow, .003)
    for sx in (-1, 1):
        for sz in (-1, 1):
            part.add(lathe_mesh([(.012, 0), (.012, .012), (0, .012)], 6, 30), p.zinc, at(x + sx * .055, z + sz * .055, .012))


def bar(part, a, b, r, m):
    """A square wire: four sides, no ends."""
    a, b = Vector(a), Vector(b)
    t = (b - a).normalized()
    u = t.orthogonal().normalized() * r
    v = t.cross(u)
    bm = bmesh.new()
    ends = [[bm.verts.new(q + k) for k in (u, v, -u, -v)] for q in (a, b)]
    for i in range(4):
        bm.faces.new((ends[0][i], ends[0][(i + 1) % 4], ends[1][(i + 1) % 4], ends[1][i]))
    part.add(to_mesh(bm, 80), m)


def panel(wires, frames, a, b, low=LOW, high=HIGH, pitch=.05, row=.20):
    """A welded mesh panel between two floor points, in a slim tube frame."""
    a, b = Vector(a), Vector(b)
    length, t = (b - a).length, (b - a).normalized()
    turn = math.degrees(math.atan2(-t.y, t.x))
    put = lambda s, y: at(a.x + t.x * s, a.y + t.y * s, y)
    for y in (low, high):
        frames.box((length, .020, .025), put(length / 2, y), p.black, .002, rot=(0, 0, turn))
    for s in (.010, length - .010):
        frames.box((.020, .020, high - low), put(s, (low + high) / 2), p.black, .002, rot=(0, 0, turn))
    n = round(length / pitch)
    for i in range(1, n):
        bar(wires, put(length * i / n, low), put(length * i / n, high), .0021, wire)
    rows = round((high - low) / row)
    for i in range(1, rows):
        bar(wires, put(.01, low + (high - low) * i / rows), put(length - .01, low + (high - low) * i / rows), .0021, wire)


def run(a, b, n, first=True):
    """Posts and n panels from a to b."""
    a, b = Vector(a), Vector(b)
    t = (b - a).normalized()
    for i in range(n + 1):
        q = a + (b - a) * i / n
        if i or first:
            post(frame, q.x, q.y)
        if i < n:
            r = a + (b - a) * (i + 1) / n
            panel(mesh_part, frame, q + t * .045, r - t * .045)
            for y in (.35, 1.15, 1.95):                                                   # clips
                for e, s in ((q, 1), (r, -1)):
                    c = e + t * s * .036
                    frame.box((.020, .020, .03), at(c.x, c.y, y), p.zinc, .002)


run((X0, Z0), (X0, -1.1), 2)
run((X0, -.1), (X0, Z1), 3)
run((X0, Z1), (.1, Z1), 2, first=False)
run((X1, Z1), (X1, Z0), 5)
run((X1, Z0), (X0, Z0), 5, first=False)
post(frame, 3.1, Z1)
post(frame, 3.4, Z1)
panel(mesh_part, frame, (3.145, Z1), (3.355, Z1))
frame.box((.05, 1.0, .06), at(X0, -.6, 1.36), p.yellow, .006)                             # portal over the conveyor
panel(mesh_part, frame, (X0, -1.055), (X0, -.145), 1.42, HIGH)
for z, s in ((-1.1, 1), (-.1, -1)):                                                       # side sheets close the gap to the conveyor
    frame.box((.012, .20, 1.15), at(X0, z + s * .13, .74), p.yellow, .003)
    frame.box((.014, .17, .05), at(X0, z + s * .13, 1.20), p.black, .002)
frame.obj('Posts', root)
mesh_part.obj('Mesh', root)


def sign(name, key, x, z, y, width, turn=0):
    s = Part()
    ratio = atlas.rects[key][1]
    s.box((width + .012, .004, width / ratio + .012), (0, .003, 0), p.alu, .001)
    s.decal(atlas.label(key, width), (0, -.0006, 0))
    s.obj(name, root, at(x, z, y), (0, 0, turn))


sign('Sign_Robot_Front', 'robot', -.38, Z1 + .030, 1.55, .38)
sign('Sign_Robot_Left', 'robot', X0 - .030, 1.4, 1.55, .38, -90)
sign('Sign_Robot_Right', 'robot', X1 + .030, .0, 1.55, .38, 90)
sign('Sign_Persons_Left', 'persons', X0 - .030, -2.0, 1.55, .34, -90)
sign('Sign_Persons_Back', 'persons', 1.3, Z0 - .030, 1.55, .34, 180)


# ---- light curtains ----------------------------------------------------------------------------------------------

def curtain(name, x, z, facing, low, high, column):
    """One post; `facing` is the turn of its window: 0 looks to +x, 180 to -x, 90 to -z, -90 to +z."""
    c = Part()
    if column:
        c.box((.12, .12, high + .12), (0, 0, (high + .12) / 2), p.yellow, .010, seg=2)
        c.box((.122, .122, .12), (0, 0, .26), p.black, .008)
        c.box((.20, .20, .014), (0, 0, .007), p.yellow, .004)
        c.bolts(4, .115, (0, 0, .014), p.zinc, r=.012, h=.012, phase=45)
        c.box((.11, .11, .012), (0, 0, high + .126), p.black, .004)
    else:
        c.box((.045, .045, high - low + .08), (0, 0, (low + high) / 2), p.yellow, .006)
        for y in (low + .02, high - .02):
            c.box((.05, .09, .025), (-.02, 0, y), p.zinc, .003)
    half = .06 if column else .0225
    c.box((.006, half * 1.15, high - low), (half + .001, 0, (low + high) / 2), p.black, .002)
    c.box((.004, half * .45, high - low - .04), (half + .0035, 0, (low + high) / 2), material('CurtainLens', (.10, .006, .006), 0, .08), .001)
    c.box((.004, half * .5, .016), (half + .004, 0, high - .005), glow, .001)
    c.obj(name, root, at(x, z), (0, 0, facing))


curtain('LightCurtain_Pallet_L', .22, Z1 + .10, 0, .30, 1.50, True)
curtain('LightCurtain_Pallet_R', 2.98, Z1 + .10, 180, .30, 1.50, True)
curtain('LightCurtain_Conveyor_B', X0 - .07, -1.04, -90, .82, 1.30, False)
curtain('LightCurtain_Conveyor_F', X0 - .07, -.16, 90, .82, 1.30, False)
m = Part()                                                                                # muting arms and lamp at the conveyor
for z, s in ((-1.02, 1), (-.18, -1)):
    m.tube([at(X0, z, 1.00), at(X0 - .32, z, 1.00)], .014, p.alu, 0, 10)
    for dx in (-.14, -.30):
        m.box((.022, .05, .040), at(X0 + dx, z + s * .02, 1.00), p.black, .003)
m.cyl(.030, .05, at(X0, -.6, 1.392), p.black, 'z', 16)
m.lathe([(.030, 0), (.032, .004), (.032, .05), (.022, .066), (0, .07)], at(X0, -.6, 1.442), lamp('Lamp_Muting', (1, .95, .85), .4), steps=18)
m.obj('Muting', root)

# ---- gate --------------------------------------------------------------------------------------------------------
hinge = node('Gate', None, root, at(3.445, Z1), extras={'axis': 'Y', 'min_deg': -100.0, 'max_deg': 0.0, 'kind': 'gate'})
GW = .91
gp, gw = Part(), Part()
for s in (.02, GW - .02):
    gp.box((.04, .04, 2.0), (s, 0, 1.12), p.yellow, .004)
for y in (.14, 1.10, 2.10):
    gp.box((GW, .036, .04), (GW / 2, 0, y), p.yellow, .004)
for low, high in ((.16, 1.08), (1.12, 2.08)):
    n = round((GW - .08) / .05)
    for i in range(1, n):
        x = .04 + (GW - .08) * i / n
        bar(gw, (x, 0, low), (x, 0, high), .0021, wire)
    for i in range(1, 5):
        z = low + (high - low) * i / 5
        bar(gw, (.04, 0, z), (GW - .04, 0, z), .0021, wire)
for z in (.40, 1.12, 1.86):
    gp.cyl(.013, .10, (-.012, -.015, z - .05), p.black, 'z', 12)
    gp.box((.05, .012, .06), (.012, -.022, z), p.black, .003)
gp.tube([(GW - .06, -.02, 1.00), (GW - .06, -.075, 1.00), (GW - .06, -.075, 1.22), (GW - .06, -.02, 1.22)], .011, p.black, .025, 8)
gp.box((.045, .012, .30), (GW - .06, -.022, 1.11), p.charcoal, .003)
gp.box((.05, .035, .10), (GW - .03, -.035, 1.42), p.yellow, .005)                         # actuator of the safety switch
gp.box((.02, .02, .03), (GW + .005, -.035, 1.42), p.red, .002)
gp.box((.372, .004, .282), (GW / 2, -.0225, 1.60), p.alu, .001)
gp.decal(atlas.label('persons', .36), (GW / 2, -.0252, 1.60))
gp.obj('Gate_Frame', hinge)
gw.obj('Gate_Mesh', hinge)
sw = Part()
sw.box((.055, .045, .20), at(X1, Z1 + .052, 1.40), p.yellow, .006)
sw.box((.057, .020, .06), at(X1, Z1 + .066, 1.46), p.black, .004)
sw.cyl(.010, .02, at(X1, Z1 + .052, 1.30), p.black, '-z', 10)
sw.hose([at(X1, Z1 + .052, 1.29), at(X1, Z1 + .050, 1.1), at(X1 + .0, Z1 + .042, .6), at(X1, Z1 + .042, .10)], .006, p.black, per_span=5, res=6)
sw.box((.09, .07, .24), at(X1, Z1 + .068, 1.02), p.grey, .008)                             # request and reset station
emergency_stop(sw, at(X1, Z1 + .103, 1.075), p, '-y', .85)
for y, tone in ((1.0, p.blue), (.95, p.green)):
    sw.lathe([(.016, 0), (.016, .008), (.011, .012), (.011, .017), (0, .017)], at(X1, Z1 + .103, y), tone, '-y', 16)
sw.obj('SafetySwitch', root)
export('fence', distance=.25, floor=.55, skip=('Mesh', 'Gate_Mesh'))
