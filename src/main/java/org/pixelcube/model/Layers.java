package org.pixelcube.model;

import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.Parameters.Initial;
import org.pixelcube.torch.Tensor;

/** The layers that blocks are made of, each with its tensors under PyTorch's names. */
final class Layers {
  private Layers() {}

  /**
   * {@code y = x Wᵀ + b} over the last dimension.
   *
   * @param weight (out, in)
   * @param bias (out), or null
   */
  record Linear(Tensor weight, Tensor bias) {
    static Linear of(Branch branch, int in, int out) {
      return of(branch, in, out, true);
    }

    static Linear of(Branch branch, int in, int out, boolean bias) {
      Initial initial = Initial.uniform(in);
      return new Linear(
          branch.tensor("weight", initial, out, in),
          bias ? branch.tensor("bias", initial, out) : null);
    }

    Tensor forward(Tensor x) {
      return Ops.linear(x, weight, bias);
    }
  }

  /**
   * Convolution of pictures with a square kernel.
   *
   * @param weight (out, in, k, k)
   * @param bias (out), or null
   */
  record Conv2d(Tensor weight, Tensor bias, int stride, int padding) {
    static Conv2d of(Branch branch, int in, int out, int kernel, int stride, int padding) {
      return of(branch, in, out, kernel, stride, padding, true);
    }

    static Conv2d of(
        Branch branch, int in, int out, int kernel, int stride, int padding, boolean bias) {
      Initial initial = Initial.uniform((long) in * kernel * kernel);
      return new Conv2d(
          branch.tensor("weight", initial, out, in, kernel, kernel),
          bias ? branch.tensor("bias", initial, out) : null,
          stride,
          padding);
    }

    Tensor forward(Tensor x) {
      return Ops.conv2d(x, weight, bias, stride, padding, 1);
    }
  }

  /**
   * Convolution along time: three frames, one pixel.
   *
   * @param weight (out, in, 3, 1, 1)
   */
  record TemporalConv(Tensor weight, Tensor bias) {
    static TemporalConv of(Branch branch, int in, int out) {
      Initial initial = Initial.uniform(3L * in);
      return new TemporalConv(
          branch.tensor("weight", initial, out, in, 3, 1, 1), branch.tensor("bias", initial, out));
    }

    /** (n, c, t, h, w) to the same; beyond the ends there are zeros. */
    Tensor forward(Tensor x) {
      return Ops.conv3d(x, weight, bias, 1, 0, 0);
    }
  }

  /** Group norm with scale and shift for each channel. */
  record GroupNorm(Tensor weight, Tensor bias, int groups, double epsilon) {
    static GroupNorm of(Branch branch, int channels, int groups, double epsilon) {
      return new GroupNorm(
          branch.tensor("weight", Initial.ONE, channels),
          branch.tensor("bias", Initial.ZERO, channels),
          groups,
          epsilon);
    }

    Tensor forward(Tensor x) {
      return Ops.groupNorm(x, groups, weight, bias, epsilon);
    }

    /** The norm, then x · sigmoid(x). */
    Tensor forwardSilu(Tensor x) {
      return Ops.siluOver(forward(x));
    }
  }

  /** Layer norm over the last dimension. */
  record LayerNorm(Tensor weight, Tensor bias, double epsilon) {
    static LayerNorm of(Branch branch, int channels) {
      return new LayerNorm(
          branch.tensor("weight", Initial.ONE, channels),
          branch.tensor("bias", Initial.ZERO, channels),
          1e-5);
    }

    Tensor forward(Tensor x) {
      return Ops.layerNorm(x, weight, bias, epsilon);
    }
  }

  /** Half as many pixels each way, by a convolution. */
  record Downsample(Conv2d conv, boolean padAfter) {
    /**
     * Makes the layer.
     *
     * @param padAfter whether zeros stand on the right and below only, as in the autoencoder
     */
    static Downsample of(Branch branch, int channels, boolean padAfter) {
      return new Downsample(
          Conv2d.of(branch.in("conv"), channels, channels, 3, 2, padAfter ? 0 : 1), padAfter);
    }

    Tensor forward(Tensor x) {
      return conv.forward(padAfter ? Ops.pad(x, 0, 0, 1, 0, 1) : x);
    }
  }

  /** More pixels: each as its nearest, then a convolution. */
  record Upsample(Conv2d conv) {
    static Upsample of(Branch branch, int channels) {
      return new Upsample(Conv2d.of(branch.in("conv"), channels, channels, 3, 1, 1));
    }

    /** To twice the size. */
    Tensor forward(Tensor x) {
      return forward(x, 2 * x.extent(2), 2 * x.extent(3));
    }

    Tensor forward(Tensor x, int height, int width) {
      return conv.forward(Ops.resizeNearest(x, height, width));
    }
  }
}
