# SPDX-License-Identifier: Apache-2.0
# Shows a glTF file and turns its "_dyn" nodes: -- file=F camera=x,y,z target=x,y,z fov=DEG far=M frames=N [picture=OUT.png]
# Says "first picture" when that is there, and at the end one line of JSON: what a frame cost.
extends Node3D

const WARM_FRAMES := 10
const SETTLED_US := 3_000_000 # Godot compiles its pipelines beside the frames: nothing new for so long
const LIMIT_US := 10_000_000 # as bench_frame: fewer frames when they take longer, but not fewer than 20
const LEAST_FRAMES := 20

var options := {}
var turning: Array[Node3D] = []
var frame := 0
var frames := 0
var times: PackedFloat64Array = []
var compiled := -1
var compiled_at := 0
var warm := false
var begin := 0
var last := 0
var cpu_begin := Vector2.ZERO

func point(text: String) -> Vector3:
	var p := text.split_floats(",")
	return Vector3(p[0], p[1], p[2])

func find_turning(node: Node) -> void:
	if node is Node3D and node.name.ends_with("_dyn"):
		turning.append(node)
	for child in node.get_children():
		find_turning(child)

# CPU time so far in ms: of the main thread, which renders as well, and Godot's workers; and with the driver's threads,
# some of which have the program's name.
func cpu_ms() -> Vector2:
	var main := str(OS.get_process_id())
	var app := 0.0
	var all := 0.0
	for task in DirAccess.get_directories_at("/proc/self/task"):
		var folder := "/proc/self/task/" + task
		var ms := FileAccess.open(folder + "/schedstat", FileAccess.READ).get_line().get_slice(" ", 0).to_float() / 1e6
		var thread := FileAccess.open(folder + "/comm", FileAccess.READ).get_line()
		all += ms
		if task == main or thread.begins_with("WorkerThread"):
			app += ms
	return Vector2(app, all)

func pipelines() -> int:
	var out := 0
	for kind in [RenderingServer.RENDERING_INFO_PIPELINE_COMPILATIONS_CANVAS, RenderingServer.RENDERING_INFO_PIPELINE_COMPILATIONS_MESH,
			RenderingServer.RENDERING_INFO_PIPELINE_COMPILATIONS_SURFACE, RenderingServer.RENDERING_INFO_PIPELINE_COMPILATIONS_DRAW,
			RenderingServer.RENDERING_INFO_PIPELINE_COMPILATIONS_SPECIALIZATION]:
		out += RenderingServer.get_rendering_info(kind)
	return out

func _ready() -> void:
	for argument in OS.get_cmdline_user_args():
		options[argument.get_slice("=", 0)] = argument.substr(argument.find("=") + 1)
	frames = options.frames.to_int()
	var document := GLTFDocument.new()
	var state := GLTFState.new()
	var error := document.append_from_file(options.file, state)
	if error != OK:
		printerr("cannot read it: %s" % error_string(error))
		get_tree().quit(1)
		return
	var scene := document.generate_scene(state)
	add_child(scene)
	find_turning(scene)
	var camera := Camera3D.new()
	camera.fov = options.fov.to_float()
	camera.near = 0.1
	camera.far = options.far.to_float()
	add_child(camera)
	camera.look_at_from_position(point(options.camera), point(options.target))
	camera.current = true
	var world := WorldEnvironment.new()
	world.environment = Environment.new()
	world.environment.background_mode = Environment.BG_COLOR
	world.environment.background_color = Color(0.5, 0.6, 0.7)
	world.environment.ambient_light_source = Environment.AMBIENT_SOURCE_COLOR
	world.environment.ambient_light_color = Color.WHITE
	world.environment.ambient_light_energy = 0.3
	add_child(world)
	RenderingServer.frame_post_draw.connect(say_first, CONNECT_ONE_SHOT)

func say_first() -> void:
	get_viewport().get_texture().get_image() # waits until it is drawn
	print("first picture")

func is_warm(now: int) -> bool:
	var known := pipelines()
	if known != compiled:
		compiled = known
		compiled_at = now
	return frame > WARM_FRAMES and now - compiled_at > SETTLED_US

func turn() -> void:
	var rotation_now := Quaternion(Vector3.UP, frame * 0.02)
	for node in turning:
		node.quaternion = rotation_now

func finish() -> void:
	var cpu := (cpu_ms() - cpu_begin) / times.size()
	var sorted := times.duplicate()
	sorted.sort()
	var size := get_viewport().get_visible_rect().size
	var version := Engine.get_version_info()
	print(JSON.stringify({
		"frame_ms": sorted[int((sorted.size() - 1) * 0.5)], "app_cpu_ms": cpu.x, "process_cpu_ms": cpu.y, "frames": times.size(),
		"size": "%dx%d" % [size.x, size.y], "turning": turning.size(),
		"draws": Performance.get_monitor(Performance.RENDER_TOTAL_DRAW_CALLS_IN_FRAME),
		"triangles": Performance.get_monitor(Performance.RENDER_TOTAL_PRIMITIVES_IN_FRAME),
		"name": "Godot %d.%d.%d " % [version.major, version.minor, version.patch] + RenderingServer.get_current_rendering_method(),
		"draws_with": RenderingServer.get_video_adapter_name()}))
	if options.has("picture"):
		get_viewport().get_texture().get_image().save_png(options.picture)
	get_tree().quit()

func _process(_delta: float) -> void:
	var now := Time.get_ticks_usec()
	frame += 1
	if warm:
		times.append((now - last) / 1000.0)
		if times.size() >= frames or (times.size() > LEAST_FRAMES and now - begin > LIMIT_US):
			finish()
			return
	elif is_warm(now):
		warm = true
		cpu_begin = cpu_ms()
		now = Time.get_ticks_usec()
		begin = now
	last = now
	turn()
