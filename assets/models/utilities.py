"""Utilities: compressor, air_receiver, chiller, transformer, mcc (a row of motor control cabinets)."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from process_kit import *


def decals(name, number):
    atlas = textures.Atlas(name + '_decals')
    letters(atlas, 'maker', UTILITY, 420, 80, 70, (240, 244, 246))
    name_plate(atlas, 'number', number, 330, 56, (30, 34, 38), px=30)
    atlas.add('bolt', textures.warning_triangle(100, 'bolt'))
    atlas.add('hands', textures.warning_triangle(80, 'mark'))
    scuffs(atlas, 'scuff', 200, 40, 6)
    img, d = textures.plate(200, 130, (238, 240, 241), 4, (60, 60, 62))
    d.multiline_text((12, 12), 'KELDRIN\nType KD 75-10\n13.2 m3/min  10 bar\n75 kW  400 V 50 Hz\nYear 2025', font=textures.font(15, 'Medium'), fill=(30, 30, 32), spacing=8)
    atlas.add('type', img)
    img, d = textures.plate(150, 110, (14, 80, 150), 6)
    d.ellipse((42, 12, 108, 78), fill=(245, 247, 250))
    d.rectangle((34, 40, 48, 62), fill=(14, 80, 150))
    d.rectangle((102, 40, 116, 62), fill=(14, 80, 150))
    d.arc((44, 22, 106, 84), 180, 360, fill=(14, 80, 150), width=7)
    textures.centred(d, (0, 82, 150, 108), 'EAR PROTECTION', 14, (245, 247, 250))
    atlas.add('ear', img)
    return atlas


def louvres(part, at, w, h, n, p, axis='-y', m=None):
    """A grille of slanted blades in a frame, w wide and h high."""
    turn = placed(at, {'-y': (0, 0, 0), 'y': (0, 0, 180), 'x': (0, 0, 90), '-x': (0, 0, -90)}[axis])
    part.add(box_mesh((w, .012, h), .003), p.black, matrix=turn)
    for i in range(n):
        part.add(box_mesh((w - .03, .018, h / n * .45), 0), m or p.dark, matrix=turn @ placed((0, -.010, -h / 2 + h * (i + .5) / n), (32, 0, 0)))


def compressor():
    new_scene()
    p, atlas = Palette2(), decals('compressor', 'AIR  K-01')
    paint = worn('PaintUtility', (.74, .38, .015), 0, .44)
    root = node('Compressor', extras={'kind': 'compressor', 'power_kw': 75.0})
    b = M()
    b.box((2.3, 1.25, .12), (0, 0, .10), p.dark, .010)
    b.box((2.25, 1.20, 1.50), (0, 0, .91), paint, .035, seg=2)
    b.box((2.27, 1.22, .20), (0, 0, 1.50), p.dark, .020)
    for i in range(3):                                                                         # doors
        x = -.735 + i * .735
        b.box((.70, .016, 1.16), (x, -.604, .80), paint, .010)
        for z in (.45, 1.15):
            b.box((.05, .018, .09), (x + .28, -.614, z), p.black, .006)
        b.box((.70, .016, 1.16), (x, .604, .80), paint, .010)
    louvres(b, (-1.128, 0, .72), .85, .80, 12, p, '-x')
    louvres(b, (.735, -.614, .55), .50, .44, 8, p)
    b.box((.46, .03, .30), (-.735, -.612, 1.16), p.dark, .010)
    emergency_stop(b, (-.60, -.628, .93), p, '-y', 1.0)
    b.decal(atlas.label('maker', .95), (.25, -.6125, 1.505))
    b.decal(atlas.label('number', .42), (0, -.6135, 1.20))
    b.decal(atlas.label('type', .22), (.735, -.6135, 1.02))
    b.decal(atlas.label('ear', .20), (.24, -.6135, .96))
    b.decal(atlas.label('bolt', .13), (-.90, -.6135, .93))
    worn_edges(b, atlas, 'scuff', -1.1, 1.1, -.6265, .12, width=.3)
    b.box((.80, .80, .25), (.55, 0, 1.78), p.dark, .012)                                       # cooling air hood
    b.box((.70, .70, .02), (.55, 0, 1.90), p.black, 0)
    b.tube([(1.02, .3, 1.60), (1.02, .3, 1.95), (1.45, .3, 1.95)], .038, p.zinc, .10, 12)
    hand_valve(b, (1.02, .3, 1.78), 'z', p, .038)
    for x in (-1.05, 1.05):
        for y in (-.5, .5):
            b.cyl(.05, .04, (x, y, 0), p.rubber, steps=12)
    b.obj('Body', root)
    f = M()
    f.cyl(.07, .05, (0, 0, 0), p.dark, steps=14)
    for i in range(7):
        f.box((.25, .11, .006), (.185 * math.cos(math.radians(i * 51.43)), .185 * math.sin(math.radians(i * 51.43)), .025), p.midgrey, 0, (24, 0, i * 51.43))
    f.obj('Fan', root, (.55, 0, 1.915), extras={'axis': 'Y', 'max_rpm': 1450})
    g = M()
    for r in (.08, .16, .24, .32):
        g.add(tube_mesh([(.55 + r * math.cos(t * math.pi / 10), r * math.sin(t * math.pi / 10), 1.985) for t in range(21)], .003, 4), p.zinc)
    for i in range(4):
        a = math.radians(45 * i)
        g.tube([(.55 - .34 * math.cos(a), -.34 * math.sin(a), 1.98), (.55 + .34 * math.cos(a), .34 * math.sin(a), 1.98)], .003, p.zinc, 0, 4)
    g.obj('Grille', root)
    screen('HmiScreen', root, (-.735, -.6285, 1.16), screen_image('compressor', 'Screw compressor', 'K-01'))
    stack_light(root, (-1.0, .4, 1.66), p, pole=.15)
    finish('compressor', distance=.35, floor=.45)


def receiver():
    new_scene()
    p, atlas = Palette2(), decals('receiver', 'AIR  3000 l  11 bar')
    paint = worn('PaintReceiver', (.10, .22, .38), 0, .42)
    root = node('AirReceiver', extras={'kind': 'air_receiver', 'volume_l': 3000})
    b = M()
    r = .60
    b.lathe(head(r, .62, -1, .45)[::-1] + [(r, 2.85)] + head(r, 2.85, 1, .45), (0, 0, 0), paint, steps=36)
    for z in (.78, 1.74, 2.70):
        b.lathe([(r + .001, z - .010), (r + .005, z - .004), (r + .005, z + .004), (r + .001, z + .010)], (0, 0, 0), paint, steps=36)
    for i in range(3):
        a = 120 * i + 30
        x, y = (r - .05) * math.cos(math.radians(a)), (r - .05) * math.sin(math.radians(a))
        b.box((.10, .10, .62), (x, y, .31), paint, .008, (0, 0, a))
        b.box((.22, .22, .02), (x, y, .01), paint, .003, (0, 0, a))
    b.lathe([(.15, -.10), (.15, .02), (.20, .025), (.20, .055), (.205, .06), (.205, .09), (0, .095)], (0, -r + .04, 1.0), paint, '-y', 24)
    b.bolts(10, .18, (0, -r - .05, 1.0), p.zinc, '-y', .012, .014)
    b.tube([(r - .05, 0, 2.4), (r + .35, 0, 2.4)], .045, p.zinc, 0, 12)
    b.tube([(r - .05, .0, .95), (r + .20, 0, .95)], .045, p.zinc, 0, 12)
    for x, z in ((r + .12, 2.4), (r + .12, .95)):
        b.lathe([(.046, -.012), (.09, -.011), (.09, .011), (.046, .012)], (x, 0, z), p.zinc, 'x', 18)
    hand_valve(b, (r + .24, 0, 2.4), 'x', p, .045)
    gauge(b, (-.25, -r * .93, 2.35), p)
    b.tube([(-.25, -r * .85, 2.35), (-.25, -r * .93, 2.35)], .012, p.brass)
    b.cyl(.028, .14, (0, 0, 2.85 + r * .44), p.brass, steps=12)                                # safety valve
    b.tube([(0, 0, 3.24), (.09, 0, 3.28)], .02, p.brass, 0, 8)
    b.tube([(0, 0, .36), (0, 0, .18), (.35, -.35, .18)], .016, p.zinc, .05, 8)
    b.box((.10, .08, .12), (.38, -.38, .18), p.dark, .008)
    for k in range(6):
        a0, a1 = math.radians(-112 + k * 7.4), math.radians(-112 + (k + 1) * 7.4)
        rect, _ = atlas.rects['number']
        u0, v0, u1, v1 = rect
        q = lambda a, z: ((r + .003) * math.cos(a), (r + .003) * math.sin(a), z)
        b.add(sheet_mesh([(q(a0, 1.95), (u0 + (u1 - u0) * k / 6, v0)), (q(a1, 1.95), (u0 + (u1 - u0) * (k + 1) / 6, v0)), (q(a1, 2.03), (u0 + (u1 - u0) * (k + 1) / 6, v1)), (q(a0, 2.03), (u0 + (u1 - u0) * k / 6, v1))]), atlas.material())
    b.decal(atlas.label('type', .24), (0, -r - .006, 1.55))
    b.decal(atlas.label('hands', .12), (0, -r - .006, 1.36))
    b.obj('Body', root)
    node('Outlet', None, root, (r + .35, 0, 2.4))
    finish('air_receiver', distance=.35, floor=.45)


def chiller():
    new_scene()
    p, atlas = Palette2(), decals('chiller', 'CHILLER  C-01')
    root = node('Chiller', extras={'kind': 'chiller', 'power_kw': 180.0})
    b = M()
    b.box((3.2, 1.3, .14), (0, 0, .12), p.dark, .010)
    for x in (-1.55, -.52, .52, 1.55):
        for y in (-.60, .60):
            b.box((.09, .09, 1.86), (x, y, 1.10), p.paint, .006)
    b.box((3.2, 1.3, .12), (0, 0, 2.02), p.paint, .010)
    for y, s in ((-.615, -1), (.615, 1)):
        for x in (-1.03, 0, 1.03):
            b.box((.95, .012, 1.62), (x, y - s * .02, 1.12), material('Fins', (.30, .31, .32), 1, .55), 0)
            for k in range(36):
                b.box((.006, .014, 1.58), (x - .45 + k * .0257, y - s * .012, 1.12), p.alu, 0)
            for z in (.52, 1.12, 1.72):
                b.box((.95, .02, .025), (x, y, z), p.paint, 0)
    b.box((.02, 1.10, 1.70), (-1.58, 0, 1.12), p.paint, .006)
    b.box((.06, .60, .90), (-1.61, -.2, 1.30), p.paint, .010)
    b.box((.03, .10, .04), (-1.65, -.2, 1.30), p.black, .006)
    b.box((.02, 1.10, 1.70), (1.58, 0, 1.12), p.paint, .006)
    b.box((1.4, .02, .20), (-.2, -.66, 2.0), p.petrol, .006)
    b.decal(atlas.label('maker', .80), (-.45, -.6715, 2.005))
    b.decal(atlas.label('number', .42), (.28, -.6715, 2.0))
    b.decal(atlas.label('bolt', .16), (-1.6415, -.2, 1.62), (0, 0, -90))
    for y, tone in ((.20, p.pom), (.42, p.red)):
        b.tube([(1.58, y, .55), (1.85, y, .55), (1.85, y, 1.4)], .055, p.inox, .14, 14)
        b.lathe([(.056, -.015), (.10, -.013), (.10, .013), (.056, .015)], (1.68, y, .55), p.zinc, 'x', 18)
        b.lathe([(.056, -.03), (.060, -.028), (.060, .028), (.056, .03)], (1.85, y, 1.05), tone, 'z', 16)
    for x in (-.80, .80):
        b.lathe([(.50, 0), (.50, .16), (.47, .16), (.46, .02), (.44, 0)], (x, 0, 2.08), p.dark, steps=36)
        b.lathe([(0, .0), (.45, .0)], (x, 0, 2.09), p.black, steps=28)
        for r in (.10, .20, .30, .40):
            b.add(tube_mesh([(x + r * math.cos(t * math.pi / 12), r * math.sin(t * math.pi / 12), 2.235) for t in range(25)], .004, 4), p.black)
        for i in range(4):
            a = math.radians(45 * i)
            b.tube([(x - .48 * math.cos(a), -.48 * math.sin(a), 2.235), (x + .48 * math.cos(a), .48 * math.sin(a), 2.235)], .005, p.black, 0, 4)
    b.obj('Body', root)
    f = M()
    f.cyl(.09, .06, (0, 0, 0), p.dark, steps=14)
    for i in range(5):
        f.box((.33, .15, .008), (.25 * math.cos(math.radians(i * 72)), .25 * math.sin(math.radians(i * 72)), .03), p.midgrey, 0, (22, 0, i * 72))
    mesh = f.mesh('Fan')
    for k, x in (('A', -.80), ('B', .80)):
        node('Fan' + k, mesh, root, (x, 0, 2.13), extras={'axis': 'Y', 'max_rpm': 900})
    finish('chiller', distance=.35, floor=.45)


def transformer():
    new_scene()
    p, atlas = Palette2(), decals('transformer', 'TR-1  1000 kVA')
    mesh_wire = material('MeshSheet', (.34, .36, .37), .6, .5)
    resin = material('CastResin', (.36, .04, .03), 0, .38)
    root = node('Transformer', extras={'kind': 'transformer', 'power_kva': 1000.0})
    b = M()
    b.box((2.3, 1.40, .12), (0, 0, .06), p.dark, .008)
    for x in (-1.10, 1.10):
        for y in (-.65, .65):
            b.box((.08, .08, 2.1), (x, y, 1.14), p.paint, .006)
    b.box((2.3, 1.40, .08), (0, 0, 2.2), p.paint, .010)
    for x in (-1.10, 1.10):
        b.box((.03, 1.22, 2.0), (x, 0, 1.14), p.paint, .004)
    b.box((2.12, .03, 2.0), (0, .65, 1.14), p.paint, .004)
    b.box((2.12, .02, .62), (0, -.66, .44), p.paint, .006)
    b.box((2.12, .02, .42), (0, -.66, 1.92), p.paint, .006)
    for x in (-.53, .53):
        for k in range(21):
            b.box((.006, .006, .98), (x - .50 + k * .05, -.662, 1.23), mesh_wire, 0)
        for k in range(20):
            b.box((1.02, .006, .006), (x, -.66, .77 + k * .05), mesh_wire, 0)
    b.box((.05, .03, 1.0), (0, -.66, 1.23), p.paint, .004)
    for x in (-.68, 0, .68):
        b.lathe([(.20, 0), (.31, .02), (.31, 1.0), (.20, 1.02)], (x, .06, .56), resin, steps=28)
        b.cyl(.12, 1.2, (x, .06, .46), p.midgrey, steps=16)
        b.box((.03, .05, .20), (x - .1, -.10, 1.66), p.copper, 0)
        b.tube([(x + .12, -.26, 1.4), (x + .12, -.36, 1.5), (x + .12, -.36, 1.75)], .012, p.copper, .04, 6)
    for z in (.46, 1.66):
        b.box((1.8, .26, .14), (0, .06, z), p.midgrey, .010)
    for x in (-.85, -.6, .6, .85):
        b.cyl(.06, .04, (x, -.6, 0), p.dark, steps=12)
    b.box((1.0, .9, .12), (.3, .1, 2.28), p.zinc, .008)
    b.box((.60, .40, .9), (.3, .3, 2.6), p.zinc, .008)
    louvres(b, (-.6, -.672, .40), .50, .30, 6, p)
    louvres(b, (.6, -.672, .40), .50, .30, 6, p)
    b.box((.70, .008, .15), (-.55, -.672, 1.93), p.petrol, .002)
    b.decal(atlas.label('maker', .60), (-.55, -.6765, 1.935))
    b.decal(atlas.label('number', .50), (.25, -.6715, 1.93))
    b.decal(atlas.label('bolt', .24), (.80, -.6715, 1.92))
    b.decal(atlas.label('bolt', .20), (0, -.6715, .44))
    worn_edges(b, atlas, 'scuff', -1.1, 1.1, -.7015, .07, width=.3)
    b.obj('Body', root)
    finish('transformer', distance=.35, floor=.42)


def mcc():
    new_scene()
    p, atlas = Palette2(), decals('mcc', 'MCC  LINE 5')
    img, d = textures.plate(120, 50, (240, 242, 242), 2, (40, 42, 46))
    textures.centred(d, (0, 0, 120, 50), 'MOTOR\nSTARTER', 14, (20, 22, 26))
    atlas.add('starter', img)
    root = node('Mcc', extras={'kind': 'mcc', 'sections': 5})
    b = M()
    W, D, H = .80, .60, 2.10
    for i in range(5):
        x = -1.6 + i * W
        b.box((W - .006, D, H - .1), (x, 0, (H + .1) / 2), p.paint, .008)
        b.box((W - .02, D - .04, .10), (x, 0, .05), p.dark, .003)
        b.box((W - .02, .014, .18), (x, -D / 2 - .006, H - .11), p.petrol, .004)
        if i == 0:                                                                             # incomer
            b.box((W - .03, .018, 1.78), (x, -D / 2 - .008, 1.0), p.paint, .006)
            b.box((.30, .02, .40), (x, -D / 2 - .022, 1.45), p.dark, .008)
            b.box((.10, .05, .16), (x, -D / 2 - .05, 1.42), p.red, .010)
            b.decal(atlas.label('bolt', .20), (x, -D / 2 - .0185, 1.05))
            louvres(b, (x, -D / 2 - .02, .35), .40, .26, 6, p)
            b.box((.03, .02, .18), (x + .33, -D / 2 - .024, 1.1), p.black, .005)
        else:
            for k in range(7):
                z = .28 + k * .255
                b.box((W - .05, .018, .240), (x, -D / 2 - .008, z), p.paint, .005)
                b.lathe([(.034, 0), (.034, .012), (.028, .016), (0, .016)], (x - .24, -D / 2 - .016, z), p.yellow if k % 3 else p.dark, '-y', 12)
                b.box((.014, .022, .056), (x - .24, -D / 2 - .040, z), p.red if k % 3 else p.black, 0, (0, (i + k) % 2 * 90, 0))
                for j, tone in enumerate(((.03, .9, .16), (1, .025, .015))):
                    b.lathe([(.010, 0), (.010, .006), (0, .008)], (x - .08 + j * .06, -D / 2 - .016, z + .03), lamp(('MccGreen', 'MccRed')[j] + ('On' if (k + i + j) % 3 else 'Off'), tone, 1.8 if (k + i + j) % 3 else .2), '-y', 8)
                b.decal(atlas.label('starter', .11), (x + .16, -D / 2 - .0185, z + .04))
                b.box((.05, .016, .02), (x + .30, -D / 2 - .022, z - .05), p.black, .004)
        for y in (-.2, .2):
            b.lathe([(.02, 0), (.02, .01), (.012, .02), (.012, .05), (.02, .06), (0, .06)], (x, y, H), p.zinc, steps=8)
    b.decal(atlas.label('maker', .60), (-.8, -D / 2 - .0145, H - .105))
    b.decal(atlas.label('number', .50), (.8, -D / 2 - .0145, H - .11))
    b.box((4.0, .40, .10), (0, .05, H + .30), p.zinc, .004)
    for k in range(6):
        b.tube([(-1.5 + k * .6, .05, H), (-1.5 + k * .6, .05, H + .28)], .03, p.black, 0, 8)
    b.box((4.2, .9, .006), (0, -.80, .003), p.rubber, 0)                                       # rubber mat
    b.obj('Body', root)
    finish('mcc', distance=.30, floor=.45)


compressor()
receiver()
chiller()
transformer()
mcc()
