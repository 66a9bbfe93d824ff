"""Six-axis palletising robot R-06: reach 2.7 m at the wrist, on a steel pedestal, with a crate clamp.

At all angles zero the upper arm is vertical, the forearm level and the tool axis points to the front (+Z in glTF);
joint 5 at +90 degrees turns the tool down. Positive angles of joints 2, 3 and 5 lower the arm to the front.
Every joint frame is parallel to the robot's frame at zero, so the chain is a plain list of offsets.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import textures
from lib import *

new_scene()
p = Palette()
atlas = textures.Atlas('palletizer_decals')
img, d = textures.plate(250, 92, (20, 22, 25), 8, (170, 175, 180))
textures.centred(d, (0, 4, 250, 56), 'PLANTWALK', 32, (240, 242, 244))
textures.centred(d, (0, 52, 250, 86), 'R-06   2700 mm   120 kg', 15, (190, 195, 200), 'Medium')
atlas.add('maker', img)
img, d = textures.plate(250, 110, (214, 218, 220), 4, (60, 60, 60))
d.multiline_text((12, 10), 'Type  R-06.27/120     Ser.  0417-22\nMass  1 180 kg     Year  2026\nSupply  3 x 400 V  50 Hz  13 kVA\nPlantwalk Robotics', font=textures.font(14, 'Medium'),
                 fill=(30, 30, 32), spacing=9)
atlas.add('type', img)
atlas.add('bolt', textures.warning_triangle(120, 'bolt'))
atlas.add('danger', textures.warning_triangle(120, 'mark'))
for key, text, width, px in (('logo', 'PLANTWALK', 500, 74), ('name', 'R-06', 250, 96)):      # letters without a ground
    img = textures.Image.new('RGBA', (width, 100), (26, 27, 30, 0))
    textures.centred(textures.ImageDraw.Draw(img), (0, 0, width, 100), text, px, (26, 27, 30, 255), 'Black')
    atlas.add(key, img)
for i in range(1, 7):
    img, d = textures.plate(78, 48, (240, 242, 242), 8)
    textures.centred(d, (0, 0, 78, 48), f'A{i}', 30, (20, 22, 25))
    d.polygon([(60, 16), (72, 24), (60, 32)], fill=(20, 22, 25))
    atlas.add(f'A{i}', img)
atlas.add('stripes', textures.hazard_stripes(400, 24, 20))


def F(forward, z, x=0.0):
    """A point by its distance to the front and its height."""
    return (x, -forward, z)


ACROSS = (90, 0, -90)   # a prism's local x runs forward (-Y), its y runs up, its depth runs along X

root = node('Palletizer', extras={'kind': 'robot', 'reach_m': 2.70, 'payload_kg': 120.0})

# ---- base: pedestal and foot -------------------------------------------------------------------------------------
PED = .45
b = Part()
b.box((1.04, 1.04, .03), (0, 0, .015), p.charcoal, .006)
b.box((.60, .60, PED - .06), (0, 0, .03 + (PED - .06) / 2), p.charcoal, .02, seg=2)
b.box((.86, .86, .035), (0, 0, PED - .0175), p.charcoal, .008)
for sx in (-1, 1):
    for s in (-1, 1):
        gusset = [(0, 0), (.17, 0), (.17, .03), (.05, PED - .09), (0, PED - .09)]
        b.prism(gusset, .016, p.charcoal, (s * .29, sx * .17, .03), (90, 0, 0 if s > 0 else 180), .003)
        b.prism(gusset, .016, p.charcoal, (sx * .17, s * .29, .03), (90, 0, 90 if s > 0 else -90), .003)
for x in (-.44, 0, .44):
    for y in (-.44, 0, .44):
        if x or y:
            b.cyl(.030, .006, (x, y, .03), p.zinc, steps=16, bevel=.001)
            b.add(lathe_mesh([(.021, 0), (.021, .016), (.018, .019), (0, .019)], 6, 30), p.zinc, (x, y, .036))
            b.cyl(.011, .030, (x, y, .050), p.zinc, steps=10)
foot = [(.385, PED), (.39, PED + .01), (.39, PED + .045), (.375, PED + .055), (.335, PED + .075), (.315, PED + .13), (.31, PED + .21),
        (.335, PED + .245), (.36, PED + .255), (.36, PED + .285), (.0, PED + .285)]
b.lathe([(0, PED)] + foot, (0, 0, 0), p.orange, steps=40)
for i in range(4):
    b.box((.24, .17, .05), (.31 * (1 if i in (0, 3) else -1), .31 * (1 if i < 2 else -1), PED + .026), p.orange, .016, rot=(0, 0, 45 if i in (0, 2) else -45), seg=2)
b.bolts(10, .352, (0, 0, PED + .055), p.zinc, r=.015, h=.016, phase=18)
for i in range(8):
    a = 45 * i + 22.5
    b.box((.10, .026, .19), (.335 * math.cos(math.radians(a)), .335 * math.sin(math.radians(a)), PED + .145), p.orange, .008, rot=(0, 0, a))
b.box((.30, .16, .17), (0, .37, PED + .125), p.charcoal, .012, seg=2)                  # connector panel at the back
for i, r in enumerate((.036, .028, .028, .018)):
    x = -.105 + i * .072
    b.cyl(r, .045, (x, .45, PED + .135), p.zinc, 'y', 14)
    b.hose([(x, .49, PED + .135), (x * .9, .57, PED + .11), (x * .8, .60, PED - .08), (x * .8, .585, .16), (x * .8 - .06, .68, .045), (x * .8 - .10, .92, .04)],
           r * .62, p.rubber, per_span=5)
b.box((.36, .30, .055), (-.09, 1.0, .0275), p.zinc, .004)                                # floor duct that the cables enter
b.decal(atlas.label('maker', .28), (0, -.3015, .25))
b.decal(atlas.label('type', .20), (.3015, 0, .26), (0, 0, 90))
b.decal(atlas.label('danger', .13), (-.3015, .0, .26), (0, 0, -90))
b.obj('Base', root)

# ---- joint 1: carousel -------------------------------------------------------------------------------------------
J1_Z, J2_F, J2_Z = PED + .33, .35, 1.17
j1 = node('Joint1', None, root, F(0, J1_Z), extras={'axis': 'Y', 'min_deg': -185.0, 'max_deg': 185.0, 'max_deg_s': 120.0})
c = Part()
up = lambda z: z - J1_Z
c.lathe([(0, up(.735)), (.37, up(.735)), (.375, up(.742)), (.375, up(.775)), (.37, up(.782)), (0, up(.782))], (0, 0, 0), p.charcoal, steps=40)
c.lathe([(0, up(.782)), (.40, up(.782)), (.415, up(.795)), (.415, up(.85)), (.395, up(.875)), (.33, up(.90)), (0, up(.90))], (0, 0, 0), p.orange, steps=40)
c.bolts(16, .392, (0, 0, up(.868)), p.zinc, r=.010, h=.010)
cheek = [(-.30, up(.86)), (.30, up(.86))] + [(J2_F + .235 * math.cos(math.radians(a)), up(J2_Z) + .235 * math.sin(math.radians(a))) for a in range(-50, 131, 20)] + \
        [(-.02, up(1.20)), (-.22, up(1.10)), (-.33, up(.98))]
for s in (-1, 1):
    c.prism(cheek, .10, p.orange, (s * .215, 0, 0), ACROSS, .018, 2, pocket=(.055, .022))
c.box((.36, .42, .26), F(-.02, up(.99)), p.orange, .03, seg=2)                           # web between the cheeks
c.box((.33, .05, .22), F(.20, up(.95)), p.charcoal, .01)
for s in (-1, 1):                                                                         # bearing caps of joint 2
    c.lathe([(.0, .04), (.12, .04), (.13, .032), (.14, .03), (.20, .026), (.212, .016), (.215, 0)], F(J2_F, up(J2_Z), s * .262), p.charcoal, 'x' if s > 0 else '-x', 32)
    c.bolts(12, .172, F(J2_F, up(J2_Z), s * .288), p.zinc, 'x' if s > 0 else '-x', .011, .010)
motor(c, F(J2_F, up(J2_Z), .295), 'x', .115, .33, p.charcoal, p, 'y')                    # joint 2 drive
motor(c, F(-.21, up(1.10), .0), 'z', .105, .33, p.charcoal, p, 'y')                      # joint 1 drive, upright
c.cyl(.135, .07, F(-.21, up(1.06)), p.orange, steps=28, bevel=.012)
cyl_z = up(.985)                                                                          # counterbalance between the cheeks
c.lathe([(0, 0), (.085, 0), (.10, .015), (.10, .05), (.092, .055), (.092, .34), (.10, .345), (.10, .40), (.0, .40)], F(-.62, cyl_z + .03), p.charcoal, '-y', 28)
c.lathe([(.040, .40), (.040, .70), (0, .70)], F(-.62, cyl_z + .03), p.steel, '-y', 16)
c.cyl(.018, .05, F(-.62, cyl_z + .03, .05), p.brass, 'y', 10)
for s in (-1, 1):
    c.box((.03, .34, .05), F(-.43, cyl_z + .03, s * .118), p.charcoal, .006)
c.tube([F(-.05, up(1.13), -.275), F(.05, up(1.27), -.285), F(.17, up(1.33), -.30), F(J2_F - .06, up(J2_Z) + .06, -.345), F(J2_F, up(J2_Z), -.345)], .03, p.rubber, .12, 10)
c.cyl(.062, .06, F(J2_F, up(J2_Z), -.30), p.black, '-x', 20, .008)                       # cable hub on the axis of joint 2
c.hose([F(-.30, up(.80), -.26), F(-.34, up(.92), -.27), F(-.22, up(1.07), -.285), F(-.05, up(1.13), -.275)], .03, p.rubber, per_span=5, res=10)
c.box((.05, .09, .09), F(-.03, up(1.14), -.275), p.black, .008)
c.decal(atlas.label('A1', .075), F(.43, up(.83)), (0, 0, 0))
c.decal(atlas.label('A2', .075), F(.20, up(.915), .2662), (0, 0, 90))
c.decal(atlas.label('maker', .24), F(.2262, up(.95)))
c.obj('Link1', j1)

# ---- joint 2: upper arm ------------------------------------------------------------------------------------------
ARM = 1.10
j2 = node('Joint2', None, j1, F(J2_F, J2_Z - J1_Z), extras={'axis': 'X', 'min_deg': -65.0, 'max_deg': 85.0, 'max_deg_s': 115.0})
a = Part()
side = arc(0, 0, .195, 190, 350, 10) + [(.165, .30), (.135, ARM - .32)] + arc(0, ARM, .165, -10, 190, 12) + [(-.135, ARM - .32), (-.165, .30)]
a.prism(side, .235, p.orange, (0, 0, 0), ACROSS, .022, 2, pocket=(.050, .030))
for s in (-1, 1):
    ax = 'x' if s > 0 else '-x'
    a.lathe([(.0, .05), (.125, .05), (.14, .042), (.15, 0)], F(0, 0, s * .10), p.orange, ax, 28)
    a.lathe([(0, .045), (.105, .045), (.118, .036), (.125, 0)], F(0, ARM, s * .10), p.orange, ax, 28)
for z in (.34, .58, .80):                                                                 # ribs in the pockets
    for s in (-1, 1):
        a.box((.030, .23, .026), F(0, z, s * .101), p.orange, .006)
a.box((.05, .045, .10), F(-.0, .26, -.155), p.black, .006)
a.box((.05, .045, .10), F(-.0, .82, -.155), p.black, .006)
a.hose([F(0, 0, -.365), F(-.01, .09, -.30), F(-.02, .22, -.185), F(-.01, .34, -.175), F(0, .58, -.172), F(0, .78, -.175), F(.01, .92, -.20), F(.01, 1.03, -.31), F(0, ARM, -.385)],
       .030, p.rubber, .0045, 10, 9)
a.hose([F(.065, .16, -.15), F(.06, .34, -.142), F(.06, .60, -.14), F(.06, .88, -.142), F(.05, .98, -.15)], .012, p.blue, per_span=4)
a.hose([F(.095, .16, -.15), F(.09, .34, -.140), F(.09, .60, -.138), F(.09, .88, -.14), F(.08, .98, -.15)], .010, p.black, per_span=4)
for z in (.30, .58, .86):
    a.box((.016, .20, .03), F(.02, z, -.155), p.zinc, .003)
a.obj('Link2', j2)

# ---- joint 3: elbow ----------------------------------------------------------------------------------------------
j3 = node('Joint3', None, j2, F(0, ARM), extras={'axis': 'X', 'min_deg': -120.0, 'max_deg': 75.0, 'max_deg_s': 120.0})
RISE, FORE = .10, 1.25
e = Part()
for s in (-1, 1):                                                                         # fork that holds the upper arm's head
    plate_ = arc(0, 0, .18, 200, 340, 8) + [(.20, .02), (.24, .28), (-.26, .28), (-.22, .02)]
    e.prism(plate_, .075, p.orange, (s * .185, 0, 0), ACROSS, .014, 2)
    ax = 'x' if s > 0 else '-x'
    e.lathe([(0, .034), (.10, .034), (.11, .026), (.15, .022), (.160, .012), (.162, 0)], F(0, 0, s * .221), p.charcoal, ax, 28)
    e.bolts(10, .130, F(0, 0, s * .243), p.zinc, ax, .009, .008)
body = [(-.31, .195), (.20, .195), (.30, -.03), (.36, -.05), (.385, -.02), (.385, .215), (.33, .27), (.05, .345), (-.25, .345), (-.31, .30)]
e.prism(body, .36, p.orange, (0, 0, 0), ACROSS, .022, 2)
e.lathe([(0, 0), (.185, 0), (.19, .01), (.19, .035), (.175, .045), (0, .045)], F(.365, RISE), p.charcoal, '-y', 32)  # ring of joint 4
motor(e, F(0, 0, .25), 'x', .095, .30, p.charcoal, p, 'y')                                # joint 3 drive
for x, r, length, side in ((-.105, .062, .30, '-x'), (.105, .062, .30, 'x'), (0, .042, .36, 'y')):
    motor(e, F(-.30, .262, x), 'y', r, length, p.charcoal, p, side)                       # drives of joints 4, 5 and 6
e.cyl(.058, .055, F(0, 0, -.255), p.black, '-x', 20, .008)                                # cable hub on the axis of joint 3
e.hose([F(0, 0, -.385), F(.04, .09, -.395), F(.06, .24, -.36), F(.10, .37, -.26), F(.20, .385, -.15), F(.33, .345, -.08), F(.40, .335, -.06)], .030, p.rubber, .0045, 10, 9)
e.box((.085, .05, .10), F(.35, .315, -.06), p.black, .01)
for s in (-1, 1):
    e.decal(atlas.label('logo', .40), F(-.01, .229, s * .2233), (0, 0, 90 * s))
e.decal(atlas.label('A3', .075), F(.31, .12, .1812), (0, 0, 90))
e.obj('Link3', j3)

# ---- joint 4: forearm tube and wrist fork -----------------------------------------------------------------------
J4_F = .40
j4 = node('Joint4', None, j3, F(J4_F, RISE), extras={'axis': 'Z', 'min_deg': -350.0, 'max_deg': 350.0, 'max_deg_s': 190.0})
WR = FORE - J4_F                                                                          # wrist centre from joint 4
t = Part()
t.lathe([(0, .005), (.175, .005), (.178, .012), (.172, .06), (.150, .12), (.128, .30), (.120, .52), (.128, .56), (.130, .60), (.118, .625), (0, .625)],
        (0, 0, 0), p.orange, '-y', 36)
fork = [(.52, -.088), (.74, -.098)] + arc(WR, 0, .100, -90, 90, 8) + [(.74, .098), (.52, .088)]
for s in (-1, 1):
    ax = 'x' if s > 0 else '-x'
    t.prism(fork, .050, p.orange, (s * .108, 0, 0), ACROSS, .012, 2)
    t.lathe([(0, .018), (.062, .018), (.070, .013), (.076, 0)], F(WR, 0, s * .132), p.charcoal, ax, 24)
    t.bolts(6, .052, F(WR, 0, s * .148), p.zinc, ax, .006, .007)
t.box((.19, .07, .15), F(.60, 0), p.orange, .015)
t.bolts(12, .160, F(.028, 0), p.zinc, '-y', .007, .008)
for f, r in ((.22, .146), (.50, .126)):                                                   # hose clamps
    t.box((.075, .045, .02), F(f, r - .006, -.04), p.zinc, .003)
    t.box((.085, .04, .065), F(f, r + .030, -.05), p.black, .008)
t.hose([F(.01, .235, -.06), F(.10, .205, -.055), F(.22, .172, -.05), F(.36, .158, -.05), F(.50, .156, -.05), F(.62, .160, -.08), F(.74, .125, -.165), F(WR - .02, .05, -.215), F(WR, 0, -.215)],
       .028, p.rubber, .004, 10, 9)
t.cyl(.045, .045, F(WR, 0, -.148), p.black, '-x', 18, .006)
t.box((.02, .10, .09), F(.60, -.0, .143), p.charcoal, .006)
t.decal(atlas.label('A4', .06), F(.33, 0, .1275), (0, 0, 90))
t.decal(atlas.label('A5', .05), F(.70, .0, .1338), (0, 0, 90))
t.obj('Link4', j4)

# ---- joint 5: wrist block ----------------------------------------------------------------------------------------
j5 = node('Joint5', None, j4, F(WR, 0), extras={'axis': 'X', 'min_deg': -122.0, 'max_deg': 122.0, 'max_deg_s': 180.0})
w = Part()
w.lathe([(0, -.078), (.084, -.078), (.090, -.072), (.090, .072), (.084, .078), (0, .078)], (0, 0, 0), p.charcoal, 'x', 28)
w.lathe([(0, 0), (.080, .02), (.086, .09), (.092, .13), (.096, .150), (.096, .168), (0, .168)], (0, 0, 0), p.charcoal, '-y', 32)
w.hose([F(0, 0, -.225), F(.05, .01, -.232), F(.13, .035, -.20), F(.19, .06, -.135), F(.215, .065, -.105)], .024, p.rubber, .0035, 10, 8)
w.box((.035, .03, .045), F(.155, .055, -.105), p.black, .006)
w.obj('Link5', j5)

# ---- joint 6: flange ---------------------------------------------------------------------------------------------
FL = .22
j6 = node('Joint6', None, j5, F(.17, 0), extras={'axis': 'Z', 'min_deg': -350.0, 'max_deg': 350.0, 'max_deg_s': 260.0})
g = Part()
g.lathe([(0, 0), (.088, 0), (.092, .004), (.092, .022), (.100, .026), (.100, .046), (.096, .050), (.034, .050), (.034, .044), (0, .044)], (0, 0, 0), p.steel, '-y', 36)
g.bolts(10, .078, F(.050, 0), p.zinc, '-y', .007, .007)
g.obj('Link6', j6)

# ---- tool: crate clamp -------------------------------------------------------------------------------------------
tool = node('Tool', None, j6, F(FL - .17, 0), extras={'kind': 'crate_clamp', 'grip_axis': 'X', 'approach_axis': 'Z'})
OPEN, CLOSED, TCP = .175, .148, .30
k = Part()
k.cyl(.10, .022, F(0, 0), p.alu, '-y', 32, .003)
k.lathe([(.075, .02), (.062, .04), (.062, .075), (.085, .095), (0, .095)], F(0, 0), p.alu, '-y', 28)
k.box((.50, .024, .30), F(.105, 0), p.alu, .006)                                          # main plate between two beams
for z in (-.165, .165):
    k.box((.56, .060, .050), F(.105, z), p.orange, .006)
    for x in (-.282, .282):
        k.box((.006, .056, .046), F(.105, z, x), p.black, .002)
    for x in (-.22, -.08, .08, .22):
        k.cyl(.008, .004, F(.073, z, x), p.zinc, 'y', 8, .001)
for z in (-.125, .125):
    k.box((.54, .018, .024), F(.129, z), p.steel, .002)                                   # guide rails along X
for s in (-1, 1):                                                                          # clamp cylinders
    ax = 'x' if s > 0 else '-x'
    k.lathe([(0, 0), (.026, 0), (.029, .006), (.029, .13), (.026, .136), (.012, .136), (.012, .19), (0, .19)], F(.062, s * .085, s * .02), p.alu, ax, 18)
    k.box((.040, .085, .055), F(.085, s * .085, s * .215), p.charcoal, .005)
    k.box((.012, .062, .062), F(.062, s * .085, s * .035), p.black, .003)
k.box((.16, .05, .06), F(.066, -.145, .0), p.black, .006)                                 # valve island
for i in range(5):
    k.box((.02, .052, .044), F(.064, -.145, -.06 + i * .03), p.grey, .003)
k.box((.12, .040, .09), F(.074, .02, -.175), p.midgrey, .005)
for i, m in enumerate((p.blue, p.black, p.blue)):
    k.hose([F(.05, -.145, -.045 + i * .035), F(-.015, -.13, -.07 + i * .03), F(-.02, -.05, -.12 + i * .01), F(.040, .075, -.115)], .007, m, per_span=5, res=6)
k.hose([F(-.005, .06, -.105), F(.02, .09, -.15), F(.05, .06, -.18), F(.07, .02, -.18)], .022, p.rubber, .003, 8, 7)
k.box((.30, .010, .30), F(TCP - .030, 0), p.charcoal, .003)                               # sprung hold-down plate
for x in (-.11, .11):
    for z in (-.10, .10):
        k.cyl(.012, TCP - .155, F(.115, z, x), p.steel, '-y', 12, .001)
        k.cyl(.022, .045, F(.115, z, x), p.zinc, '-y', 12)
        k.lathe([(.020 + .003 * (n % 2), .04 + n * .010) for n in range(11)], F(.115, z, x), p.black, '-y', 10, 70)
        k.cyl(.022, .012, F(TCP - .025, z, x), p.rubber, '-y', 12)
k.decal(atlas.label('stripes', .50), F(.1355, .165), (0, 0, 0))
k.obj('Clamp', tool)


def finger(name, s):
    travel = OPEN - CLOSED
    o = Part()
    for z in (-.125, .125):
        o.box((.085, .036, .060), F(.146, z, s * .040), p.charcoal, .005)                 # carriages on the rails
    o.box((.070, .034, .34), F(.172, 0, s * .040), p.orange, .006)
    o.box((.008, .215, .32), F(.270, 0, s * .008), p.charcoal, .002)                      # finger plate, 12 mm with its pad
    for z in (-.135, -.045, .045, .135):                                                  # ribs end above the crate's rim
        o.box((.036, .030, .012), F(.195, z, s * .030), p.orange, .002)
        o.box((.022, .070, .012), F(.225, z, s * .022), p.orange, .002)
        o.box((.010, .080, .012), F(.246, z, s * .016), p.orange, .002)
    o.box((.004, .075, .30), F(.335, 0, s * .002), p.rubber, .001)                        # pad, inner face at x = 0 of the node
    o.decal(atlas.label('stripes', .30), F(.330, 0, s * .0125), (0, 90 * s, 90 * s))
    lo, hi = (0.0, travel) if s < 0 else (-travel, 0.0)
    o.obj(name, tool, (s * OPEN, 0, 0), extras={'axis': 'X', 'min_m': round(lo, 4), 'max_m': round(hi, 4), 'open_m': 0.0, 'closed_m': round(-s * travel, 4)})


finger('Finger_L', -1)
finger('Finger_R', 1)
node('Tcp', None, tool, F(TCP, 0), extras={'note': 'centre of the top plane of the gripped crate'})

export('palletizer', distance=.35, floor=.42)
