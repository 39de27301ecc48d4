package org.pixelcube.dataset;

import java.util.List;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;

/**
 * Some frames of a clip under one light and under another.
 *
 * @param firstFrame of the clip
 * @param source the light of the input
 * @param target the light to relight to
 * @param camera faults of the input
 */
public record TrainingSample(
    String clip,
    int firstFrame,
    DrawnLight source,
    DrawnLight target,
    CameraAugmentation camera,
    List<Frame> frames) {

  /**
   * One frame. Pictures are linear Rec.709, maps in camera space and exposed as the pictures.
   *
   * @param input the subject before {@code sourceMap}, as a camera's file shows it, {@code (3, h,
   *     w)} from 0 to 1
   * @param target the subject before {@code targetMap}, without any fault, {@code (3, h, w)}
   * @param flatLit the subject under a uniform map of radiance 1, or its colour under light from
   *     the camera's side ({@link SampleGenerator#frontLit}), {@code (3, h, w)}, black where it is
   *     not
   * @param albedo {@code (3, h, w)}
   * @param normals unit, camera space, {@code (3, h, w)}
   * @param matte share of the pixel that the subject covers, {@code (1, h, w)}
   * @param depth metres, {@code (1, h, w)}
   * @param motion pixels since the frame before, right and down, {@code (2, h, w)}
   * @param targetTurn from the axes of the map that {@code target} names to camera space
   * @param targetGain what the radiance of that map is multiplied by; {@code targetMap} is the map
   *     so turned and multiplied
   * @param background what is behind the subject in {@code target}, {@code (3, h, w)}
   */
  public record Frame(
      Image input,
      Image target,
      Image flatLit,
      Image albedo,
      Image normals,
      Image matte,
      Image depth,
      Image motion,
      EnvironmentMap sourceMap,
      EnvironmentMap targetMap,
      Rotation targetTurn,
      Rgb targetGain,
      Image background) {}
}
