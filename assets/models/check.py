#!/usr/bin/env python3
"""Checks the committed models against what the plant file counts on: sizes, unique node names, the named nodes, axes."""
import glob
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST = 3 * 1024 * 1024
JOINTS = [f'Joint{i}' for i in range(1, 7)]
NODES = {
    'palletizer': ['Palletizer', 'Base', *JOINTS, 'Tool', 'Finger_L', 'Finger_R', 'Tcp'],
    'conveyor': ['Conveyor', 'Frame', 'Belt', 'Roller_01', 'DriveDrum', 'PhotoEye_In', 'PhotoEye_In_Lamp', 'PhotoEye_Out', 'PhotoEye_Out_Lamp', 'EndStop'],
    'crate': ['Crate', 'Crate_Body', 'Crate_Bottles'],
    'pallet': ['Pallet'],
    'half_pallet': ['HalfPallet'],
    'cabinet': ['Cabinet', 'HmiScreen', 'Lamp_Red', 'Lamp_Amber', 'Lamp_Green', 'Lamp_Blue', 'EStop', 'Buzzer', 'Beacon'],
    'controller': ['Controller', 'Controller_Body'],
    'fence': ['Fence', 'Gate'],
    'floor_markings': ['FloorMarkings', 'Paint'],
    'hall': ['Hall'],
}
MOVING = {'palletizer': [*JOINTS, 'Finger_L', 'Finger_R'], 'conveyor': ['Roller_01', 'DriveDrum', 'TailDrum', 'EndStop'], 'fence': ['Gate']}
CHAIN = ['Palletizer', *JOINTS, 'Tool', 'Tcp']


def read(path):
    with open(path, 'rb') as f:
        data = f.read()
    magic, version, length = struct.unpack_from('<4sII', data)
    assert magic == b'glTF' and version == 2 and length == len(data), f'{path} is no whole .glb'
    size = struct.unpack_from('<I', data, 12)[0]
    return json.loads(data[20:20 + size]), len(data)


def triangles(gltf, mesh):
    return sum(gltf['accessors'][p['indices']]['count'] // 3 for p in gltf['meshes'][mesh]['primitives'])


def check(name):
    gltf, size = read(os.path.join(HERE, name + '.glb'))
    wrong = []
    if size >= LARGEST:
        wrong.append(f'{size} bytes')
    names = [n['name'] for n in gltf['nodes']]
    wrong += [f'two nodes are called {n}' for n in {n for n in names if names.count(n) > 1}]
    wrong += [f'no node {n}' for n in NODES[name] if n not in names]
    roots = [names[i] for i in gltf['scenes'][0]['nodes']]
    if roots != NODES[name][:1]:
        wrong.append(f'roots {roots}')
    by_name = {n['name']: n for n in gltf['nodes']}
    wrong += [f'{n} has no axis' for n in MOVING.get(name, []) if by_name.get(n, {}).get('extras', {}).get('axis') not in ('X', 'Y', 'Z')]
    if name == 'palletizer':
        wrong += [f'{b} does not hang on {a}' for a, b in zip(CHAIN, CHAIN[1:]) if names.index(b) not in by_name[a].get('children', [])]
    wrong += ['cameras' for _ in gltf.get('cameras', [])] + ['lights' for e in gltf.get('extensionsUsed', []) if 'lights' in e]
    drawn = sum(triangles(gltf, n['mesh']) for n in gltf['nodes'] if 'mesh' in n)
    print(f'{name}: {len(names)} nodes, {drawn} triangles, {size // 1024} KB' + ''.join(f'\n  WRONG: {w}' for w in wrong))
    return not wrong


present = sorted(os.path.basename(p)[:-4] for p in glob.glob(os.path.join(HERE, '*.glb')))
good = [check(name) for name in NODES] + [present == sorted(NODES)]
sys.exit(0 if all(good) else 1)
