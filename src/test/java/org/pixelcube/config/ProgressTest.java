package org.pixelcube.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void offTheTerminalOneLinePerInterval() {
    try (Progress progress = new Progress.Lines(out, "relight", 10, 4, Duration.ZERO)) {
      progress.done(5);
      progress.done(6);
    }
    assertEquals(3, lines().size());
    assertTrue(
        lines()
            .getFirst()
            .matches("pixelcube: relight: 5 of 10 frames, \\d+\\.\\d\\d fps, \\d+:\\d\\d left"),
        lines().getFirst());
    assertTrue(lines().getLast().startsWith("pixelcube: relight: 6 of 10 frames"));
  }

  @Test
  void offTheTerminalQuickWorkSaysOneLine() {
    try (Progress progress = Progress.on(out, false, "relight", -1, 0)) {
      for (int i = 1; i <= 100; i++) {
        progress.done(i);
      }
    }
    assertEquals(1, lines().size());
    assertTrue(lines().getFirst().startsWith("pixelcube: relight: 100 frames"));
    assertEquals(-1, bytes.toString(StandardCharsets.UTF_8).indexOf('\r'));
  }

  @Test
  void onTheTerminalTheBarEndsWithTheLastCount() {
    try (Progress progress = Progress.on(out, true, "relight", 10, 0)) {
      progress.done(10);
    }
    assertTrue(bytes.toString(StandardCharsets.UTF_8).contains("10/10"));
  }

  @Test
  void warningsAreSaidOnceInOneLine() {
    Warnings warnings = Warnings.printingTo(out);
    warnings.add("a\n  b");
    warnings.add("a b");
    warnings.add("c");
    assertEquals(List.of("pixelcube: warning: a b", "pixelcube: warning: c"), lines());
    assertEquals(List.of("a b", "c"), warnings.all());
  }

  @Test
  void anInterruptionStopsWorkAtTheNextCheck() {
    try (Interruption interruption = Interruption.manual()) {
      interruption.check();
      interruption.request();
      assertThrows(Interruption.Requested.class, interruption::check);
    }
  }
}
