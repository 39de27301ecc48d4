package org.pixelcube.diffusion;

import org.pixelcube.torch.Tensor;

/**
 * How networks see linear light: u = 2 · ln(1 + x/ε) / ln(1 + 1/ε) − 1 with ε = {@value #TOE}, so
 * that black is −1, diffuse white 1, and the light of lamps a little more. Close to sRGB between
 * black and white, logarithmic above: a change of light is an added constant in all but the deepest
 * shadows.
 */
public final class PictureCode {
  /** Linear light below which the code is linear rather than logarithmic. */
  public static final double TOE = 0.05;

  /** Linear light above this is cut off before it is coded. */
  public static final float BRIGHTEST = 100;

  private static final double SPAN = Math.log1p(1 / TOE);
  private static final int STEPS = 8192;
  private static final float TOP = (float) Math.log1p(BRIGHTEST / TOE);

  /** Codes over equal steps of the square root of light, where the code is nearly straight. */
  private static final float[] TABLE = new float[STEPS + 2];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      double root = Math.sqrt(BRIGHTEST) * i / STEPS;
      TABLE[i] = (float) of(root * root);
    }
  }

  private PictureCode() {}

  /** The code of a linear value; that of 0 where it is negative or no number. */
  public static double of(double linear) {
    double x = linear > 0 ? Math.min(linear, BRIGHTEST) : 0;
    return 2 * Math.log1p(x / TOE) / SPAN - 1;
  }

  /** The linear value of a code, from 0 to {@link #BRIGHTEST}. */
  public static double linear(double code) {
    double stops = (code + 1) / 2 * SPAN;
    return stops > 0 ? TOE * Math.expm1(Math.min(stops, TOP)) : 0;
  }

  /** The codes of the light that codes stand for, multiplied by a factor from 0 up. */
  static Tensor dimmed(Tensor codes, Tensor factor) {
    Tensor light = codes.add(1).mul(SPAN / 2).exp().sub(1);
    return light.mul(factor).log1p().mul(2 / SPAN).sub(1);
  }

  /** Codes {@code count} linear values, to within 2e-4. */
  public static void encode(float[] linear, int from, float[] codes, int to, int count) {
    float scale = (float) (STEPS / Math.sqrt(BRIGHTEST));
    for (int i = 0; i < count; i++) {
      float x = linear[from + i];
      float at = x > 0 ? (float) Math.sqrt(Math.min(x, BRIGHTEST)) * scale : 0;
      int k = Math.min((int) at, STEPS);
      codes[to + i] = TABLE[k] + (at - k) * (TABLE[k + 1] - TABLE[k]);
    }
  }

  /** Decodes {@code count} codes. */
  public static void decode(float[] codes, int from, float[] linear, int to, int count) {
    float half = (float) (SPAN / 2);
    for (int i = 0; i < count; i++) {
      float stops = Math.min((codes[from + i] + 1) * half, TOP);
      linear[to + i] = stops > 0 ? (float) (TOE * Math.expm1(stops)) : 0;
    }
  }
}
