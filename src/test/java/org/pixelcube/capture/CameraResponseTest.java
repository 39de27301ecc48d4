package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.stage.TransferCurve;

@Randomized
class CameraResponseTest {
  private static final int SIDE = 96;

  /** Smooth light of a wide range, and its picture by a camera of this response in eight bits. */
  private static Image film(
      DoubleUnaryOperator response, double exposure, double noise, long seed) {
    Random random = new Random(seed);
    float[] s = new float[3 * SIDE * SIDE];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double light =
              Math.exp(3.2 * Math.sin(0.05 * x + c) * Math.cos(0.045 * y)) * exposure
                  + noise * random.nextGaussian();
          double code = Math.rint(255 * response.applyAsDouble(Math.clamp(light, 0, 1)));
          s[(c * SIDE + y) * SIDE + x] = (float) TransferFunction.SRGB.toLinear(code / 255);
        }
      }
    }
    return Image.rgb(SIDE, SIDE, s);
  }

  private static DoubleUnaryOperator response(String name) {
    return switch (name) {
      case "gamma" -> light -> Math.pow(light, 1 / 2.4);
      case "linear" -> light -> light;
      // A film-like curve with a toe and a shoulder.
      default ->
          light -> {
            double v = Math.log1p(40 * light) / Math.log1p(40);
            return v * v * (1.6 - 0.6 * v);
          };
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"gamma", "linear", "film"})
  void anExposureStackGivesTheResponse(String name) {
    DoubleUnaryOperator response = response(name);
    List<Image> pictures = new ArrayList<>();
    double[] seconds = new double[8];
    for (int j = 0; j < 8; j++) {
      seconds[j] = Math.pow(2, j - 9);
      pictures.add(film(response, 4 * seconds[j], 0.001, j));
    }
    TransferCurve curve = CameraResponse.fromExposures("stack", pictures, seconds);
    for (double light = 0.03; light < 0.95; light *= 1.1) {
      double found = curve.toLinear(response.applyAsDouble(light), 1);
      assertEquals(1, found / light, 0.04, "at " + light);
    }
  }

  @Test
  void pictureTakenOffItsResponseAreLinear(Random random) {
    DoubleUnaryOperator response = response("film");
    List<Double> table = new ArrayList<>();
    for (int i = 0; i < 1024; i++) {
      double low = 0;
      double high = 1;
      for (int k = 0; k < 50; k++) {
        double middle = (low + high) / 2;
        if (response.applyAsDouble(middle) < i / 1023.0) {
          low = middle;
        } else {
          high = middle;
        }
      }
      table.add(i == 0 ? 0 : i == 1023 ? 1 : low);
    }
    CameraResponse camera = new CameraResponse(TransferCurve.table(table));
    for (int k = 0; k < 200; k++) {
      double light = random.nextDouble();
      float read = (float) TransferFunction.SRGB.toLinear(response.applyAsDouble(light));
      Image one = camera.linear(Image.rgb(1, 1, new float[] {read, -1, Float.NaN}));
      assertEquals(light, one.at(0, 0, 0), 2e-4 + 0.004 * light);
      assertEquals(0, one.at(1, 0, 0));
      assertEquals(0, one.at(2, 0, 0));
    }
  }

  @Test
  void greyPatchesGiveTheResponse() {
    double[] reflectance = {0.031, 0.09, 0.198, 0.362, 0.591, 0.9};
    DoubleUnaryOperator response = response("gamma");
    double[] read = new double[6];
    for (int k = 0; k < 6; k++) {
      read[k] = response.applyAsDouble(0.8 * reflectance[k]);
    }
    TransferCurve curve = CameraResponse.fromGreyPatches("chart", read, reflectance);
    for (double light = 0.02; light < 1; light += 0.02) {
      assertEquals(1, curve.toLinear(response.applyAsDouble(light), 1) / light, 0.02);
    }
    read[5] = 1;
    UserError error =
        assertThrows(
            UserError.class, () -> CameraResponse.fromGreyPatches("chart", read, reflectance));
    assertTrue(error.getMessage().contains("is saturated"), error.getMessage());
  }

  @Test
  void aStackThatShowsNothingIsNamed() {
    List<Image> black = new ArrayList<>();
    for (int j = 0; j < 4; j++) {
      black.add(Image.rgb(16, 16, new float[3 * 256]));
    }
    UserError error =
        assertThrows(
            UserError.class,
            () -> CameraResponse.fromExposures("stack", black, new double[] {1, 2, 4, 8}));
    assertTrue(error.getMessage().contains("too few brightnesses"), error.getMessage());
  }
}
