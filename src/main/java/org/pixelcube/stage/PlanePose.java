package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * Where a rigid thing stands, from pictures of known points or lines on it by known cameras, all
 * together: Gauss–Newton, damped by Levenberg's rule, on the distances in the picture, with
 * increments in the tangent space of SE(3). Those that lie much further off than the middling one
 * are left out, and it is solved again. All may lie in a plane; the start must be within some tens
 * of degrees, since a plane seen from afar has a second, mirrored solution. Of a line, only the
 * distance across it counts.
 *
 * @param pose of the thing in the world
 * @param rmsPixels root mean square distance between points seen and points projected
 * @param used sightings that were not left out
 */
public record PlanePose(Pose pose, double rmsPixels, int used) {
  private static final int ROUNDS = 50;

  /** In standard deviations, by the median. */
  private static final double FURTHEST = 5;

  /** Median of the length of two normal numbers of deviation 1 (Rayleigh's distribution). */
  private static final double RAYLEIGH_MEDIAN = 1.1774;

  /** Median of the size of one normal number of deviation 1. */
  private static final double HALF_NORMAL_MEDIAN = 0.6745;

  /**
   * A point seen, or a point seen of a line.
   *
   * @param camera that saw it
   * @param x pixels from the left
   * @param y pixels from the top
   * @param point in the axes of the thing, metres; on a line any point of it
   * @param along unit vector of the line in the thing's axes; zero for a point
   * @param weight ≥ 0, for instance how many pixels were averaged
   */
  public record Sighting(
      Camera camera, double x, double y, Vector3 point, Vector3 along, double weight) {
    /** A point. */
    public Sighting(Camera camera, double x, double y, Vector3 point, double weight) {
      this(camera, x, y, point, Vector3.ZERO, weight);
    }

    private boolean isLine() {
      return along.dot(along) > 0;
    }

    /**
     * What is to be where it was seen: the point itself, or the line's point nearest to where the
     * ray through (x, y) meets the thing's plane z = 0.
     */
    private Vector3 nearest(Pose pose) {
      if (!isLine()) {
        return point;
      }
      Pose fromCamera = pose.inverse().after(camera.pose());
      Vector3 from = fromCamera.translation();
      double f = camera.focalLengthPixels();
      Vector3 ray =
          fromCamera
              .rotation()
              .apply(
                  new Vector3((x - camera.width() / 2.0) / f, (camera.height() / 2.0 - y) / f, -1));
      double distance = -from.z() / ray.z();
      if (!(distance > 0 && distance < 1e6)) {
        return point;
      }
      Vector3 hit = from.plus(ray.times(distance));
      return point.plus(along.times(hit.minus(point).dot(along)));
    }

    private double distance(Pose pose) {
      Vector3 on = nearest(pose);
      Vector3 at = camera.project(pose.point(on));
      // Behind the camera is further off than any picture is wide.
      if (!(at.z() > 0)) {
        return 1e6;
      }
      double dx = at.x() - x;
      double dy = at.y() - y;
      if (isLine()) {
        Vector3 across = across(pose, on);
        return Math.abs(dx * across.x() + dy * across.y());
      }
      return Math.hypot(dx, dy);
    }

    /** Unit vector in the picture at a right angle to the line. */
    private Vector3 across(Pose pose, Vector3 on) {
      Vector3 a = camera.project(pose.point(on.minus(along.times(1e-4))));
      Vector3 b = camera.project(pose.point(on.plus(along.times(1e-4))));
      return new Vector3(a.y() - b.y(), b.x() - a.x(), 0).normalized();
    }
  }

  /**
   * Solves.
   *
   * @param start a guess
   * @param sightings at least three points that do not lie on a line, or lines of two directions
   * @throws ArithmeticException if the sightings do not determine the pose
   */
  public static PlanePose solve(Pose start, List<Sighting> sightings) {
    Pose all = minimise(start, sightings);
    double[] distances = sightings.stream().mapToDouble(s -> s.distance(all)).sorted().toArray();
    if (distances.length < 3) {
      throw new ArithmeticException(distances.length + " points do not determine a pose");
    }
    double middling = sightings.getFirst().isLine() ? HALF_NORMAL_MEDIAN : RAYLEIGH_MEDIAN;
    double furthest = FURTHEST / middling * distances[distances.length / 2] + 1e-9;
    List<Sighting> kept = sightings.stream().filter(s -> s.distance(all) <= furthest).toList();
    Pose pose = minimise(all, kept);
    double weight = kept.stream().mapToDouble(Sighting::weight).sum();
    return new PlanePose(pose, Math.sqrt(cost(pose, kept) / weight), kept.size());
  }

  private static Pose minimise(Pose start, List<Sighting> sightings) {
    Pose pose = start;
    double cost = cost(pose, sightings);
    double damping = 1e-9;
    for (int round = 0; round < ROUNDS; round++) {
      LeastSquares system = new LeastSquares(6);
      double[] diagonal = new double[6];
      for (Sighting s : sightings) {
        addEquations(system, diagonal, pose, s);
      }
      double[] ridge = new double[6];
      for (int i = 0; i < 6; i++) {
        ridge[i] = damping * diagonal[i];
      }
      double[] step = system.solve(ridge, new double[6]);
      Pose next =
          pose.after(
              new Pose(
                  Rotation.aboutVector(new Vector3(step[0], step[1], step[2])),
                  new Vector3(step[3], step[4], step[5])));
      double nextCost = cost(next, sightings);
      if (nextCost > cost) {
        damping *= 10;
        if (damping > 1e3) {
          return pose;
        }
        continue;
      }
      pose = next;
      cost = nextCost;
      damping = Math.max(1e-12, damping / 10);
      double moved = 0;
      for (double d : step) {
        moved = Math.max(moved, Math.abs(d));
      }
      if (moved < 1e-10) {
        return pose;
      }
    }
    return pose;
  }

  /** What one sighting says of a small turn about, and move along, the thing's own axes. */
  private static void addEquations(LeastSquares system, double[] diagonal, Pose pose, Sighting s) {
    Pose toCamera = s.camera.pose().inverse().after(pose);
    Rotation m = toCamera.rotation();
    Vector3 point = s.nearest(pose);
    Vector3 q = toCamera.point(point);
    double depth = -q.z();
    if (!(depth > 1e-6)) {
      return;
    }
    double f = s.camera.focalLengthPixels() / depth;
    Vector3 seen = s.camera.project(pose.point(point));
    double[] rowX = new double[6];
    double[] rowY = new double[6];
    for (int k = 0; k < 6; k++) {
      Vector3 axis = new Vector3(k % 3 == 0 ? 1 : 0, k % 3 == 1 ? 1 : 0, k % 3 == 2 ? 1 : 0);
      Vector3 d = m.apply(k < 3 ? axis.cross(point) : axis);
      rowX[k] = f * (d.x() + q.x() / depth * d.z());
      rowY[k] = -f * (d.y() + q.y() / depth * d.z());
    }
    if (s.isLine()) {
      Vector3 across = s.across(pose, point);
      for (int k = 0; k < 6; k++) {
        rowX[k] = across.x() * rowX[k] + across.y() * rowY[k];
        diagonal[k] += s.weight * rowX[k] * rowX[k];
      }
      system.add(rowX, across.x() * (s.x - seen.x()) + across.y() * (s.y - seen.y()), s.weight);
      return;
    }
    for (int k = 0; k < 6; k++) {
      diagonal[k] += s.weight * (rowX[k] * rowX[k] + rowY[k] * rowY[k]);
    }
    system.add(rowX, s.x - seen.x(), s.weight);
    system.add(rowY, s.y - seen.y(), s.weight);
  }

  private static double cost(Pose pose, List<Sighting> sightings) {
    double sum = 0;
    for (Sighting s : sightings) {
      double d = s.distance(pose);
      sum += s.weight * d * d;
    }
    return sum;
  }
}
