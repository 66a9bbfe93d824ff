"""EUR pallet 1200 x 800 x 144 and the half pallet 800 x 600 that crates of 400 x 300 fill exactly. Long side along X."""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *


def pallet(file, root_name, mesh_name, length, width, top, bottom, extras):
    """top and bottom are lists of (y, board width); the boards run along X."""
    new_scene()
    dice = random.Random(7)
    wood = material('Wood', (1, 1, 1), 0, .78, base=textures.wood_image())
    nail = material('Nail', (.16, .15, .14), 1, .5)
    atlas = textures.Atlas(file + '_decals', 128)
    img, d = textures.plate(124, 80, (120, 88, 52))
    d.rectangle((0, 0, 124, 80), fill=(0, 0, 0, 0))
    d.ellipse((14, 14, 110, 66), outline=(45, 25, 10, 255), width=5)
    textures.centred(d, (14, 14, 110, 66), 'PW', 34, (45, 25, 10, 255), 'Black')
    atlas.add('brand', img)
    root = node(root_name, extras=extras)
    part = Part()

    def board(size, at, turned=False):
        sx, sy, sz = size
        mesh = box_mesh((sy, sx, sz) if turned else size, .004)
        shift = Vector((dice.random(), dice.random()))
        for c in mesh.uv_layers[0].data:
            c.uv = c.uv * .5 + shift
        sag = dice.uniform(-.0008, .0008)
        part.add(mesh, wood, (at[0] + sag, at[1] + sag, at[2]), (0, 0, 90 if turned else 0))

    rows = [-length / 2 + .0725, 0, length / 2 - .0725]
    for y, w in top:
        board((length, w, .022), (0, y, .133))
    for x in rows:
        board((.145, width, .022), (x, 0, .111), True)
        for y, w in bottom:
            board((.145, w, .078), (x, y, .061))
    for y, w in bottom:
        board((length, w, .022), (0, y, .011))
    for x in rows:
        for y, w in top:
            for dx, dy in ((-.035, -.28), (.035, .28), (.03, -.25), (-.03, .25))[:4 if w > .12 else 2]:
                part.add(lathe_mesh([(.0055, 0), (.0045, .0008), (0, .0008)], 6), nail, (x + dx, y + dy * w, .144))
    for x in (rows[0], rows[2]):
        for s in (-1, 1):
            part.decal(atlas.label('brand', .10), (x, s * (width / 2 + .0012), .061), (0, 0, 0 if s < 0 else 180))
    part.obj(mesh_name, root)
    export(file, distance=.12, floor=.5)


pallet('pallet', 'Pallet', 'Pallet_Wood', 1.2, .8, [(-.3275, .145), (-.1725, .1), (0, .145), (.1725, .1), (.3275, .145)],
       [(-.35, .1), (0, .145), (.35, .1)], {'kind': 'pallet', 'standard': 'EUR 1200 x 800', 'height_m': .144})
pallet('half_pallet', 'HalfPallet', 'HalfPallet_Wood', .8, .6, [(-.2275, .145), (-.079, .1), (.079, .1), (.2275, .145)],
       [(-.25, .1), (0, .1), (.25, .1)], {'kind': 'pallet', 'standard': '800 x 600', 'height_m': .144})
