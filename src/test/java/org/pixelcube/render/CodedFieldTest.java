package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Vector3;

class CodedFieldTest {
  private static final int SIZE = 14;

  /**
   * A matt ball whose every point also passes on what comes from behind, as hair at the rim does.
   */
  private static CodedField glowing(double passedOn) {
    LightBasis lights = new LightBasis(new DirectionBins(16), List.of(), List.of());
    ReflectanceField ball = TestFields.ball(SIZE, 0, lights, 0, new Random(1));
    float[] response = ball.response();
    int columns = lights.columns();
    int n = SIZE * SIZE;
    for (int p = 0; p < ball.pixels().length; p++) {
      int i = ball.pixels()[p];
      float[] normal = ball.aovs().normal();
      Vector3 at = new Vector3(normal[i], normal[n + i], normal[2 * n + i]);
      for (int k = 0; k < lights.bins().count(); k++) {
        Vector3 d = lights.bins().centre(k);
        double cosine = Math.max(0, at.dot(d));
        for (int c = 0; c < 3; c++) {
          double value = ball.aovs().albedo()[c * n + i] / Math.PI * cosine;
          value += d.z() < -0.4 ? passedOn : 0;
          response[(p * columns + k) * 3 + c] = (float) (value * lights.bins().solidAngle());
        }
      }
    }
    FieldBasis basis = FieldBasis.of(List.of(ball), 0.002);
    return FieldCodec.decode(
        "ball", FieldCodec.encode(ball, basis), FieldCodec.encodeAovs(ball), basis, ball.camera());
  }

  @Test
  void lightFromBehindIsNotPartOfTheFlatLitColour() {
    CodedField field = glowing(0.05);
    int n = SIZE * SIZE;
    float[] front = field.frontLit().samples();
    float[] all = field.flatLit().samples();
    int seen = 0;
    for (int i = 0; i < n; i++) {
      if (field.aovs().alpha()[i] < 1) {
        continue;
      }
      for (int c = 0; c < 3; c++) {
        float albedo = field.aovs().albedo()[c * n + i];
        // A cosine summed over 256 cells of light is off by a percent.
        assertEquals(albedo, front[c * n + i], 0.02 * albedo + 0.004);
        assertTrue(all[c * n + i] > albedo + 0.15);
        seen++;
      }
    }
    assertTrue(seen > 200);
  }
}
