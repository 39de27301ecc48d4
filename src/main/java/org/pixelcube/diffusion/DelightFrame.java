package org.pixelcube.diffusion;

import java.util.Optional;

/**
 * What the delighting network is told of a frame and what it gives, as planes {@code (c, h, w)}.
 *
 * <p>Told: the code of the picture (3) and the matte from −1 to 1 (1). Given, the <em>state</em>:
 * the change of code from the picture cut out by the matte to the flat-lit picture (3), and normals
 * in camera space times coverage (3). A state of zeros says: flat already, no shape. A network that
 * is told of a {@link SubjectShape} has its normals times coverage besides (3), and gives the
 * change from them.
 *
 * @param plain the code of the picture times the matte, {@code (3, h, w)}
 * @param conditions what the network is told, {@code (4 or 7, h, w)}
 */
public record DelightFrame(float[] plain, float[] conditions) {
  /** Channels that the network is told. */
  public static final int CONDITIONS = 4;

  /** Channels that a {@link SubjectShape} adds. */
  public static final int SHAPE = 3;

  /** Channels of the state. */
  public static final int STATE = 6;

  /**
   * Prepares a frame.
   *
   * @param picture as shot, linear, {@code (3, h, w)}
   * @param matte coverage, {@code (1, h, w)}
   * @param shape for a network that is told of it
   */
  public static DelightFrame of(float[] picture, float[] matte, Optional<SubjectShape> shape) {
    int n = matte.length;
    float[] cut = new float[3 * n];
    for (int i = 0; i < 3 * n; i++) {
      cut[i] = picture[i] * matte[i % n];
    }
    float[] plain = new float[3 * n];
    PictureCode.encode(cut, 0, plain, 0, 3 * n);
    float[] conditions = new float[(CONDITIONS + (shape.isPresent() ? SHAPE : 0)) * n];
    PictureCode.encode(picture, 0, conditions, 0, 3 * n);
    for (int i = 0; i < n; i++) {
      conditions[3 * n + i] = 2 * matte[i] - 1;
    }
    shape.ifPresent(known -> {
      for (int i = 0; i < SHAPE * n; i++) {
        conditions[CONDITIONS * n + i] = known.normals()[i] * matte[i % n];
      }
    });
    return new DelightFrame(plain, conditions);
  }

  /**
   * The state that says what is known of a rendered frame.
   *
   * @param flatLit premultiplied, linear, {@code (3, h, w)}
   * @param normals unit, camera space, {@code (3, h, w)}
   * @param matte coverage, {@code (1, h, w)}
   */
  public float[] state(float[] flatLit, float[] normals, float[] matte) {
    int n = matte.length;
    float[] state = new float[STATE * n];
    PictureCode.encode(flatLit, 0, state, 0, 3 * n);
    for (int i = 0; i < 3 * n; i++) {
      state[i] -= plain[i];
      state[3 * n + i] = normals[i] * matte[i % n] - guess(i);
    }
    return state;
  }

  /**
   * The flat-lit picture of a state, premultiplied, linear.
   *
   * @param state {@code (6, h, w)}
   */
  public float[] flatLit(float[] state) {
    float[] out = new float[plain.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = plain[i] + state[i];
    }
    PictureCode.decode(out, 0, out, 0, out.length);
    return out;
  }

  /** What a state's normals are the change from. */
  private float guess(int i) {
    int at = CONDITIONS * (plain.length / 3) + i;
    return at < conditions.length ? conditions[at] : 0;
  }

  /** The normals of a state, as long as they are sure, at most 1. */
  public float[] normals(float[] state) {
    int n = state.length / STATE;
    float[] out = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float x = guess(i) + state[3 * n + i];
      float y = guess(n + i) + state[4 * n + i];
      float z = guess(2 * n + i) + state[5 * n + i];
      float shrink = 1 / Math.max(1, (float) Math.sqrt(x * x + y * y + z * z));
      out[i] = x * shrink;
      out[n + i] = y * shrink;
      out[2 * n + i] = z * shrink;
    }
    return out;
  }
}
