"""Open bottle crate 396 x 296 x 240 mm with 3 x 4 bottles. Long side along X, the origin in the middle of its floor.

crate_full and crate_empty lie as a conveyor carries them: long side along Z, which is where a model looks.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
shell = material('CratePlastic', (.012, .075, .27), 0, .40)
glass = material('BottleGlass', (.010, .075, .040), 0, .06)
cap = material('BottleCap', (.70, .71, .72), 1, .30)
atlas = textures.Atlas('crate_decals', 512)
img, d = textures.plate(508, 88, (246, 247, 244))
d.rectangle((0, 0, 508, 12), fill=(0, 92, 168))
d.rectangle((0, 76, 508, 88), fill=(0, 92, 168))
for x in (0, 254):
    textures.centred(d, (x, 10, x + 254, 58), 'Aqua Nord', 38, (0, 78, 150), 'ExtraBold')
    textures.centred(d, (x, 54, x + 254, 76), 'NATURAL MINERAL WATER  0.5 l', 13, (90, 100, 110), 'SemiBold')
atlas.add('label', img)
img, d = textures.plate(320, 74, (4, 62, 138))
textures.centred(d, (0, 0, 320, 74), 'AQUA NORD', 50, (236, 242, 248), 'Black')
atlas.add('brand', img)

root = node('Crate', extras={'kind': 'crate', 'size_m': [.396, .24, .296], 'bottles': 12})
L, W, H, T = .396, .296, .24, .011
c = Part()
c.box((L - .012, W - .012, .007), (0, 0, .0075), shell, 0)
for s in (-1, 1):
    c.box((L, T, .072), (0, s * (W - T) / 2, .040), shell, .003)                          # long sides
    c.box((L, T, .046), (0, s * (W - T) / 2, .217), shell, .003)
    c.box((L + .004, T + .003, .008), (0, s * (W - T) / 2, .196), shell, .002)
    for x in (-.093, 0, .093):
        c.box((.024, T - .002, .13), (x, s * (W - T) / 2, .135), shell, .002)
    c.box((T, W, .090), (s * (L - T) / 2, 0, .049), shell, .003)                          # short sides with the grip
    c.box((T, W, .026), (s * (L - T) / 2, 0, .227), shell, .003)
    c.box((T, W, .020), (s * (L - T) / 2, 0, .158), shell, .003)
    for y in (-1, 1):
        c.box((T, .085, .060), (s * (L - T) / 2, y * .104, .19), shell, .003)
        c.box((T - .002, .026, .07), (s * (L - T) / 2, y * .048, .12), shell, .002)
    c.box((.018, .115, .010), (s * (L / 2 - .012), 0, .2155), shell, .003)
    for y in (-1, 1):
        c.box((.036, .036, .238), (s * (L / 2 - .0175), y * (W / 2 - .0175), .120), shell, .008)
for x in (-.093, 0, .093):
    c.box((.003, W - .02, .07), (x, 0, .047), shell, 0)
for y in (-.0453, .0453):
    c.box((L - .02, .003, .07), (0, y, .047), shell, 0)
for s in (-1, 1):
    c.decal(atlas.label('brand', .23), (0, s * (W / 2 + .0008), .040), (0, 0, 0 if s < 0 else 180))
    c.decal(atlas.label('brand', .16), (s * (L / 2 + .0008), 0, .048), (0, 0, 90 * s))
c.obj('Crate_Body', root)

profile = [(0, .012), (.034, .012), (.0375, .017), (.0375, .118), (.034, .136), (.0235, .165), (.0150, .186), (.0132, .205), (.0150, .207), (.0150, .213)]
crown = [(.0162, .206), (.0166, .211), (.0150, .2185), (.0130, .2205), (0, .2205)]
rect, _ = atlas.rects['label']
b = Part()
for i in range(4):
    for j in range(3):
        at = ((i - 1.5) * .093, (j - 1) * .0907, 0)
        turn = (0, 0, (i * 67 + j * 131) % 360)
        b.add(lathe_mesh(profile, 12, 40), glass, at, turn)
        b.add(lathe_mesh(crown, 10, 50), cap, at, turn)
        band = lathe_mesh([(.0379, .060), (.0379, .112)], 12)
        for uv in band.uv_layers[0].data:
            u, v = uv.uv
            uv.uv = (rect[0] + (rect[2] - rect[0]) * u, rect[1] + (rect[3] - rect[1]) * (v / .052))
        b.add(band, atlas.material(), at, turn)
b.obj('Crate_Bottles', root)
export('crate', distance=.10, floor=.32, samples=48)

for part in ('Body', 'Bottles'):
    o = bpy.data.objects['Crate_' + part]
    o.name, o.rotation_euler = 'CrateFull_' + part, (0, 0, math.radians(90))
root.name = 'CrateFull'
export('crate_full', baked=True)
bpy.data.objects.remove(bpy.data.objects['CrateFull_Bottles'])
root.name, bpy.data.objects['CrateFull_Body'].name = 'CrateEmpty', 'CrateEmpty_Body'
root['bottles'] = 0
export('crate_empty', distance=.10, floor=.32, samples=48)
