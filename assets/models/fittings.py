"""Small fittings of a hall: stack_light, hmi_pillar, high_bay (hangs), workbench, waste_bins (three)."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import *


def light():
    new_scene()
    p = Palette2()
    root = node('StackLightPole', extras={'kind': 'stack_light'})
    b = M()
    b.lathe([(0, 0), (.09, 0), (.09, .010), (.03, .018), (0, .018)], (0, 0, 0), p.zinc, steps=18)
    b.cyl(.021, 1.72, (0, 0, .01), p.alu, steps=12)
    b.bolts(4, .068, (0, 0, .010), p.zinc, r=.008, h=.008)
    b.obj('Pole', root)
    stack_light(root, (0, 0, 1.72), p)
    finish('stack_light', distance=.1, floor=.5)


def pillar():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('pillar_decals', 256)
    letters(atlas, 'maker', MAKER, 250, 44, 36, (236, 242, 244))
    atlas.add('bolt', textures.warning_triangle(64, 'bolt'))
    root = node('HmiPillar', extras={'kind': 'hmi_pillar'})
    b = M()
    b.lathe([(0, 0), (.22, 0), (.22, .012), (.10, .022), (.06, .05), (0, .05)], (0, .06, 0), p.dark, steps=28)
    b.bolts(4, .18, (0, .06, .012), p.zinc, r=.012, h=.012, phase=45)
    b.box((.10, .10, 1.05), (0, .06, .55), p.paint, .012, seg=2)
    b.box((.02, .006, .6), (0, .007, .55), p.petrol, 0)
    b.box((.12, .13, .06), (0, .05, 1.08), p.dark, .010)
    b.decal(atlas.label('bolt', .07), (0, .0065, .93))
    spot = hmi_head(b, (0, -.04, 1.40), p, 0, (.50, .38))
    b.box((.50, .085, .05), (0, -.003, 1.615), p.petrol, .010)
    b.decal(atlas.label('maker', .24), (0, -.0465, 1.616))
    b.obj('Body', root)
    screen('HmiScreen', root, spot.to_translation(), screen_image('pillar', 'Line 5, glass', 'LINE'), size=(.44, .275))
    stack_light(root, (.16, .02, 1.64), p, pole=.20)
    finish('hmi_pillar', distance=.2, floor=.45)


def high_bay():
    new_scene()
    p = Palette2()
    root = node('HighBay', extras={'kind': 'lamp', 'note': 'the origin is the hook, 0.62 m above the light'})
    b = M()
    b.tube([(0, 0, 0), (0, 0, -.34)], .005, p.zinc, 0, 6)
    b.add(tube_mesh([(.022 * math.cos(t * math.pi / 6), 0, -.36 + .022 * math.sin(t * math.pi / 6)) for t in range(13)], .005, 6), p.zinc)
    b.lathe([(0, -.38), (.06, -.385), (.085, -.40), (.09, -.48), (.07, -.50), (.07, -.52)], (0, 0, 0), p.dark, steps=20)
    for i in range(24):
        b.box((.10, .005, .085), (.12 * math.cos(math.radians(15 * i)), .12 * math.sin(math.radians(15 * i)), -.535), p.dark, 0, (0, 0, 15 * i))
    b.lathe([(.06, -.50), (.19, -.56), (.205, -.575), (.205, -.605), (.19, -.61)], (0, 0, 0), p.dark, steps=32)
    b.hose([(0, .05, -.40), (.02, .07, -.25), (.0, .03, -.10), (0, .01, 0)], .006, p.black, per_span=5, res=5)
    b.obj('Body', root)
    q = M()
    q.lathe([(0, -.606), (.10, -.608), (.19, -.604)], (0, 0, 0), material('HighBayLed', (.9, .9, .9), 0, .4, emit=(1, .98, .94), strength=9.0), steps=28)
    q.obj('Light', root)
    finish('high_bay', distance=.1, floor=.5, grime=False)


def workbench():
    new_scene()
    p = Palette2()
    wood = material('BenchWood', (1, 1, 1), 0, .6, base=textures.wood_image(256))
    root = node('Workbench', extras={'kind': 'workbench'})
    b = M()
    b.box((2.0, .75, .05), (0, -.375, .88), wood, .006)
    for x in (-.92, .92):
        for y in (-.06, -.69):
            b.box((.06, .06, .85), (x, y, .425), p.petrol, .005)
        b.box((.05, .60, .05), (x, -.375, .15), p.petrol, .004)
    b.box((1.8, .04, .06), (0, -.06, .60), p.petrol, .004)
    b.box((1.8, .5, .03), (0, -.33, .22), p.paint, .004)
    b.box((.52, .58, .58), (.60, -.40, .56), p.paint, .010)
    for k, h in enumerate((.10, .12, .14, .17)):
        z = .83 - (.06, .17, .30, .46)[k]
        b.box((.48, .014, h - .008), (.60, -.694, z), p.petrol, .004)
        b.box((.30, .022, .016), (.60, -.708, z + h * .22), p.alu, .003)
    b.box((2.0, .03, 1.0), (0, -.02, 1.42), p.dark, .004)                                      # perforated wall with tools
    for x in (-.98, .98):
        b.box((.05, .05, 1.02), (x, -.03, 1.42), p.petrol, .004)
    dice = random.Random(4)
    for i in range(8):                                                                          # spanners
        h = .26 - i * .018
        x = -.86 + i * .075
        b.box((.014, .006, h), (x, -.045, 1.72 - h / 2), p.steel, .002)
        b.lathe([(.010, -.004), (.020, -.004), (.020, .004), (.010, .004)], (x, -.045, 1.72 - h), p.steel, '-y', 10)
        b.box((.034, .008, .022), (x, -.045, 1.725), p.steel, .002)
    for i, tone in enumerate((p.red, p.red, p.yellow, p.yellow, p.black, p.black)):             # screwdrivers
        x = -.20 + i * .06
        b.cyl(.013, .10, (x, -.055, 1.64), tone, steps=8)
        b.cyl(.004, .12, (x, -.055, 1.52), p.steel, steps=6)
    for x, tilt in ((.30, 6), (.40, -4)):                                                       # pliers
        for s in (-1, 1):
            b.box((.012, .010, .14), (x + s * .016, -.045, 1.56), p.red, .004, (0, s * 8, 0))
        b.box((.022, .010, .07), (x, -.045, 1.67), p.steel, .003)
    b.cyl(.014, .28, (.56, -.06, 1.42), wood, steps=8)                                          # hammer
    b.box((.11, .03, .034), (.56, -.06, 1.70), p.steel, .005)
    b.box((.22, .01, .05), (.78, -.045, 1.68), p.steel, 0)                                      # saw
    b.box((.09, .02, .06), (.66 + .02, -.045, 1.50), p.black, .01)
    b.box((.30, .14, .10), (.55, -.11, 1.20), p.blue, .010)                                     # bins with small parts
    for i in range(3):
        b.box((.28, .16, .11), (-.75 + i * .31, -.12, 1.02), (p.yellow, p.red, p.yellow)[i], .012)
        b.box((.24, .12, .02), (-.75 + i * .31, -.13, 1.075), p.zinc, 0)
    b.box((.17, .14, .09), (-.72, -.60, .95), p.dark, .012)                                     # vice
    b.box((.15, .05, .11), (-.72, -.56, 1.04), p.blue, .010)
    b.box((.15, .05, .11), (-.72, -.66, 1.04), p.blue, .010)
    b.cyl(.014, .26, (-.72, -.90, 1.01), p.steel, 'y', 10)
    b.tube([(-.80, -.88, 1.01), (-.64, -.88, 1.01)], .006, p.steel, 0, 6)
    b.box((.40, .20, .16), (.20, -.34, .985), p.red, .014)                                      # toolbox
    b.tube(round_path([(.06, -.34, 1.06), (.06, -.34, 1.12), (.34, -.34, 1.12), (.34, -.34, 1.06)], .03, 3), .009, p.black, 0, 6)
    b.cyl(.05, .012, (-.30, -.50, .905), p.zinc, steps=18)
    b.cyl(.045, .10, (-.15, -.52, .905), p.white, steps=14)                                     # cup
    b.box((.22, .30, .006), (-.42, -.36, .908), p.white, 0, (0, 0, 14))
    b.box((1.6, .10, .05), (0, -.16, 2.0), p.paint, .008)                                       # lamp over the bench
    b.box((1.5, .07, .008), (0, -.16, 1.972), p.led, 0)
    for x in (-.75, .75):
        b.box((.03, .14, .03), (x, -.08, 1.99), p.petrol, 0)
    b.obj('Body', root)
    finish('workbench', distance=.25, floor=.42)


def bins():
    new_scene()
    p = Palette2()
    atlas = textures.Atlas('bin_decals', 256)
    for key, text, tone in (('glass', 'GLASS', (20, 110, 60)), ('paper', 'PAPER', (20, 80, 160)), ('rest', 'RESIDUAL', (60, 62, 66))):
        img, d = textures.plate(120, 70, (246, 247, 247), 5)
        d.rectangle((0, 0, 120, 20), fill=tone)
        textures.centred(d, (0, 20, 120, 70), text, 21, tone)
        atlas.add(key, img)
    root = node('WasteBins', extras={'kind': 'waste_bins'})
    b = M()
    for i, (key, tone) in enumerate((('glass', worn('BinGreen', (.01, .16, .06), 0, .5)), ('paper', worn('BinBlue', (.01, .09, .28), 0, .5)), ('rest', worn('BinGrey', (.07, .075, .08), 0, .5)))):
        x = (i - 1) * .68
        b.prism([(-.22, 0), (.22, 0), (.28, .92), (-.28, .92)], .50, tone, (x, 0, .05), (90, 0, 0), .03, 2)
        b.prism([(-.30, 0), (.30, 0), (.28, .05), (.16, .085), (-.16, .085), (-.28, .05)], .60, tone, (x, -.01, .97), (90, 0, 0), .012)
        b.box((.62, .05, .06), (x, .27, .99), tone, .012)
        b.tube([(x - .24, .31, .98), (x + .24, .31, .98)], .014, p.black, 0, 8)
        b.box((.30, .04, .03), (x, -.315, 1.0), p.black, .008)
        for s in (-1, 1):
            b.cyl(.10, .05, (x + s * .25 - .025, .20, .10), p.rubber, 'x', 18)
            b.cyl(.05, .056, (x + s * .25 - .028, .20, .10), p.midgrey, 'x', 12)
        for k in (-.10, .10):
            b.box((.03, .015, .55), (x + k, -.262, .48), tone, .006)
        mesh, m = atlas.label(key, .22)
        b.add(mesh, m, (x, -.2535 - .02, .76))
    b.obj('Body', root)
    finish('waste_bins', distance=.2, floor=.42)


light()
pillar()
high_bay()
workbench()
bins()
