"""Belt conveyor, 6 m long, belt top at 0.75 m, travel along +X. The crate waits at x = +2.732 against the end stop."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
p = Palette()
belt = material('Belt', (1, 1, 1), 0, .62, base=textures.belt_image())
atlas = textures.Atlas('conveyor_decals', 256)
img, d = textures.plate(252, 60, (20, 62, 112), 6)
textures.centred(d, (0, 0, 252, 60), 'CONVEYOR  C-01', 27, (236, 242, 248))
atlas.add('name', img)
img, d = textures.plate(120, 60, (245, 190, 0), 4)
d.polygon([(16, 22), (70, 22), (70, 8), (106, 30), (70, 52), (70, 38), (16, 38)], fill=(20, 20, 20))
atlas.add('arrow', img)
atlas.add('hands', textures.warning_triangle(72, 'mark'))
atlas.add('stripes', textures.hazard_stripes(250, 28, 16))
img, d = textures.plate(110, 26, (235, 237, 238))
textures.centred(d, (0, 0, 110, 26), 'LOCAL   0   AUTO', 11, (20, 20, 22))
atlas.add('keys', img)

root = node('Conveyor', extras={'kind': 'conveyor', 'travel_axis': 'X', 'belt_height_m': .75, 'length_m': 6.0, 'crate_stop_x_m': 2.732})
TOP, R, END, HALF = .75, .06, 2.86, .20
AX = TOP - R

f = Part()
for s in (-1, 1):
    y = s * .225
    f.box((5.86, .034, .13), (0, y, .695), p.alu, .004)
    for z in (.667, .723):
        f.box((5.84, .004, .010), (0, s * .243, z), p.charcoal, 0)
    for x in (-2.93, 2.90):
        f.box((.03, .038, .136), (x, y, .695), p.black, .004)
    for x in (-2.5, -.85, .85, 2.45):
        f.box((.045, .045, .58), (x, y, .345), p.alu, .004)
        f.box((.10, .012, .10), (x, y + s * .028, .65), p.zinc, .003)
        f.lathe([(0, .0), (.040, 0), (.043, .006), (.043, .014), (.020, .024), (.010, .028), (.010, .07), (0, .07)], (x, y, 0), p.zinc, steps=18)
        f.add(lathe_mesh([(.018, 0), (.018, .012), (0, .012)], 6, 30), p.zinc, (x, y, .038))
        f.bolts(2, .03, (x, s * .2595, .65), p.zinc, 'y' if s > 0 else '-y', .008, .007, 90)
for x in (-2.5, -.85, .85, 2.45):
    f.box((.035, .42, .035), (x, 0, .24), p.alu, .003)
    f.box((.035, .42, .035), (x, 0, .58), p.alu, .003)
for x0, x1 in ((-2.5, -.85), (.85, 2.45)):
    f.box((x1 - x0, .03, .03), ((x0 + x1) / 2, .225, .24), p.alu, .003)
f.box((5.60, .39, .008), (0, 0, .738), p.zinc, .001)                                      # sliding bed
for s in (-1, 1):                                                                          # bearing plates of the drums
    for x in (-END, END):
        f.box((.14, .014, .14), (x, s * .248, AX), p.charcoal, .008)
        f.cyl(.035, .020, (x, s * .254, AX), p.zinc, 'y' if s > 0 else '-y', 20)
        f.cyl(.014, .012, (x, s * .272, AX), p.steel, 'y' if s > 0 else '-y', 12)
f.box((.014, .40, .05), (-2.955, 0, .66), p.charcoal, .004)
f.box((2.2, .06, .06), (-1.1, .29, .60), p.grey, .003)                                    # cable duct on the back
f.box((2.6, .06, .06), (1.3, .29, .60), p.grey, .003)
f.decal(atlas.label('name', .42), (-.05, -.2435, .695))
f.decal(atlas.label('arrow', .12), (.36, -.2435, .695))
f.decal(atlas.label('arrow', .12), (-2.0, -.2435, .695))
f.decal(atlas.label('hands', .085), (2.62, -.2435, .695))
f.decal(atlas.label('hands', .085), (-2.72, -.2435, .695))
f.obj('Frame', root)

# guide rails end before the pick position, so that the clamp has room
g = Part()
for s in (-1, 1):
    pts = [(-2.95, s * .235, .86), (-2.60, s * .163, .86), (2.18, s * .163, .86), (2.26, s * .175, .86)]
    for dz in (0, .06):
        g.tube([(x, y, z + dz) for x, y, z in pts], .008, p.steel, .12, 8)
    g.box((4.70, .010, .028), (-.20, s * .1595, .86), p.white, .003)
    for i in range(7):
        x = -2.45 + i * .755
        g.box((.032, .010, .20), (x, s * .2475, .80), p.charcoal, .002)
        g.tube([(x, s * .245, .89), (x, s * .168, .89)], .007, p.steel, 0, 8)
        g.box((.028, .020, .085), (x, s * .174, .89), p.black, .004)
        g.cyl(.014, .016, (x, s * .252, .89), p.black, 'y' if s > 0 else '-y', 8, .003)
g.obj('GuideRails', root)

# belt: a closed loop, u = metres along the travel, v = metres across
bm = bmesh.new()
uv = bm.loops.layers.uv.verify()
path = [(-END + k * 2 * END / 16, TOP) for k in range(17)]
path += [(END + R * math.sin(math.pi * k / 8), AX + R * math.cos(math.pi * k / 8)) for k in range(1, 9)]
path += [(END - k * 2 * END / 8, TOP - 2 * R) for k in range(1, 9)]
path += [(-END - R * math.sin(math.pi * k / 8), AX - R * math.cos(math.pi * k / 8)) for k in range(1, 9)]
rows = [(bm.verts.new((x, -HALF, z)), bm.verts.new((x, HALF, z))) for x, z in path[:-1]]
s = 0.0
for i, (x, z) in enumerate(path[:-1]):
    a, b = rows[i], rows[(i + 1) % len(rows)]
    step = math.dist(path[i], path[i + 1])
    face = bm.faces.new((a[0], b[0], b[1], a[1]))
    for corner, c in zip(face.loops, ((s, 0), (s + step, 0), (s + step, 2 * HALF), (s, 2 * HALF))):
        corner[uv].uv = c
    s += step
mesh = to_mesh(bm, 60, 'Belt', recalc=False)
mesh.materials.append(belt)
node('Belt', mesh, root, extras={'uv_unit_m': 1.0, 'loop_m': round(s, 4), 'travel': '+u'})

# rotating parts: positive angles about local Z turn the top towards -X, so running turns them by -180/(pi r) degrees a metre
spin = lambda r: {'axis': 'Z', 'radius_m': r, 'deg_per_m': round(-180 / (math.pi * r), 2)}


def drum_mesh(r, half, key):
    d_ = Part()
    d_.lathe([(0, -half), (r - .004, -half), (r, -half + .004), (r, half - .004), (r - .004, half), (0, half)], (0, 0, 0), p.zinc, 'y', 28)
    for sy in (-1, 1):
        d_.lathe([(r * .8, half + .001), (r * .45, half + .0015), (.02, half + .002)], (0, 0, 0), p.charcoal, 'y' if sy > 0 else '-y', 20)
        for i in range(4):
            a = i * math.pi / 2
            d_.cyl(.007, .004, (r * .62 * math.cos(a), sy * (half + .0008), r * .62 * math.sin(a)), p.black, 'y' if sy > 0 else '-y', 8, .001)
        d_.cyl(.016, .055, (0, sy * half, 0), p.steel, 'y' if sy > 0 else '-y', 14)
        d_.box((.006, .020, .006), (.013, sy * (half + .045), 0), p.black, .001)
    return d_.mesh(key)


node('DriveDrum', drum_mesh(R - .002, .203, 'Drum'), root, (END, 0, AX), extras=spin(R))
node('TailDrum', bpy.data.meshes['Drum'], root, (-END, 0, AX), extras=spin(R))
roller = Part()
roller.lathe([(0, -.200), (.021, -.200), (.0245, -.196), (.0245, .196), (.021, .200), (0, .200)], (0, 0, 0), p.zinc, 'y', 18)
for sy in (-1, 1):
    roller.cyl(.009, .045, (0, sy * .2, 0), p.steel, 'y' if sy > 0 else '-y', 10)
    roller.box((.004, .004, .004), (.016, sy * .2005, 0), p.black, 0)
roller = roller.mesh('Roller')
for i in range(8):
    node(f'Roller_{i + 1:02d}', roller, root, (-2.45 + i * .70, 0, TOP - 2 * R - .025), extras=spin(.0245))
brackets = Part()
for i in range(8):
    for sy in (-1, 1):
        brackets.box((.045, .012, .10), (-2.45 + i * .70, sy * .225, .625), p.zinc, .003)
brackets.obj('RollerBrackets', root)

# gear motor at the discharge
m = Part()
m.box((.17, .13, .19), (END, -.345, .675), p.blue, .022, seg=2)
m.cyl(.062, .03, (END, -.268, AX), p.blue, '-y', 24)
m.cyl(.060, .012, (END, -.408, AX), p.charcoal, '-y', 24)
m.bolts(6, .046, (END, -.418, AX), p.zinc, '-y', .007, .006)
m.cyl(.070, .05, (END - .08, -.345, .665), p.blue, '-x', 24, .008)
motor(m, (END - .125, -.345, .665), '-x', .074, .30, p.blue, p, '-y')
m.box((.05, .03, .20), (END - .03, -.29, .55), p.charcoal, .006)
m.hose([(END - .31, -.43, .665), (END - .33, -.46, .60), (END - .42, -.40, .50), (2.40, -.25, .46)], .011, p.rubber, per_span=6)
m.obj('GearMotor', root)


def photo_eye(name, x):
    e = Part()
    e.box((.030, .008, .20), (0, .016, -.06), p.zinc, .002)
    e.box((.020, .046, .060), (0, -.016, 0), p.yellow, .004)
    e.box((.021, .016, .052), (0, .006, .0), p.black, .003)
    e.cyl(.008, .004, (0, .014, -.008), p.red, 'y', 12, .001)
    e.cyl(.007, .02, (0, -.03, -.03), p.black, '-z', 10)
    e.hose([(0, -.03, -.05), (0, -.032, -.12), (.01, .02, -.22), (.02, .03, -.28)], .004, p.black, per_span=5, res=6)
    e.box((.030, .008, .20), (0, .484, -.06), p.zinc, .002)
    e.box((.055, .010, .055), (0, .476, 0), p.black, .003)
    e.box((.046, .002, .046), (0, .4702, 0), p.red, 0)
    o = e.obj(name, root, (x, -.262, .845), extras={'kind': 'photo_eye', 'beam_x_m': x})
    light = Part()
    light.lathe([(.0085, 0), (.0085, .006), (.006, .011), (0, .0125)], (0, 0, 0), lamp('Lamp_' + name, (1, .42, .02), .5), steps=14)
    light.obj(name + '_Lamp', o, (0, -.020, .030))


photo_eye('PhotoEye_In', -2.45)
photo_eye('PhotoEye_Out', 2.60)

# end stop: a plate beyond the drum that a cylinder draws down
h = Part()
h.box((.10, .24, .05), (2.985, 0, .55), p.charcoal, .006)
for sy in (-1, 1):
    h.box((.22, .016, .07), (2.89, sy * .128, .57), p.charcoal, .004)
    h.cyl(.020, .05, (2.975, sy * .085, .575), p.steel, 'z', 14)
h.cyl(.030, .16, (2.975, 0, .42), p.alu, 'z', 20)
h.hose([(2.975, -.03, .44), (2.95, -.10, .40), (2.75, -.16, .42), (2.46, -.20, .46)], .005, p.blue, per_span=6, res=6)
h.hose([(2.975, -.03, .55), (2.93, -.12, .43), (2.74, -.17, .44), (2.46, -.205, .48)], .005, p.blue, per_span=6, res=6)
h.obj('EndStop_Guide', root)
e = Part()
e.box((.012, .30, .15), (.006, 0, .0), p.steel, .003)
e.box((.006, .26, .05), (-.0005, 0, .040), p.rubber, .002)
e.cyl(.010, .22, (.045, 0, -.25), p.steel, 'z', 12)
e.box((.06, .06, .02), (.030, 0, -.045), p.charcoal, .003)
for sy in (-1, 1):
    e.cyl(.010, .20, (.045, sy * .085, -.235), p.steel, 'z', 12)
    e.box((.055, .03, .03), (.030, sy * .085, -.045), p.charcoal, .003)
e.decal(atlas.label('stripes', .22), (.0125, 0, .045), (0, 0, 90))
e.obj('EndStop', root, (2.934, 0, .80), extras={'axis': 'Y', 'min_m': -.14, 'max_m': 0.0})

# local control box with emergency stop
q = Part()
q.box((.04, .04, .62), (-1.75, -.30, .44), p.alu, .004)
q.box((.05, .10, .05), (-1.75, -.27, .69), p.zinc, .004)
q.box((.16, .11, .30), (-1.75, -.36, .80), p.grey, .012, seg=2)
q.box((.145, .006, .285), (-1.75, -.4165, .80), p.charcoal, .004)
emergency_stop(q, (-1.75, -.4195, .865), p, '-y', .95)
for x, tone in ((-.035, p.green), (.035, p.red)):
    q.lathe([(.017, 0), (.017, .008), (.014, .012), (0, .012)], (-1.75 + x, -.4195, .785), p.zinc, '-y', 16)
    q.lathe([(.012, .0), (.012, .016), (.010, .018), (0, .018)], (-1.75 + x, -.4195, .785), tone, '-y', 16)
q.lathe([(.017, 0), (.017, .010), (.013, .014), (0, .014)], (-1.75, -.4195, .725), p.black, '-y', 16)
q.box((.006, .018, .026), (-1.75, -.440, .725), p.zinc, .001)
q.decal(atlas.label('keys', .11), (-1.75, -.4202, .690))
q.hose([(-1.75, -.34, .65), (-1.76, -.36, .56), (-1.70, -.22, .50), (-1.6, .0, .58), (-1.5, .25, .60)], .010, p.rubber, per_span=5)
q.obj('ControlBox', root)
node('Infeed', None, root, (-2.9, 0, TOP))
node('Outfeed', None, root, (2.9, 0, TOP))
export('conveyor', distance=.25, floor=.45)
