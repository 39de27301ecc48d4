package org.pixelcube.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.ColorSpace;

@Randomized
class FilterTest {
  /** Sizes from 1×1 on; now and then one large enough for several threads. */
  static Image noise(Random random, int channels) {
    boolean large = random.nextInt(4) == 0;
    int w = 1 + random.nextInt(large ? 300 : 40);
    int h = 1 + random.nextInt(large ? 200 : 40);
    float[] s = new float[channels * w * h];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat(-1, 4);
    }
    return Image.data(w, h, channels, s);
  }

  private static final int ROUNDS = 8;

  @Test
  void boxMeanIsTheNaiveMean(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      Image in = noise(random, 1 + random.nextInt(3));
      int radius = random.nextInt(7);
      Image out = BoxFilter.mean(in, radius);
      for (int k = 0; k < 50; k++) {
        int c = random.nextInt(in.channels());
        int x = random.nextInt(in.width());
        int y = random.nextInt(in.height());
        double sum = 0;
        int count = 0;
        for (int j = Math.max(0, y - radius); j <= Math.min(in.height() - 1, y + radius); j++) {
          for (int i = Math.max(0, x - radius); i <= Math.min(in.width() - 1, x + radius); i++) {
            sum += in.at(c, j, i);
            count++;
          }
        }
        assertEquals(sum / count, out.at(c, y, x), 2e-6);
      }
    }
  }

  @Test
  void boxFarWiderThanThePictureIsItsMean(Random random) {
    Image in = noise(random, 1);
    double mean = mean(in.samples());
    for (float v : BoxFilter.mean(in, Integer.MAX_VALUE / 4).samples()) {
      assertEquals(mean, v, 1e-5);
    }
    assertThrows(IllegalArgumentException.class, () -> BoxFilter.mean(in, -1));
  }

  @Test
  void gaussianIsWithinItsDocumentedErrorOfTheNaiveOne() {
    for (double sigma : new double[] {0.6, 1.7, 2.5, 2.6, 4, 7.3, 15}) {
      int half = (int) Math.ceil(8 * sigma) + 2;
      int n = 2 * half + 1;
      float[] impulse = new float[n * n];
      impulse[half * n + half] = 1;
      Image out = GaussianBlur.blur(Image.data(n, n, 1, impulse), sigma);
      double[] kernel = new double[n];
      double sum = 0;
      for (int i = 0; i < n; i++) {
        kernel[i] = Math.exp(-0.5 * Math.pow((i - half) / sigma, 2));
        sum += kernel[i];
      }
      double peak = kernel[half] * kernel[half] / (sum * sum);
      double total = 0;
      double variance = 0;
      double exactVariance = 0;
      for (int y = 0; y < n; y++) {
        for (int x = 0; x < n; x++) {
          double expected = kernel[x] * kernel[y] / (sum * sum);
          assertEquals(
              expected, out.at(0, y, x), (sigma <= 2.5 ? 0.001 : 0.072) * peak, "sigma " + sigma);
          total += out.at(0, y, x);
          exactVariance += expected * (x - half) * (x - half);
          variance += out.at(0, y, x) * (x - half) * (x - half);
        }
      }
      assertEquals(1, total, 1e-5, "sigma " + sigma);
      assertEquals(exactVariance, variance, 0.003 * exactVariance);
    }
  }

  @Test
  void constantsStayConstant(Random random) {
    Image shape = noise(random, 2);
    int w = shape.width();
    int h = shape.height();
    Image constant = Image.filled(w, h, ColorSpace.DATA, 0.7f, -2.3f);
    Image flow = noise(random, 1);
    List<UnaryOperator<Image>> filters =
        List.of(
            i -> BoxFilter.mean(i, 5),
            i -> GaussianBlur.blur(i, 1.3),
            i -> GaussianBlur.blur(i, 9),
            i -> Resize.area(i, 1 + w / 3, 1 + h / 2),
            i -> Resize.bilinear(i, 2 * w + 1, 3 * h),
            i -> Resize.bicubic(i, 3 * w + 2, h + 5),
            i -> Resize.to(i, 2 * w, (h + 1) / 2),
            i -> Resize.half(i),
            i -> Pyramid.reduce(i),
            i -> Pyramid.expand(Pyramid.reduce(i), w, h),
            i -> Morphology.dilate(i, 3),
            i -> Morphology.open(i, 2),
            i -> GuidedFilter.filter(shape.channel(0), i, 3, 0.01),
            i -> GuidedFilter.fast(shape.channel(0), i, 4, 0.01, 2),
            i -> Warp.backward(i, Image.data(w, h, 2, repeat(flow.samples(), 2 * w * h))));
    for (int k = 0; k < filters.size(); k++) {
      Image out = filters.get(k).apply(constant);
      int n = out.planeSize();
      for (int i = 0; i < 2 * n; i++) {
        assertEquals(i < n ? 0.7f : -2.3f, out.samples()[i], 1e-5f, "filter " + k);
      }
    }
  }

  private static float[] repeat(float[] a, int n) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = a[i % a.length] * 5;
    }
    return out;
  }

  private static double mean(float[] a) {
    double s = 0;
    for (float v : a) {
      s += v;
    }
    return s / a.length;
  }

  @Test
  void areaMeanKeepsTheMeanAndIsExactForWholeFactors(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      Image in = noise(random, 1);
      int w = 1 + random.nextInt(in.width());
      int h = 1 + random.nextInt(in.height());
      assertEquals(mean(in.samples()), mean(Resize.area(in, w, h).samples()), 1e-5);
    }
    Image four = Image.data(4, 2, 1, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertArrayEquals(new float[] {3.5f, 5.5f}, Resize.half(four).samples(), 1e-6f);
    Image three = Image.data(3, 1, 1, new float[] {3, 6, 9});
    assertArrayEquals(new float[] {4, 8}, Resize.area(three, 2, 1).samples(), 1e-6f);
  }

  @Test
  void interpolationReproducesARampAwayFromTheBorders(Random random) {
    int n = 12;
    float[] s = new float[n * n];
    for (int i = 0; i < s.length; i++) {
      s[i] = 2 * (i % n) - 3 * (i / n) + 1;
    }
    Image ramp = Image.data(n, n, 1, s);
    int w = n + random.nextInt(50);
    int h = n + random.nextInt(50);
    for (Image out : List.of(Resize.bilinear(ramp, w, h), Resize.bicubic(ramp, w, h))) {
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          double sx = (x + 0.5) * n / w - 0.5;
          double sy = (y + 0.5) * n / h - 0.5;
          if (sx > 1 && sy > 1 && sx < n - 2 && sy < n - 2) {
            assertEquals(2 * sx - 3 * sy + 1, out.at(0, y, x), 2e-5);
          }
        }
      }
    }
    assertSame(ramp, Resize.bicubic(ramp, n, n));
    assertThrows(IllegalArgumentException.class, () -> Resize.area(ramp, 0, 3));
  }

  @Test
  void catmullRomReproducesAParabola() {
    int n = 10;
    float[] s = new float[n];
    for (int i = 0; i < n; i++) {
      s[i] = i * i;
    }
    Image out = Resize.bicubic(Image.data(n, 1, 1, s), 4 * n, 1);
    for (int x = 8; x < 4 * n - 8; x++) {
      double at = (x + 0.5) / 4 - 0.5;
      assertEquals(at * at, out.at(0, 0, x), 1e-4);
    }
  }

  @Test
  void laplacianPyramidCollapses(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      Image in = noise(random, 2);
      List<Image> levels = Pyramid.laplacian(in, 1 + random.nextInt(6));
      assertArrayEquals(in.samples(), Pyramid.collapse(levels).samples(), 2e-5f);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Pyramid.expand(Image.data(2, 2, 1, new float[4]), 5, 4));
  }

  @Test
  void guidedFilterIsTheNaiveRegression(Random random) {
    Image guide = noise(random, 1);
    int w = guide.width();
    int h = guide.height();
    float[] s = new float[2 * w * h];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat() + 10;
    }
    Image input = Image.data(w, h, 2, s);
    int r = 1 + random.nextInt(3);
    double epsilon = 0.05;
    Image out = GuidedFilter.filter(guide, input, r, epsilon);
    for (int k = 0; k < 10; k++) {
      int x = random.nextInt(w);
      int y = random.nextInt(h);
      int c = random.nextInt(2);
      double a = 0;
      double b = 0;
      int windows = 0;
      for (int v = Math.max(0, y - r); v <= Math.min(h - 1, y + r); v++) {
        for (int u = Math.max(0, x - r); u <= Math.min(w - 1, x + r); u++) {
          double[] line = regression(guide, input, c, u, v, r, epsilon);
          a += line[0];
          b += line[1];
          windows++;
        }
      }
      assertEquals(a / windows * guide.at(0, y, x) + b / windows, out.at(c, y, x), 2e-4);
    }
  }

  private static double[] regression(
      Image guide, Image input, int c, int u, int v, int r, double epsilon) {
    double n = 0;
    double g = 0;
    double p = 0;
    double gg = 0;
    double gp = 0;
    for (int j = Math.max(0, v - r); j <= Math.min(guide.height() - 1, v + r); j++) {
      for (int i = Math.max(0, u - r); i <= Math.min(guide.width() - 1, u + r); i++) {
        n++;
        g += guide.at(0, j, i);
        p += input.at(c, j, i);
        gg += guide.at(0, j, i) * (double) guide.at(0, j, i);
        gp += guide.at(0, j, i) * (double) input.at(c, j, i);
      }
    }
    double a = (gp / n - g / n * p / n) / (gg / n - g / n * g / n + epsilon);
    return new double[] {a, p / n - a * g / n};
  }

  @Test
  void guidedUpsamplingFollowsTheEdgeOfTheGuide() {
    int n = 64;
    float[] g = new float[n * n];
    for (int i = 0; i < g.length; i++) {
      g[i] = i % n < 29 ? 0 : 1;
    }
    Image guide = Image.data(n, n, 1, g);
    Image fast = GuidedFilter.fast(guide, guide, 8, 1e-6, 4);
    Image plain = Resize.bilinear(Resize.area(guide, n / 4, n / 4), n, n);
    double guided = 0;
    double bilinear = 0;
    for (int i = 0; i < g.length; i++) {
      guided = Math.max(guided, Math.abs(fast.samples()[i] - g[i]));
      bilinear = Math.max(bilinear, Math.abs(plain.samples()[i] - g[i]));
    }
    // One of five windows around the neighbouring cell is flat and has no slope; a pixel at 29
    // takes an eighth of its weight from that cell.
    assertEquals(1 - 0.125 / 5, fast.at(0, 30, 29), 1e-3);
    assertTrue(guided < 0.026, "edge off by " + guided);
    assertTrue(bilinear > 0.3, "plain interpolation should blur: " + bilinear);
    assertThrows(IllegalArgumentException.class, () -> GuidedFilter.filter(guide, guide, 2, 0));
  }

  @Test
  void warpByWholePixelsIsAShift(Random random) {
    Image in = noise(random, 3);
    int w = in.width();
    int h = in.height();
    int dx = random.nextInt(2 * w) - w;
    int dy = random.nextInt(2 * h) - h;
    Image out = Warp.backward(in, Image.filled(w, h, ColorSpace.DATA, dx, dy));
    Image inside = Warp.inside(Image.filled(w, h, ColorSpace.DATA, dx, dy));
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int sx = Math.clamp(x + dx, 0, w - 1);
        int sy = Math.clamp(y + dy, 0, h - 1);
        assertEquals(in.at(1, sy, sx), out.at(1, y, x));
        boolean in1 = sx == x + dx && sy == y + dy;
        assertEquals(in1 ? 1 : 0, inside.at(0, y, x));
      }
    }
  }

  @Test
  void warpInterpolatesAndBearsOddFlow() {
    Image in = Image.data(2, 2, 1, new float[] {1, 2, 3, 4});
    float[] f = {0.25f, Float.NaN, Float.POSITIVE_INFINITY, -9, 0.5f, 0, -1, 1e30f};
    Image out = Warp.backward(in, Image.data(2, 2, 2, f));
    assertArrayEquals(new float[] {2.25f, 1, 2, 3}, out.samples(), 1e-6f);
  }

  @Test
  void gradientOfARampIsItsSlope(Random random) {
    int w = 1 + random.nextInt(30);
    int h = 1 + random.nextInt(30);
    float[] s = new float[w * h];
    for (int i = 0; i < s.length; i++) {
      s[i] = 2 * (i % w) - 3 * (i / w);
    }
    Image ramp = Image.data(w, h, 1, s);
    Image g = Gradient.of(ramp);
    float ex = w > 1 ? 2 : 0;
    float ey = h > 1 ? -3 : 0;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        assertEquals(ex, g.at(0, y, x), 1e-4);
        assertEquals(ey, g.at(1, y, x), 1e-4);
        assertEquals(Math.hypot(ex, ey), Gradient.magnitude(ramp).at(0, y, x), 1e-4);
      }
    }
  }

  @Test
  void distanceIsThatToTheNearestFeature(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      int w = 1 + random.nextInt(30);
      int h = 1 + random.nextInt(30);
      float[] m = new float[w * h];
      double density = random.nextBoolean() ? 0.01 : 0.2;
      for (int i = 0; i < m.length; i++) {
        m[i] = random.nextDouble() < density ? 1 : 0.2f;
      }
      m[random.nextInt(m.length)] = 0.5f;
      Image mask = Image.data(w, h, 1, m);
      Image d = DistanceTransform.distance(mask, 0.5f);
      int[] nearest = DistanceTransform.nearest(mask, 0.5f);
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          double best = Double.POSITIVE_INFINITY;
          for (int i = 0; i < m.length; i++) {
            if (m[i] >= 0.5f) {
              best = Math.min(best, Math.hypot(i % w - x, i / w - y));
            }
          }
          assertEquals(best, d.at(0, y, x), 1e-5);
          int q = nearest[y * w + x];
          assertTrue(m[q] >= 0.5f);
          assertEquals(best, Math.hypot(q % w - x, q / w - y), 1e-9);
        }
      }
    }
    Image empty = Image.data(3, 2, 1, new float[6]);
    for (float v : DistanceTransform.distance(empty, 1).samples()) {
      assertEquals(Float.POSITIVE_INFINITY, v);
    }
  }

  @Test
  void morphologyIsTheNaiveExtreme(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      Image in = noise(random, 2);
      int r = random.nextInt(6);
      Image least = Morphology.erode(in, r);
      Image most = Morphology.dilate(in, r);
      for (int k = 0; k < 50; k++) {
        int c = random.nextInt(2);
        int x = random.nextInt(in.width());
        int y = random.nextInt(in.height());
        float lo = Float.POSITIVE_INFINITY;
        float hi = Float.NEGATIVE_INFINITY;
        for (int j = Math.max(0, y - r); j <= Math.min(in.height() - 1, y + r); j++) {
          for (int i = Math.max(0, x - r); i <= Math.min(in.width() - 1, x + r); i++) {
            lo = Math.min(lo, in.at(c, j, i));
            hi = Math.max(hi, in.at(c, j, i));
          }
        }
        assertEquals(lo, least.at(c, y, x));
        assertEquals(hi, most.at(c, y, x));
      }
    }
    Image dot = Image.data(5, 5, 1, new float[25]);
    dot.samples()[12] = 1;
    assertEquals(0, mean(Morphology.open(dot, 1).samples()));
    assertEquals(1, Morphology.close(dot, 1).at(0, 2, 2));
    assertEquals(1, Morphology.dilate(dot, 1000).at(0, 0, 0));
  }

  @Test
  void overIsPorterAndDuff(Random random) {
    int w = 1 + random.nextInt(20);
    Image f = Image.rgb(w, 1, floats(random, 3 * w));
    Image b = Image.rgb(w, 1, floats(random, 3 * w));
    float[] a = floats(random, w);
    a[0] = 1;
    Image alpha = Image.data(w, 1, 1, a);
    Image out = Composite.over(f, alpha, b);
    assertEquals(f.at(2, 0, 0), out.at(2, 0, 0));
    for (int x = 0; x < w; x++) {
      assertEquals(f.at(1, 0, x) * a[x] + b.at(1, 0, x) * (1 - a[x]), out.at(1, 0, x), 1e-6);
    }
    // An opaque ground gives the same picture, opaque.
    Image ground = b.withAlpha(Image.filled(w, 1, ColorSpace.DATA, 1));
    Image both = Composite.over(f.withAlpha(alpha), ground);
    assertArrayEquals(out.samples(), both.color().samples(), 1e-5f);
    assertEquals(1, both.alpha().at(0, 0, 0), 1e-6);
    Image none = Image.filled(w, 1, ColorSpace.LINEAR_REC709, 5, 5, 5, 0);
    assertEquals(0, Composite.over(none, none).at(0, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Composite.over(f, alpha, b.to(ColorSpace.LINEAR_REC2020)));
  }

  private static float[] floats(Random random, int n) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = random.nextFloat();
    }
    return out;
  }

  @Test
  void repairLeavesSoundPicturesAloneAndCounts() {
    Image sound = Image.data(2, 1, 1, new float[] {0, 3});
    assertSame(sound, Repaired.of(sound).image());
    assertTrue(Repaired.of(sound).warning("map.hdr").isEmpty());
    float inf = Float.POSITIVE_INFINITY;
    Repaired r = Repaired.of(Image.data(6, 1, 1, new float[] {Float.NaN, -1, inf, -inf, 7, -0f}));
    assertArrayEquals(new float[] {0, 0, 7, 0, 7, -0f}, r.image().samples());
    assertEquals(List.of(1L, 2L, 1L), List.of(r.notANumber(), r.negative(), r.infinite()));
    assertTrue(r.warning("map.hdr").orElseThrow().startsWith("map.hdr: 1 samples are NaN"));
    Image all = Image.data(1, 1, 1, new float[] {inf});
    assertEquals(65504, Repaired.of(all).image().at(0, 0, 0));
    Image huge = Image.data(2, 1, 1, new float[] {inf, 1e9f});
    assertArrayEquals(new float[] {65504, 1e9f}, Repaired.of(huge).image().samples());
  }

  @Test
  void montageShowsEveryCellWhereItBelongs() {
    Image red = Image.filled(40, 30, ColorSpace.LINEAR_REC709, 1, 0, 0);
    Image clear = Image.filled(20, 30, ColorSpace.LINEAR_REC709, 1, 1, 1, 0);
    Image matte = Image.filled(40, 20, ColorSpace.DATA, 0.5f);
    Image bare =
        Montage.sheet(
            List.of(
                new Montage.Cell(red, ""),
                new Montage.Cell(clear, ""),
                new Montage.Cell(matte, "")),
            2);
    assertEquals(2 * 40 + 3 * 6, bare.width());
    assertEquals(2 * 30 + 3 * 6, bare.height());
    assertEquals(1, bare.at(0, 6, 6));
    assertEquals(0, bare.at(1, 35, 45));
    assertEquals(bare.at(0, 0, 0), bare.at(0, 20, 70));
    assertEquals(0.5f, bare.at(2, 42 + 5, 6));
    Image labelled = Montage.sheet(List.of(new Montage.Cell(red, "yaw 90, a long label")), 1);
    float lightest = 0;
    for (int y = 6; y < labelled.height() - 36; y++) {
      for (int x = 0; x < labelled.width(); x++) {
        lightest = Math.max(lightest, labelled.at(1, y, x));
      }
    }
    assertTrue(lightest > 0.3, "no text in the strip");
  }

  @Test
  void imagePartsKeepTheirSamples(Random random) {
    Image in = Image.rgb(5, 4, floats(random, 3 * 20));
    Image part = in.crop(1, 2, 3, 2);
    assertEquals(in.at(2, 3, 3), part.at(2, 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> in.crop(3, 0, 3, 1));
    assertArrayEquals(in.samples(), in.channels(0, 3).samples());
    assertSame(in, in.color());
    assertEquals(1, mean(in.alpha().samples()));
    Image wide = in.to(ColorSpace.LINEAR_REC2020);
    assertArrayEquals(
        in.luminance().samples(), wide.luminance().samples(), 1e-5f, "luminance is the same");
    assertArrayEquals(in.samples(), wide.to(ColorSpace.LINEAR_REC709).samples(), 1e-5f);
    assertEquals(4, in.withAlpha(in.alpha()).channels());
    assertThrows(IllegalStateException.class, () -> in.channel(0).luminance());
  }
}
