# SPDX-License-Identifier: Apache-2.0
"""How far a glTF file's scene reaches, so that all programs get the same camera."""
import json
import pathlib
import struct


def document(file):
    data = pathlib.Path(file).read_bytes()
    if data[:4] != b"glTF":
        return json.loads(data)
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20:20 + length])


def local(node):
    """Rows of the 3x3 part and the translation."""
    if "matrix" in node:
        m = node["matrix"]
        return [[m[0], m[4], m[8]], [m[1], m[5], m[9]], [m[2], m[6], m[10]]], m[12:15]
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    s = node.get("scale", (1, 1, 1))
    rows = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
    return [[row[k] * s[k] for k in range(3)] for row in rows], node.get("translation", (0, 0, 0))


def times(rows, vector):
    return [sum(row[k] * vector[k] for k in range(3)) for row in rows]


def bounds(file):
    gltf = document(file)
    low, high = [float("inf")] * 3, [float("-inf")] * 3
    identity = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], (0, 0, 0))
    left = [(node, identity) for node in gltf["scenes"][gltf.get("scene", 0)]["nodes"]]
    while left:
        index, (above, at) = left.pop()
        node = gltf["nodes"][index]
        rows, translation = local(node)
        columns = list(zip(*rows))
        linear = [[sum(row[k] * column[k] for k in range(3)) for column in columns] for row in above]
        origin = [a + b for a, b in zip(times(above, translation), at)]
        for primitive in gltf["meshes"][node["mesh"]]["primitives"] if "mesh" in node else ():
            box = gltf["accessors"][primitive["attributes"]["POSITION"]]
            middle = times(linear, [(a + b) / 2 for a, b in zip(box["min"], box["max"])])
            reach = times([[abs(v) for v in row] for row in linear], [(b - a) / 2 for a, b in zip(box["min"], box["max"])])
            low = [min(v, o + m - r) for v, o, m, r in zip(low, origin, middle, reach)]
            high = [max(v, o + m + r) for v, o, m, r in zip(high, origin, middle, reach)]
        left += [(child, (linear, origin)) for child in node.get("children", ())]
    return low, high
