"""Safety things: sign_exit (hangs, lit), sign_assembly, sign_ppe, fire_point, eyewash, traffic_mirror.

Wall things have their back at z = 0 (glTF) and their foot on the floor; sign_exit has its origin at its hangers' top, 2.4 m above the middle of the sign.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

WHITE, GREEN, BLUE, RED = (246, 250, 247), (0, 132, 68), (0, 84, 166), (190, 18, 22)
SS = 3


def board(w, h, back, radius=10):
    img = textures.Image.new('RGBA', (w * SS, h * SS), (*back, 0))
    d = textures.ImageDraw.Draw(img)
    d.rounded_rectangle((0, 0, w * SS - 1, h * SS - 1), radius * SS, fill=(*back, 255))
    return img, d


def done(img):
    return img.resize((img.width // SS, img.height // SS), textures.Image.LANCZOS)


def figure(d, x, y, k, ink=WHITE, run=True):
    """A running figure, about 100 k high, its head at (x, y)."""
    k *= SS
    x, y = x * SS, y * SS
    dot = lambda cx, cy, r: d.ellipse((x + (cx - r) * k, y + (cy - r) * k, x + (cx + r) * k, y + (cy + r) * k), fill=ink)

    def limb(points, w):
        d.line([(x + a * k, y + b * k) for a, b in points], fill=ink, width=int(w * k), joint='curve')
        for a, b in points:
            dot(a, b, w / 2)

    dot(0, 0, 9)
    limb([(-4, 20), (-10, 48)], 15)
    limb([(-3, 18), (14, 28), (26, 22)], 7)
    limb([(-6, 20), (-22, 24), (-30, 38)], 7)
    limb([(-8, 50), (8, 60), (6, 84)], 9)
    limb([(-12, 50), (-20, 70), (-40, 74)], 9)


def sign_exit():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('exit_decals', 512)
    img, d = board(400, 150, GREEN)
    d.rectangle((22 * SS, 18 * SS, 84 * SS, 132 * SS), fill=WHITE)
    d.rectangle((30 * SS, 26 * SS, 84 * SS, 132 * SS), fill=GREEN)
    figure(d, 118, 34, 1.05)
    d.polygon([(a * SS, b * SS) for a, b in ((208, 62), (300, 62), (300, 36), (374, 75), (300, 114), (300, 88), (208, 88))], fill=WHITE)
    path = textures.scratch('exit_sign.png')
    done(img).convert('RGB').save(path, optimize=True)
    lit = material('ExitSignLit', (0, 0, 0), 0, .4, strength=1.3, base=path, emit_base=True)
    root = node('SignExit', extras={'kind': 'sign', 'sign': 'exit'})
    b = M()
    b.box((.84, .07, .34), (0, 0, -2.4), p.white, .010)
    for s, yaw in ((-1, 0), (1, 180)):
        b.add(quad_mesh(.80, .30), lit, (0, s * .0362, -2.4), (0, 0, yaw))
    for x in (-.32, .32):
        b.tube([(x, 0, -2.23), (x, 0, 0)], .006, p.zinc, 0, 6)
        b.cyl(.03, .012, (x, 0, -.012), p.zinc, steps=10)
    b.obj('Body', root)
    finish('sign_exit', distance=.1, floor=.6, grime=False)


def sign_assembly():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('assembly_decals', 512)
    img, d = board(300, 300, GREEN, 14)
    for ax, ay in ((-1, -1), (1, -1), (-1, 1), (1, 1)):                                       # four arrows to the middle
        q = lambda u, v: ((150 + ax * u) * SS, (150 + ay * v) * SS)
        d.polygon([q(128, 128), q(128, 112), q(104, 88), q(118, 74), q(62, 62), q(74, 118), q(88, 104), q(112, 128)], fill=WHITE)
    for cx, cy, k in ((150, 112, 1.0), (126, 128, .85), (174, 128, .85)):
        d.ellipse(((cx - 10 * k) * SS, (cy - 10 * k) * SS, (cx + 10 * k) * SS, (cy + 10 * k) * SS), fill=WHITE)
        d.rounded_rectangle(((cx - 13 * k) * SS, (cy + 13 * k) * SS, (cx + 13 * k) * SS, (cy + 50 * k) * SS), int(7 * SS), fill=WHITE)
        d.rectangle(((cx - 9 * k) * SS, (cy + 46 * k) * SS, (cx + 9 * k) * SS, (cy + 82 * k) * SS), fill=WHITE)
    atlas.add('assembly', done(img))
    img, d = board(300, 70, GREEN, 8)
    d.text((150 * SS, 35 * SS), 'ASSEMBLY POINT', font=textures.font(32 * SS), fill=WHITE, anchor='mm')
    atlas.add('text', done(img))
    root = node('SignAssembly', extras={'kind': 'sign', 'sign': 'assembly'})
    b = M()
    b.cyl(.030, 2.6, (0, 0, 0), p.zinc, steps=14)
    b.box((.30, .30, .02), (0, 0, .01), p.dark, .004)
    b.bolts(4, .17, (0, 0, .02), p.zinc, r=.012, h=.012, phase=45)
    b.box((.72, .012, .92), (0, -.040, 2.12), p.zinc, .004)
    b.decal(atlas.label('assembly', .68), (0, -.0475, 2.21))
    b.decal(atlas.label('text', .66), (0, -.0475, 1.765))
    b.obj('Body', root)
    finish('sign_assembly', distance=.15, floor=.5)


def sign_ppe():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('ppe_decals', 512)
    for i in range(4):
        img, d = board(116, 116, WHITE, 58)
        c, k = 58, SS
        d.ellipse((3 * k, 3 * k, 113 * k, 113 * k), fill=BLUE)
        e = lambda x0, y0, x1, y1, fill=WHITE: d.ellipse((x0 * k, y0 * k, x1 * k, y1 * k), fill=fill)
        if i == 0:                                                                             # ear protection
            e(34, 30, 82, 92)
            d.arc((26 * k, 20 * k, 90 * k, 84 * k), 180, 360, fill=WHITE, width=6 * k)
            d.rounded_rectangle((20 * k, 48 * k, 36 * k, 76 * k), 6 * k, fill=WHITE, outline=BLUE, width=2 * k)
            d.rounded_rectangle((80 * k, 48 * k, 96 * k, 76 * k), 6 * k, fill=WHITE, outline=BLUE, width=2 * k)
        elif i == 1:                                                                           # goggles
            e(32, 22, 84, 96)
            d.rounded_rectangle((26 * k, 46 * k, 90 * k, 66 * k), 8 * k, fill=BLUE)
            for x in (32, 62):
                d.rounded_rectangle((x * k, 49 * k, (x + 22) * k, 63 * k), 6 * k, fill=WHITE)
        elif i == 2:                                                                           # safety shoes
            d.polygon([(a * k, b * k) for a, b in ((34, 26), (62, 26), (64, 54), (92, 66), (96, 80), (34, 80))], fill=WHITE)
            d.rectangle((34 * k, 84 * k, 96 * k, 91 * k), fill=WHITE)
        else:                                                                                  # high-visibility vest
            d.polygon([(a * k, b * k) for a, b in ((38, 26), (50, 26), (58, 46), (66, 26), (78, 26), (88, 92), (28, 92))], fill=WHITE)
            d.rectangle((30 * k, 62 * k, 87 * k, 69 * k), fill=BLUE)
            d.rectangle((29 * k, 76 * k, 88 * k, 83 * k), fill=BLUE)
        atlas.add(f'ppe{i}', done(img))
    img, d = board(420, 60, BLUE, 6)
    d.text((210 * SS, 30 * SS), 'BOTTLING HALL: WEAR', font=textures.font(34 * SS), fill=WHITE, anchor='mm')
    atlas.add('text', done(img))
    img, d = board(420, 60, (250, 200, 0), 6)
    d.text((210 * SS, 30 * SS), 'Broken glass. Automatic vehicles.', font=textures.font(24 * SS), fill=(20, 20, 20), anchor='mm')
    atlas.add('warn', done(img))
    root = node('SignPpe', extras={'kind': 'sign', 'sign': 'ppe'})
    b = M()
    b.box((1.10, .014, .64), (0, -.010, 1.75), p.white, .004)
    b.decal(atlas.label('text', 1.04), (0, -.0178, 1.98))
    for i in range(4):
        b.decal(atlas.label(f'ppe{i}', .235), (-.39 + i * .26, -.0178, 1.76))
    b.decal(atlas.label('warn', 1.04), (0, -.0178, 1.53))
    for x in (-.51, .51):
        for z in (1.46, 2.04):
            b.cyl(.010, .004, (x, -.017, z), p.zinc, '-y', 8)
    b.obj('Body', root)
    finish('sign_ppe', distance=.1, floor=.6, grime=False)


def fire_point():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('fire_decals', 512)
    red = worn('PaintFire', (.58, .012, .010), 0, .42)

    def flames(d, x, y):
        k = SS
        d.polygon([((x + a) * k, (y + b) * k) for a, b in ((0, 60), (-14, 40), (-8, 18), (0, 30), (6, 0), (18, 24), (20, 44), (10, 60))], fill=WHITE)

    img, d = board(150, 150, RED, 6)
    d.rounded_rectangle((54 * SS, 44 * SS, 86 * SS, 132 * SS), 10 * SS, fill=WHITE)
    d.rectangle((64 * SS, 26 * SS, 76 * SS, 46 * SS), fill=WHITE)
    d.line([(a * SS, b * SS) for a, b in ((70, 30), (44, 40), (38, 84))], fill=WHITE, width=6 * SS)
    flames(d, 112, 66)
    atlas.add('extinguisher', done(img))
    img, d = board(150, 150, RED, 6)
    d.ellipse((30 * SS, 34 * SS, 104 * SS, 108 * SS), outline=WHITE, width=12 * SS)
    d.ellipse((54 * SS, 58 * SS, 80 * SS, 84 * SS), fill=WHITE)
    d.line([(a * SS, b * SS) for a, b in ((98, 90), (112, 128), (70, 134))], fill=WHITE, width=8 * SS)
    flames(d, 124, 50)
    atlas.add('hose', done(img))
    img, d = board(190, 110, WHITE, 3)
    d.rectangle((0, 0, 190 * SS, 24 * SS), fill=RED)
    d.text((95 * SS, 12 * SS), 'FOAM  6 l', font=textures.font(16 * SS), fill=WHITE, anchor='mm')
    for k in range(3):
        d.rectangle(((12 + k * 60) * SS, 34 * SS, (58 + k * 60) * SS, 98 * SS), outline=(40, 40, 44), width=2 * SS)
        d.text(((35 + k * 60) * SS, 66 * SS), 'ABF'[k] if k < 2 else '!', font=textures.font(30 * SS), fill=(40, 40, 44), anchor='mm')
    atlas.add('foam', done(img))
    root = node('FirePoint', extras={'kind': 'fire_point'})
    b = M()
    b.box((1.75, .02, 1.55), (0, -.010, 1.25), p.white, .004)
    b.box((1.75, .024, .08), (0, -.010, 2.03), red, .004)
    for x, r in ((-.60, .085), (-.34, .075)):
        y = -.13
        b.lathe([(0, 0), (r * .9, 0), (r, .015), (r, .42), (r * .8, .475), (r * .38, .50), (r * .30, .53), (0, .53)], (x, y, .62), red, steps=20)
        b.lathe([(r * .92, -.02), (r * .95, 0), (r * .92, .02)], (x, y, .62), p.black, steps=20)
        b.box((.045, .11, .025), (x, y - .02, 1.165), p.black, .006)
        b.box((.03, .13, .018), (x, y - .03, 1.20), p.black, .005, (12, 0, 0))
        b.cyl(.018, .02, (x, y - .045, 1.14), p.yellow, '-y', 10)
        b.hose([(x + .03, y, 1.14), (x + r + .05, y - .01, 1.10), (x + r + .055, y - .02, .88), (x + r + .02, y - .02, .72)], .012, p.black, per_span=5, res=6)
        b.lathe([(.012, 0), (.022, .05), (.022, .10)], (x + r + .018, y - .02, .66), p.black, steps=10)
        b.box((.14, .05, .03), (x, -.04, .80), p.zinc, .004)
        mesh, m = atlas.label('foam', .13)
        b.add(mesh, m, (x, y - r - .002, .86))
    b.box((.78, .22, .78), (.42, -.13, 1.08), red, .012)                                       # hose reel cabinet with an open face
    b.box((.70, .02, .70), (.42, -.243, 1.08), p.black, 0)
    b.box((.78, .03, .04), (.42, -.245, 1.45), red, .003)
    b.decal(atlas.label('extinguisher', .26), (-.47, -.0215, 1.66))
    b.decal(atlas.label('hose', .26), (.42, -.0215, 1.66))
    b.box((.12, .06, .12), (-.06, -.05, 1.42), red, .006)                                      # call point
    b.box((.07, .004, .07), (-.06, -.082, 1.42), p.white, 0)
    b.cyl(.016, .004, (-.06, -.083, 1.42), p.black, '-y', 12)
    b.tube([(.75, -.06, 1.47), (.75, -.06, 2.6)], .020, red, 0, 8)
    b.obj('Body', root)
    r = M()
    r.lathe([(.10, -.06), (.29, -.06), (.29, -.05), (.11, -.05)], (0, 0, 0), red, 'y', 28)
    r.lathe([(.10, .06), (.29, .06), (.29, .05), (.11, .05)], (0, 0, 0), red, 'y', 28)
    for k in range(4):
        r.lathe([(.16 + k * .030 - .014, -.0), (.16 + k * .030, -.035), (.16 + k * .030 + .013, 0), (.16 + k * .030, .035)], (0, 0, 0), p.black, 'y', 28)
    r.cyl(.06, .16, (0, -.08, 0), p.zinc, 'y', 16)
    r.obj('HoseReel', root, (.42, -.29, 1.08), extras={'axis': 'Z'})
    finish('fire_point', distance=.2, floor=.45)


def eyewash():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('eyewash_decals', 256)
    img, d = board(180, 180, GREEN, 8)
    d.ellipse((34 * SS, 24 * SS, 104 * SS, 110 * SS), fill=WHITE)
    d.ellipse((70 * SS, 52 * SS, 92 * SS, 66 * SS), fill=GREEN)
    for k in range(3):
        d.line([((120 + k * 14) * SS, 36 * SS), ((88 + k * 5) * SS, (64 + k * 6) * SS)], fill=WHITE, width=5 * SS)
    d.rounded_rectangle((50 * SS, 126 * SS, 150 * SS, 150 * SS), 10 * SS, fill=WHITE)
    atlas.add('eye', done(img))
    green = worn('PaintEmergency', (.0, .26, .10), 0, .42)
    root = node('Eyewash', extras={'kind': 'eyewash'})
    b = M()
    b.tube([(0, -.20, 0), (0, -.20, 2.25), (0, -.62, 2.25), (0, -.62, 2.14)], .024, green, .10, 10)
    b.lathe([(0, 0), (.11, 0), (.11, .014), (.03, .02), (0, .02)], (0, -.20, 0), green, steps=18)
    b.lathe([(.03, .07), (.14, .0), (.145, -.012), (0, -.012)], (0, -.62, 2.10), green, steps=24)
    b.tube([(0, -.20, 1.0), (0, -.42, .98)], .018, green, 0, 8)
    b.lathe([(.03, -.02), (.12, 0), (.155, .05), (.16, .055), (.15, .05), (.10, .012), (0, .006)], (0, -.50, .96), p.polished, steps=26)
    for s in (-1, 1):
        b.tube([(0, -.50, .96), (s * .05, -.50, .98), (s * .05, -.50, 1.05)], .009, green, .02, 6)
        b.lathe([(.010, 0), (.024, .012), (.024, .028), (0, .03)], (s * .05, -.50, 1.045), p.yellow, steps=12)
    b.tube([(0, -.50, .95), (0, -.50, .78), (0, -.22, .72)], .016, green, .06, 8)
    b.box((.10, .006, .14), (.20, -.50, 1.0), p.yellow, .003)
    b.tube([(.10, -.46, .99), (.20, -.50, .99)], .008, p.polished, 0, 6)
    b.tube([(.14, -.60, 2.2), (.14, -.60, 1.75)], .005, p.polished, 0, 5)
    b.add(tube_mesh([(.14 + .07 * math.sin(t * 2 * math.pi / 3), -.60, 1.69 + .07 * math.cos(t * 2 * math.pi / 3)) for t in range(4)], .007, 6), p.polished)
    b.box((.34, .012, .34), (0, -.16, 1.66), p.zinc, .003)
    b.decal(atlas.label('eye', .32), (0, -.1675, 1.66))
    b.tube([(0, -.20, .45), (-.02, -.02, .45), (-.02, 0, .45)], .02, green, 0, 8)
    b.obj('Body', root)
    finish('eyewash', distance=.15, floor=.45)


def mirror():
    new_scene()
    p = Palette2()
    root = node('TrafficMirror', extras={'kind': 'traffic_mirror'})
    glass = material('MirrorGlass', (.92, .93, .94), 1, .03)
    b = M()
    b.tube([(0, 0, 2.35), (0, -.22, 2.45), (0, -.30, 2.48)], .020, p.zinc, .05, 8)
    b.box((.12, .02, .22), (0, -.01, 2.36), p.zinc, .004)
    b.obj('Bracket', root)
    m = M()
    ring = [(.30 * math.sin(math.pi / 2 * k / 7) , -.075 * math.cos(math.pi / 2 * k / 7) + .075) for k in range(7, -1, -1)]
    m.lathe([(r, .045 - z) for r, z in ring], (0, 0, 0), glass, '-y', 36, 80)
    m.lathe([(.30, -.03), (.335, -.032), (.345, -.015), (.335, .006), (.30, .0)], (0, 0, 0), p.red, '-y', 36)
    m.lathe([(.335, -.03), (.20, -.06), (0, -.07)], (0, 0, 0), p.dark, '-y', 28)
    m.obj('Mirror', root, (0, -.36, 2.48), (22, 0, 0))
    finish('traffic_mirror', distance=.1, floor=.6, grime=False)


sign_exit()
sign_assembly()
sign_ppe()
fire_point()
eyewash()
mirror()
