package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.NonNegativeLeastSquares;
import org.pixelcube.math.Vector3;

/**
 * Gives the light that openings miss to the panels: mean radiances of the panels so that the
 * irradiance on a sphere at the head comes as near as it can to that of the whole map, none
 * negative, near openings rather than far from them, and no more changed than needed:
 *
 * <pre>Σ_n (A t − A m − b)² + Σ_p λ_p (t_p − m_p)², t ≥ 0</pre>
 *
 * <p>m are the panels' mean radiances without it, A what a panel of unit radiance gives to each
 * normal, b what the openings would give.
 */
public final class OpeningFill {
  private static final int NORMALS = 256;
  private static final int BLOCKS = 12;

  /** Cells of the sphere over which openings are summed. */
  private static final int COLUMNS = 256;

  private static final int ROWS = 128;
  private static final int SUBSAMPLES = 3;

  /** Weight of staying as it is, relative to what a panel does for irradiance. */
  private static final double STAY = 1e-2;

  /** Angle from the nearest opening at which a panel's weight of staying has doubled. */
  private static final double NEAR_RADIANS = Math.toRadians(30);

  private final int panels;
  private final NonNegativeLeastSquares system;
  private final double[] gram;
  private final double[] stay;
  private final double[] fromCells;
  private final int[] cells;
  private final int[][] panelCells;
  private final double[][] panelShares;
  private final double openSteradians;

  OpeningFill(Rig rig) {
    List<PanelGeometry> geometry = rig.geometry();
    panels = geometry.size();
    HeadView view = new HeadView(rig);
    List<Integer> open = new ArrayList<>();
    List<Double> openOmega = new ArrayList<>();
    List<List<Integer>> ofPanel = new ArrayList<>();
    List<List<Double>> shares = new ArrayList<>();
    for (int p = 0; p < panels; p++) {
      ofPanel.add(new ArrayList<>());
      shares.add(new ArrayList<>());
    }
    double[] counts = new double[panels + 1];
    for (int y = 0; y < ROWS; y++) {
      double omega =
          2
              * Math.PI
              / COLUMNS
              * (Math.cos(Math.PI * y / ROWS) - Math.cos(Math.PI * (y + 1) / ROWS));
      for (int x = 0; x < COLUMNS; x++) {
        Arrays.fill(counts, 0);
        for (int j = 0; j < SUBSAMPLES; j++) {
          for (int i = 0; i < SUBSAMPLES; i++) {
            Vector3 d =
                EnvironmentMap.direction(
                    (x + (i + 0.5) / SUBSAMPLES) / COLUMNS, (y + (j + 0.5) / SUBSAMPLES) / ROWS);
            counts[view.towards(d).panel() + 1] += omega / (SUBSAMPLES * SUBSAMPLES);
          }
        }
        if (counts[0] > 0) {
          open.add(y * COLUMNS + x);
          openOmega.add(counts[0]);
        }
        for (int p = 0; p < panels; p++) {
          if (counts[p + 1] > 0) {
            ofPanel.get(p).add(y * COLUMNS + x);
            shares.get(p).add(counts[p + 1]);
          }
        }
      }
    }
    cells = open.stream().mapToInt(Integer::intValue).toArray();
    openSteradians = openOmega.stream().mapToDouble(Double::doubleValue).sum();
    panelCells = new int[panels][];
    panelShares = new double[panels][];
    for (int p = 0; p < panels; p++) {
      panelCells[p] = ofPanel.get(p).stream().mapToInt(Integer::intValue).toArray();
      panelShares[p] = shares.get(p).stream().mapToDouble(Double::doubleValue).toArray();
      double sum = 0;
      for (double share : panelShares[p]) {
        sum += share;
      }
      for (int k = 0; k < panelShares[p].length; k++) {
        panelShares[p][k] /= sum;
      }
    }
    List<Vector3> normals = normals(NORMALS);
    double[][] a = new double[normals.size()][panels];
    for (int p = 0; p < panels; p++) {
      irradiance(geometry.get(p), rig.head(), normals, a, p);
    }
    double[] g = new double[panels * panels];
    for (double[] row : a) {
      for (int i = 0; i < panels; i++) {
        for (int j = 0; j < panels; j++) {
          g[i * panels + j] += row[i] * row[j];
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < panels; i++) {
      trace += g[i * panels + i] / panels;
    }
    stay = new double[panels];
    gram = g;
    double[] full = g.clone();
    Vector3[] openAt = new Vector3[cells.length];
    for (int k = 0; k < cells.length; k++) {
      openAt[k] = cell(cells[k]);
    }
    for (int p = 0; p < panels; p++) {
      Vector3 to = geometry.get(p).centre().minus(rig.head()).normalized();
      double nearest = Math.PI;
      for (Vector3 o : openAt) {
        nearest = Math.min(nearest, Math.acos(Math.clamp(o.dot(to), -1, 1)));
      }
      double far = nearest / NEAR_RADIANS;
      stay[p] = STAY * trace * (1 + far * far);
      full[p * panels + p] += stay[p];
    }
    system = new NonNegativeLeastSquares(full, panels);
    fromCells = new double[panels * cells.length];
    for (int k = 0; k < cells.length; k++) {
      for (int n = 0; n < normals.size(); n++) {
        double cosine = normals.get(n).dot(openAt[k]);
        if (cosine > 0) {
          double b = cosine * openOmega.get(k);
          for (int p = 0; p < panels; p++) {
            fromCells[p * cells.length + k] += a[n][p] * b;
          }
        }
      }
    }
  }

  /** The part of the sphere, in steradians, that no panel covers. */
  double openSteradians() {
    return openSteradians;
  }

  private static Vector3 cell(int index) {
    return EnvironmentMap.direction(
        (index % COLUMNS + 0.5) / COLUMNS, ((double) (index / COLUMNS) + 0.5) / ROWS);
  }

  /** Unit vectors spread evenly, a Fibonacci lattice. */
  static List<Vector3> normals(int count) {
    List<Vector3> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double z = 1 - 2 * (i + 0.5) / count;
      double r = Math.sqrt(1 - z * z);
      double phi = Math.PI * (3 - Math.sqrt(5)) * i;
      out.add(new Vector3(r * Math.cos(phi), r * Math.sin(phi), z));
    }
    return out;
  }

  private static void irradiance(
      PanelGeometry g, Vector3 head, List<Vector3> normals, double[][] a, int panel) {
    double area = g.right().length() * g.up().length() / (BLOCKS * BLOCKS);
    for (int j = 0; j < BLOCKS; j++) {
      for (int i = 0; i < BLOCKS; i++) {
        Vector3 to = g.at((i + 0.5) / BLOCKS, (j + 0.5) / BLOCKS).minus(head);
        double r = to.length();
        double omega = -to.dot(g.normal()) * area / (r * r * r);
        for (int n = 0; n < normals.size(); n++) {
          a[n][panel] += omega * Math.max(0, normals.get(n).dot(to) / r);
        }
      }
    }
  }

  /**
   * What the panels are to show.
   *
   * @param keep factor of what each panel shows of the map, in [0, 1]
   * @param add radiance to add to each panel, {@code [panel][3]}, Rec.709, not negative
   */
  public record Fill(double[] keep, double[][] add) {}

  /** Nothing taken over. */
  static Fill none(int panels) {
    double[] keep = new double[panels];
    Arrays.fill(keep, 1);
    return new Fill(keep, new double[panels][3]);
  }

  /** Works the light of a map out. */
  Fill fill(EnvironmentMap map) {
    Fill out = none(panels);
    if (cells.length == 0) {
      return out;
    }
    double[] keep = out.keep();
    double[][] add = out.add();
    EnvironmentMap small = map.resampled(COLUMNS, ROWS);
    float[] s = small.image().samples();
    double[][] before = new double[3][panels];
    double[][] after = new double[3][];
    for (int c = 0; c < 3; c++) {
      int o = c * COLUMNS * ROWS;
      double[] m = before[c];
      for (int p = 0; p < panels; p++) {
        for (int k = 0; k < panelCells[p].length; k++) {
          m[p] += panelShares[p][k] * s[o + panelCells[p][k]];
        }
      }
      double[] right = new double[panels];
      for (int p = 0; p < panels; p++) {
        double h = stay[p] * m[p];
        for (int j = 0; j < panels; j++) {
          h += gram[p * panels + j] * m[j];
        }
        for (int k = 0; k < cells.length; k++) {
          h += fromCells[p * cells.length + k] * s[o + cells[k]];
        }
        right[p] = h;
      }
      after[c] = system.solve(right, m);
    }
    for (int p = 0; p < panels; p++) {
      for (int c = 0; c < 3; c++) {
        if (after[c][p] < keep[p] * before[c][p]) {
          keep[p] = after[c][p] / before[c][p];
        }
      }
      for (int c = 0; c < 3; c++) {
        add[p][c] = Math.max(0, after[c][p] - keep[p] * before[c][p]);
      }
    }
    return out;
  }
}
