#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a factory hall as a .glb of a given size, for measurements: make_scene.py OUT.glb --nodes N [--tris lite|detail] [--unique]

N nodes, each with a mesh, as machines of a base and a few joints; every tenth is named ..._dyn and is what a twin would
turn. Besides these a floor, three walls and a sun. 24 meshes, 20 materials, 10 textures, shared by all nodes; with
--unique each node has a mesh of its own over the same accessors, so that instancing alone does not help. The same
arguments give the same bytes.
"""
import argparse
import json
import math
import random
import struct
import zlib

FLOAT, USHORT = 5126, 5123


class Glb:
    def __init__(self):
        self.binary, self.views, self.accessors = bytearray(), [], []

    def view(self, data, **more):
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more})
        self.binary += data
        return len(self.views) - 1

    def accessor(self, rows, kind, component, target):
        flat = [v for row in rows for v in row] if kind != "SCALAR" else rows
        data = struct.pack(f"<{len(flat)}{'f' if component == FLOAT else 'H'}", *flat)
        out = {"bufferView": self.view(data, target=target), "componentType": component, "count": len(rows), "type": kind}
        if kind == "VEC3":
            out["min"], out["max"] = ([f(r[k] for r in rows) for k in range(3)] for f in (min, max))
        self.accessors.append(out)
        return len(self.accessors) - 1

    def write(self, path, gltf):
        self.binary += b"\0" * (-len(self.binary) % 4)
        gltf |= {"bufferViews": self.views, "accessors": self.accessors, "buffers": [{"byteLength": len(self.binary)}]}
        text = json.dumps(gltf, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with open(path, "wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(self.binary)))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(self.binary), b"BIN\0") + self.binary)


def png(size, pixel):
    rows = b"".join(b"\0" + bytes(c for x in range(size) for c in pixel(x, y)) for y in range(size))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def texture(kind, seed):
    noise = random.Random(seed)
    grain = [noise.randrange(24) for _ in range(4096)]
    base = [noise.randrange(70, 200) for _ in range(3)]

    def pixel(x, y):
        n = grain[(x * 7 + y * 131) % 4096]
        if kind == "normal":
            return 116 + n, 140 - n, 250
        if kind == "metallic_roughness":
            return 255, 100 + 3 * n, 150 + 2 * n
        dark = 30 * ((x // 32 + y // 32) % 2)
        return tuple(max(0, b + n - dark) for b in base)

    return png(512, pixel)


def box(width, height, depth):
    points, normals, uvs, indices = [], [], [], []
    for axis in range(3):
        for side in (-1, 1):
            first = len(points)
            for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                p = [0.0, 0.0, 0.0]
                p[axis], p[(axis + 1) % 3], p[(axis + 2) % 3] = side, u * side, v
                points.append((p[0] * width / 2, (p[1] + 1) * height / 2, p[2] * depth / 2))
                normals.append(tuple(float(side) if k == axis else 0.0 for k in range(3)))
                uvs.append(((u + 1) / 2, (v + 1) / 2))
            indices += [first, first + 1, first + 2, first, first + 2, first + 3]
    return points, normals, uvs, indices


def lathe(segments, rings, radius, height, wave):
    points, normals, uvs, indices = [], [], [], []
    for j in range(rings + 1):
        v = j / rings
        r, slope = radius * (1 + wave * math.sin(9 * v)), radius * wave * 9 * math.cos(9 * v) / height
        for i in range(segments + 1):
            angle = 2 * math.pi * i / segments
            c, s, length = math.cos(angle), math.sin(angle), math.hypot(1, slope)
            points.append((r * c, height * v, r * s))
            normals.append((c / length, -slope / length, s / length))
            uvs.append((i / segments, v))
    for j in range(rings):
        for i in range(segments):
            a = j * (segments + 1) + i
            b = a + segments + 1
            indices += [a, b, a + 1, a + 1, b, b + 1]
    return points, normals, uvs, indices


def shapes(detail, count=24):
    for k in range(count):
        if detail:  # 500 to 5,000 triangles
            triangles = 500 * 10 ** (k / (count - 1))
            segments = round(math.sqrt(triangles * 0.7))
            yield lathe(segments, round(triangles / 2 / segments), 0.3 + 0.02 * (k % 5), 0.7, 0.15)
        elif k % 2:
            yield lathe(6 + k % 3, 1, 0.35, 0.6, 0)
        else:
            yield box(0.6 + 0.05 * (k % 6), 0.5 + 0.05 * (k % 5), 0.5 + 0.03 * (k % 7))


def materials(choose):
    for k in range(20):
        pbr = {"baseColorFactor": [round(choose.uniform(0.3, 1), 3) for _ in range(3)] + [1],
               "metallicFactor": round(choose.random(), 2), "roughnessFactor": round(choose.uniform(0.2, 1), 2)}
        out = {"name": f"Material{k:02}", "pbrMetallicRoughness": pbr}
        if k % 2 == 0:
            pbr["baseColorTexture"] = {"index": k // 2 % 6}
        if k % 4 == 0:
            pbr["metallicRoughnessTexture"] = {"index": 6 + k // 4 % 2}
        if k % 4 == 2:
            out["normalTexture"] = {"index": 8 + k // 4 % 2}
        yield out


class Hall:
    def __init__(self, options):
        self.options, self.choose = options, random.Random(options.seed)
        self.glb, self.nodes, self.meshes, self.known = Glb(), [], [], {}
        self.made, self.primitives = 0, []
        for points, normals, uvs, indices in [*shapes(options.tris == "detail"), box(1, 0.1, 1), box(1, 4, 0.2)]:
            add = self.glb.accessor
            self.primitives.append({"attributes": {"POSITION": add(points, "VEC3", FLOAT, 34962),
                                                   "NORMAL": add(normals, "VEC3", FLOAT, 34962),
                                                   "TEXCOORD_0": add(uvs, "VEC2", FLOAT, 34962)},
                                    "indices": add(indices, "SCALAR", USHORT, 34963)})

    def mesh(self, shape, material):
        key = len(self.meshes) if self.options.unique else (shape, material)
        if key not in self.known:
            self.known[key] = len(self.meshes)
            self.meshes.append({"name": f"Mesh{len(self.meshes)}", "primitives": [self.primitives[shape] | {"material": material}]})
        return self.known[key]

    def add(self, **node):
        self.nodes.append(node)
        return len(self.nodes) - 1

    def part(self, name, translation, turn=0.0):
        self.made += 1
        shape = self.choose.randrange(24)
        return self.add(name=name + "_dyn" * (self.made % 10 == 0), mesh=self.mesh(shape, shape % 20), translation=translation,
                        rotation=[0, round(math.sin(turn / 2), 6), 0, round(math.cos(turn / 2), 6)])

    def machine(self, name, joints, x, z):
        base = parent = self.part(name, [x, 0, z])
        for k in range(joints):
            at = [round(self.choose.uniform(-0.5, 0.5), 3), 0.45, round(self.choose.uniform(-0.5, 0.5), 3)]
            joint = self.part(f"{name}_J{k}", at, self.choose.uniform(-0.5, 0.5))
            self.nodes[parent].setdefault("children", []).append(joint)
            parent = base if k % 3 == 2 else joint
        return base

    def build(self):
        plan, left = [], self.options.nodes
        while left > 0:
            plan.append(min(self.choose.randint(3, 6), left - 1))
            left -= plan[-1] + 1
        columns = math.ceil(math.sqrt(len(plan)))
        side = max(12.0, columns * 3.5)
        lines = {}
        for k, joints in enumerate(plan):
            row, column = divmod(k, columns)
            place = lambda n: round((n - columns / 2 + 0.5) * 3.5, 3)
            lines.setdefault(row, []).append(self.machine(f"Machine{k:06}", joints, place(column), place(row)))
        tops = [self.add(name=f"Line{row:04}", children=children) for row, children in lines.items()]
        tops.append(self.add(name="Floor", mesh=self.mesh(24, 0), translation=[0, -0.1, 0], scale=[side + 4, 1, side + 4]))
        turned, far = [0, 0.70710678, 0, 0.70710678], side / 2 + 2
        for name, at, rotation in (("Back", [0, 0, -far], [0, 0, 0, 1]), ("Left", [-far, 0, 0], turned), ("Right", [far, 0, 0], turned)):
            tops.append(self.add(name="Wall" + name, mesh=self.mesh(25, 1), translation=at, rotation=rotation, scale=[side + 4, 1, 1]))
        tops.append(self.add(name="Sun", rotation=[-0.5, 0.2, 0, 0.84261498], extensions={"KHR_lights_punctual": {"light": 0}}))
        return self.add(name="Factory", children=tops)

    def write(self):
        root = self.build()
        kinds = ["base"] * 6 + ["metallic_roughness"] * 2 + ["normal"] * 2
        images = [{"bufferView": self.glb.view(texture(kind, k)), "mimeType": "image/png", "name": f"{kind}{k}"} for k, kind in enumerate(kinds)]
        self.glb.write(self.options.out, {
            "asset": {"version": "2.0", "generator": "make_scene.py"}, "extensionsUsed": ["KHR_lights_punctual"],
            "extensions": {"KHR_lights_punctual": {"lights": [{"type": "directional", "intensity": 3}]}},
            "scene": 0, "scenes": [{"nodes": [root]}], "nodes": self.nodes, "meshes": self.meshes,
            "materials": list(materials(self.choose)), "images": images, "samplers": [{"magFilter": 9729, "minFilter": 9987}],
            "textures": [{"source": k, "sampler": 0} for k in range(len(images))]})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--tris", choices=["lite", "detail"], default="lite")
    parser.add_argument("--unique", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    Hall(parser.parse_args()).write()
