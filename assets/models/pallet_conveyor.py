"""Pallet conveyors, rollers at 0.45 m: a roller bed of 1.6 m and a chain transfer of 1.6 x 1.6 m that turns the way by 90 degrees."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

BED = .45


def decals():
    atlas = textures.Atlas('pallet_way_decals', 256)
    name_plate(atlas, 'maker', MAKER, 200, 40, (9, 60, 78), px=24)
    atlas.add('hands', textures.warning_triangle(64, 'mark'))
    atlas.add('stripes', textures.hazard_stripes(250, 22, 14))
    scuffs(atlas, 'scuff', 200, 40, 2)
    img, d = textures.plate(160, 40, (240, 242, 242), 4)
    textures.centred(d, (0, 0, 160, 40), 'max 1500 kg', 20, (30, 34, 38))
    atlas.add('load', img)
    return atlas


def frame(f, p, atlas, half, span, legs):
    for s in (-1, 1):
        f.box((2 * half, .06, .18), (0, s * span, BED - .08), p.paint, .006)
        f.box((2 * half, .02, .05), (0, s * (span + .035), BED + .02), p.yellow, .004)        # kerb
        for x in legs:
            f.box((.09, .09, BED - .17), (x, s * span, (BED - .17) / 2), p.paint, .004)
            f.box((.20, .16, .012), (x, s * span, .006), p.paint, .002)
            f.bolts(2, .07, (x, s * span, .012), p.zinc, r=.010, h=.010)
    worn_edges(f, atlas, 'scuff', -half, half, -span - .0312, BED - .12, width=.30)
    f.decal(atlas.label('maker', .22), (-half * .45, -span - .0312, BED - .07))
    f.decal(atlas.label('load', .18), (half * .1, -span - .0312, BED - .07))
    f.decal(atlas.label('hands', .075), (half * .7, -span - .0312, BED - .08))


def rollers(root, p, xs, half):
    r = M()
    r.lathe([(0, -half), (.040, -half), (.044, -half + .006), (.044, half - .006), (.040, half), (0, half)], (0, 0, 0), p.zinc, 'y', 16)
    for s in (-1, 1):
        r.cyl(.014, .05, (0, s * half - (.0 if s > 0 else .05), 0), p.steel, 'y', 8)
        r.box((.006, .004, .03), (.02, s * (half + .001), 0), p.dark, 0)
    mesh = r.mesh('Roller')
    for i, x in enumerate(xs):
        node(f'Roller_{i + 1:02d}', mesh, root, (x, 0, BED - .044), extras={'axis': 'Z', 'radius_m': .044, 'deg_per_m': round(-180 / (math.pi * .044), 2)})


def straight():
    new_scene()
    p, atlas = Palette2(), decals()
    root = node('PalletConveyor', extras={'kind': 'pallet_conveyor', 'travel_axis': 'X', 'length_m': 1.6, 'level_m': BED})
    f = M()
    frame(f, p, atlas, .80, .68, (-.62, .62))
    f.box((1.56, .05, .13), (0, -.74, BED - .10), p.petrol, .008)
    f.decal(atlas.label('hands', .075), (.3, -.7655, BED - .10))
    gear_motor(f, (.10, -.86, .19), p, scale=1.25)
    f.box((.10, .10, .22), (.10, -.77, .25), p.petrol, .008)
    for x in (-.62, .62):
        f.box((.06, 1.36, .06), (x, 0, .22), p.paint, .004)
    f.box((.05, .05, .62), (.70, .76, .30), p.alu, .003)                                       # photo eye
    f.box((.03, .05, .06), (.70, .73, .58), p.yellow, .004)
    f.box((.05, .012, .05), (.70, -.73, .58), p.red, .002)
    f.box((.02, .012, .20), (.70, -.735, .50), p.zinc, 0)
    f.obj('Frame', root)
    rollers(root, p, [-.72 + .16 * i for i in range(10)], .63)
    node('Infeed', None, root, (-.8, 0, BED))
    node('Outfeed', None, root, (.8, 0, BED))
    finish('pallet_conveyor', distance=.25, floor=.45)


def transfer():
    new_scene()
    p, atlas = Palette2(), decals()
    root = node('PalletTransfer', extras={'kind': 'pallet_transfer', 'travel_axis': 'X', 'level_m': BED, 'note': 'rollers along X, chains along Z; the lift raises the chains'})
    f = M()
    frame(f, p, atlas, .80, .72, (-.68, .68))
    for x in (-.77, .77):
        f.box((.05, 1.38, .14), (x, 0, BED - .14), p.paint, .005)
    gear_motor(f, (.45, -.90, .19), p, scale=1.25)
    f.box((.10, .14, .22), (.45, -.80, .25), p.petrol, .008)
    f.box((1.2, 1.1, .05), (0, 0, .08), p.dark, .006)
    f.cyl(.10, .20, (0, 0, .10), p.zinc, steps=16)
    f.obj('Frame', root)
    rollers(root, p, [-.68, -.50, -.08, .08, .50, .68], .66)
    c = M()
    for x in (-.30, .30):
        c.box((.07, 1.36, .10), (x, 0, -.07), p.petrol, .006)
        for s in (-1, 1):
            c.cyl(.055, .05, (x - .025, s * .64, -.06), p.steel, 'x', 16)
        c.box((.045, 1.30, .014), (x, 0, -.006), p.black, 0)
        for k in range(21):
            c.box((.05, .034, .012), (x, -.62 + k * .062, 0), p.zinc, 0)
    c.box((.60, .08, .06), (0, 0, -.13), p.dark, .004)
    motor(c, (-.10, .30, -.16), '-x', .06, .20, p.blue, p)
    c.obj('Lift', root, (0, 0, BED - .02), extras={'axis': 'Y', 'min_m': 0.0, 'max_m': .05})
    node('Infeed', None, root, (-.8, 0, BED))
    node('Outfeed', None, root, (.8, 0, BED))
    node('OutfeedSide', None, root, (0, -.8, BED))
    finish('pallet_transfer', distance=.25, floor=.45)


straight()
transfer()
