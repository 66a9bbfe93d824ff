"""Renders the light of the hall as seen from the middle of the cell: hall.hdr, equirectangular, 512 x 256.

  blender -b --factory-startup --python-exit-code 3 --python hall_light.py

The centre of the picture is +X, and +Z lies a quarter to the right: u = 0.5 + atan2(d.z, d.x) / 2 pi, v = acos(d.y) / pi.
The values are scaled so that their mean over the sphere is 1.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'models'))
import hall
import numpy as np
from lib import SCRATCH, bpy, floor_point, math

WIDTH, HEIGHT = 512, 256
SAMPLES = int(os.environ.get('PW_SAMPLES', '160'))
LIGHT = {'Daylight': 7.0, 'Skylight': 12.0, 'LedPanel': 40.0}    # the sky in proportion to what is drawn of it

hall.build()
for name, strength in LIGHT.items():
    bpy.data.materials[name].node_tree.nodes['Principled BSDF'].inputs['Emission Strength'].default_value = strength
scene = bpy.context.scene
scene.world = bpy.data.worlds.new('dark')
camera = bpy.data.objects.new('camera', bpy.data.cameras.new('camera'))
scene.collection.objects.link(camera)
scene.camera = camera
camera.location = floor_point(.6, 1.2, 1.7)
camera.rotation_euler = (math.pi / 2, 0, -math.pi / 2)
camera.data.type = 'PANO'
camera.data.panorama_type = 'EQUIRECTANGULAR'
render, cycles = scene.render, scene.cycles
render.engine, cycles.device, cycles.samples = 'CYCLES', 'CPU', SAMPLES
cycles.use_denoising = cycles.use_adaptive_sampling = False
cycles.max_bounces, cycles.sample_clamp_indirect = 6, 3
render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
render.image_settings.file_format = 'OPEN_EXR'
render.image_settings.color_depth = '32'
render.filepath = os.path.join(SCRATCH, 'hall_light.exr')
bpy.ops.render.render(write_still=True)

image = bpy.data.images.load(render.filepath)
pixels = np.array(image.pixels[:], np.float32).reshape(HEIGHT, WIDTH, 4)
weight = np.sin((np.arange(HEIGHT) + .5) / HEIGHT * np.pi)[:, None, None]
mean = float((pixels[..., :3] * weight).sum() / (weight.sum() * WIDTH * 3))
pixels[..., :3] = np.minimum(pixels[..., :3] / mean, 60)
image.pixels = pixels.ravel()
render.image_settings.file_format = 'HDR'
path = os.path.join(HERE, 'hall.hdr')
image.save_render(path, scene=scene)
print(f'LIGHT mean {mean:.3f} before scaling, brightest {pixels[..., :3].max():.1f}, {os.path.getsize(path) // 1024} KB')
