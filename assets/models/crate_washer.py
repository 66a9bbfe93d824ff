"""Crate washer: a tunnel along Z from whose hood the washed crates come out to the side, towards +X.

The origin is the middle of the hood, where the empty-crate conveyor begins; crates stand at 0.75 m.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from process_kit import *

new_scene()
p = Palette2()
atlas = textures.Atlas('washer_decals', 512)
letters(atlas, 'maker', 'OSTERVIK', 420, 84, 64, (240, 244, 246))
name_plate(atlas, 'name', 'CRATE WASHER W-07', 420, 64)
atlas.add('hot', textures.warning_triangle(96, 'mark'))

W, Y0, Y1, TOP, CRATE = .92, -.50, 3.60, 1.62, .75                                          # Y: towards the back
root = node('CrateWasher', extras={'kind': 'crate_washer', 'crate_level_m': CRATE})
b = M()
b.box((W, Y1 - Y0, TOP - .56), (0, (Y0 + Y1) / 2, (TOP + .56) / 2), p.inox, .014)
b.box((W + .05, Y1 - Y0 + .05, .05), (0, (Y0 + Y1) / 2, TOP), p.polished, .010)
b.box((W - .10, 2.5, .36), (0, 2.1, .36), p.inox, .020)                                      # tanks for lye and rinse
for y in (Y0 + .12, .85, 2.1, Y1 - .12):
    for x in (-W / 2 + .07, W / 2 - .07):
        b.box((.06, .06, .54), (x, y, .30), p.inox, .004)
        foot(b, x, y, p, .08, .05)
for side in (-1, 1):
    for y in ((.95, 1.95, 2.95) if side > 0 else (-.05, .95, 1.95, 2.95)):                      # lift-up doors
        b.box((.020, .86, .70), (side * (W / 2 + .008), y, 1.16), p.inox, .008)
        b.tube([(side * (W / 2 + .02), y - .18, .92), (side * (W / 2 + .06), y - .18, .92), (side * (W / 2 + .06), y + .18, .92), (side * (W / 2 + .02), y + .18, .92)],
               .011, p.black, .02, 6)
        for dy in (-.3, .3):
            b.box((.03, .09, .05), (side * (W / 2 + .012), y + dy, 1.52), p.yellow, .004)
    b.box((.012, 3.9, .12), (side * (W / 2 + .012), (Y0 + Y1) / 2, TOP - .02), p.petrol, .003)
b.decal(atlas.label('maker', .62), (W / 2 + .0195, .95, TOP - .02), (0, 0, 90))
b.decal(atlas.label('name', .46), (W / 2 + .0195, 2.4, TOP - .02), (0, 0, 90))
b.decal(atlas.label('hot', .16), (W / 2 + .0195, 1.95, 1.36), (0, 0, 90))
for y, level, face in ((0, CRATE, (W / 2 + .006, 0)), (Y1, CRATE, None)):                      # out to the side, in at the back, behind strips
    turn = 0 if face else 90
    at = (W / 2 + .004, 0, level + .16) if face else (0, Y1 + .004, level + .16)
    b.box((.014, .46, .36), at, p.black, 0, (0, 0, turn))
    for k in range(6):
        d = -.19 + k * .076
        pos = (W / 2 + .016 + .004 * (k % 2), d, level + .165) if face else (d, Y1 + .016 + .004 * (k % 2), level + .165)
        b.box((.004, .070, .33), pos, p.rubber, 0, (0, 0, turn))
    for d in (-.25, .25):
        b.box((.05, .04, .44), (W / 2 + .02, d, level + .16) if face else (d, Y1 + .02, level + .16), p.polished, .004, (0, 0, turn))
for s in (-1, 1):                                                                             # where dirty crates are put on
    b.box((.04, .95, .12), (s * .24, Y1 + .48, .68), p.alu, .004)
    b.box((.05, .05, .60), (s * .24, Y1 + .86, .33), p.alu, .004)
    foot(b, s * .24, Y1 + .86, p, .05, .045)
for k in range(9):
    b.cyl(.024, .44, (-.22, Y1 + .10 + k * .10, CRATE - .024), p.zinc, 'x', 12)
b.lathe([(.13, 0), (.15, .02), (.15, .60), (.22, .74), (.22, .80), (0, .80)], (0, 2.6, TOP + .02), p.inox, steps=20)   # vapour outlet
b.tube([(0, 2.6, TOP + .7), (0, 2.6, 5.2)], .12, p.zinc, 0, 14)
pump(b, (-W / 2 - .34, 1.4, 0), p, yaw=90)
pipe(b, [(-W / 2 - .34, 1.22, .52), (-W / 2 - .34, 1.22, 1.45), (-W / 2 + .05, 1.22, 1.45)], p)
pipe(b, [(-W / 2 - .34, 1.65, .26), (-W / 2 - .34, 2.1, .26), (-W / 2 + .10, 2.1, .26)], p)
gear_motor(b, (W / 2 + .16, -.30, .66), p, scale=1.0)
b.box((.40, .26, .70), (-W / 2 - .16, .2, 1.30), p.paint, .010)
b.box((.012, .08, .08), (-W / 2 - .367, .2, 1.45), p.yellow, .003)
b.obj('Body', root)
node('Outfeed', None, root, (W / 2, 0, CRATE))
finish('crate_washer', distance=.35, floor=.45)
