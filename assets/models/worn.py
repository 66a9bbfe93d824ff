"""Worn surfaces of machines: one grey picture each, tinted by the material's colour; and the palette made of them."""
import numpy as np

import textures
from lib import *


def wear_images(n=256):
    """Two metres of paint that has been cleaned for years: smears, drips, rub marks."""
    smear, drip, fine = textures.noise(n, 2.0, 71), textures.noise(n, 1.4, 72, (1.6, .12)), textures.noise(n, .6, 73)
    rub = np.clip((textures.noise(n, 1.2, 74, (.25, 1.5)) - .66) / .14, 0, 1)
    tone = .95 + .14 * (smear - .5) + .10 * (drip - .5) + .05 * (fine - .5) - .10 * np.clip((drip - .62) / .2, 0, 1) - .05 * rub
    base = textures.rgb(1, .992, .975) * np.clip(tone, 0, 1)[..., None]
    rough = .80 + .30 * (smear - .5) + .22 * (drip - .5) + .12 * (fine - .5) - .18 * rub
    one = np.ones_like(rough)
    return textures.store('wear_base.jpg', textures.srgb(base)), textures.store('wear_orm.jpg', np.dstack([one, np.clip(rough, .3, 1), one]))


def brushed_images(n=256):
    """0.7 m of brushed stainless sheet, the grain along v, with water marks."""
    grain, broad, mark = textures.noise(n, .5, 81, (2.2, .10)), textures.noise(n, 1.8, 82, (1.2, .3)), textures.noise(n, 1.9, 83)
    tone = .90 + .16 * (grain - .5) + .10 * (broad - .5) + .08 * (mark - .5)
    base = textures.rgb(1, .995, .985) * np.clip(tone, 0, 1)[..., None]
    rough = .74 + .42 * (grain - .5) + .22 * (mark - .5) + .20 * np.clip((mark - .60) / .15, 0, 1)
    one = np.ones_like(rough)
    return textures.store('brushed_base.jpg', textures.srgb(base)), textures.store('brushed_orm.jpg', np.dstack([one, np.clip(rough, .35, 1), one]))


def chain_image(n=512):
    """One metre of slat chain: 26 plates with the curved joint of a table-top chain, u along the travel, v across."""
    y, x = np.mgrid[0:n, 0:n] / n
    bend = .012 * (1 - np.abs(2 * y - 1) ** 2) * 26
    cell = (x * 26 + bend) % 1
    gap = np.clip((np.abs(cell - .5) * 2 - .90) / .05, 0, 1)
    soft = np.clip((np.abs(cell - .5) * 2 - .72) / .25, 0, 1)
    wear = textures.noise(n, 1.5, 91, (.4, 1.6))
    lane = np.exp(-((y - .5) / .22) ** 2)
    tone = (.78 + .25 * (wear - .5) + .14 * lane) * (1 - .22 * soft) * (1 - .82 * gap)
    col = textures.rgb(.52, .52, .50) * tone[..., None]
    rough = np.clip(.34 + .25 * (wear - .5) - .06 * lane + .4 * gap, .2, 1)
    return textures.store('chain_base.jpg', textures.srgb(col)), textures.store('chain_orm.jpg', np.dstack([np.ones((n, n)), rough, .85 * (1 - gap)])[::2, ::2])


def tread_image(n=256):
    """Half a metre of five-bar chequer plate."""
    y, x = np.mgrid[0:n, 0:n] / n
    tone = np.full((n, n), .62) + .20 * (textures.noise(n, 1.6, 95) - .5)
    for turn, ox, oy in ((1, 0, 0), (-1, .5, .5)):
        u, v = (x * 10 + ox) % 1 - .5, (y * 10 + oy) % 1 - .5
        a, b = (u + turn * v) * .7071, (u - turn * v) * .7071
        d = np.clip(1 - np.hypot(a / .40, b / .13), 0, 1)
        tone += np.clip(d * 3, 0, 1) * .34 - np.clip(1 - np.abs(np.hypot(a / .46, b / .19) - 1) * 6, 0, 1) * .22
    return textures.store('tread_base.jpg', textures.srgb(textures.rgb(1, 1, .99) * np.clip(tone, 0, 1)[..., None]))


PICTURES = {}


def picture(make):
    if make not in PICTURES:
        PICTURES[make] = make()
    return PICTURES[make]


def worn(name, color, metal=0.0, rough=.5, kind=wear_images, tile=2.0):
    """A material whose colour and roughness are a shared picture times constants."""
    if name in MATERIALS:
        return MATERIALS[name]
    m = material(name, color, metal, rough)
    nodes, link = m.node_tree.nodes, m.node_tree.links.new
    put = nodes['Principled BSDF'].inputs
    base, orm = picture(kind)

    def image(path, space):
        node = nodes.new('ShaderNodeTexImage')
        node.image = bpy.data.images.load(os.path.abspath(path), check_existing=True)
        node.image.colorspace_settings.name = space
        return node

    tint = nodes.new('ShaderNodeMix')
    tint.data_type, tint.blend_type = 'RGBA', 'MULTIPLY'
    tint.inputs['Factor'].default_value = 1
    link(image(base, 'sRGB').outputs['Color'], tint.inputs[6])
    tint.inputs[7].default_value = (*color, 1)
    link(tint.outputs[2], put['Base Color'])
    split = nodes.new('ShaderNodeSeparateColor')
    link(image(orm, 'Non-Color').outputs['Color'], split.inputs['Color'])
    for channel, key, factor in (('Green', 'Roughness', rough), ('Blue', 'Metallic', metal)):
        times = nodes.new('ShaderNodeMath')
        times.operation = 'MULTIPLY'
        link(split.outputs[channel], times.inputs[0])
        times.inputs[1].default_value = factor
        link(times.outputs[0], put[key])
    m['textured'] = True
    m['tile_m'] = tile
    return m


def lamp(name, color, lit=.35):
    """The kit's signal lamp with a darker lens: unlit it must not look lit beside large windows."""
    m = material(name, tuple(c * .20 for c in color), 0, .25, emit=color, strength=1.0)
    m['emissive_strength'] = lit
    return m


class Palette2(Palette):
    """The shared palette with worn paints and stainless steel."""

    def __init__(self):
        super().__init__()
        self.inox = worn('InoxBrushed', (.66, .655, .64), 1, .46, brushed_images, .7)
        self.polished = material('InoxPolished', (.66, .655, .64), 1, .16)
        self.paint = worn('PaintMachine', (.70, .71, .70), 0, .50)
        self.petrol = worn('PaintPetrol', (.006, .085, .115), 0, .44)
        self.dark = worn('PaintAnthracite', (.055, .058, .062), 0, .55)
        self.glass = material('GuardGlass', (.012, .026, .028), 0, .04, alpha=.13, double=True)
        self.led = material('LedStrip', (.9, .9, .9), 0, .4, emit=(1, .97, .92), strength=4.0)
        self.pom = material('PomBlue', (.015, .13, .40), 0, .40)
        self.natural = material('PomNatural', (.68, .67, .62), 0, .42)
        self.copper = material('Copper', (.78, .42, .26), 1, .32)

    def chain(self):
        base, orm = picture(chain_image)
        return material('SlatChain', (1, 1, 1), 1, .4, base=base, orm=orm)

    def tread(self):
        return material('TreadPlate', (.7, .7, .7), .85, .45, base=picture(tread_image))
