package org.pixelcube.train;

import java.util.List;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;

/**
 * Finds the shape of a subject as it will be found where networks that are told of it are used.
 * Threads may share it.
 */
public interface ShapeFinder extends AutoCloseable {
  /**
   * A light that shapes are shaded by.
   *
   * @param map in its own axes; one of the same identity is prepared once
   * @param turn its axes to camera space
   * @param gain what its radiance is multiplied by
   */
  record Light(EnvironmentMap map, Rotation turn, Rgb gain) {}

  /**
   * A frame to look at.
   *
   * @param picture as shot, linear, {@code (3, h, w)}
   * @param matte coverage, {@code (1, h, w)}
   * @param light the new one
   */
  record View(Image picture, Image matte, Light light) {}

  /** The shapes of frames in a row. */
  List<SubjectShape> shapes(List<View> frames);

  @Override
  void close();
}
