package org.pixelcube.render;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/**
 * How many rays a second {@link Bvh} traces, next to Embree 3 where the system has it. Both trace
 * the same rays in short rounds by turns; times are processor times of the tracing threads, so that
 * other work on the machine disturbs them little, and medians over the rounds are reported.
 */
public final class TraceBenchmark {
  private static final int SIDE = 256;
  private static final int RAYS = SIDE * SIDE;
  private static final int WARM_UP = 10;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * One kind of ray.
   *
   * @param coherent a picture's rays from a camera; else from random points of the mesh's box in
   *     random directions
   * @param any whether any hit ends a ray; else the nearest is sought
   * @param threads that trace at once
   * @param raysPerSecond of {@link Bvh}
   * @param embreeRaysPerSecond of Embree; empty without it
   * @param ratio median over the rounds of our rate over Embree's
   * @param hitShare share of the rays that meet the mesh, 0 to 1
   * @param agreement share of the rays on which both say the same, 0 to 1
   */
  public record Measure(
      boolean coherent,
      boolean any,
      int threads,
      double raysPerSecond,
      OptionalDouble embreeRaysPerSecond,
      OptionalDouble ratio,
      double hitShare,
      OptionalDouble agreement) {}

  /**
   * All measures of one mesh.
   *
   * @param triangles of the mesh
   * @param buildSeconds to build the hierarchy, best of a few, on all processors
   * @param refitSeconds to refit it
   */
  public record Report(
      int triangles, double buildSeconds, double refitSeconds, List<Measure> measures) {}

  private TraceBenchmark() {}

  /**
   * Measures.
   *
   * @param rounds for each kind of ray, 65,536 rays each
   */
  public static Report run(TriangleMesh mesh, int rounds) {
    double build = Double.POSITIVE_INFINITY;
    double refit = Double.POSITIVE_INFINITY;
    Bvh bvh = null;
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      bvh = Bvh.build(mesh);
      long built = System.nanoTime();
      bvh = bvh.refit(mesh);
      build = Math.min(build, (built - start) * 1e-9);
      refit = Math.min(refit, (System.nanoTime() - built) * 1e-9);
    }
    List<Measure> measures = new ArrayList<>();
    if (bvh.bounds() != null) {
      Optional<EmbreePeer> embree = EmbreePeer.over(mesh);
      try {
        for (boolean coherent : new boolean[] {true, false}) {
          float[] rays = coherent ? picture(bvh.bounds()) : scattered(bvh.bounds());
          for (boolean any : new boolean[] {false, true}) {
            for (int threads = 1; threads <= 2; threads++) {
              measures.add(measure(bvh, embree.orElse(null), rays, coherent, any, threads, rounds));
            }
          }
        }
      } finally {
        embree.ifPresent(EmbreePeer::close);
      }
    }
    return new Report(mesh.triangleCount(), build, refit, List.copyOf(measures));
  }

  private static Measure measure(
      Bvh bvh,
      EmbreePeer embree,
      float[] rays,
      boolean coherent,
      boolean any,
      int threads,
      int rounds) {
    float[] distances = new float[RAYS];
    EmbreePeer.Rays[] peers = new EmbreePeer.Rays[threads];
    for (int k = 0; k < threads && embree != null; k++) {
      peers[k] = embree.new Rays(rays, RAYS / threads * k, RAYS / threads * (k + 1));
    }
    double[] ours = new double[rounds];
    double[] theirs = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      double own =
          RAYS
              / seconds(
                  threads,
                  k ->
                      trace(
                          bvh, rays, RAYS / threads * k, RAYS / threads * (k + 1), any, distances));
      double peer = 1;
      if (embree != null) {
        for (EmbreePeer.Rays r : peers) {
          r.reset();
        }
        peer = RAYS / seconds(threads, k -> peers[k].trace(any));
      }
      if (round >= 0) {
        ours[round] = own;
        theirs[round] = peer;
        ratios[round] = own / peer;
      }
    }
    int hits = 0;
    int agreeing = 0;
    Hit hit = new Hit();
    for (int i = 0; i < RAYS; i++) {
      boolean met = distances[i] < Float.POSITIVE_INFINITY;
      hits += met ? 1 : 0;
      if (embree != null) {
        EmbreePeer.Rays r = peers[i / (RAYS / threads)];
        int at = i % (RAYS / threads);
        boolean same = met == r.met(at);
        if (same && met && !any) {
          r.hit(at, hit);
          same = Math.abs(hit.t - distances[i]) <= 1e-4f * hit.t;
        }
        agreeing += same ? 1 : 0;
      }
    }
    return new Measure(
        coherent,
        any,
        threads,
        median(ours),
        embree == null ? OptionalDouble.empty() : OptionalDouble.of(median(theirs)),
        embree == null ? OptionalDouble.empty() : OptionalDouble.of(median(ratios)),
        (double) hits / RAYS,
        embree == null ? OptionalDouble.empty() : OptionalDouble.of((double) agreeing / RAYS));
  }

  /** Writes the distance of each ray's hit, infinity where there is none, 0 if any would do. */
  private static void trace(
      Bvh bvh, float[] rays, int from, int to, boolean any, float[] distances) {
    Ray ray = new Ray();
    Hit hit = new Hit();
    for (int i = from; i < to; i++) {
      int at = 6 * i;
      ray.set(rays[at], rays[at + 1], rays[at + 2], rays[at + 3], rays[at + 4], rays[at + 5]);
      if (any) {
        distances[i] = bvh.occluded(ray) ? 0 : Float.POSITIVE_INFINITY;
      } else {
        distances[i] = bvh.intersect(ray, hit) ? hit.t : Float.POSITIVE_INFINITY;
      }
    }
  }

  /** Processor seconds of the busiest of several threads that do the same work at once. */
  private static double seconds(int threads, IntConsumer work) {
    double[] seconds = new double[threads];
    if (threads == 1) {
      seconds[0] = timed(work, 0);
      return seconds[0];
    }
    CountDownLatch done = new CountDownLatch(threads);
    for (int k = 0; k < threads; k++) {
      int slice = k;
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              seconds[slice] = timed(work, slice);
            } finally {
              done.countDown();
            }
          });
    }
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return Arrays.stream(seconds).max().orElseThrow();
  }

  private static double timed(IntConsumer work, int slice) {
    long start = THREADS.getCurrentThreadCpuTime();
    work.accept(slice);
    return Math.max(1, THREADS.getCurrentThreadCpuTime() - start) * 1e-9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A camera before the mesh that sees just all of its box, row by row. */
  private static float[] picture(float[] box) {
    float[] rays = new float[6 * RAYS];
    float cx = (box[0] + box[3]) / 2;
    float cy = (box[1] + box[4]) / 2;
    float half = Math.max(box[3] - box[0], box[4] - box[1]) / 2;
    float distance = 6 * half;
    for (int i = 0; i < RAYS; i++) {
      float x = half * (2 * (i % SIDE + 0.5f) / SIDE - 1);
      float y = half * (1 - 2 * (i / SIDE + 0.5f) / SIDE);
      float length = (float) Math.sqrt(x * x + y * y + distance * distance);
      rays[6 * i] = cx;
      rays[6 * i + 1] = cy;
      rays[6 * i + 2] = box[5] + distance;
      rays[6 * i + 3] = x / length;
      rays[6 * i + 4] = y / length;
      rays[6 * i + 5] = -distance / length;
    }
    return rays;
  }

  /** From anywhere in the mesh's box in any direction. */
  private static float[] scattered(float[] box) {
    Random random = new Random(1);
    float[] rays = new float[6 * RAYS];
    for (int i = 0; i < RAYS; i++) {
      double z = random.nextDouble(-1, 1);
      double phi = random.nextDouble(2 * Math.PI);
      double s = Math.sqrt(1 - z * z);
      for (int k = 0; k < 3; k++) {
        rays[6 * i + k] = box[k] + random.nextFloat() * (box[3 + k] - box[k]);
      }
      rays[6 * i + 3] = (float) (s * Math.cos(phi));
      rays[6 * i + 4] = (float) (s * Math.sin(phi));
      rays[6 * i + 5] = (float) z;
    }
    return rays;
  }
}
