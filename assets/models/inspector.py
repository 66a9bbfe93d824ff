"""Full-bottle inspection: fill level, crown and label, a pneumatic pusher and a reject lane with its table; 4 m of conveyor.

The bottles run along +X at y = 0; rejects go to the front (glTF +Z).
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

new_scene()
p = Palette2()
atlas = textures.Atlas('inspector_decals')
letters(atlas, 'maker', MAKER, 500, 84, 72, (236, 242, 244))
name_plate(atlas, 'number', 'INSPECTION  I-04', 380, 60)
atlas.add('hands', textures.warning_triangle(96, 'mark'))
img, d = textures.plate(260, 70, (180, 20, 24), 6)
textures.centred(d, (0, 0, 260, 70), 'REJECTS', 44, (250, 250, 250))
atlas.add('reject', img)
img, d = textures.plate(130, 130, (250, 200, 0), 6, (20, 20, 20))
textures.centred(d, (0, 0, 130, 130), 'LED\nflash light\nDo not stare', 17, (15, 15, 15))
atlas.add('flash', img)

root = node('Inspector', extras={'kind': 'inspector', 'travel_axis': 'X', 'level_m': LEVEL, 'reject_x_m': .95})
way = [(-2, 0), (2, 0)]
w = M()
slat_way(w, way, p, rails='', legs=1.7)
slat_way(w, [(-2, 0), (-.86, 0)], p, sides=False, tray=False, first=.15, bracket=.4)
slat_way(w, [(1.25, 0), (2, 0)], p, sides=False, tray=False, first=.15, bracket=.4)
slat_way(w, [(.30, 0), (1.25, 0)], p, rails='l', sides=False, tray=False, first=.1, bracket=.25)
slat_way(w, [(.30, 0), (.72, 0)], p, rails='r', sides=False, tray=False, first=.1, bracket=.2)
gear_motor(w, (1.9, .16, LEVEL - .075), p)
w.obj('Conveyor', root)
chain('Chain', root, way, p)

# ---- housing ---------------------------------------------------------------------------------------------------------
b = M()
b.box((.95, .62, .72), (-.28, .44, .52), p.paint, .014, seg=2)
for x in (-.66, .10):
    for y in (.22, .68):
        foot(b, x, y, p, .17, .06)
sheet_doors(b, -.72, .16, .13, .22, .84, 2, p, p.paint)
b.box((1.10, 1.00, .36), (-.28, .18, LEVEL + .70), p.paint, .020, seg=2)                    # bridge over the bottles
b.box((1.10, .36, .95), (-.28, .56, LEVEL + .08), p.paint, .014, seg=2)
b.box((1.12, 1.02, .12), (-.28, .18, LEVEL + .84), p.petrol, .016)
b.box((.98, .04, .42), (-.28, -.30, LEVEL + .33), p.dark, .008)                             # front hood of dark glass
b.box((.90, .046, .34), (-.28, -.30, LEVEL + .33), material('MachineGlass', (.012, .018, .020), 0, .06), 0)
b.box((.16, .012, .03), (-.28, -.33, LEVEL + .16), p.black, .006)
for x in (-.80, .24):
    b.box((.05, .62, .50), (x, .07, LEVEL + .27), p.paint, .008)
    b.box((.056, .13, .30), (x, 0, LEVEL + .15), p.black, 0)                                # openings for the bottles
b.box((.60, .05, .30), (-.28, .36, LEVEL + .22), p.led, .004)                               # back light
for x in (-.48, -.08):
    b.box((.09, .16, .09), (x, -.20, LEVEL + .14), p.blue, .008)
    b.cyl(.032, .07, (x, -.12, LEVEL + .14), p.black, 'y', 14)
b.decal(atlas.label('maker', .70), (-.28, -.3355, LEVEL + .845))
b.decal(atlas.label('number', .42), (-.28, -.3225, LEVEL + .68))
b.decal(atlas.label('flash', .12), (.15, -.3245, LEVEL + .45))
b.decal(atlas.label('hands', .11), (.02, .1165, .62))
b.tube([(-.28, .60, LEVEL + .9), (-.28, .60, 2.35)], .05, p.zinc, 0, 12)
spot = hmi_head(b, (-.28, -.42, LEVEL + 1.32), p, 0, (.50, .36))
b.box((.06, .30, .06), (-.28, -.20, LEVEL + 1.28), p.dark, .008)
b.box((.06, .06, .42), (-.28, -.08, LEVEL + 1.10), p.dark, .008)
b.obj('Housing', root)
screen('HmiScreen', root, spot.to_translation(), screen_image('inspector', 'Inspection', 'I-04'), size=(.40, .25))
stack_light(root, (.12, .5, LEVEL + .90), p)

# ---- pusher, reject lane and table -----------------------------------------------------------------------------------
q = M()
q.box((.22, .10, .10), (.95, .20, LEVEL + .10), p.alu, .006)
q.cyl(.032, .20, (.95, .24, LEVEL + .10), p.alu, 'y', 16)
q.box((.10, .02, .30), (.95, .17, LEVEL - .02), p.zinc, .003)
q.box((.06, .05, .06), (.95, .30, LEVEL + .17), p.black, .004)
for dx in (-.02, .02):
    q.hose([(.95 + dx, .30, LEVEL + .19), (.95 + dx * 2, .36, LEVEL + .28), (.7, .42, LEVEL + .10), (.25, .45, LEVEL + .0)], .005, p.blue, per_span=5, res=5)
q.obj('PusherDrive', root)
k = M()
k.box((.09, .016, .10), (0, 0, 0), p.pom, .004)
k.box((.03, .02, .04), (0, .016, 0), p.polished, .003)
k.cyl(.010, .20, (0, .02, 0), p.polished, 'y', 10)
k.obj('Pusher', root, (.95, .052, LEVEL + .10), extras={'axis': 'Z', 'min_m': 0.0, 'max_m': .11, 'note': 'positive pushes to the reject lane'})
r = M()
lane = [(.70, -.095), (1.35, -.095)]
slide = arc(1.30, -.35, .25, 90, 0, 8)
reject_way = [(.78, -.10), (1.30, -.10)] + slide[1:] + [(1.55, -.62)]
slat_way(r, reject_way, p, width=.10, rails='r', tray=False, bracket=.45, first=.2)
slat_way(r, [(1.2, -.10), (1.30, -.10)] + slide[1:] + [(1.55, -.62)], p, width=.10, rails='l', sides=False, tray=False, bracket=.45, first=.2)
TX, TY = 1.55, -1.18
r.box((.90, 1.10, .006), (TX, TY, LEVEL - .01), p.inox, 0)
for s in (-1, 1):
    r.box((.006, 1.10, .12), (TX + s * .45, TY, LEVEL + .04), p.inox, 0)
    r.tube([(TX + s * .45, TY - .55, LEVEL + .10), (TX + s * .45, TY + .55, LEVEL + .10)], .009, p.polished, 0, 6)
    for y in (-.48, .48):
        r.tube([(TX + s * .40, TY + y, LEVEL - .02), (TX + s * .40, TY + y, .05)], .021, p.inox, 0, 8)
        foot(r, TX + s * .40, TY + y, p, .08, .045)
r.box((.90, .006, .12), (TX, TY - .55, LEVEL + .04), p.inox, 0)
for x0, x1 in ((-.45, -.08), (.08, .45)):
    r.box((x1 - x0, .006, .12), (TX + (x0 + x1) / 2, TY + .55, LEVEL + .04), p.inox, 0)
r.tube([(TX - .40, TY - .48, .30), (TX + .40, TY - .48, .30)], .016, p.inox, 0, 6)
r.tube([(TX - .40, TY + .48, .30), (TX + .40, TY + .48, .30)], .016, p.inox, 0, 6)
r.box((.84, 1.0, .012), (TX, TY, .42), p.inox, 0)
r.box((.62, .02, .18), (TX, TY - .565, LEVEL + .03), p.red, .004)
r.decal(atlas.label('reject', .56), (TX, TY - .5765, LEVEL + .03))
r.obj('RejectLane', root)
chain('RejectChain', root, reject_way, p, width=.10)
side, cap = M(), None
glass = material('BottleGlassSolid', (.012, .12, .058), 0, .08)
for i, (x, y, lie) in enumerate(((-.25, -.3, 0), (.12, -.1, 0), (-.05, -.36, 0), (.28, -.38, 1), (-.3, .15, 0))):
    mesh = lathe_mesh([(.030, .002), (.0375, .008), (.0375, .118), (.029, .150), (.0150, .190), (.0150, .213), (0, .213)], 10, 50)
    side.add(mesh, glass, (TX + x, TY + y, LEVEL - .006 + (.038 if lie else 0)), (90 if lie else 0, 0, 40 * i))
side.obj('RejectedBottles', root)
node('Infeed', None, root, (-2, 0, LEVEL))
node('Outfeed', None, root, (2, 0, LEVEL))
node('RejectOutfeed', None, root, (TX, TY + .5, LEVEL))
way_points(root, 'Path', [(-2 + .4 * i, 0, LEVEL) for i in range(11)])
way_points(root, 'RejectPath', [(.95, -.10, LEVEL)] + [(x, y, LEVEL) for x, y, _ in walk(reject_way[1:], .25)] + [(TX, TY, LEVEL)])
finish('inspector', distance=.30, floor=.42)
