package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        FrameAlignment.Aligned aligned =
            FrameAlignment.along(
                lit,
                FrameAlignment.Motion.through(
                    new FrameAlignment.Knot(4, near), new FrameAlignment.Knot(8, far), null, 5));
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

  /**
   * A head that turns under lights that alternate, with a flat frame, as a noisy camera sees it.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.005, 36, 10", "1, 0.02, 34, 8", "2, 0.01, 33, 10", "3, 0.02, 32, 12"})
  void aTurningHeadComesTogether(double speed, double noise, double least, double gain) {
    TurningHead head = new TurningHead(speed);
    SplittableRandom random = new SplittableRandom(5);
    double unaligned = 0;
    double aligned = 0;
    int n = 0;
    try (FrameAlignment alignment = new FrameAlignment()) {
      for (double time : new double[] {20, 37, 90}) {
        Image[] flat = new Image[3];
        for (int k = 0; k < 3; k++) {
          flat[k] = TurningHead.filmed(head.at(time + 3 * (k - 1), -1).picture(), noise, random);
        }
        FrameAlignment.Knot here =
            new FrameAlignment.Knot(
                0, FrameAlignment.Motion.none(TurningHead.SIZE, TurningHead.SIZE));
        FrameAlignment.Knot next =
            new FrameAlignment.Knot(3, alignment.between(flat[1], flat[2])[0]);
        FrameAlignment.Knot last =
            new FrameAlignment.Knot(-3, alignment.between(flat[1], flat[0])[0]);
        for (int light = 0; light < 2; light++) {
          int at = light + 1;
          TurningHead.Truth truth = head.at(time, light);
          Image after = TurningHead.filmed(head.at(time + at, light).picture(), noise, random);
          Image before = TurningHead.filmed(head.at(time + at - 3, light).picture(), noise, random);
          FrameAlignment.Aligned both =
              FrameAlignment.mixed(
                  List.of(
                      FrameAlignment.along(
                          after, FrameAlignment.Motion.through(here, next, last, at)),
                      FrameAlignment.along(
                          before, FrameAlignment.Motion.through(here, last, next, at - 3))),
                  new double[] {3 - at, at});
          unaligned += TurningHead.psnr(after, truth, both.valid());
          aligned += TurningHead.psnr(both.picture(), truth, both.valid());
          n++;
        }
      }
    }
    String figures =
        "speed %.0f, noise %.3f: unaligned %.2f, aligned %.2f dB"
            .formatted(speed, noise, unaligned / n, aligned / n);
    System.out.println(figures);
    assertTrue(aligned / n >= least, figures);
    assertTrue(aligned / n >= unaligned / n + gain, figures);
  }
}
