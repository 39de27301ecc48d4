package org.pixelcube.render;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.config.UserError;

/**
 * Reflectance fields and their planes as bytes.
 *
 * <p>A field is its coefficients in a {@link FieldBasis}, rounded to the basis's step: one plane
 * per pattern over the covered pixels, predicted from the neighbours to the left and above (the
 * median predictor of JPEG-LS, ITU-T T.87), as bytes or pairs or fours of bytes, compressed by
 * Zstandard. What is mirrored sharply follows as half floats. The planes of {@link
 * ReflectanceField.Aovs} are half floats over the covered pixels, low bytes and high bytes apart.
 */
public final class FieldCodec {
  private static final int FIELD_MAGIC = 0x44464350; // "PCFD"
  private static final int AOVS_MAGIC = 0x56414350; // "PCAV"
  private static final int VERSION = 1;
  private static final int LEVEL = 6;
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_256;

  /** Patterns that are worked out together: two vectors. */
  private static final int TILE = 16;

  private static final int LARGEST_SIDE = 16_384;

  /** More than any field of the largest picture that is rendered. */
  private static final long LARGEST_BYTES = 1L << 30;

  private FieldCodec() {}

  /**
   * Encodes a field.
   *
   * @throws IllegalArgumentException if the basis is for other lights
   */
  public static byte[] encode(ReflectanceField field, FieldBasis basis) {
    if (field.basis().columns() != basis.lights().columns()) {
      throw new IllegalArgumentException(
          "a field of %d columns in a basis of %d"
              .formatted(field.basis().columns(), basis.lights().columns()));
    }
    int count = field.pixels().length;
    int rank = basis.rank();
    int width = field.width();
    int height = field.height();
    int[][] levels = levels(field, basis);
    byte[][] planes = new byte[rank][];
    Neighbours near = Neighbours.of(field.pixels(), width);
    IntStream.range(0, rank).parallel().forEach(m -> planes[m] = plane(levels[m], near));
    int mirrored = 0;
    for (int p = 0; p < count; p++) {
      mirrored += field.mirror()[4 * p + 3] > 0 ? 1 : 0;
    }
    int size = 24 + (width * height + 7) / 8 + 12 * mirrored;
    for (byte[] plane : planes) {
      size = Math.addExact(size, plane.length);
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(FIELD_MAGIC).putInt(VERSION).putInt(width).putInt(height);
    out.putInt(rank).putInt(mirrored);
    out.put(mask(field.pixels(), width * height));
    for (byte[] plane : planes) {
      out.put(plane);
    }
    for (int p = 0; p < count; p++) {
      if (field.mirror()[4 * p + 3] > 0) {
        out.putInt(p);
        for (int i = 0; i < 4; i++) {
          out.putShort(half(field.mirror()[4 * p + i]));
        }
      }
    }
    return packed(out.flip());
  }

  /** Coefficients as multiples of the step, for each pattern those of all pixels. */
  private static int[][] levels(ReflectanceField field, FieldBasis basis) {
    int count = field.pixels().length;
    int rank = basis.rank();
    int n = 3 * basis.lights().columns();
    float[] response = field.response();
    float[] tiles = tiles(basis.analysis(), n, rank);
    float inverse = 1 / basis.step();
    int[][] levels = new int[rank][count];
    IntStream.range(0, (count + 255) / 256)
        .parallel()
        .forEach(chunk -> {
          float[] sums = new float[4 * TILE];
          int end = Math.min(count, 256 * chunk + 256);
          for (int p = 256 * chunk; p < end; p += 4) {
            int pixels = Math.min(4, end - p);
            for (int m = 0; m < rank; m += TILE) {
              // The last pixel is worked out again where fewer than four are left.
              products(
                  response,
                  n * p,
                  n * (p + Math.min(1, pixels - 1)),
                  n * (p + Math.min(2, pixels - 1)),
                  n * (p + Math.min(3, pixels - 1)),
                  tiles,
                  n * m,
                  n,
                  sums);
              for (int k = 0; k < Math.min(TILE, rank - m); k++) {
                for (int q = 0; q < pixels; q++) {
                  levels[m + k][p + q] = Math.round(sums[q * TILE + k] * inverse);
                }
              }
            }
          }
        });
    return levels;
  }

  /** Columns of a matrix in tiles side by side, {@code (tiles, n, TILE)}, the last filled by 0. */
  private static float[] tiles(float[] analysis, int n, int rank) {
    float[] out = new float[n * ((rank + TILE - 1) / TILE * TILE)];
    for (int m = 0; m < rank; m++) {
      for (int i = 0; i < n; i++) {
        out[(m / TILE * n + i) * TILE + m % TILE] = analysis[i * rank + m];
      }
    }
    return out;
  }

  /** Four responses times one tile of columns, all sums in registers. */
  private static void products(
      float[] response,
      int p0,
      int p1,
      int p2,
      int p3,
      float[] tiles,
      int from,
      int n,
      float[] out) {
    int size = LANES.length();
    FloatVector a0 = FloatVector.zero(LANES);
    FloatVector b0 = a0;
    FloatVector a1 = a0;
    FloatVector b1 = a0;
    FloatVector a2 = a0;
    FloatVector b2 = a0;
    FloatVector a3 = a0;
    FloatVector b3 = a0;
    for (int i = 0; i < n; i++) {
      int at = from + i * TILE;
      FloatVector a = FloatVector.fromArray(LANES, tiles, at);
      FloatVector b = FloatVector.fromArray(LANES, tiles, at + size);
      FloatVector r = FloatVector.broadcast(LANES, response[p0 + i]);
      a0 = a.fma(r, a0);
      b0 = b.fma(r, b0);
      r = FloatVector.broadcast(LANES, response[p1 + i]);
      a1 = a.fma(r, a1);
      b1 = b.fma(r, b1);
      r = FloatVector.broadcast(LANES, response[p2 + i]);
      a2 = a.fma(r, a2);
      b2 = b.fma(r, b2);
      r = FloatVector.broadcast(LANES, response[p3 + i]);
      a3 = a.fma(r, a3);
      b3 = b.fma(r, b3);
    }
    a0.intoArray(out, 0);
    b0.intoArray(out, size);
    a1.intoArray(out, TILE);
    b1.intoArray(out, TILE + size);
    a2.intoArray(out, 2 * TILE);
    b2.intoArray(out, 2 * TILE + size);
    a3.intoArray(out, 3 * TILE);
    b3.intoArray(out, 3 * TILE + size);
  }

  /** For each covered pixel the place of its neighbours among the covered ones, or −1. */
  private record Neighbours(int[] left, int[] above, int[] aboveLeft) {
    static Neighbours of(int[] pixels, int width) {
      int n = pixels.length;
      int[] left = new int[n];
      int[] above = new int[n];
      int[] aboveLeft = new int[n];
      int a = 0;
      for (int p = 0; p < n; p++) {
        boolean first = pixels[p] % width == 0;
        left[p] = p > 0 && !first && pixels[p - 1] == pixels[p] - 1 ? p - 1 : -1;
        int want = pixels[p] - width;
        while (a < n && pixels[a] < want) {
          a++;
        }
        above[p] = pixels[a] == want ? a : -1;
        int before = above[p] >= 0 ? a - 1 : a > 0 && pixels[a - 1] == want - 1 ? a - 1 : -1;
        aboveLeft[p] = before >= 0 && !first && pixels[before] == want - 1 ? before : -1;
      }
      return new Neighbours(left, above, aboveLeft);
    }

    int predict(int[] values, int p) {
      int l = left[p] >= 0 ? values[left[p]] : 0;
      int a = above[p] >= 0 ? values[above[p]] : 0;
      if (left[p] < 0) {
        return a;
      }
      if (above[p] < 0) {
        return l;
      }
      if (aboveLeft[p] < 0) {
        return (l + a) >> 1;
      }
      int c = values[aboveLeft[p]];
      if (c >= Math.max(l, a)) {
        return Math.min(l, a);
      }
      return c <= Math.min(l, a) ? Math.max(l, a) : l + a - c;
    }
  }

  /** One pattern's plane: whether predicted, bytes per number, the numbers. */
  private static byte[] plane(int[] plain, Neighbours near) {
    int count = plain.length;
    int[] residual = new int[count];
    long plainSum = 0;
    long residualSum = 0;
    for (int p = 0; p < count; p++) {
      residual[p] = plain[p] - near.predict(plain, p);
      plainSum += Math.abs((long) plain[p]);
      residualSum += Math.abs((long) residual[p]);
    }
    boolean predicted = residualSum < plainSum;
    int[] numbers = predicted ? residual : plain;
    int bytes = 1;
    for (int v : numbers) {
      int zigzag = (v << 1) ^ (v >> 31);
      bytes = Math.max(bytes, zigzag >>> 8 == 0 ? 1 : zigzag >>> 16 == 0 ? 2 : 4);
    }
    byte[] out = new byte[2 + count * bytes];
    out[0] = (byte) (predicted ? 1 : 0);
    out[1] = (byte) bytes;
    for (int p = 0; p < count; p++) {
      int zigzag = (numbers[p] << 1) ^ (numbers[p] >> 31);
      for (int b = 0; b < bytes; b++) {
        out[2 + b * count + p] = (byte) (zigzag >>> (8 * b));
      }
    }
    return out;
  }

  private static byte[] mask(int[] pixels, int size) {
    byte[] bits = new byte[(size + 7) / 8];
    for (int p : pixels) {
      bits[p >> 3] |= (byte) (1 << (p & 7));
    }
    return bits;
  }

  /**
   * Decodes a field.
   *
   * @param name of the field, for errors
   * @param field what {@link #encode} made
   * @param aovs what {@link #encodeAovs} made
   * @param camera of the frame
   * @throws UserError if the bytes are damaged or do not fit the basis or the camera
   */
  public static CodedField decode(
      String name, byte[] field, byte[] aovs, FieldBasis basis, Camera camera) {
    ByteBuffer in = unpacked(name, field);
    expectHeader(name, in, FIELD_MAGIC, VERSION, 24);
    int width = in.getInt();
    int height = in.getInt();
    int rank = in.getInt();
    int mirrored = in.getInt();
    check(name, width == camera.width(), "width", width, camera.width());
    check(name, height == camera.height(), "height", height, camera.height());
    check(name, rank == basis.rank(), "rank", rank, basis.rank());
    check(name, width >= 1 && width <= LARGEST_SIDE, "width", width, "1 to " + LARGEST_SIDE);
    check(name, height >= 1 && height <= LARGEST_SIDE, "height", height, "1 to " + LARGEST_SIDE);
    int maskBytes = (width * height + 7) / 8;
    need(name, in, maskBytes);
    byte[] bits = new byte[maskBytes];
    in.get(bits);
    int[] pixels =
        IntStream.range(0, width * height)
            .filter(i -> ((bits[i >> 3] >> (i & 7)) & 1) != 0)
            .toArray();
    int count = pixels.length;
    check(name, mirrored >= 0 && mirrored <= count, "mirrors", mirrored, "0 to " + count);
    int[] starts = new int[rank];
    for (int m = 0; m < rank; m++) {
      starts[m] = in.position();
      need(name, in, 2);
      int predicted = in.get();
      int bytes = in.get();
      check(name, predicted == 0 || predicted == 1, "predictor", predicted, "0 or 1");
      check(name, bytes == 1 || bytes == 2 || bytes == 4, "bytes a number", bytes, "1, 2 or 4");
      need(name, in, (long) bytes * count);
      in.position(in.position() + bytes * count);
    }
    int[][] levels = new int[rank][];
    Neighbours near = Neighbours.of(pixels, width);
    byte[] raw = new byte[in.limit()];
    in.get(0, raw);
    IntStream.range(0, rank).parallel().forEach(m -> levels[m] = levels(raw, starts[m], near));
    float[] mirror = new float[4 * count];
    need(name, in, 12L * mirrored);
    for (int i = 0; i < mirrored; i++) {
      int p = in.getInt();
      check(name, p >= 0 && p < count, "a mirror's pixel", p, "0 to " + (count - 1));
      for (int k = 0; k < 4; k++) {
        mirror[4 * p + k] = finite(name, "a mirror", in.getShort());
      }
    }
    check(name, in.remaining() == 0, "bytes too many", in.remaining(), 0);
    return new CodedField(
        camera,
        basis,
        pixels,
        LevelBlocks.of(levels, count),
        mirror,
        decodeAovs(name, aovs, pixels, width, height));
  }

  private static int[] levels(byte[] raw, int start, Neighbours near) {
    int count = near.left.length;
    boolean predicted = raw[start] == 1;
    int bytes = raw[start + 1];
    int[] values = new int[count];
    for (int p = 0; p < count; p++) {
      int zigzag = 0;
      for (int b = 0; b < bytes; b++) {
        zigzag |= (raw[start + 2 + b * count + p] & 0xFF) << (8 * b);
      }
      int v = (zigzag >>> 1) ^ -(zigzag & 1);
      values[p] = predicted ? v + near.predict(values, p) : v;
    }
    return values;
  }

  private static final int AOV_PLANES = 13;

  /** The planes of a frame, over its covered pixels. */
  public static byte[] encodeAovs(ReflectanceField field) {
    int[] pixels = field.pixels();
    int count = pixels.length;
    int plane = field.width() * field.height();
    ByteBuffer out =
        ByteBuffer.allocate(12 + 2 * AOV_PLANES * count).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(AOVS_MAGIC).putInt(VERSION).putInt(count);
    byte[] low = new byte[count];
    byte[] high = new byte[count];
    for (float[] planes : planes(field.aovs())) {
      for (int o = 0; o < planes.length; o += plane) {
        for (int p = 0; p < count; p++) {
          short h = half(planes[o + pixels[p]]);
          low[p] = (byte) h;
          high[p] = (byte) (h >> 8);
        }
        out.put(low).put(high);
      }
    }
    return packed(out.flip());
  }

  private static ReflectanceField.Aovs decodeAovs(
      String name, byte[] bytes, int[] pixels, int width, int height) {
    ByteBuffer in = unpacked(name, bytes);
    expectHeader(name, in, AOVS_MAGIC, VERSION, 12);
    int count = in.getInt();
    check(name, count == pixels.length, "covered pixels", count, pixels.length);
    check(name, in.remaining() == 2L * AOV_PLANES * count, "bytes", in.remaining(), 26L * count);
    int plane = width * height;
    ReflectanceField.Aovs aovs = ReflectanceField.Aovs.of(plane);
    byte[] low = new byte[count];
    byte[] high = new byte[count];
    for (float[] planes : planes(aovs)) {
      for (int o = 0; o < planes.length; o += plane) {
        in.get(low).get(high);
        for (int p = 0; p < count; p++) {
          short h = (short) ((low[p] & 0xFF) | (high[p] << 8));
          planes[o + pixels[p]] = finite(name, "a plane", h);
        }
      }
    }
    return aovs;
  }

  private static float[][] planes(ReflectanceField.Aovs a) {
    return new float[][] {
      a.alpha(), a.albedo(), a.normal(), a.depth(), a.motion(), a.uv(), a.roughness()
    };
  }

  /** Nearest half float; what is too large becomes the largest. */
  private static short half(float v) {
    return Float.floatToFloat16(Math.clamp(v, -65504f, 65504f));
  }

  private static float finite(String name, String what, short half) {
    float v = Float.float16ToFloat(half);
    check(name, Float.isFinite(v), what, v, "a number");
    return v;
  }

  /** Size of what is packed, then a Zstandard frame. */
  static byte[] packed(ByteBuffer content) {
    byte[] raw = new byte[content.remaining()];
    content.get(raw);
    byte[] small = Zstd.compress(raw, LEVEL);
    return ByteBuffer.allocate(8 + small.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(raw.length)
        .put(small)
        .array();
  }

  /** What {@link #packed} packed, in an array of its own. */
  static ByteBuffer unpacked(String name, byte[] bytes) {
    check(name, bytes.length > 8, "bytes", bytes.length, "more than 8");
    long size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    check(name, size >= 0 && size <= LARGEST_BYTES, "size", size, "0 to " + LARGEST_BYTES);
    try {
      byte[] raw = Zstd.decompress(Arrays.copyOfRange(bytes, 8, bytes.length), (int) size);
      check(name, raw.length == size, "size", raw.length, size);
      return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    } catch (ZstdException e) {
      throw new UserError(
          name, "is damaged: its Zstandard data cannot be read", "make or fetch it again", e);
    }
  }

  static void expectHeader(String name, ByteBuffer in, int magic, int version, int bytes) {
    need(name, in, bytes);
    int found = in.getInt();
    check(name, found == magic, "mark", Integer.toHexString(found), Integer.toHexString(magic));
    int of = in.getInt();
    check(name, of == version, "format version", of, version);
  }

  private static void need(String name, ByteBuffer in, long bytes) {
    check(name, in.remaining() >= bytes, "bytes left", in.remaining(), "at least " + bytes);
  }

  static void check(String name, boolean good, String what, Object found, Object expected) {
    if (!good) {
      throw new UserError(
          name,
          "is damaged: %s is %s (expected %s)".formatted(what, found, expected),
          "make or fetch it again");
    }
  }
}
