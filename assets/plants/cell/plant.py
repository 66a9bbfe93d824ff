#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes plant.json: the cell as layout.json places it and program.json has taught it.

    python3 assets/plants/cell/plant.py

Plain Python, no packages. What the models call their nodes is written here once; everything that is measured comes
from the layout, the program and the extras in the models.
"""
import json
import math
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, '..', '..', 'models')
GROUP = 'Bottling'
POCKETS, PITCH_M = 8, .84                 # crates on the belt; the first stands hidden in the case packer's outlet
CRATE_HEIGHT_M = .24
CRATES = 12                               # on a full pallet
FAR = 1_000_000                           # metres the belt runs before its encoder is no longer followed


def load(name):
    with open(os.path.join(HERE, name)) as f:
        return json.load(f)


def extras(model):
    """Node name → extras of a .glb."""
    with open(os.path.join(MODELS, model), 'rb') as f:
        data = f.read()
    size = struct.unpack_from('<I', data, 12)[0]
    return {n['name']: n.get('extras', {}) for n in json.loads(data[20:20 + size])['nodes']}


def axis(letter):
    return [1 if letter == a else 0 for a in 'XYZ']


def placed(position, yaw=0):
    out = {'position_m': position}
    return out | {'yaw_deg': yaw} if yaw else out


def tag(source, id, metric, title, unit=None, **more):
    out = {'id': id, 'title': title, 'source': f'{GROUP}/{source}/{metric}'}
    return out | ({'unit': unit} if unit else {}) | more


def linear(*points):
    return {'map': 'linear', 'points': [{'in': i, 'out': o} for i, o in points]}


def table(*points):
    return {'map': 'table', 'points': [{'in': i, 'out': o} for i, o in points]}


def binding(tag, node, property, **more):
    return {'tag': tag, 'node': node, 'property': property} | more


def lamp(tag, node, bright):
    return binding(tag, node, 'lamp', **table((0, .2), (1, bright)))


def palletiser(place, program):
    nodes = extras('palletizer.glb')
    joints = [(f'j{i}', f'Joint{i}', nodes[f'Joint{i}']) for i in range(1, program['joints'] + 1)]
    at = 'Palletiser/R1'
    return {
        'id': 'palletiser', 'title': 'Palletising robot R1', 'level': 'unit', 'model': 'palletizer', 'placement': place,
        'description': 'Takes crates from the end stop of the conveyor and stacks them on pallet A, four to a layer, three layers.',
        # The gripped crate hangs with the middle of its top in the tool's centre point, its up against the tool's Z.
        'items': [{'name': 'load', 'model': 'crate', 'attach': 'Tcp',
                   'placement': {'position_m': [0, 0, CRATE_HEIGHT_M], 'rotation': [-.5, .5, -.5, .5]}}],
        'tags': [
            tag(at, 'state', 'State', 'State', state=True),
            tag(at, 'step', 'Cycle/Step', 'Step'),
            *[tag(at, id, f'Axes/{id.upper()}', f'Axis {id[1]}', 'deg', low=x['min_deg'], high=x['max_deg']) for id, _, x in joints],
            tag(at, 'speed', 'Speed', 'Speed', '%', low=0, high=100),
            tag(at, 'gripper', 'Gripper/Closed', 'Gripper closed', '%', low=0, high=100),
            tag(at, 'load', 'Gripper/Load', 'Crate in the gripper'),
            tag(at, 'cycle_time', 'Cycle/Time', 'Cycle time', 's', low=0),
            tag(at, 'crates_total', 'Cycle/Crates', 'Crates stacked', low=0),
            tag(at, 'motor_temp', 'Motor/Temperature', 'Motor temperature', 'Cel', low=-20, high=120),
            tag(at, 'motor_current', 'Motor/Current', 'Motor current', 'A', low=0, high=40),
        ],
        'bindings': [
            *[binding(id, node, 'rotation', axis=axis(x['axis']), smooth_s=.1) for id, node, x in joints],
            *[binding('gripper', finger, 'translation', axis=axis(nodes[finger]['axis']), smooth_s=.1,
                      **linear((0, nodes[finger]['open_m']), (100, round(nodes[finger]['closed_m'], 4)))) for finger in program['fingers']],
            binding('load', 'load:', 'visible'),
        ],
        'simulation': {'plays': 'palletiser', 'program': 'program.json', 'speed_share': .55, 'grip_s': .6, 'pallet_change_s': 12,
                       'axis_speed_deg_s': [x['max_deg_s'] for _, _, x in joints]},
    }


def conveyor(place):
    nodes = extras('conveyor.glb')
    stop_x, belt_y = nodes['Conveyor']['crate_stop_x_m'], nodes['Conveyor']['belt_height_m']
    first_x = round(stop_x - (POCKETS - 1) * PITCH_M, 4)
    at = 'Conveyor/C1'
    pockets = range(1, POCKETS + 1)
    stop = nodes['EndStop']
    return {
        'id': 'conveyor', 'title': 'Crate conveyor C1', 'level': 'unit', 'model': 'conveyor', 'placement': place,
        'description': 'Brings full crates from the case packer to the end stop, one pitch at a time.',
        'items': [{'name': f'crate_{k}', 'model': 'crate', 'placement': placed([first_x, belt_y, 0])} for k in pockets],
        'tags': [
            tag(at, 'state', 'State', 'State', state=True),
            tag(at, 'position', 'Belt/Position', 'Belt position', 'm', low=0),
            tag(at, 'speed', 'Belt/Speed', 'Belt speed', 'm/s', low=0, high=1),
            tag(at, 'motor_current', 'Motor/Current', 'Motor current', 'A', low=0, high=10),
            tag(at, 'motor_temp', 'Motor/Temperature', 'Motor temperature', 'Cel', low=-20, high=120),
            tag(at, 'bottles_per_hour', 'Bottles per hour', 'Bottles per hour', low=0),
            tag(at, 'eye_in', 'Eyes/In', 'Photo eye, infeed'),
            tag(at, 'eye_out', 'Eyes/Out', 'Photo eye, end stop'),
            tag(at, 'end_stop', 'End stop', 'End stop up'),
            *[tag(at, f'pocket_{k}', f'Pockets/{k}', f'Crate in pocket {k}') for k in pockets],
        ],
        'bindings': [
            *[b for k in pockets for b in (
                binding('position', f'crate_{k}:', 'translation', axis=axis(nodes['Conveyor']['travel_axis']), smooth_s=.1,
                        modulo=round(POCKETS * PITCH_M, 4),
                        **linear((0, round((k - 1) * PITCH_M, 4)), (FAR, round(FAR + (k - 1) * PITCH_M, 4)))),
                binding(f'pocket_{k}', f'crate_{k}:', 'visible'))],
            *[binding('position', drum, 'rotation', axis=axis(nodes[drum]['axis']), smooth_s=.1, modulo=360,
                      **linear((0, 0), (FAR, round(FAR * nodes[drum]['deg_per_m'])))) for drum in ('DriveDrum', 'TailDrum')],
            lamp('eye_in', 'PhotoEye_In_Lamp', 8),
            lamp('eye_out', 'PhotoEye_Out_Lamp', 8),
            binding('end_stop', 'EndStop', 'translation', axis=axis(stop['axis']), smooth_s=.25,
                    **linear((0, stop['min_m']), (1, stop['max_m']))),
        ],
        'simulation': {'plays': 'conveyor', 'pockets': POCKETS, 'pitch_m': PITCH_M, 'index_s': 2.6, 'stop_x_m': stop_x,
                       'eye_in_x_m': nodes['PhotoEye_In']['beam_x_m'], 'eye_out_x_m': nodes['PhotoEye_Out']['beam_x_m'],
                       'crate_length_m': .396, 'bottles_per_crate': 12, 'gap_chance': .02, 'jam_chance': .015, 'jam_s': 7},
    }


def cabinet(place):
    at = 'Cabinet/Cell'
    lamps = (('red', 'Red', 10), ('amber', 'Amber', 10), ('green', 'Green', 10), ('blue', 'Blue', 10))
    return {
        'id': 'cabinet', 'title': 'Control cabinet', 'level': 'unit', 'model': 'cabinet', 'placement': place,
        'label_at': 'StackLight',
        'description': 'Controls the cell: stack light, operator panel, emergency stop.',
        'tags': [
            tag(at, 'state', 'State', 'State of the cell', state=True),
            tag(at, 'hmi', 'Panel/Text', 'Operator panel'),
            *[tag(at, f'lamp_{id}', f'Lamps/{title}', f'{title} lamp') for id, title, _ in lamps],
            tag(at, 'estop_ok', 'Safety/Stop chain closed', 'Emergency stop released'),
            tag(at, 'power', 'Power', 'Power of the cell', 'kW', low=0, high=30),
            tag('Cabinet/', 'uptime', 'Uptime', 'Controller up', 's', low=0, period_s=2),
        ],
        'bindings': [
            *[lamp(f'lamp_{id}', f'Lamp_{title}', bright) for id, title, bright in lamps],
            binding('hmi', 'HmiScreen', 'text'),
        ],
        'simulation': {'plays': 'cabinet'},
    }


def pallet(id, title, device, place, program, plays):
    """A place for a pallet, with the crates that can stand on it, as taught for pallet A."""
    x0, y0, z0 = program['pallet']
    yaw = math.radians(place['yaw_deg'])
    c, s = math.cos(yaw), math.sin(yaw)

    def crate(n):
        x, y, z, crate_yaw = program['places'][n - 1]['crate']
        dx, dz = x - x0, z - z0
        return {'name': f'crate_{n}', 'model': 'crate',
                'placement': placed([round(dx * c - dz * s, 4), round(y - y0, 4), round(dx * s + dz * c, 4)], crate_yaw - place['yaw_deg'])}

    return {
        'id': id, 'title': title, 'level': 'unit', 'model': 'half_pallet', 'placement': place,
        'items': [crate(n) for n in range(1, CRATES + 1)],
        'tags': [tag(f'Pallets/{device}', 'crates', 'Crates', 'Crates on the pallet', low=0, high=CRATES),
                 tag(f'Pallets/{device}', 'done', 'Done', 'Pallets finished', low=0)],
        'bindings': [binding('crates', f'crate_{n}:', 'visible', **linear((n - 1, 0), (n, 1))) for n in range(1, CRATES + 1)],
        'simulation': {'plays': plays},
    }


def gate():
    node = extras('fence.glb')['Gate']
    return {
        'id': 'gate', 'title': 'Fence and gate', 'level': 'unit', 'model': 'fence', 'label_at': 'Gate',
        'description': 'The gate is opened while a full pallet is exchanged.',
        'tags': [tag('Safety/Gate', 'closed', 'Closed', 'Gate closed'),
                 tag('Safety/Gate', 'angle', 'Angle', 'Gate angle', 'deg', low=node['min_deg'], high=node['max_deg'])],
        'bindings': [binding('angle', 'Gate', 'rotation', axis=axis(node['axis']), smooth_s=.1)],
        'simulation': {'plays': 'gate', 'open_deg': -85, 'swing_s': 2.5},
    }


def alarm(id, title, priority, condition, consequence, response, delay=0, **more):
    return {'id': id, 'title': title, 'priority': priority, 'condition': condition} | ({'on_delay_s': delay} if delay else {}) | more | {
        'consequence': consequence, 'response': response}


def limit(tag, when, at, deadband):
    return {'tag': tag, 'when': when, 'limit': at, 'deadband': deadband}


ALARMS = {
    'palletiser': [
        alarm('motor_temp', 'Motor is hot', 'low', limit('motor_temp', 'high', 80, 4), 'The robot slows down.', 'Look whether the fan turns.', 30),
        alarm('motor_temp_high_high', 'Motor is about to trip', 'medium', limit('motor_temp', 'high_high', 95, 4), 'The robot stops with a crate in the gripper.',
              'Stop the cell at the end of the cycle, call the technician.', 5),
        alarm('waits', 'Robot waits for crates', 'low', {'tag': 'state', 'when': 'equals', 'text': 'SUSPENDED'}, 'Pallets come late.', 'Look at conveyor and case packer.', 60,
              suppressed_by={'alarm': 'conveyor.jam'})],
    'conveyor': [
        alarm('jam', 'Crate jammed on the conveyor', 'medium', {'tag': 'state', 'when': 'equals', 'text': 'HELD'}, 'The case packer stops in a minute.',
              'Switch the belt off, free the crate, look at the guide rails.', group='conveyor'),
        alarm('motor_current', 'Belt motor pulls too hard', 'low', limit('motor_current', 'high', 4.2, .3), 'The motor heats up and trips.', 'Look for a jammed crate.', 2,
              group='conveyor')],
    'cabinet': [
        alarm('estop', 'Emergency stop pressed', 'critical', {'tag': 'estop_ok', 'when': 'is', 'value': False}, 'Somebody may be hurt.',
              'Go there. When nobody is in danger, release the button and clear the cell.', latched=True),
        alarm('silent', 'Controller is not heard', 'high', {'tag': 'uptime', 'when': 'stale'}, 'What is shown of the cell is old.', 'Look at its network switch and controller in the cabinet.',
              10)],
    'gate': [alarm('open', 'Gate left open', 'low', {'tag': 'closed', 'when': 'is', 'value': False}, 'The robot does not start.',
                   'Look whether somebody is in the cell; close the gate and acknowledge at the cabinet.', 60)]}


def within(id, title, level, children, **more):
    return {'id': id, 'title': title, 'level': level, **more, 'children': children}


def palletising_cell(layout, program):
    """The cell in its own coordinates; the bottling hall has it too."""
    places = {p['name']: placed(p['position'], p['yaw_deg']) for p in layout['placements']}
    program = program | {'pallet': places['PalletA']['position_m']}
    return within('cell-1', 'Palletising cell', 'cell', [
        palletiser(places['Palletizer'], program),
        conveyor(places['Conveyor']),
        cabinet(places['Cabinet']),
        pallet('pallet-a', 'Pallet place A', 'A', places['PalletA'], program, 'pallet'),
        pallet('pallet-b', 'Pallet place B', 'B', places['PalletB'], program, 'finished_pallet'),
        gate(),
    ], description='Stacks crates of twelve bottles on half pallets.')


def plant():
    layout, program = load('layout.json'), load('program.json')
    places = {p['name']: placed(p['position'], p['yaw_deg']) for p in layout['placements']}
    models = {p['name']: os.path.splitext(p['model'])[0] for p in layout['placements']}
    machines = ('Palletizer', 'Conveyor', 'Cabinet', 'PalletA', 'PalletB', 'Fence')
    titles = {'overview': 'The cell', 'robot': 'The robot', 'conveyor': 'The conveyor', 'cabinet': 'The control cabinet',
              'pallet': 'The pallet', 'gate': 'The gate'}
    cell = palletising_cell(layout, program)
    for child in cell['children']:
        child |= {'alarms': ALARMS[child['id']]} if child['id'] in ALARMS else {}
    eye, target = layout['viewpoints'][0]['eye'], layout['viewpoints'][0]['target']
    return {
        '$schema': '../../../docs/plant.schema.json',
        'format': 'plantwalk-plant',
        'version': 1,
        'name': 'Aqua Nord, palletising cell',
        'models': {m: f'../../models/{m}.glb' for m in sorted(set(models.values()) | {'crate'})},
        'scenery': [{'name': n.lower(), 'model': models[n], 'placement': places[n]} for n in models if n not in machines],
        'equipment': [within('aqua-nord', 'Aqua Nord', 'site', [within('bottling', 'Bottling hall', 'area', [
            within('line-5', 'Line 5, glass', 'line', [cell])])])],
        'viewpoints': [{'id': v['name'], 'title': titles[v['name']], 'eye_m': v['eye'], 'target_m': v['target'], 'fov_y_deg': 60}
                       for v in layout['viewpoints']],
        'environment': {'file': '../../environments/hall.hdr', 'intensity': .85, 'to_sun': [.35, .8, -.5], 'sun_color': [1, .96, .9],
                        'sun_lux': 20000},
        'start': {'position_m': [eye[0], 0, eye[2]],
                  'yaw_deg': round(math.degrees(math.atan2(eye[0] - target[0], eye[2] - target[2])), 1)},
    }


def text():
    return pretty(plant()) + '\n'


def pretty(value, depth=0, width=150):
    """JSON where what fits on a line stays on it."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + 2 * depth <= width and depth > 1 or not isinstance(value, (dict, list)) or not value:
        return flat
    pad = '  ' * (depth + 1)
    if isinstance(value, dict):
        inner = [f'{pad}{json.dumps(k)}: {pretty(v, depth + 1)}' for k, v in value.items()]
    else:
        inner = [pad + pretty(v, depth + 1) for v in value]
    a, b = '{}' if isinstance(value, dict) else '[]'
    return a + '\n' + ',\n'.join(inner) + '\n' + '  ' * depth + b


if __name__ == '__main__':
    with open(os.path.join(HERE, 'plant.json'), 'w') as f:
        f.write(text())
