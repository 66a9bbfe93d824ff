"""Rinser, filler and crown corker as a monobloc: 30 rinsing grippers, 40 filling valves, 14 corking heads, 7.6 m of conveyor.

All wheels share one pitch of 157 mm; neighbours turn against each other, `sense` +1 is counter-clockwise seen from above.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('filler_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
letters(atlas, 'type', 'MONOBLOC  30-40-14', 420, 60, 36, (200, 222, 228), 'SemiBold')
name_plate(atlas, 'number', 'FILLER  F-02', 300, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
atlas.add('bolt', textures.warning_triangle(96, 'bolt'))
scuffs(atlas, 'scuff', 220, 44, 3)
for key, text, tone in (('water', 'PRODUCT', (20, 120, 60)), ('co2', 'CO2', (90, 94, 98)), ('cip', 'CIP', (120, 60, 130))):
    img, d = textures.plate(120, 34, tone)
    d.polygon([(92, 7), (112, 17), (92, 27)], fill=(250, 250, 250))
    textures.centred(d, (0, 0, 92, 34), text, 17, (250, 250, 250))
    atlas.add(key, img)
img, d = textures.plate(150, 90, (246, 247, 248), 4, (20, 60, 120))
textures.centred(d, (0, 0, 150, 90), 'HYGIENE ZONE\nWash hands\nNo jewellery', 15, (14, 60, 116))
atlas.add('hygiene', img)

PITCH = 2 * math.pi / 40
radius = lambda n: n * PITCH / (2 * math.pi)
Y0 = -1.55
root = node('Filler', extras={'kind': 'filler', 'valves': 40, 'pitch_m': round(PITCH, 4), 'level_m': LEVEL, 'travel_axis': 'X'})


def between(c1, r1, c2, r2, r):
    """The centre in front (low y) of a wheel of radius r that touches two others."""
    a, b, d = r1 + r, r2 + r, math.dist(c1, c2)
    x = (a * a - b * b + d * d) / (2 * d)
    h = math.sqrt(a * a - x * x)
    ux, uy = (c2[0] - c1[0]) / d, (c2[1] - c1[1]) / d
    return min(((c1[0] + ux * x + s * uy * h, c1[1] + uy * x - s * ux * h) for s in (-1, 1)), key=lambda q: q[1])


RIN, FIL, CAP, S16, S14 = radius(30), radius(40), radius(14), radius(16), radius(14)
star_in = (-2.6, Y0 + S16)
rinser = (-2.0, star_in[1] + math.sqrt((RIN + S16) ** 2 - .36))
filler = (.25, .10)
capper = (2.0, -.62)
star_1 = between(rinser, RIN, filler, FIL, S14)
star_2 = between(filler, FIL, capper, CAP, S14)
star_out = (capper[0] + math.sqrt((2 * S14) ** 2 - (capper[1] - Y0 - S14) ** 2), Y0 + S14)
wheels = [('StarIn', star_in, S16, 16), ('Rinser', rinser, RIN, 30), ('Star1', star_1, S14, 14), ('Carousel', filler, FIL, 40), ('Star2', star_2, S14, 14),
          ('Corker', capper, CAP, 14), ('StarOut', star_out, S14, 14)]
angle = lambda a, b: math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
path, guides = [(-3.8, Y0), (star_in[0], Y0)], []
for i, (name, c, r, n) in enumerate(wheels):
    a0 = -90 if i == 0 else angle(c, wheels[i - 1][1])
    a1 = -90 if i == 6 else angle(c, wheels[i + 1][1])
    ccw = i % 2 == 0
    while ccw and a1 <= a0:
        a1 += 360
    while not ccw and a1 >= a0:
        a1 -= 360
    path += arc(*c, r, a0, a1, max(3, int(abs(a1 - a0) * r / 12)))[1:]
    if ccw:
        guides.append(arc(*c, r + .046, a0 + 8, a1 - 8, max(4, int(abs(a1 - a0) / 10))))
path += [(3.8, Y0)]

# ---- base and table ----------------------------------------------------------------------------------------------
X0, X1, YF, YB, TABLE = -3.0, 3.0, -1.36, 1.32, .95
b = M()
b.box((X1 - X0, YB - YF, .74), (0, (YB + YF) / 2, .54), p.inox, .012)
b.box((X1 - X0 + .06, YB - YF + .06, .03), (0, (YB + YF) / 2, .925), p.inox, .008)
b.box((X1 - X0 + .06, .03, .06), (0, YF - .03, .955), p.inox, .006)
sheet_doors(b, X0 + .05, X1 - .05, YF, .22, .86, 6, p, p.inox)
sheet_doors(b, X0 + .05, X1 - .05, YB, .22, .86, 6, p, p.inox, out=1)
for x in (-2.9, -1.45, 0, 1.45, 2.9):
    for y in (YF + .1, YB - .1):
        foot(b, x, y, p, .17, .07)
worn_edges(b, atlas, 'scuff', X0, X1, YF - .0135, .25, width=.40)
for i, (name, c, r, n) in enumerate(wheels):                                              # bearing housings on the table
    b.lathe([(r * .62, TABLE), (r * .62, TABLE + .03), (r * .36, TABLE + .05), (r * .30, TABLE + .10), (0, TABLE + .10)], (*c, 0), p.inox, steps=20)
for g in guides:
    for z in (LEVEL + .05, LEVEL + .13):
        b.ribbon(flat(g, z), [(-.004, -.012), (-.004, .012), (-.012, .012), (-.012, -.012)], p.natural)
    for x, y, a in walk(g, .30, .05, .05):
        b.tube([(x + .02 * math.sin(math.radians(a)), y - .02 * math.cos(math.radians(a)), z) for z in (TABLE, LEVEL + .15)], .010, p.polished, 0, 6)
b.decal(atlas.label('number', .55), (-2.2, YF - .0135, .66))
b.decal(atlas.label('hygiene', .26), (2.62, YF - .0135, .62))
for x in (-1.15, .9):
    b.decal(atlas.label('hands', .13), (x, YF - .0135, .70))
b.obj('Base', root)

# ---- conveyor in front -------------------------------------------------------------------------------------------
w = M()
way = [(-3.8, Y0), (3.8, Y0)]
slat_way(w, way, p, rails='r', legs=2.4, bracket=.8)
for x0, x1 in ((-3.8, star_in[0] - .25), (star_out[0] + .25, 3.8), (star_in[0] + .35, star_out[0] - .35)):
    slat_way(w, [(x0, Y0), (x1, Y0)], p, rails='l', sides=False, tray=False, bracket=.8, first=.1)
for s, n in ((1, 9),):                                                                    # infeed screw
    screw = []
    for k in range(49):
        z = k / 48
        screw.append((.030 + .012 * math.cos(z * 9 * 2 * math.pi), z * .95))
    w.lathe([(0, 0)] + screw + [(0, .95)], (star_in[0] - 1.03, Y0 - .095, LEVEL + .085), p.pom, 'x', 14, 60)
    w.box((.10, .11, .13), (star_in[0] - 1.10, Y0 - .10, LEVEL + .06), p.inox, .008)
gear_motor(w, (3.7, Y0 + .16, LEVEL - .075), p)
w.obj('Conveyor', root)
chain('Chain', root, way, p)

# ---- stars -------------------------------------------------------------------------------------------------------
for i in (0, 2, 4, 6):
    name, c, r, n = wheels[i]
    star(name, root, (*c, LEVEL), r, n, p, extras={'sense': 1, 'deg_per_bottle': round(360 / n, 3)})
turn_extras = lambda n, sense: {'axis': 'Y', 'pockets': n, 'sense': sense, 'deg_per_bottle': round(360 / n, 3)}

# ---- rinser: a ring of grippers that turn the bottle over ----------------------------------------------------------
r_ = M()
r_.lathe([(0, -.08), (.50, -.08), (.52, -.05), (.52, -.01), (.30, .02), (.14, .05), (.14, .60), (.18, .62), (.18, .70), (.10, .74), (0, .74)], (0, 0, 0), p.polished, steps=32)
r_.lathe([(.40, .30), (.55, .30), (.56, .31), (.56, .35), (.40, .35), (.40, .30)], (0, 0, 0), p.inox, steps=40)
for i in range(6):
    a = math.radians(60 * i)
    r_.beam((.12 * math.cos(a), .12 * math.sin(a), .325), (.45 * math.cos(a), .45 * math.sin(a), .325), .05, p.inox, .03)
    r_.tube([(.14 * math.cos(a), .14 * math.sin(a), .55), (.40 * math.cos(a), .40 * math.sin(a), .52), (.48 * math.cos(a), .48 * math.sin(a), .36)], .012, p.polished, .08, 6)
for i in range(30):
    t = placed(rot=(0, 0, 12 * i))
    put = lambda mesh, m, at, rot=(0, 0, 0): r_.add(mesh, m, matrix=t @ placed(at, rot))
    put(box_mesh((.09, .035, .055), 0), p.natural, (.575, 0, .33))
    put(box_mesh((.15, .016, .012), 0), p.polished, (.67, .018, .155), (0, -8, 0))
    put(box_mesh((.15, .016, .012), 0), p.polished, (.67, -.018, .155), (0, -8, 0))
    put(box_mesh((.014, .012, .17), 0), p.polished, (.60, 0, .24))
    for s in (-1, 1):
        put(box_mesh((.05, .008, .022), 0), p.black, (.745, s * .024, .165))
    put(tube_mesh([(.56, 0, -.03), (.70, 0, -.03), (.75, 0, .0)], .006, 5), p.polished, (0, 0, 0))
r_.obj('Rinser', root, (*rinser, LEVEL), extras=turn_extras(30, -1))
rail = M()
for dr, z in ((.10, .16), (-.10, .24)):                                                   # the curve that turns the grippers
    rail.tube([(rinser[0] + (RIN + dr * math.sin(math.pi * k / 40)) * math.cos(math.radians(-130 - 6 * k)), rinser[1] + (RIN + dr * math.sin(math.pi * k / 40)) * math.sin(math.radians(-130 - 6 * k)),
                LEVEL + z + .30 * math.sin(math.pi * k / 40)) for k in range(41)], .010, p.polished, 0, 6)
rail.lathe([(RIN - .20, -.12), (RIN + .16, -.12), (RIN + .18, -.02), (RIN + .17, -.02), (RIN + .15, -.10), (RIN - .19, -.10)], (*rinser, LEVEL), p.inox, steps=40)
for k in range(4):
    a = math.radians(-150 - 60 * k)
    x, y = rinser[0] + (RIN + .19) * math.cos(a), rinser[1] + (RIN + .19) * math.sin(a)
    rail.cyl(.014, .60, (x, y, TABLE), p.polished, steps=8)
rail.obj('RinserRail', root)

# ---- filling carousel ----------------------------------------------------------------------------------------------
c = M()
c.lathe([(0, -.11), (.90, -.11), (1.02, -.09), (1.03, -.06), (.96, -.04), (.40, -.03), (.28, .0), (.20, .06), (.20, .42), (.24, .44), (.24, .50), (0, .50)], (0, 0, 0), p.inox, steps=56)
c.lathe([(1.035, -.115), (1.055, -.11), (1.055, -.075), (1.035, -.07)], (0, 0, 0), p.dark, steps=48)
bowl = [(.72, .52), (.70, .56), (.70, .78), (.73, .83), (.80, .86), (1.00, .86), (1.08, .83), (1.11, .78), (1.11, .56), (1.09, .52), (1.00, .50), (.82, .50), (.72, .52)]
c.lathe(bowl, (0, 0, 0), p.polished, steps=56)
c.lathe([(1.11, .60), (1.118, .605), (1.118, .66), (1.11, .665)], (0, 0, 0), p.petrol, steps=56)
c.lathe([(.17, .50), (.17, .92), (.21, .94), (.21, 1.00), (.14, 1.03), (.14, 1.12), (0, 1.12)], (0, 0, 0), p.polished, steps=28)
for i in range(8):
    a = math.radians(45 * i)
    q = lambda r, z: (r * math.cos(a), r * math.sin(a), z)
    c.beam(q(.18, .60), q(.74, .60), .07, p.inox, .05)
    c.tube([q(.19, .97), q(.50, .97), q(.86, .97), q(.90, .86)], .021, p.polished, .10, 8)
    c.cyl(.030, .05, q(.90, .845), p.polished, steps=12)
    c.cyl(.026, .03, q(1.0, .855), p.zinc, steps=10)
lift = [(.016, -.10), (.016, -.022), (.041, -.020), (.041, -.004), (0, -.004)]
valve = [(0, .218), (.022, .220), (.024, .250), (.016, .256), (.016, .30), (.036, .31), (.036, .365), (.030, .37), (.030, .42), (.040, .425), (.040, .46), (.028, .47), (.028, .53)]
for i in range(40):
    t = placed(rot=(0, 0, 9 * i))
    put = lambda mesh, m, at: c.add(mesh, m, matrix=t @ placed(at))
    put(lathe_mesh(lift, 8, 50), p.polished, (1, 0, 0))
    put(lathe_mesh(valve, 8, 40), p.polished, (1, 0, 0))
    put(lathe_mesh([(.030, .228), (.030, .250), (.024, .252)], 8, 40), p.pom, (1, 0, 0))
    put(box_mesh((.062, .055, .085), 0), p.black, (1.055, 0, .405))
    put(box_mesh((.003, .018, .010), 0), lamp('ValveLed', (.03, .9, .2), 1.6), (1.0875, 0, .43))
    put(tube_mesh([(1.05, .012, .445), (1.085, .012, .50), (1.10, .012, .56)], .005, 5, cap=False), p.blue if i % 2 else p.black, (0, 0, 0))
    for s in (-1, 1):
        put(tube_mesh([(1.0 - .035, s * .034, -.09), (1.0 - .035, s * .034, .50)], .006, 4, cap=False), p.polished, (0, 0, 0))
    put(box_mesh((.05, .088, .012), 0), p.natural, (.972, 0, .205))
c.obj('Carousel', root, (*filler, LEVEL), extras=turn_extras(40, -1))

# ---- corker turret, cap sorter, chute, elevator ----------------------------------------------------------------------
k = M()
k.lathe([(0, -.09), (.20, -.09), (.20, -.06), (.10, -.02), (.09, .38), (.30, .40), (.33, .42), (.33, .46), (.41, .48), (.41, .62), (.38, .66), (.20, .68), (.16, .72), (0, .72)], (0, 0, 0), p.polished, steps=36)
for i in range(14):
    a = 2 * math.pi * i / 14
    at = (CAP * math.cos(a), CAP * math.sin(a), 0)
    k.lathe([(0, .225), (.018, .225), (.021, .24), (.021, .30), (.028, .305), (.028, .40)], at, p.polished, steps=7)
    k.lathe([(.0285, .33), (.030, .335), (.030, .36), (.0285, .365)], at, p.pom, steps=7)
    k.lathe([(0, -.09), (.014, -.09), (.014, -.02), (.040, -.016), (.041, -.004), (0, -.004)], at, p.polished, steps=8)
k.obj('Corker', root, (*capper, LEVEL), extras=turn_extras(14, -1))
h = M()
top = LEVEL + .74
h.cyl(.12, .30, (*capper, top), p.inox, steps=28)
motor(h, (*capper, top + .3), 'z', .10, .34, p.blue, p)
sx, sy, sz = 2.30, .62, 2.66                                                              # disc sorter on the roof
h.cyl(.07, .20, (sx, sy, 2.42), p.inox, steps=16)
h.lathe([(0, 0), (.42, 0), (.46, .03), (.46, .20), (.44, .20), (.43, .05), (0, .03)], (sx, sy, sz - .05), p.polished, steps=36)
h.lathe([(0, .035), (.05, .05), (.40, .052), (.40, .04)], (sx, sy, sz - .03), p.pom, steps=36)
motor(h, (sx, sy + .02, sz - .08), '-z', .07, .18, p.blue, p)
chute = [(sx - .15, sy - .42, sz), (sx - .2, sy - .75, sz - .30), (capper[0] + .12, capper[1] + .42, LEVEL + .95), (capper[0] + .16, capper[1] + .28, LEVEL + .55)]
for s in (-.022, .022):
    h.hose([(x + s, y, z) for x, y, z in chute], .006, p.polished, per_span=4, res=5)
    h.hose([(x + s, y, z + .03) for x, y, z in chute], .006, p.polished, per_span=4, res=5)
ex, ey = 3.55, .62                                                                        # cap hopper on the floor and its elevator
h.prism([(-.30, 0), (.30, 0), (.50, .55), (-.50, .55)], .80, p.inox, (ex + .35, ey, .55), (90, 0, 0), .006)
h.box((1.02, .82, .05), (ex + .35, ey, 1.11), p.inox, .008)
for dx in (-.25, .25):
    for dy in (-.33, .33):
        h.box((.045, .045, .50), (ex + .35 + dx, ey + dy, .31), p.inox, .004)
        foot(h, ex + .35 + dx, ey + dy, p, .08, .045)
h.beam((ex - .10, ey, .50), (2.72, ey, 2.98), .36, p.inox, .12)
h.beam((ex - .165, ey, .46), (2.655, ey, 2.94), .30, p.black, .02)
for t in range(15):
    f = .04 + t * .064
    x, z = ex - .17 + (2.65 - ex + .17) * f, .46 + (2.94 - .46) * f
    h.box((.05, .29, .010), (x - .03, ey, z), p.pom, 0, (0, -20, 0))
h.prism([(0, 0), (.20, 0), (.20, .20), (-.25, .05)], .34, p.inox, (2.60, ey, 2.80), (90, 0, 0), .004)
motor(h, (2.72, ey + .18, 2.95), 'y', .06, .20, p.blue, p)
h.decal(atlas.label('hands', .12), (ex + .35, ey - .403, .86))
h.obj('CapSupply', root)

# ---- guard -------------------------------------------------------------------------------------------------------
GX, GY0, GY1, GZ = 3.03, -1.38, 1.34, 2.36
frame, panes = M(), M()
for z0, ring, skip in ((TABLE + .01, [(GX, GY0), (GX, GY1), (-GX, GY1), (-GX, GY0)], (3,)),):
    guard(frame, panes, ring, z0, GZ, p, n=[2, 5, 2, 5], skip=skip)
guard(frame, panes, [(-GX, GY0), (GX, GY0)], LEVEL + .27, GZ, p, n=[5], close=False)
frame.box((2 * GX + .10, GY1 - GY0 + .10, .05), (0, (GY0 + GY1) / 2, GZ + .025), p.inox, .010)
frame.box((2 * GX + .12, .05, .26), (0, GY0 - .045, GZ + .03), p.petrol, .010)
for y in (GY0 + .16, GY1 - .16):
    frame.box((5.6, .06, .035), (0, y, GZ - .03), p.led, .004)
frame.decal(atlas.label('maker', 1.30), (-1.9, GY0 - .0705, GZ + .035))
frame.decal(atlas.label('type', 1.07), (2.25, GY0 - .0705, GZ + .035))
for x in (-2.42, 0, 2.42):
    frame.decal(atlas.label('hands', .12), (x, GY0 - .026, GZ - .16))
for x, r0 in ((-1.9, .16), (.25, .20)):                                                   # extraction hoods
    frame.lathe([(.34, 0), (.34, .03), (r0, .20), (r0, .55), (0, .55)], (x, .55, GZ + .05), p.inox, steps=24)
frame.tube([(-1.9, .55, 2.95), (-1.9, .55, 3.15), (.25, .55, 3.15), (.25, .55, 2.95)], .15, p.zinc, .2, 16)
frame.obj('Guard', root)
panes.obj('GuardGlass', root)

# ---- pipes and valves behind ---------------------------------------------------------------------------------------
q = M()


def seat_valve(x, y, z, tone):
    q.lathe([(.036, -.07), (.050, -.05), (.055, 0), (.050, .05), (.036, .07)], (x, y, z), p.polished, steps=10)
    q.lathe([(.022, 0), (.022, .10), (.050, .11), (.052, .27), (.040, .285), (0, .285)], (x, y, z + .03), p.polished, steps=12)
    q.lathe([(.045, 0), (.045, .06), (.036, .085), (0, .09)], (x, y, z + .31), tone, steps=12)


for i, (x, r, key, tone) in enumerate(((-.35, .038, 'water', p.green), (.05, .026, 'co2', p.white), (.45, .038, 'cip', p.pom), (.85, .026, 'cip', p.pom))):
    y = GY1 + .20 + .02 * i
    q.tube([(x, y, .25), (x, y, 2.0), (x, y, 2.62 + i * .09), (x, .1 + i * .02, 2.62 + i * .09), (.25 + (i - 1.5) * .06, .1, 2.62 + i * .09), (.25 + (i - 1.5) * .06, .1, 2.25)], r, p.polished, .12, 10)
    q.tube([(x, y, .25), (x, y + .02, .22), (x - 1.6, y + .02, .22), (x - 1.6, y + .02, .10)], r, p.polished, .10, 10)
    seat_valve(x, y, 1.05, tone)
    seat_valve(x, y, 1.62, tone)
    q.box((.10, .05, .012), (x, y, 2.02), p.zinc, 0)
    q.decal(atlas.label(key, .15), (x, y + r + .004, .75), (0, 90, 180))
for z in (.55, 2.02):
    q.box((1.5, .04, .04), (.25, GY1 + .10, z), p.inox, .004)
q.lathe([(0, 0), (.10, 0), (.12, .02), (.12, .16), (.08, .20), (0, .20)], (.25, .1, 2.20), p.polished, steps=24)
q.obj('Piping', root)

# ---- cabinet, HMI, stack light -------------------------------------------------------------------------------------
e = M()
switch_cabinet(e, (atlas, [('bolt', .12, (-.42, 1.72)), ('number', .30, (.42, 1.72))]), (-3.62, .55, 0), (1.6, .45, 1.95), p, 3, yaw=-90)
e.box((.14, .9, .08), (-3.3, .8, 2.10), p.zinc, .006)
e.box((.20, .12, .30), (-3.3, .8, 2.12), p.zinc, .006)
e.tube([(-2.55, GY0 - .03, 2.0), (-2.55, Y0 - .36, 2.0), (-2.55, Y0 - .36, 1.72)], .028, p.paint, .06, 10)
spot = hmi_head(e, (-2.55, Y0 - .44, 1.55), p, 0)
e.obj('Cabinet', root)
at = spot.to_translation()
screen('HmiScreen', root, at, screen_image('filler', 'Rinser, filler, corker', 'F-02'))
stack_light(root, (2.75, GY0 + .1, GZ + .05), p)

node('Infeed', None, root, (-3.8, Y0, LEVEL))
node('Outfeed', None, root, (3.8, Y0, LEVEL))
way_points(root, 'Path', [(x, y, LEVEL) for x, y, _ in walk(path, .30)])
finish('filler', distance=.45, floor=.42)
