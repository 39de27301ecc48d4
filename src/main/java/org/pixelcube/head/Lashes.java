package org.pixelcube.head;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.pixelcube.render.TriangleMesh;

/**
 * Eyelashes, rooted along the rims of the lids: the edges of the mesh that lead from each eye
 * landmark to the next. Upper ones sweep forwards and curl up, lower ones are short and few; tips
 * gather in threes and fours.
 */
public final class Lashes {
  private static final int POINTS = 6;

  private final TriangleMesh skin;
  private final float[] landmarks;
  private final Traits traits;
  private final SplittableRandom random;

  // Vertices at one place (texture seams) count as one.
  private final int[] weld;
  private final Map<Integer, List<Integer>> trianglesAt = new HashMap<>();

  private Lashes(TriangleMesh skin, float[] landmarks, Traits traits, SplittableRandom random) {
    this.skin = skin;
    this.landmarks = landmarks;
    this.traits = traits;
    this.random = random;
    weld = new int[skin.vertexCount()];
    Map<List<Float>, Integer> known = new HashMap<>();
    float[] p = skin.positions();
    int[] t = skin.triangles();
    for (int i = 0; i < t.length; i++) {
      int v = t[i];
      if (nearEye(p, v)) {
        weld[v] = known.computeIfAbsent(List.of(p[3 * v], p[3 * v + 1], p[3 * v + 2]), key -> v);
        trianglesAt.computeIfAbsent(weld[v], key -> new ArrayList<>()).add(i / 3);
      } else {
        weld[v] = -1;
      }
    }
  }

  private boolean nearEye(float[] p, int v) {
    for (int first = 36; first <= 42; first += 6) {
      int outer = 3 * first;
      int inner = 3 * (first + 3);
      double x = p[3 * v] - (landmarks[outer] + landmarks[inner]) / 2.0;
      double y = p[3 * v + 1] - (landmarks[outer + 1] + landmarks[inner + 1]) / 2.0;
      double z = p[3 * v + 2] - (landmarks[outer + 2] + landmarks[inner + 2]) / 2.0;
      if (x * x + y * y + z * z < 0.026 * 0.026) {
        return true;
      }
    }
    return false;
  }

  /**
   * Grows the lashes of both eyes.
   *
   * @param skin at rest, world metres
   * @param landmarks 68 Multi-PIE points on it: 204 floats
   */
  public static Strands grow(TriangleMesh skin, float[] landmarks, Traits traits) {
    SplittableRandom random =
        new SplittableRandom(traits.seed() * 0x9E3779B97F4A7C15L + 0x4C415348);
    return new Lashes(skin, landmarks, traits, random).strands();
  }

  /** One lash's root and the lid it belongs to. */
  private record Rooted(
      int triangle, float u, float v, double along, boolean upper, double eyeX, double halfWidth) {}

  private Strands strands() {
    List<Rooted> rooted = new ArrayList<>();
    double full = (traits.female() ? 1.15 : 0.95) + 0.1 * random.nextGaussian();
    for (int first = 36; first <= 42; first += 6) {
      line(rooted, new int[] {first, first + 1, first + 2, first + 3}, true, (int) (118 * full));
      line(
          rooted, new int[] {first, (first + 5), (first + 4), first + 3}, false, (int) (58 * full));
    }
    int count = rooted.size();
    int[] triangles = new int[count];
    float[] us = new float[count];
    float[] vs = new float[count];
    for (int s = 0; s < count; s++) {
      triangles[s] = rooted.get(s).triangle;
      us[s] = rooted.get(s).u;
      vs[s] = rooted.get(s).v;
    }
    Roots roots = new Roots(triangles, us, vs);
    float[] points = new float[3 * POINTS * count];
    float[] radii = new float[POINTS * count];
    byte[] tones = new byte[count];
    double[] root = new double[3];
    double[] start = new double[3];
    double[] bend = new double[3];
    double long_ = (traits.female() ? 1.08 : 0.92) + 0.12 * traits.makeup();
    double curl = 0.5 + 0.15 * random.nextGaussian() + 0.15 * traits.makeup();
    double lean = 0;
    for (int s = 0; s < count; s++) {
      Rooted r = rooted.get(s);
      roots.place(s, skin.triangles(), skin.positions(), root);
      if (s % 4 == 0) {
        lean = 0.22 * random.nextGaussian();
      }
      double fan = (root[0] - r.eyeX) / r.halfWidth;
      double outer = r.eyeX > 0 ? fan : -fan;
      double aside = 0.6 * fan + lean + 0.07 * random.nextGaussian() + (s % 4 - 1.5) * 0.03;
      double length;
      if (r.upper) {
        length = (0.0086 + 0.0012 * outer - 0.0022 * fan * fan) * long_;
        start[0] = aside;
        start[1] = -0.12 + 0.08 * random.nextGaussian();
        start[2] = 0.95;
        bend[1] = curl * length;
      } else {
        length = (0.0048 + 0.0006 * outer - 0.0008 * fan * fan) * long_;
        start[0] = aside;
        start[1] = -0.5 + 0.1 * random.nextGaussian();
        start[2] = 0.8;
        bend[1] = -0.12 * length;
      }
      length *= 0.75 + 0.4 * random.nextDouble();
      FaceStrand.unit(start);
      for (int k = 0; k < 3; k++) {
        start[k] *= length;
      }
      bend[0] = 0.2 * start[0];
      bend[2] = -0.25 * start[2];
      FaceStrand.arc(points, 3 * POINTS * s, POINTS, root, start, bend);
      double width = (r.upper ? 68e-6 : 42e-6) * (1 + 0.4 * traits.makeup());
      FaceStrand.taper(radii, POINTS * s, POINTS, width, 0.2);
      tones[s] = HairTones.tone(0.05 * traits.grey(), random);
    }
    return new Strands(
        "lashes",
        skin,
        roots,
        POINTS,
        points,
        radii,
        tones,
        HairTones.material(traits, 0.4 + 0.4 * traits.makeup(), 0, 0.3, random),
        random);
  }

  /** Sets lashes at random along the rim through some landmarks, outer corner first. */
  private void line(List<Rooted> out, int[] through, boolean upper, int count) {
    List<Integer> rim = new ArrayList<>();
    for (int i = 0; i + 1 < through.length; i++) {
      List<Integer> piece = path(vertexAt(through[i]), vertexAt(through[i + 1]));
      rim.addAll(rim.isEmpty() ? piece : piece.subList(Math.min(1, piece.size()), piece.size()));
    }
    if (rim.size() < 2) {
      return;
    }
    float[] p = skin.positions();
    double[] arc = new double[rim.size()];
    for (int i = 1; i < arc.length; i++) {
      arc[i] = arc[i - 1] + distance(p, rim.get(i - 1), rim.get(i));
    }
    double total = arc[arc.length - 1];
    double eyeX = (landmarks[3 * through[0]] + landmarks[3 * through[3]]) / 2.0;
    double half = Math.abs(landmarks[3 * through[0]] - landmarks[3 * through[3]]) / 2.0;
    double[] places = new double[count];
    for (int i = 0; i < count; i++) {
      // None at the inner corner.
      places[i] = total * (0.02 + (upper ? 0.86 : 0.8) * random.nextDouble());
    }
    Arrays.sort(places);
    for (double place : places) {
      int i = 1;
      while (i < arc.length - 1 && arc[i] < place) {
        i++;
      }
      int a = rim.get(i - 1);
      int b = rim.get(i);
      double t = Math.clamp((place - arc[i - 1]) / Math.max(1e-12, arc[i] - arc[i - 1]), 0, 1);
      int triangle = outerTriangle(a, b);
      if (triangle < 0) {
        continue;
      }
      float[] bary = new float[3];
      double inwards = 0.12 * random.nextDouble();
      for (int k = 0; k < 3; k++) {
        int w = weld[skin.triangles()[3 * triangle + k]];
        bary[k] = (float) (w == a ? (1 - t) * (1 - inwards) : w == b ? t * (1 - inwards) : inwards);
      }
      out.add(new Rooted(triangle, bary[1], bary[2], place / total, upper, eyeX, half));
    }
  }

  private static double distance(float[] p, int a, int b) {
    double dx = p[3 * a] - p[3 * b];
    double dy = p[3 * a + 1] - p[3 * b + 1];
    double dz = p[3 * a + 2] - p[3 * b + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  private int vertexAt(int landmark) {
    float[] p = skin.positions();
    int best = -1;
    double least = Double.MAX_VALUE;
    for (int v : trianglesAt.keySet()) {
      double dx = p[3 * v] - landmarks[3 * landmark];
      double dy = p[3 * v + 1] - landmarks[3 * landmark + 1];
      double dz = p[3 * v + 2] - landmarks[3 * landmark + 2];
      double d = dx * dx + dy * dy + dz * dz;
      // Ties by number: the order of a hash map is nobody's promise.
      if (d < least || (d == least && v < best)) {
        least = d;
        best = v;
      }
    }
    return best;
  }

  /** The triangle on an edge whose normal looks most forwards; −1 if there is none. */
  private int outerTriangle(int a, int b) {
    double[] n = new double[3];
    int best = -1;
    double most = -2;
    for (int t : trianglesAt.getOrDefault(a, List.of())) {
      boolean touches = false;
      for (int k = 0; k < 3; k++) {
        touches |= weld[skin.triangles()[3 * t + k]] == b;
      }
      if (touches && Roots.area(skin.positions(), skin.triangles(), 3 * t) > 1e-14) {
        FaceStrand.normal(skin.positions(), skin.triangles(), t, n);
        if (n[2] > most) {
          most = n[2];
          best = t;
        }
      }
    }
    return best;
  }

  /** The shortest way along edges between two vertices; empty if there is none. */
  private List<Integer> path(int from, int to) {
    record Step(double distance, int vertex) {}
    Map<Integer, Double> reached = new HashMap<>();
    Map<Integer, Integer> previous = new HashMap<>();
    PriorityQueue<Step> queue =
        new PriorityQueue<>((p, q) ->
            p.distance != q.distance
                ? Double.compare(p.distance, q.distance)
                : Integer.compare(p.vertex, q.vertex));
    if (from < 0 || to < 0) {
      return List.of();
    }
    reached.put(from, 0.0);
    queue.add(new Step(0, from));
    while (!queue.isEmpty()) {
      Step step = queue.remove();
      if (step.vertex == to) {
        break;
      }
      if (step.distance > reached.get(step.vertex)) {
        continue;
      }
      for (int t : trianglesAt.getOrDefault(step.vertex, List.of())) {
        for (int k = 0; k < 3; k++) {
          int next = weld[skin.triangles()[3 * t + k]];
          if (next < 0 || next == step.vertex) {
            continue;
          }
          double d = step.distance + distance(skin.positions(), step.vertex, next);
          if (d < reached.getOrDefault(next, Double.MAX_VALUE)) {
            reached.put(next, d);
            previous.put(next, step.vertex);
            queue.add(new Step(d, next));
          }
        }
      }
    }
    if (from != to && !previous.containsKey(to)) {
      return List.of();
    }
    ArrayDeque<Integer> way = new ArrayDeque<>();
    for (Integer v = to; v != null; v = v == from ? null : previous.get(v)) {
      way.addFirst(v);
    }
    return Collections.unmodifiableList(new ArrayList<>(way));
  }
}
