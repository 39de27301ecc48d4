package org.pixelcube.image;

import java.util.Objects;
import org.pixelcube.color.ColorSpace;

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

  public boolean sameSizeAs(Image other) {
    return width == other.width && height == other.height;
  }

  @Override
  public String toString() {
    return "Image[%d×%d×%d %s]".formatted(channels, height, width, space);
  }
}
