"""The returnable 0.5 l glass bottle of the crate, single: empty; filled and capped; labelled.

Its origin is the middle of its foot; 75 mm across, 213 mm high, 220 mm with the crown cork.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

OUTSIDE = [(0, .004), (.030, .004), (.0345, 0), (.0375, .006), (.0375, .118), (.0355, .130), (.029, .150), (.0205, .174), (.0150, .190),
           (.0132, .203), (.0155, .205), (.0155, .213), (.0110, .213)]
LIQUID = [(0, .010), (.0335, .010), (.0345, .014), (.0345, .118), (.0325, .130), (.026, .150), (.0178, .174), (0, .174)]
CROWN = [(.0160, .2055), (.0168, .209), (.0150, .2175), (.0125, .2200), (0, .2205)]


def label_atlas():
    atlas = textures.Atlas('bottle_label', 256)
    img, d = textures.plate(250, 84, (246, 247, 244))
    for y in (0, 74):
        d.rectangle((0, y, 250, y + 10), fill=(0, 92, 168))
    for x in (0, 125):
        textures.centred(d, (x, 12, x + 125, 50), 'Aqua Nord', 20, (0, 78, 150), 'ExtraBold')
        textures.centred(d, (x, 48, x + 125, 70), 'NATURAL MINERAL WATER', 7, (90, 100, 110), 'SemiBold')
    atlas.add('label', img)
    img, d = textures.plate(120, 40, (0, 92, 168))
    textures.centred(d, (0, 0, 120, 40), '0.5 l', 18, (240, 246, 250))
    atlas.add('neck', img)
    return atlas


def bottle(name, filled, labelled):
    new_scene()
    root = node(name, extras={'kind': 'bottle', 'diameter_m': .075, 'height_m': .2205 if filled else .213, 'filled': filled, 'labelled': labelled})
    b = M()
    body(b, (0, 0, 0), filled, labelled, 16)
    b.obj(name + '_Body', root)
    finish(name_of[name], occlusion=False)


def body(b, at, filled, labelled, steps, atlas=None):
    glass = material('BottleGlass', (.012, .135, .062), 0, .05, alpha=.62, double=not filled)
    if filled:
        b.lathe(LIQUID, at, material('BottleLiquid', (.006, .055, .028), 0, .12), steps=steps - 2, sharp=50)
        b.lathe(CROWN, at, material('CrownCork', (.66, .67, .68), 1, .30), steps=steps - 2, sharp=60)
    b.lathe(OUTSIDE, at, glass, steps=steps, sharp=50)
    if labelled:
        atlas = atlas or label_atlas()
        for key, ring in (('label', [(.0379, .046), (.0379, .108)]), ('neck', [(.0272, .158), (.0212, .174)])):
            rect, _ = atlas.rects[key]
            band = lathe_mesh(ring, steps)
            low = min(v for _, v in (c.uv for c in band.uv_layers[0].data))
            high = max(v for _, v in (c.uv for c in band.uv_layers[0].data))
            for c in band.uv_layers[0].data:
                u, v = c.uv
                c.uv = (rect[0] + (rect[2] - rect[0]) * u, rect[1] + (rect[3] - rect[1]) * (v - low) / (high - low))
            b.add(band, atlas.material(), at)


def stroke():
    """The 36 bottles that the packer takes at a time, in the pattern of three crates; the origin is the middle of their feet."""
    new_scene()
    root, b, atlas = node('BottleStroke', extras={'kind': 'bottles', 'count': 36}), M(), label_atlas()
    for x in (-.405, 0, .405):
        for i in range(4):
            for j in range(3):
                body(b, (x + (i - 1.5) * .093, (j - 1) * .0907, 0), True, True, 8, atlas)
    b.obj('BottleStroke_Bottles', root)
    finish('bottle_stroke', occlusion=False)


name_of = {'Bottle': 'bottle', 'BottleFilled': 'bottle_filled', 'BottleLabelled': 'bottle_labelled'}
bottle('Bottle', False, False)
bottle('BottleFilled', True, False)
bottle('BottleLabelled', True, True)
stroke()
