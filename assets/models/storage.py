"""Pallets of goods: full_pallet (40 crates), wrapped_pallet, pallet_rack (three bays, three levels), pallet_stack (ten empties)."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *

L, W, H = .396, .296, .24


def crate_pictures():
    """The sides and the top of a crate with its bottles, drawn: a crate is a box here."""
    atlas = textures.Atlas('crate_faces', 512)
    shell, dark = (20, 72, 140), (9, 30, 62)
    for key, w, n in (('long', 300, 4), ('short', 208, 3)):
        h = 192
        img = textures.Image.new('RGBA', (w, h), (*shell, 255))
        d = textures.ImageDraw.Draw(img)
        d.rectangle((8, 36, w - 9, 116), fill=dark)
        for i in range(n):                                                                     # bottles behind the bars
            x = w * (i + .5) / n
            d.rounded_rectangle((x - 27, 40, x + 27, 116), 8, fill=(8, 66, 40))
            d.rectangle((x - 27, 66, x + 27, 100), fill=(232, 236, 234))
            d.rectangle((x - 27, 66, x + 27, 72), fill=(0, 92, 168))
            d.line((x - 18, 46, x - 18, 62), fill=(60, 150, 100), width=4)
        for i in range(n + 1):
            x = min(max(w * i / n, 10), w - 10)
            d.rectangle((x - 9, 34, x + 9, 118), fill=shell)
            d.line((x - 9, 34, x - 9, 118), fill=(40, 100, 175), width=2)
        d.rectangle((0, 0, w, 34), fill=shell)
        d.line((0, 3, w, 3), fill=(60, 125, 200), width=4)
        d.line((0, 35, w, 35), fill=(8, 34, 72), width=3)
        d.rectangle((0, 118, w, h), fill=(17, 64, 128))
        d.line((0, 119, w, 119), fill=(50, 112, 190), width=3)
        textures.centred(d, (0, 122, w, 186), 'AQUA NORD', 38 if key == 'long' else 27, (236, 242, 248), 'Black')
        if key == 'short':
            d.rounded_rectangle((58, 40, w - 58, 72), 10, fill=(5, 18, 38))
        d.line((0, h - 2, w, h - 2), fill=(8, 30, 64), width=4)
        for x in (2, w - 3):
            d.line((x, 0, x, h), fill=(10, 44, 92), width=4)
        atlas.add(key, img)
    w, h = 300, 224
    img = textures.Image.new('RGBA', (w, h), (*dark, 255))
    d = textures.ImageDraw.Draw(img)
    for i in range(5):
        d.rectangle((w * i / 4 - 4, 0, w * i / 4 + 4, h), fill=shell)
    for j in range(4):
        d.rectangle((0, h * j / 3 - 4, w, h * j / 3 + 4), fill=shell)
    for i in range(4):
        for j in range(3):
            x, y = w * (i + .5) / 4, h * (j + .5) / 3
            d.ellipse((x - 30, y - 30, x + 30, y + 30), fill=(8, 60, 36))
            d.ellipse((x - 16, y - 16, x + 16, y + 16), fill=(180, 184, 188))
            d.ellipse((x - 11, y - 11, x + 11, y + 11), fill=(214, 218, 222))
    d.rectangle((0, 0, w - 1, h - 1), outline=shell, width=9)
    atlas.add('top', img)
    return atlas


def pallet(part, at, wood, bevel=.002):
    x, y, z = at
    for h in (.011, .133):
        for k in range(5 if h > .1 else 3):
            part.box((1.2, .145 if h > .1 else .10, .022), (x, y - .3275 + k * (.16375 if h > .1 else .35), z + h), wood, bevel)
    for k in (-.5275, 0, .5275):
        for j in (-.3275, 0, .3275):
            part.box((.145, .12, .10), (x + k, y + j, z + .072), wood, 0)
    for k in (-.5275, 0, .5275):
        part.box((.145, .8, .022), (x + k, y, z + .111), wood, 0)


def crates(part, at, layers, atlas, rnd):
    """Eight crates a layer on 1.2 x 0.8 m, turned from layer to layer; only outer faces are drawn."""
    m = atlas.material()
    for k in range(layers):
        z0 = at[2] + k * H
        spots = [((i - 1.5) * .299, (j - .5) * .399, 90) for i in range(4) for j in range(2)]
        for x, y, turn in spots:
            t = placed((at[0] + x + rnd.uniform(-.003, .003), at[1] + y + rnd.uniform(-.003, .003), z0), (0, 0, turn + rnd.uniform(-.5, .5)))
            for dx, dy, yaw, w, key in ((0, -W / 2, 0, L, 'long'), (0, W / 2, 180, L, 'long'), (L / 2, 0, 90, W, 'short'), (-L / 2, 0, -90, W, 'short')):
                mid = t @ Vector((dx, dy, 0))
                if abs(mid.x - at[0]) < .57 and abs(mid.y - at[1]) < .37:
                    continue
                rect, _ = atlas.rects[key]
                part.add(quad_mesh(w, H - .002, rect), m, matrix=t @ placed((dx, dy, H / 2), (0, 0, yaw)))
            if k == layers - 1:
                rect, _ = atlas.rects['top']
                part.add(quad_mesh(L, W, rect), m, matrix=t @ placed((0, 0, H - .012), (-90, 0, 0)))
    return part


def wood_material():
    return material('PalletWoodTexture', (1, 1, 1), 0, .8, base=textures.wood_image(256))


def full(wrapped):
    new_scene()
    atlas = crate_pictures()
    root = node('WrappedPallet' if wrapped else 'FullPallet', extras={'kind': 'pallet_load', 'crates': 40, 'size_m': [1.2, 1.344, .8]})
    b = M()
    pallet(b, (0, 0, 0), wood_material())
    crates(b, (0, 0, .144), 5, atlas, random.Random(3))
    b.obj('Load', root)
    if wrapped:
        f = M()
        film = material('StretchFilm', (.10, .12, .13), 0, .14, alpha=.22, double=True)
        ring = [(-.602, -.402), (.602, -.402), (.602, .402), (-.602, .402)]
        bm = bmesh.new()
        rows, dice = [], random.Random(5)
        zs = [.10 + 1.27 * k / 9 for k in range(10)]
        for z in zs:
            pts = []
            for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1]):
                for k in range(5):
                    t = k / 5
                    wob = dice.uniform(-.004, .005) if k else .004
                    nx, ny = (y1 - y0), -(x1 - x0)
                    n = math.hypot(nx, ny)
                    pts.append(bm.verts.new((x0 + (x1 - x0) * t + nx / n * wob, y0 + (y1 - y0) * t + ny / n * wob, z + dice.uniform(-.02, .02))))
            rows.append(pts)
        for a, c in zip(rows, rows[1:]):
            for k in range(len(a)):
                j = (k + 1) % len(a)
                bm.faces.new((a[k], a[j], c[j], c[k]))
        f.add(to_mesh(bm, 12), film)
        f.obj('FilmGlass', root)
    finish('wrapped_pallet' if wrapped else 'full_pallet', distance=.12, floor=.5)


def rack():
    new_scene()
    p, atlas = Palette2(), crate_pictures()
    img, d = textures.plate(190, 60, (240, 196, 0), 3)
    textures.centred(d, (0, 0, 190, 60), 'max 2400 kg / level', 18, (20, 20, 20))
    atlas.add('load', img)
    blue = worn('RackBlue', (.012, .07, .25), 0, .46)
    orange = worn('RackOrange', (.72, .17, .012), 0, .46)
    film = material('FilmSheen', (.05, .07, .09), 0, .12, alpha=.16, double=True)
    root = node('PalletRack', extras={'kind': 'rack', 'bays': 3, 'levels': 3, 'places': 18})
    b = M()
    B, D = 2.8, 1.05
    for i in range(4):
        x = (i - 1.5) * B
        for y in (-D / 2, D / 2):
            b.box((.10, .09, 4.8), (x, y, 2.4), blue, .005)
            b.box((.17, .15, .012), (x, y, .006), p.zinc, .002)
            for k in range(5 if y < 0 else 0):
                b.box((.104, .004, .02), (x, y - .046, .6 + k * .9), p.black, 0)
            if y < 0:
                b.box((.14, .10, .42), (x, y - .05, .22), p.yellow, .012, seg=2)
        for k in range(6):
            a, c = (-D / 2, D / 2) if k % 2 == 0 else (D / 2, -D / 2)
            b.tube([(x, a, .3 + k * .72), (x, c, 1.0 + k * .72)], .016, blue, 0, 6)
    for z in (1.68, 3.32):
        for i in range(3):
            for y in (-D / 2, D / 2):
                b.box((B - .10, .05, .13), ((i - 1) * B, y, z - .065), orange, .005)
            b.decal(atlas.label('load', .40), ((i - 1) * B + .6, -D / 2 - .0265, z - .065))
    for i in range(3):
        for z in (1.68, 3.32):
            for k in range(2):
                b.box((.06, D, .03), ((i - 1) * B - .66 + k * 1.32, 0, z + .0), p.zinc, 0)
    b.obj('Frame', root)
    load = M()
    pallet(load, (0, 0, 0), wood_material())
    crates(load, (0, 0, .144), 5, atlas, random.Random(9))
    f = kit_box((1.225, .825, 1.25), .02)
    load.add(f, film, (0, 0, .74))
    load = load.mesh('RackLoad')
    dice, n = random.Random(11), 0
    for lev, z in enumerate((0, 1.70, 3.34)):
        for i in range(3):
            for k in (-1, 1):
                n += 1
                if n in (5, 11, 16, 18):
                    continue
                node(f'Load_{n:02d}', load, root, ((i - 1) * B + k * .66, dice.uniform(-.04, .03), z), (0, 0, dice.uniform(-1, 1) + (180 if dice.random() < .5 else 0)), {'kind': 'pallet_load'})
    for n_, (lev, i, k) in enumerate(((l, i, k) for l in range(3) for i in range(3) for k in (-1, 1))):
        node(f'Place_{n_ + 1:02d}', None, root, ((i - 1) * B + k * .66, 0, (0, 1.70, 3.34)[lev]))
    finish('pallet_rack', distance=.30, floor=.45)


def stack():
    new_scene()
    root = node('PalletStack', extras={'kind': 'pallet_stack', 'pallets': 10})
    b, wood, dice = M(), wood_material(), random.Random(2)
    for k in range(10):
        h = M()
        pallet(h, (0, 0, 0), wood, 0)
        mesh = h.mesh('p')
        b.add(mesh, wood, (dice.uniform(-.02, .02), dice.uniform(-.015, .015), k * .1445), (0, 0, dice.uniform(-1.5, 1.5)))
    b.obj('Pallets', root)
    finish('pallet_stack', distance=.15, floor=.45)


full(False)
full(True)
rack()
stack()
