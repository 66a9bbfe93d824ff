"""Gangways: platform (2 x 1 m, deck at 2.40 m, rails on both long sides), platform_end (a rail for an open end), stairs (to 2.40 m).

Platforms line up along X. The stairs climb along +X and end at the origin's far edge: their top meets a platform at x = 0.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

DECK = 2.40


def grating(part, p, x0, x1, y0, y1, z, mat):
    part.add(kit_box((x1 - x0, y1 - y0, .030), 0), mat, ((x0 + x1) / 2, (y0 + y1) / 2, z - .015))


def rail(part, p, a, b, z=DECK, posts=3):
    """A handrail of yellow tube with knee rail, toe board and posts."""
    a, b = Vector((*a, z)), Vector((*b, z))
    for h in (1.10, .58):
        part.tube([a + Vector((0, 0, h)), b + Vector((0, 0, h))], .0212, p.yellow, 0, 8)
    for k in range(posts):
        q = a + (b - a) * (k / (posts - 1))
        part.tube([q - Vector((0, 0, .12)), q + Vector((0, 0, 1.10))], .0212, p.yellow, 0, 8)
        part.box((.07, .07, .012), q + Vector((0, 0, .02)), p.zinc, 0)
    part.beam(a + Vector((0, 0, .075)), b + Vector((0, 0, .075)), .006, p.yellow, .15, 0)


def setup(name):
    new_scene()
    p = Palette2()
    atlas = textures.Atlas(name + '_decals', 256)
    atlas.add('stripes', textures.hazard_stripes(250, 24, 16))
    img, d = textures.plate(180, 60, (240, 242, 242), 4, (30, 34, 38))
    textures.centred(d, (0, 0, 180, 60), '3 kN/m2', 30, (20, 24, 28))
    atlas.add('load', img)
    scuffs(atlas, 'scuff', 200, 40, 9)
    return p, atlas


def platform():
    p, atlas = setup('platform')
    root = node('Platform', extras={'kind': 'platform', 'length_m': 2.0, 'width_m': 1.0, 'deck_m': DECK})
    b = M()
    grating(b, p, -1, 1, -.5, .5, DECK, p.tread())
    for y in (-.47, .47):
        b.box((2.0, .07, .16), (0, y, DECK - .11), p.paint, .004)
    for x in (-.97, 0, .97):
        b.box((.06, .90, .10), (x, 0, DECK - .09), p.paint, .003)
    for x in (-.90,):
        for y in (-.43, .43):
            b.box((.10, .10, DECK - .16), (x, y, (DECK - .16) / 2), p.paint, .006)
            b.box((.24, .22, .016), (x, y, .008), p.paint, .002)
            b.bolts(4, .11, (x, y, .016), p.zinc, r=.010, h=.010, phase=45)
            b.decal(atlas.label('stripes', .9), (x, y - .0512, .6), (0, 90, 0))
            b.beam((x, y, 1.75), (x + .55, y, DECK - .14), .05, p.paint)
        b.beam((x, -.43, 1.9), (x, .43, 1.9), .05, p.paint)
    for y in (-.47, .47):
        rail(b, p, (-.96, y), (.96, y))
    b.decal(atlas.label('load', .22), (.2, -.5062, DECK - .11))
    b.obj('Body', root)
    finish('platform', distance=.25, floor=.45)


def end():
    p, atlas = setup('platform_end')
    root = node('PlatformEnd', extras={'kind': 'platform_end'})
    b = M()
    rail(b, p, (0, -.47), (0, .47), posts=2)
    b.obj('Body', root)
    finish('platform_end', distance=.2, floor=.5)


def stairs():
    p, atlas = setup('stairs')
    root = node('Stairs', extras={'kind': 'stairs', 'rise_m': DECK, 'run_m': 2.64, 'steps': 12})
    n, run = 12, .24
    b = M()
    x0 = -n * run
    for s in (-1, 1):
        b.prism([(x0 - .10, 0), (x0 + .16, 0), (.0, DECK - .20), (.0, DECK + .0), (-.10, DECK + .0)], .012, p.paint, (0, s * .45, 0), (90, 0, 0), .002)
    for k in range(1, n):
        z = DECK * k / n
        x = x0 + run * (k - .5) + .02
        b.add(kit_box((.27, .88, .035), 0), p.tread(), (x, 0, z - .017))
        b.box((.035, .88, .038), (x - .12, 0, z - .017), p.yellow, 0)
    k = (DECK) / (n * run)
    for s in (-1, 1):
        y = s * .45
        line = lambda h: [(x0 + .05, y, .05 * k + h + .08), (-.03, y, DECK + h - .02)]
        b.tube([(x0 - .12, y, .05 + .55), (x0 - .10, y, 1.02), *line(1.02)[1:], (.0, y, DECK + 1.10)], .0212, p.yellow, .06, 8)
        b.tube([(x0 + .05, y, .62), (-.03, y, DECK + .55)], .0212, p.yellow, 0, 8)
        for t in (.0, .35, .68, .98):
            x = x0 + .06 + (-.06 - x0) * t
            zb = (x - x0) * k
            b.tube([(x, y, zb - .02), (x, y, zb + 1.05)], .0212, p.yellow, 0, 8)
        b.box((.18, .12, .014), (x0 + .02, y, .007), p.zinc, .002)
    b.obj('Body', root)
    node('Top', None, root, (0, 0, DECK))
    finish('stairs', distance=.25, floor=.45)


platform()
end()
stairs()
