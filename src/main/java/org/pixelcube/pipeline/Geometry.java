package org.pixelcube.pipeline;

import java.util.List;

/**
 * The subject's shape in one frame, on the geometry grid; planes are {@code (h, w)}.
 *
 * @param width grid columns
 * @param height grid rows
 * @param alpha coverage in [0, 1]
 * @param nx unit normals in camera space, x; facing the camera (0, 0, 1) outside the subject
 * @param ny the same, y (up)
 * @param nz the same, z (towards the camera), never negative
 * @param depth height towards the camera in grid pixels, −∞ outside the subject
 * @param face weight of the face mesh in [0, 1], 1 well inside a face
 * @param surfaces the faces, nearest last
 */
record Geometry(
    int width,
    int height,
    float[] alpha,
    float[] nx,
    float[] ny,
    float[] nz,
    float[] depth,
    float[] face,
    List<FaceSurface> surfaces) {

  int size() {
    return width * height;
  }

  /** Mean face width in grid pixels, or a fifth of the grid where no face is seen. */
  double faceWidthPixels() {
    return surfaces.stream()
        .mapToDouble(s -> s.pose().faceWidthPixels())
        .average()
        .orElse(0.2 * Math.min(width, height));
  }
}
