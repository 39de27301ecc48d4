package org.pixelcube.torch;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Operations that networks are made of. Pictures are (n, c, h, w), clips (n, c, t, h, w). */
public final class Ops {
  /** Rows from which on a linear layer pays as a convolution. */
  private static final int MANY_ROWS = 256;

  private Ops() {}

  /**
   * Convolution of pictures.
   *
   * @param weight (out, in / groups, kh, kw)
   * @param bias (out), or null
   */
  public static Tensor conv2d(
      Tensor x, Tensor weight, Tensor bias, int stride, int padding, int groups) {
    Tensor result =
        Native.call(
            "conv2d",
            () ->
                torch.conv2d(
                    x.handle(),
                    weight.handle(),
                    Native.optional(bias),
                    new long[] {stride, stride},
                    new long[] {padding, padding},
                    new long[] {1, 1},
                    groups));
    return counted(result, weight);
  }

  /**
   * Convolution of clips.
   *
   * @param weight (out, in, kt, kh, kw)
   * @param bias (out), or null
   * @param padding zeros on both sides of t, h and w
   */
  public static Tensor conv3d(Tensor x, Tensor weight, Tensor bias, long... padding) {
    Tensor result =
        Native.call(
            "conv3d",
            () ->
                torch.conv3d(
                    x.handle(),
                    weight.handle(),
                    Native.optional(bias),
                    new long[] {1, 1, 1},
                    padding,
                    new long[] {1, 1, 1},
                    1));
    return counted(result, weight);
  }

  /** Each number of a convolution or linear layer is a sum over all weights of its channel. */
  private static Tensor counted(Tensor result, Tensor weight) {
    if (FlopCounter.counting()) {
      FlopCounter.add(2 * result.count() * (weight.count() / weight.size(0)));
    }
    return result;
  }

  /**
   * {@code x · weightᵀ + bias} over the last dimension.
   *
   * @param weight (out, in)
   * @param bias (out), or null
   */
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    long inputs = weight.size(1);
    long rows = inputs == 0 ? 0 : x.count() / inputs;
    Tensor result;
    if (rows >= MANY_ROWS
        && x.dtype() == DType.F32
        && weight.dtype() == DType.F32
        && !Autocast.active()
        && !x.device().cuda()) {
      result = linearByConvolution(x, weight, bias, rows, inputs);
    } else {
      result =
          Native.call(
              "linear", () -> torch.linear(x.handle(), weight.handle(), Native.optional(bias)));
    }
    return counted(result, weight);
  }

  /**
   * The same as a convolution with a kernel of one pixel: those run on all threads, where the BLAS
   * library must keep to one ({@link Torch}).
   */
  private static Tensor linearByConvolution(
      Tensor x, Tensor weight, Tensor bias, long rows, long inputs) {
    long[] shape = x.shape();
    shape[shape.length - 1] = weight.size(0);
    return Native.call(
        "linear",
        () ->
            torch
                .conv2d(
                    x.handle().reshape(1, rows, 1, inputs).permute(0, 3, 1, 2),
                    weight.handle().reshape(weight.size(0), inputs, 1, 1),
                    Native.optional(bias),
                    new long[] {1, 1},
                    new long[] {0, 0},
                    new long[] {1, 1},
                    1)
                .permute(0, 2, 3, 1)
                .reshape(shape));
  }

  /**
   * Normalises each group of channels over all its pixels to mean 0 and variance 1, then scales and
   * shifts each channel (Wu and He 2018).
   */
  public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
    return Native.call(
        "groupNorm",
        () ->
            torch.group_norm(
                x.handle(), groups, Native.optional(weight), Native.optional(bias), epsilon, true));
  }

  /** Normalises over the last dimension (Ba et al. 2016). */
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    return Native.call(
        "layerNorm",
        () ->
            torch.layer_norm(
                x.handle(),
                new long[] {x.size(-1)},
                Native.optional(weight),
                Native.optional(bias),
                epsilon,
                true));
  }

  /** x · sigmoid(x). */
  public static Tensor silu(Tensor x) {
    return Native.call("silu", () -> torch.silu(x.handle()));
  }

  /** The same; the memory of {@code x} is used again where no gradient needs it. */
  public static Tensor siluOver(Tensor x) {
    if (NoGrad.recording()) {
      return silu(x);
    }
    Native.run("silu", () -> torch.silu_(x.handle()));
    return x;
  }

  /** x · Φ(x), Φ the normal distribution, exactly. */
  public static Tensor gelu(Tensor x) {
    return Native.call("gelu", () -> torch.gelu(x.handle()));
  }

  /** The same; the memory of {@code x} is used again where no gradient needs it. */
  public static Tensor geluOver(Tensor x) {
    if (NoGrad.recording()) {
      return gelu(x);
    }
    Native.run("gelu", () -> torch.gelu_(x.handle()));
    return x;
  }

  public static Tensor softmax(Tensor x, int dimension) {
    return Native.call(
        "softmax", () -> torch.softmax(x.handle(), dimension, new ScalarTypeOptional()));
  }

  /**
   * softmax(q kᵀ / √d) v (Vaswani et al. 2017, equation 1).
   *
   * @param q (n, heads, queries, d)
   * @param k (n, heads, keys, d)
   * @param v (n, heads, keys, d)
   * @return (n, heads, queries, d)
   */
  public static Tensor attention(Tensor q, Tensor k, Tensor v) {
    // The fused kernel for short types on the processor is slower than its parts by far.
    boolean parts = !q.device().cuda() && (q.dtype() != DType.F32 || Autocast.active());
    if (parts) {
      double scale = 1 / Math.sqrt((double) q.size(-1));
      return softmax(q.mul(scale).matmul(k.transpose(-1, -2)), -1).to(v.dtype()).matmul(v);
    }
    if (FlopCounter.counting()) {
      FlopCounter.add(
          2 * q.count() * k.size(-2) + 2 * q.count() / q.size(-1) * v.size(-1) * k.size(-2));
    }
    return Native.call(
        "attention",
        () ->
            torch.scaled_dot_product_attention(
                q.handle(),
                k.handle(),
                v.handle(),
                new TensorOptional(),
                0,
                false,
                new DoubleOptional(),
                false));
  }

  /** Tensors one after another along a dimension. */
  public static Tensor cat(int dimension, List<Tensor> tensors) {
    return Native.call("cat", () -> torch.cat(vector(tensors), dimension));
  }

  public static Tensor cat(int dimension, Tensor... tensors) {
    return cat(dimension, List.of(tensors));
  }

  /** Tensors of one shape along a new dimension. */
  public static Tensor stack(int dimension, List<Tensor> tensors) {
    return Native.call("stack", () -> torch.stack(vector(tensors), dimension));
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(
        tensors.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  /** Pads with a constant: amounts before and after, last dimension first. */
  public static Tensor pad(Tensor x, double value, long... amounts) {
    return Native.call(
        "pad", () -> torch.pad(x.handle(), amounts, "constant", new DoubleOptional(value)));
  }

  /** Pads the last dimensions by repeating the edge. */
  public static Tensor padEdge(Tensor x, long... amounts) {
    return Native.call(
        "pad", () -> torch.pad(x.handle(), amounts, "replicate", new DoubleOptional()));
  }

  /** Pads the last dimensions with what lies at their other end, as around a sphere. */
  public static Tensor padCircular(Tensor x, long... amounts) {
    return Native.call(
        "pad", () -> torch.pad(x.handle(), amounts, "circular", new DoubleOptional()));
  }

  /** Pictures enlarged to h × w, each new pixel the old one it lies in. */
  public static Tensor resizeNearest(Tensor x, int height, int width) {
    return Native.call(
        "resizeNearest", () -> torch.upsample_nearest2d(x.handle(), new long[] {height, width}));
  }

  /** Pictures resized to h × w by interpolation between pixel centres. */
  public static Tensor resizeBilinear(Tensor x, int height, int width) {
    return Native.call(
        "resizeBilinear",
        () -> torch.upsample_bilinear2d(x.handle(), new long[] {height, width}, false));
  }

  /** Pads the last dimensions with their mirror image, the edge itself not repeated. */
  public static Tensor padReflect(Tensor x, long... amounts) {
    return Native.call(
        "pad", () -> torch.pad(x.handle(), amounts, "reflect", new DoubleOptional()));
  }

  /** Pictures resized to h × w by cubic interpolation, corner pixels upon corner pixels. */
  public static Tensor resizeBicubic(Tensor x, int height, int width) {
    return Native.call(
        "resizeBicubic",
        () -> torch.upsample_bicubic2d(x.handle(), new long[] {height, width}, true));
  }

  /** The mean of each block of {@code factor × factor} pixels. */
  public static Tensor averagePool(Tensor x, int factor) {
    return Native.call("averagePool", () -> torch.avg_pool2d(x.handle(), factor, factor));
  }

  /** Depth to space: (n, c r², h, w) to (n, c, h r, w r). */
  public static Tensor pixelShuffle(Tensor x, int factor) {
    return Native.call("pixelShuffle", () -> torch.pixel_shuffle(x.handle(), factor));
  }

  /** Space to depth: (n, c, h r, w r) to (n, c r², h, w). */
  public static Tensor pixelUnshuffle(Tensor x, int factor) {
    return Native.call("pixelUnshuffle", () -> torch.pixel_unshuffle(x.handle(), factor));
  }

  /**
   * Pictures sampled at given places, bilinearly, the edge repeated outside.
   *
   * @param grid (n, h, w, 2): x and y, −1 and 1 the outer edges of the first and last pixel
   */
  public static Tensor gridSample(Tensor x, Tensor grid) {
    return Native.call(
        "gridSample", () -> torch.grid_sampler(x.handle(), grid.handle(), 0, 1, false));
  }

  /** As {@link #pixelUnshuffle}, with the channels last in memory. */
  public static Tensor pixelUnshuffleLast(Tensor x, int factor) {
    long[] s = x.shape();
    long h = s[2] / factor;
    long w = s[3] / factor;
    return x.reshape(s[0], s[1], h, factor, w, factor)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(s[0], h, w, s[1] * factor * factor)
        .permute(0, 3, 1, 2);
  }

  /** Mean of squared differences. */
  public static Tensor meanSquaredError(Tensor a, Tensor b) {
    return Native.call("meanSquaredError", () -> torch.mse_loss(a.handle(), b.handle()));
  }
}
