package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.IrradianceMap;
import org.pixelcube.light.Rgb;

/**
 * What the networks are told of one frame, on the geometry grid: planes {@code (c, h, w)}.
 *
 * @param seconds from the start of the clip
 * @param picture as shot, linear, three planes
 * @param matte coverage, one plane
 * @param view of the frame's new light
 * @param physics where the network wants it
 * @param shape the same
 */
record NetworkFrame(
    double seconds,
    int width,
    int height,
    float[] picture,
    float[] matte,
    View view,
    Optional<Physics> physics,
    Optional<SubjectShape> shape) {

  /**
   * What physics makes of the frame, linear, three planes each.
   *
   * @param flatLit the subject in even light, premultiplied
   * @param normals camera space
   * @param relit the subject under its new light, over the view's background
   */
  record Physics(float[] flatLit, float[] normals, float[] relit) {}

  NetworkFrame(double seconds, int width, int height, float[] picture, float[] matte, View view) {
    this(seconds, width, height, picture, matte, view, Optional.empty(), Optional.empty());
  }

  /** The same with what physics makes of it. */
  NetworkFrame with(Physics made) {
    return new NetworkFrame(seconds, width, height, picture, matte, view, Optional.of(made), shape);
  }

  /** The same with the subject's shape. */
  NetworkFrame with(SubjectShape found) {
    return new NetworkFrame(
        seconds, width, height, picture, matte, view, physics, Optional.of(found));
  }

  /**
   * A light as the networks look at it.
   *
   * @param background the map as the camera sees it, linear, exposed, three planes
   * @param environment the nine planes of {@link EnvironmentImages}
   */
  record View(float[] background, float[] environment, LightPlanes.Light light) {}

  /** Makes views; light that stands is looked at once. */
  static final class Views {
    /** The width that training sees maps in. */
    private static final int MAP_WIDTH = 256;

    private final double fovDegrees;
    private final double blur;
    private IlluminationTrack.Moment lastMoment;
    private View last;
    private EnvironmentMap lastMap;
    private IrradianceMap lastIrradiance;

    /**
     * Makes views of one run.
     *
     * @param blur standard deviation of the background's blur as a share of the height
     */
    Views(double fovDegrees, double blur) {
      this.fovDegrees = fovDegrees;
      this.blur = blur;
    }

    View of(IlluminationTrack.Moment moment, int width, int height) {
      Illumination light = moment.illumination();
      if (last != null
          && moment.map() == lastMoment.map()
          && light.rotation().equals(lastMoment.illumination().rotation())
          && light.scale() == lastMoment.illumination().scale()) {
        return last;
      }
      if (moment.map() != lastMap) {
        lastMap = moment.map();
        lastIrradiance = IrradianceMap.of(lastMap);
      }
      float scale = light.scale();
      EnvironmentMap small =
          lastMap.width() > MAP_WIDTH ? lastMap.downsampled(MAP_WIDTH, MAP_WIDTH / 2) : lastMap;
      EnvironmentMap turned = small.rotated(light.rotation()).scaled(scale, scale, scale);
      lastMoment = moment;
      last =
          new View(
              EnvironmentView.render(
                      lastMap, light.rotation(), fovDegrees, width, height, blur * height, scale)
                  .samples(),
              EnvironmentImages.of(turned),
              new LightPlanes.Light(
                  new LightPlanes.Source(lastIrradiance, light.prefiltered()),
                  light.rotation(),
                  new Rgb(scale, scale, scale),
                  1));
      return last;
    }
  }

  /** Writes all but the view, which the time tells. */
  void write(DataOutputStream out) throws IOException {
    out.writeDouble(seconds);
    out.writeInt(width);
    out.writeInt(height);
    write(out, picture);
    write(out, matte);
    out.writeBoolean(physics.isPresent());
    if (physics.isPresent()) {
      write(out, physics.get().flatLit);
      write(out, physics.get().normals);
      write(out, physics.get().relit);
    }
    out.writeBoolean(shape.isPresent());
    if (shape.isPresent()) {
      write(out, shape.get().normals());
      write(out, shape.get().shaded());
    }
  }

  private static void write(DataOutputStream out, float[] planes) throws IOException {
    for (float v : planes) {
      out.writeFloat(v);
    }
  }

  /** Finds the view of a time. */
  @FunctionalInterface
  interface ViewAt {
    View at(double seconds, int width, int height);
  }

  /** Reads what {@link #write} wrote. */
  static NetworkFrame read(DataInputStream in, ViewAt views) throws IOException {
    double seconds = in.readDouble();
    int width = in.readInt();
    int height = in.readInt();
    int n = Math.multiplyExact(width, height);
    float[] picture = floats(in, Math.multiplyExact(3, n));
    float[] matte = floats(in, n);
    View view = views.at(seconds, width, height);
    NetworkFrame frame = new NetworkFrame(seconds, width, height, picture, matte, view);
    if (in.readBoolean()) {
      frame = frame.with(new Physics(floats(in, 3 * n), floats(in, 3 * n), floats(in, 3 * n)));
    }
    if (in.readBoolean()) {
      frame = frame.with(new SubjectShape(floats(in, 3 * n), floats(in, 3 * n)));
    }
    return frame;
  }

  static float[] floats(DataInputStream in, int n) throws IOException {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
