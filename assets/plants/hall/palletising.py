# SPDX-License-Identifier: Apache-2.0
"""The palletising cell as the hall shows it: robot, belt, pallet and load follow the phase of the cell's own cycle.

One cycle of the cell's behaviour is a pallet. In it the robot goes through the twelve places that ../cell has taught
it, so that it stands when the cell stands, and where it stood.
"""
GRIP_S, CHANGE_S, SPEED = .55, 5.0, .92      # of closing or opening; of the exchange of pallets; share of the axes' limits
INDEX = (1.6, 2.9)                           # seconds of a place's share in which the belt moves by a pitch
LOWEST = .45                                 # seconds of the shortest move
POINTS = 5                                   # of a curve between two taught points


def smooth(t):
    return t * t * (3 - 2 * t)


class Course:
    """What the robot does in a cycle, in seconds from its beginning."""

    def __init__(self, program, limits):
        self.limits, self.at, self.angles = limits, 0.0, [(0.0, program['home'])]
        self.grips, self.begins = [], []                     # (closed, open again), and where the share of a place begins
        pick = program['pick']
        self.move(pick['approach'])
        for place in program['places']:
            self.begins.append(self.at)
            self.move(pick['grip'])
            closed = self.wait(GRIP_S)
            self.move(pick['lift'])
            self.move(place['approach'])
            self.move(place['place'])
            self.grips.append((closed, self.wait(GRIP_S)))
            self.move(place['approach'])
            self.move(pick['approach'] if place is not program['places'][-1] else program['home'])
        self.full = self.at
        self.wait(CHANGE_S)

    def move(self, to):
        start, last = self.at, self.angles[-1][1]
        took = max([LOWEST] + [1.5 * abs(b - a) / (limit * SPEED) for a, b, limit in zip(last, to, self.limits)])
        for k in range(1, POINTS + 1):
            t = k / POINTS
            self.angles.append((start + took * t, [a + (b - a) * smooth(t) for a, b in zip(last, to)]))
        self.at += took

    def wait(self, seconds):
        """Returns the middle of it."""
        self.at += seconds
        self.angles.append((self.at, self.angles[-1][1]))
        return self.at - seconds / 2

    def phase(self, seconds):
        return round(seconds / self.at, 6)

    def curve(self, axis):
        """Points of a joint; those on a straight line between their neighbours are left out."""
        points = [(self.phase(s), round(a[axis], 3)) for s, a in self.angles]
        out = points[:1]
        for before, here, after in zip(points, points[1:], points[2:]):
            straight = before[1] + (after[1] - before[1]) * (here[0] - before[0]) / (after[0] - before[0])
            if abs(straight - here[1]) > .004:
                out.append(here)
        return out + points[-1:]

    def steps(self, *edges):
        """A curve that is `value` from each (seconds, value) on."""
        out = []
        for seconds, to in edges:
            if out and out[-1][1] != to:
                out.append((self.phase(seconds) - 2e-6, out[-1][1]))
            if not out or out[-1][1] != to:
                out.append((self.phase(seconds), to))
        return out + [(1, out[-1][1])]


def cell(hall, simulation, tags):
    """`hall`: the functions of plant.py; the rest is the cell's own, as a part of the flow."""
    base = hall.cell
    layout, program = base.load('layout.json'), base.load('program.json')
    robot, belt, cabinet, pallet_a, pallet_b, gate = base.palletising_cell(layout, program)['children']
    nodes = base.extras('palletizer.glb')
    course = Course(program, [nodes[f'Joint{n}']['max_deg_s'] for n in range(1, 7)])
    simulation['service_s'] = simulation['ideal_s'] = round(course.at, 1)
    of_cell = lambda quantity: (quantity, {'of': 'cell-1'})
    state = lambda at: hall.value(at, 'state', 'State', 'State', of_cell('state'), state=True)

    def follow(node, property, points, letter=None, **more):
        return hall.stroke(node, letter, *points, property=property, tag='cell-1.position', smooth_s=.1, **more)

    def edges(closed, opened, first=0):
        return [(0, first)] + [e for grip, release in course.grips for e in ((grip, closed), (release, opened))]

    robot |= {'tags': [state('Palletiser/R1'),
                       hall.analog('Palletiser/R1', 'motor_temp', 'Motor temperature', 'Cel', 31, 57, 1500, .2, 'cell-1', -20, 120),
                       hall.analog('Palletiser/R1', 'motor_current', 'Motor current', 'A', 2.4, 14, 2, .4, 'cell-1', 0, 40)],
              'bindings': [follow(f'Joint{n}', 'rotation', course.curve(n - 1), nodes[f'Joint{n}']['axis']) for n in (1, 2, 3, 5, 6)]
              + [follow(f, 'translation', course.steps(*edges(round(nodes[f]['closed_m'], 4), nodes[f]['open_m'])), nodes[f]['axis']) for f in program['fingers']]
              + [follow('load:', 'visible', course.steps(*edges(1, 0)))]}

    # The belt brings a crate to its stop after each pick; the first in a row has gone, and each stands for the one behind it.
    pitch, pockets = base.PITCH_M, base.POCKETS
    belts = base.extras('conveyor.glb')
    gone, moved = [(0, 1)], [(0, 0)]
    for n, begin in enumerate(course.begins):
        a, b = begin + INDEX[0], begin + INDEX[1]
        gone += [(course.grips[n][0] + .1, 0), (b, 1)]
        moved += [(course.phase(a), 0), (course.phase(b) - 2e-6, pitch), (course.phase(b), 0)]
    run = [(0, 0)] + [p for n, begin in enumerate(course.begins) for p in
                      ((course.phase(begin + INDEX[0]), round(n * pitch, 3)), (course.phase(begin + INDEX[1]), round((n + 1) * pitch, 3)))] + [(1, round(12 * pitch, 3))]
    belt_bindings = []
    for k in range(pockets):
        belt['items'][k]['placement']['position_m'][0] += round(k * pitch, 4)
        belt_bindings += [follow(f'crate_{k + 1}:', 'translation', moved + [(1, 0)], 'X')] if k < pockets - 1 else [follow(f'crate_{k + 1}:', 'visible', course.steps(*gone))]
        behind = pockets - 1 - k
        belt_bindings += [hall.binding('cell-1.count', f'crate_{k + 1}:', 'visible', **hall.linear((5 * behind, 0), (5 * behind + 1, 1)))]
    belt_bindings += [follow(drum, 'rotation', [(at, round(x * belts[drum]['deg_per_m'], 1)) for at, x in run], 'Z', modulo=360) for drum in ('DriveDrum', 'TailDrum')]
    belt_bindings += [follow('PhotoEye_Out_Lamp', 'lamp', [(at, .2 + 7.8 * on) for at, on in course.steps(*gone)])]
    belt |= {'tags': [state('Conveyor/C1')], 'bindings': belt_bindings}

    cabinet |= {'tags': [state('Cabinet/Cell'), hall.value('Cabinet/Cell', 'power', 'Power', 'Power of the cell', of_cell('power_w'), 'W', low=0)],
                'bindings': [*hall.lamps(), *hall.screen()]}
    pallet_a |= {'tags': [hall.value('Pallets/A', 'loading', 'Loading', 'Being loaded', of_cell('moving'))],
                 'bindings': [follow(f'crate_{n}:', 'visible', course.steps((0, 0), (course.grips[n - 1][1], 1), (course.full + CHANGE_S / 2, 0)))
                              for n in range(1, base.CRATES + 1)]}
    # A full pallet waits at place B until an AGV has it.
    pallet_b |= {'model': 'pallet', 'items': [{'name': 'full', 'model': 'full_pallet', 'placement': hall.placed([0, 0, 0])}], 
                 'tags': [hall.value('Pallets/B', 'waiting', 'Waiting', 'Pallets waiting', {'quantity': 'waiting', 'of': 'to-wrapper'}, low=0)],
                 'bindings': [hall.binding('to-wrapper.waiting', node, 'visible', **hall.linear((0, 0), (1, 1))) for node in ('full:', 'Pallet')]}
    gate |= {'tags': [hall.value('Safety/Gate', 'open', 'Open', 'Gate open', of_cell('attended'))],
             'bindings': [hall.binding('open', 'Gate', 'rotation', axis=hall.axis('Y'), smooth_s=1.5, **hall.linear((0, 0), (1, -85)))]}
    children = [robot, belt, cabinet, pallet_a, pallet_b, gate]
    for child in children:
        del child['simulation']
    return base.within('cell-1', 'Palletising cell', 'cell', children, description='Stacks crates of twelve bottles, forty to a pallet.',
                       placement=hall.placed(hall.CELL_AT), simulation=simulation, tags=tags)
