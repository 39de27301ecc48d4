"""Renders the scenes of CyclesScene in Blender Cycles, as an independent reference for `render`.

    blender -b --python-exit-code 1 -P tools/reference/cycles_compare.py -- SCENE_DIR OUT_DIR

SCENE_DIR holds scene.json, mesh.obj and map.hdr, all in the axes of docs/conventions.md. For each
material of the scene OUT_DIR/NAME.f16 is written: linear Rec.709 multiplied by alpha, (h, w, 3),
little-endian half floats, rows from the top.

Made for Blender 3.4. How our materials are stated to Cycles:

* Lambert: Diffuse BSDF of roughness 0.
* The coat of Glossy and Skin: the specular lobe of the Principled BSDF over black, multiple
  scattering GGX. Fresnel is the dielectric one for the same reflectance at normal incidence, where
  ours is Schlick's approximation.
* The base under a coat: the base's closure times 1 - E(cos) of the way out, E the coat's
  directional albedo, integrated here. Ours spreads the loss over the ways in too; the total is the
  same.
* Subsurface: the random walk with a fixed radius. Cycles divides that radius by 4 pi to get the
  mean free path, enters by a cosine law, does not refract, and inverts the albedo by the fit of
  Chiang, Kutz and Burley (2016), where ours inverts van de Hulst's formula.
"""

import json
import math
import sys
import tempfile
from pathlib import Path

import bpy
import numpy as np


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
    """An image of Blender's as (h, w, 4), rows from the top."""
    values = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[::-1]


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
    # Visible normals (Heitz 2018), by a stratified grid.
    u = (np.arange(256) + 0.5) / 256
    r, phi = np.meshgrid(np.sqrt(u), 2 * math.pi * u)
    vx, vz = alpha * sin, cos
    length = math.hypot(vx, vz)
    vx, vz = vx / length, vz / length
    t1 = r * np.cos(phi)
    t2 = r * np.sin(phi)
    s = 0.5 * (1 + vz)
    t2 = (1 - s) * np.sqrt(np.maximum(0, 1 - t1 * t1)) + s * t2
    up = np.sqrt(np.maximum(0, 1 - t1 * t1 - t2 * t2))
    # Axes about the stretched way out: T1 = (0, 1, 0), T2 = v x T1 = (-vz, 0, vx).
    hx = alpha * (-vz * t2 + vx * up)
    hy = alpha * t1
    hz = np.maximum(1e-6, vx * t2 + vz * up)
    norm = np.sqrt(hx * hx + hy * hy + hz * hz)
    hx, hz = hx / norm, hz / norm
    dot = np.maximum(0, sin * hx + cos * hz)
    z = 2 * dot * hz - cos
    tan2_in = (1 - np.minimum(z * z, 1)) / np.maximum(z * z, 1e-12)
    tan2_out = (1 - cos * cos) / (cos * cos)
    smith_in = 0.5 * (np.sqrt(1 + alpha * alpha * tan2_in) - 1)
    smith_out = 0.5 * (math.sqrt(1 + alpha * alpha * tan2_out) - 1)
    ior = (1 + math.sqrt(specular)) / (1 - math.sqrt(specular))
    g = np.sqrt(ior * ior - 1 + dot * dot)
    a = (g - dot) / (g + dot)
    b = (dot * (g + dot) - 1) / (dot * (g - dot) + 1)
    fresnel = 0.5 * a * a * (1 + b * b)
    return float(np.mean(np.where(z > 0, fresnel * (1 + smith_out) / (1 + smith_out + smith_in), 0)))


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
    values = pixels(image).copy()
    bpy.data.images.remove(image)
    return values


def check_axes(image, camera, settings, folder):
    """Looks four ways at the bare map and compares with where conventions.md says things are."""
    scene = bpy.context.scene
    scene.render.film_transparent = False
    samples = scene.cycles.samples
    scene.cycles.samples = 16
    place = pixels(image)[..., :3]
    map_height, map_width = place.shape[:2]
    w, h, f = settings["width"], settings["height"], settings["focalLengthPixels"]
    y, x = np.mgrid[0:h, 0:w] + 0.5
    local = np.stack([(x - w / 2) / f, (h / 2 - y) / f, -np.ones_like(x)], -1)
    local /= np.linalg.norm(local, axis=-1, keepdims=True)
    for turn in ((0, 0, 0), (0, 90, 0), (0, 200, 0), (70, 0, 0)):
        camera.rotation_euler = [math.radians(a) for a in turn]
        bpy.context.view_layer.update()
        d = local @ np.array(camera.matrix_world.to_3x3()).T
        phi = np.arctan2(d[..., 0], -d[..., 2])
        u = (phi / math.pi + 1) / 2 * map_width - 0.5
        v = np.arccos(np.clip(d[..., 1], -1, 1)) / math.pi * map_height - 0.5
        left, top = np.floor(u).astype(int), np.floor(v).astype(int)
        fu, fv = (u - left)[..., None], (v - top)[..., None]

        def texel(row, column):
            return place[np.clip(row, 0, map_height - 1), column % map_width]

        expected = (1 - fv) * ((1 - fu) * texel(top, left) + fu * texel(top, left + 1)) + fv * (
            (1 - fu) * texel(top + 1, left) + fu * texel(top + 1, left + 1)
        )
        seen = render(folder)[..., :3]
        error = np.abs(seen - expected).mean() / expected.mean()
        print(f"axes {turn}: {error:.5f}", flush=True)
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
            values = render(folder)
            print(f"{name}: mean {values[..., :3].mean((0, 1))}, cover {values[..., 3].mean():.4f}")
            values[..., :3].astype("<f2").tofile(target / f"{name}.f16")


main()
