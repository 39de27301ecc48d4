package org.pixelcube.vision;

import java.util.List;

/**
 * Expression weights from landmarks, by MediaPipe's blendshape network; the names follow ARKit's
 * face anchors.
 */
public final class Blendshapes implements AutoCloseable {
  /** The names of the 52 weights, in order; left and right are the subject's own. */
  public static final List<String> NAMES =
      List.of(
          """
          _neutral browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff
          cheekSquintLeft cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft
          eyeLookDownRight eyeLookInLeft eyeLookInRight eyeLookOutLeft eyeLookOutRight eyeLookUpLeft
          eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft
          jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft
          mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight
          mouthPressLeft mouthPressRight mouthPucker mouthRight mouthRollLower mouthRollUpper
          mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight mouthStretchLeft
          mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft noseSneerRight
          """
              .strip()
              .split("\\s+"));

  /** The landmarks the network reads, in its order. */
  private static final int[] INPUTS = {
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66,
    67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144,
    145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173,
    176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284,
    285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386,
    387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477
  };

  private final LiteModel network;

  Blendshapes(byte[] file, int threads) {
    network = new LiteModel("face blendshapes", file, threads);
  }

  /** The weights for landmarks in pixels, x, y, z in turn. */
  float[] weights(float[] landmarks) {
    float[] input = new float[2 * INPUTS.length];
    for (int i = 0; i < INPUTS.length; i++) {
      input[2 * i] = landmarks[3 * INPUTS[i]];
      input[2 * i + 1] = landmarks[3 * INPUTS[i] + 1];
    }
    return network.run(input)[0];
  }

  @Override
  public void close() {
    network.close();
  }
}
