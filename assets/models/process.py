"""Process skids: cip (three tanks), heat_exchanger (plates), mixer (deaerator, buffer and carbonator on one frame)."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from process_kit import *


def decals(name):
    atlas = textures.Atlas(name + '_decals')
    letters(atlas, 'maker', MAKER, 400, 70, 58, (236, 242, 244))
    atlas.add('hands', textures.warning_triangle(80, 'mark'))
    for key, text, tone in (('lye', 'LYE 2 %', (90, 40, 120)), ('acid', 'ACID 1.5 %', (200, 120, 0)), ('water', 'WATER', (0, 110, 60)), ('hot', 'HOT', (190, 30, 30)), ('syrup', 'PRODUCT', (0, 110, 60)), ('co2', 'CO2', (90, 94, 98)), ('ice', 'ICE WATER', (20, 90, 160))):
        img, d = textures.plate(200, 46, tone, 4)
        textures.centred(d, (0, 0, 200, 46), text, 27, (250, 250, 250))
        atlas.add(key, img)
    img = textures.warning_triangle(80, 'mark')
    atlas.add('hot_surface', img)
    img, d = textures.plate(180, 110, (246, 247, 248), 4, (190, 20, 24))
    d.rectangle((4, 4, 176, 34), fill=(190, 20, 24))
    textures.centred(d, (0, 4, 180, 34), 'CORROSIVE', 20, (250, 250, 250))
    textures.centred(d, (0, 36, 180, 106), 'Wear goggles\nand gloves', 17, (20, 20, 22), 'Medium')
    atlas.add('corrosive', img)
    scuffs(atlas, 'scuff', 200, 40, 4)
    return atlas


def base(part, p, x0, x1, y0, y1, h=.14):
    """A frame of stainless channels on feet with a drip floor."""
    for y in (y0, y1):
        part.box((x1 - x0, .06, .10), ((x0 + x1) / 2, y, h), p.inox, .005)
    for x in (x0, (x0 + x1) / 2, x1):
        part.box((.06, y1 - y0, .10), (x, (y0 + y1) / 2, h), p.inox, .005)
        for y in (y0, y1):
            foot(part, x, y, p, h - .04, .045)
    part.box((x1 - x0, y1 - y0, .006), ((x0 + x1) / 2, (y0 + y1) / 2, h + .045), p.inox, 0)


def vessel(part, at, r, z0, z1, p, m, cone=True, leg=True, lid=True):
    x, y = at
    low = [(.04, z0 - r * .55), (.05, z0 - r * .55), (r * .96, z0 - .03), (r, z0)] if cone else head(r, z0, -1, .28)[::-1]
    part.lathe(low + [(r, z1)] + head(r, z1, 1, .26), (x, y, 0), m, steps=32)
    for z in (z0 + .12, (z0 + z1) / 2, z1 - .12):
        part.lathe([(r + .001, z - .015), (r + .006, z - .011), (r + .006, z + .011), (r + .001, z + .015)], (x, y, 0), m, steps=32)
    if leg:
        for i in range(4):
            a = math.radians(90 * i + 45)
            part.cyl(.032, z0 + .06 - .19, (x + (r - .05) * math.cos(a), y + (r - .05) * math.sin(a), .19), p.inox, steps=10)
    if lid:
        part.lathe([(.20, -.03), (.22, -.02), (.22, .03), (.10, .06), (0, .065)], (x, y - r * .35, z1 + r * .245), p.polished, steps=22)
        part.lathe([(.06, 0), (.06, .10), (.09, .11), (.09, .13), (0, .13)], (x + r * .4, y + r * .3, z1 + r * .15), p.polished, steps=14)


def cip():
    new_scene()
    p, atlas = Palette2(), decals('cip')
    shell = worn('InoxShell', (.80, .80, .79), 1, .62, brushed_images, 1.4)
    root = node('Cip', extras={'kind': 'cip', 'tanks': 3})
    b = M()
    base(b, p, -2.1, 2.1, -.95, .75)
    for i, (x, key) in enumerate(((-1.45, 'lye'), (-.25, 'acid'), (.95, 'water'))):
        vessel(b, (x, .22), .54, .95, 2.35, p, shell)
        mesh, m = atlas.label(key, .44)
        b.add(mesh, m, (x, .22 - .5415, 1.95))
        b.box((.02, .02, 1.2), (x + .30, .22 - .47, 1.62), p.polished, 0)                      # level sensor tube
        b.cyl(.04, .08, (x - .28, .22 - .48, 1.15), p.blue, '-y', 12)
        b.tube([(x, .22, .64), (x, .22, .44), (x, -.45, .44), (x, -.62, .44)], DN65, p.polished, .10, 12)
        butterfly(b, (x, -.28, .44), 'y', p, (p.pom, p.yellow, p.green)[i])
        union(b, (x, -.10, .44), 'y', p)
        b.tube([(x + .18, -.05, 2.42), (x + .18, -.05, 2.80), (x + .18, -.52, 2.80), (x + .18, -.52, .95)], DN40, p.polished, .07, 8)
        butterfly(b, (x + .18, -.52, 1.15), 'z', p, p.white, DN40 * 1.2)
    b.decal(atlas.label('corrosive', .26), (-1.45, .22 - .5425, 1.50))
    b.decal(atlas.label('corrosive', .26), (-.25, .22 - .5425, 1.50))
    b.tube([(-1.9, -.62, .44), (1.45, -.62, .44), (1.62, -.62, .44)], DN65, p.polished, 0, 12)   # suction and return headers
    b.tube([(-1.9, -.52, .95), (1.6, -.52, .95)], DN40 * 1.2, p.polished, 0, 10)
    for x in (-1.8, -.85, .35, 1.5):
        b.box((.04, .04, .82), (x, -.60, .56), p.inox, .003)
        b.box((.04, .14, .02), (x, -.57, .95), p.inox, 0)
    b.obj('Tanks', root)
    q = M()
    pump(q, (1.72, -.62, .19), p, scale=1.05)
    q.tube([(1.72, -.71, .74), (1.72, -.71, 1.25), (1.72, -.35, 1.25)], DN65 * .85, p.polished, .09, 12)
    q.tube([(1.72, -.35, 1.25), (1.72, .30, 1.25), (1.72, .42, 1.25)], DN65 * .85, p.polished, 0, 12)
    q.lathe([(.06, -.85), (.09, -.84), (.09, .84), (.06, .85), (0, .86)], (1.76, .42, 1.15), shell, steps=22)  # tubular heater
    for z in (.32, .40, 1.90, 1.98):
        q.lathe([(.09, -.012), (.12, -.010), (.12, .010), (.09, .012)], (1.76, .42, z), p.polished, steps=20)
    q.tube([(1.76, .42, 1.98), (1.76, .42, 2.25), (1.76, -.20, 2.25)], .03, p.inox, .08, 10)
    q.decal(atlas.label('hot', .20), (1.76, .325, 1.55))
    gauge(q, (1.72, -.76, 1.12), p)
    worn_edges(q, atlas, 'scuff', -2.0, 2.0, -.9815, .13, width=.3)
    q.obj('Pump', root)
    e = M()
    switch_cabinet(e, (atlas, [('hands', .10, (.0, 1.38))]), (-2.55, -.1, 0), (.80, .40, 1.85), p, 1, yaw=0)
    spot = placed((-2.55, -.335, 1.62))
    e.box((.44, .03, .29), (-2.55, -.318, 1.62), p.dark, .008)
    e.box((.45, .02, .16), (-2.55, -.315, 1.78 + .06), p.petrol, .005)
    e.decal(atlas.label('maker', .36), (-2.55, -.3265, 1.84))
    e.obj('Cabinet', root)
    screen('HmiScreen', root, (-2.55, -.3345, 1.62), screen_image('cip', 'CIP station', 'CIP-1'))
    stack_light(root, (-2.8, -.1, 1.88), p)
    node('Supply', None, root, (1.72, -.35, 1.25))
    finish('cip', distance=.40, floor=.42)


def exchanger():
    new_scene()
    p, atlas = Palette2(), decals('heat')
    frame = worn('PaintExchanger', (.02, .16, .20), 0, .46)
    root = node('HeatExchanger', extras={'kind': 'heat_exchanger', 'plates': 96})
    b = M()
    for x, t in ((-.75, .05), (.42, .05)):                                                     # fixed and moving end plates
        b.box((t, .52, 1.30), (x, 0, .85), frame, .008)
    b.box((.06, .10, 1.72), (1.05, 0, .86), frame, .008)
    b.box((.05, .70, .05), (1.05, 0, .03), frame, .004)
    b.box((.06, .70, .24), (-.75, 0, .12), frame, .006)
    b.cyl(.028, 1.85, (-.78, 0, 1.56), p.polished, 'x', 14)
    b.box((1.85, .05, .05), (.14, 0, .17), p.polished, .004)
    for k in range(40):                                                                        # the plate pack: steel and gasket edges
        x = -.715 + k * .0278
        b.box((.016, .46 if k % 2 else .44, 1.20 if k % 2 else 1.18), (x, 0, .84), p.inox if k % 2 else p.rubber, 0)
    for s in (-1, 1):
        for z in (.30, .58, .86, 1.14, 1.40):
            b.cyl(.013, 1.42, (-.82, s * .275, z), p.zinc, 'x', 8)
            for x in (-.80, .47):
                b.add(lathe_mesh([(.026, 0), (.026, .028), (0, .028)], 6, 30), p.zinc, (x, s * .275, z), AXES['-x' if x < 0 else 'x'])
    for s in (-1, 1):
        for z, key in ((.42, 'a'), (1.28, 'b')):
            b.tube([(-.76, s * .15, z), (-1.00, s * .15, z)], DN65, p.polished, 0, 12)
            union(b, (-.96, s * .15, z), 'x', p)
            b.lathe([(.02, 0), (.062, 0), (.062, .02), (.04, .024)], (-.775, s * .15, z), p.polished, '-x', 16)
    b.tube([(-1.0, -.15, 1.28), (-1.25, -.15, 1.28), (-1.25, -.15, .25)], DN65, p.polished, .10, 12)
    b.tube([(-1.0, .15, .42), (-1.25, .15, .42), (-1.25, .15, 1.9)], DN65, p.polished, .10, 12)
    hand_valve(b, (-1.25, -.15, .70), 'z', p)
    gauge(b, (-1.25, -.235, 1.05), p)
    butterfly(b, (-1.12, .15, .42), 'x', p, p.green)
    b.box((.62, .006, .18), (-.15, -.285, 1.25), p.petrol, .002)
    b.box((.04, .05, .04), (-.15, -.262, 1.25), p.petrol, 0)
    b.decal(atlas.label('maker', .52), (-.15, -.2885, 1.26))
    b.decal(atlas.label('hot', .18), (-1.25, -.1895, .95))
    b.decal(atlas.label('hands', .10), (1.05, -.0515, 1.3))
    for x in (-.75, 1.05):
        for y in (-.28, .28):
            b.cyl(.04, .03, (x, y, 0), p.zinc, steps=10)
    b.obj('Body', root)
    node('HotIn', None, root, (-1.25, -.15, .25))
    node('ColdOut', None, root, (-1.25, .15, 1.9))
    finish('heat_exchanger', distance=.25, floor=.42)


def mixer():
    new_scene()
    p, atlas = Palette2(), decals('mixer')
    shell = worn('InoxShell', (.80, .80, .79), 1, .62, brushed_images, 1.4)
    root = node('Mixer', extras={'kind': 'mixer', 'note': 'deaerator, syrup buffer, carbonator'})
    b = M()
    base(b, p, -1.7, 1.7, -.80, .80)
    vessel(b, (-1.05, .25), .42, .90, 2.75, p, shell, cone=False)                               # deaerator
    vessel(b, (.02, .32), .34, 1.00, 2.20, p, shell)                                            # buffer
    b.lathe(head(.38, -1.02, -1, .3)[::-1] + [(.38, 1.02)] + head(.38, 1.02, 1, .3), (1.02, .22, 1.98), shell, 'z', 32)  # carbonator column
    for z in (1.2, 1.98, 2.8):
        b.lathe([(.381, -.02), (.39, -.016), (.39, .016), (.381, .02)], (1.02, .22, z), shell, steps=32)
    for i in range(4):
        a = math.radians(90 * i + 45)
        b.cyl(.035, .85, (1.02 + .33 * math.cos(a), .22 + .33 * math.sin(a), .19), p.inox, steps=10)
    for x, key in ((-1.05, 'water'), (.02, 'syrup'), (1.02, 'co2')):
        r = {'water': .42, 'syrup': .34, 'co2': .38}[key]
        y = {'water': .25, 'syrup': .32, 'co2': .22}[key]
        b.decal(atlas.label(key, .34), (x, y - r - .008, 1.72))
        b.lathe([(0, 0), (.075, 0), (.085, .01), (.085, .03), (.05, .035), (0, .032)], (x - .12, y - r + .02, 1.45), p.polished, '-y', 20)  # sight glass
        b.lathe([(.05, .0355), (0, .0355)], (x - .12, y - r + .02, 1.45), material('SightGlass', (.02, .05, .07), 0, .05), '-y', 18)
        b.box((.11, .10, .14), (x + .14, y - r - .05, 1.30), p.blue, .012)
        gauge(b, (x + .05, y - .12, {'water': 3.02, 'syrup': 2.42, 'co2': 3.22}[key]), p)
        b.tube([(x + .05, y - .09, {'water': 2.86, 'syrup': 2.27, 'co2': 3.08}[key]), (x + .05, y - .09, {'water': 3.02, 'syrup': 2.42, 'co2': 3.22}[key])], .008, p.polished)
    b.obj('Vessels', root)
    q = M()
    for x in (-1.15, -.15, .85):
        pump(q, (x, -.48, .19), p, scale=.85)
        q.tube([(x - .15, -.48, .411), (x - .25, -.48, .411), (x - .25, -.10, .411), (x - .25, .20, .60), (x + .05, .25, .75)], DN65 * .85, p.polished, .09, 10)
        q.tube([(x, -.552, .62), (x, -.552, .92), (x, -.552, 1.12), (x + .45, -.552, 1.12)], DN65 * .7, p.polished, .08, 10)
        butterfly(q, (x + .25, -.552, 1.12), 'x', p, p.white if x < 0 else p.pom, DN65 * .7)
    q.tube([(-1.0, -.552, 1.12), (1.45, -.552, 1.12), (1.55, -.552, 1.12), (1.55, -.552, 2.6), (1.02, .0, 3.0), (1.02, .22, 3.05)], DN65 * .7, p.polished, .12, 10)
    q.lathe([(.05, -.10), (.07, -.09), (.07, .09), (.05, .10)], (.55, -.552, 1.12), p.petrol, 'x', 18)  # flow meter
    q.box((.12, .10, .13), (.55, -.56, 1.27), p.petrol, .012)
    q.tube([(-1.05, .25, 2.86), (-1.05, .25, 3.15), (-1.45, .25, 3.15), (-1.45, .25, .6)], DN65 * .7, p.polished, .10, 10)
    for x in (-1.6, 1.6):
        q.box((.05, .05, 2.3), (x, -.75, 1.3), p.inox, .003)
    q.box((3.25, .05, .05), (0, -.75, 2.42), p.inox, .003)
    q.box((2.4, .03, .22), (-.2, -.785, 2.42), p.petrol, .006)
    q.decal(atlas.label('maker', .90), (-.55, -.8015, 2.425))
    q.decal(atlas.label('ice', .40), (.55, -.8015, 2.425))
    worn_edges(q, atlas, 'scuff', -1.6, 1.6, -.8315, .13, width=.3)
    q.obj('Piping', root)
    e = M()
    switch_cabinet(e, None, (-2.25, .2, 0), (.80, .40, 1.85), p, 1, yaw=0)
    e.box((.44, .03, .29), (-2.25, -.018, 1.60), p.dark, .008)
    e.obj('Cabinet', root)
    screen('HmiScreen', root, (-2.25, -.0345, 1.60), screen_image('mixer', 'Mixer, carbonator', 'MX-1'))
    stack_light(root, (-2.5, .2, 1.88), p)
    node('Outlet', None, root, (1.55, -.552, 2.0))
    finish('mixer', distance=.40, floor=.42)


cip()
exchanger()
mixer()
