package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.AreaLights;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.PrefilteredMap;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;

/** Shapes, lights and faces made up for tests of the physics. */
final class Fixtures {
  private Fixtures() {}

  /** The face models, if they have been fetched before; tests fetch nothing. */
  static Path faceModels() {
    ModelStore store = new ModelStore(_ -> {});
    assumeTrue(store.has(Model.FACE_LANDMARKER), "the face models have not been fetched");
    return store.file(Model.FACE_LANDMARKER);
  }

  static FaceTopology topology() {
    return FaceTopology.read(faceModels());
  }

  /** A sample photograph, linear light. */
  static Image photo(String name) {
    Path file =
        Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "photos").resolve(name);
    assumeTrue(Files.isRegularFile(file), file + " is absent");
    return ImageFile.read(file);
  }

  /** The canonical face, turned, at {@code scale} pixels a centimetre about (x, y). */
  static Face face(FaceTopology topology, Rotation pose, double scale, double x, double y) {
    float[] landmarks = new float[3 * Face.LANDMARKS];
    float[] p = topology.positions();
    for (int v = 0; v < Face.LANDMARKS; v++) {
      int i = 3 * Math.min(v, FaceTopology.VERTICES - 1);
      Vector3 at = pose.apply(new Vector3(p[i], p[i + 1], p[i + 2])).times(scale);
      landmarks[3 * v] = (float) (x + at.x());
      landmarks[3 * v + 1] = (float) (y - at.y());
      landmarks[3 * v + 2] = (float) at.z();
    }
    return new Face(0, landmarks, 1, null);
  }

  /** A plane with this normal through the middle of the grid, all of it the subject. */
  static Geometry plane(int w, int h, Vector3 normal) {
    Geometry g = flat(w, h);
    for (int i = 0; i < g.size(); i++) {
      g.nx()[i] = (float) normal.x();
      g.ny()[i] = (float) normal.y();
      g.nz()[i] = (float) normal.z();
      double x = i % w + 0.5 - 0.5 * w;
      int row = i / w;
      double y = 0.5 * h - row - 0.5;
      g.depth()[i] = (float) (-(normal.x() * x + normal.y() * y) / normal.z());
    }
    return g;
  }

  /** A plane that faces the camera, depth 0. */
  static Geometry flat(int w, int h) {
    int n = w * h;
    float[] alpha = new float[n];
    float[] nz = new float[n];
    Arrays.fill(alpha, 1);
    Arrays.fill(nz, 1);
    return new Geometry(
        w, h, alpha, new float[n], new float[n], nz, new float[n], new float[n], List.of());
  }

  /** A sphere of this radius in the middle of the grid. */
  static Geometry sphere(int w, int h, double radius) {
    Geometry g = flat(w, h);
    for (int i = 0; i < g.size(); i++) {
      double x = (i % w + 0.5 - 0.5 * w) / radius;
      int row = i / w;
      double y = (0.5 * h - row - 0.5) / radius;
      double r2 = x * x + y * y;
      if (r2 < 1) {
        double z = Math.sqrt(1 - r2);
        g.nx()[i] = (float) x;
        g.ny()[i] = (float) y;
        g.nz()[i] = (float) z;
        g.depth()[i] = (float) (radius * z);
      } else {
        g.alpha()[i] = 0;
        g.depth()[i] = Float.NEGATIVE_INFINITY;
      }
    }
    return g;
  }

  /** A grey map of a function of direction. */
  static EnvironmentMap map(int width, ToDoubleFunction<Vector3> radiance) {
    int height = width / 2;
    int plane = width * height;
    float[] s = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      int row = i / width;
      Vector3 d = EnvironmentMap.direction((i % width + 0.5) / width, (row + 0.5) / height);
      float value = (float) radiance.applyAsDouble(d);
      for (int c = 0; c < 3; c++) {
        s[c * plane + i] = value;
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, s));
  }

  /** Black but for a disc of this radiance. */
  static EnvironmentMap disc(int width, Vector3 centre, double radiusDegrees, double radiance) {
    double cos = Math.cos(Math.toRadians(radiusDegrees));
    Vector3 to = centre.normalized();
    return map(width, d -> d.dot(to) > cos ? radiance : 0);
  }

  /** A map made ready as for relighting. */
  static Illumination illumination(EnvironmentMap map, Rotation rotation, float scale) {
    return new Illumination(
        AreaLights.medianCut(map, 64), PrefilteredMap.of(map, 0.3, 0.55), rotation, scale);
  }
}
