"""A generic hand controller for where the runtime offers no model. Origin and axes are OpenXR's grip pose: the handle lies
along Z of glTF (Y here), the thumb's end is at -Z (+Y here). About 0.15 m long."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lib import *

new_scene()
shell = material('ShellGraphite', (.035, .037, .042), 0, .42)
rubber = material('GripRubber', (.015, .015, .016), 0, .8)
key = material('Keys', (.30, .31, .33), 0, .35)
accent = material('Accent', (.95, .33, .03), 0, .4)
light = material('StatusLight', (.02, .25, .45), 0, .3, emit=(.1, .6, 1), strength=3)

root = node('Controller', extras={'kind': 'controller', 'pose': 'OpenXR grip'})
part = Part()
part.lathe([(0, 0), (.012, .001), (.0165, .006), (.0175, .03), (.0160, .06), (.0165, .09), (.019, .105), (.016, .112), (0, .113)],
           (0, -.075, 0), rubber, axis='y', steps=32)
part.lathe([(0, 0), (.012, .001), (.0145, .004), (.0145, .008)], (0, -.077, 0), accent, axis='y', steps=32)
# The head: a rounded shell that leans back towards the thumb.
head = lathe_mesh([(0, -.012), (.020, -.011), (.0265, -.004), (.027, .004), (.025, .009), (.022, .0105), (0, .011)], 40)
part.add(head, shell, (0, .050, .013), (-18, 0, 0))
part.add(lathe_mesh([(.0225, .010), (.0245, .0105), (.0245, .0112), (.0225, .0112)], 40), accent, (0, .050, .013), (-18, 0, 0))
for x, y, r in ((-.009, .060, .0052), (.009, .060, .0052)):
    part.add(lathe_mesh([(r, .010), (r, .0125), (r - .001, .0135), (0, .0137)], 20), key, (x, y, .012), (-18, 0, 0))
part.add(lathe_mesh([(.0035, .010), (.0035, .018), (.0075, .0195), (.008, .022), (.006, .023), (0, .0222)], 24), key, (0, .043, .0155), (-18, 0, 0))
part.add(lathe_mesh([(0, .0113), (.0016, .0113), (.0016, .0118), (0, .0119)], 12), light, (0, .066, .0095), (-18, 0, 0))
# Trigger below the index finger, squeeze key below the others.
part.prism([(.048, -.004), (.070, -.010), (.073, -.020), (.066, -.030), (.060, -.026), (.054, -.012)], .013, key,
           at=(0, 0, 0), rot=(90, 0, 90), bevel=.003)
part.box((.012, .030, .006), (0, -.010, -.0175), key, bevel=.002)
part.obj('Controller_Body', root)
export('controller', occlusion=False)
