"""Depalletiser for new glass: a gantry lifts whole layers off the pallet and sets them on a mat-top table, which funnels them into one lane.

The pallet stands on a roller bed at x = -1.45, its long side across the travel; bottles leave at x = +3.6.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('depal_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
name_plate(atlas, 'number', 'DEPALLETISER  D-01', 420, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
atlas.add('stripes', textures.hazard_stripes(400, 30, 22))
scuffs(atlas, 'scuff', 220, 44, 5)
glass = material('BottleGlassSolid', (.012, .12, .058), 0, .08)
wood = material('PalletWood', (.42, .29, .16), 0, .8)
pad = material('LayerPad', (.35, .36, .37), 0, .6)

PX, BED, LAYER = -1.45, .42, .225
root = node('Depalletiser', extras={'kind': 'depalletiser', 'travel_axis': 'X', 'level_m': LEVEL, 'layers': 5, 'bottles_per_layer': 150})

# ---- pallet bed ------------------------------------------------------------------------------------------------------
b = M()
for s in (-1, 1):
    b.box((1.70, .05, .16), (PX, s * .72, BED - .07), p.paint, .006)
    for x in (-.72, 0, .72):
        b.box((.08, .07, BED - .16), (PX + x, s * .72, (BED - .16) / 2 + .012), p.paint, .004)
        b.box((.16, .16, .012), (PX + x, s * .72, .006), p.paint, .002)
for i in range(11):
    x = PX - .75 + i * .15
    b.cyl(.038, 1.36, (x, -.68, BED - .040), p.zinc, 'y', 12)
    for s in (-1, 1):
        b.cyl(.012, .07, (x, s * .745 - .035, BED - .04), p.steel, 'y', 6)
gear_motor(b, (PX + .3, -.83, .26), p, scale=1.2)
b.obj('PalletBed', root)
w = M()
for y in (.011, .133):
    for k in range(5):
        w.box((.145, 1.2, .022), (PX - .3275 + k * .16375, 0, BED + y), wood, .002)
for k in (-.5275, 0, .5275):
    w.box((.80, .145, .10), (PX, k, BED + .072), wood, .002)
w.obj('Pallet', root)

# ---- layers of bottles; the outer ones whole, the inner ones only their shoulders ---------------------------------------
layer = M()
whole = [(.034, .002), (.037, .008), (.037, .118), (.030, .150), (.0145, .190), (.0145, .213)]
neck = [(.037, .118), (.030, .150), (.0145, .190), (.0145, .213)]
for i in range(10):
    for j in range(15):
        edge = i in (0, 9) or j in (0, 14)
        layer.add(lathe_mesh(whole if edge else neck, 7 if edge else 5, 60), glass, ((i - 4.5) * .0762, (j - 7) * .0762 + (.0 if i % 2 else .002), 0))
layer.box((.80, 1.19, .004), (0, 0, -.002), pad, 0)
layer = layer.mesh('Layer')
for k in range(5):
    node(f'Layer_{k + 1:02d}', layer, root, (PX, 0, BED + .150 + k * LAYER))

# ---- gantry ----------------------------------------------------------------------------------------------------------
g = M()
RAIL, W = 3.45, 1.05
for x in (-2.35, -.45, 2.05):
    for s in (-1, 1):
        g.box((.14, .14, RAIL), (x, s * W, RAIL / 2), p.paint, .010)
        g.box((.30, .30, .02), (x, s * W, .010), p.paint, .004)
        g.bolts(4, .17, (x, s * W, .02), p.zinc, r=.016, h=.014, phase=45)
        if x < 2:
            g.decal(atlas.label('stripes', 1.0), (x, s * (W + .0712), 1.2) if s > 0 else (x, -W - .0712, 1.2), (0, 90, 180 if s > 0 else 0))
for s in (-1, 1):
    g.box((4.62, .14, .20), (-.15, s * W, RAIL + .08), p.paint, .010)
    g.box((4.50, .03, .05), (-.15, s * (W - .06), RAIL + .205), p.steel, .004)
    g.box((4.4, .008, .03), (-.15, s * (W + .074), RAIL + .08), p.dark, 0)
for x in (-2.35, 2.05):
    g.box((.14, 2 * W, .16), (x, 0, RAIL + .08), p.paint, .010)
for a, c in (((-2.35, 2.4), (-1.75, RAIL)), ((-.45, 2.8), (-1.0, RAIL)), ((2.05, 2.6), (1.3, RAIL))):
    for s in (-1, 1):
        g.beam((a[0], s * W, a[1]), (c[0], s * W, c[1]), .07, p.paint)
g.box((2.5, .04, .30), (-1.35, -W - .10, RAIL + .07), p.petrol, .008)
g.decal(atlas.label('maker', 1.25), (-1.5, -W - .1205, RAIL + .08))
g.decal(atlas.label('number', .60), (.9, -W - .0715, RAIL + .10))
g.box((4.4, .10, .012), (-.15, W + .14, RAIL + .02), p.zinc, 0)                             # tray of the energy chain
for i in range(24):
    g.box((.055, .07, .05), (-1.0 + i * .065, W + .14, RAIL + .05), p.black, 0)
g.obj('Gantry', root)
c = M()
c.box((.70, 2 * W + .08, .12), (0, 0, .14), p.petrol, .012)
for s in (-1, 1):
    c.box((.80, .10, .18), (0, s * W, .10), p.dark, .012)
    for x in (-.30, .30):
        c.cyl(.055, .05, (x, s * (W - .06) - .025, .055), p.black, 'y', 14)
gear_motor(c, (.0, -W + .25, .28), p, scale=1.4)
c.box((.40, .30, .25), (.0, .45, .32), p.paint, .010)
for s in (-1, 1):
    c.box((.10, .14, .50), (s * .16, 0, .10), p.paint, .006)
    c.cyl(.03, .06, (s * .11, -.03, .05), p.steel, 'y', 10)
carriage = c.obj('Carriage', root, (PX, 0, RAIL + .20), extras={'axis': 'X', 'min_m': 0.0, 'max_m': 2.35})
h = M()
h.box((.16, .16, 2.90), (0, 0, 1.60), p.alu, .006)
for s in (-1, 1):
    h.box((.02, .04, 2.85), (0, s * .09, 1.60), p.steel, .003)
h.box((.36, .36, .06), (0, 0, .16), p.petrol, .008)
for s in (-1, 1):                                                                           # hood of inflatable hoses
    h.box((.98, .05, .24), (0, s * .66, .0), p.alu, .006)
    h.box((.05, 1.37, .24), (s * .465, 0, .0), p.alu, .006)
    h.cyl(.028, 1.20, (s * .43, -.60, -.05), p.rubber, 'y', 10)
    h.cyl(.028, .80, (-.40, s * .625, -.05), p.rubber, 'x', 10)
    h.beam((-.44, s * .64, .10), (0, 0, .16), .06, p.alu)
    h.beam((.44, s * .64, .10), (0, 0, .16), .06, p.alu)
    h.decal(atlas.label('stripes', .9), (0, s * .6865, .06), (0, 0, 180 if s > 0 else 0))
h.hose([(.1, .1, .2), (.3, .3, .35), (.44, .5, .20), (.44, .62, .08)], .014, p.blue, per_span=5, res=6)
h.obj('Hood', carriage, (0, 0, -RAIL - .20 + BED + .150 + 5 * LAYER + .02), extras={'axis': 'Y', 'min_m': -1.05, 'max_m': .35, 'note': '-0.15 grips layer 5, each layer below 0.225 lower; -0.52 sets down on the table'})

# ---- table and funnel ----------------------------------------------------------------------------------------------
t = M()
TX0, TX1, HW = -.75, 2.35, .62
for s in (-1, 1):
    t.box((TX1 - TX0, .004, .24), ((TX0 + TX1) / 2, s * (HW + .02), LEVEL - .10), p.inox, 0)
    t.box((TX1 - TX0, .006, .13), ((TX0 + TX1) / 2, s * (HW + .012), LEVEL + .07), p.inox, 0)
    for x in (-.6, .75, 2.2):
        t.box((.06, .06, LEVEL - .28), (x, s * HW, (LEVEL - .28) / 2 + .08), p.inox, .004)
        foot(t, x, s * HW, p, .10, .05)
        t.tube([(x, s * (HW + .03), LEVEL - .1), (x, s * (HW + .03), LEVEL + .15)], .008, p.polished, 0, 6)
for x in (-.6, .75, 2.2):
    t.box((.05, 2 * HW, .05), (x, 0, .30), p.inox, .004)
t.box((TX1 - TX0 - .02, 2 * HW, .01), ((TX0 + TX1) / 2, 0, LEVEL - .20), p.inox, 0)
gear_motor(t, (TX1 - .12, -HW - .14, LEVEL - .08), p, scale=1.2)
for s in (-1, 1):                                                                           # funnel
    run = [(1.2, s * HW), (2.25, s * .055), (3.0, s * .047)]
    for z in (.05, .12):
        t.ribbon(flat(run, LEVEL + z), [(s * .0 - .005, -.012), (s * .0 + .005, -.012), (s * .0 + .005, .012), (s * .0 - .005, .012)], p.natural)
    for x, y in ((1.55, s * .44), (2.0, s * .20)):
        t.tube([(x, y + s * .03, LEVEL - .01), (x, y + s * .03, LEVEL + .14)], .008, p.polished, 0, 6)
t.obj('Table', root)
out = M()
way = [(2.0, 0), (3.6, 0)]
slat_way(out, [(2.38, 0), (3.6, 0)], p, legs=.75, bracket=.5, first=.2)
gear_motor(out, (3.5, .16, LEVEL - .075), p)
out.obj('Discharge', root)
mat = M()
m = ribbon_mesh(flat([(TX0 + .02, 0), (TX1, 0)], LEVEL - .001), [(-HW, 0), (HW, 0), (HW, -.012), (-HW, -.012)])
for lay in m.uv_layers[0].data:
    lay.uv = (lay.uv[0], lay.uv[1] / .0825)
mat.add(m, p.chain())
mat.obj('Mat', root, extras={'uv_unit_m': 1.0, 'travel': '+u'})
chain('Chain', root, [(2.36, 0), (3.6, 0)], p)

# ---- guard, pads, cabinet --------------------------------------------------------------------------------------------
frame, panes = M(), M()
guard(frame, panes, [(-.55, -1.28), (2.2, -1.28), (2.2, -.75)], .18, 2.25, p, close=False, n=[3, 1])
guard(frame, panes, [(2.2, .75), (2.2, 1.28), (-2.45, 1.28)], .18, 2.25, p, close=False, n=[1, 4])
guard(frame, panes, [(-2.45, -1.28), (-.55, -1.28)], .18, 2.25, p, close=False, n=[2])
for x in (-1.5, .3, 1.7):
    frame.decal(atlas.label('hands', .13), (x, -1.297, 1.62))
frame.obj('Guard', root)
panes.obj('GuardGlass', root)
e = M()
for k in range(26):                                                                          # magazine of layer pads
    e.box((.80, 1.19 if k % 3 else 1.185, .012), (-3.45 + .006 * (k % 2), .1, .16 + k * .0125), pad, 0)
e.box((.86, 1.24, .03), (-3.45, .1, .13), p.zinc, .004)
for sx in (-1, 1):
    for sy in (-1, 1):
        e.box((.05, .05, .95), (-3.45 + sx * .43, .1 + sy * .62, .475), p.paint, .004)
switch_cabinet(e, (atlas, [('number', .34, (.24, 1.5)), ('hands', .10, (.24, 1.72))]), (.3, 1.75, 0), (1.2, .42, 1.95), p, 2, yaw=180)
e.box((.05, .05, 1.15), (-2.75, -1.42, .575), p.paint, .004)
e.box((.18, .18, .012), (-2.75, -1.42, .006), p.paint, .002)
spot = hmi_head(e, (-2.75, -1.50, 1.42), p, -12)
e.obj('Cabinet', root)
screen('HmiScreen', root, spot.to_translation(), screen_image('depal', 'Depalletiser', 'D-01'), yaw=-12)
stack_light(root, (-.45, -W, RAIL + .18), p)
node('PalletInfeed', None, root, (-3.0, 0, BED))
node('Infeed', None, root, (PX, 0, BED))
node('Outfeed', None, root, (3.6, 0, LEVEL))
way_points(root, 'Path', [(x, 0, LEVEL) for x in (-.3, .6, 1.4, 2.2, 2.9, 3.6)])
finish('depalletiser', distance=.40, floor=.42)
