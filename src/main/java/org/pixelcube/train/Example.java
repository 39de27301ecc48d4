package org.pixelcube.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.light.EnvironmentMap;

/**
 * Frames in a row of one clip under two lights, kept in half precision.
 *
 * @param width pixels
 * @param height pixels
 */
record Example(int width, int height, List<Frame> frames) {
  /** Planes of a frame: picture, matte, flat-lit, normals, target, background. */
  private static final int PLANES = 16;

  /** Planes of a shape where it is known: normals and shaded light. */
  private static final int SHAPE = 6;

  /**
   * One frame.
   *
   * @param planes half floats, {@code (16, h, w)}, or 22 with a shape
   * @param environment the nine planes of {@link EnvironmentImages}
   */
  record Frame(short[] planes, float[] environment, LightPlanes.Light light) {}

  /**
   * A part of a frame: linear planes {@code (c, h, w)} as {@link TrainingSample.Frame} describes
   * them.
   *
   * @param light the new light
   * @param environment the nine planes of {@link EnvironmentImages} of the new light
   * @param shape where networks are told of it
   */
  record Part(
      int width,
      int height,
      float[] picture,
      float[] matte,
      float[] flatLit,
      float[] normals,
      float[] target,
      float[] background,
      float[] environment,
      LightPlanes.Light light,
      Optional<SubjectShape> shape) {}

  /**
   * Packs a sample; frames under one map share what is worked out of it.
   *
   * @param source the map that the sample's new light names
   * @param shapes of its frames, or none
   */
  static Example of(TrainingSample sample, LightPlanes.Source source, List<SubjectShape> shapes) {
    List<Frame> frames = new ArrayList<>();
    EnvironmentMap lastMap = null;
    Frame last = null;
    Image first = sample.frames().getFirst().input();
    int n = first.planeSize();
    for (TrainingSample.Frame f : sample.frames()) {
      short[] planes = new short[(PLANES + (shapes.isEmpty() ? 0 : SHAPE)) * n];
      pack(f.input(), planes, 0);
      pack(f.matte(), planes, 3 * n);
      pack(f.flatLit(), planes, 4 * n);
      pack(f.normals(), planes, 7 * n);
      pack(f.target(), planes, 10 * n);
      pack(f.background(), planes, 13 * n);
      if (!shapes.isEmpty()) {
        SubjectShape shape = shapes.get(frames.size());
        pack(shape.normals(), planes, 16 * n);
        pack(shape.shaded(), planes, 19 * n);
      }
      // Straight colour where it is mixed with nothing counts only as far as it covers.
      premultiply(planes, n);
      boolean same = lastMap == f.targetMap();
      last =
          new Frame(
              planes,
              same ? last.environment() : EnvironmentImages.of(f.targetMap()),
              new LightPlanes.Light(source, f.targetTurn(), f.targetGain(), 1));
      lastMap = f.targetMap();
      frames.add(last);
    }
    return new Example(first.width(), first.height(), List.copyOf(frames));
  }

  private static void pack(Image image, short[] planes, int at) {
    pack(image.samples(), planes, at);
  }

  private static void pack(float[] s, short[] planes, int at) {
    for (int i = 0; i < s.length; i++) {
      planes[at + i] = Float.floatToFloat16(Math.clamp(s[i], -60_000f, 60_000f));
    }
  }

  private static void premultiply(short[] planes, int n) {
    for (int i = 0; i < n; i++) {
      float alpha = Float.float16ToFloat(planes[3 * n + i]);
      for (int c = 4; c < 7; c++) {
        float v = Math.max(0, Float.float16ToFloat(planes[c * n + i]));
        planes[c * n + i] = Float.floatToFloat16(alpha * v);
      }
    }
  }

  /**
   * What part of the frames training looks at, and how.
   *
   * @param scaled pixels a side of the whole frame after scaling
   * @param x first column of the part, of the scaled frame
   * @param y first row
   * @param size pixels a side of the part
   * @param mirrored whether left and right are exchanged
   */
  record Look(int scaled, int x, int y, int size, boolean mirrored) {}

  /** The part of a frame that a look shows. */
  Part part(int frame, Look look) {
    Frame f = frames.get(frame);
    int n = width * height;
    int planes = f.planes().length / n;
    float[] all = new float[planes * n];
    for (int i = 0; i < all.length; i++) {
      all[i] = Float.float16ToFloat(f.planes()[i]);
    }
    Image whole = Image.data(width, height, planes, all);
    int tall = Math.max(look.size(), Math.round((float) look.scaled() * height / width));
    Image scaled =
        look.scaled() == width && tall == height ? whole : Resize.area(whole, look.scaled(), tall);
    int y = Math.min(look.y(), tall - look.size());
    float[] s = scaled.crop(look.x(), y, look.size(), look.size()).samples();
    int m = look.size() * look.size();
    boolean shaped = planes > PLANES;
    normalize(s, 7 * m, m);
    if (shaped) {
      normalize(s, 16 * m, m);
    }
    if (look.mirrored()) {
      mirror(s, planes, look.size(), look.size());
      negate(s, 7 * m, m);
      if (shaped) {
        negate(s, 16 * m, m);
      }
    }
    return new Part(
        look.size(),
        look.size(),
        slice(s, 0, 3 * m),
        slice(s, 3 * m, m),
        slice(s, 4 * m, 3 * m),
        slice(s, 7 * m, 3 * m),
        slice(s, 10 * m, 3 * m),
        slice(s, 13 * m, 3 * m),
        look.mirrored() ? mirroredEnvironment(f.environment()) : f.environment(),
        look.mirrored() ? f.light().mirrored() : f.light(),
        shaped
            ? Optional.of(new SubjectShape(slice(s, 16 * m, 3 * m), slice(s, 19 * m, 3 * m)))
            : Optional.empty());
  }

  private static void negate(float[] s, int at, int n) {
    for (int i = at; i < at + n; i++) {
      s[i] = -s[i];
    }
  }

  /** What shines changes sides; which direction a pixel shows stays. */
  private static float[] mirroredEnvironment(float[] planes) {
    float[] out = planes.clone();
    mirror(out, 6, EnvironmentImages.WIDTH, EnvironmentImages.HEIGHT);
    return out;
  }

  private static void mirror(float[] s, int planes, int w, int h) {
    for (int row = 0; row < planes * h; row++) {
      for (int x = 0; x < w / 2; x++) {
        int left = row * w + x;
        int right = row * w + w - 1 - x;
        float v = s[left];
        s[left] = s[right];
        s[right] = v;
      }
    }
  }

  private static float[] slice(float[] s, int from, int count) {
    float[] out = new float[count];
    System.arraycopy(s, from, out, 0, count);
    return out;
  }

  private static void normalize(float[] s, int at, int n) {
    for (int i = at; i < at + n; i++) {
      float x = s[i];
      float y = s[n + i];
      float z = s[2 * n + i];
      float length = (float) Math.sqrt(x * x + y * y + z * z);
      float by = length > 1e-3f ? 1 / length : 0;
      s[i] = x * by;
      s[n + i] = y * by;
      s[2 * n + i] = z * by;
    }
  }
}
