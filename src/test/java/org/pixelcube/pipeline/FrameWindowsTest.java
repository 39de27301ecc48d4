package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

@Randomized
class FrameWindowsTest {
  private static NetworkFrame frame(int i) {
    return new NetworkFrame(i / 25.0, 1, 1, new float[] {i, 0, 0}, new float[] {1}, null);
  }

  private static NetworkResult result(float value) {
    float[] v = {value};
    return new NetworkResult(v, v.clone(), v.clone(), v.clone());
  }

  /** A network whose result is the number of the frame plus something of the window. */
  private static Function<List<NetworkFrame>, List<NetworkResult>> network(List<Integer> sizes) {
    return frames -> {
      sizes.add(frames.size());
      float first = frames.getFirst().picture()[0];
      return frames.stream().map(f -> result(f.picture()[0] + first * first)).toList();
    };
  }

  private static float[] run(int count, int breakAt) throws IOException {
    FrameWindows windows = new FrameWindows(FrameWindows.SHORT, network(new ArrayList<>()));
    List<Supplier<NetworkResult>> results = new ArrayList<>();
    byte[] state = null;
    for (int i = 0; i < count; i++) {
      results.add(windows.add(frame(i)));
      if (i + 1 == breakAt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        windows.write(new DataOutputStream(bytes));
        state = bytes.toByteArray();
      }
    }
    windows.end();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = results.get(i).get().relit()[0];
    }
    if (state != null) {
      FrameWindows again = new FrameWindows(FrameWindows.SHORT, network(new ArrayList<>()));
      again.read(new DataInputStream(new ByteArrayInputStream(state)), (_, _, _) -> null);
      List<Supplier<NetworkResult>> rest = new ArrayList<>();
      for (int i = breakAt; i < count; i++) {
        rest.add(again.add(frame(i)));
      }
      again.end();
      for (int i = breakAt; i < count; i++) {
        assertEquals(values[i], rest.get(i - breakAt).get().relit()[0], "frame " + i);
      }
    }
    return values;
  }

  @Test
  void oneWindowFadesIntoTheNext() throws IOException {
    // Windows begin at 0, 4, 8, so their results are i, i + 16, i + 64.
    float[] expected = new float[11];
    for (int i = 0; i < 11; i++) {
      float fade = i < 4 ? 0 : i < 8 ? 16 : 64;
      if (i == 4 || i == 5) {
        fade = 16 * (i - 3) / 3f;
      }
      if (i == 8 || i == 9) {
        fade = 16 + 48 * (i - 7) / 3f;
      }
      expected[i] = i + fade;
    }
    assertArrayEquals(expected, run(11, -1), 1e-4f);
  }

  @Test
  void whereverARunBreaksOffItGoesOnTheSame(Random random) throws IOException {
    for (int k = 0; k < 30; k++) {
      int count = 1 + random.nextInt(20);
      run(count, 1 + random.nextInt(count));
    }
  }

  @Test
  void shotsStandAlone() {
    List<Integer> sizes = new ArrayList<>();
    FrameWindows windows = new FrameWindows(FrameWindows.SHORT, network(sizes));
    List<Supplier<NetworkResult>> results = new ArrayList<>();
    for (int length : new int[] {7, 1, 6, 4}) {
      for (int i = 0; i < length; i++) {
        results.add(windows.add(frame(i)));
      }
      windows.end();
    }
    // 0–5 and 4–6; one; 0–5, whose last two are not asked for again; four.
    assertEquals(List.of(6, 3, 1, 6, 4), sizes);
    assertEquals(3, results.get(3).get().relit()[0]);
    assertEquals(0, results.get(7).get().relit()[0]);
    assertEquals(5, results.get(13).get().relit()[0]);
    assertEquals(3, results.get(17).get().relit()[0]);
  }

  @Test
  void whoWaitsIsToldWhenAllIsGivenUp() {
    FrameWindows windows = new FrameWindows(FrameWindows.SHORT, network(new ArrayList<>()));
    Supplier<NetworkResult> result = windows.add(frame(0));
    windows.abandon();
    assertThrows(CancellationException.class, result::get);
  }
}
