package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * Where a rigid thing stands, from pictures of known points on it by known cameras: Gauss–Newton,
 * damped by Levenberg's rule, on the distances in the picture, with increments in the tangent space
 * of SE(3). Points that lie much further off than the middling one are left out, and it is solved
 * again. Points may lie in a plane; the start must be within some tens of degrees, since a plane
 * seen from afar has a second, mirrored solution.
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

  /**
   * A point seen.
   *
   * @param camera that saw it
   * @param x pixels from the left
   * @param y pixels from the top
   * @param point in the axes of the thing, metres
   * @param weight ≥ 0, for instance how many pixels were averaged
   */
  public record Sighting(Camera camera, double x, double y, Vector3 point, double weight) {
    private double distance(Pose pose) {
      Vector3 at = camera.project(pose.point(point));
      // Behind the camera is further off than any picture is wide.
      return at.z() > 0 ? Math.hypot(at.x() - x, at.y() - y) : 1e6;
    }
  }

  /**
   * Solves.
   *
   * @param start a guess
   * @param sightings at least three points that do not lie on a line
   * @throws ArithmeticException if the sightings do not determine the pose
   */
  public static PlanePose solve(Pose start, List<Sighting> sightings) {
    Pose all = minimise(start, sightings);
    double[] distances = sightings.stream().mapToDouble(s -> s.distance(all)).sorted().toArray();
    if (distances.length < 3) {
      throw new ArithmeticException(distances.length + " points do not determine a pose");
    }
    double furthest = FURTHEST / RAYLEIGH_MEDIAN * distances[distances.length / 2] + 1e-9;
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
    Vector3 q = toCamera.point(s.point);
    double depth = -q.z();
    if (!(depth > 1e-6)) {
      return;
    }
    double f = s.camera.focalLengthPixels() / depth;
    Vector3 seen = s.camera.project(pose.point(s.point));
    double[] rowX = new double[6];
    double[] rowY = new double[6];
    for (int k = 0; k < 6; k++) {
      Vector3 axis = new Vector3(k % 3 == 0 ? 1 : 0, k % 3 == 1 ? 1 : 0, k % 3 == 2 ? 1 : 0);
      Vector3 d = m.apply(k < 3 ? axis.cross(s.point) : axis);
      rowX[k] = f * (d.x() + q.x() / depth * d.z());
      rowY[k] = -f * (d.y() + q.y() / depth * d.z());
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
