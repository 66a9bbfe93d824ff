"""Stretch wrapper with a rotating arm over a roller bed: the pallet stands still at the origin, the film goes round it.

Pallets pass along +X on rollers at 0.45 m; the arm turns about the vertical axis, the film carriage climbs it.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('wrapper_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
name_plate(atlas, 'number', 'WRAPPER  W-07', 360, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
atlas.add('stripes', textures.hazard_stripes(400, 26, 20))
film = material('StretchFilm', (.50, .56, .60), 0, .10, alpha=.45, double=True)
roll = material('FilmRoll', (.52, .60, .66), 0, .18)

BED, TOP, W = .45, 3.0, 1.45
root = node('Wrapper', extras={'kind': 'wrapper', 'travel_axis': 'X', 'level_m': BED})
b = M()
for s in (-1, 1):
    b.box((3.0, .06, .18), (0, s * .66, BED - .07), p.paint, .006)
    for x in (-1.35, 0, 1.35):
        b.box((.09, .09, BED - .16), (x, s * .66, (BED - .16) / 2), p.paint, .004)
        b.box((.18, .18, .012), (x, s * .66, .006), p.paint, .002)
for i in range(16):
    x = -1.42 + i * .1893
    b.cyl(.040, 1.24, (x, -.62, BED - .042), p.zinc, 'y', 12)
    b.box((.03, .01, .03), (x, -.695, BED - .042), p.dark, 0)
b.box((2.9, .05, .14), (0, -.72, BED - .07), p.petrol, .008)                                 # chain case
gear_motor(b, (.7, -.80, .20), p, scale=1.3)
b.obj('RollerBed', root)
g = M()
for x in (-W, W):
    for y in (-W, W):
        g.box((.15, .15, TOP), (x, y, TOP / 2), p.paint, .012)
        g.box((.30, .30, .02), (x, y, .01), p.paint, .004)
        g.bolts(4, .17, (x, y, .02), p.zinc, r=.016, h=.014, phase=45)
        g.decal(atlas.label('stripes', .9), (x, y - .0762, .9), (0, 90, 0))
    g.box((.15, 2 * W, .20), (x, 0, TOP + .02), p.paint, .012)
for y in (-W, W):
    g.box((2 * W, .15, .20), (0, y, TOP + .02), p.paint, .012)
for y in (-.22, .22):
    g.box((2 * W, .12, .16), (0, y, TOP + .04), p.paint, .010)
g.cyl(.34, .14, (0, 0, TOP - .10), p.dark, steps=32)
g.cyl(.28, .10, (0, 0, TOP + .12), p.petrol, steps=28)
gear_motor(g, (.38, 0, TOP + .22), p, scale=1.3)
g.box((2 * W + .2, .05, .28), (0, -W - .10, TOP + .02), p.petrol, .010)
g.decal(atlas.label('maker', 1.25), (-.2, -W - .1255, TOP + .025))
g.decal(atlas.label('number', .5), (1.12, -W - .1255, TOP + .025))
g.box((2 * W + .2, .05, .28), (0, W + .10, TOP + .02), p.petrol, .010)
g.decal(atlas.label('maker', 1.25), (.2, W + .1255, TOP + .025), (0, 0, 180))
g.box((.05, .05, .8), (-.6, W - .2, .45), p.paint, .004)                                     # clamp and weld arm beside the bed
g.box((.30, .10, .16), (-.5, W - .55, .62), p.dark, .010)
g.box((.10, .30, .06), (-.6, W - .4, .80), p.yellow, .006)
g.obj('Frame', root)
a = M()
a.cyl(.30, .06, (0, 0, -.06), p.steel, steps=28)
a.box((1.30, .20, .14), (-.50, 0, -.14), p.petrol, .014)
a.box((.70, .30, .12), (.42, 0, -.14), p.dark, .014)                                         # counterweight
a.box((.16, .22, 2.45), (-1.12, 0, -1.36), p.petrol, .014)
for s in (-1, 1):
    a.box((.05, .03, 2.35), (-1.04, s * .09, -1.36), p.steel, .003)
a.box((.03, .05, 2.3), (-1.04, 0, -1.36), p.black, 0)
a.box((.24, .30, .05), (-1.12, 0, -2.60), p.yellow, .010)
a.decal(atlas.label('stripes', 1.2), (-1.2012, 0, -1.4), (0, 90, -90))
arm = a.obj('Arm', root, (0, 0, TOP - .10), (0, 0, 0), extras={'axis': 'Y', 'max_deg_s': 180.0})
f = M()
f.box((.12, .30, .66), (0, 0, 0), p.paint, .012)
f.box((.22, .44, .05), (.10, -.10, -.32), p.dark, .008)
f.box((.22, .44, .05), (.10, -.10, .32), p.dark, .008)
for y, r, m in ((-.02, .030, p.rubber), (.05, .030, p.polished), (-.05, .018, p.polished)):
    f.cyl(r, .58, (.13, y, -.29), m, steps=12)
carriage = f.obj('FilmCarriage', arm, (-.99, 0, -2.10), extras={'axis': 'Y', 'min_m': 0.0, 'max_m': 1.60})
r = M()
r.lathe([(.038, -.25), (.12, -.25), (.12, .25), (.038, .25), (.038, -.25)], (0, 0, 0), roll, steps=28)
r.lathe([(.025, -.28), (.038, -.28), (.038, .28), (.025, .28)], (0, 0, 0), p.natural, steps=14)
r.cyl(.05, .03, (0, 0, .27), p.red, steps=14)
r.obj('FilmReel', carriage, (.12, -.22, 0), extras={'axis': 'Y', 'radius_m': .12})
tail = M()
tail.add(sheet_mesh([((.13, .08, -.24), (0, 0)), ((.38, .62, -.24), (1, 0)), ((.38, .62, .24), (1, 1)), ((.13, .08, .24), (0, 1))]), film)
tail.obj('FilmGlass', carriage)
frame, panes = M(), M()
guard(frame, panes, [(-1.9, -1.95), (1.9, -1.95), (1.9, -.95)], .15, 2.15, p, close=False, n=[3, 1])
guard(frame, panes, [(1.9, .95), (1.9, 1.95), (-1.9, 1.95), (-1.9, .95)], .15, 2.15, p, close=False, n=[1, 3, 1])
guard(frame, panes, [(-1.9, -.95), (-1.9, -1.95)], .15, 2.15, p, close=False, n=[1])
for x in (-1.9, 1.9):                                                                          # muting light curtains
    for y in (-.92, .92):
        frame.box((.07, .07, 1.5), (x * 1.10, y, .95), p.yellow, .006)
        frame.box((.012, .03, 1.2), (x * 1.10, y * .955, 1.05), p.black, 0)
        frame.box((.16, .16, .01), (x * 1.10, y, .20), p.zinc, 0)
        frame.lathe([(.03, 0), (.03, .05), (.02, .06), (0, .06)], (x * 1.10, y, 1.70), material('MutingLamp', (.5, .5, .48), 0, .3, emit=(1, 1, .9), strength=.5), steps=12)
for x in (-1.25, 0, 1.25):
    frame.decal(atlas.label('hands', .13), (x, -1.967, 1.75))
frame.obj('Guard', root)
panes.obj('GuardGlass', root)
e = M()
switch_cabinet(e, (atlas, [('number', .30, (.0, 1.35))]), (-1.1, -2.45, 0), (.80, .40, 1.8), p, 1)
e.box((.05, .05, 1.15), (.2, -2.25, .575), p.paint, .004)
e.box((.18, .18, .012), (.2, -2.25, .006), p.paint, .002)
spot = hmi_head(e, (.2, -2.33, 1.42), p, 0)
for i, z in enumerate((.15, .66)):
    for k in range(2):                                                                         # spare reels on a pallet board
        e.lathe([(.038, 0), (.12, 0), (.12, .5), (.038, .5)], (1.2 + k * .27, -2.35 + .01 * i, z), roll, steps=20)
e.box((.62, .36, .14), (1.33, -2.35, .07), material('PalletWood', (.42, .29, .16), 0, .8), .004)
e.obj('Cabinet', root)
screen('HmiScreen', root, spot.to_translation(), screen_image('wrapper', 'Stretch wrapper', 'W-07'))
stack_light(root, (W, -W, TOP + .12), p)
node('Infeed', None, root, (-1.5, 0, BED))
node('Pallet', None, root, (0, 0, BED))
node('Outfeed', None, root, (1.5, 0, BED))
finish('wrapper', distance=.40, floor=.42)
