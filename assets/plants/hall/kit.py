# SPDX-License-Identifier: Apache-2.0
"""The words that the hall's tables are written in: tags, bindings and behaviours that machines have in common."""
import importlib.util
import json
import math
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))


def module(name, *path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, *path))
    out = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(out)
    return out


cell = module('cell_plant', '..', 'cell', 'plant.py')
binding, linear, table, axis, placed, within, tag = (
    cell.binding, cell.linear, cell.table, cell.axis, cell.placed, cell.within, cell.tag)

BOTTLE_M, CRATE_M, PALLET_M = .08, .42, 1.6  # place on a belt
LANE_M_S = .75                               # bottle conveyors
FAR = 1e9                                    # cycles or metres after which a wheel would stop following


# ---- what the models say ----

def glb(model):
    with open(os.path.join(cell.MODELS, model + '.glb'), 'rb') as f:
        data = f.read()
    return json.loads(data[20:20 + struct.unpack_from('<I', data, 12)[0]])['nodes']


def path_nodes(model, prefix='Path_'):
    return sorted(n['name'] for n in glb(model) if n['name'].startswith(prefix))


def path_m(model, path):
    at = {n['name']: n.get('translation') for n in glb(model)}
    return sum(math.dist(at[a], at[b]) for a, b in zip(path, path[1:]))


# ---- tags ----

def value(node, id, metric, title, simulated, unit=None, **more):
    """A tag; `simulated` is a quantity, or (quantity, arguments)."""
    if isinstance(simulated, tuple):
        simulated = {'quantity': simulated[0]} | simulated[1]
    return tag(node, id, metric, title, unit, **more, simulated=simulated)


def analog(node, id, title, unit, rest, running, lag=60, noise=None, of=None, low=None, high=None, failing=None, **more):
    """A measured value that goes from `rest` to `running` while its machine works; `failing`: (failure, value)."""
    arguments = {'rest': rest, 'running': running, 'lag_s': lag, 'noise': noise if noise is not None else round(abs(running) * .006, 4)}
    arguments |= {'while': 'moving'} | ({'of': of} if of else {}) | ({'failure': failing[0], 'failing': failing[1]} if failing else {})
    span = max(rest, running) - min(rest, running) or abs(running)
    limits = {'low': low if low is not None else round(min(rest, running) - .5 * span, 3),
              'high': high if high is not None else round(max(rest, running) + .5 * span, 3)}
    return value(node, id, 'Process/' + id.replace('_', ' ').capitalize(), title, ('analog', arguments), unit, **limits, **more)


def state_tags(node):
    return [value(node, 'state', 'Status/State', 'State', 'state', state=True),
            value(node, 'reason', 'Status/Reason', 'Why it waits', 'reason', role='reason')]


def energy_tags(node):
    return [value(node, 'power', 'Energy/Power', 'Electric power', 'power_w', 'W', low=0, role='power'),
            value(node, 'energy', 'Energy/Energy', 'Electric energy', 'energy_kwh', 'kW.h', low=0, role='energy')]


def alarm_tags(node, simulation):
    return [value(node, 'alarm_' + f['id'], 'Alarms/' + f['title'], f['title'], ('failing', {'failure': f['id']}))
            for f in simulation.get('failures', [])]


def guard_tag(node):
    return value(node, 'guard_open', 'Status/GuardOpen', 'Guard open', 'attended')


def machine_tags(node, simulation, what='bottles', full=True):
    """What a machine with a controller of its own says, in the words of PackTags, and the commands that it takes."""
    out = state_tags(node) + [value(node, 'failure', 'Status/Failure', 'Failure', 'failure'), guard_tag(node)]
    if full:
        out += [value(node, 'mode', 'Status/Mode', 'Mode', 'mode', role='mode'),
                value(node, 'product', 'Status/Product', 'Product', 'product', role='product'),
                value(node, 'speed', 'Status/MachSpeed', 'Speed', 'speed', '%', low=0, high=120, role='speed'),
                value(node, 'rate', 'Status/Rate', what.capitalize() + ' an hour', 'rate_per_h', '/h', low=0, role='rate')]
    out += [value(node, 'produced', 'Admin/Produced', what.capitalize() + ' since the start', 'produced', low=0, role='produced')]
    out += [value(node, 'rejected', 'Admin/Rejected', 'Rejected', 'rejected', low=0, role='rejected') if 'inspects' in simulation else
            value(node, 'bad', 'Admin/Defective', 'Spoilt', 'bad', low=0, role='rejected')]
    out += [value(node, 'position', 'Status/Position', 'Cycles', 'position', low=0)] + energy_tags(node) + alarm_tags(node, simulation)
    if full:
        out += [value(node, 'command', 'Command/CntrlCmd', 'Command', 'command', low=1, high=9),
                value(node, 'set_mode', 'Command/UnitMode', 'Mode wanted', 'set_mode', low=1, high=3),
                value(node, 'set_speed', 'Command/MachSpeed', 'Speed wanted', 'set_speed', '%', low=1, high=120),
                value(node, 'refusal', 'Status/Refusal', 'Last refusal', 'refusal')]
    return out


def belt_tags(node, simulation, what):
    return state_tags(node) + [
        value(node, 'position', 'Belt/Position', 'Belt position', 'position', 'm', low=0),
        value(node, 'count', 'Belt/Count', what.capitalize() + ' on it', 'count', low=0, role='fill',
              high=max(1, int(simulation['length_m'] / simulation['item_m'] + 1e-6))),
        value(node, 'items', 'Belt/Items', 'Where they are', 'items')] + alarm_tags(node, simulation)


# ---- bindings ----

LAMPS = {'Lamp_Red': (('ABORTING', 10), ('ABORTED', 10), ('CLEARING', 10)),
         'Lamp_Amber': (('HOLDING', 10), ('HELD', 10), ('UNHOLDING', 10), ('SUSPENDED', 4)),
         'Lamp_Green': (('STARTING', 10), ('EXECUTE', 10), ('SUSPENDED', 3)),
         'Lamp_Blue': (('IDLE', 10), ('COMPLETE', 10), ('RESETTING', 10), ('STOPPED', 10))}


def lamps(tag='state'):
    return [binding(tag, lamp, 'lamp', **table(*rows), otherwise={'out': .2}) for lamp, rows in LAMPS.items()]


def screen(tag='state', form='{}'):
    return [binding(tag, 'HmiScreen', 'text', format=form)]


def wheel(node, degrees, letter='Y', tag='position'):
    """Turns by so many degrees a cycle, second or metre."""
    return binding(tag, node, 'rotation', axis=axis(letter), **linear((0, 0), (FAR, round(degrees * FAR))), modulo=360, smooth_s=.2)


def stroke(node, letter, *points, cycles=1, property='translation', tag='position', smooth_s=.2, **more):
    """Moves along a curve over the phase of so many cycles."""
    more |= ({'axis': axis(letter)} if letter else {}) | ({'smooth_s': smooth_s} if smooth_s else {})
    return binding(tag, node, property, wrap_in=cycles, **linear(*points), **more)


def shown(node, *edges, tag='position'):
    """There from the phase of a 1 on, gone from that of a 0 on."""
    points = [p for (phase, on), (_, before) in zip(edges, ((0, None),) + edges) for p in ([] if before in (None, on) else [(phase - 1e-6, before)]) + [(phase, on)]]
    return stroke(node, None, *points, (1, edges[-1][1]), property='visible', tag=tag)


def items(count, path=None, tag='items', lanes=None, models=None, smooth_s=.5, turns=None):
    out = {'tag': tag, 'property': 'items'} | ({'path': path} if path else {})
    out |= {'models': {m: m for m in models or ('bottle',)}} | ({'turns': turns} if turns else {}) | {'count': count, 'smooth_s': smooth_s}
    return out | ({'lanes': lanes, 'lane_pitch_m': .08} if lanes else {})


def rollers(model='pallet_conveyor'):
    return [wheel(n['name'], n['extras']['deg_per_m'], 'Z') for n in glb(model) if n['name'].startswith('Roller_')]


# ---- behaviours ----

def fail(id, title, by=None, cycles=None, s=None, repair=None, major=False):
    """A small stop every so many cycles, or seconds of operation, on average; a major failure wears in."""
    every = {'every_cycles': {'distribution': 'exponential', 'mean': cycles}} if cycles else \
            {'every_s': {'distribution': 'weibull', 'shape': 1.5, 'scale': s} if major else {'distribution': 'exponential', 'mean': s}}
    mean = repair or 45
    spread = {'distribution': 'triangular', 'low': .7 * mean, 'mode': mean, 'high': 1.4 * mean} if major else \
             {'distribution': 'lognormal', 'mean': mean, 'sd': .6 * mean}
    return {'id': id, 'title': title} | ({'major': True} if major else {}) | every | {'repair_s': spread} | ({'operators': by} if by else {})


ACTING = {'starting': 4, 'stopping': 3, 'aborting': 1, 'clearing': 4, 'holding': 1.5, 'unholding': 3, 'unsuspending': 1.5}


def power(execute, waiting, other):
    return {'execute': execute, 'suspended': waiting, 'other': other}


def lane(to, length=2.0, speed=LANE_M_S, item=BOTTLE_M, watts=370, **more):
    return {'kind': 'conveyor', 'length_m': length, 'speed_m_s': speed, 'item_m': item, 'to': to, 'power_w': power(watts, watts, 20)} | more


def runs(watts, failures, at='utilities'):
    """A machine that always runs, fails and takes power, but sees no items: a belt with nothing on it, a metre for a second."""
    return {'kind': 'conveyor', 'length_m': 1, 'speed_m_s': 1, 'item_m': 1, 'to': 'consumers', 'at': at,
            'failures': failures, 'acting_s': ACTING, 'power_w': power(watts, watts, watts * .04)}
