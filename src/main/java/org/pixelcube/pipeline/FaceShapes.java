package org.pixelcube.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.light.AreaLight;
import org.pixelcube.light.AreaLights;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.train.ShapeFinder;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.FaceTracker;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;

/**
 * Shapes as physics finds them, for training: faces by their landmarks, the rest by its outline,
 * and the shadows that this shape casts on itself.
 */
public final class FaceShapes implements ShapeFinder {
  /** Maps kept ready. */
  private static final int KEPT = 64;

  private final GeometryBuilder builder;
  private final FaceTracker faces;
  private final Map<EnvironmentMap, List<AreaLight>> lights = new LinkedHashMap<>();
  private boolean closed;

  private FaceShapes(Path bundle) {
    this.builder = new GeometryBuilder(FaceTopology.read(bundle));
    this.faces =
        new FaceTracker(
            bundle,
            new FaceTracker.Options(FaceTracker.Options.DEFAULT.maxFaces(), 1, false, false, 1));
  }

  /** Opens the pretrained networks that find faces. */
  public static FaceShapes open(ModelStore models) {
    return new FaceShapes(models.fetch(Model.FACE_LANDMARKER));
  }

  @Override
  public synchronized List<SubjectShape> shapes(List<View> frames) {
    if (closed) {
      throw new IllegalStateException("shapes are asked for after the end");
    }
    faces.reset();
    List<SubjectShape> shapes = new ArrayList<>();
    for (View frame : frames) {
      List<Face> seen = faces.next(frame.picture(), shapes.size());
      shapes.add(
          of(
              builder.build(
                  frame.matte().samples(),
                  frame.picture().width(),
                  frame.picture().height(),
                  seen,
                  1),
              illumination(frame.light())));
    }
    return shapes;
  }

  private Illumination illumination(Light light) {
    List<AreaLight> known = lights.get(light.map());
    if (known == null) {
      known = AreaLights.medianCut(light.map(), IlluminationTrack.LIGHTS);
      lights.put(light.map(), known);
      if (lights.size() > KEPT) {
        lights.remove(lights.keySet().iterator().next());
      }
    }
    Rgb gain = light.gain();
    List<AreaLight> exposed =
        known.stream()
            .map(l ->
                new AreaLight(
                    l.direction(),
                    l.red() * gain.red(),
                    l.green() * gain.green(),
                    l.blue() * gain.blue(),
                    l.angularRadiusRadians()))
            .toList();
    return new Illumination(exposed, null, light.turn(), 1);
  }

  /** What networks are told of a shape in a light. */
  static SubjectShape of(Geometry g, Illumination light) {
    int n = g.size();
    float[] normals = new float[3 * n];
    System.arraycopy(g.nx(), 0, normals, 0, n);
    System.arraycopy(g.ny(), 0, normals, n, n);
    System.arraycopy(g.nz(), 0, normals, 2 * n, n);
    float[][] diffuse =
        LightMaps.of(g, g.face(), HorizonMap.of(g), light, new LightMaps.Options(1, 0)).diffuse();
    float[] shaded = new float[3 * n];
    for (int c = 0; c < 3; c++) {
      System.arraycopy(diffuse[c], 0, shaded, c * n, n);
    }
    return new SubjectShape(normals, shaded);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      faces.close();
    }
  }
}
