"""Pumps, valves and pipes of DN 65: pump, valve, pipe_straight (2 m), pipe_elbow, pipe_tee, pipe_rack (3 m bay).

The single pipes lie along X at 0.60 m on a stand of their own; the rack's pipes along X at 3.0 to 3.4 m.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from process_kit import *

H = .60


def marks():
    atlas = textures.Atlas('pipe_decals', 256)
    for key, text, tone in (('water', 'PRODUCT WATER', (0, 110, 60)), ('cip', 'CIP SUPPLY', (120, 60, 140)), ('air', 'COMPRESSED AIR', (60, 110, 170)), ('steam', 'STEAM', (190, 30, 30)), ('co2', 'CO2', (90, 94, 98))):
        img, d = textures.plate(230, 36, tone)
        d.polygon([(204, 7), (224, 18), (204, 29)], fill=(250, 250, 250))
        textures.centred(d, (0, 0, 204, 36), text, 20, (250, 250, 250))
        atlas.add(key, img)
    img, d = textures.plate(110, 40, (240, 242, 242), 4, (30, 34, 38))
    textures.centred(d, (0, 0, 110, 40), 'P-11', 24, (20, 24, 28))
    atlas.add('P', img)
    img, d = textures.plate(110, 40, (240, 242, 242), 4, (30, 34, 38))
    textures.centred(d, (0, 0, 110, 40), 'V-11', 24, (20, 24, 28))
    atlas.add('V', img)
    return atlas


def stand(part, x, y, p, h=H, r=DN65):
    part.tube([(x, y, .02), (x, y, h - r - .02)], .021, p.inox, 0, 8)
    part.lathe([(0, 0), (.08, 0), (.08, .010), (.03, .016), (0, .016)], (x, y, 0), p.inox, steps=14)
    part.box((.05, 2 * r + .03, .014), (x, y, h - r - .014), p.inox, 0)
    part.lathe([(r + .001, -.018), (r + .006, -.016), (r + .006, .016), (r + .001, .018)], (x, y, h), p.black, 'x', 14)


def make_pump():
    new_scene()
    p, atlas = Palette2(), marks()
    root = node('Pump', extras={'kind': 'pump', 'nominal': 'DN65'})
    b = M()
    pump(b, (0, 0, 0), p, scale=1.25)
    b.decal(atlas.label('P', .14), (.36, -.189, .122))
    b.box((.05, .05, .02), (.10, .135, .50), p.zinc, .003)
    b.hose([(.42, .14, .42), (.44, .26, .34), (.42, .30, .12), (.36, .36, .03)], .012, p.rubber, per_span=5, res=6)
    b.obj('Body', root)
    f = M()
    f.lathe([(0, 0), (.04, 0), (.04, .012), (0, .014)], (0, 0, 0), p.black, 'x', 12)
    for i in range(9):
        a = math.radians(40 * i)
        f.box((.006, .028, .075), (.008, -.075 * math.sin(a), .075 * math.cos(a)), p.black, 0, (40 * i, 0, 0))
    f.obj('Fan', root, (.755, 0, .325), extras={'axis': 'X', 'max_rpm': 2900})
    g = M()
    for r in (.03, .055, .08, .105, .125):
        g.add(tube_mesh([(.785, r * math.cos(t * math.pi / 10), .325 + r * math.sin(t * math.pi / 10)) for t in range(21)], .0025, 4), p.zinc)
    for i in range(4):
        a = math.radians(45 * i)
        g.tube([(.785, -.125 * math.cos(a), .325 - .125 * math.sin(a)), (.785, .125 * math.cos(a), .325 + .125 * math.sin(a))], .0025, p.zinc, 0, 4)
    g.lathe([(.128, 0), (.134, .004), (.134, .09), (.128, .094)], (.695, 0, .325), p.blue, 'x', 20)
    g.obj('Grille', root)
    node('Suction', None, root, (-.235, 0, .325))
    node('Discharge', None, root, (0, -.106, .655))
    finish('pump', distance=.15, floor=.42)


def make_riser():
    """From the discharge of a pump (its origin is the pump's) up to the pipe rack, 5.7 m in front."""
    new_scene()
    p, atlas = Palette2(), marks()
    root = node('PipeRiser', extras={'kind': 'pipe', 'nominal': 'DN65'})
    b = M()
    pipe(b, [(0, -.106, .655), (0, -.106, 3.10), (0, -5.80, 3.10)], p, fillet=.115)
    union(b, (0, -.106, .70), 'z', p)
    hand_valve(b, (0, -.106, 1.25), 'z', p)
    for y in (-1.2, -5.5):
        union(b, (0, y, 3.10), 'y', p)
    b.decal(atlas.label('water', .30), (-DN65 - .0015, -2.6, 3.10), (0, 0, -90))
    for x, y, arm in ((0, .26, (0, .08, .05, .42)), (.16, -2.9, (.08, -2.9, .22, .05))):             # what carries it
        b.box((.06, .06, 3.04), (x, y, 1.52), p.inox, .004)
        b.box((arm[2], arm[3], .03), (arm[0], arm[1], 3.045), p.inox, .003)
        b.box((.18, .18, .012), (x, y, .006), p.inox, 0)
    for y in (-.22, -2.9):
        b.lathe([(DN65 + .001, -.018), (DN65 + .006, -.016), (DN65 + .006, .016), (DN65 + .001, .018)], (0, y, 3.10), p.black, 'y', 14)
    b.obj('Body', root)
    finish('pipe_riser', distance=.12, floor=.45)


def make_valve():
    new_scene()
    p, atlas = Palette2(), marks()
    root = node('Valve', extras={'kind': 'valve', 'nominal': 'DN65', 'length_m': .40, 'axis_height_m': H})
    b = M()
    pipe(b, [(-.20, 0, H), (.20, 0, H)], p)
    butterfly(b, (0, 0, H), 'x', p, p.white)
    for x in (-.11, .11):
        union(b, (x, 0, H), 'x', p)
    stand(b, -.17, 0, p)
    b.decal(atlas.label('V', .10), (0, -.0635, H))
    b.hose([(.05, 0, H + .25), (.09, .03, H + .28), (.12, .08, H + .2), (.12, .10, H + .02)], .004, p.blue, per_span=5, res=5)
    b.obj('Body', root)
    s = M()
    s.box((.012, .07, .010), (0, 0, .004), p.yellow, .002)
    s.cyl(.012, .02, (0, 0, -.01), p.black, steps=10)
    s.obj('Indicator', root, (0, 0, H + DN65 * 1.5 + .32), extras={'axis': 'Y', 'min_deg': 0.0, 'max_deg': 90.0})
    for name, tone, x in (('Lamp_Open', (.03, .9, .16), .022), ('Lamp_Closed', (1, .40, .01), -.022)):
        l_ = M()
        l_.lathe([(0, 0), (.008, 0), (.008, .006), (.005, .010), (0, .011)], (0, 0, 0), lamp(name, tone, 1.6 if name == 'Lamp_Open' else .25), '-y', 10)
        l_.obj(name, root, (x, -.0405, H + DN65 * 1.5 + .262), extras={'kind': 'lamp'})
    finish('valve', distance=.12, floor=.45)


def make_pipes():
    for name, title in (('pipe_straight', 'PipeStraight'), ('pipe_elbow', 'PipeElbow'), ('pipe_tee', 'PipeTee')):
        new_scene()
        p, atlas = Palette2(), marks()
        root = node(title, extras={'kind': 'pipe', 'nominal': 'DN65', 'axis_height_m': H})
        b = M()
        if name == 'pipe_straight':
            pipe(b, [(-1, 0, H), (1, 0, H)], p)
            for x in (-.96, .96):
                union(b, (x, 0, H), 'x', p)
            for x in (-.6, .6):
                stand(b, x, 0, p)
            b.decal(atlas.label('water', .30), (.1, -DN65 - .0015, H))
        elif name == 'pipe_elbow':
            pipe(b, [(-.5, 0, H), (0, 0, H), (0, .5, H)], p, fillet=.115)
            union(b, (-.46, 0, H), 'x', p)
            union(b, (0, .46, H), 'y', p)
            stand(b, -.25, 0, p)
        else:
            pipe(b, [(-.5, 0, H), (.5, 0, H)], p)
            pipe(b, [(0, 0, H), (0, .40, H)], p)
            for x in (-.46, .46):
                union(b, (x, 0, H), 'x', p)
            union(b, (0, .36, H), 'y', p)
            b.lathe([(DN65 + .012, 0), (DN65 + .003, .02)], (0, DN65 * .8, H), p.polished, 'y', 14)
            stand(b, -.25, 0, p)
        b.obj('Body', root)
        finish(name, distance=.12, floor=.45)


def make_rack():
    new_scene()
    p, atlas = Palette2(), marks()
    root = node('PipeRack', extras={'kind': 'pipe_rack', 'length_m': 3.0})
    b = M()
    for y in (-.45, .45):
        b.box((.10, .10, 3.55), (-1.4, y, 1.775), p.paint, .006)
        b.box((.24, .20, .016), (-1.4, y, .008), p.paint, .002)
        b.bolts(4, .11, (-1.4, y, .016), p.zinc, r=.010, h=.010, phase=45)
    for z in (2.90, 3.50):
        b.box((.08, 1.20, .08), (-1.4, 0, z), p.paint, .006)
        b.box((.08, 1.20, .08), (.1, 0, z), p.paint, .006)
        b.tube([(.1, -.56, z), (.1, -.56, 3.54)], .008, p.zinc, 0, 6)
    for y in (-.58, .58):
        b.box((3.0, .05, .10), (0, y, 3.56), p.paint, .004)
        b.box((.06, .05, .62), (.1, y, 3.22), p.paint, .004)
    for i, (y, r, m, key) in enumerate(((-.44, .038, p.polished, 'water'), (-.28, .038, p.polished, 'cip'), (-.12, .030, p.polished, 'co2'), (.03, .055, p.inox, 'steam'), (.22, .030, p.blue, 'air'))):
        z = 2.94 + r
        b.tube([(-1.5, y, z), (1.5, y, z)], r, m, 0, 12)
        b.lathe([(r + .001, -.02), (r + .006, -.018), (r + .006, .018), (r + .001, .02)], (-1.4, y, z), p.black, 'x', 12)
        b.lathe([(r + .001, -.02), (r + .006, -.018), (r + .006, .018), (r + .001, .02)], (.1, y, z), p.black, 'x', 12)
        if key == 'water':
            b.decal(atlas.label(key, .36), (-.6, y - r - .002, z))
        else:
            mesh, m_ = atlas.label(key, .30)
            b.add(mesh, m_, (-.6 + i * .12, y - r - .002, z - r * .2), (-20, 0, 0))
    b.box((3.0, .34, .006), (0, .10, 3.56), p.zinc, 0)                                         # cable tray on top
    for s in (-1, 1):
        b.box((3.0, .004, .07), (0, .10 + s * .17, 3.59), p.zinc, 0)
    for k, (r, m) in enumerate(((.016, p.black), (.012, p.midgrey), (.016, p.black), (.010, p.blue), (.014, p.black))):
        b.tube([(-1.5, -.02 + k * .055, 3.58), (1.5, -.02 + k * .055, 3.58)], r, m, 0, 6)
    b.obj('Body', root)
    finish('pipe_rack', distance=.25, floor=.45)


make_pump()
make_valve()
make_riser()
make_pipes()
make_rack()
