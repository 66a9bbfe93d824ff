#!/usr/bin/env python3
"""Checks the committed models against what the plant files count on: sizes, unique node names, the named nodes, axes.
And the plant files: each is what its script makes, and its bindings name nodes that are there."""
import glob
import importlib.util
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST = 3 * 1024 * 1024
LAMPS = ['StackLight', 'Lamp_Red', 'Lamp_Amber', 'Lamp_Green', 'Lamp_Blue']
JOINTS = [f'Joint{i}' for i in range(1, 7)]
NODES = {
    'palletizer': ['Palletizer', 'Base', *JOINTS, 'Tool', 'Finger_L', 'Finger_R', 'Tcp'],
    'conveyor': ['Conveyor', 'Frame', 'Belt', 'Roller_01', 'DriveDrum', 'PhotoEye_In', 'PhotoEye_In_Lamp', 'PhotoEye_Out', 'PhotoEye_Out_Lamp', 'EndStop', 'Infeed', 'Outfeed'],
    'crate': ['Crate', 'Crate_Body', 'Crate_Bottles'],
    'crate_full': ['CrateFull', 'CrateFull_Body', 'CrateFull_Bottles'],
    'crate_empty': ['CrateEmpty', 'CrateEmpty_Body'],
    'pallet': ['Pallet'],
    'half_pallet': ['HalfPallet'],
    'cabinet': ['Cabinet', 'HmiScreen', 'Lamp_Red', 'Lamp_Amber', 'Lamp_Green', 'Lamp_Blue', 'EStop', 'Buzzer', 'Beacon'],
    'controller': ['Controller', 'Controller_Body'],
    'fence': ['Fence', 'Gate'],
    'floor_markings': ['FloorMarkings', 'Paint'],
    'hall': ['Hall'],
    # the bottling hall
    'bottle': ['Bottle'],
    'bottle_filled': ['BottleFilled'],
    'bottle_labelled': ['BottleLabelled'],
    'bottle_stroke': ['BottleStroke'],
    'bottle_conveyor': ['BottleConveyor', 'Chain', 'Infeed', 'Outfeed'],
    'bottle_curve': ['BottleCurve', 'Chain', 'Infeed', 'Outfeed', 'Path_00'],
    'accumulation_table': ['AccumulationTable', 'Chain', 'Infeed', 'Outfeed'],
    'depalletiser': ['Depalletiser', 'Carriage', 'Hood', 'Layer_01', 'Layer_05', 'Mat', 'Chain', 'HmiScreen', 'PalletInfeed', 'Infeed', 'Outfeed', 'Path_00', *LAMPS],
    'filler': ['Filler', 'Rinser', 'Carousel', 'Corker', 'StarIn', 'Star1', 'Star2', 'StarOut', 'Chain', 'HmiScreen', 'Infeed', 'Outfeed', 'Path_00', *LAMPS],
    'labeller': ['Labeller', 'Carousel', 'StarIn', 'StarOut', 'ReelA', 'WasteA', 'ReelB', 'WasteB', 'Chain', 'HmiScreen', 'Infeed', 'Outfeed', 'Path_00', *LAMPS],
    'inspector': ['Inspector', 'Pusher', 'Chain', 'RejectChain', 'HmiScreen', 'Infeed', 'Outfeed', 'RejectOutfeed', 'Path_00', 'RejectPath_00', *LAMPS],
    'packer': ['Packer', 'Carriage', 'Head', 'Mat', 'Belt', 'HmiScreen', 'Infeed', 'CrateInfeed', 'Outfeed', 'Path_00', 'CratePath_00', *LAMPS],
    'wrapper': ['Wrapper', 'Arm', 'FilmCarriage', 'FilmReel', 'HmiScreen', 'Infeed', 'Pallet', 'Outfeed', *LAMPS],
    'pallet_conveyor': ['PalletConveyor', 'Roller_01', 'Infeed', 'Outfeed'],
    'pallet_transfer': ['PalletTransfer', 'Roller_01', 'Lift', 'Infeed', 'Outfeed', 'OutfeedSide'],
    'full_pallet': ['FullPallet'],
    'wrapped_pallet': ['WrappedPallet'],
    'pallet_rack': ['PalletRack', 'Load_01', 'Place_01', 'Place_18'],
    'pallet_stack': ['PalletStack'],
    'tank': ['Tank', 'LevelFill', 'Inlet', 'Outlet'],
    'pump': ['Pump', 'Fan', 'Suction', 'Discharge'],
    'valve': ['Valve', 'Indicator', 'Lamp_Open', 'Lamp_Closed'],
    'pipe_straight': ['PipeStraight'],
    'pipe_elbow': ['PipeElbow'],
    'pipe_tee': ['PipeTee'],
    'pipe_riser': ['PipeRiser'],
    'crate_washer': ['CrateWasher', 'Outfeed'],
    'pipe_rack': ['PipeRack'],
    'cip': ['Cip', 'HmiScreen', 'Supply', *LAMPS],
    'heat_exchanger': ['HeatExchanger'],
    'mixer': ['Mixer', 'HmiScreen', 'Outlet', *LAMPS],
    'compressor': ['Compressor', 'Fan', 'HmiScreen', *LAMPS],
    'air_receiver': ['AirReceiver'],
    'chiller': ['Chiller', 'FanA', 'FanB'],
    'transformer': ['Transformer'],
    'mcc': ['Mcc'],
    'agv': ['Agv', 'MastInner', 'Forks', 'Load', 'DriveWheel', 'Lidar', 'Lamp_Head', 'Lamp_Beacon', 'Lamp_FrontLeft', 'Lamp_RearRight', 'HmiScreen'],
    'agv_charger': ['AgvCharger', 'Lamp_Charge', 'HmiScreen', 'Dock'],
    'platform': ['Platform'],
    'platform_end': ['PlatformEnd'],
    'stairs': ['Stairs', 'Top'],
    'sign_exit': ['SignExit'],
    'sign_assembly': ['SignAssembly'],
    'sign_ppe': ['SignPpe'],
    'fire_point': ['FirePoint', 'HoseReel'],
    'eyewash': ['Eyewash'],
    'traffic_mirror': ['TrafficMirror'],
    'stack_light': ['StackLightPole', *LAMPS],
    'hmi_pillar': ['HmiPillar', 'HmiScreen', *LAMPS],
    'high_bay': ['HighBay', 'Light'],
    'workbench': ['Workbench'],
    'waste_bins': ['WasteBins'],
    'worker_operator': ['WorkerOperator', 'hips', 'head', 'leftHand', 'rightFoot'],
    'worker_technician': ['WorkerTechnician', 'hips', 'head', 'leftHand', 'rightFoot'],
    'worker_lab': ['WorkerLab', 'hips', 'head', 'leftHand', 'rightFoot'],
    'bottling_hall': ['BottlingHall', 'Floor', 'FloorMarkings', 'Walls', 'Windows', 'Steel', 'Roof', 'Services', 'Doors', 'Signs'],
}
MOVING = {'palletizer': [*JOINTS, 'Finger_L', 'Finger_R'], 'conveyor': ['Roller_01', 'DriveDrum', 'TailDrum', 'EndStop'], 'fence': ['Gate'],
          'depalletiser': ['Carriage', 'Hood'], 'filler': ['Rinser', 'Carousel', 'Corker', 'StarIn', 'Star1', 'Star2', 'StarOut'],
          'labeller': ['Carousel', 'StarIn', 'StarOut', 'ReelA', 'ReelB', 'WasteA', 'WasteB'], 'inspector': ['Pusher'], 'packer': ['Carriage', 'Head'],
          'wrapper': ['Arm', 'FilmCarriage', 'FilmReel'], 'pallet_conveyor': ['Roller_01'], 'pallet_transfer': ['Roller_01', 'Lift'], 'tank': ['LevelFill'], 'pump': ['Fan'],
          'valve': ['Indicator'], 'compressor': ['Fan'], 'chiller': ['FanA', 'FanB'], 'agv': ['MastInner', 'Forks', 'DriveWheel', 'Lidar'], 'fire_point': ['HoseReel']}
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
    skinned = [n['name'] for n in gltf['nodes'] if 'skin' in n]                                # these stand at the root, as glTF wants
    if [r for r in roots if r not in skinned] != NODES[name][:1]:
        wrong.append(f'roots {roots}')
    by_name = {n['name']: n for n in gltf['nodes']}
    wrong += [f'{n} has no axis' for n in MOVING.get(name, []) if by_name.get(n, {}).get('extras', {}).get('axis') not in ('X', 'Y', 'Z')]
    if name.startswith('worker') and sorted(a.get('name') for a in gltf.get('animations', [])) != ['Idle', 'Walk']:
        wrong.append('clips are not Idle and Walk')
    if name == 'palletizer':
        wrong += [f'{b} does not hang on {a}' for a, b in zip(CHAIN, CHAIN[1:]) if names.index(b) not in by_name[a].get('children', [])]
    wrong += ['cameras' for _ in gltf.get('cameras', [])] + ['lights' for e in gltf.get('extensionsUsed', []) if 'lights' in e]
    drawn = sum(triangles(gltf, n['mesh']) for n in gltf['nodes'] if 'mesh' in n)
    print(f'{name}: {len(names)} nodes, {drawn} triangles, {size // 1024} KB' + ''.join(f'\n  WRONG: {w}' for w in wrong))
    return not wrong


def nodes_of(model):
    return {n['name'] for n in read(os.path.join(HERE, model + '.glb'))[0]['nodes']}


def unknown_nodes(equipment, known):
    """Nodes that bindings name and that the equipment's model, or its items' models, do not have."""
    out = []
    items = {i['name']: i['model'] for i in equipment.get('items', [])}
    for b in equipment.get('bindings', []):
        item, _, node = b.get('node', '').rpartition(':')
        model = items.get(item) if item else equipment.get('model')
        named = ([node] if node else []) + (b.get('path', ['Infeed', 'Outfeed']) if b['property'] == 'items' else [])
        out += [f'{equipment["id"]}: {model} has no {n}' for n in named if model is None or n.split('/')[-1] not in known(model)]
    return out + [w for child in equipment.get('children', []) for w in unknown_nodes(child, known)]


def check_plant(folder):
    spec = importlib.util.spec_from_file_location('plant_' + os.path.basename(folder), os.path.join(folder, 'plant.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text, cache = module.text(), {}
    with open(os.path.join(folder, 'plant.json')) as f:
        wrong = [] if f.read() == text else ['plant.json is not what plant.py makes']
    wrong += [w for e in json.loads(text)['equipment'] for w in unknown_nodes(e, lambda m: cache.setdefault(m, nodes_of(m)))]
    print(f'{os.path.basename(folder)}: {len(text) // 1024} KB' + ''.join(f'\n  WRONG: {w}' for w in wrong))
    return not wrong


present = sorted(os.path.basename(p)[:-4] for p in glob.glob(os.path.join(HERE, '*.glb')))
total = sum(os.path.getsize(os.path.join(HERE, n + '.glb')) for n in present)
print(f'{len(present)} models, {total / 2**20:.1f} MB')
assert total < 25 * 2**20, 'the content is too large'
good = [check(name) for name in NODES] + [present == sorted(NODES)]
good += [check_plant(os.path.join(HERE, '..', 'plants', name)) for name in ('cell', 'hall')]
sys.exit(0 if all(good) else 1)
