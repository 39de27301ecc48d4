package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

@Randomized
class SequenceTest {
  static final List<Sequence.Light> LIGHTS =
      List.of(
          new Sequence.Light("key", "softbox", 0, 0, 0),
          new Sequence.Light("sunset", "golden-hour", 90, 12, -1));

  @TempDir Path folder;

  @Test
  void everyLabelIsItsText() {
    for (Label label :
        List.of(
            Label.light(0),
            Label.light(17),
            Label.olat(89),
            Label.FLAT,
            Label.TRACKING,
            Label.MATTE,
            Label.BLACK)) {
      assertEquals(Optional.of(label), Label.parse(label.toString()));
    }
    for (String text : List.of("", "light", "light-", "light--1", "light-01", "flat-1", "Flat")) {
      assertEquals(Optional.empty(), Label.parse(text), text);
    }
  }

  @Test
  void aFileGivesTheSequenceBack(Random random) throws Exception {
    Sequence sequence =
        Sequence.interleaved(
                random.nextInt(256),
                60 + random.nextInt(300),
                LIGHTS,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextDouble() * 10,
                SafetyLimits.DEFAULT)
            .withMarkers(List.of(new Sequence.MarkerPlace(8, 16, 4, 0.25)));
    Path file = folder.resolve("sequence.json");
    JsonSettings.write(file, sequence);
    assertEquals(sequence, JsonSettings.read(file, Sequence.class));
    String text = Files.readString(file);
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                JsonSettings.parse(
                    "s.json", text.replace("\"light-1\"", "\"light-2\""), Sequence.class));
    assertTrue(error.getMessage().startsWith("s.json: cycle[1]: is 'light-2'"), error.getMessage());
    assertThrows(
        UserError.class,
        () ->
            JsonSettings.parse(
                "s.json", text.replace("\"cycles\"", "\"cycle_s\""), Sequence.class));
  }

  @Test
  void framesFollowTheCycleBetweenTwoRamps() {
    Sequence sequence = Sequence.interleaved(1, 120, LIGHTS, true, false, 1, SafetyLimits.DEFAULT);
    assertEquals(List.of("light-0", "light-1", "flat"), sequence.cycle());
    assertEquals(40, sequence.cycles());
    assertEquals(60, sequence.rampFrames());
    assertEquals(240, sequence.frameCount());
    double before = 0;
    for (int i = 0; i < sequence.frameCount(); i++) {
      WallFrame frame = sequence.frame(i);
      assertEquals(i, frame.counter());
      assertEquals(sequence.isFull(i), frame.gain() == 1);
      // No step that the eye would take for a flash: 3x² − 2x³ rises by at most 1.5 per ramp.
      assertTrue(Math.abs(frame.gain() - before) <= 1.5 / 60 + 1e-12);
      before = frame.gain();
      if (sequence.isFull(i)) {
        assertEquals(sequence.labels().get((i - 60) % 3), frame.label());
        assertEquals((i - 60) / 120.0, frame.mapSeconds(), 1e-12);
        assertEquals((i - 60) / 3, sequence.cycleOf(i));
      }
    }
    assertEquals(new WallFrame(239, Label.BLACK, 179 / 120.0, 0), sequence.frame(239));
    assertEquals(Optional.of(Label.FLAT), sequence.trackingLabel());
  }

  @Test
  void olatShowsEveryPanelOnceAndTracksBetween() {
    Sequence sequence = Sequence.olat(2, 240, 90, 9, true, 0, SafetyLimits.DEFAULT);
    List<Label> labels = sequence.labels();
    assertEquals(101, labels.size());
    for (int i = 0; i < 90; i++) {
      assertEquals(i / 9 + 1 + i, labels.indexOf(Label.olat(i)));
    }
    assertEquals(10, labels.stream().filter(Label.TRACKING::equals).count());
    assertEquals(Label.MATTE, labels.getLast());
    // One of 90 panels is as bright as all of them at a ninetieth.
    Sequence.Levels levels = sequence.levels();
    SafetyLimits.Findings found =
        SafetyLimits.check(
            "s",
            Sequence.olat(2, 240, 90, 9, false, 0, SafetyLimits.DEFAULT),
            (label, _) ->
                1900 * (label.kind() == Label.Kind.OLAT ? levels.olat() / 90 : levels.tracking()));
    assertEquals(1900.0 / 90, found.meanNits(), 1e-9);
    assertEquals(0, found.worst().modulationPercent(), 1e-9);
  }

  @Test
  void flickerIsNamedWithItsFrequencyAndRemedy() {
    Sequence sequence = Sequence.interleaved(1, 60, LIGHTS, false, false, 1, SafetyLimits.DEFAULT);
    UserError error =
        assertThrows(
            UserError.class,
            () -> SafetyLimits.check("s", sequence, (label, _) -> label.index() == 0 ? 300 : 100));
    assertTrue(error.getMessage().contains("flickers at 30.0 Hz by 50 %"), error.getMessage());
    assertTrue(error.getMessage().contains("180 frames a second"), error.getMessage());
    // At the rate that the message names, and with equal lights, it passes.
    SafetyLimits.check(
        "s",
        Sequence.interleaved(1, 180, LIGHTS, false, false, 1, SafetyLimits.DEFAULT),
        (label, _) -> label.index() == 0 ? 300 : 100);
    SafetyLimits.check("s", sequence, (_, _) -> 200);
    error = assertThrows(UserError.class, () -> SafetyLimits.check("s", sequence, (_, _) -> 1200));
    assertTrue(error.getMessage().contains("by 1.0 stops"), error.getMessage());
  }

  @Test
  void lightThatMovesIsLookedAtToItsEnd() {
    Sequence sequence =
        Sequence.interleaved(1, 180, LIGHTS, false, false, 10, SafetyLimits.DEFAULT);
    UserError error =
        assertThrows(
            UserError.class, () -> SafetyLimits.check("s", sequence, (_, t) -> t < 9 ? 100 : 900));
    assertTrue(error.getMessage().contains("900 cd/m²"), error.getMessage());
  }

  @Test
  void theSpectrumOfASineIsOneLine(Random random) {
    int n = 8 + random.nextInt(60);
    int h = 1 + random.nextInt((n - 1) / 2);
    double modulation = random.nextDouble();
    double phase = random.nextDouble() * 6;
    double[] nits = new double[n];
    for (int i = 0; i < n; i++) {
      nits[i] = 50 * (1 + modulation * Math.sin(2 * Math.PI * h * i / n + phase));
    }
    for (SafetyLimits.Flicker f : SafetyLimits.spectrum(nits, 240)) {
      boolean here = Math.abs(f.hertz() - h * 240.0 / n) < 1e-9;
      assertEquals(here ? 100 * modulation : 0, f.modulationPercent(), 1e-9);
    }
  }

  @Test
  void tooShortARampIsRefused() {
    Sequence s = Sequence.interleaved(1, 120, LIGHTS, false, false, 1, SafetyLimits.DEFAULT);
    String json = JsonSettings.toJson(s).replaceAll("\"rampFrames\" : 60", "\"rampFrames\" : 3");
    UserError error =
        assertThrows(UserError.class, () -> JsonSettings.parse("s", json, Sequence.class));
    assertTrue(error.getMessage().contains("give at least 60"), error.getMessage());
  }
}
