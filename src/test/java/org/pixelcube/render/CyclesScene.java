package org.pixelcube.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * A lumpy ball under a smooth map in three materials: what {@code
 * tools/reference/cycles_compare.py} renders in Cycles and {@link CyclesAgreementTest} here.
 */
final class CyclesScene {
  static final int SIZE = 64;

  /** Of the reference renders; their noise is then below 1 %. */
  private static final int SAMPLES = 1024;

  static final float[] ALBEDO = {0.8f, 0.5f, 0.3f};
  private static final float ROUGHNESS = 0.4f;
  private static final float GLOSSY_SPECULAR = 0.04f;
  private static final float SKIN_SPECULAR = 0.028f;
  private static final float[] SCATTER = {0.006f, 0.003f, 0.0015f};

  private CyclesScene() {}

  /** Writes scene.json, mesh.obj and map.hdr into the folder named. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    writeMap(folder.resolve("map.hdr"));
    Files.writeString(folder.resolve("mesh.obj"), obj(mesh()));
    Files.writeString(folder.resolve("scene.json"), json());
  }

  static List<String> materials() {
    return List.of("lambert", "subsurface", "glossy");
  }

  static Material material(String name) {
    Texture albedo = Texture.constant(ALBEDO);
    Texture roughness = Texture.constant(ROUGHNESS);
    return switch (name) {
      case "lambert" -> new Material.Lambert(albedo);
      case "subsurface" ->
          new Material.Skin(
              albedo, SCATTER[0], SCATTER[1], SCATTER[2], roughness, 1, 0, SKIN_SPECULAR, null);
      case "glossy" -> new Material.Glossy(albedo, roughness, GLOSSY_SPECULAR);
      default -> throw new IllegalArgumentException(name);
    };
  }

  static Camera camera() {
    return Camera.portrait(SIZE, SIZE, 0.6, 0.14);
  }

  static Scene scene(String material) {
    return new Scene(
        List.of(Instance.still(new Shape(material, mesh(), material(material)))), camera());
  }

  /** A sphere of 5 cm with lumps and hollows of about 1 cm. */
  static TriangleMesh mesh() {
    TriangleMesh ball = TestMeshes.sphere(1, 192, 96);
    float[] p = ball.positions().clone();
    for (int i = 0; i < p.length; i += 3) {
      double x = p[i];
      double y = p[i + 1];
      double z = p[i + 2];
      double r =
          0.047
              + 0.006 * Math.sin(5 * x + 1) * Math.sin(4 * y + 0.5)
              + 0.005 * Math.sin(6 * z - 3 * y)
              + 0.003 * Math.sin(9 * x + 7 * y);
      p[i] = (float) (r * x);
      p[i + 1] = (float) (r * y);
      p[i + 2] = (float) (r * z);
    }
    return ball.moved(p);
  }

  /** A coloured sky with one broad source up to the right, in front of the subject. */
  static void writeMap(Path file) {
    int w = 128;
    int h = 64;
    float[] samples = new float[3 * w * h];
    Vector3 source = new Vector3(0.7, 0.5, 0.5).normalized();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h);
        double bright = 9 * Math.exp(12 * (d.dot(source) - 1));
        int i = y * w + x;
        samples[i] = (float) (0.25 + 0.15 * d.x() + bright);
        samples[w * h + i] = (float) (0.25 + 0.15 * d.y() + 0.9 * bright);
        samples[2 * w * h + i] = (float) (0.25 - 0.15 * d.z() + 0.75 * bright);
      }
    }
    ImageFile.write(file, Image.rgb(w, h, samples));
  }

  private static String obj(TriangleMesh mesh) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < mesh.positions().length; i += 3) {
      line(out, "v", mesh.positions(), i);
    }
    for (int i = 0; i < mesh.normals().length; i += 3) {
      line(out, "vn", mesh.normals(), i);
    }
    int[] t = mesh.triangles();
    for (int i = 0; i < t.length; i += 3) {
      out.append(
          "f %1$d//%1$d %2$d//%2$d %3$d//%3$d\n".formatted(t[i] + 1, t[i + 1] + 1, t[i + 2] + 1));
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String what, float[] xyz, int i) {
    out.append(what).append(' ').append(xyz[i]).append(' ').append(xyz[i + 1]);
    out.append(' ').append(xyz[i + 2]).append('\n');
  }

  private static String json() {
    Camera camera = camera();
    Vector3 at = camera.pose().translation();
    return """
    {
      "samples": %d,
      "camera": {
        "width": %d, "height": %d, "focalLengthPixels": %s, "position": [%s, %s, %s]
      },
      "materials": {
        "lambert": {"albedo": %s},
        "subsurface": {
          "albedo": %s, "meanFreePath": %s, "specular": %s, "roughness": %s
        },
        "glossy": {"albedo": %s, "specular": %s, "roughness": %s}
      }
    }
    """
        .formatted(
            SAMPLES,
            camera.width(),
            camera.height(),
            camera.focalLengthPixels(),
            at.x(),
            at.y(),
            at.z(),
            array(ALBEDO),
            array(ALBEDO),
            array(meanFreePath()),
            SKIN_SPECULAR,
            ROUGHNESS,
            array(ALBEDO),
            GLOSSY_SPECULAR,
            ROUGHNESS);
  }

  private static float[] meanFreePath() {
    float[] path = new float[3];
    for (int c = 0; c < 3; c++) {
      path[c] = 1 / SubsurfaceWalk.extinction(ALBEDO[c], SCATTER[c]);
    }
    return path;
  }

  private static String array(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> String.format(Locale.ROOT, "%s", values[i]))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
