package org.pixelcube.diffusion;

import org.pixelcube.torch.Tensor;

/**
 * How clips of pictures become what a network denoises and is told, and back. Clips are {@code (n,
 * c, t, h, w)}; conditions and states are those of {@link DelightFrame} and {@link RelightFrame}.
 */
interface FrameCodec extends AutoCloseable {
  /**
   * What the denoiser is told.
   *
   * @param planes beside what is denoised, {@code (n, k, t, h', w')}
   * @param tokens of context, {@code (n, t, 1, size)}, or null
   */
  record Told(Tensor planes, Tensor tokens) {
    /** The same for some clips only; the others are told nothing. */
    Told shown(Tensor mask) {
      return new Told(
          planes.mul(mask), tokens == null ? null : tokens.mul(mask.reshape(-1, 1, 1, 1)));
    }
  }

  /** What is told of conditions. */
  Told told(Tensor conditions);

  /** What is denoised where a state is sought. */
  Tensor encoded(Tensor state, Tensor conditions);

  /** The state of what was denoised. */
  Tensor decoded(Tensor denoised, Tensor conditions);

  /** Planes at the size of what is denoised. */
  Tensor shrunk(Tensor planes);

  @Override
  void close();

  /** States themselves. */
  FrameCodec PIXELS =
      new FrameCodec() {
        @Override
        public Told told(Tensor conditions) {
          return new Told(conditions, null);
        }

        @Override
        public Tensor encoded(Tensor state, Tensor conditions) {
          return state;
        }

        @Override
        public Tensor decoded(Tensor denoised, Tensor conditions) {
          return denoised;
        }

        @Override
        public Tensor shrunk(Tensor planes) {
          return planes;
        }

        @Override
        public void close() {}
      };
}
