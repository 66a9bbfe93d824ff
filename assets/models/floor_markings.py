"""Paint on the hall's floor: walkway, lanes, keep-clear areas and pallet places, in the cell's own coordinates.

Everything is given in glTF floor coordinates (x, z); the placement is the origin. The fence's corners are fence.py's.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
paint = material('FloorPaintYellow', (1, 1, 1), 0, .55, base=textures.floor_paint_image())
walk = material('FloorPaintGreen', (.055, .115, .085), 0, .48)
atlas = textures.Atlas('floor_decals', 512)
atlas.add('foot', textures.pedestrian(200))
for letter in 'AB':
    img, d = textures.plate(120, 120, (245, 190, 0))
    d.rectangle((0, 0, 120, 120), fill=(225, 170, 10, 0))
    textures.centred(d, (0, 0, 120, 120), letter, 110, (226, 172, 16, 255), 'Black')
    atlas.add(letter, img)

X0, X1, Z0, Z1 = -1.8, 4.4, -2.9, 2.9
at = floor_point
f = Part()
UP = .003


def patch(x0, z0, x1, z1, m, up=UP):
    """A rectangle on the floor, uv in metres."""
    corners = [(x0, z1), (x1, z1), (x1, z0), (x0, z0)]
    f.add(sheet_mesh([(at(x, z, up), (x, z)) for x, z in corners]), m)


def frame_lines(x0, z0, x1, z1, w, m=paint):
    patch(x0, z0, x1, z0 + w, m)
    patch(x0, z1 - w, x1, z1, m)
    patch(x0, z0 + w, x0 + w, z1 - w, m)
    patch(x1 - w, z0 + w, x1, z1 - w, m)


def corners_only(x0, z0, x1, z1, w, length):
    for x, sx in ((x0, 1), (x1, -1)):
        for z, sz in ((z0, 1), (z1, -1)):
            a, b = sorted((x, x + sx * length))
            c, e = sorted((z, z + sz * w))
            patch(a, c, b, e, paint)
            a, b = sorted((x, x + sx * w))
            c, e = sorted((z + sz * w, z + sz * length))
            patch(a, c, b, e, paint)


def hatch(x0, z0, x1, z1, w=.10, gap=.16):
    """Diagonal stripes, clipped to the rectangle, inside a border."""
    frame_lines(x0, z0, x1, z1, .08)
    x0, z0, x1, z1 = x0 + .08, z0 + .08, x1 - .08, z1 - .08
    step = (w + gap) * math.sqrt(2)
    s = x0 - (z1 - z0)
    while s < x1:
        strip = [(s, z1), (s + w * math.sqrt(2), z1), (s + w * math.sqrt(2) + z1 - z0, z0), (s + z1 - z0, z0)]
        for axis, limit, sign_ in ((0, x0, 1), (0, x1, -1)):
            cut = []
            for a, b in zip(strip, strip[1:] + strip[:1]):
                da, db = (a[axis] - limit) * sign_, (b[axis] - limit) * sign_
                if da >= 0:
                    cut.append(a)
                if da * db < 0:
                    t = da / (da - db)
                    cut.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t))
            strip = cut
            if len(strip) < 3:
                break
        if len(strip) >= 3:
            f.add(sheet_mesh([(at(x, z, UP), (x, z)) for x, z in strip]), paint)
        s += step


for x in range(-12, 12, 2):
    patch(x, 5.10, x + 2, 6.30, walk, .002)
patch(-12, 5.00, 12, 5.10, paint)
patch(-12, 6.30, 12, 6.40, paint)
for x in (-7.5, -1.0, 5.5):
    turned = placed(at(x, 5.70, .0035), (-90, 0, 0))
    mesh, m_ = atlas.label('foot', .80)
    f.add(mesh, m_, matrix=turned)
for x0, z0, x1, z1 in ((X0 - .35, Z0 - .35, X1 + .35, Z0 - .27), (X0 - .35, Z0 - .27, X0 - .27, -1.2), (X0 - .35, 0, X0 - .27, Z1 + 1.2),
                       (X1 + .27, Z0 - .27, X1 + .35, Z1 + 1.2), (X0 - .35, Z1 + 1.2, -.05, Z1 + 1.28), (3.25, Z1 + 1.2, X1 + .35, Z1 + 1.28)):
    patch(x0, z0, x1, z1, paint)
hatch(3.35, Z1 + .12, 4.55, Z1 + 1.12)                                                    # keep clear: gate
hatch(-1.75, Z1 + .72, -.75, Z1 + 1.20)                                                   # keep clear: cabinet doors
for key, x in (('A', .9), ('B', 2.3)):
    corners_only(x - .40, .75, x + .40, 1.75, .06, .22)
    mesh, m_ = atlas.label(key, .30)
    f.add(mesh, m_, matrix=placed(at(x, 2.05, .0035), (-90, 0, 0)))
for x in (.22, 2.98):                                                                     # truck lane through the curtain
    patch(x - .04, Z1 + .25, x + .04, 5.0, paint)
patch(.3, Z1 - .02, 2.9, Z1 + .08, paint)
for x, z in ((9.45, 2.55), (10.75, 2.55), (9.45, 3.75), (10.75, 3.75)):                      # finished goods
    corners_only(x - .66, z - .46, x + .66, z + .46, .06, .22)
corners_only(7.0 - .68, 1.6 - .48, 7.0 + .68, 1.6 + .48, .06, .22)                        # empty pallets
f.obj('Paint', node('FloorMarkings', extras={'kind': 'floor_markings'}))
export('floor_markings', occlusion=False)
