package org.pixelcube.video;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.pixelcube.color.TransferFunction;

/**
 * A transfer function from light to signal without evaluating it: straight lines between samples
 * that lie closer the smaller the light, 512 an octave; within 2e-7 of the curve. The signal stays
 * a fraction, for luma and chroma still to be made of it.
 */
final class CodeCurve {
  private static final int SHIFT = 14;
  private static final int MASK = (1 << SHIFT) - 1;
  private static final int FIRST = Float.floatToRawIntBits(0x1p-40f) >>> SHIFT;
  private static final ConcurrentMap<TransferFunction, CodeCurve> ALL = new ConcurrentHashMap<>();

  private final float[] signal;
  private final float white;
  private final float below;

  private CodeCurve(TransferFunction curve) {
    white = (float) curve.toLinear(1);
    int last = Float.floatToRawIntBits(white) >>> SHIFT;
    signal = new float[last - FIRST + 2];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = (float) curve.fromLinear(Float.intBitsToFloat((FIRST + i) << SHIFT));
    }
    below = signal[0] / 0x1p-40f;
  }

  static CodeCurve of(TransferFunction curve) {
    return ALL.computeIfAbsent(curve, CodeCurve::new);
  }

  /** The signal in [0, 1] of linear light; 0 below black and for NaN, 1 above white. */
  float signal(float light) {
    if (!(light > 0)) {
      return 0;
    }
    if (light >= white) {
      return 1;
    }
    int bits = Float.floatToRawIntBits(light);
    int i = (bits >>> SHIFT) - FIRST;
    if (i < 0) {
      return light * below;
    }
    float a = signal[i];
    return a + (signal[i + 1] - a) * ((bits & MASK) * (1f / (1 << SHIFT)));
  }
}
