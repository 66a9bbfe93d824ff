"""Rotary labeller: 20 plates under centring bells, two reel stations for pressure-sensitive labels, 5 m of conveyor in front."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('labeller_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
name_plate(atlas, 'number', 'LABELLER  L-03', 360, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
scuffs(atlas, 'scuff', 220, 44, 8)
img, d = textures.plate(500, 66, (246, 247, 244))                                           # the web of labels
for k in range(4):
    x = k * 125
    d.rectangle((x + 5, 3, x + 119, 62), fill=(250, 251, 250), outline=(200, 203, 205))
    d.rectangle((x + 5, 3, x + 119, 11), fill=(0, 92, 168))
    d.rectangle((x + 5, 54, x + 119, 62), fill=(0, 92, 168))
    textures.centred(d, (x, 10, x + 125, 54), 'Aqua Nord', 21, (0, 78, 150), 'ExtraBold')
atlas.add('web', img)
paper = material('LabelPaper', (.80, .80, .78), 0, .6)

PITCH = .157
radius = lambda n: n * PITCH / (2 * math.pi)
CAR, S = radius(20), radius(12)
Y0 = -1.00
car = (0, -.05)
gap = CAR + S
dx = math.sqrt(gap ** 2 - (car[1] - Y0 - S) ** 2)
wheels = [('StarIn', (-dx, Y0 + S), S, 12), ('Carousel', car, CAR, 20), ('StarOut', (dx, Y0 + S), S, 12)]
angle = lambda a, b: math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
path = [(-2.5, Y0), (-dx, Y0)]
a0, a1 = angle(wheels[0][1], car), angle(car, wheels[0][1])
path += arc(*wheels[0][1], S, -90, a0, 6)[1:]
path += arc(*car, CAR, a1, angle(car, wheels[2][1]) - 360, 26)[1:]
path += arc(*wheels[2][1], S, angle(wheels[2][1], car) - 360, -90, 6)[1:]
path += [(dx, Y0), (2.5, Y0)]
root = node('Labeller', extras={'kind': 'labeller', 'plates': 20, 'travel_axis': 'X', 'level_m': LEVEL})

b = M()
oct_ = [(-1.15, -.80), (1.15, -.80), (1.30, -.60), (1.30, .75), (.80, 1.20), (-.80, 1.20), (-1.30, .75), (-1.30, -.60)]
b.prism(oct_, .76, p.inox, (0, 0, .55), bevel=.012)
b.prism([(x * 1.02, y * 1.02) for x, y in oct_], .04, p.inox, (0, 0, .95), bevel=.008)
sheet_doors(b, -1.10, 1.10, -.80, .22, .88, 3, p, p.inox)
sheet_doors(b, -.75, .75, 1.20, .22, .88, 2, p, p.inox, out=1)
for x, y in ((-1.1, -.7), (1.1, -.7), (-1.1, .6), (1.1, .6), (-.65, 1.05), (.65, 1.05)):
    foot(b, x, y, p, .17, .07)
worn_edges(b, atlas, 'scuff', -1.1, 1.1, -.8135, .26, width=.4)
b.decal(atlas.label('number', .46), (-.73, -.8135, .66))
b.decal(atlas.label('hands', .12), (.73, -.8135, .70))
for name, c, r, n in wheels:
    b.lathe([(r * .8, .96), (r * .8, .98), (r * .5, 1.0), (r * .4, 1.04), (0, 1.04)], (*c, 0), p.inox, steps=24)
b.obj('Base', root)
w = M()
way = [(-2.5, Y0), (2.5, Y0)]
slat_way(w, way, p, rails='r', legs=2.2)
for x0, x1 in ((-2.5, -dx - .22), (dx + .22, 2.5), (-dx + .30, dx - .30)):
    slat_way(w, [(x0, Y0), (x1, Y0)], p, rails='l', sides=False, tray=False, bracket=.5, first=.1)
screw = [(.030 + .012 * math.cos(k / 40 * 7 * 2 * math.pi), k / 40 * .75) for k in range(41)]
w.lathe([(0, 0)] + screw + [(0, .75)], (-dx - .82, Y0 - .095, LEVEL + .085), p.pom, 'x', 12, 60)
w.box((.10, .11, .13), (-dx - .88, Y0 - .10, LEVEL + .06), p.inox, .008)
gear_motor(w, (2.4, Y0 + .16, LEVEL - .075), p)
w.obj('Conveyor', root)
chain('Chain', root, way, p)
turn = lambda n, s: {'axis': 'Y', 'pockets': n, 'sense': s, 'deg_per_bottle': round(360 / n, 3)}
for i in (0, 2):
    name, c, r, n = wheels[i]
    star(name, root, (*c, LEVEL), r, n, p, extras={'sense': 1, 'deg_per_bottle': 30.0})

c = M()
c.lathe([(0, -.10), (CAR + .06, -.10), (CAR + .075, -.08), (CAR + .075, -.04), (CAR + .06, -.025), (.25, -.02), (.16, .05), (.16, .50), (0, .50)], (0, 0, 0), p.inox, steps=48)
c.lathe([(0, .50), (CAR - .06, .50), (CAR + .07, .47), (CAR + .08, .49), (CAR + .08, .60), (CAR + .05, .64), (.30, .70), (0, .72)], (0, 0, 0), p.petrol, steps=48)
for i in range(20):
    t = placed(rot=(0, 0, 18 * i))
    put = lambda mesh, m, at: c.add(mesh, m, matrix=t @ placed(at))
    put(lathe_mesh([(.030, -.03), (.038, -.022), (.038, -.004), (0, -.004)], 12, 50), p.natural, (CAR, 0, 0))
    put(lathe_mesh([(.020, .2215), (.024, .225), (.020, .265), (.014, .27), (.014, .48)], 8, 50), p.polished, (CAR, 0, 0))
    put(lathe_mesh([(.0205, .222), (.0245, .226), (.0245, .236), (.0215, .24)], 8, 50), p.black, (CAR, 0, 0))
c.obj('Carousel', root, (*car, LEVEL), extras=turn(20, -1))
top = M()
top.cyl(.16, .16, (*car, LEVEL + .72), p.inox, steps=24)
top.cyl(.05, .30, (car[0], car[1], LEVEL + .85), p.polished, steps=14)
top.box((.30, 1.30, .12), (0, .62, LEVEL + 1.08), p.inox, .010)
top.box((.20, .18, LEVEL + .20), (0, 1.13, (LEVEL + .20) / 2 + .95), p.inox, .010)
motor(top, (*car, LEVEL + 1.14), 'z', .07, .26, p.blue, p)
top.obj('Head', root)

# ---- reel stations ---------------------------------------------------------------------------------------------------


def station(key, yaw):
    """A reel station outside the carousel in direction yaw: two reels, dancer, rollers, peel edge, on a column with wheels."""
    t = placed((*car, 0), (0, 0, yaw))
    s = M()
    put = lambda mesh, m, at, rot=(0, 0, 0): s.add(mesh, m, matrix=t @ placed(at, rot))
    put(box_mesh((.62, .56, .10), .012), p.dark, (1.50, 0, .17))
    for x in (1.28, 1.72):
        for y in (-.2, .2):
            put(lathe_mesh([(0, 0), (.045, 0), (.045, .035), (0, .035)], 12), p.black, (x, y + .0175, .06), AXES['-y'])
    put(box_mesh((.26, .30, .80), .014), p.paint, (1.55, 0, .62))
    put(box_mesh((.80, .60, .04), .010), p.paint, (1.36, .06, 1.03))
    put(box_mesh((.05, .05, .58), .004), p.alu, (1.66, .0, 1.32))
    put(box_mesh((.34, .20, .26), .012), p.paint, (1.60, -.24, 1.20))
    put(box_mesh((.24, .006, .15), 0), p.black, (1.60, -.343, 1.22))
    for i, (x, y, r) in enumerate(((1.18, -.10, .030), (1.05, .06, .022), (1.28, .20, .026), (1.42, -.02, .022), (.98, .20, .018))):
        put(lathe_mesh([(0, 0), (r, .002), (r, .16), (0, .162)], 14), p.polished if i % 2 else p.rubber, (x, y, 1.05))
    put(box_mesh((.012, .13, .13), .002), p.polished, (.80, .10, 1.14), (0, 0, -20))
    put(box_mesh((.36, .03, .02), .003), p.alu, (.95, .12, 1.06), (0, 0, -8))
    put(box_mesh((.13, .10, .12), .008), p.yellow, (.86, -.03, 1.12))
    web = [(1.66, .34), (1.28, .228), (1.05, .083), (.80, .12)]
    rect, _ = atlas.rects['web']
    for a, b_ in zip(web, web[1:]):
        mesh = sheet_mesh([((a[0], a[1], 1.10), (rect[0], rect[1])), ((b_[0], b_[1], 1.10), (rect[2], rect[1])), ((b_[0], b_[1], 1.17), (rect[2], rect[3])), ((a[0], a[1], 1.17), (rect[0], rect[3]))])
        back = sheet_mesh([((b_[0], b_[1], 1.10), (rect[2], rect[1])), ((a[0], a[1], 1.10), (rect[0], rect[1])), ((a[0], a[1], 1.17), (rect[0], rect[3])), ((b_[0], b_[1], 1.17), (rect[2], rect[3]))])
        put(mesh, atlas.material(), (0, 0, 0))
        put(back, atlas.material(), (0, 0, 0))
    s.obj('Station' + key, root)
    for name, x, y, z, r in (('Reel', 1.66, .16, 1.10, .19), ('Waste', 1.30, -.02, 1.34, .11)):
        o = M()
        o.lathe([(0, 0), (r + .02, 0), (r + .02, .004), (0, .004)], (0, 0, -.008), p.alu, steps=28)
        o.lathe([(.040, 0), (r, 0), (r, .07), (.040, .07)], (0, 0, 0), paper, steps=32)
        o.lathe([(.038, 0), (.038, .10), (.02, .11), (0, .11)], (0, 0, 0), p.black, steps=14)
        if name == 'Reel':
            u0, v0, u1, v1 = rect
            for k in range(8):
                q = lathe_mesh([(r + .0015, 0), (r + .0015, .07)], 32)
                keep = bmesh.new()
                keep.from_mesh(q)
                bmesh.ops.delete(keep, geom=[f for f in keep.faces if int((math.degrees(math.atan2(f.calc_center_median().y, f.calc_center_median().x)) % 360) / 45) != k], context='FACES')
                keep.to_mesh(q)
                keep.free()
                for lc in q.uv_layers[0].data:
                    u = lc.uv[0] * 8 - k
                    lc.uv = (u0 + (u1 - u0) * min(max(u, 0), 1), v0 + (v1 - v0) * min(max(lc.uv[1] / .07, 0), 1))
                o.add(q, atlas.material())
            for k in range(3):
                o.box((.13, .012, .004), (.10 * math.cos(k * 2.094), .10 * math.sin(k * 2.094), .073), p.dark, 0, (0, 0, k * 120))
        at = t @ Vector((x, y, z))
        o.obj(f'{name}{key}', root, at, extras={'axis': 'Y', 'radius_m': r})


station('A', 38)
station('B', 142)

# ---- guard -----------------------------------------------------------------------------------------------------------
frame, panes = M(), M()
ring = [(1.13, -.78), (1.27, -.60), (1.27, .30)]
GZ = 2.25
guard(frame, panes, [(-1.27, .30), (-1.27, -.60), (-1.13, -.78)], .98, GZ, p, close=False)
guard(frame, panes, ring, .98, GZ, p, close=False)
guard(frame, panes, [(-1.13, -.78), (1.13, -.78)], LEVEL + .28, GZ, p, n=[2], close=False)
guard(frame, panes, [(.42, 1.18), (-.42, 1.18)], .98, GZ, p, n=[1], close=False)
frame.prism([(x * .995, y * .99) for x, y in oct_], .05, p.inox, (0, 0, GZ + .025), bevel=.008)
frame.box((2.34, .05, .24), (0, -.83, GZ + .03), p.petrol, .010)
frame.decal(atlas.label('maker', 1.05), (-.35, -.8555, GZ + .035))
for y in (-.55, .75):
    frame.box((1.4, .06, .03), (0, y, GZ - .02), p.led, .004)
for x in (-.55, .55):
    frame.decal(atlas.label('hands', .12), (x, -.806, GZ - .16))
frame.obj('Guard', root)
panes.obj('GuardGlass', root)
e = M()
switch_cabinet(e, (atlas, [('number', .30, (.24, 1.5))]), (-2.15, .55, 0), (1.0, .42, 1.9), p, 2, yaw=0)
e.box((.6, .12, .08), (-1.5, .55, 2.0), p.zinc, .006)
e.tube([(1.18, -.83, 2.0), (1.18, Y0 - .33, 2.0), (1.18, Y0 - .33, 1.72)], .028, p.paint, .06, 10)
spot = hmi_head(e, (1.18, Y0 - .41, 1.55), p, 8)
e.obj('Cabinet', root)
screen('HmiScreen', root, spot.to_translation(), screen_image('labeller', 'Labeller', 'L-03'), yaw=8)
stack_light(root, (-1.05, -.72, GZ + .05), p)
node('Infeed', None, root, (-2.5, Y0, LEVEL))
node('Outfeed', None, root, (2.5, Y0, LEVEL))
way_points(root, 'Path', [(x, y, LEVEL) for x, y, _ in walk(path, .25)])
finish('labeller', distance=.40, floor=.42)
