package org.pixelcube.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Objects;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.math.Vector3;

/**
 * A picture: float32 samples stored plane after plane, {@code (c, h, w)}, row 0 at the top.
 *
 * <p>Colour pictures are linear light in the named space; 1.0 is diffuse white under unit light,
 * values above 1 and below 0 are legal. A fourth channel is coverage (alpha) in [0, 1], and the
 * colour is then not premultiplied. The samples are not changed once the image is handed on; {@link
 * #samples()} exposes the array itself for kernels, which must only read it.
 */
public final class Image {
  private final int width;
  private final int height;
  private final int channels;
  private final ColorSpace space;
  private final float[] samples;

  private Image(int width, int height, int channels, ColorSpace space, float[] samples) {
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.space = space;
    this.samples = samples;
  }

  /**
   * Wraps {@code samples} without copying; the caller gives the array up.
   *
   * @throws IllegalArgumentException if a size is not positive or the array has another length than
   *     {@code channels · height · width}
   */
  public static Image of(int width, int height, int channels, ColorSpace space, float[] samples) {
    if (width <= 0 || height <= 0 || channels <= 0) {
      throw new IllegalArgumentException(
          "image size %d×%d×%d has a side that is not positive".formatted(channels, height, width));
    }
    int expected = Math.multiplyExact(Math.multiplyExact(width, height), channels);
    if (samples.length != expected) {
      throw new IllegalArgumentException(
          "%d samples for %d×%d×%d (expected %d)"
              .formatted(samples.length, channels, height, width, expected));
    }
    return new Image(width, height, channels, Objects.requireNonNull(space), samples);
  }

  /** Wraps samples that are not a colour: a matte, normals, depth. */
  public static Image data(int width, int height, int channels, float[] samples) {
    return of(width, height, channels, ColorSpace.DATA, samples);
  }

  /** Wraps linear Rec.709 samples, three channels, or four with alpha. */
  public static Image rgb(int width, int height, float[] samples) {
    return of(width, height, samples.length / (width * height), ColorSpace.LINEAR_REC709, samples);
  }

  /** What was drawn in sRGB on an opaque canvas, as linear Rec.709 {@code (3, h, w)}. */
  public static Image ofCanvas(BufferedImage canvas) {
    int w = canvas.getWidth();
    int h = canvas.getHeight();
    float[] table = TransferFunction.SRGB.decodeTable(8);
    int[] codes = canvas.getRGB(0, 0, w, h, null, 0, w);
    float[] out = new float[3 * codes.length];
    for (int k = 0; k < codes.length; k++) {
      out[k] = table[codes[k] >> 16 & 255];
      out[codes.length + k] = table[codes[k] >> 8 & 255];
      out[2 * codes.length + k] = table[codes[k] & 255];
    }
    return rgb(w, h, out);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public int channels() {
    return channels;
  }

  public ColorSpace space() {
    return space;
  }

  /** The samples themselves, {@code (c, h, w)}; for reading only. */
  public float[] samples() {
    return samples;
  }

  /** Samples in one plane: {@code width · height}. */
  public int planeSize() {
    return width * height;
  }

  /** The sample at channel {@code c}, row {@code y}, column {@code x}. */
  public float at(int c, int y, int x) {
    Objects.checkIndex(c, channels);
    Objects.checkIndex(y, height);
    Objects.checkIndex(x, width);
    return samples[(c * height + y) * width + x];
  }

  /** One channel as an image of its own, copied. */
  public Image channel(int c) {
    Objects.checkIndex(c, channels);
    float[] plane = new float[planeSize()];
    System.arraycopy(samples, c * plane.length, plane, 0, plane.length);
    return data(width, height, 1, plane);
  }

  /** Channels {@code from} to {@code to − 1} as an image of their own, copied, in this space. */
  public Image channels(int from, int to) {
    Objects.checkFromToIndex(from, to, channels);
    float[] part = new float[Math.multiplyExact(to - from, planeSize())];
    System.arraycopy(samples, from * planeSize(), part, 0, part.length);
    return of(width, height, to - from, space, part);
  }

  /** This picture without alpha: itself, or its first three of four channels. */
  public Image color() {
    return channels == 4 ? channels(0, 3) : this;
  }

  /** Alpha of a four-channel picture, otherwise a plane of ones; {@code (1, h, w)}. */
  public Image alpha() {
    return channels == 4 ? channel(3) : filled(width, height, ColorSpace.DATA, 1);
  }

  /**
   * This three-channel picture with {@code (1, h, w)} alpha as the fourth channel.
   *
   * @throws IllegalArgumentException if the sizes or channel counts do not fit
   */
  public Image withAlpha(Image alpha) {
    if (channels != 3 || alpha.channels != 1 || !sameSizeAs(alpha)) {
      throw new IllegalArgumentException(this + " with alpha " + alpha);
    }
    float[] joined = new float[Math.multiplyExact(4, planeSize())];
    System.arraycopy(samples, 0, joined, 0, samples.length);
    System.arraycopy(alpha.samples, 0, joined, samples.length, alpha.samples.length);
    return of(width, height, 4, space, joined);
  }

  /** A picture with one constant per channel. */
  public static Image filled(int width, int height, ColorSpace space, float... values) {
    int plane = Math.multiplyExact(width, height);
    float[] samples = new float[Math.multiplyExact(plane, values.length)];
    for (int c = 0; c < values.length; c++) {
      Arrays.fill(samples, c * plane, (c + 1) * plane, values[c]);
    }
    return of(width, height, values.length, space, samples);
  }

  /**
   * Relative luminance of a linear picture with three or four channels, {@code (1, h, w)}.
   *
   * @throws IllegalStateException if the samples are no colour
   */
  public Image luminance() {
    if (channels < 3) {
      throw new IllegalStateException("no luminance of " + this);
    }
    Vector3 w = space.luminanceWeights();
    float r = (float) w.x();
    float g = (float) w.y();
    float b = (float) w.z();
    int n = planeSize();
    float[] y = new float[n];
    for (int i = 0; i < n; i++) {
      y[i] = r * samples[i] + g * samples[n + i] + b * samples[2 * n + i];
    }
    return data(width, height, 1, y);
  }

  /**
   * This picture in another linear space; alpha is carried over.
   *
   * @throws IllegalStateException if exactly one of the spaces is {@link ColorSpace#DATA}, or the
   *     picture has fewer than three channels
   */
  public Image to(ColorSpace target) {
    if (target == space) {
      return this;
    }
    ColorTransform transform = ColorTransform.between(space, target);
    if (channels < 3) {
      throw new IllegalStateException("no colour transform of " + this);
    }
    float[] out = samples.clone();
    transform.apply(out, out, planeSize());
    return of(width, height, channels, target, out);
  }

  /**
   * The part from column {@code x}, row {@code y}, copied.
   *
   * @throws IndexOutOfBoundsException if the part reaches outside
   */
  public Image crop(int x, int y, int cropWidth, int cropHeight) {
    Objects.checkFromIndexSize(x, cropWidth, width);
    Objects.checkFromIndexSize(y, cropHeight, height);
    float[] part = new float[Math.multiplyExact(cropWidth * cropHeight, channels)];
    for (int c = 0, to = 0; c < channels; c++) {
      for (int row = 0; row < cropHeight; row++, to += cropWidth) {
        System.arraycopy(samples, (c * height + y + row) * width + x, part, to, cropWidth);
      }
    }
    return of(cropWidth, cropHeight, channels, space, part);
  }

  /** The same geometry and meaning with other samples, for a filter's result. */
  Image like(float[] other) {
    return of(width, height, channels, space, other);
  }

  public boolean sameSizeAs(Image other) {
    return width == other.width && height == other.height;
  }

  @Override
  public String toString() {
    return "Image[%d×%d×%d %s]".formatted(channels, height, width, space);
  }
}
