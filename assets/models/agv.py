"""Fork AGV and its charging station. The AGV drives body first, to glTF +Z; the forks point back, to -Z.

`Forks` carries the empty `Load`: the middle of a pallet's foot, 0 at floor level.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

AGV = 'TRULLE'


def decals():
    atlas = textures.Atlas('agv_decals')
    letters(atlas, 'maker', AGV, 400, 90, 80, (9, 60, 78))
    img, d = textures.plate(100, 100, (240, 244, 246), 14)
    textures.centred(d, (0, 0, 100, 100), 'AGV', 40, (9, 60, 78), 'Black')
    atlas.add('number', img)
    atlas.add('mark', textures.warning_triangle(90, 'mark'))
    atlas.add('bolt', textures.warning_triangle(90, 'bolt'))
    atlas.add('stripes', textures.hazard_stripes(400, 30, 20))
    img, d = textures.plate(230, 120, (250, 200, 0), 6, (20, 20, 20))
    textures.centred(d, (0, 0, 230, 120), 'AUTOMATIC VEHICLE\nKeep clear\n1200 kg', 21, (15, 15, 15))
    atlas.add('clear', img)
    scuffs(atlas, 'scuff', 200, 40, 12)
    img, d = textures.plate(300, 150, (16, 120, 60), 10)
    textures.centred(d, (0, 0, 300, 150), 'CHARGING\nAGV only', 44, (240, 250, 244))
    atlas.add('charge', img)
    return atlas


def agv():
    new_scene()
    p, atlas = Palette2(), decals()
    body = worn('PaintAgv', (.72, .73, .72), 0, .42)
    root = node('Agv', extras={'kind': 'agv', 'drive_axis': '+Z', 'length_m': 2.45, 'width_m': .98, 'lift_max_m': 1.6})
    b = M()
    hull = [(-.46, -1.18), (-.38, -1.26), (.38, -1.26), (.46, -1.18), (.46, -.32), (-.46, -.32)]
    b.prism([(x, y) for x, y in hull], .46, body, (0, 0, .36), bevel=.03, seg=2)
    b.prism([(x * 1.03, y * 1.01 + .006) for x, y in hull], .12, p.dark, (0, 0, .16), bevel=.015)
    b.prism([(x * .96, y * .98 - .02) for x, y in hull], .62, body, (0, 0, .90), bevel=.03, seg=2)
    b.prism([(x * .97, y * .98 - .02) for x, y in hull], .09, p.petrol, (0, 0, 1.22), bevel=.012)
    b.box((.62, .03, .30), (0, -1.252, .92), p.dark, .010)
    b.box((.86, .012, .03), (0, -1.285, .34), p.black, 0)
    for s in (-1, 1):
        b.box((.012, .80, .42), (s * .446, -.76, .92), body, .006)
        b.box((.02, .12, .03), (s * .452, -.55, .92), p.black, .005)
        b.decal(atlas.label('maker', .46), (s * .4535, -.80, 1.02), (0, 0, 90 * s))
        b.decal(atlas.label('clear', .24), (s * .4535, -.62, .76), (0, 0, 90 * s))
        b.decal(atlas.label('stripes', .80), (s * .4615, -.76, .46), (0, 0, 90 * s))
        b.box((.16, .16, .14), (s * .38, -1.20, .13), p.yellow, .02)                          # safety scanners on the corners
        b.lathe([(.07, 0), (.07, .05), (.05, .06), (0, .06)], (s * .40, -1.22, .17), p.black, steps=18)
        emergency_stop(b, (s * .38, -1.252, 1.05), p, '-y', 1.1)
        emergency_stop(b, (s * .455, -.42, 1.10), p, 'x' if s > 0 else '-x', 1.1)
    b.decal(atlas.label('number', .22), (0, -1.2685, .92))
    b.decal(atlas.label('mark', .10), (-.22, -1.2685, .86))
    b.decal(atlas.label('stripes', .70), (0, -1.2665, .46))
    worn_edges(b, atlas, 'scuff', -.42, .42, -1.2875, .14, width=.28)
    b.tube([(.30, -.42, 1.26), (.30, -.42, 2.28)], .025, p.dark, 0, 10)                       # pole of the navigation laser
    b.box((.14, .14, .02), (.30, -.42, 2.28), p.dark, .004)
    b.tube([(-.32, -1.0, 1.26), (-.32, -1.0, 1.42)], .012, p.dark, 0, 6)
    b.box((.10, .02, .10), (.0, -1.10, 1.30), p.black, .004, (-30, 0, 0))
    b.obj('Body', root)
    m = M()
    for s in (-1, 1):
        b_ = .30
        m.box((.09, .12, 1.95), (s * b_, -.24, 1.06), p.dark, .008)
        m.box((.13, 1.10, .09), (s * .27, .36, .085), p.dark, .010)                            # support legs under the forks
        m.cyl(.040, .10, (s * .27 - .05, .82, .045), p.rubber, 'x', 14)
    for z in (.25, 1.1, 2.02):
        m.box((.60, .06, .10), (0, -.28, z), p.dark, .006)
    m.cyl(.035, 1.5, (0, -.26, .40), p.polished, steps=14)
    m.box((.52, .012, 1.40), (0, -.30, 1.10), material('MachineGlass', (.012, .018, .020), 0, .06), 0)
    m.obj('MastOuter', root)
    i = M()
    for s in (-1, 1):
        i.box((.06, .09, 1.80), (s * .225, -.20, 1.03), p.midgrey, .006)
        i.box((.02, .02, 1.7), (s * .14, -.22, 1.03), p.black, 0)
    i.box((.48, .06, .08), (0, -.20, 1.90), p.midgrey, .006)
    mast = i.obj('MastInner', root, extras={'axis': 'Y', 'min_m': 0.0, 'max_m': .80, 'note': 'half of the lift'})
    f = M()
    for s in (-1, 1):
        f.prism([(-.14, 0), (1.02, 0), (1.06, .012), (1.02, .05), (-.14, .05)], .17, p.dark, (s * .27, 0, .13), (90, 0, 90), .006)
        f.box((.17, .05, .50), (s * .27, -.135, .38), p.dark, .006)
    f.box((.74, .05, .07), (0, -.16, .58), p.dark, .006)
    f.box((.74, .05, .07), (0, -.16, .30), p.dark, .006)
    for x in (-.30, -.15, 0, .15, .30):
        f.box((.03, .03, .58), (x, -.16, .88), p.dark, .003)
    f.box((.66, .03, .04), (0, -.16, 1.16), p.dark, .004)
    forks = f.obj('Forks', root, extras={'axis': 'Y', 'min_m': 0.0, 'max_m': 1.60, 'note': '0.06 lifts a pallet off the floor'})
    node('Load', None, forks, (0, .46, .035))
    w = M()
    w.cyl(.115, .09, (-.045, 0, 0), p.rubber, 'x', 24, .012)
    w.cyl(.075, .094, (-.047, 0, 0), p.midgrey, 'x', 18)
    w.obj('DriveWheel', root, (0, -.85, .115), extras={'axis': 'X', 'radius_m': .115, 'note': 'rolls about X; steer about Y'})
    l_ = M()
    l_.lathe([(0, 0), (.065, 0), (.07, .01), (.07, .05), (.06, .055)], (0, 0, 0), p.dark, steps=20)
    l_.lathe([(.058, .05), (.062, .055), (.062, .13), (.05, .145), (0, .145)], (0, 0, 0), p.black, steps=20)
    l_.box((.02, .03, .05), (0, -.062, .09), p.red, .002)
    l_.obj('Lidar', root, (.30, -.42, 2.29), extras={'axis': 'Y', 'max_rpm': 480})
    for name, at, tone in (('Lamp_FrontLeft', (-.36, -1.262, .60), (1, .40, .01)), ('Lamp_FrontRight', (.36, -1.262, .60), (1, .40, .01)), ('Lamp_Head', (0, -1.262, .62), (1, .97, .9))):
        q = M()
        q.box((.12 if 'Head' not in name else .30, .02, .05), (0, 0, 0), lamp(name, tone, 1.4 if 'Head' in name else .25), .008)
        q.obj(name, root, at, extras={'kind': 'lamp'})
    for name, y, tone in (('Lamp_RearLeft', -.29, (1, .03, .02)), ('Lamp_RearRight', -.29, (1, .03, .02))):
        s = -1 if 'Left' in name else 1
        q = M()
        q.box((.05, .02, .12), (0, 0, 0), lamp(name, tone, .35), .006)
        q.obj(name, root, (s * .42, -.315, 1.0), extras={'kind': 'lamp'})
    q = M()
    q.lathe([(0, 0), (.05, 0), (.05, .01), (.046, .05), (.03, .075), (0, .085)], (0, 0, 0), lamp('Lamp_Beacon', (.02, .25, 1), 1.2), steps=18)
    q.obj('Lamp_Beacon', root, (-.32, -1.0, 1.42), extras={'kind': 'lamp'})
    screen('HmiScreen', root, (0, -1.112, 1.315), screen_image('agv', 'AGV', 'A-1'), size=(.16, .10), tilt=-30)
    finish('agv', distance=.25, floor=.42)


def charger():
    new_scene()
    p, atlas = Palette2(), decals()
    root = node('AgvCharger', extras={'kind': 'agv_charger'})
    b = M()
    b.box((.70, .42, 1.60), (0, .30, .86), p.paint, .020, seg=2)
    b.box((.72, .44, .10), (0, .30, .05), p.dark, .008)
    b.box((.72, .02, .40), (0, .085, 1.40), p.petrol, .008)
    b.decal(atlas.label('charge', .56), (0, .0735, 1.40))
    b.box((.30, .03, .22), (0, .08, 1.02), p.dark, .010)
    for k in range(8):
        b.box((.44, .016, .012), (0, .085, .62 + k * .028), p.dark, 0, (30, 0, 0))
    b.decal(atlas.label('bolt', .14), (.24, .0885, 1.04))
    b.box((.34, .50, .10), (0, -.16, .05), p.dark, .015)                                       # contact shoe on the floor
    for s in (-1, 1):
        b.box((.05, .40, .02), (s * .08, -.16, .11), p.copper, .004)
    for s in (-1, 1):                                                                           # bumper posts
        b.cyl(.055, .80, (s * .55, -.10, 0), p.yellow, steps=16)
        b.decal(atlas.label('stripes', .60), (s * .55, -.156, .40), (0, 90, 0))
        b.lathe([(.10, 0), (.10, .012), (.055, .014)], (s * .55, -.10, 0), p.zinc, steps=16)
    b.hose([(.25, .50, 1.5), (.25, .56, 1.8), (.25, .54, 2.2)], .02, p.rubber, per_span=5)
    b.obj('Body', root)
    q = M()
    q.box((.56, .012, .03), (0, 0, 0), lamp('Lamp_Charge', (.03, .9, .2), 1.6), .004)
    q.obj('Lamp_Charge', root, (0, .072, 1.64), extras={'kind': 'lamp'})
    screen('HmiScreen', root, (0, .0635, 1.02), screen_image('charger', 'Charger', 'CH-1'), size=(.24, .15))
    node('Dock', None, root, (0, -1.45, 0))
    finish('agv_charger', distance=.25, floor=.45)


agv()
charger()
