# SPDX-License-Identifier: Apache-2.0
"""Renders the reference pictures of scenes.py with Cycles, Blender 4.3 of Debian 13 (package group content):

    blender -b --factory-startup --python-exit-code 3 --python tests/reference/render.py [-- SAMPLES [NAME…]]

For each scene NAME.hdr, linear light without any view transform, and NAME_mask.png, what the scene covers. Cameras and
lights are those of tests/renderer/reference_test.cpp.
"""
import math
import pathlib
import struct
import sys
import tempfile
import zlib

import bpy
import numpy as np
from mathutils import Matrix, Vector

HERE = pathlib.Path(__file__).resolve().parent
HALL = HERE.parent.parent / "assets/environments/hall.hdr"
WIDTH, HEIGHT, FINE = 240, 160, 4
ARGUMENTS = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
SAMPLES = int(ARGUMENTS[0]) if ARGUMENTS else 256

# eye, target, vertical field of view in degrees, environment's strength, sun: direction to it and its irradiance, W/m²
SCENES = {
    "spheres": ((0, 0, 9), (0, 0, 0), 25, 1.0, None),
    "layers": ((0, 0.5, 7), (0, 0, 0), 22, 1.0, None),
    "room": ((2.2, 2.4, 3.4), (0, 0.3, 0), 35, 0.5, ((0.5, 1.0, -0.4), 2.0)),
}


def to_blender(v):
    return Vector((v[0], -v[2], v[1]))


def place_camera(scene, eye, target, fov):
    data = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", data)
    scene.collection.objects.link(camera)
    data.sensor_fit, data.angle_y, data.clip_start = "VERTICAL", math.radians(fov), 0.01
    e = to_blender(eye)
    z = (e - to_blender(target)).normalized()
    x = Vector((0, 0, 1)).cross(z).normalized()
    y = z.cross(x)
    camera.matrix_world = Matrix(((x.x, y.x, z.x, e.x), (x.y, y.y, z.y, e.y), (x.z, y.z, z.z, e.z), (0, 0, 0, 1)))
    scene.camera = camera


def light_scene(scene, strength, sun):
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    nodes = scene.world.node_tree
    image = nodes.nodes.new("ShaderNodeTexEnvironment")
    image.image = bpy.data.images.load(str(HALL))
    background = nodes.nodes["Background"]
    background.inputs["Strength"].default_value = strength
    nodes.links.new(image.outputs["Color"], background.inputs["Color"])
    if sun:
        data = bpy.data.lights.new("sun", "SUN")
        data.energy, data.angle = sun[1], 0.0
        lamp = bpy.data.objects.new("sun", data)
        scene.collection.objects.link(lamp)
        lamp.rotation_euler = (-to_blender(sun[0])).to_track_quat("-Z", "Y").to_euler()


def write_grey(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) +
                     chunk(b"IEND", b""))


def render(name):
    eye, target, fov, strength, sun = SCENES[name]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(HERE / f"{name}.glb"), import_shading="NORMALS")
    scene = bpy.context.scene
    place_camera(scene, eye, target, fov)
    light_scene(scene, strength, sun)
    settings, cycles = scene.render, scene.cycles
    settings.engine, cycles.device, cycles.samples = "CYCLES", "CPU", SAMPLES
    cycles.use_adaptive_sampling = cycles.use_denoising = False
    cycles.max_bounces, cycles.transparent_max_bounces, cycles.seed = 8, 16, 1
    settings.filter_size = 1.0
    settings.resolution_x, settings.resolution_y, settings.resolution_percentage = WIDTH, HEIGHT, 100
    settings.dither_intensity = 0.0
    scene.view_settings.view_transform, scene.view_settings.look = "Raw", "None"
    settings.image_settings.file_format, settings.image_settings.color_mode = "HDR", "RGB"
    settings.filepath = str(HERE / f"{name}.hdr")
    bpy.ops.render.render(write_still=True)
    # What is covered, four times as large each way: where alpha is more than a half. Glass counts.
    settings.resolution_percentage = 100 * FINE
    cycles.samples, settings.film_transparent, cycles.film_transparent_glass = 32, True, False
    settings.image_settings.file_format, settings.image_settings.color_mode = "PNG", "RGBA"
    with tempfile.TemporaryDirectory() as folder:
        settings.filepath = str(pathlib.Path(folder) / "picture.png")
        bpy.ops.render.render(write_still=True)
        pixels = np.empty(WIDTH * HEIGHT * FINE**2 * 4, np.float32)
        bpy.data.images.load(settings.filepath).pixels.foreach_get(pixels)
    covered = np.flipud(pixels.reshape(HEIGHT * FINE, WIDTH * FINE, 4)[:, :, 3] > 0.5)
    write_grey(HERE / f"{name}_mask.png", covered.astype(np.uint8) * 255)


for each in ARGUMENTS[1:] or SCENES:
    render(each)
