"""Packs a .glb: vertices merged and quantised, arrays compressed as EXT_meshopt_compression says. pack(source, target).

Positions keep 15 bits of mantissa (0.06 mm at 4 m), normals become 16 bit, colours 8 bit; texture coordinates
that no texture reads are dropped. libmeshoptimizer does the encoding.
"""
import ctypes
import json
import struct

import numpy as np

TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTH = {'SCALAR': 1, 'VEC2': 2, 'VEC3': 3, 'VEC4': 4, 'MAT4': 16}
CODE = {np.dtype(v): k for k, v in TYPES.items()}


def library():
    lib = ctypes.CDLL('libmeshoptimizer.so.2d')
    for name in ('meshopt_encodeVertexBufferBound', 'meshopt_encodeVertexBuffer', 'meshopt_encodeIndexBufferBound', 'meshopt_encodeIndexBuffer',
                 'meshopt_optimizeVertexFetchRemap'):
        getattr(lib, name).restype = ctypes.c_size_t
    lib.meshopt_encodeVertexVersion(0)
    lib.meshopt_encodeIndexVersion(1)
    return lib


def rounded(a, bits):
    """Floats with their low mantissa bits cleared, to nearest."""
    drop = 23 - bits
    i = np.ascontiguousarray(a, np.float32).view(np.uint32)
    return ((i + (1 << (drop - 1))) & np.uint32(0xffffffff ^ ((1 << drop) - 1))).astype(np.uint32).view(np.float32)


def to_range(a, kind):
    """Normalised integers of any stored form as floats."""
    return a.astype(np.float32) / np.iinfo(a.dtype).max if a.dtype.kind in 'ui' and kind else a.astype(np.float32)


class Writer:
    def __init__(self, lib):
        self.lib, self.data, self.views, self.plain_size = lib, bytearray(), [], 0

    def align(self):
        self.data += b'\0' * (-len(self.data) % 4)

    def plain(self, raw, **more):
        self.align()
        self.views.append({'buffer': 0, 'byteOffset': len(self.data), 'byteLength': len(raw), **more})
        self.data += raw
        return len(self.views) - 1

    def packed(self, encoded, count, stride, mode, target):
        size = count * stride
        self.align()
        self.views.append({'buffer': 1, 'byteOffset': self.plain_size, 'byteLength': size, **({'byteStride': stride} if mode == 'ATTRIBUTES' else {}), 'target': target,
                           'extensions': {'EXT_meshopt_compression': {'buffer': 0, 'byteOffset': len(self.data), 'byteLength': len(encoded),
                                                                      'byteStride': stride, 'count': count, 'mode': mode}}})
        self.plain_size += size + (-size % 4)
        self.data += encoded
        return len(self.views) - 1

    def vertices(self, a):
        """One attribute array, rows padded to four bytes."""
        a = np.ascontiguousarray(a)
        count, stride = a.shape[0], a.shape[1] * a.itemsize
        if stride % 4:
            a = np.ascontiguousarray(np.pad(a, ((0, 0), (0, (-stride % 4) // a.itemsize))))
            stride = a.shape[1] * a.itemsize
        room = self.lib.meshopt_encodeVertexBufferBound(ctypes.c_size_t(count), ctypes.c_size_t(stride))
        out = ctypes.create_string_buffer(room)
        n = self.lib.meshopt_encodeVertexBuffer(out, ctypes.c_size_t(room), a.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(count), ctypes.c_size_t(stride))
        return self.packed(out.raw[:n], count, stride, 'ATTRIBUTES', 34962)

    def indices(self, idx, vertex_count):
        stride = 2 if vertex_count < 65535 else 4
        room = self.lib.meshopt_encodeIndexBufferBound(ctypes.c_size_t(idx.size), ctypes.c_size_t(vertex_count))
        out = ctypes.create_string_buffer(room)
        n = self.lib.meshopt_encodeIndexBuffer(out, ctypes.c_size_t(room), idx.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(idx.size))
        return self.packed(out.raw[:n], idx.size, stride, 'TRIANGLES', 34963), stride


def pack(source, target):
    data = open(source, 'rb').read()
    size = struct.unpack_from('<I', data, 12)[0]
    gltf, binary = json.loads(data[20:20 + size]), data[28 + size:]
    lib = library()
    out = Writer(lib)
    accessors = []

    def read(index):
        a = gltf['accessors'][index]
        v = gltf['bufferViews'][a['bufferView']]
        dtype, width = TYPES[a['componentType']], WIDTH[a['type']]
        start = v.get('byteOffset', 0) + a.get('byteOffset', 0)
        stride = v.get('byteStride', 0) or width * np.dtype(dtype).itemsize
        rows = np.lib.stride_tricks.as_strided(np.frombuffer(binary, dtype, offset=start, count=1), (a['count'], width), (stride, np.dtype(dtype).itemsize))
        return np.array(rows), a

    def put(view, a, type_, normalized=False, bounds=False, count=None):
        entry = {'bufferView': view, 'componentType': CODE[a.dtype], 'count': count or a.shape[0], 'type': type_}
        if normalized:
            entry['normalized'] = True
        if bounds:
            entry['min'], entry['max'] = [float(x) for x in a.min(0)], [float(x) for x in a.max(0)]
        accessors.append(entry)
        return len(accessors) - 1

    def attribute(name, index):
        rows, a = read(index)
        if name == 'POSITION':
            return rounded(rows, 15), False
        if name == 'NORMAL':
            n = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
            return (np.rint(n * 511) * (32767 / 511)).astype(np.int16), True
        if name == 'COLOR_0':
            c = to_range(rows, a.get('normalized'))
            c = np.pad(c, ((0, 0), (0, 4 - c.shape[1])), constant_values=1) if c.shape[1] < 4 else c
            return np.rint(np.clip(c, 0, 1) * 255).astype(np.uint8), True
        if name.startswith('TEXCOORD'):
            return rounded(np.rint(rows * 8192) / 8192, 16), False
        if name.startswith('WEIGHTS'):
            w = np.rint(rows / np.maximum(rows.sum(1, keepdims=True), 1e-9) * 255).astype(int)
            w[np.arange(len(w)), w.argmax(1)] += 255 - w.sum(1)
            return w.astype(np.uint8), True
        return rows, a.get('normalized', False)

    def textured(p):
        return 'material' in p and 'Texture' in json.dumps(gltf['materials'][p['material']])

    done = {}
    for mesh in gltf.get('meshes', []):
        for p in mesh['primitives']:
            key = (p['indices'], tuple(sorted(p['attributes'].items())), textured(p))
            if key not in done:
                names = [n for n in p['attributes'] if not n.startswith('TEXCOORD') or textured(p)]
                arrays = {n: attribute(n, p['attributes'][n]) for n in names}
                whole = np.concatenate([np.ascontiguousarray(a).view(np.uint8).reshape(len(a), -1) for a, _ in arrays.values()], 1)
                _, first, remap = np.unique(np.ascontiguousarray(whole).view(np.dtype((np.void, whole.shape[1]))).ravel(), return_index=True, return_inverse=True)
                idx = np.ascontiguousarray(remap.ravel()[read(p['indices'])[0].ravel()], np.uint32)
                tri = idx.reshape(-1, 3)
                idx = np.ascontiguousarray(tri[(tri[:, 0] != tri[:, 1]) & (tri[:, 1] != tri[:, 2]) & (tri[:, 0] != tri[:, 2])].ravel())
                count = len(first)
                at = lambda a: a.ctypes.data_as(ctypes.c_void_p)
                lib.meshopt_optimizeVertexCache(at(idx), at(idx.copy()), ctypes.c_size_t(idx.size), ctypes.c_size_t(count))
                fetch = np.empty(count, np.uint32)
                used = lib.meshopt_optimizeVertexFetchRemap(at(fetch), at(idx), ctypes.c_size_t(idx.size), ctypes.c_size_t(count))
                idx = np.ascontiguousarray(fetch[idx])
                order = np.empty(used, np.int64)
                keep = fetch != 0xffffffff
                order[fetch[keep]] = first[keep]
                made = {}
                for n, (a, normalized) in arrays.items():
                    a = np.ascontiguousarray(a[order])
                    made[n] = put(out.vertices(a), a, f'VEC{a.shape[1]}', normalized, n == 'POSITION')
                view, stride = out.indices(idx, used)
                done[key] = made, put(view, np.empty((idx.size, 1), np.uint16 if stride == 2 else np.uint32), 'SCALAR', count=int(idx.size))
            p['attributes'], p['indices'] = done[key]
    for skin in gltf.get('skins', []):
        rows, _ = read(skin['inverseBindMatrices'])
        skin['inverseBindMatrices'] = put(out.plain(rows.tobytes()), rows, 'MAT4')
    moved = {}
    for animation in gltf.get('animations', []):
        for s in animation['samplers']:
            for end in ('input', 'output'):
                if s[end] not in moved:
                    rows, a = read(s[end])
                    moved[s[end]] = put(out.plain(rows.tobytes()), rows, a['type'], bounds=end == 'input')
                s[end] = moved[s[end]]
    for image in gltf.get('images', []):
        v = gltf['bufferViews'][image['bufferView']]
        image['bufferView'] = out.plain(binary[v.get('byteOffset', 0):v.get('byteOffset', 0) + v['byteLength']])
    out.align()
    gltf['accessors'], gltf['bufferViews'] = accessors, out.views
    gltf['buffers'] = [{'byteLength': len(out.data)},
                       {'byteLength': out.plain_size, 'extensions': {'EXT_meshopt_compression': {'fallback': True}}}]
    for key in ('extensionsUsed', 'extensionsRequired'):
        gltf[key] = sorted(set(gltf.get(key, [])) | {'EXT_meshopt_compression', 'KHR_mesh_quantization'})
    text = json.dumps(gltf, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 4)
    with open(target, 'wb') as f:
        f.write(struct.pack('<4sII', b'glTF', 2, 28 + len(text) + len(out.data)) + struct.pack('<I4s', len(text), b'JSON') + text
                + struct.pack('<I4s', len(out.data), b'BIN\0') + out.data)
