"""Pictures for the models, made with numpy and Pillow: surfaces, signs and the HMI. Nothing is taken from elsewhere."""
import os

import bpy
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lib import SCRATCH, material, quad_mesh

FONT = os.path.join(bpy.utils.system_resource('DATAFILES'), 'fonts', 'Inter.woff2')


def font(px, weight='Bold'):
    f = ImageFont.truetype(FONT, px)
    f.set_variation_by_name(weight)
    return f


def scratch(name):
    return os.path.join(SCRATCH, name)


def store(name, a):
    """Linear values 0..1 as an image file; .jpg is small, .png exact."""
    path = scratch(name)
    img = Image.fromarray((np.clip(a, 0, 1) * 255 + .5).astype(np.uint8))
    img.save(path, quality=88) if name.endswith('.jpg') else img.save(path, optimize=True)
    return path


def srgb(a):
    return np.clip(a, 0, 1) ** (1 / 2.2)


def noise(n, beta, seed, stretch=(1, 1)):
    """Tileable 1/f^beta noise around 0.5 through the Fourier domain."""
    r = np.random.default_rng(seed)
    f = np.fft.fft2(r.standard_normal((n, n)))
    fx, fy = np.fft.fftfreq(n)[None, :] * n, np.fft.fftfreq(n)[:, None] * n
    k = np.hypot(fx * stretch[0], fy * stretch[1])
    k[0, 0] = 1
    a = np.fft.ifft2(f / k ** (beta / 2 + .5)).real
    return np.clip(.5 + (a - a.mean()) / a.std() / 5, 0, 1)


def rgb(r, g, b):
    return np.array([r, g, b])[None, None, :]


def mix(a, b, t):
    return a + (b - a) * (t[..., None] if t.ndim == 2 and np.ndim(a) == 3 else t)


# ---- surfaces ----------------------------------------------------------------------------------------------------

def floor_images(n=1024):
    """Polished concrete, one tile of 4 m with a sawn joint along two sides."""
    big, mid, grain, stain = noise(n, 2.0, 11), noise(n, 1.1, 12), noise(n, .1, 13), noise(n, 2.6, 14)
    speck = np.clip((noise(n, .2, 15) - .72) / .1, 0, 1)
    base = rgb(.275, .27, .258) * (1 + .42 * (big - .5) + .26 * (mid - .5) + .12 * (grain - .5))[..., None]
    base = mix(base, base * .72, speck * .5)
    base *= (1 - .20 * np.clip((stain - .58) / .25, 0, 1))[..., None]
    y, x = np.mgrid[0:n, 0:n] / n
    joint = np.clip(1.6 - np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) * n / 1.2, 0, 1)
    base *= (1 - .72 * joint)[..., None]
    rough = .34 + .30 * (mid - .5) + .22 * (big - .5) + .10 * (grain - .5) - .10 * np.clip((stain - .55) / .2, 0, 1) + .4 * joint
    one = np.ones_like(rough)
    return store('floor_base.jpg', srgb(base)), store('floor_orm.jpg', np.dstack([one, np.clip(rough, .16, 1), 0 * one]))


def belt_image(n=512):
    """Modular plastic belt, one metre: 20 hinged rows, brick-laid modules, one lighter row as a running mark."""
    y, x = np.mgrid[0:n, 0:n] / n
    row = x * 20
    hinge = np.abs(row % 1 - .5) * 2
    gap = np.clip((hinge - .86) / .08, 0, 1)
    finger = (np.abs((y * 32 + np.floor(row + .5) % 2 * .5) % 1 - .5) * 2 > .62) * np.clip((hinge - .55) / .1, 0, 1)
    module = np.clip(1 - np.abs((y * 4 + np.floor(row) % 2 * .5) % 1 - .5) * n / 8, 0, 1)
    dust = noise(n, 2.0, 31)
    tone = np.full((n, n), 1.0) * (1 - .75 * gap) * (1 - .45 * finger) * (1 - .6 * module)
    col = rgb(.052, .058, .066) * (tone * (.8 + .5 * (dust - .5)))[..., None]
    mark = (np.floor(row) == 10) & (gap < .5)
    col = np.where(mark[..., None], rgb(.10, .22, .38) * tone[..., None], col)
    return store('belt_base.jpg', srgb(col))


def wood_image(n=512):
    """Raw softwood, grain along x, two metres per tile; bands along y differ in tone so that boards do."""
    g = noise(n, .9, 41, (.05, 1.3))
    fine = noise(n, .2, 42, (.06, 2.2))
    stain = noise(n, 2.2, 43)
    y, x = np.mgrid[0:n, 0:n] / n
    ring = .5 + .5 * np.sin(90 * (g + .18 * y))
    band = .5 + .5 * np.sin(2 * np.pi * (3 * y + .3 * np.sin(2 * np.pi * 2 * y)))
    col = mix(rgb(.56, .385, .20) * np.ones((n, n, 1)), rgb(.30, .17, .075) * np.ones((n, n, 1)), np.clip(.62 * ring * (.35 + g), 0, 1))
    col *= (.72 + .40 * fine + .22 * band)[..., None]
    col = mix(col, rgb(.20, .185, .165) * np.ones((n, n, 1)), np.clip((stain - .52) * 1.6, 0, .5))
    return store('wood_base.jpg', srgb(col))


def floor_paint_image(n=512):
    """Yellow floor paint, worn by wheels and feet."""
    wear = np.clip((noise(n, .8, 51) - .64) / .1, 0, 1) * .5 + np.clip((noise(n, 2.2, 52) - .62) / .2, 0, 1) * .35
    tone = .92 + .2 * (noise(n, 1.6, 53) - .5)
    col = mix(rgb(.80, .50, .012) * tone[..., None], rgb(.27, .25, .2) * np.ones((n, n, 1)), np.clip(wear, 0, .8))
    return store('floor_paint.jpg', srgb(col))


def outside_image(w=512, h=256):
    """What stands behind the windows, out of focus: sky, a line of trees, a light yard."""
    y = np.linspace(0, 1, h)[:, None]
    n = noise(512, 2.4, 61)[:h, :w]
    sky = mix(np.broadcast_to(rgb(.56, .74, 1.0), (h, w, 3)), np.broadcast_to(rgb(.95, .97, 1.0), (h, w, 3)),
              np.clip(np.broadcast_to(y, (h, w)) / .72 + .55 * (n - .5), 0, 1))
    line = .70 + .10 * (noise(512, 1.8, 62)[7, :w] - .5)[None, :] * 2
    trees = np.clip((y - line) / .05, 0, 1)
    green = rgb(.10, .17, .075) * (.7 + 1.2 * (noise(512, 1.5, 63)[:h, :w] - .3))[..., None]
    yard = np.clip((y - .86) / .03, 0, 1)
    out = mix(mix(sky, np.clip(green, .01, 1), trees), np.broadcast_to(rgb(.42, .42, .40), (h, w, 3)), np.broadcast_to(yard, (h, w)))
    return store('outside.jpg', srgb(out))


# ---- signs -------------------------------------------------------------------------------------------------------

def plate(w, h, back=(238, 240, 241), radius=0, border=None):
    img = Image.new('RGBA', (w, h), (*back, 0) if radius else (*back, 255))
    d = ImageDraw.Draw(img)
    if radius:
        d.rounded_rectangle((0, 0, w - 1, h - 1), radius, fill=(*back, 255))
    if border:
        d.rounded_rectangle((3, 3, w - 4, h - 4), max(radius - 3, 0), outline=border, width=max(2, h // 60))
    return img, d


def centred(d, box, text, px, fill, weight='Bold'):
    x0, y0, x1, y1 = box
    d.multiline_text(((x0 + x1) / 2, (y0 + y1) / 2), text, font=font(px, weight), fill=fill, anchor='mm', align='center', spacing=px * .3)


def warning_triangle(n=128, symbol='bolt'):
    img = Image.new('RGBA', (n, n), (235, 185, 0, 0))
    d = ImageDraw.Draw(img)
    k = n / 128
    p = lambda pts: [(x * k, y * k) for x, y in pts]
    d.polygon(p([(64, 6), (124, 114), (4, 114)]), fill=(18, 18, 18, 255))
    d.polygon(p([(64, 20), (113, 107), (15, 107)]), fill=(250, 196, 0, 255))
    if symbol == 'bolt':
        d.polygon(p([(70, 36), (48, 74), (61, 74), (54, 102), (81, 64), (67, 64), (78, 36)]), fill=(15, 15, 15, 255))
    else:
        d.polygon(p([(60, 44), (70, 44), (68, 80), (62, 80)]), fill=(15, 15, 15, 255))
        d.ellipse(p([(59, 86), (71, 98)])[0] + p([(59, 86), (71, 98)])[1], fill=(15, 15, 15, 255))
    return img


def hazard_stripes(w, h, step=32):
    img = Image.new('RGBA', (w, h), (245, 190, 0, 255))
    d = ImageDraw.Draw(img)
    for x in range(-h, w + h, step * 2):
        d.polygon([(x, h), (x + step, h), (x + step + h, 0), (x + h, 0)], fill=(20, 20, 20, 255))
    return img


def pedestrian(n=256):
    """A walking figure, white on blue, round: the sign of a foot way."""
    s = 4
    img = Image.new('RGBA', (n * s, n * s), (255, 255, 255, 0))
    d = ImageDraw.Draw(img)
    k = n * s / 256
    d.ellipse((0, 0, n * s - 1, n * s - 1), fill=(245, 247, 250, 255))
    d.ellipse((9 * k, 9 * k, 247 * k, 247 * k), fill=(0, 84, 166, 255))
    white = (245, 247, 250, 255)

    def limb(points, width):
        pts = [(x * k, y * k) for x, y in points]
        d.line(pts, fill=white, width=int(width * k), joint='curve')
        for x, y in pts:
            d.ellipse((x - width * k / 2, y - width * k / 2, x + width * k / 2, y + width * k / 2), fill=white)

    d.ellipse((121 * k, 28 * k, 155 * k, 62 * k), fill=white)
    limb([(132, 84), (126, 138)], 34)
    limb([(136, 80), (160, 108), (180, 120)], 13)
    limb([(124, 78), (96, 98), (88, 128)], 13)
    limb([(131, 140), (150, 172), (158, 218)], 18)
    limb([(122, 140), (108, 178), (82, 212)], 18)
    return img.resize((n, n), Image.LANCZOS)


class Atlas:
    """Packs pictures into one image in rows; label(key, width) gives a decal mesh and the shared material."""

    def __init__(self, name, size=512):
        self.name, self.size = name, size
        self.image = Image.new('RGBA', (size, size), (128, 128, 128, 0))
        self.x = self.y = self.row = 0
        self.rects, self.made = {}, None

    def add(self, key, img):
        w, h = img.size
        if self.x + w > self.size:
            self.x, self.y, self.row = 0, self.y + self.row + 2, 0
        assert self.y + h <= self.size, f'atlas {self.name} is full at {key}'
        self.image.paste(img, (self.x, self.y))
        n, inset = self.size, .5
        self.rects[key] = ((self.x + inset) / n, 1 - (self.y + h - inset) / n, (self.x + w - inset) / n, 1 - (self.y + inset) / n), w / h
        self.x, self.row = self.x + w + 2, max(self.row, h)

    def material(self):
        if not self.made:
            path = scratch(self.name + '.png')
            self.image.save(path, optimize=True)
            self.made = material('Decals', (1, 1, 1), 0, .42, base=path, mask=True)
        return self.made

    def label(self, key, width):
        rect, ratio = self.rects[key]
        return quad_mesh(width, width / ratio, rect), self.material()


HMI_FIELD = (12, 28, 56)  # as the plate that the program lays behind a screen's text


def hmi_image(w=640, h=400):
    """The operator panel's picture: a title, keys, and between them the calm field where the program writes."""
    k = 2
    img = Image.new('RGB', (w * k, h * k), HMI_FIELD)
    d = ImageDraw.Draw(img)
    ink, soft = (232, 240, 250), (170, 205, 240)
    text = lambda x, y, s, px, fill, weight, anchor: d.text((x * k, y * k), s, font=font(px * k, weight), fill=fill, anchor=anchor)
    d.rectangle((0, 0, w * k, 44 * k), fill=(14, 58, 104))
    text(16, 22, 'AQUA NORD', 20, ink, 'Bold', 'lm')
    text(624, 22, 'Palletising cell', 17, soft, 'Medium', 'rm')
    for i, (name, tone) in enumerate((('Overview', (28, 92, 148)), ('Robot', (20, 46, 76)), ('Conveyor', (20, 46, 76)), ('Alarms', (20, 46, 76)), ('Service', (20, 46, 76)))):
        x = 12 + i * 124.5
        d.rounded_rectangle((x * k, 350 * k, (x + 118) * k, 390 * k), 5 * k, fill=tone)
        text(x + 59, 370, name, 15, ink, 'SemiBold', 'mm')
    path = scratch('hmi.png')
    img.resize((w, h), Image.LANCZOS).save(path, optimize=True)
    return path
