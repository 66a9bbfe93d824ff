"""Storage tank of 16 cubic metres: insulated stainless shell, cone, four legs, manway, level glass, ladder and a railed top.

`LevelFill` is a unit-high column at the foot of the level glass: scale it along Y by the level in metres (0..3.2).
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from process_kit import *

new_scene()
p = Palette2()
atlas = textures.Atlas('tank_decals')
img, d = textures.plate(220, 220, (9, 60, 78), 16)
textures.centred(d, (0, 14, 220, 110), 'WATER', 58, (240, 246, 248), 'Black')
textures.centred(d, (0, 112, 220, 200), 'product, still\n16 m3   0.5 bar', 24, (200, 222, 228))
atlas.add('name', img)
img, d = textures.plate(60, 440, (244, 246, 246), 2, (30, 32, 36))
for k in range(33):
    y = 430 - k * 13
    d.line((4, y, 34 if k % 10 == 0 else (24 if k % 5 == 0 else 16), y), fill=(20, 22, 25), width=3 if k % 5 == 0 else 1)
    if k % 10 == 0:
        d.text((38, y - 11), str(k // 10), font=textures.font(18), fill=(20, 22, 25))
atlas.add('scale', img)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
img, d = textures.plate(120, 90, (246, 197, 0), 6, (20, 20, 20))
textures.centred(d, (0, 0, 120, 90), 'CONFINED\nSPACE\nPermit needed', 14, (15, 15, 15))
atlas.add('space', img)

R, Z0, Z1 = 1.12, 1.45, 4.75
root = node('Tank', extras={'kind': 'tank', 'volume_m3': 16.0, 'radius_m': R})
shell = worn('InoxShell', (.80, .80, .79), 1, .62, brushed_images, 1.4)
s = M()
cone = [(.06, .72), (.09, .72), (.10, .78), (R - .10, 1.36), (R - .02, 1.42), (R, Z0)]
s.lathe(cone + [(R, Z1)] + head(R, Z1, 1, .24), (0, 0, 0), shell, steps=48)
for z in (Z0 + .2, 2.55, 3.65, Z1 - .12):                                                              # seams of the cladding
    s.lathe([(R + .001, z - .02), (R + .007, z - .015), (R + .007, z + .015), (R + .001, z + .02)], (0, 0, 0), shell, steps=48)
for i in range(4):
    a = math.radians(90 * i + 45)
    s.box((.006, .05, Z1 - Z0), ((R + .003) * math.cos(a), (R + .003) * math.sin(a), (Z0 + Z1) / 2), p.inox, 0, (0, 0, 90 * i + 45))
for i in range(4):
    a = math.radians(90 * i + 45)
    x, y = (R - .10) * math.cos(a), (R - .10) * math.sin(a)
    s.cyl(.075, 1.62, (x, y, .06), p.inox, steps=18)
    s.box((.26, .30, .50), ((R - .02) * math.cos(a), (R - .02) * math.sin(a), 1.62), p.inox, .02, (0, 0, 90 * i + 45))
    s.lathe([(0, 0), (.13, 0), (.13, .016), (.05, .024), (.05, .07), (0, .07)], (x, y, 0), p.polished, steps=18)
for i in range(4):
    a, b = math.radians(90 * i + 45), math.radians(90 * i + 135)
    s.tube([((R - .10) * math.cos(a), (R - .10) * math.sin(a), .45), ((R - .10) * math.cos(b), (R - .10) * math.sin(b), .45)], .022, p.inox, 0, 8)
manway(s, (.42, -math.sqrt(R ** 2 - .42 ** 2) + .01, 2.0), p)
s.decal(atlas.label('space', .24), (.86, -.78, 2.0), (0, 0, 48))
rect, _ = atlas.rects['name']
u0, v0, u1, v1 = rect
for k in range(8):
    a0, a1 = math.radians(-156 + k * 4), math.radians(-156 + (k + 1) * 4)
    q = lambda a, z: ((R + .010) * math.cos(a), (R + .010) * math.sin(a), z)
    ua, ub = u0 + (u1 - u0) * k / 8, u0 + (u1 - u0) * (k + 1) / 8
    s.add(sheet_mesh([(q(a0, 3.0), (ua, v0)), (q(a1, 3.0), (ub, v0)), (q(a1, 3.63), (ub, v1)), (q(a0, 3.63), (ua, v1))]), atlas.material())
s.obj('Shell', root)

# ---- outlet, valves, instruments -------------------------------------------------------------------------------------
v = M()
pipe(v, [(0, 0, .74), (0, 0, .42), (0, -R - .28, .42)], p)
pipe(v, [(0, -R - .28, .42), (0, -R - .53, .42), (0, -R - .53, .325), (0, -R - .78, .325), (.465, -R - .78, .325)], p, fillet=.045)   # to its pump
union(v, (.40, -R - .78, .325), 'x', p)
butterfly(v, (0, -.72, .42), 'y', p, p.green)
union(v, (0, -.40, .42), 'y', p)
union(v, (0, -R - .22, .42), 'y', p)
v.cyl(.05, .03, (0, 0, .70), p.polished, steps=16)
pipe(v, [(-.60, -1.02, 5.1), (-.60, -1.22, 5.1), (-.60, -1.22, .35)], p, DN40)                # CIP and filling pipes up the front
pipe(v, [(-.45, .2, 5.05), (-.45, .2, 5.35), (-.45, -1.22, 5.35), (-.45, -1.22, .35)], p, DN65)
hand_valve(v, (-.45, -1.22, 1.15), 'z', p)
for z in (1.7, 2.9, 4.1):
    v.box((.32, .06, .03), (-.52, -1.17, z), p.inox, 0)
    v.box((.03, .16, .03), (-.52, -1.10, z), p.inox, 0)
union(v, (-.45, -1.22, .9), 'z', p)
gauge(v, (.30, -R - .10, 1.55), p)
v.tube([(.30, -R + .02, 1.55), (.30, -R - .10, 1.55)], .008, p.polished)
v.tube([(-.05, -R + .02, 1.55), (-.05, -R - .06, 1.52)], .012, p.polished)                    # sample cock
v.tube([(-.05, -R - .06, 1.52), (-.05, -R - .07, 1.44)], .008, p.polished)
v.box((.012, .012, .05), (-.05, -R - .05, 1.56), p.red, 0)
v.box((.11, .10, .14), (.30, -R - .08, 1.86), p.blue, .012)                                 # transmitter
v.cyl(.045, .05, (.30, -R - .13, 1.88), p.polished, '-y', 16)
v.obj('Fittings', root)
LX = .02
LY = -R - .075
g = M()
for z in (1.52, 4.78):
    g.cyl(.030, .10, (LX, -R + .03, z), p.polished, '-y', 14)
    g.box((.06, .06, .10), (LX, LY, z), p.polished, .006)
    g.tube([(LX, LY, z), (LX + .06, LY - .02, z)], .006, p.polished, 0, 6)
    g.box((.03, .012, .03), (LX + .075, LY - .02, z), p.red, .003)
for s_ in (-1, 1):
    g.box((.008, .02, 3.2), (LX + s_ * .026, LY, 3.15), p.polished, 0)
g.box((.010, .010, 3.2), (LX, LY + .026, 3.15), p.white, 0)
rect, _ = atlas.rects['scale']
u0, v0, u1, v1 = rect
g.add(sheet_mesh([((LX + .035, LY, 1.55), (u0, v0)), ((LX + .15, LY, 1.55), (u1, v0)), ((LX + .15, LY, 4.75), (u1, v1)), ((LX + .035, LY, 4.75), (u0, v1))]), atlas.material())
g.obj('LevelGlassFrame', root)
tube_ = M()
tube_.lathe([(.0165, 0), (.0165, 3.2)], (0, 0, 0), material('GaugeGlass', (.02, .03, .03), 0, .04, alpha=.18, double=True), steps=12)
tube_.obj('LevelGlass', root, (LX, LY, 1.55))
fill = M()
fill.lathe([(0, 0), (.013, 0), (.013, 1.0), (0, 1.0)], (0, 0, 0), material('LevelWater', (.02, .22, .62), 0, .15, emit=(.02, .20, .60), strength=.35), steps=10)
level = fill.obj('LevelFill', root, (LX, LY, 1.55), extras={'axis': 'Y', 'scale_per_m': 1.0, 'min_m': 0.0, 'max_m': 3.2})
level.scale = (1, 1, 2.1)

# ---- top: agitator, nozzles, railing; ladder with hoops at the right ----------------------------------------------------
t = M()
zt = Z1 + .24 * R
t.cyl(.16, .12, (.30, .15, zt - .06), p.polished, steps=20)
motor(t, (.30, .15, zt + .06), 'z', .11, .40, p.blue, p)
t.cyl(.22, .10, (-.35, -.25, zt - .10), p.polished, steps=24)
t.tube([(-.45, .2, 4.9), (-.45, .2, 5.10)], DN65, p.polished)
t.tube([(.1, -.45, 4.9), (.1, -.45, 5.2), (.1, -.60, 5.3), (.1, -.60, 5.15)], .03, p.polished, .06, 8)
ring = [(1.02 * math.cos(math.radians(a)), 1.02 * math.sin(math.radians(a))) for a in range(18, 343, 12)]
for z in (5.35, 5.85):
    t.tube(flat(ring, z), .018, p.yellow, 0, 6)
for x, y in ring[::4]:
    t.tube([(x, y, 4.85), (x, y, 5.85)], .018, p.yellow, 0, 6)
t.ribbon(flat(ring, 5.0), [(-.003, 0), (.003, 0), (.003, .12), (-.003, .12)], p.yellow)
for s_ in (-.22, .22):                                                                      # ladder
    t.box((.05, .03, 5.55), (R + .22, s_, 3.10), p.inox, 0)
for k in range(19):
    t.tube([(R + .22, -.22, .45 + k * .28), (R + .22, .22, .45 + k * .28)], .013, p.inox, 0, 6)
for z in (1.6, 3.0, 4.4):
    for s_ in (-.22, .22):
        t.box((.22, .03, .05), (R + .11, s_, z), p.inox, 0)
hoop = [(R + .22 + .36 * math.sin(math.radians(a)), .34 * math.cos(math.radians(a))) for a in range(0, 181, 20)]
for z in (2.5, 3.3, 4.1, 4.9, 5.7):
    t.ribbon([(R + .22, .22, z)] + [(x + .18, y, z) for x, y in hoop] + [(R + .22, -.22, z)], [(-.003, -.025), (.003, -.025), (.003, .025), (-.003, .025)], p.yellow)
for a in (40, 90, 140):
    t.box((.006, .04, 3.2), (R + .40 + .36 * math.sin(math.radians(a)), .34 * math.cos(math.radians(a)), 4.1), p.yellow, 0)
t.obj('Top', root)
node('Outlet', None, root, (.465, -R - .78, .325))
node('Inlet', None, root, (-.45, -1.22, .35))
finish('tank', distance=.45, floor=.42)
