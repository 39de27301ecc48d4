"""Renders the scenes of CyclesScene in Blender Cycles, as an independent reference for `render`.

    java --add-modules jdk.incubator.vector -cp target/test-classes:target/classes \\
        org.pixelcube.render.CyclesScene SCENE_DIR
    blender -b --python-exit-code 1 -P tools/reference/cycles_compare.py -- SCENE_DIR OUT_DIR

SCENE_DIR holds scene.json, mesh.obj and map.hdr, all in the axes of docs/conventions.md. For each
material of the scene OUT_DIR/cycles-NAME.f16 is written: linear Rec.709 multiplied by alpha,
(h, w, 3), little-endian half floats, rows from the top.

Made for Blender 3.4. How our materials are stated to Cycles:

* Lambert: Diffuse BSDF of roughness 0.
* The coat of Glossy and Skin: the specular lobe of the Principled BSDF over black, multiple
  scattering GGX. Fresnel is the dielectric one for the same reflectance at normal incidence, where
  ours is Schlick's approximation.
* The base under a coat: the base's closure times 1 - E(cos) of the way out, E the coat's
  directional albedo, integrated here. Ours spreads the loss over the ways in too; the total is the
  same.
* Subsurface: the random walk with a fixed radius. Cycles divides that radius by 4 pi to get the
  mean free path, does not refract, and inverts the albedo by a fit of its own, where ours inverts
  van de Hulst's formula.
"""

import json
import math
import struct
import sys
import tempfile
import time
from array import array
from pathlib import Path

import bpy
from mathutils import Vector


def read_obj(path):
    """Positions, normals and triangles; vertex i has normal i."""
    positions, normals, triangles = [], [], []
    for line in path.read_text().splitlines():
        fields = line.split()
        if not fields:
            continue
        if fields[0] == "v":
            positions.append([float(x) for x in fields[1:4]])
        elif fields[0] == "vn":
            normals.append([float(x) for x in fields[1:4]])
        elif fields[0] == "f":
            triangles.append([int(x.split("/")[0]) - 1 for x in fields[1:4]])
    return positions, normals, triangles


def pixels(image):
    """An image of Blender's as rows from the top of (red, green, blue, alpha)."""
    w, h = image.size
    values = array("f", bytes(16 * w * h))
    image.pixels.foreach_get(values)
    return [
        [tuple(values[4 * (y * w + x) : 4 * (y * w + x) + 4]) for x in range(w)]
        for y in reversed(range(h))
    ]


def add_mesh(path):
    positions, normals, triangles = read_obj(path)
    mesh = bpy.data.meshes.new("subject")
    mesh.from_pydata(positions, [], triangles)
    mesh.polygons.foreach_set("use_smooth", [True] * len(triangles))
    mesh.use_auto_smooth = True
    mesh.normals_split_custom_set_from_vertices(normals)
    subject = bpy.data.objects.new("subject", mesh)
    subject.cycles.shadow_terminator_offset = 0
    subject.cycles.shadow_terminator_geometry_offset = 0
    bpy.context.collection.objects.link(subject)
    return subject


def add_camera(settings):
    """Blender's cameras look along -Z with +Y up, as ours do."""
    data = bpy.data.cameras.new("camera")
    data.sensor_fit = "HORIZONTAL"
    data.lens = settings["focalLengthPixels"] / settings["width"] * data.sensor_width
    data.clip_start = 0.001
    camera = bpy.data.objects.new("camera", data)
    camera.location = settings["position"]
    bpy.context.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return camera


def add_map(path):
    """The world: Blender's maps are for +Z up and turn the other way; (x, y, z) is looked up at
    (-z, -x, y)."""
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    bpy.context.scene.world = world
    nodes, links = world.node_tree.nodes, world.node_tree.links
    texture = nodes.new("ShaderNodeTexEnvironment")
    texture.image = bpy.data.images.load(str(path))
    coordinates = nodes.new("ShaderNodeTexCoord")
    split = nodes.new("ShaderNodeSeparateXYZ")
    joined = nodes.new("ShaderNodeCombineXYZ")
    links.new(coordinates.outputs["Generated"], split.inputs[0])
    for axis, name in enumerate("ZX"):
        minus = nodes.new("ShaderNodeMath")
        minus.operation = "MULTIPLY"
        minus.inputs[1].default_value = -1
        links.new(split.outputs[name], minus.inputs[0])
        links.new(minus.outputs[0], joined.inputs[axis])
    links.new(split.outputs["Y"], joined.inputs[2])
    links.new(joined.outputs[0], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], nodes["Background"].inputs["Color"])
    return texture.image


def coat_albedo(specular, alpha, cos):
    """Directional albedo of a single-scattering GGX lobe with dielectric Fresnel."""
    sin = math.sqrt(1 - cos * cos)
    ior = (1 + math.sqrt(specular)) / (1 - math.sqrt(specular))
    # Visible normals (Heitz 2018), by a stratified grid. The axes about the stretched way out v
    # are (0, 1, 0) and (-vz, 0, vx).
    length = math.hypot(alpha * sin, cos)
    vx, vz = alpha * sin / length, cos / length
    s = 0.5 * (1 + vz)
    steps = 96
    total = 0
    for i in range(steps):
        r = math.sqrt((i + 0.5) / steps)
        for j in range(steps):
            phi = 2 * math.pi * (j + 0.5) / steps
            t1 = r * math.cos(phi)
            t2 = (1 - s) * math.sqrt(1 - t1 * t1) + s * r * math.sin(phi)
            up = math.sqrt(max(0, 1 - t1 * t1 - t2 * t2))
            half = Vector(
                (alpha * (vx * up - vz * t2), alpha * t1, max(1e-6, vx * t2 + vz * up))
            ).normalized()
            dot = max(0, sin * half.x + cos * half.z)
            z = 2 * dot * half.z - cos
            if z <= 0:
                continue
            g = math.sqrt(ior * ior - 1 + dot * dot)
            a = (g - dot) / (g + dot)
            b = (dot * (g + dot) - 1) / (dot * (g - dot) + 1)
            fresnel = 0.5 * a * a * (1 + b * b)
            total += fresnel * (1 + smith(alpha, cos)) / (1 + smith(alpha, cos) + smith(alpha, z))
    return total / steps**2


def smith(alpha, cos):
    """Smith's lambda of GGX."""
    cos = min(cos, 1)
    return 0.5 * (math.sqrt(1 + alpha * alpha * (1 / (cos * cos) - 1)) - 1)


def base_node(nodes, settings):
    colour = (*settings["albedo"], 1)
    if "meanFreePath" in settings:
        node = nodes.new("ShaderNodeSubsurfaceScattering")
        node.falloff = "RANDOM_WALK_FIXED_RADIUS"
        node.inputs["Scale"].default_value = 1
        node.inputs["Radius"].default_value = [4 * math.pi * x for x in settings["meanFreePath"]]
    else:
        node = nodes.new("ShaderNodeBsdfDiffuse")
        node.inputs["Roughness"].default_value = 0
    node.inputs["Color"].default_value = colour
    return node


def coated(nodes, links, base, settings):
    """The base under a coat: ADD(coat, MIX(nothing, base, 1 - E))."""
    specular, roughness = settings["specular"], settings["roughness"]
    coat = nodes.new("ShaderNodeBsdfPrincipled")
    coat.distribution = "MULTI_GGX"
    coat.inputs["Base Color"].default_value = (0, 0, 0, 1)
    coat.inputs["Specular"].default_value = specular / 0.08
    coat.inputs["Roughness"].default_value = roughness

    geometry = nodes.new("ShaderNodeNewGeometry")
    cosine = nodes.new("ShaderNodeVectorMath")
    cosine.operation = "DOT_PRODUCT"
    links.new(geometry.outputs["Normal"], cosine.inputs[0])
    links.new(geometry.outputs["Incoming"], cosine.inputs[1])
    ramp = nodes.new("ShaderNodeValToRGB")
    links.new(cosine.outputs["Value"], ramp.inputs["Fac"])
    stops = ramp.color_ramp.elements
    count = 32
    for i in range(count):
        place = (i / (count - 1)) ** 2
        if i == 0:
            stop = stops[0]
        elif i == count - 1:
            stop = stops[len(stops) - 1]
        else:
            stop = stops.new(place)
        stop.position = place
        passed = 1 - coat_albedo(specular, roughness**2, max(place, 1e-3))
        stop.color = (passed, passed, passed, 1)
    mix = nodes.new("ShaderNodeMixShader")
    links.new(ramp.outputs["Color"], mix.inputs[0])
    links.new(base.outputs[0], mix.inputs[2])
    both = nodes.new("ShaderNodeAddShader")
    links.new(coat.outputs[0], both.inputs[0])
    links.new(mix.outputs[0], both.inputs[1])
    return both


def material(name, settings):
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    nodes.clear()
    surface = base_node(nodes, settings)
    if "specular" in settings:
        surface = coated(nodes, links, surface, settings)
    output = nodes.new("ShaderNodeOutputMaterial")
    links.new(surface.outputs[0], output.inputs["Surface"])
    return made


def configure(settings, samples):
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x = settings["width"]
    scene.render.resolution_y = settings["height"]
    scene.render.resolution_percentage = 100
    scene.render.film_transparent = True
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.render.image_settings.color_mode = "RGBA"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.pixel_filter_type = "BOX"
    cycles.sample_clamp_direct = 0
    cycles.sample_clamp_indirect = 0
    cycles.light_sampling_threshold = 0
    cycles.blur_glossy = 0
    cycles.caustics_reflective = True
    cycles.caustics_refractive = True
    for kind in ("max", "diffuse", "glossy", "transmission"):
        setattr(cycles, f"{kind}_bounces", 24)


def render(folder):
    path = Path(folder) / "out.exr"
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path), check_existing=False)
    values = pixels(image)
    bpy.data.images.remove(image)
    return values


def check_axes(image, camera, settings, folder):
    """Looks four ways at the bare map and compares with where conventions.md says things are."""
    scene = bpy.context.scene
    scene.render.film_transparent = False
    samples = scene.cycles.samples
    scene.cycles.samples = 16
    texels = pixels(image)
    map_height, map_width = len(texels), len(texels[0])
    w, h, f = settings["width"], settings["height"], settings["focalLengthPixels"]

    def expected(d, channel):
        u = (math.atan2(d.x, -d.z) / math.pi + 1) / 2 * map_width - 0.5
        v = math.acos(max(-1, min(1, d.y))) / math.pi * map_height - 0.5
        left, top = math.floor(u), math.floor(v)
        total = 0
        for row, down in ((top, 1 - v + top), (top + 1, v - top)):
            for column, across in ((left, 1 - u + left), (left + 1, u - left)):
                texel = texels[max(0, min(map_height - 1, row))][column % map_width]
                total += down * across * texel[channel]
        return total

    for turn in ((0, 0, 0), (0, 90, 0), (0, 200, 0), (70, 0, 0)):
        camera.rotation_euler = [math.radians(a) for a in turn]
        bpy.context.view_layer.update()
        to_world = camera.matrix_world.to_3x3()
        seen = render(folder)
        difference, total = 0, 0
        for y in range(h):
            for x in range(w):
                d = to_world @ Vector(((x + 0.5 - w / 2) / f, (h / 2 - y - 0.5) / f, -1))
                d.normalize()
                for channel in range(3):
                    value = expected(d, channel)
                    difference += abs(seen[y][x][channel] - value)
                    total += value
        error = difference / total
        print(f"axes {turn}: mean relative error {error:.5f}", flush=True)
        if not error < 0.01:
            raise SystemExit(f"the map looks wrong towards {turn}: mean relative error {error:.3f}")
    camera.rotation_euler = (0, 0, 0)
    scene.render.film_transparent = True
    scene.cycles.samples = samples


def main():
    source, target = (Path(a) for a in sys.argv[sys.argv.index("--") + 1 :][:2])
    settings = json.loads((source / "scene.json").read_text())
    target.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    configure(settings["camera"], settings["samples"])
    camera = add_camera(settings["camera"])
    image = add_map(source / "map.hdr")
    with tempfile.TemporaryDirectory() as folder:
        check_axes(image, camera, settings["camera"], folder)
        subject = add_mesh(source / "mesh.obj")
        for name, described in settings["materials"].items():
            subject.data.materials.clear()
            subject.data.materials.append(material(name, described))
            started = time.time()
            rows = render(folder)
            colours = [x for row in rows for pixel in row for x in pixel[:3]]
            (target / f"cycles-{name}.f16").write_bytes(struct.pack(f"<{len(colours)}e", *colours))
            mean = sum(colours) / len(colours)
            print(f"{name}: mean {mean:.5f}, {time.time() - started:.0f} s", flush=True)


main()
