package org.pixelcube.head;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.pixelcube.config.UserError;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Resize;
import org.pixelcube.render.TriangleMesh;

/**
 * What is known of every texel of a head model's skin, the same for all persons of the family:
 * where on the head it lies, which region it belongs to, how the photographs' pigments vary there,
 * and the relief of pores and wrinkles. Built once, in about two seconds; {@link SkinTextures}
 * makes a person's skin from it.
 */
public final class SkinAtlas {
  /** Parts of the skin that look or move differently; each has a soft mask, 0 to 1. */
  enum Region {
    LIPS,
    MUCOSA,
    CHEEKS,
    NOSE,
    OILY,
    LIDS,
    LASH_LINE,
    UNDER_EYES,
    SCALP,
    BEARD,
    BROWS,
    FACE
  }

  /** Furrows that age digs and movement deepens. */
  enum Furrow {
    FOREHEAD,
    GLABELLA,
    CROWS_FEET,
    NASOLABIAL
  }

  /**
   * The slope of a furrow where it is not flat.
   *
   * @param texels which texels
   * @param slopeU height per length along the tangent
   * @param slopeV along the bitangent
   * @param left how far the texel is on the person's left side, 0 to 1
   */
  record Relief(int[] texels, float[] slopeU, float[] slopeV, float[] left) {}

  /**
   * Photographed albedo, linear Rec.709, and the tile it covers: u from 0 to {@code uWidth}, v from
   * 0 to 1.
   *
   * @param light of light skin, {@code (3, h, w)}
   * @param dark of dark skin; may be the same picture
   */
  public record Photos(Image light, Image dark, double uWidth) {
    /** The two maps that come with ICT-FaceKit's face tile. */
    static Photos ofFaceTile(HeadAssets assets, double uWidth) {
      Image light = ImageFile.read(assets.lightSkin());
      Image dark = ImageFile.read(assets.darkSkin());
      for (Image image : List.of(light, dark)) {
        if (image.channels() < 3 || image.width() != image.height() || image.width() < 256) {
          throw new UserError(
              assets.lightSkin().getParent().toString(),
              "has a skin map of %d × %d × %d, square and of three channels was expected"
                  .formatted(image.width(), image.height(), image.channels()),
              "fetch ict_reom_light.png and ict_reom_dark.png anew");
        }
      }
      return new Photos(light.color(), dark.color(), uWidth);
    }
  }

  private static final double LOW_PASS_TEXELS = 20;

  final int width;
  final int height;

  /** Place of each texel, metres, the model's origin between the eyes; x, y, z planes. */
  final float[][] place;

  /** 1 + the triangle of each texel; 0 where there is none. */
  private final int[] owner;

  private final Map<Region, float[]> masks = new EnumMap<>(Region.class);

  /** Pigment deviations of the light and the dark photograph: melanin, blood, shade. */
  final float[][] light;

  final float[][] dark;

  /** Slopes of pores and fine creases of a young adult. */
  final float[][] pores;

  private final Map<Furrow, Relief> furrows = new EnumMap<>(Furrow.class);
  private final FaceRegions regions;

  private SkinAtlas(
      TriangleMesh mesh, float[] landmarks, int width, int height, Photos photos, float[] mucosa) {
    this.width = width;
    this.height = height;
    this.place = new float[3][width * height];
    this.owner = new int[width * height];
    regions = new FaceRegions(landmarks);
    locate(mesh);
    spread();
    for (Region region : Region.values()) {
      masks.put(region, new float[width * height]);
    }
    paintMasks();
    paintMucosa(mesh, mucosa);
    light = deviations(mesh, photos.light, photos.uWidth);
    dark = photos.dark == photos.light ? light : deviations(mesh, photos.dark, photos.uWidth);
    pores = slopes(poreHeights());
    for (Furrow f : Furrow.values()) {
      furrows.put(f, relief(f));
    }
  }

  /**
   * Builds the atlas of a skin.
   *
   * @param mesh the model's mean head, metres, the origin between the eyes; texture coordinates in
   *     0 to 1, no texel used twice
   * @param landmarks the 68 points of Multi-PIE on it, 204 floats
   * @param mucosa for each vertex 1 inside mouth and sockets, 0 on skin
   */
  public static SkinAtlas of(
      TriangleMesh mesh, float[] landmarks, int width, int height, Photos photos, float[] mucosa) {
    if (landmarks.length != 204 || mucosa.length != mesh.vertexCount()) {
      throw new IllegalArgumentException(
          "%d landmark floats (expected 204), %d mucosa weights (expected %d)"
              .formatted(landmarks.length, mucosa.length, mesh.vertexCount()));
    }
    return new SkinAtlas(mesh, landmarks, width, height, photos, mucosa);
  }

  /** 0 below {@code from}, 1 above {@code to}, smooth between. */
  static double smoothStep(double from, double to, double x) {
    double t = Math.clamp((x - from) / (to - from), 0, 1);
    return t * t * (3 - 2 * t);
  }

  float[] mask(Region region) {
    return Objects.requireNonNull(masks.get(region));
  }

  Relief furrow(Furrow furrow) {
    return Objects.requireNonNull(furrows.get(furrow));
  }

  boolean covered(int texel) {
    return owner[texel] != 0;
  }

  // Where the texels lie.

  private void locate(TriangleMesh mesh) {
    float[] p = mesh.positions();
    raster(
        mesh,
        (texel, triangle, a, b, c, wa, wb, wc) -> {
          owner[texel] = triangle + 1;
          for (int k = 0; k < 3; k++) {
            place[k][texel] = wa * p[3 * a + k] + wb * p[3 * b + k] + wc * p[3 * c + k];
          }
        });
  }

  /** Receives a texel inside a triangle of vertices a, b, c, and its barycentric weights. */
  @FunctionalInterface
  private interface TexelSink {
    void put(int texel, int triangle, int a, int b, int c, float wa, float wb, float wc);
  }

  private void raster(TriangleMesh mesh, TexelSink sink) {
    float[] uv = mesh.uvs();
    int[] t = mesh.triangles();
    for (int i = 0; i < t.length; i += 3) {
      double ax = uv[2 * t[i]] * width - 0.5;
      double ay = (1 - uv[2 * t[i] + 1]) * height - 0.5;
      double bx = uv[2 * t[i + 1]] * width - 0.5;
      double by = (1 - uv[2 * t[i + 1] + 1]) * height - 0.5;
      double cx = uv[2 * t[i + 2]] * width - 0.5;
      double cy = (1 - uv[2 * t[i + 2] + 1]) * height - 0.5;
      double area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
      if (Math.abs(area) < 1e-9) {
        continue;
      }
      int x0 = Math.max(0, (int) Math.ceil(Math.min(ax, Math.min(bx, cx)) - 1e-6));
      int x1 = Math.min(width - 1, (int) Math.floor(Math.max(ax, Math.max(bx, cx)) + 1e-6));
      int y0 = Math.max(0, (int) Math.ceil(Math.min(ay, Math.min(by, cy)) - 1e-6));
      int y1 = Math.min(height - 1, (int) Math.floor(Math.max(ay, Math.max(by, cy)) + 1e-6));
      for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
          double wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
          double wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
          double wa = 1 - wb - wc;
          if (wa >= -1e-6 && wb >= -1e-6 && wc >= -1e-6) {
            sink.put(
                y * width + x, i / 3, t[i], t[i + 1], t[i + 2], (float) wa, (float) wb, (float) wc);
          }
        }
      }
    }
  }

  /** Carries places a few texels beyond the edges, so that bilinear reads meet no hole. */
  private void spread() {
    for (int pass = 0; pass < 4; pass++) {
      int[] old = owner.clone();
      for (int i = 0; i < old.length; i++) {
        if (old[i] == 0) {
          int from = coveredNeighbour(old, i);
          if (from >= 0) {
            owner[i] = old[from];
            for (float[] plane : place) {
              plane[i] = plane[from];
            }
          }
        }
      }
    }
  }

  private int coveredNeighbour(int[] owners, int i) {
    int x = i % width;
    if (x > 0 && owners[i - 1] != 0) {
      return i - 1;
    }
    if (x < width - 1 && owners[i + 1] != 0) {
      return i + 1;
    }
    if (i >= width && owners[i - width] != 0) {
      return i - width;
    }
    return i + width < owners.length && owners[i + width] != 0 ? i + width : -1;
  }

  private void paintMasks() {
    float[][] planes = masks.values().toArray(float[][]::new);
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> {
          float[] values = new float[planes.length];
          for (int i = y * width; i < (y + 1) * width; i++) {
            if (owner[i] != 0) {
              regions.at(place[0][i], place[1][i], place[2][i], values);
              for (int r = 0; r < planes.length; r++) {
                planes[r][i] = values[r];
              }
            }
          }
        });
  }

  private void paintMucosa(TriangleMesh mesh, float[] mucosa) {
    float[] plane = mask(Region.MUCOSA);
    raster(
        mesh,
        (texel, triangle, a, b, c, wa, wb, wc) ->
            plane[texel] = wa * mucosa[a] + wb * mucosa[b] + wc * mucosa[c]);
    for (Region r : Region.values()) {
      if (r != Region.MUCOSA && r != Region.LIPS) {
        float[] other = mask(r);
        for (int i = 0; i < other.length; i++) {
          other[i] *= 1 - plane[i];
        }
      }
    }
  }

  // Pigments.

  /** Deviations of pigment from the photograph's mean skin, carried on beyond the photograph. */
  private float[][] deviations(TriangleMesh mesh, Image photo, double uWidth) {
    int tile = (int) Math.round(width * uWidth);
    Image image = Resize.area(photo, tile, height);
    int n = tile * height;
    float[][] density = new float[3][n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < 3; k++) {
        density[k][i] = (float) -Math.log(Math.max(0.004, image.samples()[k * n + i]));
      }
    }
    // The mean of the face's plain skin is what tones are measured against.
    double[] mean = new double[3];
    double weight = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < tile; x++) {
        int i = y * width + x;
        double w =
            mask(Region.FACE)[i]
                * (1 - mask(Region.LIPS)[i])
                * (1 - mask(Region.LIDS)[i])
                * (owner[i] != 0 ? 1 : 0);
        weight += w;
        for (int k = 0; k < 3; k++) {
          mean[k] += w * density[k][y * tile + x];
        }
      }
    }
    float[] planes = new float[3 * n];
    double[] pigments = new double[3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < tile; x++) {
        int i = y * tile + x;
        Chromophores.separate(
            density[0][i] - mean[0] / weight,
            density[1][i] - mean[1] / weight,
            density[2][i] - mean[2] / weight,
            pigments);
        // Paint around the eyes' slits is no skin: it is held within what skin does.
        double lids =
            Math.max(mask(Region.LIDS)[y * width + x], 1 - mask(Region.FACE)[y * width + x]);
        double limit = 1.2 - 0.85 * lids;
        for (int k = 0; k < 3; k++) {
          planes[k * n + i] = (float) (limit * Math.tanh(pigments[k] / limit));
        }
      }
    }
    Image detailed = Image.data(tile, height, 3, planes);
    return carryOn(mesh, detailed, uWidth);
  }

  /** Lays the tile's planes into the atlas, and lets them run out smoothly over the rest. */
  private float[][] carryOn(TriangleMesh mesh, Image tile, double uWidth) {
    float[][] out = new float[3][width * height];
    int n = tile.planeSize();
    for (int k = 0; k < 3; k++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(tile.samples(), k * n + y * tile.width(), out[k], y * width, tile.width());
      }
    }
    if (uWidth >= 1) {
      return out;
    }
    Image smooth = GaussianBlur.blur(tile, LOW_PASS_TEXELS);
    Welded welded = Welded.of(mesh);
    float[] uv = mesh.uvs();
    float[][] values = new float[3][welded.count];
    boolean[] known = new boolean[welded.count];
    for (int v = 0; v < mesh.vertexCount(); v++) {
      if (uv[2 * v] <= uWidth) {
        int x = Math.clamp((int) (uv[2 * v] * width), 0, tile.width() - 1);
        int y = Math.clamp((int) ((1 - uv[2 * v + 1]) * height), 0, height - 1);
        int node = welded.node[v];
        known[node] = true;
        for (int k = 0; k < 3; k++) {
          values[k][node] = smooth.samples()[k * n + y * tile.width() + x];
        }
      }
    }
    welded.diffuse(values, known, 600);
    float boundary = tile.width();
    raster(
        mesh,
        (texel, triangle, a, b, c, wa, wb, wc) -> {
          if (texel % width >= boundary) {
            for (int k = 0; k < 3; k++) {
              out[k][texel] =
                  wa * values[k][welded.node[a]]
                      + wb * values[k][welded.node[b]]
                      + wc * values[k][welded.node[c]];
            }
          }
        });
    boolean[] drawn = new boolean[owner.length];
    raster(mesh, (texel, triangle, a, b, c, wa, wb, wc) -> drawn[texel] = true);
    for (int pass = 0; pass < 4; pass++) {
      boolean[] old = drawn.clone();
      for (int i = 0; i < old.length; i++) {
        if (!old[i] && i % width >= boundary) {
          int x = i % width;
          int from =
              x > boundary && old[i - 1]
                  ? i - 1
                  : x < width - 1 && old[i + 1]
                      ? i + 1
                      : i >= width && old[i - width]
                          ? i - width
                          : i + width < old.length && old[i + width] ? i + width : -1;
          if (from >= 0) {
            drawn[i] = true;
            for (float[] plane : out) {
              plane[i] = plane[from];
            }
          }
        }
      }
    }
    return out;
  }

  /** The mesh with vertices at the same place taken for one. */
  private record Welded(int[] node, int count, int[][] neighbours) {
    static Welded of(TriangleMesh mesh) {
      float[] p = mesh.positions();
      Map<List<Float>, Integer> byPlace = new HashMap<>();
      int[] node = new int[mesh.vertexCount()];
      for (int v = 0; v < node.length; v++) {
        List<Float> key = List.of(p[3 * v], p[3 * v + 1], p[3 * v + 2]);
        node[v] = byPlace.computeIfAbsent(key, k -> byPlace.size());
      }
      List<List<Integer>> around = new ArrayList<>();
      for (int i = 0; i < byPlace.size(); i++) {
        around.add(new ArrayList<>());
      }
      int[] t = mesh.triangles();
      for (int i = 0; i < t.length; i += 3) {
        for (int k = 0; k < 3; k++) {
          int a = node[t[i + k]];
          int b = node[t[i + (k + 1) % 3]];
          around.get(a).add(b);
          around.get(b).add(a);
        }
      }
      int[][] neighbours = new int[around.size()][];
      for (int i = 0; i < neighbours.length; i++) {
        neighbours[i] = around.get(i).stream().distinct().mapToInt(Integer::intValue).toArray();
      }
      return new Welded(node, neighbours.length, neighbours);
    }

    /** Fills the unknown nodes with values that are the means of their neighbours'. */
    void diffuse(float[][] values, boolean[] known, int passes) {
      for (int pass = 0; pass < passes; pass++) {
        for (int i = 0; i < count; i++) {
          if (known[i] || neighbours[i].length == 0) {
            continue;
          }
          for (float[] plane : values) {
            float sum = 0;
            for (int j : neighbours[i]) {
              sum += plane[j];
            }
            plane[i] = sum / neighbours[i].length;
          }
        }
      }
    }
  }

  // Relief.

  /**
   * Slopes of a height field along tangent (growing u) and bitangent (growing v, at right angles to
   * it), from central differences and the surface's own metric.
   *
   * @param heights metres
   */
  float[][] slopes(float[] heights) {
    float[][] out = new float[2][heights.length];
    IntStream.range(1, height - 1)
        .parallel()
        .forEach(y -> {
          for (int x = 1; x < width - 1; x++) {
            slopeAt(heights, y * width + x, out);
          }
        });
    return out;
  }

  private void slopeAt(float[] heights, int i, float[][] out) {
    int l = i - 1;
    int r = i + 1;
    int d = i + width;
    int u = i - width;
    if (owner[i] == 0 || owner[l] == 0 || owner[r] == 0 || owner[d] == 0 || owner[u] == 0) {
      return;
    }
    float ux = place[0][r] - place[0][l];
    float uy = place[1][r] - place[1][l];
    float uz = place[2][r] - place[2][l];
    float vx = place[0][u] - place[0][d];
    float vy = place[1][u] - place[1][d];
    float vz = place[2][u] - place[2][d];
    float e = ux * ux + uy * uy + uz * uz;
    float f = ux * vx + uy * vy + uz * vz;
    float g = vx * vx + vy * vy + vz * vz;
    float det = e * g - f * f;
    // Across an edge of the atlas the places jump: nothing can be said there.
    if (e > 2.5e-5f || g > 2.5e-5f || det <= 1e-3f * e * g || e < 1e-12f || g < 1e-12f) {
      return;
    }
    float hu = heights[r] - heights[l];
    float hv = heights[u] - heights[d];
    float a = (g * hu - f * hv) / det;
    float b = (e * hv - f * hu) / det;
    double unit = Math.sqrt(e);
    out[0][i] = (float) (a * unit + b * f / unit);
    out[1][i] = (float) (b * Math.sqrt(det / e));
  }

  /** Pores, the net of fine creases between them, soft unevenness, and the lips' own lines. */
  private float[] poreHeights() {
    float[] heights = new float[width * height];
    GradientNoise noise = new GradientNoise(0x9035);
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> {
          GradientNoise.Cell cell = new GradientNoise.Cell();
          for (int i = y * width; i < (y + 1) * width; i++) {
            if (owner[i] != 0) {
              heights[i] = (float) pore(noise, cell, i);
            }
          }
        });
    return heights;
  }

  private double pore(GradientNoise noise, GradientNoise.Cell cell, int i) {
    double x = 1000.0 * place[0][i];
    double y = 1000.0 * place[1][i];
    double z = 1000.0 * place[2][i];
    double lips = mask(Region.LIPS)[i];
    double oily = Math.max(mask(Region.OILY)[i], 0.7 * mask(Region.CHEEKS)[i]);
    noise.cell(x / 1.25, y / 1.25, z / 1.25, cell);
    double pit = 1 - smoothStep(0.1, 0.38, cell.distance);
    double deep = 0.4 + 0.6 * cell.value;
    double height = -0.055e-3 * (0.35 + 0.65 * oily) * pit * deep * (1 - lips);
    noise.cell(x / 1.9 + 31, y / 1.9, z / 1.9, cell);
    height += 0.035e-3 * (1 - cell.distance) * (1 - lips);
    height += 0.05e-3 * noise.at(x / 3.5, y / 3.5, z / 3.5) * (1 - 0.5 * lips);
    height += 0.12e-3 * noise.at(x / 9, y / 9 + 5, z / 9) * (1 - lips);
    height += 0.16e-3 * lips * noise.at(x / 1.5, y / 9, z / 9 + 11);
    return height;
  }

  private Relief relief(Furrow furrow) {
    float[] heights = new float[width * height];
    IntStream.range(0, height)
        .parallel()
        .forEach(y -> {
          for (int i = y * width; i < (y + 1) * width; i++) {
            if (owner[i] != 0 && mask(Region.MUCOSA)[i] < 0.5) {
              heights[i] = (float) regions.furrow(furrow, place[0][i], place[1][i], place[2][i]);
            }
          }
        });
    float[][] slope = slopes(heights);
    int[] texels =
        IntStream.range(0, heights.length)
            .filter(i -> Math.abs(slope[0][i]) + Math.abs(slope[1][i]) > 0.003)
            .toArray();
    float[] u = new float[texels.length];
    float[] v = new float[texels.length];
    float[] left = new float[texels.length];
    for (int i = 0; i < texels.length; i++) {
      u[i] = slope[0][texels[i]];
      v[i] = slope[1][texels[i]];
      left[i] = (float) smoothStep(-0.012, 0.012, place[0][texels[i]]);
    }
    return new Relief(texels, u, v, left);
  }

  @Override
  public String toString() {
    return "%d × %d, %d texels in use"
        .formatted(width, height, Arrays.stream(owner).filter(o -> o != 0).count());
  }
}
