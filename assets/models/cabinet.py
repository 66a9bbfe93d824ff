"""Control cabinet of the cell: two doors, main switch, HMI in the left door, stack light, beacon and buzzer on the roof."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
p = Palette()
body = material('CabinetPaint', (.52, .54, .55), 0, .46)
atlas = textures.Atlas('cabinet_decals')
atlas.add('bolt', textures.warning_triangle(128, 'bolt'))
img, d = textures.plate(300, 110, (238, 240, 241), 6, (40, 40, 42))
d.text((16, 12), '=C1 +PAL', font=textures.font(30), fill=(18, 20, 24))
d.multiline_text((16, 54), '400 V 3~ 50 Hz   Icc 10 kA\nControl voltage 24 V DC', font=textures.font(17, 'Medium'), fill=(50, 52, 56), spacing=6)
atlas.add('name', img)
img, d = textures.plate(170, 150, (246, 197, 0), 6, (20, 20, 20))
textures.centred(d, (0, 0, 170, 150), 'MAINS\nSWITCH OFF\nBEFORE\nOPENING', 22, (15, 15, 15))
atlas.add('switch', img)
img, d = textures.plate(300, 34, (52, 55, 60))
for i, s in enumerate(('START', 'RESET', 'ACK', 'AUTO / MAN')):
    textures.centred(d, (i * 72, 0, i * 72 + (72 if i < 3 else 84), 34), s, 13, (236, 238, 240), 'SemiBold')
atlas.add('keys', img)
img, d = textures.plate(160, 36, (24, 26, 29))
textures.centred(d, (0, 0, 160, 36), 'PLANTWALK', 24, (230, 232, 235))
atlas.add('maker', img)
screen = material('HmiScreen', (0, 0, 0), 0, .22, strength=1.0, base=textures.hmi_image(), emit_base=True)

root = node('Cabinet', extras={'kind': 'cabinet'})
W, D, H, PL = 1.0, .46, 1.90, .10
FRONT = -D / 2
b = Part()
b.box((W - .02, D - .02, PL), (0, 0, PL / 2), p.charcoal, .004)
for x in (-.32, .32):
    b.box((.20, .004, .035), (x, FRONT + .008, PL / 2), p.black, .001)
b.box((W, D, H - PL), (0, 0, (H + PL) / 2), body, .010, seg=2)
b.box((W + .03, D + .05, .035), (0, -.005, H + .02), body, .008)                          # rain edge
b.box((W - .012, .004, H - PL - .012), (0, FRONT - .001, (H + PL) / 2), p.black, 0)       # the shadow in the door gap
for s in (-1, 1):                                                                          # side wall plates and vents
    for i in range(12):
        b.box((.006, .24, .010), (s * (W / 2 + .001), .02, .32 + i * .022), p.charcoal, .002)
for i, x in enumerate((-.36, -.22, -.10, .08, .20, .34)):                                  # cable glands and ducts at the bottom, rear
    b.cyl(.028, .05, (x, D / 2 - .06, .10), p.black, '-z', 12)
b.box((.90, .10, .07), (0, D / 2 + .05, .035), p.zinc, .004)
b.box((.16, .10, .60), (.34, D / 2 + .05, .33), p.zinc, .004)
for x in (-.26, -.05):
    b.hose([(x, D / 2 + .02, .40), (x, D / 2 + .06, .30), (x, D / 2 + .05, .08)], .018, p.rubber, per_span=5)
for x in (-.45, .45):
    for y in (-.17, .17):
        b.lathe([(.030, 0), (.030, .006), (.012, .010), (.012, .014)], (x, y, H + .037), p.zinc, steps=14)
        b.add(tube_mesh([(x + .022 * math.cos(t * math.pi / 8), y, H + .062 + .022 * math.sin(t * math.pi / 8)) for t in range(16)], .006, 6), p.zinc)
b.obj('Body', root)


def door(name, x, width, hinge):
    d_ = Part()
    y = FRONT - .012
    d_.box((width, .020, H - PL - .020), (x, y, (H + PL) / 2), body, .007, seg=2)
    for z in (.32, 1.0, 1.66):
        d_.cyl(.010, .09, (x + hinge * (width / 2 + .004), y - .002, z - .045), p.zinc, 'z', 12)
    hx = x - hinge * (width / 2 - .045)
    d_.box((.032, .014, .19), (hx, y - .014, .98), p.charcoal, .006)
    d_.box((.022, .018, .15), (hx, y - .030, .97), p.black, .007)
    d_.cyl(.010, .006, (hx, y - .021, 1.055), p.zinc, '-y', 12)
    return d_, y - .0105


left, face = door('Door_Left', -.2485, .489, -1)
# HMI: bezel, screen, keys
HX, HZ = -.2485, 1.46
left.box((.44, .030, .330), (HX, face - .012, HZ), p.charcoal, .010, seg=2)
left.box((.415, .006, .265), (HX, face - .026, HZ + .018), p.black, .003)
left.decal(atlas.label('maker', .085), (HX, face - .0278, HZ - .140))
left.cyl(.004, .003, (HX + .19, face - .0265, HZ - .140), lamp('Lamp_HmiPower', (.05, 1, .25), 2.0), '-y', 10, .001)
left.box((.44, .016, .135), (HX, face - .006, 1.155), p.midgrey, .006)
for i, tone in enumerate((p.green, p.blue, p.white)):
    x = HX - .165 + i * .072
    left.lathe([(.0175, 0), (.0175, .008), (.0145, .011), (0, .011)], (x, face - .014, 1.175), p.zinc, '-y', 18)
    left.lathe([(.0125, .0), (.0125, .015), (.0105, .017), (0, .017)], (x, face - .014, 1.175), tone, '-y', 18)
left.lathe([(.0175, 0), (.0175, .010), (.0145, .013), (0, .013)], (HX + .056, face - .014, 1.175), p.black, '-y', 18)
left.box((.008, .024, .028), (HX + .056, face - .033, 1.175), p.white, .002, rot=(0, 30, 0))
left.decal(atlas.label('keys', .30), (HX - .052, face - .0146, 1.128))
left.box((.11, .012, .10), (HX - .15, face - .004, .52), p.charcoal, .004)                # service socket with lid
left.box((.095, .010, .085), (HX - .15, face - .011, .52), p.midgrey, .008)
left.obj('Door_Left', root)
screen_mesh = quad_mesh(.40, .25)
screen_mesh.materials.append(screen)
node('HmiScreen', screen_mesh, root, (HX, face - .0295, HZ + .018), extras={'size_m': [.40, .25]})
stop = Part()
emergency_stop(stop, (0, 0, 0), p, '-y', 1.25)
stop.obj('EStop', root, (HX + .155, face - .014, 1.155))

right, face = door('Door_Right', .2485, .489, 1)
sx, sz = .2485, 1.45
right.box((.11, .012, .11), (sx, face - .005, sz), p.yellow, .006)
right.lathe([(.042, 0), (.042, .016), (.036, .020), (0, .020)], (sx, face - .010, sz), p.yellow, '-y', 24)
right.box((.024, .030, .082), (sx, face - .038, sz), p.red, .006)
right.decal(atlas.label('switch', .105), (sx, face - .0008, sz - .12))
right.decal(atlas.label('bolt', .15), (sx - .0, face - .0008, 1.70))
right.decal(atlas.label('name', .24), (sx - .02, face - .0008, 1.13))
for z in (.42, .80):                                                                       # filter fan below, outlet above
    right.box((.27, .020, .27), (sx, face - .008, z - .03), p.charcoal, .010, seg=2)
    for i in range(11):
        right.box((.235, .012, .010), (sx, face - .020, z - .135 + i * .021), p.midgrey, .003, rot=(35, 0, 0))
right.obj('Door_Right', root)

# roof: stack light, beacon, buzzer
SX, SY = -.34, -.06
roof = H + .038
st = Part()
st.lathe([(0, 0), (.050, 0), (.050, .008), (.030, .014), (.013, .018), (.013, .20), (.026, .205), (.035, .215), (.035, .245), (0, .245)], (0, 0, 0), p.black, steps=24)
st.lathe([(0, .505), (.036, .505), (.037, .51), (.037, .525), (.030, .535), (0, .537)], (0, 0, 0), p.black, steps=24)
for i in range(1, 4):
    st.lathe([(.0355, .2435 + i * .065), (.0372, .2445 + i * .065), (.0372, .2485 + i * .065), (.0355, .2495 + i * .065)], (0, 0, 0), p.black, steps=24)
stack = st.obj('StackLight', root, (SX, SY, roof))
for i, (name, tone) in enumerate((('Lamp_Blue', (.03, .16, 1)), ('Lamp_Green', (.03, .9, .16)), ('Lamp_Amber', (1, .40, .01)), ('Lamp_Red', (1, .025, .015)))):
    shade = Part()
    ring = [(.0, .001), (.0345, .001)]
    for k in range(5):
        z = .004 + k * .0118
        ring += [(.0358, z), (.0346, z + .0059)]
    shade.lathe(ring + [(.0345, .064), (0, .064)], (0, 0, 0), lamp(name, tone, .25), steps=24, sharp=60)
    shade.obj(name, stack, (0, 0, .245 + i * .065), extras={'kind': 'lamp'})
be = Part()
be.lathe([(0, 0), (.060, 0), (.060, .022), (.054, .030), (0, .030)], (0, 0, 0), p.black, steps=24)
be.lathe([(.050, .030), (.052, .035), (.050, .085), (.040, .112), (.020, .126), (0, .130)], (0, 0, 0), lamp('Lamp_Beacon', (1, .33, .01), .25), steps=24)
be.obj('Beacon', root, (.30, SY, roof))
bz = Part()
bz.lathe([(0, 0), (.040, 0), (.040, .020), (.036, .024), (.036, .055), (.030, .062), (0, .062)], (0, 0, 0), p.charcoal, steps=24)
for i in range(3):
    bz.lathe([(.0365, .028 + i * .009), (.0375, .030 + i * .009), (.0365, .033 + i * .009)], (0, 0, 0), p.black, steps=24)
bz.obj('Buzzer', root, (.10, SY, roof))
export('cabinet', distance=.25, floor=.5)
