package org.pixelcube.pipeline;

import java.util.List;
import org.pixelcube.light.AreaLight;
import org.pixelcube.light.PrefilteredMap;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * The new light of one frame, ready for shading: the map as area lights for everything diffuse and
 * shadowed, and prefiltered for reflections.
 *
 * @param lights in the map's own axes
 * @param prefiltered in the map's own axes; null where no reflection is asked for
 * @param rotation the map's axes to camera space
 * @param scale what radiance is multiplied by: exposure
 */
record Illumination(
    List<AreaLight> lights, PrefilteredMap prefiltered, Rotation rotation, float scale) {

  Illumination {
    lights = List.copyOf(lights);
  }

  /** Directions in camera space, x, y, z per light. */
  float[] directions() {
    float[] d = new float[3 * lights.size()];
    for (int k = 0; k < lights.size(); k++) {
      Vector3 v = rotation.apply(lights.get(k).direction()).normalized();
      d[3 * k] = (float) v.x();
      d[3 * k + 1] = (float) v.y();
      d[3 * k + 2] = (float) v.z();
    }
    return d;
  }
}
