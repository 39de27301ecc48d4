package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.PlaybackReport;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;

class StagePlaybackTest {
  private static final int PANELS = 24;

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path rigFile;
  private Path sequenceFile;
  private Sequence sequence;

  @BeforeEach
  void plan() {
    Rig rig = new CubeRig(2, 2, 16, 1000, 40, 6, List.of()).rig();
    rigFile = folder.resolve("rig.json");
    rig.write(rigFile);
    sequence = Sequence.olat(7, 40, PANELS, 8, false, 0, new SafetyLimits(600, 0, 5, 0.1));
    sequenceFile = folder.resolve("olat.json");
    JsonSettings.write(sequenceFile, sequence);
  }

  private int run(String command, Interruption interruption, String... more) {
    out.reset();
    err.reset();
    List<String> args =
        new ArrayList<>(List.of("stage", command, "--rig", rigFile.toString(), "--quiet"));
    args.addAll(List.of(more));
    return PixelCube.run(
        Console.of(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interruption),
        (_, _, _) -> {
          throw new AssertionError("nothing is relit");
        },
        args.toArray(String[]::new));
  }

  private void refused(String part, String command, String... more) {
    assertEquals(2, run(command, Interruption.manual(), more));
    String text = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.contains(part), text);
  }

  @Test
  void withoutAScreenNothingIsSent() {
    refused("screen 0: this machine has no screen", "play", sequenceFile.toString());
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("nothing was sent"));
  }

  @Test
  void aDryRunReportsHowEvenItWas() {
    Path report = folder.resolve("report.json");
    assertEquals(
        0,
        run(
            "play",
            Interruption.manual(),
            sequenceFile.toString(),
            "--dry-run",
            "--late-limit=10000",
            "--report",
            report.toString()),
        err.toString(StandardCharsets.UTF_8));
    PlaybackReport found = JsonSettings.read(report, PlaybackReport.class);
    assertEquals(sequence.frameCount(), found.shown() + found.dropped());
    assertEquals(8, found.bits());
    assertTrue(found.fault().isEmpty());
    String text = out.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("8 bits a channel (the raster has 16)"), text);
    refused(
        "exists already",
        "play",
        sequenceFile.toString(),
        "--dry-run",
        "--report",
        report.toString());
  }

  @Test
  void whatIsWrongIsNamed() {
    refused("SEQUENCE.json|FRAMES: is missing", "play");
    refused("none.json: there is no such file", "play", folder.resolve("none.json").toString());
    refused("none.mkv", "play", folder.resolve("none.mkv").toString(), "--dry-run");
    refused("--ahead: is 1", "play", sequenceFile.toString(), "--dry-run", "--ahead=1");
    refused("--late-limit: is 0", "play", sequenceFile.toString(), "--dry-run", "--late-limit=0");
    refused("is given together with --env", "send", sequenceFile.toString(), "--env=overcast");
    refused("--universe: is 0", "send", sequenceFile.toString(), "--universe=0");
    refused("--sync: is 1, which carries colours", "send", sequenceFile.toString(), "--sync=1");
    refused("--to: is 'a:b'", "send", sequenceFile.toString(), "--to=a:b");
    refused(
        "no-such-host.invalid:5568", "send", sequenceFile.toString(), "--to=no-such-host.invalid");
    refused("network interface eth99", "send", sequenceFile.toString(), "--interface=eth99");
  }

  private static DatagramSocket receiver() throws Exception {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.setReceiveBufferSize(1 << 22);
    return socket;
  }

  /** The colours of all data packets, and whether the last three end the stream. */
  private static List<byte[]> colours(DatagramSocket socket) throws Exception {
    socket.setSoTimeout(100);
    List<byte[]> found = new ArrayList<>();
    List<Integer> options = new ArrayList<>();
    byte[] buffer = new byte[1000];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException _) {
        break;
      }
      if (packet.getLength() == 638) {
        found.add(Arrays.copyOfRange(buffer, 126, 126 + 3 * PANELS));
        options.add(buffer[112] & 0xff);
      }
    }
    int n = found.size() - 3;
    for (int i = 0; i < found.size(); i++) {
      assertEquals(i < n ? 0 : 0x40, options.get(i));
    }
    return found.subList(0, n);
  }

  @Test
  void panelsAreSentTheirColours() throws Exception {
    try (DatagramSocket socket = receiver()) {
      String to = "--to=127.0.0.1:" + socket.getLocalPort();
      assertEquals(
          0,
          run("send", Interruption.manual(), sequenceFile.toString(), to, "--late-limit=10000"),
          err.toString(StandardCharsets.UTF_8));
      List<byte[]> sent = colours(socket);
      assertTrue(sent.size() > PANELS / 2 && sent.size() <= sequence.frameCount());
      // At full level either one panel shines alone, or all alike at a share of its light.
      int even = (int) Math.round(255 * Math.pow(1.0 / PANELS, 1 / 2.4));
      byte[] all = new byte[3 * PANELS];
      Arrays.fill(all, (byte) even);
      int single = 0;
      for (byte[] colours : sent) {
        int full = 0;
        for (byte b : colours) {
          full += b == (byte) 255 ? 1 : 0;
        }
        single += full == 3 ? 1 : 0;
      }
      assertTrue(single > PANELS / 2, single + " panels alone");
      assertTrue(sent.stream().anyMatch(c -> Arrays.equals(all, c)));
      assertArrayEquals(new byte[3 * PANELS], sent.getLast());
    }
  }

  @Test
  void anEnvironmentIsSentAndStoppingFades() throws Exception {
    try (DatagramSocket socket = receiver()) {
      String to = "--to=127.0.0.1:" + socket.getLocalPort();
      Interruption interruption = Interruption.manual();
      Thread stop =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  // Stopped once a second of light has come.
                  byte[] buffer = new byte[1000];
                  for (int i = 0; i < 45; i++) {
                    socket.receive(new DatagramPacket(buffer, buffer.length));
                  }
                } catch (java.io.IOException e) {
                  throw new IllegalStateException(e);
                } finally {
                  interruption.request();
                }
              });
      assertEquals(
          130,
          run("send", interruption, "--env=overcast", "--seconds=60", to, "--late-limit=10000"));
      stop.join();
      assertTrue(
          err.toString(StandardCharsets.UTF_8).contains("stopped; the wall was ramped to black"));
      List<byte[]> sent = colours(socket);
      assertTrue(sent.size() >= 3);
      for (int i = 1; i < sent.size(); i++) {
        for (int k = 0; k < 3 * PANELS; k++) {
          assertTrue((sent.get(i)[k] & 0xff) <= (sent.get(i - 1)[k] & 0xff));
        }
      }
      assertArrayEquals(new byte[3 * PANELS], sent.getLast());
    }
  }

  @Test
  void anUnreachableReceiverIsNamed() throws Exception {
    int port;
    try (DatagramSocket socket = receiver()) {
      port = socket.getLocalPort();
    }
    refused(
        "127.0.0.1:" + port + ": the receiver cannot be reached",
        "send",
        sequenceFile.toString(),
        "--to=127.0.0.1:" + port);
    assertFalse(Files.exists(folder.resolve("report.json")));
  }
}
