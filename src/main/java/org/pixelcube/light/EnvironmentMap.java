package org.pixelcube.light;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.math.ArcTangent;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.video.PictureFile;

/**
 * The light that arrives from every direction: an equirectangular picture of linear Rec.709
 * radiance, {@code (3, h, w)} with w = 2h, immutable.
 *
 * <p>Axes: with θ = πv and φ = π(2u − 1), u from the left and v from the top, the direction is (sin
 * θ sin φ, cos θ, −sin θ cos φ): the middle of the picture is −Z (behind the subject), its left and
 * right edge +Z (behind the camera), u = ¾ is +X, the top row +Y. Pixel centres lie at half
 * numbers. Every sample is finite and not negative.
 */
public final class EnvironmentMap {
  static final double RED_LUMINANCE = 0.2126;
  static final double GREEN_LUMINANCE = 0.7152;
  static final double BLUE_LUMINANCE = 0.0722;

  private final Image image;
  private final int width;
  private final int height;
  private final int repairedSamples;

  private EnvironmentMap(Image image, int repairedSamples) {
    this.image = image;
    this.width = image.width();
    this.height = image.height();
    this.repairedSamples = repairedSamples;
  }

  /** A place in the map: u in [0, 1) from the left, v in [0, 1] from the top. */
  public record Uv(double u, double v) {}

  /**
   * Makes a map of a picture. A fourth channel is left out and one channel is taken for grey. NaN
   * and negative samples become 0 and infinite ones the largest finite sample; {@link
   * #repairedSamples()} counts them.
   *
   * @throws UserError if the picture is not 2:1, is smaller than 4×2, or has no usable sample
   * @throws IllegalArgumentException if it is not linear Rec.709
   */
  public static EnvironmentMap of(Image image) {
    return of(image, "environment map");
  }

  /** As {@link #of(Image)}; {@code subject} names the map in errors. */
  public static EnvironmentMap of(Image image, String subject) {
    int w = image.width();
    int h = image.height();
    if (w != 2 * h) {
      throw new UserError(
          subject,
          "is %d×%d (expected width = 2 × height, equirectangular)".formatted(w, h),
          "crop or resample to 2:1");
    }
    if (h < 2) {
      throw new UserError(
          subject, "is %d×%d (expected at least 4×2)".formatted(w, h), "use a larger map");
    }
    if (image.space() != ColorSpace.LINEAR_REC709) {
      throw new IllegalArgumentException(
          "environment map in %s (expected LINEAR_REC709)".formatted(image.space()));
    }
    float[] from = image.samples();
    int plane = w * h;
    float[] samples = new float[3 * plane];
    switch (image.channels()) {
      case 1 -> {
        for (int c = 0; c < 3; c++) {
          System.arraycopy(from, 0, samples, c * plane, plane);
        }
      }
      case 3, 4 -> System.arraycopy(from, 0, samples, 0, 3 * plane);
      default ->
          throw new UserError(
              subject,
              "has %d channels (expected 3)".formatted(image.channels()),
              "save it as an RGB picture");
    }
    int repaired = repair(samples);
    if (repaired == samples.length) {
      throw new UserError(
          subject,
          "holds no light: every sample is NaN, negative or infinite (expected finite radiances)",
          "make or download the map again");
    }
    return new EnvironmentMap(Image.rgb(w, h, samples), repaired);
  }

  /**
   * Reads a map from a Radiance or OpenEXR file, or any other picture.
   *
   * @throws UserError if the file cannot be read or is no map
   */
  public static EnvironmentMap load(Path file) {
    return of(PictureFile.read(file), file.toString());
  }

  /** Wraps three planes known to be finite and not negative; the caller gives the array up. */
  public static EnvironmentMap trusted(int width, int height, float[] samples) {
    return new EnvironmentMap(Image.rgb(width, height, samples), 0);
  }

  /** A map of one radiance everywhere. */
  public static EnvironmentMap uniform(int width, int height, Rgb radiance) {
    float[] samples = new float[3 * width * height];
    Arrays.fill(samples, 0, width * height, (float) radiance.red());
    Arrays.fill(samples, width * height, 2 * width * height, (float) radiance.green());
    Arrays.fill(samples, 2 * width * height, samples.length, (float) radiance.blue());
    return of(Image.rgb(width, height, samples));
  }

  private static int repair(float[] samples) {
    float largest = 0;
    boolean clean = true;
    for (float s : samples) {
      if (s >= 0 && s < Float.POSITIVE_INFINITY) {
        largest = Math.max(largest, s);
      } else {
        clean = false;
      }
    }
    if (clean) {
      return 0;
    }
    int repaired = 0;
    for (int i = 0; i < samples.length; i++) {
      float s = samples[i];
      if (s >= 0 && s < Float.POSITIVE_INFINITY) {
        continue;
      }
      samples[i] = s == Float.POSITIVE_INFINITY ? largest : 0;
      repaired++;
    }
    return repaired;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The picture, {@code (3, h, w)}, linear Rec.709; its samples are for reading only. */
  public Image image() {
    return image;
  }

  /** How many samples were NaN, negative or infinite when the map was made. */
  public int repairedSamples() {
    return repairedSamples;
  }

  /** Whether no light comes from anywhere. */
  public boolean isBlack() {
    for (float s : image.samples()) {
      if (s > 0) {
        return false;
      }
    }
    return true;
  }

  /** The unit direction of the place (u, v). */
  public static Vector3 direction(double u, double v) {
    double theta = Math.PI * v;
    double phi = Math.PI * (2 * u - 1);
    double s = Math.sin(theta);
    return new Vector3(s * Math.sin(phi), Math.cos(theta), -s * Math.cos(phi));
  }

  /** The unit direction of the centre of the pixel in row {@code y}, column {@code x}. */
  public Vector3 pixelDirection(int x, int y) {
    return direction((x + 0.5) / width, (y + 0.5) / height);
  }

  /** Where a direction of any length but 0 lies in the map; at the poles u is ½. */
  public static Uv uv(Vector3 d) {
    double r = Math.hypot(d.x(), d.z());
    double v = Math.atan2(r, d.y()) / Math.PI;
    double u = r == 0 ? 0.5 : 0.5 * (Math.atan2(d.x(), -d.z()) / Math.PI + 1);
    return new Uv(u >= 1 ? u - 1 : u, v);
  }

  /** Solid angle of one pixel of row {@code y}, in steradians: (2π/w)(cos θ₀ − cos θ₁). */
  public double solidAngle(int y) {
    return solidAngle(y, width, height);
  }

  static double solidAngle(int y, int width, int height) {
    // cos a − cos b as a product: no cancellation in the thin rows at the poles.
    double middle = Math.PI * (y + 0.5) / height;
    double half = 0.5 * Math.PI / height;
    return 2 * Math.PI / width * 2 * Math.sin(middle) * Math.sin(half);
  }

  /**
   * Radiance from {@code direction} (any length but 0), interpolated bilinearly, round the seam and
   * across the poles.
   */
  public Rgb radiance(Vector3 direction) {
    Uv p = uv(direction);
    double fx = p.u() * width - 0.5;
    double fy = p.v() * height - 0.5;
    int x0 = (int) Math.floor(fx);
    int y0 = (int) Math.floor(fy);
    double ax = fx - x0;
    double ay = fy - y0;
    int i00 = index(x0, y0);
    int i10 = index(x0 + 1, y0);
    int i01 = index(x0, y0 + 1);
    int i11 = index(x0 + 1, y0 + 1);
    double w00 = (1 - ax) * (1 - ay);
    double w10 = ax * (1 - ay);
    double w01 = (1 - ax) * ay;
    double w11 = ax * ay;
    float[] s = image.samples();
    int plane = width * height;
    double[] c = new double[3];
    for (int k = 0, o = 0; k < 3; k++, o += plane) {
      c[k] = w00 * s[o + i00] + w10 * s[o + i10] + w01 * s[o + i01] + w11 * s[o + i11];
    }
    return new Rgb(c[0], c[1], c[2]);
  }

  /** The pixel at column x, row y, where x may be off the seam and y one row beyond a pole. */
  private int index(int x, int y) {
    if (y < 0) {
      y = -1 - y;
      x += width / 2;
    } else if (y >= height) {
      y = 2 * height - 1 - y;
      x += width / 2;
    }
    x %= width;
    return y * width + (x < 0 ? x + width : x);
  }

  /**
   * Radiance from many directions, interpolated as in {@link #radiance(Vector3)}.
   *
   * @param dx x of each direction (any length but 0), likewise {@code dy}, {@code dz}
   * @param out receives {@code (3, n)}
   */
  public void radiance(float[] dx, float[] dy, float[] dz, float[] out) {
    int n = dx.length;
    float[] s = image.samples();
    int plane = width * height;
    double perTurn = width / (2 * Math.PI);
    double perHalfTurn = height / Math.PI;
    double left = 0.5 * width - 0.5;
    for (int i = 0; i < n; i++) {
      double x = dx[i];
      double z = dz[i];
      double fx = ArcTangent.atan2(x, -z) * perTurn + left;
      double fy = ArcTangent.atan2(Math.sqrt(x * x + z * z), dy[i]) * perHalfTurn - 0.5;
      int x0 = (int) Math.floor(fx);
      int y0 = (int) Math.floor(fy);
      float ax = (float) (fx - x0);
      float ay = (float) (fy - y0);
      int i00;
      int i10;
      int i01;
      int i11;
      if (x0 >= 0 && x0 < width - 1 && y0 >= 0 && y0 < height - 1) {
        i00 = y0 * width + x0;
        i10 = i00 + 1;
        i01 = i00 + width;
        i11 = i01 + 1;
      } else {
        i00 = index(x0, y0);
        i10 = index(x0 + 1, y0);
        i01 = index(x0, y0 + 1);
        i11 = index(x0 + 1, y0 + 1);
      }
      for (int k = 0, o = 0; k < 3; k++, o += plane) {
        float a = s[o + i00] + ax * (s[o + i10] - s[o + i00]);
        float b = s[o + i01] + ax * (s[o + i11] - s[o + i01]);
        out[k * n + i] = a + ay * (b - a);
      }
    }
  }

  /**
   * The environment turned by {@code rotation}: light from d now comes from rotation · d. A yaw by
   * whole columns moves the columns unchanged; any other turn resamples (2×2 samples in each
   * pixel), so that the energy is kept nearly, not exactly.
   */
  public EnvironmentMap rotated(Rotation rotation) {
    if (Math.abs(rotation.m11() - 1) < 1e-12) {
      double columns = -Math.atan2(rotation.m02(), rotation.m00()) / (2 * Math.PI) * width;
      long whole = Math.round(columns);
      if (Math.abs(columns - whole) < 1e-6) {
        return shifted((int) Math.floorMod(whole, (long) width));
      }
    }
    Rotation back = rotation.inverse();
    int plane = width * height;
    float[] out = new float[3 * plane];
    int subs = 2;
    float[] dx = new float[width * subs * subs];
    float[] dy = new float[dx.length];
    float[] dz = new float[dx.length];
    float[] row = new float[3 * dx.length];
    double[] sin = new double[width * subs];
    double[] cos = new double[width * subs];
    for (int i = 0; i < sin.length; i++) {
      double phi = Math.PI * (2 * (i + 0.5) / sin.length - 1);
      sin[i] = Math.sin(phi);
      cos[i] = Math.cos(phi);
    }
    double[] weight = new double[subs];
    for (int y = 0; y < height; y++) {
      for (int s = 0, i = 0; s < subs; s++) {
        double theta = Math.PI * (y * subs + s + 0.5) / (height * subs);
        double st = Math.sin(theta);
        double ct = Math.cos(theta);
        weight[s] = st;
        for (int x = 0; x < sin.length; x++, i++) {
          double px = st * sin[x];
          double pz = -st * cos[x];
          dx[i] = (float) (back.m00() * px + back.m01() * ct + back.m02() * pz);
          dy[i] = (float) (back.m10() * px + back.m11() * ct + back.m12() * pz);
          dz[i] = (float) (back.m20() * px + back.m21() * ct + back.m22() * pz);
        }
      }
      radiance(dx, dy, dz, row);
      float w0 = (float) (weight[0] / (subs * (weight[0] + weight[1])));
      float w1 = 1f / subs - w0;
      for (int c = 0; c < 3; c++) {
        int top = c * dx.length;
        int bottom = top + sin.length;
        for (int x = 0; x < width; x++) {
          out[c * plane + y * width + x] =
              w0 * (row[top + 2 * x] + row[top + 2 * x + 1])
                  + w1 * (row[bottom + 2 * x] + row[bottom + 2 * x + 1]);
        }
      }
    }
    return trusted(width, height, out);
  }

  /** Every column moved right by {@code columns} in [0, w), round the seam. */
  private EnvironmentMap shifted(int columns) {
    if (columns == 0) {
      return this;
    }
    float[] from = image.samples();
    float[] out = new float[from.length];
    for (int row = 0; row < from.length; row += width) {
      System.arraycopy(from, row, out, row + columns, width - columns);
      System.arraycopy(from, row + width - columns, out, row, columns);
    }
    return trusted(width, height, out);
  }

  /** Opened (+) or closed (−) by {@code stops}: every sample times 2^stops. */
  public EnvironmentMap exposed(double stops) {
    double s = Math.pow(2, stops);
    return scaled(s, s, s);
  }

  /**
   * Each channel times a factor that is finite and not negative; what overflows a float becomes the
   * largest float.
   */
  public EnvironmentMap scaled(double red, double green, double blue) {
    if (red == 1 && green == 1 && blue == 1) {
      return this;
    }
    double[] factor = {red, green, blue};
    float[] from = image.samples();
    float[] out = new float[from.length];
    int plane = width * height;
    for (int c = 0; c < 3; c++) {
      double f = factor[c];
      if (!(f >= 0 && f < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "scale %s (expected a finite number, not negative)".formatted(f));
      }
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        out[i] = (float) Math.min(from[i] * f, Float.MAX_VALUE);
      }
    }
    return trusted(width, height, out);
  }

  /**
   * This map plus {@code other} of the same size, weighted: this · (1 − amount) + other · amount.
   */
  public EnvironmentMap blended(EnvironmentMap other, double amount) {
    EnvironmentMap o = other.width == width ? other : other.resampled(width, height);
    float[] a = image.samples();
    float[] b = o.image.samples();
    float[] out = new float[a.length];
    float t = (float) Math.clamp(amount, 0, 1);
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] * (1 - t) + b[i] * t;
    }
    return trusted(width, height, out);
  }

  /**
   * The map at another size: each pixel the mean radiance over its solid angle, old pixels taken as
   * constant, so that the energy Σ L·Ω is kept (to float rounding) at any size.
   *
   * @throws IllegalArgumentException if not w = 2h ≥ 4
   */
  public EnvironmentMap resampled(int w, int h) {
    if (w != 2 * h || h < 2) {
      throw new IllegalArgumentException("map size %d×%d (expected 2:1, ≥ 4×2)".formatted(w, h));
    }
    if (w == width) {
      return this;
    }
    double[] cosines = new double[height + 1];
    for (int y = 0; y <= height; y++) {
      cosines[y] = Math.cos(Math.PI * y / height);
    }
    float[] from = image.samples();
    float[] out = new float[3 * w * h];
    IntStream.range(0, h).parallel().forEach(y -> resampleRow(y, w, h, cosines, from, out));
    return trusted(w, h, out);
  }

  private void resampleRow(int y, int w, int h, double[] cosines, float[] from, float[] out) {
    double[] line = new double[width + 1];
    double c0 = Math.cos(Math.PI * y / h);
    double c1 = Math.cos(Math.PI * (y + 1) / h);
    int first = Math.max(0, (int) Math.floor((double) y * height / h - 1e-9));
    int last = Math.min(height, (int) Math.ceil((double) (y + 1) * height / h + 1e-9));
    for (int c = 0; c < 3; c++) {
      // Rows: weighted by the solid angle both rows share. line[1 + x] then holds running sums.
      Arrays.fill(line, 0);
      for (int sy = first; sy < last; sy++) {
        double share = Math.min(c0, cosines[sy]) - Math.max(c1, cosines[sy + 1]);
        if (share <= 0) {
          continue;
        }
        double weight = share / (c0 - c1);
        int o = (c * height + sy) * width;
        for (int x = 0; x < width; x++) {
          line[x + 1] += weight * from[o + x];
        }
      }
      if (width % w == 0) {
        int step = width / w;
        for (int x = 0; x < w; x++) {
          double sum = 0;
          for (int k = 1; k <= step; k++) {
            sum += line[x * step + k];
          }
          out[(c * h + y) * w + x] = (float) (sum / step);
        }
      } else {
        double perPixel = (double) width / w;
        for (int x = 0; x < w; x++) {
          double a = x * perPixel;
          double b = a + perPixel;
          double sum = 0;
          for (int k = (int) a; k < Math.min(width, (int) Math.ceil(b)); k++) {
            sum += Math.max(0, Math.min(b, k + 1) - Math.max(a, k)) * line[k + 1];
          }
          out[(c * h + y) * w + x] = (float) (sum / perPixel);
        }
      }
    }
  }

  /** {@link #resampled} to a smaller size; a map that is already as small is returned as it is. */
  public EnvironmentMap downsampled(int w, int h) {
    return w >= width ? this : resampled(w, h);
  }

  /** Relative luminance of each pixel, {@code (h, w)}. */
  public float[] luminance() {
    int plane = width * height;
    float[] s = image.samples();
    float[] out = new float[plane];
    for (int i = 0; i < plane; i++) {
      out[i] =
          (float)
              (RED_LUMINANCE * s[i]
                  + GREEN_LUMINANCE * s[plane + i]
                  + BLUE_LUMINANCE * s[2 * plane + i]);
    }
    return out;
  }

  /** Mean radiance over the sphere: Σ L·Ω / 4π. */
  public Rgb meanRadiance() {
    return energy().times(1 / (4 * Math.PI));
  }

  /** Σ L·Ω over the sphere: radiance times steradians. */
  public Rgb energy() {
    double[] sum = new double[3];
    float[] s = image.samples();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        double row = 0;
        int o = (c * height + y) * width;
        for (int x = 0; x < width; x++) {
          row += s[o + x];
        }
        sum[c] += row * solidAngle(y);
      }
    }
    return new Rgb(sum[0], sum[1], sum[2]);
  }

  /**
   * Irradiance on a plane with the unit normal {@code normal}, summed over every pixel: Σ
   * L·Ω·max(0, n·d). For many normals take {@link IrradianceMap}.
   */
  public Rgb irradiance(Vector3 normal) {
    float[] s = image.samples();
    int plane = width * height;
    double[] horizontal = new double[width];
    for (int x = 0; x < width; x++) {
      double phi = Math.PI * (2 * (x + 0.5) / width - 1);
      horizontal[x] = normal.x() * Math.sin(phi) - normal.z() * Math.cos(phi);
    }
    double red = 0;
    double green = 0;
    double blue = 0;
    for (int y = 0; y < height; y++) {
      double theta = Math.PI * (y + 0.5) / height;
      double omega = solidAngle(y);
      double sin = Math.sin(theta) * omega;
      double up = Math.cos(theta) * normal.y() * omega;
      for (int x = 0, i = y * width; x < width; x++, i++) {
        double weight = sin * horizontal[x] + up;
        if (weight > 0) {
          red += weight * s[i];
          green += weight * s[plane + i];
          blue += weight * s[2 * plane + i];
        }
      }
    }
    return new Rgb(red, green, blue);
  }

  @Override
  public String toString() {
    return "EnvironmentMap[%d×%d]".formatted(width, height);
  }
}
