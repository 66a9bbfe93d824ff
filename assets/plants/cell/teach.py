#!/usr/bin/env python3
"""Teaches the palletising program: reads the joint frames from palletizer.glb, solves for joint angles, writes program.json.

    python3 assets/plants/cell/teach.py

Plain Python, no packages. A crate's pose is [x, y, z, yaw_deg] of its origin (middle of its floor) in world coordinates.
The clamp closes across the crate's short side; the tool points straight down at every taught point.
"""
import json
import math
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
CRATE = {'length': .396, 'width': .296, 'height': .24}
LAYERS = 3
PITCH_LONG, PITCH_SHORT = .404, .322      # along and across the crates; across, a finger must fit between two of them
LIFT, APPROACH = .36, .30                  # metres above the crate's pose
HOME = [-52.0, -14.0, 14.0, 0.0, 90.0, 0.0]
BELT_TOP = .75


# ---- small matrices: 3x4, rows of [r r r t] -----------------------------------------------------------------------

def mul(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) + (a[i][3] if j == 3 else 0.0) for j in range(4)] for i in range(3)]


def shift(t):
    return [[1.0, 0, 0, t[0]], [0, 1.0, 0, t[1]], [0, 0, 1.0, t[2]]]


def turn(axis, degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    i = 'XYZ'.index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    m = shift((0, 0, 0))
    m[j][j], m[j][k], m[k][j], m[k][k] = c, -s, s, c
    return m


def column(m, i):
    return [m[r][i] for r in range(3)]


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def solve(a, b):
    """Gaussian elimination with pivoting."""
    n = len(b)
    m = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        p = max(range(i, n), key=lambda r: abs(m[r][i]))
        m[i], m[p] = m[p], m[i]
        for r in range(i + 1, n):
            f = m[r][i] / m[i][i]
            for c in range(i, n + 1):
                m[r][c] -= f * m[i][c]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (m[i][n] - sum(m[i][c] * x[c] for c in range(i + 1, n))) / m[i][i]
    return x


# ---- the robot, as its file describes it --------------------------------------------------------------------------

class Robot:
    def __init__(self, path, position, yaw):
        with open(path, 'rb') as f:
            data = f.read()
        size = struct.unpack_from('<I', data, 12)[0]
        nodes = json.loads(data[20:20 + size])['nodes']
        by_name = {n['name']: n for n in nodes}
        assert all('rotation' not in by_name[f'Joint{i}'] for i in range(1, 7)), 'joint frames are parallel at zero'
        self.yaw = yaw
        self.base = mul(shift(position), turn('Y', yaw))
        self.joints = [by_name[f'Joint{i}'] for i in range(1, 7)]
        self.tail = [sum(t) for t in zip(by_name['Tool']['translation'], by_name['Tcp']['translation'])]
        self.limits = [(j['extras']['min_deg'], j['extras']['max_deg']) for j in self.joints]
        self.fingers = {n: by_name[n]['extras'] for n in ('Finger_L', 'Finger_R')}

    def tcp(self, angles):
        m = self.base
        for joint, angle in zip(self.joints, angles):
            m = mul(mul(m, shift(joint['translation'])), turn(joint['extras']['axis'], angle))
        return mul(m, shift(self.tail))

    def error(self, angles, point, side):
        """Distance to the point in metres and to the attitude in radians: tool Z down, tool X along `side`."""
        m = self.tcp(angles)
        x, z = column(m, 0), column(m, 2)
        off = cross(z, [0, -1, 0])
        roll = cross(x, side)
        return [point[i] - m[i][3] for i in range(3)] + [off[i] + roll[i] for i in range(3)]

    def reach(self, crate, seed):
        """Joint angles that hold a crate at its pose, near the seed."""
        x, y, z, yaw = crate
        point = [x, y + CRATE['height'], z]
        side = [math.sin(math.radians(yaw)), 0.0, math.cos(math.radians(yaw))]
        q = list(seed)
        x0, z0 = x - self.base[0][3], z - self.base[2][3]
        q[0] = math.degrees(math.atan2(x0, z0)) - self.yaw                        # a start that already faces the crate
        q[3], q[5] = 0.0, (q[0] + self.yaw + 90.0 - yaw + 180.0) % 360.0 - 180.0
        for _ in range(200):
            e = self.error(q, point, side)
            if max(map(abs, e)) < 1e-7:
                break
            step = .01
            columns = []
            for i in range(6):
                moved = q[:]
                moved[i] += step
                columns.append([(a - b) / step for a, b in zip(e, self.error(moved, point, side))])
            jt_j = [[sum(columns[i][k] * columns[j][k] for k in range(6)) + (1e-9 if i == j else 0) for j in range(6)] for i in range(6)]
            d = solve(jt_j, [sum(columns[i][k] * e[k] for k in range(6)) for i in range(6)])
            scale = min(1.0, 12.0 / max(map(abs, d)))
            q = [a + scale * b for a, b in zip(q, d)]
        e = self.error(q, point, side)
        distance, tilt = math.hypot(*e[:3]), math.hypot(*e[3:])
        assert column(self.tcp(q), 2)[1] < -.999, 'the tool points down'
        assert distance < .002 and tilt < .002, f'no solution for {crate}: {distance * 1000:.2f} mm'
        for angle, (low, high) in zip(q, self.limits):
            assert low <= angle <= high, f'outside the limits for {crate}: {q}'
        return q, distance


def raised(crate, by):
    return [crate[0], crate[1] + by, crate[2], crate[3]]


def main():
    with open(os.path.join(HERE, 'layout.json')) as f:
        layout = json.load(f)
    placed = {p['name']: p for p in layout['placements']}
    robot_at = placed['Palletizer']
    robot = Robot(os.path.join(HERE, '..', '..', 'models', 'palletizer.glb'), robot_at['position'], robot_at['yaw_deg'])
    conveyor = placed['Conveyor']['position']
    pallet = placed['PalletA']
    worst, previous = 0.0, HOME

    def teach(crate):
        nonlocal worst, previous
        q, distance = robot.reach(crate, previous)
        worst = max(worst, distance)
        previous = q
        return [round(a, 4) for a in q]

    pick = [round(conveyor[0] + 2.732, 4), conveyor[1] + BELT_TOP, conveyor[2], 0.0]
    previous = [-90.0, 10.0, 10.0, 0.0, 70.0, 0.0]
    program = {
        'joints': 6,
        'home': HOME,
        'fingers': {name: {'open_m': e['open_m'], 'closed_m': e['closed_m']} for name, e in robot.fingers.items()},
        'pick': {'crate': pick, 'approach': teach(raised(pick, APPROACH)), 'grip': teach(pick), 'lift': teach(raised(pick, LIFT))},
        'places': [],
    }
    px, py, pz = pallet['position']
    yaw = pallet['yaw_deg']
    c, s = math.cos(math.radians(yaw)), math.sin(math.radians(yaw))
    lift = previous
    for layer in range(LAYERS):
        for across in (-.5, .5):
            for along in (-.5, .5):                                            # the far row first
                a, b = along * PITCH_LONG, across * PITCH_SHORT
                crate = [round(px + a * c + b * s, 4), round(py + .144 + layer * CRATE['height'], 4), round(pz - a * s + b * c, 4), yaw]
                previous = lift
                approach = teach(raised(crate, APPROACH))
                program['places'].append({'crate': crate, 'approach': approach, 'place': teach(crate)})

    points = [program['home'], program['pick']['approach'], program['pick']['grip'], program['pick']['lift']]
    for place in program['places']:
        points += [place['approach'], place['place'], place['approach'], program['pick']['approach'], program['pick']['grip'], program['pick']['lift']]
    jump = [max(abs(a[i] - b[i]) for a, b in zip(points, points[1:])) for i in range(6)]
    lowest = sweep(robot, program)
    program['check'] = {'worst_residual_mm': round(worst * 1000, 5), 'largest_step_deg': [round(j, 2) for j in jump],
                        'least_clearance_over_stack_m': round(lowest, 3)}
    assert max(jump) < 100, 'no flips between successive points'
    assert lowest > .02, 'a carried crate clears what already stands'
    with open(os.path.join(HERE, 'program.json'), 'w') as f:
        f.write('{\n')
        rows = [f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in program.items() if k != 'places']
        places = ',\n'.join('    ' + json.dumps(p) for p in program['places'])
        f.write(',\n'.join(rows) + ',\n  "places": [\n' + places + '\n  ]\n}\n')
    print(f'{len(program["places"])} places, worst residual {worst * 1e6:.3f} um, largest steps {program["check"]["largest_step_deg"]}, '
          f'clearance {lowest:.3f} m')


def sweep(robot, program):
    """The least height of a carried crate's floor over standing crates that it passes, interpolating joint angles."""
    least = 9.0
    half = math.hypot(CRATE['length'], CRATE['width']) / 2
    for n, place in enumerate(program['places']):
        for k in range(101):
            t = k / 100
            q = [a + (b - a) * t for a, b in zip(program['pick']['lift'], place['approach'])]
            m = robot.tcp(q)
            x, floor, z = m[0][3], m[1][3] - CRATE['height'], m[2][3]
            for other in program['places'][:n]:
                ox, oy, oz, _ = other['crate']
                if math.hypot(x - ox, z - oz) < half + .05 and (abs(x - ox) < .30 and abs(z - oz) < .40 or k < 100):
                    least = min(least, floor - oy - CRATE['height'])
    return least


if __name__ == '__main__':
    main()
