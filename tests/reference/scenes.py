#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the scenes that are compared with Blender Cycles: spheres.glb, layers.glb, room.glb. Needs numpy.

    tests/reference/scenes.py [FOLDER]        the folder of this script by default
"""
import json
import pathlib
import struct
import sys
import zlib

import numpy as np


def sphere(rings=32, sectors=64):
    theta = np.linspace(0, np.pi, rings + 1)[:, None]
    phi = np.linspace(0, 2 * np.pi, sectors + 1)[None, :]
    n = np.stack(
        [np.sin(theta) * np.cos(phi), np.cos(theta) + 0 * phi, -np.sin(theta) * np.sin(phi)], axis=-1
    ).reshape(-1, 3)
    i = (np.arange(rings)[:, None] * (sectors + 1) + np.arange(sectors)[None, :]).reshape(-1)
    below = i + sectors + 1
    indices = np.stack([i, below, i + 1, i + 1, below, below + 1], axis=-1)
    return n, n, None, indices


def box():
    points, normals, uvs, indices = [], [], [], []
    for axis in range(3):
        for side in (-1, 1):
            n, u, v = np.zeros(3), np.zeros(3), np.zeros(3)
            n[axis], u[(axis + 1) % 3], v[(axis + 2) % 3] = side, side, 1
            first = len(points)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                points.append(n + a * u + b * v)
                normals.append(n)
                uvs.append(((a + 1) / 2, (1 - b) / 2))
            indices.append([first, first + 1, first + 2, first, first + 2, first + 3])
    return np.array(points) * 0.5, np.array(normals), np.array(uvs), np.array(indices)


def checker_png(side=8):
    rows = b""
    for y in range(side):
        rows += b"\0"
        for x in range(side):
            rows += bytes((200, 60, 40)) if (x + y) % 2 else bytes((60, 90, 190))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class File:
    def __init__(self):
        self.json = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}], "nodes": [], "meshes": [],
                     "materials": [], "accessors": [], "bufferViews": [], "buffers": [{}]}
        self.binary = b""
        self.shapes = {}

    def view(self, data):
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, array, kind, component):
        dtype = np.float32 if component == 5126 else np.uint16
        flat = np.ascontiguousarray(array.astype(dtype))
        accessor = {"bufferView": self.view(flat.tobytes()), "componentType": component, "type": kind,
                    "count": int(flat.size if kind == "SCALAR" else flat.shape[0])}
        if kind == "VEC3":
            accessor |= {"min": flat.min(0).tolist(), "max": flat.max(0).tolist()}
        self.json["accessors"].append(accessor)
        return len(self.json["accessors"]) - 1

    def shape(self, name, make):
        if name not in self.shapes:
            points, normals, uvs, indices = make()
            attributes = {"POSITION": self.accessor(points, "VEC3", 5126), "NORMAL": self.accessor(normals, "VEC3", 5126)}
            if uvs is not None:
                attributes["TEXCOORD_0"] = self.accessor(uvs, "VEC2", 5126)
            self.shapes[name] = {"attributes": attributes, "indices": self.accessor(indices, "SCALAR", 5123)}
        return self.shapes[name]

    def add(self, name, shape, material, at, scale):
        self.json["materials"].append({"name": name} | material)
        for extension in material.get("extensions", {}):
            used = self.json.setdefault("extensionsUsed", [])
            if extension not in used:
                used.append(extension)
        self.json["meshes"].append({"primitives": [shape | {"material": len(self.json["materials"]) - 1}]})
        self.json["scenes"][0]["nodes"].append(len(self.json["nodes"]))
        self.json["nodes"].append({"name": name, "mesh": len(self.json["meshes"]) - 1, "translation": at, "scale": scale})

    def write(self, path):
        self.json["buffers"][0]["byteLength"] = len(self.binary)
        text = json.dumps(self.json, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        binary = self.binary + b"\0" * (-len(self.binary) % 4)
        path.write_bytes(struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(binary)) +
                         struct.pack("<II", len(text), 0x4E4F534A) + text +
                         struct.pack("<II", len(binary), 0x004E4942) + binary)


def plain(color, metallic, roughness, **extensions):
    out = {"pbrMetallicRoughness": {"baseColorFactor": [*color, 1], "metallicFactor": metallic,
                                    "roughnessFactor": roughness}}
    return out | ({"extensions": {"KHR_materials_" + k: v for k, v in extensions.items()}} if extensions else {})


def spheres():
    f = File()
    for row, (name, color, metallic) in enumerate((("metal", (0.9, 0.65, 0.3), 1), ("paint", (0.6, 0.15, 0.05), 0))):
        for i, roughness in enumerate((0.1, 0.3, 0.5, 0.7, 1.0)):
            f.add(f"{name} {roughness}", f.shape("sphere", sphere), plain(color, metallic, roughness),
                  [1.1 * (i - 2), 0.55 - 1.1 * row, 0], [0.45] * 3)
    return f


def layers():
    f = File()
    ball = lambda: f.shape("sphere", sphere)
    f.add("coat", ball(), plain((0.5, 0.05, 0.05), 0, 0.7,
                                clearcoat={"clearcoatFactor": 1, "clearcoatRoughnessFactor": 0.1}), [-1.65, 0, 0], [0.45] * 3)
    f.add("sheen", ball(), plain((0.1, 0.03, 0.15), 0, 0.9,
                                 sheen={"sheenColorFactor": [0.8, 0.6, 0.4], "sheenRoughnessFactor": 0.5}),
          [-0.55, 0, 0], [0.45] * 3)
    clear = {"transmission": {"transmissionFactor": 1}, "ior": {"ior": 1.5}}
    for i, roughness in enumerate((0.0, 0.25)):
        x = 0.55 + 1.1 * i
        f.add(f"slab {roughness}", f.shape("box", box),
              plain((0.8, 0.95, 0.9), 0, roughness, volume={"thicknessFactor": 0.2}, **clear), [x, 0, 0], [0.9, 0.9, 0.2])
        for k in range(4):
            f.add(f"bar {i} {k}", f.shape("box", box), plain((0.9, 0.5, 0.1), 0, 1.0),
                  [x - 0.42 + 0.28 * k, 0, -0.35], [0.14, 1.2, 0.02])
    return f


def room():
    f = File()
    f.json["images"] = [{"bufferView": f.view(checker_png()), "mimeType": "image/png"}]
    f.json["samplers"] = [{"magFilter": 9728, "minFilter": 9728}]
    f.json["textures"] = [{"source": 0, "sampler": 0}]
    textured = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0, "roughnessFactor": 0.8}}
    f.add("floor", f.shape("box", box), plain((0.6, 0.6, 0.6), 0, 1.0), [0, -0.05, 0], [5, 0.1, 5])
    f.add("textured", f.shape("box", box), textured, [0, 0.5, 0], [1, 1, 1])
    return f


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    for scene in (spheres, layers, room):
        scene().write(folder / f"{scene.__name__}.glb")
