"""Ways for single bottles: a straight of 2 m, a curve of 90 degrees and an accumulation table of 2 x 1.2 m. Chain top at 1.10 m.

The straight runs from x = -1 to +1; the curve comes from -X, turns left (to glTF -Z) with a radius of 0.7 m; the table is centred.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *


def decals():
    atlas = textures.Atlas('way_decals', 256)
    name_plate(atlas, 'maker', MAKER, 200, 40, (9, 60, 78), px=24)
    img, d = textures.plate(90, 44, (245, 190, 0), 4)
    d.polygon([(10, 16), (52, 16), (52, 6), (80, 22), (52, 38), (52, 28), (10, 28)], fill=(20, 20, 20))
    atlas.add('arrow', img)
    atlas.add('hands', textures.warning_triangle(64, 'mark'))
    img, d = textures.plate(120, 40, (240, 242, 242), 4)
    textures.centred(d, (0, 0, 120, 40), 'CHAIN 12', 20, (30, 34, 38))
    atlas.add('number', img)
    return atlas


def sprocket_end(part, x, p, level=LEVEL, sign=1):
    """The end of a way: shaft bearings and the turn of the chain."""
    for s in (-1, 1):
        part.cyl(.030, .014, (x, s * .056, level - .075), p.dark, 'y' if s > 0 else '-y', 14)
        part.bolts(4, .021, (x, s * .070, level - .075), p.zinc, 'y' if s > 0 else '-y', .005, .004, 45)
    part.cyl(.013, .16, (x, -.08, level - .075), p.polished, 'y', 10)
    steps = [(x + sign * .069 * math.sin(math.pi * k / 8), 0, level - .075 + .069 * math.cos(math.pi * k / 8)) for k in range(9)]
    for a, b in zip(steps, steps[1:]):
        part.beam(a, b, .0825, p.zinc, .006, 0)


def straight():
    new_scene()
    p, atlas = Palette2(), decals()
    root = node('BottleConveyor', extras={'kind': 'bottle_conveyor', 'travel_axis': 'X', 'length_m': 2.0, 'level_m': LEVEL})
    way = [(-1.0, 0), (1.0, 0)]
    f = M()
    slat_way(f, way, p, legs=1.44)
    sprocket_end(f, .93, p)
    gear_motor(f, (.93, .15, LEVEL - .075), p, yaw=0)
    f.box((.05, .05, .14), (.93, .078, LEVEL - .10), p.zinc, .004)
    f.decal(atlas.label('maker', .16), (-.30, -.0565, LEVEL - .085))
    f.decal(atlas.label('arrow', .07), (.02, -.0565, LEVEL - .085))
    f.decal(atlas.label('number', .09), (.36, -.0565, LEVEL - .085))
    f.decal(atlas.label('hands', .055), (.80, -.0565, LEVEL - .085))
    f.tube([(-.2, .0, LEVEL - .24), (-.2, .0, LEVEL - .30)], .018, p.inox)
    f.hose([(-.2, 0, LEVEL - .29), (-.2, .02, LEVEL - .5), (-.19, .05, .35), (-.15, .06, .04)], .014, p.natural, per_span=5, res=6)
    f.obj('Frame', root)
    eye = M()                                                                             # photo eye and reflector
    eye.box((.018, .044, .052), (.55, -.135, LEVEL + .09), p.yellow, .004)
    eye.box((.006, .02, .20), (.55, -.150, LEVEL + .02), p.zinc, 0)
    eye.box((.006, .09, .02), (.55, -.11, LEVEL - .07), p.zinc, 0)
    eye.cyl(.008, .004, (.55, -.113, LEVEL + .095), p.red, 'y', 10)
    eye.hose([(.55, -.14, LEVEL + .06), (.55, -.16, LEVEL - .02), (.54, -.10, LEVEL - .10), (.50, -.07, LEVEL - .13)], .003, p.black, per_span=4, res=5)
    eye.box((.045, .006, .045), (.55, .135, LEVEL + .09), p.red, .003)
    eye.box((.006, .006, .18), (.55, .142, LEVEL + .0), p.zinc, 0)
    eye.obj('PhotoEye', root, extras={'kind': 'photo_eye', 'beam_x_m': .55})
    chain('Chain', root, way, p)
    node('Infeed', None, root, (-1, 0, LEVEL))
    node('Outfeed', None, root, (1, 0, LEVEL))
    finish('bottle_conveyor', distance=.20, floor=.45)


def curve():
    new_scene()
    p, atlas = Palette2(), decals()
    r, lead = .70, .15
    root = node('BottleCurve', extras={'kind': 'bottle_conveyor', 'radius_m': r, 'level_m': LEVEL, 'turn': 'left'})
    way = [(-lead - r, 0)] + arc(-r, r, r, -90, 0, 14) + [(0, r + lead)]
    f = M()
    slat_way(f, way, p, legs=.95, bracket=.42, first=.14)
    f.ribbon(flat(shifted(way, -.075), LEVEL - .10), [(-.004, -.03), (.004, -.03), (.004, .03), (-.004, .03)], p.inox)
    f.decal(atlas.label('arrow', .07), (-lead - r + .1, -.0565, LEVEL - .085))
    f.decal(atlas.label('hands', .055), (-lead - r + .2, -.0565, LEVEL - .085))
    f.obj('Frame', root)
    chain('Chain', root, way, p)
    node('Infeed', None, root, (-lead - r, 0, LEVEL))
    node('Outfeed', None, root, (0, r + lead, LEVEL))
    way_points(root, 'Path', [(x, y, LEVEL) for x, y in way])
    finish('bottle_curve', distance=.20, floor=.45)


def table():
    new_scene()
    p, atlas = Palette2(), decals()
    lanes, w = 12, .0875
    half = lanes * w / 2
    root = node('AccumulationTable', extras={'kind': 'accumulation_table', 'lanes': lanes, 'size_m': [2.4, round(2 * half, 3)], 'level_m': LEVEL})
    f = M()
    for s in (-1, 1):
        f.box((2.4, .004, .20), (0, s * (half + .014), LEVEL - .09), p.inox, 0)
        f.box((2.4, .03, .004), (0, s * (half + .0), LEVEL - .19), p.inox, 0)
        f.box((2.4, .005, .12), (0, s * (half + .004), LEVEL + .08), p.natural, .002)
        for z in (.04, .12):
            f.tube([(-1.2, s * (half + .012), LEVEL + z), (1.2, s * (half + .012), LEVEL + z)], .007, p.polished, 0, 6)
        for x in (-1.05, -.63, -.21, .21, .63, 1.05):
            f.tube([(x, s * (half + .022), LEVEL - .12), (x, s * (half + .022), LEVEL + .15)], .0075, p.polished, 0, 6)
            f.box((.028, .014, .06), (x, s * (half + .020), LEVEL - .06), p.black, .003)
            for z in (.04, .12):
                f.box((.024, .026, .024), (x, s * (half + .020), LEVEL + z), p.black, .003)
        for x in (-.95, 0, .95):
            f.tube([(x, s * (half - .02), LEVEL - .18), (x, s * (half - .02), .04)], .024, p.inox, 0, 8)
            foot(f, x, s * (half - .02), p, .08, .048)
    for x in (-.95, 0, .95):
        f.tube([(x, -half + .02, .28), (x, half - .02, .28)], .018, p.inox, 0, 8)
    for y in (-half + .02, half - .02):
        f.tube([(-.95, y, .28), (.95, y, .28)], .018, p.inox, 0, 8)
    f.box((2.34, 2 * half - .02, .006), (0, 0, LEVEL - .22), p.inox, 0)                    # drip pan with drain
    f.box((2.34, 2 * half, .02), (0, 0, LEVEL - .21), p.inox, .004)
    f.tube([(.3, 0, LEVEL - .22), (.3, 0, .62), (.3, .2, .50), (.3, .2, .03)], .026, p.inox, .08, 10)
    for i in range(lanes + 1):
        f.box((2.36, .004, .05), (0, -half + i * w, LEVEL - .035), p.natural, 0)
    f.cyl(.014, 2 * half + .10, (1.16, -half - .05, LEVEL - .07), p.polished, 'y', 10)
    f.cyl(.014, 2 * half + .02, (-1.16, -half - .01, LEVEL - .07), p.polished, 'y', 10)
    gear_motor(f, (1.16, half + .10, LEVEL - .07), p, scale=1.15)
    f.decal(atlas.label('maker', .22), (-.5, -half - .0165, LEVEL - .09))
    f.decal(atlas.label('arrow', .08), (.42, -half - .0165, LEVEL - .09))
    f.decal(atlas.label('hands', .065), (1.05, -half - .0165, LEVEL - .09))
    for x0, s in ((-1.2, -1), (1.2, 1)):                                                  # transfer plates at both ends
        f.box((.05, 2 * half, .004), (x0, 0, LEVEL - .002), p.polished, 0)
    f.obj('Frame', root)
    c = M()
    for i in range(lanes):
        y = -half + (i + .5) * w
        m = ribbon_mesh(flat([(-1.17, y), (1.17, y)], LEVEL), [(-.041, 0), (.041, 0), (.041, -.007), (-.041, -.007)])
        for poly in m.polygons:
            for li in poly.loop_indices:
                u, v = m.uv_layers[0].data[li].uv
                m.uv_layers[0].data[li].uv = (u + .37 * i, v / .082)
        c.add(m, p.chain())
    c.obj('Chain', root, extras={'uv_unit_m': 1.0, 'travel': '+u'})
    node('Infeed', None, root, (-1.2, 0, LEVEL))
    node('Outfeed', None, root, (1.2, 0, LEVEL))
    finish('accumulation_table', distance=.25, floor=.45)


straight()
curve()
table()
