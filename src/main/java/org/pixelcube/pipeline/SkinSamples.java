package org.pixelcube.pipeline;

import java.util.Arrays;
import org.pixelcube.vision.FaceTopology;

/**
 * What one frame shows of one face: colour and normal at every mesh vertex.
 *
 * @param colour linear r, g, b per vertex
 * @param normals unit normals per vertex, camera space
 * @param weight how far the vertex is to be believed, 0 where it is hidden
 * @param crowd whether the frame shows other faces as well
 */
record SkinSamples(float[] colour, float[] normals, float[] weight, boolean crowd) {
  /** The skin colour that {@link #balanced} gives every face. */
  static final float BALANCED = 0.3f;

  /** Whether each vertex of the mesh is bare skin. */
  static boolean[] skin(FaceTopology topology) {
    boolean[] skin = new boolean[FaceTopology.VERTICES];
    for (int v : topology.skin()) {
      skin[v] = true;
    }
    return skin;
  }

  /**
   * Reads the picture at the vertices of a face.
   *
   * @param rgb the picture on the geometry grid, three linear planes
   * @param alpha coverage on the same grid, w columns and h rows
   */
  static SkinSamples read(
      FaceSurface surface, float[][] rgb, float[] alpha, int w, int h, boolean crowd) {
    float[] p = surface.positions();
    int vertices = p.length / 3;
    float[] colour = new float[3 * vertices];
    float[] weight = new float[vertices];
    for (int v = 0; v < vertices; v++) {
      float x = p[3 * v] - 0.5f;
      float y = p[3 * v + 1] - 0.5f;
      if (x < 0 || y < 0 || x > w - 1 || y > h - 1) {
        continue;
      }
      float facing = Planes.smoothstep(0.1f, 0.4f, surface.normals()[3 * v + 2]);
      float covered = Inflation.bilinear(alpha, w, h, x, y);
      weight[v] = facing * Planes.smoothstep(0.8f, 1f, covered);
      for (int c = 0; c < 3; c++) {
        colour[3 * v + c] = Math.max(0, Inflation.bilinear(rgb[c], w, h, x, y));
      }
    }
    return new SkinSamples(colour, surface.normals(), weight, crowd);
  }

  /** Median colour of the bare skin that is seen; 0 where less than a few vertices are. */
  float[] medianSkin(boolean[] skin) {
    float[] median = new float[3];
    float[] values = new float[skin.length];
    for (int c = 0; c < 3; c++) {
      int n = 0;
      for (int v = 0; v < skin.length; v++) {
        if (skin[v] && weight[v] > 0.5f) {
          values[n++] = colour[3 * v + c];
        }
      }
      Arrays.sort(values, 0, n);
      median[c] = n > 20 ? values[n / 2] : 0;
    }
    return median;
  }

  /** The same face with its median skin made even grey, to be fitted together with others. */
  SkinSamples balanced(boolean[] skin) {
    float[] median = medianSkin(skin);
    float[] scaled = colour.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= median[i % 3] > 0 ? BALANCED / median[i % 3] : 0;
    }
    return new SkinSamples(scaled, normals, weight, crowd);
  }
}
