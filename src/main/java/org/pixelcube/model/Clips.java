package org.pixelcube.model;

import org.pixelcube.torch.Tensor;

/**
 * The two shapes of a clip: a stack of pictures (n·t, c, h, w) for what treats frames alone, and a
 * block (n, c, t, h, w) for what looks along time. With channels last in memory both are the same
 * numbers in the same order, and going over costs nothing.
 */
final class Clips {
  private Clips() {}

  /** (n·t, c, h, w) to (n, c, t, h, w). */
  static Tensor block(Tensor pictures, int frames) {
    long[] s = pictures.shape();
    return pictures.reshape(s[0] / frames, frames, s[1], s[2], s[3]).permute(0, 2, 1, 3, 4);
  }

  /** (n, c, t, h, w) to (n·t, c, h, w). */
  static Tensor pictures(Tensor block) {
    long[] s = block.shape();
    return block.permute(0, 2, 1, 3, 4).reshape(s[0] * s[2], s[1], s[3], s[4]);
  }

  /** (n·t, c, h, w) to one token per pixel, (n·t, h·w, c). */
  static Tensor tokens(Tensor pictures) {
    long[] s = pictures.shape();
    return pictures.permute(0, 2, 3, 1).reshape(s[0], s[2] * s[3], s[1]);
  }

  /** (n·t, h·w, c) to (n·t, c, h, w). */
  static Tensor untokened(Tensor tokens, int height, int width) {
    long[] s = tokens.shape();
    return tokens.reshape(s[0], height, width, s[2]).permute(0, 3, 1, 2);
  }
}
