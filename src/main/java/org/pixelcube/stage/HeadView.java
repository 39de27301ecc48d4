package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.math.Vector3;

/** What is seen from the head in a direction: a panel's pixel, or an opening. */
final class HeadView {
  private final Vector3 head;
  private final List<PanelGeometry> panels;

  HeadView(Rig rig) {
    head = rig.head();
    panels = rig.geometry();
  }

  /**
   * What is seen.
   *
   * @param panel index of the panel, −1 for an opening
   * @param s place on the panel from the left, in [0, 1)
   * @param t from the top
   * @param cosine of the angle at which the head sees the panel
   */
  record Seen(int panel, double s, double t, double cosine) {
    static final Seen OPENING = new Seen(-1, 0, 0, 0);
  }

  /** The nearest panel in a direction of any length but 0. */
  Seen towards(Vector3 direction) {
    Seen nearest = Seen.OPENING;
    double distance = Double.POSITIVE_INFINITY;
    for (int p = 0; p < panels.size(); p++) {
      double[] hit = panels.get(p).hit(head, direction);
      if (hit != null && hit[2] < distance) {
        distance = hit[2];
        nearest =
            new Seen(
                p, hit[0], hit[1], -direction.dot(panels.get(p).normal()) / direction.length());
      }
    }
    return nearest;
  }
}
