package org.pixelcube.vision;

import java.util.Objects;

/**
 * A face in one frame: 478 points of the MediaPipe face mesh, the last ten the irises.
 *
 * <p>Points are in pixels of the frame: x right, y down, the centre of the first pixel at (0.5,
 * 0.5); z in the same scale, growing towards the camera, 0 near the middle of the head.
 */
public final class Face {
  /** Points per face. */
  public static final int LANDMARKS = 478;

  private final int id;
  private final float[] landmarks;
  private final float score;
  private final float[] blendshapes;

  /**
   * Wraps the arrays without copying; the caller gives them up.
   *
   * @param id stays with a face from frame to frame
   * @param landmarks x, y, z of each point in turn, 478 × 3
   * @param score probability in [0, 1] that there is a face
   * @param blendshapes 52 weights in [0, 1] named by {@link Blendshapes#NAMES}, or null
   */
  public Face(int id, float[] landmarks, float score, float[] blendshapes) {
    if (landmarks.length != 3 * LANDMARKS) {
      throw new IllegalArgumentException(
          "%d landmark values (expected %d)".formatted(landmarks.length, 3 * LANDMARKS));
    }
    this.id = id;
    this.landmarks = landmarks;
    this.score = score;
    this.blendshapes = blendshapes;
  }

  /** Stays with a face from frame to frame. */
  public int id() {
    return id;
  }

  /** x, y, z of each point in turn, 478 × 3; for reading only. */
  public float[] landmarks() {
    return landmarks;
  }

  /** Probability in [0, 1] that there is a face. */
  public float score() {
    return score;
  }

  /** 52 weights in [0, 1] in the order of {@link Blendshapes#NAMES}, or null; for reading only. */
  public float[] blendshapes() {
    return blendshapes;
  }

  /** Pixels from the left edge. */
  public float x(int landmark) {
    return landmarks[3 * Objects.checkIndex(landmark, LANDMARKS)];
  }

  /** Pixels from the top edge. */
  public float y(int landmark) {
    return landmarks[3 * Objects.checkIndex(landmark, LANDMARKS) + 1];
  }

  /** Pixels towards the camera. */
  public float z(int landmark) {
    return landmarks[3 * Objects.checkIndex(landmark, LANDMARKS) + 2];
  }

  /** Mean of the width and the height of the box round the points, in pixels. */
  public float size() {
    return size(landmarks);
  }

  static float size(float[] landmarks) {
    float left = Float.POSITIVE_INFINITY;
    float right = Float.NEGATIVE_INFINITY;
    float top = Float.POSITIVE_INFINITY;
    float bottom = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < landmarks.length; i += 3) {
      left = Math.min(left, landmarks[i]);
      right = Math.max(right, landmarks[i]);
      top = Math.min(top, landmarks[i + 1]);
      bottom = Math.max(bottom, landmarks[i + 1]);
    }
    return (right - left + bottom - top) / 2;
  }

  /** The same face in a picture {@code scale} times as large. */
  public Face scaled(float scale) {
    float[] scaled = new float[landmarks.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = scale * landmarks[i];
    }
    return new Face(id, scaled, score, blendshapes);
  }

  @Override
  public String toString() {
    return "Face[%d at %.0f, %.0f, size %.0f, score %.2f]".formatted(id, x(1), y(1), size(), score);
  }
}
