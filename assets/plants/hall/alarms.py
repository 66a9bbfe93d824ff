# SPDX-License-Identifier: Apache-2.0
"""The alarm list of the hall: for each equipment what an operator is called for, why it matters and what to do.

An alarm is what somebody must act on (ISA-18.2); what clears itself is an event and has none. Priority goes by what
is lost and how soon: `critical` people, `high` the whole line or its product, `medium` the filler and hygiene, `low`
a machine that the tables on both sides of it can do without for a while. What follows from something else is
suppressed by it, or waits longer than the usual stop lasts.
"""

LOW, MEDIUM, HIGH, CRITICAL = 'low', 'medium', 'high', 'critical'


def alarm(id, title, priority, tag, consequence, response, when='is', delay=0, **more):
    """`when`: (word, limit, deadband), a text to equal, or 'is' for a tag that is true or false."""
    condition = {'tag': tag, 'when': 'is'} if when == 'is' else {'tag': tag, 'when': 'stale'} if when == 'stale' else \
        {'tag': tag, 'when': 'equals', 'text': when} if isinstance(when, str) else \
        {'tag': tag, 'when': when[0], 'limit': when[1], 'deadband': when[2]}
    off = {'off_delay_s': 5} if isinstance(when, tuple) else {}
    return {'id': id, 'title': title, 'priority': priority, 'condition': condition} | ({'on_delay_s': delay} if delay else {}) | off | more | {
        'consequence': consequence, 'response': response}


def stop(failure, title, priority, consequence, response, **more):
    """The machine stands for a failure that somebody must clear; `failure` is that of its simulation."""
    return alarm(failure, title, priority, 'alarm_' + failure, consequence, response, **more)


def guard():
    """While it is repaired or changed over, and until it runs again, its guard is open on purpose."""
    return alarm('guard', 'Guard left open', LOW, 'guard_open', 'The machine cannot start.',
                 'Look whether somebody is at work in it; close the guard and acknowledge at the panel.', delay=240,
                 suppressed_by={'states': ['ABORTED', 'CLEARING', 'STOPPED', 'RESETTING', 'IDLE', 'STARTING', 'HELD', 'UNHOLDING', 'COMPLETE']})


def follows(alarm):
    """Suppressed while that one, which says why, is there."""
    return {'suppressed_by': {'alarm': alarm}}


def silent():
    return alarm('silent', 'Controller is not heard', LOW, 'state', 'What is shown of the machine is old; commands do not reach it.',
                 'Look at its network switch and controller in the cabinet.', 'stale', 15)


def estop(machine):
    return stop('estop', f'Emergency stop at the {machine}', CRITICAL, 'Somebody may be hurt.',
                'Go there. When nobody is in danger, release the button and clear the machine.', latched=True)


def waits(reason, title, response, delay=180, priority=LOW, **more):
    return alarm(reason, title, priority, 'reason', 'The line loses what this machine does not make.', response, reason, delay, **more)


ALARMS = {
    'depalletiser': [
        stop('fallen', 'Bottles fallen on the table', LOW, 'The filler runs out of bottles after two minutes.',
             'Open the guard, stand the bottles up, take out broken glass, close and start.'),
        stop('interlayer', 'Interlayer sheet not gripped', LOW, 'The filler runs out of bottles after two minutes.',
             'Take the sheet off by hand; look whether the suckers are torn.'),
        stop('gantry', 'Gantry drive fault', MEDIUM, 'No bottles until it is repaired.', 'Call the technician. Do not enter: the hood may sink.'),
        waits('blocked', 'Depalletiser waits for the filler', 'Tell the fork-lift to bring no more glass.', 900, **follows('filler.main_drive')), guard(), silent()],
    'way-2': [stop('fallen', 'Bottle fallen before the filler', LOW, 'The infeed jams.', 'Stand it up or take it out.')],
    'filler': [
        estop('filler') | {'group': 'filler'},
        stop('main_drive', 'Main drive overload', HIGH, 'The line stands; product in the bowl warms up.',
             'Look for a jam between stars and carousel, call the technician.', group='filler', latched=True),
        stop('infeed_jam', 'Bottle jam at the infeed star', MEDIUM, 'The line stands.', 'Open the guard, take out the bottles, look at the star for broken glass.',
             group='filler'),
        stop('crowns', 'No crowns in the chute', LOW, 'The filler stands.', 'Clear the chute with the hook; refill the hopper.', group='filler'),
        alarm('bowl_pressure', 'Pressure in the bowl is low', MEDIUM, 'bowl_pressure', 'Bottles foam and are underfilled.', 'Look at the carbon dioxide valve and the mixer.',
              ('low', 2.4, .2), 5, group='filler'),
        alarm('bowl_level', 'Level in the bowl is low', LOW, 'bowl_level', 'The filler stops for want of product.', 'Look at the mixer.',
              ('low', 30, 8), 10, group='filler'),
        alarm('bowl_level_low_low', 'Bowl nearly empty', LOW, 'bowl_level', 'Air gets into the valves; the next 40 bottles are thrown away.', 'Stop the filler, bring the mixer back.',
              ('low_low', 20, 5), 60, group='filler'),
        alarm('product_temp', 'Product in the bowl is too warm', LOW, 'product_temp', 'It foams when filling goes on.', 'Empty the bowl to the mixer before the start.', ('high', 13.5, .5), 120),
        alarm('bearing_temp', 'Main bearing is hot', LOW, 'bearing_temp', 'The bearing wears.', 'Look at the grease pump; plan a stop.', ('high', 65, 4), 30),
        alarm('bearing_temp_high_high', 'Main bearing is about to seize', MEDIUM, 'bearing_temp', 'The carousel is damaged; weeks of downtime.', 'Stop the filler in a controlled way, call the technician.',
              ('high_high', 82, 4), 30),
        waits('starved', 'Filler waits for bottles', 'Look at depalletiser and conveyor 2.', 120, MEDIUM, suppressed_by={'alarm': 'depalletiser.gantry'}),
        waits('blocked', 'Filler waits for the accumulation table', 'Look at the labeller.', 300, suppressed_by={'alarm': 'accumulation.full'}),
        guard(), silent()],
    'crown-hopper': [stop('low', 'Crown hopper nearly empty', LOW, 'In four minutes the filler stops.', 'Tip in a box of crowns.')],
    'filler-lubrication': [stop('lubrication', 'No grease pressure at the filler', LOW, 'Bearings run dry.', 'Change the cartridge, look for a torn hose.')],
    'accumulation': [alarm('full', 'Accumulation table is full', LOW, 'count', 'The filler stops.', 'Look at the labeller.', ('high', 345, 120), 420)],
    'labeller': [
        stop('label_web', 'Label web torn', LOW, 'Bottles collect before the labeller.', 'Thread the web again.'),
        stop('reel', 'Label reel empty', LOW, 'Bottles collect before the labeller.', 'Put in a reel and splice.'),
        alarm('glue_temp', 'Glue is too cold', LOW, 'glue_temp', 'Labels come off in the cold chain.', 'Look at the heater of the glue station.', ('low', 138, 4), 10),
        stop('servo', 'Plate servo fault', MEDIUM, 'The filler stops when the table is full.', 'Note the plate number, call the technician.', latched=True),
        waits('starved', 'Labeller waits for bottles', 'Look at the filler.', 180, **follows('filler.main_drive')), guard(), silent()],
    'label-reels': [stop('low', 'Label reel nearly empty', LOW, 'In five minutes the labeller stops.', 'Hang a new reel on the free arm.')],
    'inspector': [
        stop('lens', 'Camera window dirty', LOW, 'Good bottles are rejected.', 'Wipe the window, run the test bottles.'),
        stop('reject_row', 'Five rejects in a row', MEDIUM, 'A fault of filler or labeller goes on; 24,000 bottles an hour of it.', 'Look at the rejected bottles and mend the cause before the start.'),
        waits('starved', 'Inspector waits for bottles', 'Look at the labeller.', 600, **follows('labeller.starved')), silent()],
    'way-4': [stop('fallen', 'Bottle fallen before the packer', LOW, 'The packer runs short.', 'Stand it up or take it out.')],
    'packer': [
        stop('grip', 'Bottle not gripped', LOW, 'The labeller stops after a minute.', 'Take out the bottle, look at the gripper bell.'),
        stop('crate', 'Crate jammed at the infeed', LOW, 'The labeller stops after a minute.', 'Free the crate; throw it out when its rim is broken.'),
        stop('head', 'Gripper head: air pressure lost', MEDIUM, 'The line stands in two minutes; bottles may fall.', 'Set the head down on the table, call the technician.', group='packer', latched=True),
        alarm('air_pressure', 'Air pressure at the head is low', LOW, 'air_pressure', 'Bottles fall out of the head.', 'Look at the hose and the maintenance unit.', ('low', 4.5, .5), 5, group='packer', **follows('packer.head')),
        waits('starved', 'Packer waits for bottles or crates', 'Look at labeller and empty-crate conveyor.', 600, **follows('labeller.starved')), guard(), silent()],
    'cell-1': [
        estop('palletising cell') | {'group': 'palletiser'},
        stop('dropped', 'Crate lost from the gripper', LOW, 'Broken glass in the cell; crates collect before it.', 'Request access, take out crate and glass, look at the claws.', group='palletiser'),
        stop('curtain', 'Light curtain broken', LOW, 'The robot stands.', 'See that nobody is in the cell, reset at the panel.', group='palletiser'),
        alarm('gripper_pressure', 'Pressure of the gripper is low', LOW, 'gripper_pressure', 'Crates are lost.', 'Look at the hoses along the arm.', ('low', 3.5, .2), 5, group='palletiser', off_delay_s=1,
              suppressed_by={'alarm': 'cell-1.dropped', 'states': ['HOLDING', 'HELD', 'UNHOLDING']}),
        waits('starved', 'Palletising waits for crates', 'Look at the packer.', 600, **follows('packer.starved')), guard(), silent()],
    'to-wrapper': [alarm('waiting', 'Full pallets wait for AGV 1', LOW, 'waiting', 'The robot stops when both places are full.', 'Look where AGV 1 stands and clear its way.', ('high', 2, 1), 600)],
    'wrapper': [
        stop('film', 'Film torn', LOW, 'Pallets collect before the wrapper.', 'Clip the film to the pallet again.'),
        stop('reel', 'Film reel empty', LOW, 'Pallets collect before the wrapper.', 'Put in a reel.'),
        stop('arm', 'Arm drive fault', MEDIUM, 'The cell stands after two pallets.', 'Call the technician.', latched=True),
        waits('starved', 'Wrapper waits for pallets', 'Look at the palletising cell and at AGV 1.', 900, **follows('cell-1.starved')), guard(), silent()],
    'dispatch': [alarm('full', 'Dispatch lane is full', LOW, 'count', 'AGV 2 cannot set down its pallet.', 'Ask the dock for a truck, or send pallets to the rack.', ('high', 5, 1), 900)],
    'rack-1': [alarm('full', 'Pallet rack is full', LOW, 'count', 'AGV 2 cannot set down its pallet.', 'Let the reach truck clear places.', ('high', 14, 1), 600)],
    **{f'agv-{n}': [
        alarm('battery', 'Battery is low', LOW, 'battery', 'The vehicle will go to charge, orders wait.', 'Give it no further orders this hour.', ('low', 35, 5), 30),
        alarm('battery_low_low', 'Battery is nearly empty', LOW, 'battery', 'The vehicle stops where it is.', 'Drive it to its charger by hand.', ('low_low', 20, 5), 30),
        alarm('silent', 'Vehicle is not heard', LOW, 'travelling', 'Nobody knows where it is.', 'Walk to where it was seen last; look at its radio.', 'stale', 15)] for n in (1, 2)},
    **{f'pump-{n}': [
        stop('seal', f'Shaft seal of pump {n} leaks', LOW, f'Tank {n} runs empty in half an hour; the floor gets slippery.', 'Close the suction valve, change over to the stand-by pump.'),
        alarm('motor_temp', f'Motor of pump {n} is hot', LOW, 'motor_temp', 'The winding ages.', 'Look whether the fan turns and the pump runs dry.', ('high', 85, 5), 20, **follows(f'pump-{n}.seal')),
        alarm('motor_temp_high_high', f'Motor of pump {n} is about to trip', LOW, 'motor_temp', 'The pump stops.', 'Switch the pump off.', ('high_high', 110, 5), 20)] for n in (1, 2, 3)},
    **{f'tank-{n}': [alarm('level', f'Water tank {n} is low', LOW, 'level', 'The mixer runs out of water.', f'Look at pump {n} and the water supply.', ('low', .95, .1), 30)] for n in (1, 2, 3)},
    'mixer': [
        alarm('brix', 'Sugar content out of tolerance', MEDIUM, 'brix', 'What is filled now may not be sold.', 'Send the product back to the tank, look at the syrup pump.', ('low', 6.9, .2), 10),
        alarm('co2', 'Carbon dioxide content is low', LOW, 'co2', 'Bottles go flat.', 'Look at the tank outside and its evaporator.', ('low', 6.1, .2), 15),
        alarm('outlet_pressure', 'Outlet pressure is high', LOW, 'outlet_pressure', 'The relief valve opens, product is lost.', 'Switch the mixer to circulation.', ('high', 6.3, .4), 600), silent()],
    'cip': [
        alarm('caustic_temp', 'Caustic is too cold', MEDIUM, 'caustic_temp', 'Cleaning is not valid.', 'Look at the steam valve; no cleaning before 74 °C.', ('low', 72, 2), 30),
        alarm('caustic_strength', 'Caustic is too weak', LOW, 'caustic_conductivity', 'Cleaning is not valid.', 'Dose concentrate.', ('low', 68, 3), 30), silent()],
    'heat-exchanger': [alarm('water_out', 'Water to the mixer is too warm', LOW, 'water_out', 'It takes up less carbon dioxide.', 'Look at the chiller.', ('high', 8, 1), 30, suppressed_by={'alarm': 'chiller.pressure'})],
    **{f'compressor-{n}': [
        stop('temperature', f'Compressor {n} tripped: oil too hot', LOW, 'The other one carries the hall alone.', 'Look at cooler and fan, then clear it.'),
        stop('drain', f'Compressor {n}: condensate drain blocked', LOW, 'Water gets into the valves.', 'Open the drain by hand, change its float.'), silent()] for n in (1, 2)},
    'air-receiver': [
        alarm('pressure', 'Compressed air is low', LOW, 'pressure', 'Grippers open: packer and robot stop.', 'Start the other compressor.', ('low', 6.3, .15), 10, group='air', **follows('compressor-1.temperature')),
        alarm('pressure_low_low', 'Compressed air fails', HIGH, 'pressure', 'Packer, robot and filler stop.', 'Stop the packer with its head on the table; start the other compressor.', ('low_low', 5.75, .15), 10, group='air')],
    'chiller': [
        stop('pressure', 'High pressure in the refrigerant circuit', LOW, 'Product gets warm within a quarter of an hour.', 'Look at the condenser fans.'),
        alarm('supply_temp', 'Glycol is too warm', LOW, 'supply_temp', 'Product gets warm.', 'Look at the chiller.', ('high', 1.5, 1), 30, **follows('chiller.pressure'))],
    'transformer': [
        stop('fan', 'Cooling fan of the transformer stands', LOW, 'The winding heats up.', 'Look at its fuse.'),
        alarm('winding_temp', 'Winding of the transformer is hot', LOW, 'winding_temp', 'Insulation ages.', 'Shed load: chiller first.', ('high', 98, 3), 60, **follows('transformer.fan')),
        alarm('winding_temp_high_high', 'Transformer is about to trip', HIGH, 'winding_temp', 'The hall goes dark.', 'Stop the line.', ('high_high', 125, 3), 60)],
    'mcc': [
        stop('filter', 'Filter mat of section 3 clogged', LOW, 'Drives derate.', 'Change the mat.'),
        alarm('temperature', 'Section 3 of the motor control centre is hot', LOW, 'temperature', 'Drives trip.', 'Open no door; change the filter mat.', ('high', 43, 2), 60, **follows('mcc.filter'))],
}


def attach(equipment):
    """Gives each equipment of a tree its alarms; what the list names and the tree has not is an error."""
    left = dict(ALARMS)

    def walk(e):
        if rows := left.pop(e['id'], None):
            e['alarms'] = rows
        for child in e.get('children', []):
            walk(child)
    walk(equipment)
    assert not left, f'alarms of what is not there: {sorted(left)}'
