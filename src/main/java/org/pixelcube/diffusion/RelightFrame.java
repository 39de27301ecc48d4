package org.pixelcube.diffusion;

import java.util.Optional;

/**
 * What the relighting network is told of a frame and what it gives, as planes {@code (c, h, w)}.
 *
 * <p>Told, all but matte and normals as {@linkplain PictureCode codes}: the plain picture, which is
 * {@link LightPlanes#plainPicture} of the frame under its new light (3), the flat-lit picture (3),
 * the matte from −1 to 1 (1), normals (3), diffuse light (3), the two lobes (6) and the background
 * (3). Given, the <em>state</em>: the change of code from the plain picture to the relit one (3),
 * which is where shadows, light under the skin and hair come in. A state of zeros is the plain
 * picture. A network that is told of a {@link SubjectShape} has its shaded light besides (3).
 *
 * @param plain the code of the plain picture, {@code (3, h, w)}
 * @param conditions what the network is told, {@code (22 or 25, h, w)}
 */
public record RelightFrame(float[] plain, float[] conditions) {
  /** Channels that the network is told. */
  public static final int CONDITIONS = 22;

  /** Channels that a {@link SubjectShape} adds. */
  public static final int SHAPE = 3;

  /** Channels of the state. */
  public static final int STATE = 3;

  /**
   * Prepares a frame.
   *
   * @param flatLit premultiplied, linear, {@code (3, h, w)}
   * @param normals camera space, at most of length 1, {@code (3, h, w)}
   * @param matte coverage, {@code (1, h, w)}
   * @param background the new light's map as the camera sees it, linear, {@code (3, h, w)}
   * @param shape for a network that is told of it
   */
  public static RelightFrame of(
      float[] flatLit,
      float[] normals,
      float[] matte,
      float[] background,
      LightPlanes.Light light,
      Optional<SubjectShape> shape) {
    int n = matte.length;
    LightPlanes planes = light.on(normals);
    float[] plain = new float[3 * n];
    float[] picture = planes.plainPicture(flatLit, normals, matte, background);
    PictureCode.encode(picture, 0, plain, 0, 3 * n);
    float[] conditions = new float[(CONDITIONS + (shape.isPresent() ? SHAPE : 0)) * n];
    System.arraycopy(plain, 0, conditions, 0, 3 * n);
    PictureCode.encode(flatLit, 0, conditions, 3 * n, 3 * n);
    for (int i = 0; i < n; i++) {
      conditions[6 * n + i] = 2 * matte[i] - 1;
    }
    System.arraycopy(normals, 0, conditions, 7 * n, 3 * n);
    PictureCode.encode(planes.diffuse(), 0, conditions, 10 * n, 3 * n);
    PictureCode.encode(planes.sharp(), 0, conditions, 13 * n, 3 * n);
    PictureCode.encode(planes.broad(), 0, conditions, 16 * n, 3 * n);
    PictureCode.encode(background, 0, conditions, 19 * n, 3 * n);
    shape.ifPresent(
        known -> PictureCode.encode(known.shaded(), 0, conditions, CONDITIONS * n, SHAPE * n));
    return new RelightFrame(plain, conditions);
  }

  /**
   * The state that says what is known of a rendered frame.
   *
   * @param target the subject under the new light before the background, linear, {@code (3, h, w)}
   */
  public float[] state(float[] target) {
    float[] state = new float[plain.length];
    PictureCode.encode(target, 0, state, 0, state.length);
    for (int i = 0; i < state.length; i++) {
      state[i] -= plain[i];
    }
    return state;
  }

  /**
   * The relit picture of a state, over the background, linear.
   *
   * @param state {@code (3, h, w)}
   */
  public float[] picture(float[] state) {
    float[] out = new float[plain.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = plain[i] + state[i];
    }
    PictureCode.decode(out, 0, out, 0, out.length);
    return out;
  }
}
