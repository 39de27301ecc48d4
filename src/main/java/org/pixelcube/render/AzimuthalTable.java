package org.pixelcube.render;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How light leaves a fibre around it, averaged over where the fibre is met across its width (the
 * far field of Marschner et al. 2003): three shares over the azimuth from the way out, symmetric,
 * tabulated over the way out's inclination and over absorption.
 *
 * <p>Every row is scaled so that, read by linear interpolation, it holds its share's energy; so a
 * fibre that does not absorb keeps all light at any inclination between the nodes too.
 */
final class AzimuthalTable {
  /** Azimuths from 0 to π. */
  static final int NODES = 65;

  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_256;

  /** From row to row: whole vectors. */
  static final int STRIDE = (NODES + 7) / 8 * 8;

  /** Shares and channels of a prepared set of rows: R, then TT and TRT in red, green, blue. */
  static final int ROWS = 7;

  static final float NODES_PER_RADIAN = (float) ((NODES - 1) / Math.PI);

  /** Inclinations from 0 to a right angle. */
  private static final int INCLINATIONS = 24;

  /** Absorptions, spaced by the logarithm of the albedo. */
  private static final int ABSORPTIONS = 32;

  /** The fits go no darker. */
  private static final float LEAST_ALBEDO = 1e-4f;

  private static final float NODES_PER_LOG = (float) ((ABSORPTIONS - 1) / Math.log(LEAST_ALBEDO));

  /** Places across half the fibre's width that are averaged. */
  private static final int OFFSETS = 64;

  private final float[] mirrored = new float[INCLINATIONS * STRIDE];
  private final float[] through = new float[INCLINATIONS * ABSORPTIONS * STRIDE];
  private final float[] inside = new float[INCLINATIONS * ABSORPTIONS * STRIDE];

  /**
   * @param spread of the logistic distribution by which a rough fibre blurs every way around it
   * @param absorptionDivisor of the fit: absorption per radius is (ln albedo / divisor)²
   */
  AzimuthalTable(double spread, double absorptionDivisor) {
    double[] root = new double[ABSORPTIONS];
    for (int a = 0; a < ABSORPTIONS; a++) {
      root[a] = a / (NODES_PER_LOG * absorptionDivisor);
    }
    for (int i = 0; i < INCLINATIONS; i++) {
      double theta = Math.PI / 2 * Math.min(i / (INCLINATIONS - 1.0), 0.9999);
      fill(i, theta, spread, root);
    }
  }

  private void fill(int inclination, double theta, double spread, double[] root) {
    double sin = Math.sin(theta);
    double cos = Math.cos(theta);
    double eta = HairFibre.INDEX;
    double modified = Math.sqrt(eta * eta - sin * sin) / cos;
    double cosThetaT = Math.sqrt(1 - sin * sin / (eta * eta));
    double mirroredEnergy = 0;
    double[] throughEnergy = new double[ABSORPTIONS];
    double[] insideEnergy = new double[ABSORPTIONS];
    float[] shape = new float[NODES];
    int first = inclination * ABSORPTIONS * STRIDE;
    for (int k = 0; k < OFFSETS; k++) {
      // Evenly in the angle at which the fibre's section is met.
      double gammaO = Math.PI / 2 * (k + 0.5) / OFFSETS;
      double weight = Math.sin(Math.PI / (4 * OFFSETS)) * 2 * Math.cos(gammaO);
      double sinGammaT = Math.sin(gammaO) / modified;
      double gammaT = Math.asin(sinGammaT);
      double path = 2 * Math.sqrt(1 - sinGammaT * sinGammaT) / cosThetaT;
      double f = Fresnel.dielectric((float) (cos * Math.cos(gammaO)), HairFibre.INDEX);
      double entered = weight * (1 - f) * (1 - f);

      shape(-2 * gammaO, spread, shape);
      add(shape, (float) (weight * f), mirrored, inclination * STRIDE);
      mirroredEnergy += weight * f;
      shape(2 * gammaT - 2 * gammaO + Math.PI, spread, shape);
      for (int a = 0; a < ABSORPTIONS; a++) {
        double energy = entered * Math.exp(-root[a] * root[a] * path);
        throughEnergy[a] += energy;
        add(shape, (float) energy, through, first + a * STRIDE);
      }
      shape(4 * gammaT - 2 * gammaO, spread, shape);
      for (int a = 0; a < ABSORPTIONS; a++) {
        double passed = Math.exp(-root[a] * root[a] * path);
        double once = entered * passed * passed * f;
        double more = once * passed * f / (1 - passed * f);
        insideEnergy[a] += once + more;
        int row = first + a * STRIDE;
        add(shape, (float) once, inside, row);
        for (int j = 0; j < NODES; j++) {
          inside[row + j] += (float) (more / (2 * Math.PI));
        }
      }
    }
    scale(mirrored, inclination * STRIDE, mirroredEnergy);
    for (int a = 0; a < ABSORPTIONS; a++) {
      scale(through, first + a * STRIDE, throughEnergy[a]);
      scale(inside, first + a * STRIDE, insideEnergy[a]);
    }
  }

  /** The blurred way around, and its mirror image for the fibre's other half. */
  private static void shape(double centre, double spread, float[] out) {
    double low = 1 / (1 + Math.exp(Math.PI / spread));
    float scale = (float) (0.5 / (spread * (1 - 2 * low)));
    for (int j = 0; j < NODES; j++) {
      double phi = Math.PI * j / (NODES - 1);
      out[j] = scale * (logistic(phi - centre, spread) + logistic(phi + centre, spread));
    }
  }

  private static float logistic(double difference, double spread) {
    double x = Math.IEEEremainder(difference, 2 * Math.PI);
    float e = HairFibre.exp((float) (-Math.abs(x) / spread));
    return e / ((1 + e) * (1 + e));
  }

  private static void add(float[] shape, float factor, float[] rows, int row) {
    for (int j = 0; j < NODES; j++) {
      rows[row + j] += factor * shape[j];
    }
  }

  private static void scale(float[] rows, int row, double energy) {
    double sum = -0.5 * (rows[row] + rows[row + NODES - 1]);
    for (int j = 0; j < NODES; j++) {
      sum += rows[row + j];
    }
    float factor = (float) (energy / (sum * 2 * Math.PI / (NODES - 1)));
    for (int j = 0; j < NODES; j++) {
      rows[row + j] *= factor;
    }
  }

  /**
   * Writes the {@link #ROWS} rows for a way out.
   *
   * @param inclination of the way out, radians, either sign
   * @param albedo of a mass of such hair, three channels
   */
  void rows(float inclination, float[] albedo, float[] out) {
    float t = Math.min(Math.abs(inclination) * (float) ((INCLINATIONS - 1) * 2 / Math.PI), 22.999f);
    int i = (int) t;
    float f = t - i;
    int at = i * STRIDE;
    for (int j = 0; j < STRIDE; j += LANES.length()) {
      FloatVector.fromArray(LANES, mirrored, at + j)
          .mul(1 - f)
          .add(FloatVector.fromArray(LANES, mirrored, at + STRIDE + j).mul(f))
          .intoArray(out, j);
    }
    for (int c = 0; c < 3; c++) {
      float log = (float) Math.log(Math.clamp(albedo[c], LEAST_ALBEDO, 1f));
      float x = Math.clamp(log * NODES_PER_LOG, 0, ABSORPTIONS - 1.001f);
      int a = (int) x;
      int node = (i * ABSORPTIONS + a) * STRIDE;
      blend(through, node, f, x - a, out, (1 + c) * STRIDE);
      blend(inside, node, f, x - a, out, (4 + c) * STRIDE);
    }
  }

  private static void blend(float[] table, int node, float f, float g, float[] out, int row) {
    float w00 = (1 - f) * (1 - g);
    float w01 = (1 - f) * g;
    float w10 = f * (1 - g);
    float w11 = f * g;
    int next = node + ABSORPTIONS * STRIDE;
    for (int j = 0; j < STRIDE; j += LANES.length()) {
      FloatVector.fromArray(LANES, table, node + j)
          .mul(w00)
          .add(FloatVector.fromArray(LANES, table, node + STRIDE + j).mul(w01))
          .add(FloatVector.fromArray(LANES, table, next + j).mul(w10))
          .add(FloatVector.fromArray(LANES, table, next + STRIDE + j).mul(w11))
          .intoArray(out, row + j);
    }
  }

  /**
   * Weighs three rows in turn by the luminance of their channels.
   *
   * @param row the first of them
   */
  static void luminance(float[] rows, int row, float[] out, int to) {
    for (int j = 0; j < STRIDE; j += LANES.length()) {
      FloatVector.fromArray(LANES, rows, row + j)
          .mul(HairFibre.RED)
          .add(FloatVector.fromArray(LANES, rows, row + STRIDE + j).mul(HairFibre.GREEN))
          .add(FloatVector.fromArray(LANES, rows, row + 2 * STRIDE + j).mul(HairFibre.BLUE))
          .intoArray(out, to + j);
    }
  }

  /** Where an azimuth lies among the nodes, from its cosine: 0 to {@code NODES} − 1. */
  static float position(float cosine) {
    // Arc cosine: Abramowitz and Stegun 4.4.46.
    float x = Math.min(Math.abs(cosine), 1);
    float angle =
        (float) Math.sqrt(1 - x)
            * (1.5707963f
                + x
                    * (-0.2145988f
                        + x
                            * (0.08897899f
                                + x
                                    * (-0.050174305f
                                        + x
                                            * (0.030891881f
                                                + x
                                                    * (-0.017088126f
                                                        + x
                                                            * (0.0066700901f
                                                                - x * 0.0012624911f)))))));
    float turned = angle * NODES_PER_RADIAN;
    return cosine < 0 ? NODES - 1 - turned : turned;
  }
}
