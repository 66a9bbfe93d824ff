"""Crate packer: a gantry with 36 gripper tulips lifts three crates' worth of bottles from the bottle table into crates.

Bottles come along +X at y = -0.75 (level 1.10 m); crates pass along +X at y = +0.85 (level 0.75 m). The head moves across.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('packer_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
name_plate(atlas, 'number', 'PACKER  P-05', 340, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
atlas.add('stripes', textures.hazard_stripes(400, 26, 20))
scuffs(atlas, 'scuff', 220, 44, 11)
belt = material('Belt', (1, 1, 1), 0, .62, base=textures.belt_image())

YB, YC, CRATE = -.75, .85, .75
root = node('Packer', extras={'kind': 'packer', 'travel_axis': 'X', 'level_m': LEVEL, 'crate_level_m': CRATE, 'bottles_per_stroke': 36, 'crates_per_stroke': 3})

# ---- bottle table: twelve lanes of 12 cm pitch shrink to the crates' pattern ---------------------------------------------
t = M()
HW, X0, X1 = .40, -2.4, .75
for s in (-1, 1):
    t.box((X1 - X0, .004, .22), ((X0 + X1) / 2, YB + s * HW, LEVEL - .10), p.inox, 0)
    t.box((X1 - X0, .006, .10), ((X0 + X1) / 2, YB + s * (HW - .008), LEVEL + .06), p.natural, 0)
    for x in (-2.25, -.85, .6):
        t.box((.06, .06, LEVEL - .24), (x, YB + s * (HW - .04), (LEVEL - .24) / 2 + .06), p.inox, .004)
        foot(t, x, YB + s * (HW - .04), p, .08, .05)
for x in (-2.25, -.85, .6):
    t.box((.05, 2 * HW - .1, .05), (x, YB, .32), p.inox, .004)
t.box((X1 - X0, 2 * HW - .02, .01), ((X0 + X1) / 2, YB, LEVEL - .20), p.inox, 0)
lanes = 9
for i in range(1, lanes):                                                                    # lane dividers, swinging at the front end
    y = YB - HW + .02 + i * (2 * HW - .04) / lanes
    t.box((1.9, .003, .11), (-.30, y, LEVEL + .085), p.polished, 0)
    t.cyl(.010, .14, (-1.25, y, LEVEL + .03), p.black, steps=8)
for x in (-1.15, .60):
    t.box((.03, 2 * HW + .06, .03), (x, YB, LEVEL + .26), p.inox, .003)
    for s in (-1, 1):
        t.box((.03, .03, .36), (x, YB + s * (HW + .02), LEVEL + .10), p.inox, .003)
t.box((.012, 2 * HW - .03, .16), (.70, YB, LEVEL + .09), p.polished, 0)                      # dead stop
gear_motor(t, (.62, YB - HW - .14, LEVEL - .08), p, scale=1.2)
t.obj('BottleTable', root)
m_ = M()
mesh = ribbon_mesh(flat([(X0, YB), (.70, YB)], LEVEL - .001), [(-HW + .012, 0), (HW - .012, 0), (HW - .012, -.01), (-HW + .012, -.01)])
for lc in mesh.uv_layers[0].data:
    lc.uv = (lc.uv[0], lc.uv[1] / .0825)
m_.add(mesh, p.chain())
m_.obj('Mat', root, extras={'uv_unit_m': 1.0, 'travel': '+u'})

# ---- crate conveyor --------------------------------------------------------------------------------------------------
c = M()
for s in (-1, 1):
    c.box((5.2, .034, .13), (0, YC + s * .225, .695), p.alu, .004)
    c.box((5.2, .012, .03), (0, YC + s * .170, CRATE + .11), p.natural, 0)
    c.tube([(-2.6, YC + s * .185, CRATE + .11), (2.6, YC + s * .185, CRATE + .11)], .008, p.polished, 0, 6)
    for x in (-2.3, -1.2, 1.2, 2.3):
        c.box((.03, .01, .24), (x, YC + s * .247, CRATE), p.dark, 0)
        c.tube([(x, YC + s * .25, CRATE + .11), (x, YC + s * .185, CRATE + .11)], .007, p.polished, 0, 6)
        c.box((.05, .05, .60), (x, YC + s * .21, .33), p.alu, .004)
        foot(c, x, YC + s * .21, p, .05, .045)
c.box((5.1, .38, .008), (0, YC, .738), p.zinc, 0)
for x in (-2.3, -1.2, 1.2, 2.3):
    c.box((.035, .40, .035), (x, YC, .26), p.alu, 0)
for x in (-2.55, 2.55):
    c.cyl(.055, .42, (x, YC - .21, .695), p.zinc, 'y', 18)
gear_motor(c, (2.5, YC + .34, .68), p, scale=1.15)
for x in (-.62, -.21, .20):                                                                   # crate stops and centring frames
    c.box((.02, .30, .05), (x + .405, YC, CRATE + .02), p.yellow, .003)
    for dx in (0, .40):
        c.box((.015, .34, .03), (x + dx, YC, CRATE + .27), p.inox, 0)
for s in (-1, 1):
    c.box((1.30, .015, .03), (.0, YC + s * .16, CRATE + .27), p.inox, 0)
    for x in (-.66, .66):
        c.box((.03, .03, .40), (x, YC + s * .20, CRATE + .10), p.inox, .003)
c.obj('CrateConveyor', root)
bm = M()
bm.add(ribbon_mesh(flat([(-2.58, YC), (2.58, YC)], CRATE), [(-.165, 0), (.165, 0), (.165, -.006), (-.165, -.006)]), belt)
bm.obj('Belt', root, extras={'uv_unit_m': 1.0, 'travel': '+u'})

# ---- gantry ----------------------------------------------------------------------------------------------------------
g = M()
RAIL, WX, YF, YR = 2.75, 1.12, -1.38, 1.42
for x in (-WX, WX):
    for y in (YF, YR):
        g.box((.16, .16, RAIL), (x, y, RAIL / 2), p.paint, .012)
        g.box((.30, .30, .02), (x, y, .01), p.paint, .004)
        g.bolts(4, .17, (x, y, .02), p.zinc, r=.016, h=.014, phase=45)
    g.box((.18, YR - YF + .16, .24), (x, (YF + YR) / 2, RAIL + .06), p.paint, .012)
    g.box((.05, YR - YF, .04), (x, (YF + YR) / 2, RAIL + .20), p.steel, .004)
    g.decal(atlas.label('stripes', .9), (x, YF - .0812, 1.0), (0, 90, 0))
for y in (YF, YR):
    g.box((2 * WX, .14, .16), (0, y, RAIL + .06), p.paint, .010)
g.box((2 * WX + .30, .05, .30), (0, YF - .105, RAIL + .08), p.petrol, .010)
g.decal(atlas.label('maker', 1.30), (-.15, YF - .1305, RAIL + .085))
g.box((.09, YR - YF, .012), (WX + .16, (YF + YR) / 2, RAIL + .02), p.zinc, 0)
for i in range(18):
    g.box((.07, .055, .05), (WX + .16, -.55 + i * .065, RAIL + .05), p.black, 0)
g.obj('Gantry', root)
k = M()
k.box((2 * WX + .22, .52, .10), (0, 0, .16), p.petrol, .012)
for x in (-WX, WX):
    k.box((.14, .60, .16), (x, 0, .12), p.dark, .010)
    for y in (-.22, .22):
        k.cyl(.05, .05, (x - .025, y, .07), p.black, 'x', 12)
k.box((.50, .34, .34), (0, 0, .36), p.paint, .014, seg=2)
motor(k, (-.25, 0, .38), '-x', .075, .26, p.blue, p)
motor(k, (WX - .12, .0, .30), '-x', .06, .22, p.blue, p)
for x in (-.30, .30):
    k.box((.16, .20, .22), (x, 0, .08), p.dark, .008)
carriage = k.obj('Carriage', root, (0, YB, RAIL + .10), extras={'axis': 'Z', 'min_m': round(YB - YC, 3), 'max_m': 0.0, 'note': 'negative is over the crates'})
h = M()
for x in (-.30, .30):
    h.box((.09, .09, 1.35), (x, 0, .92), p.alu, .006)
    h.box((.03, .10, 1.3), (x, 0, .92), p.steel, 0)
h.box((1.26, .34, .05), (0, 0, .27), p.inox, .008)
h.box((1.26, .06, .09), (0, -.12, .33), p.petrol, .008)
h.box((1.26, .06, .09), (0, .12, .33), p.petrol, .008)
h.box((.36, .10, .09), (0, 0, .35), p.dark, .008)
tulip = [(.010, .24), (.010, .12), (.024, .115), (.027, .10), (.027, .03), (.031, .0), (.024, .0)]
for cx in (-.405, 0, .405):
    for i in range(4):
        for j in range(3):
            at = (cx + (i - 1.5) * .093, (j - 1) * .0907, 0)
            h.lathe(tulip, at, p.black if (i + j) % 2 else p.black, steps=8)
            h.lathe([(.0275, .085), (.0285, .088), (.0285, .100), (.0275, .103)], at, p.pom, steps=8)
for s in (-1, 1):
    for x in (-.45, 0, .45):
        h.hose([(x, s * .12, .37), (x + .04, s * .10, .46), (x * .4, s * .06, .42), (0, s * .05, .38)], .007, p.blue, per_span=4, res=5)
h.obj('Head', carriage, (0, 0, LEVEL + .40 - RAIL - .10), extras={'axis': 'Y', 'min_m': -.42, 'max_m': .35, 'tulips': 36, 'note': '0 is 0.40 m above the bottle table; the tulips close around the crown at -0.21 (table) and -0.53 + crate'})
bpy.data.objects['Head']['min_m'] = -.55
bpy.data.objects['Head']['note'] = '-0.21 grips on the table, -0.55 sets the bottles down in the crates'

# ---- guard, cabinet ----------------------------------------------------------------------------------------------------
frame, panes = M(), M()
guard(frame, panes, [(-1.35, YF - .02), (1.35, YF - .02), (1.35, -.30)], .20, 2.30, p, close=False, n=[3, 1])
guard(frame, panes, [(1.35, 1.50), (-1.35, 1.50)], .20, 2.30, p, close=False, n=[3])
guard(frame, panes, [(1.35, .10), (1.35, .52)], .20, 2.30, p, close=False, n=[1], doors=False)
guard(frame, panes, [(-1.35, .50), (-1.35, -.25)], .20, 2.30, p, close=False, n=[1])
for x in (-.9, 0, .9):
    frame.decal(atlas.label('hands', .13), (x, YF - .037, 2.05))
frame.decal(atlas.label('number', .55), (-.9, YF - .047, 2.275))
frame.obj('Guard', root)
panes.obj('GuardGlass', root)
e = M()
switch_cabinet(e, (atlas, [('number', .32, (.26, 1.5))]), (2.1, -1.0, 0), (1.1, .42, 1.95), p, 2)
e.box((.05, .05, 1.15), (-1.75, -1.50, .575), p.paint, .004)
e.box((.18, .18, .012), (-1.75, -1.50, .006), p.paint, .002)
spot = hmi_head(e, (-1.75, -1.58, 1.42), p, -10)
e.obj('Cabinet', root)
screen('HmiScreen', root, spot.to_translation(), screen_image('packer', 'Packer', 'P-05'), yaw=-10)
stack_light(root, (WX, YF, RAIL + .18), p)
node('Infeed', None, root, (X0, YB, LEVEL))
node('CrateInfeed', None, root, (-2.6, YC, CRATE))
node('Outfeed', None, root, (2.6, YC, CRATE))
way_points(root, 'Path', [(X0 + .44 * i, YB, LEVEL) for i in range(8)])
way_points(root, 'CratePath', [(-2.6 + .65 * i, YC, CRATE) for i in range(9)])
finish('packer', distance=.40, floor=.42)
