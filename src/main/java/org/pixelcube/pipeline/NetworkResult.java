package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the networks find of one frame, on the geometry grid: linear planes {@code (3, h, w)}.
 *
 * @param flatLit the subject in even light, premultiplied
 * @param normals camera space, as long as they are sure, at most 1
 * @param plain the subject under its new light by formula, without shadows, over the background
 * @param relit the same as the network paints it
 */
record NetworkResult(float[] flatLit, float[] normals, float[] plain, float[] relit) {

  /** The mean of this and another of the same frame. */
  NetworkResult blended(NetworkResult other, float share) {
    return new NetworkResult(
        mixed(flatLit, other.flatLit, share),
        mixed(normals, other.normals, share),
        mixed(plain, other.plain, share),
        mixed(relit, other.relit, share));
  }

  private static float[] mixed(float[] a, float[] b, float share) {
    float[] out = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] + share * (b[i] - a[i]);
    }
    return out;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(relit.length);
    for (float[] planes : new float[][] {flatLit, normals, plain, relit}) {
      for (float v : planes) {
        out.writeFloat(v);
      }
    }
  }

  static NetworkResult read(DataInputStream in) throws IOException {
    int n = in.readInt();
    return new NetworkResult(
        NetworkFrame.floats(in, n),
        NetworkFrame.floats(in, n),
        NetworkFrame.floats(in, n),
        NetworkFrame.floats(in, n));
  }
}
