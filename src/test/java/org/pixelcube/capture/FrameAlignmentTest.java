package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.image.Image;

class FrameAlignmentTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 1.5, 3})
  void halfwayBetweenTwoFramesOfOneLight(double speed) {
    try (FrameAlignment alignment = new FrameAlignment()) {
      for (int light = 0; light < 2; light++) {
        Image a = MovingScene.at(0, light, speed);
        Image b = MovingScene.at(2, light, speed);
        Image truth = MovingScene.at(1, light, speed);
        FrameAlignment.Aligned between = alignment.halfway(a, b, 0.5);
        double unaligned =
            Math.max(MovingScene.psnr(a, truth, null), MovingScene.psnr(b, truth, null));
        double aligned = MovingScene.psnr(between.picture(), truth, null);
        double trusted = MovingScene.psnr(between.picture(), truth, between.valid());
        String figures =
            "speed %.1f: unaligned %.2f, aligned %.2f, where valid %.2f dB"
                .formatted(speed, unaligned, aligned, trusted);
        System.out.println(figures);
        assertTrue(aligned >= unaligned + 3, figures);
        assertTrue(trusted >= aligned - 0.1, figures);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.7, 1.5, 3})
  void betweenTrackingFrames(double speed) {
    try (FrameAlignment alignment = new FrameAlignment()) {
      // Tracking frames at 0, 4 and 8; a light's frame at 5 is brought to 4 and to 0.
      Image[] tracking = {
        MovingScene.at(0, -1, speed), MovingScene.at(4, -1, speed), MovingScene.at(8, -1, speed)
      };
      Image lit = MovingScene.at(5, 0, speed);
      for (int to : new int[] {0, 1}) {
        Image truth = MovingScene.at(4 * to, 0, speed);
        FrameAlignment.Motion near =
            to == 1
                ? FrameAlignment.Motion.none(MovingScene.SIZE, MovingScene.SIZE)
                : alignment.between(tracking[0], tracking[1])[0];
        FrameAlignment.Motion far =
            to == 1
                ? alignment.between(tracking[1], tracking[2])[0]
                : alignment.extended(tracking[0], near, tracking[1], tracking[2]);
        FrameAlignment.Aligned aligned = FrameAlignment.along(lit, near.towards(far, 0.25));
        double before = MovingScene.psnr(lit, truth, null);
        double after = MovingScene.psnr(aligned.picture(), truth, null);
        double trusted = MovingScene.psnr(aligned.picture(), truth, aligned.valid());
        String figures =
            "speed %.1f to %d: unaligned %.2f, aligned %.2f, where valid %.2f dB"
                .formatted(speed, to, before, after, trusted);
        System.out.println(figures);
        assertTrue(after >= before + 3, figures);
        assertTrue(trusted >= after, figures);
      }
    }
  }

  @Test
  void whatStandsStillStaysAsItIs() {
    Image a = MovingScene.at(0, 0, 0);
    try (FrameAlignment alignment = new FrameAlignment()) {
      assertArrayEquals(a.samples(), alignment.halfway(a, a, 0.5).picture().samples(), 2e-3f);
    }
    assertArrayEquals(
        a.samples(),
        FrameAlignment.along(a, FrameAlignment.Motion.none(MovingScene.SIZE, MovingScene.SIZE))
            .picture()
            .samples(),
        0);
  }
}
