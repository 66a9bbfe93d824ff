#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes plant.json: the bottling hall as layout.json places it, with what its machines do, send and show.

    python3 assets/plants/hall/plant.py

Plain Python, no packages. A row of a table below is a machine; what all machines of a kind have in common, the
functions add. The palletising cell comes from ../cell, and measures from the layout and from the models.
"""
import json
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import alarms
import palletising
from kit import *

LANES = 12                                   # of the tables
LAYER, LAYERS, CRATE = 150, 5, 12            # bottles
PALLET = 40                                  # crates
CELL_AT = [16.5, 0, -1.0]

with open(os.path.join(HERE, 'layout.json')) as f:
    LAYOUT = json.load(f)
PLACES = {p['name']: p for p in LAYOUT['placements']}
TAKEN = set()                                # placements that are equipment; the others are scenery


# ---- machines ----

def place(name):
    TAKEN.add(name)
    p = PLACES[name]
    return {'model': p['model'][:-4], 'placement': placed(p['position'], p['yaw_deg'])}


def unit(id, title, name, description=None, tags=(), bindings=(), simulation=None, **more):
    out = {'id': id, 'title': title, 'level': 'unit'} | ({'description': description} if description else {})
    out |= (place(name) if name else {}) | more
    out |= {k: list(v) for k, v in (('tags', tags), ('bindings', bindings)) if v}
    out |= {'element': 'materials'} if any(t['id'] == 'items' for t in tags) and simulation['kind'] == 'conveyor' else {}
    return out | ({'simulation': simulation} if simulation else {})


def attendant(id, title, node, failure, at):
    """Something beside a machine that wants somebody's hand from time to time, while the machine goes on."""
    simulation = runs(60, [failure], at)
    return unit(id, title, None, tags=state_tags(f'{node}-{title.replace(" ", "")}') + alarm_tags(f'{node}-{title.replace(" ", "")}', simulation),
                simulation=simulation)


def bottle_way(n, name, to, node, what='bottle', by=None):
    fallen = {'failures': [fail('fallen', f'Bottle fallen on conveyor {n}', by, s=30_000, repair=40)], 'acting_s': ACTING, 'at': f'way_{n}'} if by else {}
    simulation = lane(to, **fallen)
    at = f'{node}/Way{n}'
    return unit(f'way-{n}', f'Bottle conveyor {n}', name, tags=belt_tags(at, simulation, 'bottles'),
                bindings=[items(26, ['Infeed', 'Outfeed'], models=[what])], simulation=simulation)


def discharge(of, node, to, path, item):
    """The lane behind a machine's last star: a bottle is shown as what the machine made of it from there on."""
    simulation = lane(to, round(path_m(of, path), 3))
    return (items(30, path, f'{of}-discharge.items', models=[item]),
            [unit(f'{of}-discharge', f'Discharge of the {of}', None, tags=belt_tags(node, simulation, 'bottles'), simulation=simulation)])


def depalletiser():
    at, by = 'GlassEnd/Depalletiser', 'op-filling'
    simulation = {'kind': 'station', 'service_s': 15.5, 'queue': 0, 'takes': [{'item': 'layer'}], 'makes': [{'item': 'bottle', 'count': LAYER}],
                  'ideal_s': .1033, 'at': 'depalletiser', 'patience_s': 4, 'acting_s': ACTING, 'power_w': power(6200, 1400, 500), 'to': 'depal-table',
                  'failures': [fail('fallen', 'Bottles fallen on the table', by, cycles=420, repair=80),
                               fail('interlayer', 'Interlayer sheet not gripped', by, cycles=480, repair=50),
                               fail('retry', 'Hood grips again', None, cycles=25, repair=9),
                               fail('gantry', 'Gantry drive fault', 'technician', s=90_000, repair=1200, major=True)]}
    depths = [round(-.15 - .225 * k, 3) for k in range(LAYERS)]
    hood = [p for k, g in enumerate(depths) for p in ((k, .30), (k + .14, g), (k + .20, g), (k + .30, .35), (k + .50, .35), (k + .60, -.52),
                                                      (k + .68, -.52), (k + .78, .35), (k + .99, .30))]
    infeed = {'kind': 'station', 'service_s': 12, 'queue': 0, 'takes': [{'item': 'glass_pallet'}], 'makes': [{'item': 'layer', 'count': LAYERS}],
              'to': 'depalletiser', 'power_w': power(1500, 150, 150)}
    table_belt, filer = lane('single-filer', 2.5, .35, round(BOTTLE_M / LANES, 5), 2200), lane('way-1', 1.4)
    return unit(
        'depalletiser', 'Depalletiser', 'Depalletiser', 'Lifts empty bottles off their pallet, a layer of 150 at a time, onto the table that brings them into single file.',
        tags=machine_tags(at, simulation) + [analog(at, 'vacuum', 'Vacuum of the sheet gripper', 'kPa', -62, -62, 4, low=-80, high=0, failing=('interlayer', -21))],
        bindings=[*lamps(), *screen(), stroke('Carriage', 'X', (0, 0), (.30, 0), (.50, 2.35), (.76, 2.35), (.98, 0), (1, 0)),
                  stroke('Hood', 'Y', *hood, (LAYERS, .30), cycles=LAYERS),
                  *[stroke(f'Layer_{LAYERS - k:02}', None, (0, 1), (k + .22, 1), (k + .23, .001), (LAYERS, .001), cycles=LAYERS, property='scale',
                           smooth_s=0)
                    for k in range(LAYERS)],
                  items(375, ['Path_00', 'Path_01', 'Path_02', 'Path_03'], 'depal-table.items', LANES),
                  items(20, ['Path_03', 'Path_04', 'Path_05'], 'single-filer.items')],
        simulation=simulation,
        children=[unit('glass-infeed', 'Pallet infeed', None, tags=state_tags(f'{at}-Infeed'), simulation=infeed),
                  unit('depal-table', 'Bottle table', None, tags=belt_tags(f'{at}-Table', table_belt, 'bottles'), simulation=table_belt),
                  unit('single-filer', 'Single filer', None, tags=belt_tags(f'{at}-Filer', filer, 'bottles'), simulation=filer)])


def filler():
    at, by = 'Filling/Filler', 'op-filling'
    path = path_nodes('filler')
    inside, out = path[:50], path[49:]                            # to the last star wheel, and the lane behind it
    lane_items, lane_unit = discharge('filler', 'Filling/FillerDischarge', 'way-3', out, 'bottle_filled')
    simulation = {
        'kind': 'carousel', 'pitch_s': .15, 'transit_s': round(path_m('filler', inside) / .1571 * .15, 2), 'takes': 'bottle', 'makes': 'bottle_filled',
        'spoils': .0032,
        'ideal_s': .15, 'at': 'filler', 'patience_s': 4, 'acting_s': ACTING, 'power_w': power(21_000, 6500, 2500), 'to': 'filler-discharge',
        # What clears itself is an event; what somebody must go to has an alarm (alarms.py).
        'failures': [fail('gap', 'Infeed stopper waits for a row without gaps', None, cycles=2600, repair=12),
                     fail('burst', 'Bottle burst: valves are rinsed', None, cycles=11_000, repair=28),
                     fail('infeed_jam', 'Bottle jam at the infeed star', by, cycles=33_000, repair=70),
                     fail('crowns', 'No crowns in the chute', by, cycles=40_000, repair=55),
                     fail('bowl_pressure', 'Bowl pressure out of range', by, s=22_000, repair=80),
                     fail('product', 'No product from the mixer', by, s=26_000, repair=75),
                     fail('main_drive', 'Main drive overload', 'technician', s=70_000, repair=1200, major=True),
                     fail('estop', 'Emergency stop pressed', by, s=220_000, repair=150, major=True)],
        'changeovers': [{'from': 'still', 'to': 'classic', 'time_s': {'distribution': 'triangular', 'low': 240, 'mode': 300, 'high': 480}},
                        {'time_s': {'distribution': 'triangular', 'low': 480, 'mode': 600, 'high': 900}}],
        'changeover_operators': by}
    wheels = [wheel(n['name'], n['extras']['sense'] * 360 / n['extras']['pockets']) for n in glb('filler') if 'sense' in n.get('extras', {})]
    return unit('filler', 'Rinser, filler, crowner', 'Filler',
                'Rinses, fills and crowns 24,000 bottles an hour in one block: 30 rinser grippers, 40 filling valves, 14 crowning heads.',
                tags=machine_tags(at, simulation) + [
                    value(at, 'items', 'Status/Items', 'Bottles in it', 'items'),
                    analog(at, 'bowl_pressure', 'Pressure in the bowl', 'bar', 2.9, 3.1, 20, .03, low=0, high=6, failing=('bowl_pressure', 1.6)),
                    analog(at, 'bowl_level', 'Level in the bowl', '%', 58, 52, 8, 1.1, low=0, high=100, failing=('product', 14)),
                    analog(at, 'product_temp', 'Product temperature', 'Cel', 15.5, 11.2, 900, .08, low=0, high=30),
                    analog(at, 'drive_current', 'Current of the main drive', 'A', 2.1, 31, 3, .6, low=0, high=63, failing=('infeed_jam', 44)),
                    analog(at, 'bearing_temp', 'Temperature of the main bearing', 'Cel', 47, 47, 1800, .15, 'filler-lubrication', 0, 120,
                           ('lubrication', 110))],
                bindings=[*lamps(), *screen(), *wheels, # full when it has gone round the far side of the carousel
                          items(90, inside, turns={'bottle': {'from': .70, 'model': 'bottle_filled'}}), lane_items], simulation=simulation, children=[
                    *lane_unit, attendant('crown-hopper', 'Crown hopper', at, fail('low', 'Crown hopper nearly empty', by, s=11_000, repair=60), 'filler'),
                    attendant('filler-lubrication', 'Central lubrication', at, fail('lubrication', 'No grease pressure', 'tech-utilities', s=60_000, repair=1500), 'filler')])


def accumulation():
    simulation = lane('labeller', 2.4, .30, round(BOTTLE_M / LANES, 5), 1500)
    return unit('accumulation', 'Accumulation table', 'Accumulation',
                'Takes up to 360 bottles, so that a stop of the labeller of a minute does not stop the filler.',
                tags=belt_tags('Filling/Accumulation', simulation, 'bottles'),
                bindings=[items(360, ['Infeed', 'Outfeed'], lanes=LANES, models=['bottle_filled'])],
                simulation=simulation)


def labeller():
    at, by = 'Packing/Labeller', 'op-packing'
    path = path_nodes('labeller')
    inside, out = path[:25], path[24:]
    lane_items, lane_unit = discharge('labeller', 'Packing/LabellerDischarge', 'inspector', out, 'bottle_labelled')
    simulation = {
        'kind': 'carousel', 'pitch_s': .132, 'transit_s': round(path_m('labeller', inside) / .157 * .132, 2), 'takes': 'bottle_filled',
        'makes': 'bottle_labelled', 'spoils': .0016,
        'ideal_s': .132, 'at': 'labeller', 'patience_s': 4, 'acting_s': ACTING, 'power_w': power(5400, 1800, 700), 'to': 'labeller-discharge',
        'failures': [fail('splice', 'Labels spliced to the new reel', None, cycles=4200, repair=14),
                     fail('label_web', 'Label web torn', by, cycles=42_000, repair=60),
                     fail('reel', 'Label reel empty', by, cycles=90_000, repair=40),
                     fail('glue', 'Glue temperature low', by, s=24_000, repair=150),
                     fail('servo', 'Plate servo fault', 'technician', s=75_000, repair=1000, major=True)],
        'changeovers': [{'time_s': {'distribution': 'triangular', 'low': 240, 'mode': 420, 'high': 600}}], 'changeover_operators': by}
    nodes = glb('labeller')
    wheels = [wheel(n['name'], n['extras']['sense'] * 360 / n['extras']['pockets']) for n in nodes if 'sense' in n.get('extras', {})]
    reels = [wheel(n, d) for n, d in (('ReelA', 26), ('ReelB', 26), ('WasteA', -42), ('WasteB', -42))]
    return unit('labeller', 'Labeller', 'Labeller', 'Puts a front and a back label on each bottle, from two reels each.',
                tags=machine_tags(at, simulation) + [value(at, 'items', 'Status/Items', 'Bottles in it', 'items'),
                                                     analog(at, 'glue_temp', 'Glue temperature', 'Cel', 147, 148, 120, .4, low=20, high=200, failing=('glue', 118)),
                                                     analog(at, 'web_tension', 'Tension of the label web', 'N', 4, 18, 2, .5, low=0, high=40)],
                bindings=[*lamps(), *screen(), *wheels, *reels, items(48, inside, models=['bottle_filled'], turns={'bottle_filled': {'from': .67, 'model': 'bottle_labelled'}}), lane_items],
                simulation=simulation, children=[*lane_unit, attendant('label-reels', 'Label reels', at, fail('low', 'Label reel nearly empty', by, s=7200, repair=45), 'labeller')])


def inspector():
    at = 'Packing/Inspector'
    simulation = {'kind': 'carousel', 'pitch_s': .125, 'transit_s': 4.6, 'takes': 'bottle_labelled',
                  'inspects': {'finds': .992, 'false_alarms': .0007}, 'ideal_s': .125, 'at': 'inspector',
                  'patience_s': 4, 'acting_s': ACTING, 'power_w': power(1900, 900, 400),
                  'failures': [fail('lens', 'Camera window dirty', 'lab', s=18_000, repair=60),
                               fail('reject_row', 'Five rejects in a row', 'lab', s=21_000, repair=90)],
                  'to': [{'to': 'way-4', 'grade': 'good'}, {'to': 'reject-lane', 'grade': 'rejected'}]}
    rejects = lane('reject-bin', 1.5, .25, watts=180)
    return unit('inspector', 'Inspector', 'Inspector', 'Looks at fill height, crown and labels of each bottle and pushes the bad ones to the reject lane.',
                tags=machine_tags(at, simulation) + [value(at, 'items', 'Status/Items', 'Bottles in it', 'items'),
                                                     analog(at, 'light', 'Brightness of the backlight', '%', 100, 97, 30, .3, low=0, high=120, failing=('lens', 61))],
                bindings=[*lamps(), *screen(), stroke('Pusher', 'Z', (0, 0), (.35, .11), (1, 0), tag='rejected', smooth_s=.4),
                          items(44, path_nodes('inspector'), models=['bottle_labelled']),
                          items(20, path_nodes('inspector', 'RejectPath_'), 'reject-lane.items', models=['bottle_labelled'])],
                simulation=simulation,
                children=[unit('reject-lane', 'Reject lane', None, tags=belt_tags('Packing/RejectLane', rejects, 'bottles'), simulation=rejects),
                          unit('reject-bin', 'Rejected bottles', None,
                               tags=[value('Packing/RejectBin', 'count', 'Count', 'Bottles', ('rejected', {'of': 'inspector'}))],
                               simulation={'kind': 'sink'})])


def packer():
    at, by = 'Packing/Packer', 'op-packing'
    crates, path, crate_path = 3, path_nodes('packer'), path_nodes('packer', 'CratePath_')
    table_belt = lane('packer', round(path_m('packer', path), 3), .40, round(BOTTLE_M / 6, 5), 1100)
    out = lane('cell-1', round(path_m('packer', crate_path[4:]), 3), .8, CRATE_M, 370)
    simulation = {'kind': 'station', 'service_s': 3.6, 'ideal_s': 1.2, 'queue': 0,
                  'takes': [{'item': 'bottle_labelled', 'count': crates * CRATE, 'queue': crates * CRATE},
                                                                             {'item': 'crate_empty', 'count': crates, 'queue': crates}],
                  'makes': [{'item': 'crate_full', 'count': crates}], 'at': 'packer', 'patience_s': 6, 'acting_s': ACTING,
                  'power_w': power(7800, 1900, 700), 'to': 'packer-out',
                  'failures': [fail('regrip', 'Head grips again', None, cycles=60, repair=8),
                               fail('grip', 'Bottle not gripped', by, cycles=1700, repair=60),
                               fail('crate', 'Crate jammed at the infeed', by, cycles=1300, repair=60),
                               fail('head', 'Gripper head: air pressure lost', 'technician', s=80_000, repair=1100, major=True)]}
    return unit('packer', 'Case packer', 'Packer', 'Sets 36 bottles at a time into three crates of twelve.',
                tags=machine_tags(at, simulation, 'crates') + [value(at, 'items', 'Status/Items', 'Bottles and crates in it', 'items'),
                                                               analog(at, 'air_pressure', 'Air pressure at the head', 'bar', 6.2, 5.9, 5, .05, low=0, high=10, failing=('head', 2.3))],
                bindings=[*lamps(), *screen(), stroke('Carriage', 'Z', (0, 0), (.20, 0), (.45, -1.6), (.72, -1.6), (.97, 0), (1, 0)),
                          stroke('Head', 'Y', (0, -.10), (.08, -.21), (.13, -.21), (.24, .25), (.42, .20), (.54, -.55), (.60, -.55), (.72, .25), (.92, .20), (1, -.10)),
                          # 36 bottles: on the table, in the head, in three crates, which then leave one by one.
                          shown('table:', (0, 1), (.10, 0), (.80, 1)), shown('held:', (0, 0), (.10, 1), (.58, 0)),
                          *[b for k in range(crates) for b in (
                              stroke(f'empty_{k}:', 'Z', (0, -1.22), (.30, 0), (.58, 0), (.580001, -1.22), (1, -1.22)),
                              shown(f'full_{k}:', (0, 0), (.58, 1)))],
                          items(200, path[:5], 'packer-table.items', 6, ['bottle_labelled']), items(7, crate_path[4:], 'packer-out.items', models=['crate_full'])],
                items=[{'name': 'table', 'model': 'bottle_stroke', 'placement': placed([0, 1.1, .75])},
                       {'name': 'held', 'model': 'bottle_stroke', 'attach': 'Head', 'placement': placed([0, -.19, 0])},
                       *[{'name': f'{name}_{k}', 'model': f'crate_{name}', 'placement': placed([round((k - 1) * .405, 3), .75, -.85], 90)}
                         for name in ('empty', 'full') for k in range(crates)]],
                simulation=simulation,
                children=[unit('packer-table', 'Bottle table of the packer', None, tags=belt_tags('Packing/PackerTable', table_belt, 'bottles'),
                               simulation=table_belt),
                          unit('packer-out', 'Crate belt of the packer', None, tags=belt_tags('Packing/PackerOut', out, 'crates'), simulation=out)])


def crate_infeed():
    simulation = lane('packer', 6.0, .6, CRATE_M, 550)
    stop = {'otherwise': {'out': cell.extras('conveyor.glb')['EndStop']['min_m']}}
    return unit('crate-infeed', 'Empty-crate conveyor', 'EmptyCrates', 'Brings washed crates from the crate washer to the packer.',
                tags=belt_tags('Packing/CrateInfeed', simulation, 'crates'),
                bindings=[items(15, models=['crate_empty']), binding('state', 'EndStop', 'translation', **table(('STOPPED', 0)), **stop),
                          *[wheel(n, cell.extras('conveyor.glb')[n]['deg_per_m'], 'Z') for n in ('DriveDrum', 'TailDrum')]], simulation=simulation)


def palletising_cell():
    TAKEN.update(('Fence', 'Palletizer', 'Conveyor', 'Cabinet', 'PalletA', 'PalletB'))
    at = 'Palletising/Cell'
    simulation = {'kind': 'station', 'service_s': 0, 'ideal_s': 0, 'takes': [{'item': 'crate_full', 'count': PALLET, 'queue': 48}, {'item': 'pallet', 'queue': 1}],
                  'makes': [{'item': 'pallet_full'}], 'at': 'cell', 'acting_s': ACTING, 'power_w': power(9000, 2500, 1200), 'to': 'to-wrapper',
                  'patience_s': 150,
                  'failures': [fail('dropped', 'Crate lost from the gripper', 'op-packing', cycles=130, repair=70), fail('curtain', 'Light curtain broken', 'op-packing', cycles=260, repair=30),
                               fail('estop', 'Emergency stop pressed', 'op-packing', s=240_000, repair=150, major=True)]}
    return palletising.cell(types.SimpleNamespace(**globals()), simulation, machine_tags(at, simulation, 'pallets') + [
        value(at, 'count', 'Status/Crates', 'Crates in the cell', 'count', low=0),
        analog(at, 'gripper_pressure', 'Pressure of the gripper', 'bar', 6.1, 5.8, 3, .05, low=0, high=10, failing=('dropped', 2.6))])


def pallet_way(n, to):
    at, simulation = f'Wrapping/Pallets{n}', lane(to, PALLET_M, .22, PALLET_M, 550)
    model = 'pallet_wrapped' if n > 2 else 'pallet_full'
    last = n == 5
    name = 'PalletTransfer' if last else f'PalletWay{n}'
    out = unit('pallet-transfer' if last else f'pallet-way-{n}', 'Pallet transfer' if last else f'Pallet conveyor {n}', name,
               tags=belt_tags(at, simulation, 'pallets'),
               bindings=[*rollers('pallet_transfer' if last else 'pallet_conveyor'), pallet_items(1, ['Infeed', 'Outfeed'], model)], simulation=simulation)
    return out


def pallet_items(count, path, *types):
    models = {'pallet_full': 'full_pallet', 'pallet_wrapped': 'wrapped_pallet'}
    return items(count, path, models=['bottle']) | {'models': {t: models[t] for t in types or models}}


def wrapper():
    at, by = 'Wrapping/Wrapper', 'op-wrapping'
    simulation = {'kind': 'station', 'service_s': 46, 'ideal_s': 46, 'queue': 0, 'takes': [{'item': 'pallet_full'}], 'makes': [{'item': 'pallet_wrapped'}],
                  'at': 'wrapper', 'patience_s': 20,
                  'acting_s': ACTING, 'power_w': power(4200, 600, 350), 'to': 'pallet-way-3',
                  'failures': [fail('film', 'Film torn', by, cycles=110, repair=80), fail('reel', 'Film reel empty', by, cycles=130, repair=150),
                               fail('arm', 'Arm drive fault', 'technician', s=110_000, repair=1000, major=True)]}
    return unit('wrapper', 'Stretch wrapper', 'Wrapper', 'Winds fourteen turns of film around each pallet of forty crates.',
                tags=machine_tags(at, simulation, 'pallets') + [value(at, 'items', 'Status/Items', 'Pallet in it', 'items'),
                                                                analog(at, 'film_force', 'Film force', 'N', 0, 210, 2, 6, low=0, high=400)],
                bindings=[*lamps(), *screen(), stroke('Arm', 'Y', (0, 0), (.06, 0), (.94, 14 * 360), (1, 14 * 360), property='rotation', modulo=360),
                          stroke('FilmCarriage', 'Y', (0, 0), (.12, 0), (.50, 1.25), (.58, 1.25), (.94, 0), (1, 0)),
                          stroke('FilmReel', 'Y', (0, 0), (.06, 0), (.94, 40 * 360), (1, 40 * 360), property='rotation', modulo=360), pallet_items(2, ['Infeed', 'Pallet'])],
                simulation=simulation)


def source(id, title, makes, to, description):
    return unit(id, title, None, description, simulation={'kind': 'source', 'makes': makes, 'every_s': 0, 'to': to})


def transport(id, title, agv, start, end, to, queue=1):
    at = f'Fleet/Orders-{id}'
    return unit(id, title, None, tags=[value(at, 'count', 'Count', 'Pallets waiting or on the way', 'count', low=0),
                                       value(at, 'waiting', 'Waiting', 'Pallets waiting', 'waiting', low=0)],
                simulation={'kind': 'transport', 'vehicles': agv, 'from': start, 'to_point': end, 'lot': 1, 'queue': queue, 'load_s': 9, 'unload_s': 8, 'to': to})


def stacked(id, title, name, capacity, to, loads, at, description):
    """Pallets in store: those that are there show."""
    return unit(id, title, name, description, tags=[value(at, 'count', 'Count', 'Pallets', 'count', low=0, high=capacity, role='fill')],
                bindings=[binding('count', node, 'visible', **linear((k, 0), (k + 1, 1))) for k, node in enumerate(loads)],
                simulation={'kind': 'buffer', 'capacity': capacity, 'to': to})


def dispatch():
    out = stacked('dispatch', 'Dispatch lane', None, 5, 'truck', ['pallet_1:', 'pallet_2:', 'pallet_3:'], 'Fleet/Dispatch', 'Wrapped pallets wait here for the truck.')
    names = ('Dispatch2', 'Dispatch1', 'Dispatch3')
    TAKEN.update(names)
    out['items'] = [{'name': f'pallet_{k}', 'model': 'wrapped_pallet', 'placement': placed(PLACES[n]['position'], PLACES[n]['yaw_deg'])} for k, n in enumerate(names, 1)]
    return out


def mover(id, title, model, node, home, yaw, pool, description, bindings=(), tags=()):
    """A vehicle or a person: the tags say where in the hall it is; the model is moved from its home."""
    TAKEN.add(home[1])
    x, z = home[0]
    turn = round(math.cos(math.radians(yaw)))                     # 0 or 180 degrees
    at = f'{node}/{title}'
    unit_of = {'pool': pool, 'index': 0}
    nodes = glb(model)
    children = {c for n in nodes for c in n.get('children', ())}
    root, = [n['name'] for k, n in enumerate(nodes) if k not in children and 'kind' in n.get('extras', {})]
    shift = lambda tag, at0, letter: binding(tag, root, 'translation', axis=[turn * c for c in axis(letter)], smooth_s=.15, **linear((at0 - 1000, -1000), (at0 + 1000, 1000)))
    return unit(id, title, None, description, model=model, placement=placed([x, 0, z], yaw), tags=[
        value(at, 'x', 'Position/X', 'Place along the hall', ('x_m', unit_of), 'm', low=-30, high=30),
        value(at, 'z', 'Position/Z', 'Place across the hall', ('z_m', unit_of), 'm', low=-15, high=15),
        value(at, 'heading', 'Position/Heading', 'Heading', ('heading_deg', unit_of), 'deg'),
        value(at, 'travelling', 'Status/Travelling', 'On the way', ('travelling', unit_of)),
        value(at, 'working', 'Status/Working', 'At work', ('working', unit_of)), *tags],
        bindings=[shift('x', x, 'X'), shift('z', z, 'Z'),
                  binding('heading', root, 'rotation', axis=axis('Y'), smooth_s=.15, **linear((yaw - 3.6e6, -3.6e6), (yaw + 3.6e6, 3.6e6))), *bindings])


def agv(n, charger):
    id, home = f'agv-{n}', POINTS[f'dock{n}']
    beacon = [binding('travelling', lamp, 'lamp', **table((0, .3), (1, 10))) for lamp in ('Lamp_Beacon', 'Lamp_Head', 'Lamp_FrontLeft', 'Lamp_FrontRight')]
    forks = [binding('working', 'Forks', 'translation', axis=axis('Y'), smooth_s=3, **linear((0, .12), (1, .46))),
             binding('working', 'MastInner', 'translation', axis=axis('Y'), smooth_s=3, **linear((0, .06), (1, .23))),
             binding('loaded', 'load:', 'visible')]
    battery = analog(f'Fleet/AGV{n}', 'battery', 'Charge of the battery', '%', 100, 25, 9000, 0, low=0, high=100)
    battery['simulated'] = {k: v for k, v in battery['simulated'].items() if k not in ('while', 'noise')} | {'pool': id, 'index': 0}
    loaded = value(f'Fleet/AGV{n}', 'loaded', 'Status/Loaded', 'Carries a pallet', ('loaded', {'pool': id, 'index': 0}))
    text = [binding('travelling', 'HmiScreen', 'text', **table((0, 'WAIT'), (1, 'DRIVE')))]
    vehicle = mover(id, f'AGV{n}', 'agv', 'Fleet', (home, f'Agv{n}'), 0, id, 'Carries one pallet at a time on its forks and steers by its laser scanner.', beacon + forks + text, [battery, loaded])
    # Pallets lie across the forks' travel as they lie on the pallet conveyors.
    load = {'name': 'load', 'model': 'full_pallet' if n == 1 else 'wrapped_pallet', 'attach': 'Load', 'placement': placed([0, 0, 0], 90)}
    vehicle |= {'title': f'AGV {n}', 'items': [load]}
    return [vehicle,
            unit(f'charger-{n}', f'Charger {n}', charger, bindings=[binding(f'{id}.travelling', 'Lamp_Charge', 'lamp', **table((0, 10), (1, .2)))])]


def person(id, title, model, pool_home, name, description, yaw=180):
    walk = [{'tag': 'travelling', 'property': 'clip'} | table((0, 'Idle'), (1, 'Walk'))]
    return mover(id, title, model, 'People', (POINTS[pool_home], name), yaw, id, description, walk)


def bystander(id, title, name):
    clip = {'tag': 'filler.state', 'property': 'clip'} | table(('EXECUTE', 'Idle')) | {'otherwise': {'out': 'Idle'}}
    return unit(id, title, name, bindings=[clip])


# ---- process and utilities ----

def tank(n, title, rest, running, product_temp):
    at = f'Process/Tank{n}'
    return unit(f'tank-{n}', title, f'Tank{n}', tags=[
        analog(at, 'level', 'Level', 'm', rest, running, 900, .004, f'pump-{n}', 0, 3.2, ('seal', .2)),
        analog(at, 'temperature', 'Temperature', 'Cel', product_temp + 1.5, product_temp, 1500, .05, 'filler', low=0, high=90)],
        bindings=[binding('level', 'LevelFill', 'scale', axis=[0, 1, 0], smooth_s=1)])


def pump(n, title):
    at = f'Process/Pump{n}'
    simulation = runs(4600, [fail('seal', f'Pump {n}: shaft seal leaks', 'tech-utilities', s=150_000, repair=1100)], 'mixer')
    return unit(f'pump-{n}', title, f'Pump{n}', tags=state_tags(at) + [
        value(at, 'running', 'Status/Running', 'Runs', 'moving'),
        value(at, 'turns', 'Status/Turns', 'Turns', 'position', low=0),
        analog(at, 'flow', 'Flow', 'm3/h', 0, 13.2, 3, .15, low=0, high=25),
        analog(at, 'pressure', 'Discharge pressure', 'bar', .4, 3.6, 2, .04, low=0, high=10),
        analog(at, 'current', 'Motor current', 'A', 0, 8.4, 2, .1, low=0, high=16),
        analog(at, 'motor_temp', 'Motor temperature', 'Cel', 24, 58, 500, .2, low=0, high=150, failing=('seal', 128))]
        + alarm_tags(at, simulation), bindings=[wheel('Fan', 1400, 'X', 'turns')], simulation=simulation)


def process_unit(id, title, name, description, node, analogs, simulation=None, bindings=(), signals=None):
    at = f'{node}/{name}'
    signals = signals if signals is not None else simulation is not None
    tags = (state_tags(at) + [value(at, 'failure', 'Status/Failure', 'Failure', 'failure'),
                              value(at, 'position', 'Status/Run time', 'Run time', 'position', 's', low=0)]
            + energy_tags(at) + alarm_tags(at, simulation)) if simulation else []
    return unit(id, title, name, description, tags=tags + [analog(at, *row[:2], *row[2:]) for row in analogs], bindings=[*(lamps() + screen() if signals else []), *bindings], simulation=simulation)


def process_area():
    line = 'filler'
    return [
        *[tank(n, *row) for n, row in enumerate((('Water tank 1', 2.6, 2.1, 12), ('Water tank 2', 2.4, 1.6, 11), ('Water tank 3', 1.9, 1.3, 11)), 1)],
        *[pump(n, f'Water pump {n}') for n in (1, 2, 3)],
        process_unit('mixer', 'Mixer and carbonator', 'Mixer', 'Takes the air out of the water, doses syrup and dissolves carbon dioxide.',
                     'Process', [
            ('brix', 'Sugar content', '%', 7.4, 7.4, 40, .03, None, 0, 15, ('dosing', 5.2)),
            ('co2', 'Dissolved carbon dioxide', 'g/L', 6.8, 6.8, 90, .03, None, 0, 10, ('co2', 4.4)),
            ('outlet_pressure', 'Outlet pressure', 'bar', 6.4, 5.4, 150, .03, line, 0, 10)],
            runs(11_000, [fail('dosing', 'Dosing out of tolerance', 'tech-utilities', s=26_000, repair=90),
                          fail('co2', 'No pressure from the carbon dioxide tank', 'tech-utilities', s=60_000, repair=240)], 'mixer')),
        process_unit('cip', 'CIP station', 'Cip', 'Keeps caustic, acid and hot water ready to clean filler and pipes in place.', 'Process', [
            ('caustic_temp', 'Caustic temperature', 'Cel', 76, 78, 600, .2, None, 20, 95, ('heating', 48)),
            ('caustic_conductivity', 'Caustic conductivity', 'mS/cm', 78, 81, 400, .3, None, 0, 150, ('strength', 50)),
            ('acid_conductivity', 'Acid conductivity', 'mS/cm', 41, 42, 600, .2, line, 0, 100)],
            runs(3800, [fail('heating', 'Caustic heating stands', 'tech-utilities', s=40_000, repair=300),
                        fail('strength', 'Caustic is spent', 'tech-utilities', s=90_000, repair=420)], 'cip')),
        process_unit('heat-exchanger', 'Plate heat exchanger', 'HeatExchanger', 'Cools the water for the mixer with glycol from the chiller.',
                     'Process', [
            ('water_in', 'Water in', 'Cel', 17, 14.5, 300, .1, line, 0, 40), ('water_out', 'Water out', 'Cel', 4.8, 4.8, 240, .1, 'chiller', 0, 40, ('pressure', 12.5))]),
        unit('valve-1', 'Water valve', 'Valve1', tags=[value('Process/Valve1', 'open', 'Open', 'Open', ('moving', {'of': line}))],
             bindings=[binding('open', 'Indicator', 'rotation', axis=axis('Y'), smooth_s=1, **linear((0, 0), (1, 90))),
                       binding('open', 'Lamp_Open', 'lamp', **table((0, .2), (1, 8))), binding('open', 'Lamp_Closed', 'lamp', **table((0, 8), (1, .2)))])]


def utilities_area():
    line, by = 'filler', 'tech-utilities'

    def compressor(n, kw, s):
        return process_unit(f'compressor-{n}', f'Air compressor {n}', f'Compressor{n}', 'Oil-free screw compressor, 75 kW.', 'Utilities', [
            ('pressure', 'Outlet pressure', 'bar', 5.5, 7.2, 20, .05, None, 0, 10), ('oil_temp', 'Oil temperature', 'Cel', 30, 74, 400, .3, None, 0, 120, ('temperature', 108))],
            runs(kw * 1000, [fail('temperature', f'Compressor {n}: oil too hot', by, s=s, repair=420),
                             fail('drain', f'Compressor {n}: condensate drain blocked', by, s=2 * s, repair=240)]),
            [wheel('Fan', 300)])
    return [
        compressor(1, 61, 36_000), compressor(2, 34, 60_000),
        process_unit('air-receiver', 'Air receiver', 'AirReceiver', '3,000 litres.', 'Utilities',
                     [('pressure', 'Air pressure', 'bar', 6.9, 6.9, 150, .04, 'compressor-1', 0, 10, ('temperature', 5.4))]),
        process_unit('chiller', 'Chiller', 'Chiller', 'Cools glycol for the product; 180 kW.', 'Utilities', [
            ('supply_temp', 'Glycol supply', 'Cel', 2, -3.5, 600, .1, None, -10, 30, ('pressure', 9)), ('return_temp', 'Glycol return', 'Cel', 3, 2.4, 600, .1, line, -10, 30)],
            runs(52_000, [fail('pressure', 'High pressure in the refrigerant circuit', by, s=70_000, repair=500)], 'chiller'), [wheel('FanA', 240), wheel('FanB', 240)], signals=False),
        process_unit('transformer', 'Transformer', 'Transformer', 'Cast resin, 1,000 kVA, 20 kV to 400 V.', 'Utilities', [
            ('winding_temp', 'Winding temperature', 'Cel', 84, 84, 3600, .2, None, 0, 160, ('fan', 135)), ('load', 'Load', '%', 31, 46, 30, .6, line, 0, 120)],
            runs(700, [fail('fan', 'Cooling fan stands', by, s=150_000, repair=1500)], 'mcc'), signals=False),
        process_unit('mcc', 'Motor control centre', 'Mcc', 'Feeders and drives of the line.', 'Utilities', [
            ('current', 'Current of the incomer', 'A', 210, 385, 10, 4, line, 0, 1250), ('power_factor', 'Power factor', '1', .87, .93, 20, .004, line, 0, 1), ('temperature', 'Temperature in section 3', 'Cel', 36, 36, 1800, .1, None, 0, 60, ('filter', 58))],
            runs(300, [fail('filter', 'Filter mat of section 3 clogged', by, s=120_000, repair=1200)], 'mcc'), signals=False),
        unit('consumers', 'Consumers of the utilities', None, simulation={'kind': 'sink'})]


# ---- the floor ----

POINTS = {k: tuple(v) for k, v in LAYOUT['agv']['nodes'].items()}
WALKS = {  # where people stand and turn; z of the operators' strip is 3.0, of the walkways 9.7 and -5.9
    'depalletiser': (-27.4, 2.5), 'strip_a': (-24.4, 2.9), 'strip_b': (-21.6, 3.0), 'strip_filler': (-16.15, 3.0), 'filler': (-16.15, 1.28),
    'strip_labeller': (-1.6, 3.0), 'labeller': (-1.6, 1.4), 'strip_c': (1.0, 3.0), 'strip_inspector': (1.4, 3.0), 'inspector': (1.4, 1.35), 'strip_rejects': (4.1, 3.0), 'rejects': (4.1, 2.2),
    'strip_packer': (6.3, 3.0), 'packer': (6.3, 1.55), 'way_2': (-18.4, 1.0), 'strip_way_2': (-18.4, 3.0), 'way_4': (4.6, 1.5), 'strip_way_4': (4.6, 3.0), 'strip_end': (10.4, 3.0), 'cell': (15.0, 3.3), 'cross_b': (-21.6, 9.7), 'cross_c': (1.0, 9.7), 'bench_way': (-5.7, 9.7), 'bench': (-5.7, 13.3),
    'east_south': (22.7, 9.7), 'east_north': (22.7, -7.7), 'corner': (12.2, -7.7), 'corner_north': (11.9, -12.3), 'wrapper': (20.3, -13.2), 'walk_north': (12.0, -5.9), 'mcc_way': (9.3, -5.9), 'mcc': (9.3, -12.0),
    'utilities': (-3.9, -11.6), 'utilities_way': (-3.9, -5.9), 'chiller': (-.4, -11.6), 'mixer_way': (-14.2, -5.9), 'mixer': (-14.2, -8.1), 'cip_way': (-20.9, -5.9), 'cip': (-20.9, -6.7),
    # beside the places where a technician works
    'home_filling': (-17.3, 1.3), 'home_packing': (-.5, 1.5), 'home_wrapping': (19.2, -13.2)}
WAYS = ['depalletiser strip_a strip_b strip_way_2 strip_filler strip_labeller strip_c strip_inspector strip_rejects strip_way_4 strip_packer strip_end cell',
        'strip_filler filler', 'strip_labeller labeller', 'strip_way_2 way_2', 'strip_way_4 way_4',
        'strip_inspector inspector', 'strip_rejects rejects', 'strip_packer packer',
        'strip_b cross_b bench_way cross_c east_south east_north corner corner_north wrapper', 'bench bench_way', 'cross_c strip_c',
        'corner walk_north mcc_way utilities_way mixer_way cip_way', 'mcc mcc_way', 'utilities utilities_way', 'utilities chiller', 'mixer mixer_way', 'cip cip_way',
        'filler home_filling', 'labeller home_packing', 'wrapper home_wrapping']
POINTS |= WALKS

PEOPLE = [  # pool and id, title, model, home, placement in the layout, description; and where they look at home
    ('op-filling', 'Operator, filling', 'worker_operator', 'home_filling', 'OperatorFiller', 'Looks after depalletiser and filler.'),
    ('op-packing', 'Operator, packing', 'worker_operator', 'home_packing', 'OperatorPacker', 'Looks after labeller, packer and palletising.'),
    ('op-wrapping', 'Operator, wrapping', 'worker_operator', 'home_wrapping', 'OperatorWrapper', 'Looks after the wrapper and the dispatch lane.', 0),
    ('technician', 'Line technician', 'worker_technician', 'bench', 'TechnicianBench', 'Comes when a drive or a servo fails.', 0),
    ('tech-utilities', 'Utilities technician', 'worker_technician', 'mcc', 'TechnicianMcc', 'Looks after compressors, chiller, mixer and CIP.'),
    ('lab', 'Quality laboratory', 'worker_lab', 'rejects', 'LabRejects', 'Checks rejected bottles and cleans the cameras.')]


def production():
    paths = [{'from': a, 'to': b} for a, b in LAYOUT['agv']['edges']]
    paths += [{'from': a, 'to': b} for way in WAYS for a, b in zip(way.split(), way.split()[1:])]
    item = lambda title, model=None: {'title': title} | ({'model': model} if model else {})
    return {
        'items': {'glass_pallet': item('Pallet of empty bottles'), 'layer': item('Layer of empty bottles'), 'bottle': item('Empty bottle', 'bottle'),
                  'bottle_filled': item('Filled bottle', 'bottle_filled'),
                  'bottle_labelled': item('Labelled bottle', 'bottle_labelled'), 'crate_empty': item('Empty crate', 'crate_empty'),
                  'crate_full': item('Full crate', 'crate_full'), 'pallet': item('Empty pallet', 'pallet'),
                  'pallet_full': item('Pallet of forty crates', 'full_pallet'), 'pallet_wrapped': item('Wrapped pallet', 'wrapped_pallet')},
        'products': [{'id': 'still', 'title': 'Aqua Nord Still 0.5 l'},
                     {'id': 'classic', 'title': 'Aqua Nord Classic 0.5 l', 'speeds': {'filler': .96}},
                     {'id': 'lemon', 'title': 'Aqua Nord Lemon 0.5 l', 'speeds': {'filler': .92}}],
        'schedule': [{'product': 'still', 'count': 110}, {'product': 'classic', 'count': 120}, {'product': 'lemon', 'count': 70}],
        'points': {k: [v[0], 0, v[1]] for k, v in POINTS.items()}, 'paths': paths,
        'operators': [{'id': p[0], 'title': p[1], 'speed_m_s': 1.35, 'home': p[3], 'yaw_deg': p[6] if len(p) > 6 else 180, 'model': p[2]}
                      for p in PEOPLE],
        'vehicles': [{'id': f'agv-{n}', 'title': f'AGV {n}', 'speed_m_s': 1.5, 'home': f'dock{n}', 'model': 'agv'} for n in (1, 2)]}


# ---- the plant ----

def equipment():
    line = within('line-5', 'Line 5, returnable glass', 'line', [
        source('glass-store', 'Glass store', 'glass_pallet', 'glass-infeed', 'The fork-lift brings pallets of 750 washed bottles.'),
        depalletiser(), bottle_way(1, 'Way1', 'way-2', 'GlassEnd'), bottle_way(2, 'Way2', 'filler', 'GlassEnd', by='op-filling'), filler(),
        bottle_way(3, 'Way3', 'accumulation', 'Filling', 'bottle_filled'), accumulation(),
        labeller(), inspector(), bottle_way(4, 'Way4', 'packer-table', 'Packing', 'bottle_labelled', 'op-packing'),
        source('crate-washer', 'Crate washer', 'crate_empty', 'crate-infeed', 'Stands behind the wall.'), crate_infeed(), packer(),
        unit('line-panel', 'Line panel', 'LinePillar', 'Shows the line at a glance.',
             bindings=[*lamps('filler.state'), *screen('filler.rate', '{:.0f} bottles/h')]),
        unit('glass-light', 'Stack light, glass end', 'StackLight1', bindings=lamps('depalletiser.state')), unit('packing-light', 'Stack light, packing', 'StackLight2', bindings=lamps('packer.state'))],
        description='24,000 bottles of half a litre an hour, from the pallet of empties to the crate.')
    wrapping = within('wrapping', 'Wrapping line', 'line', [pallet_way(1, 'pallet-way-2'), pallet_way(2, 'wrapper'), wrapper(),
                                                            pallet_way(3, 'pallet-way-4'), pallet_way(4, 'pallet-transfer'),
                                                            pallet_way(5, [{'to': 'to-dispatch', 'share': .78}, {'to': 'to-rack', 'share': .22}])])
    wrapping['children'][-1]['simulation']['routing'] = 'share'
    loads = sorted(n['name'] for n in glb('pallet_rack') if n['name'].startswith('Load_'))
    fleet = within('fleet', 'Automated vehicles', 'cell', [
        *agv(1, 'Charger1'), *agv(2, 'Charger2'), transport('to-wrapper', 'Order: cell to wrapper', 'agv-1', 'cell_b', 'wrap_in', 'pallet-way-1', 2),
        transport('to-dispatch', 'Order: wrapper to dispatch', 'agv-2', 'wrap_out', 'dispatch', 'dispatch'), transport('to-rack', 'Order: wrapper to rack', 'agv-2', 'wrap_out', 'rack1', 'rack-1')])
    truck = {'kind': 'station', 'service_s': {'distribution': 'triangular', 'low': 42, 'mode': 58, 'high': 85}, 'queue': 0, 'to': 'shipped',
             'failures': [{'id': 'change', 'title': 'Truck leaves, the next docks', 'every_cycles': 32, 'repair_s': {'distribution': 'lognormal', 'mean': 420, 'sd': 150}}]}
    fork = {'kind': 'station', 'service_s': {'distribution': 'lognormal', 'mean': 350, 'sd': 140}, 'queue': 0, 'to': 'truck'}
    storage = within('storage', 'Storage and dispatch', 'area', [
        fleet, stacked('rack-1', 'Pallet rack 1', 'Rack1', 14, 'rack-truck', loads, 'Fleet/Rack1', 'Eighteen places; pallets wait for their truck.'),
        dispatch(),
        unit('rack-truck', 'Reach truck', None, 'Fetches pallets from the rack for loading.', tags=state_tags('Fleet/ReachTruck'), simulation=fork),
        unit('truck', 'Loading dock', None, 'Thirty-two pallets fill a truck.',
             tags=state_tags('Fleet/Dock') + [value('Fleet/Dock', 'loaded', 'Loaded', 'Pallets loaded', 'produced', low=0)], simulation=truck),
        unit('shipped', 'Shipped', None, simulation={'kind': 'sink'})], element='materials')
    people = within('people', 'People', 'area', [*[person(*p) for p in PEOPLE], bystander('lab-process', 'Process laboratory', 'LabCip'), bystander('visitor', 'Maintenance planner', 'OnGangway')], element='people')
    return within('aqua-nord', 'Aqua Nord', 'site', [
        within('filling', 'Glass filling', 'area', [line]),
        within('palletising', 'Palletising', 'area', [source('pallet-store', 'Pallet magazine', 'pallet', 'cell-1', 'Empty pallets.'),
                                                      palletising_cell(), wrapping]),
        within('process', 'Process', 'area', process_area()), within('utilities', 'Utilities', 'area', utilities_area(), element='environment'), storage, people],
        description='Bottles mineral water and lemonade in returnable glass.')


TOUR = [('overview', 'The hall'), ('depalletiser', 'Depalletiser'), ('filler', 'Rinser, filler, crowner'), ('labeller', 'Labeller'),
        ('inspection', 'Inspection and rejects'), ('packer', 'Case packer'),
        ('line end', 'End of the line: palletising robot'), ('wrapper', 'Wrapping line'), ('storage', 'Rack, vehicles, chargers'),
        ('process', 'Process: water, syrup, mixer'), ('utilities', 'Air, cold and power'),
        ('gangway', 'The line from the gangway')]


def models_of(thing):
    if isinstance(thing, list):
        return set().union(*map(models_of, thing)) if thing else set()
    if not isinstance(thing, dict):
        return set()
    own = {thing['model']} if isinstance(thing.get('model'), str) else set()
    shown = {*thing['models'].values(), *(t['model'] for t in thing.get('turns', {}).values())} if thing.get('property') == 'items' else set()
    return own | shown | models_of(list(thing.values()))


def plant():
    site, flow = equipment(), production()
    alarms.attach(site)
    TAKEN.update(('Wrapped1', 'Wrapped2'))                        # the simulation brings them
    scenery = [{'name': n.lower(), 'model': p['model'][:-4], 'placement': placed(p['position'], p['yaw_deg'])} for n, p in PLACES.items() if n not in TAKEN]
    views = {v['name']: v for v in LAYOUT['viewpoints']}
    return {
        '$schema': '../../../docs/plant.schema.json', 'format': 'plantwalk-plant', 'version': 1, 'name': 'Aqua Nord, bottling hall',
        'models': {m: f'../../models/{m}.glb' for m in sorted(models_of([site, scenery, flow]))},
        'scenery': scenery, 'equipment': [site], 'simulation': flow,
        'viewpoints': [{'id': id.replace(' ', '-'), 'title': title, 'eye_m': views[id]['eye'], 'target_m': views[id]['target'],
                        'fov_y_deg': 60} for id, title in TOUR],
        'environment': {'file': '../../environments/hall.hdr', 'intensity': 1},
        'start': {'position_m': [3.1, 0, 4.8], 'yaw_deg': 46.5}}  # by the rejects: all of the line ahead


def text():
    return cell.pretty(plant()) + '\n'


if __name__ == '__main__':
    with open(os.path.join(HERE, 'plant.json'), 'w') as f:
        f.write(text())
