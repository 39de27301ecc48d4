package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

@Randomized
class SacnTest {
  /** A receiver by the tables of ANSI E1.31-2018: octet offsets, nothing shared with the sender. */
  private record Received(
      String kind,
      UUID cid,
      String source,
      int priority,
      int synchronization,
      int sequence,
      int options,
      int universe,
      byte[] slots,
      List<Integer> universes) {
    static Received parse(byte[] p) {
      assertEquals(0x0010, u16(p, 0), "preamble size");
      assertEquals(0x0000, u16(p, 2), "postamble size");
      byte[] identifier = {0x41, 0x53, 0x43, 0x2d, 0x45, 0x31, 0x2e, 0x31, 0x37, 0, 0, 0};
      assertArrayEquals(identifier, Arrays.copyOfRange(p, 4, 16), "ACN packet identifier");
      length(p, 16);
      UUID cid = new UUID(u64(p, 22), u64(p, 30));
      length(p, 38);
      int root = u32(p, 18);
      int framing = u32(p, 40);
      if (root == 0x00000004) {
        assertEquals(0x00000002, framing, "framing vector");
        assertEquals(638, p.length);
        length(p, 115);
        assertEquals(0x02, p[117], "DMP vector");
        assertEquals((byte) 0xa1, p[118], "address type and data type");
        assertEquals(0x0000, u16(p, 119), "first property address");
        assertEquals(0x0001, u16(p, 121), "address increment");
        assertEquals(0x0201, u16(p, 123), "property value count");
        assertEquals(0x00, p[125], "start code");
        return new Received(
            "data",
            cid,
            text(p, 44),
            p[108] & 0xff,
            u16(p, 109),
            p[111] & 0xff,
            p[112] & 0xff,
            u16(p, 113),
            Arrays.copyOfRange(p, 126, 638),
            List.of());
      }
      assertEquals(0x00000008, root, "root vector");
      if (framing == 0x00000001) {
        assertEquals(49, p.length);
        assertEquals(0, u16(p, 47), "reserved");
        return new Received(
            "sync", cid, "", 0, u16(p, 45), p[44] & 0xff, 0, 0, new byte[0], List.of());
      }
      assertEquals(0x00000002, framing, "framing vector");
      assertEquals(0, u32(p, 108), "reserved");
      length(p, 112);
      assertEquals(0x00000001, u32(p, 114), "universe discovery vector");
      assertEquals(0, p[118], "page");
      assertEquals(0, p[119], "last page");
      List<Integer> universes = new ArrayList<>();
      for (int i = 120; i < p.length; i += 2) {
        universes.add(u16(p, i));
      }
      return new Received("discovery", cid, text(p, 44), 0, 0, 0, 0, 0, new byte[0], universes);
    }

    private static void length(byte[] p, int at) {
      assertEquals(0x7, (p[at] & 0xff) >>> 4, "flags at " + at);
      assertEquals(p.length - at, u16(p, at) & 0x0fff, "length at " + at);
    }

    private static int u16(byte[] p, int at) {
      return (p[at] & 0xff) << 8 | (p[at + 1] & 0xff);
    }

    private static int u32(byte[] p, int at) {
      return u16(p, at) << 16 | u16(p, at + 2);
    }

    private static long u64(byte[] p, int at) {
      return (long) u32(p, at) << 32 | (u32(p, at + 4) & 0xffffffffL);
    }

    private static String text(byte[] p, int at) {
      int end = at;
      while (p[end] != 0) {
        end++;
      }
      assertTrue(end < at + 64);
      for (int i = end; i < at + 64; i++) {
        assertEquals(0, p[i], "padding of the name");
      }
      return new String(p, at, end - at, StandardCharsets.UTF_8);
    }
  }

  private static List<Received> drain(DatagramSocket socket, int count) throws Exception {
    socket.setSoTimeout(5000);
    List<Received> packets = new ArrayList<>();
    byte[] buffer = new byte[2000];
    for (int i = 0; i < count; i++) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      socket.receive(packet);
      packets.add(Received.parse(Arrays.copyOf(buffer, packet.getLength())));
    }
    return packets;
  }

  private static SacnSettings loopback(int port, int firstUniverse, Optional<Integer> sync) {
    return new SacnSettings(
        Optional.of("127.0.0.1"),
        Optional.empty(),
        port,
        firstUniverse,
        150,
        "Würfel",
        sync,
        Optional.of("00112233-4455-6677-8899-aabbccddeeff"));
  }

  @Test
  void theKnownOctetsOfADataPacket() {
    byte[] p =
        SacnPacket.data(
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            "x",
            100,
            0,
            7,
            0,
            0x1234,
            new byte[] {1, 2, 3});
    // Flags and lengths of a full packet as the standard's tables give them.
    assertEquals("726e", hex(p, 16, 2));
    assertEquals("00000004", hex(p, 18, 4));
    assertEquals("00112233445566778899aabbccddeeff", hex(p, 22, 16));
    assertEquals("725800000002", hex(p, 38, 6));
    assertEquals("64000007001234", hex(p, 108, 7));
    assertEquals("720b02a1000000010201", hex(p, 115, 10));
    assertEquals("00010203000000", hex(p, 125, 7));
    assertEquals("7021", hex(SacnPacket.synchronization(new UUID(0, 0), 0, 1), 16, 2));
    assertEquals("700b", hex(SacnPacket.synchronization(new UUID(0, 0), 0, 1), 38, 2));
  }

  private static String hex(byte[] p, int at, int count) {
    return java.util.HexFormat.of().formatHex(p, at, at + count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 90, 170, 171, 400})
  void anIndependentReceiverSeesEveryColour(int panels) throws Exception {
    Random random = new Random(panels);
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      socket.setReceiveBufferSize(1 << 22);
      int universes = (panels + 169) / 170;
      byte[][] sent = new byte[300][3 * panels];
      int count = 1 + (universes + 1) * sent.length + 3 * universes;
      List<Received> packets = new ArrayList<>();
      try (SacnOutput output =
          new SacnOutput(loopback(socket.getLocalPort(), 41, Optional.of(7000)), panels)) {
        for (byte[] codes : sent) {
          random.nextBytes(codes);
          output.send(codes);
          packets.addAll(drain(socket, packets.isEmpty() ? universes + 2 : universes + 1));
        }
      }
      packets.addAll(drain(socket, count - packets.size()));
      Received discovery = packets.removeFirst();
      assertEquals("discovery", discovery.kind());
      assertEquals(
          java.util.stream.IntStream.range(41, 41 + universes).boxed().toList(),
          discovery.universes());
      for (int i = 0; i < sent.length; i++) {
        byte[] colours = new byte[3 * panels];
        for (int u = 0; u < universes; u++) {
          Received p = packets.get(i * (universes + 1) + u);
          assertEquals("data", p.kind());
          assertEquals("Würfel", p.source());
          assertEquals(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), p.cid());
          assertEquals(150, p.priority());
          assertEquals(7000, p.synchronization());
          assertEquals(i % 256, p.sequence());
          assertEquals(0, p.options());
          assertEquals(41 + u, p.universe());
          int length = Math.min(510, colours.length - 510 * u);
          System.arraycopy(p.slots(), 0, colours, 510 * u, length);
          for (int k = length; k < 512; k++) {
            assertEquals(0, p.slots()[k]);
          }
        }
        assertArrayEquals(sent[i], colours);
        Received sync = packets.get(i * (universes + 1) + universes);
        assertEquals("sync", sync.kind());
        assertEquals(i % 256, sync.sequence());
        assertEquals(7000, sync.synchronization());
      }
      for (int k = 0; k < 3 * universes; k++) {
        Received end = packets.get(sent.length * (universes + 1) + k);
        assertEquals(0x40, end.options());
        assertArrayEquals(new byte[512], end.slots());
        assertEquals((sent.length + k / universes) % 256, end.sequence());
      }
    }
  }

  @Test
  void anUnreachableReceiverIsNamed() throws Exception {
    int port;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (SacnOutput output = new SacnOutput(loopback(port, 1, Optional.empty()), 90)) {
      UserError error =
          assertThrows(
              UserError.class,
              () -> {
                for (int i = 0; i < 100; i++) {
                  output.send(new byte[270]);
                }
              });
      assertTrue(
          error.getMessage().startsWith("127.0.0.1:" + port + ": the receiver cannot be reached"),
          error.getMessage());
    }
    UserError error =
        assertThrows(
            UserError.class,
            () -> new SacnOutput(SacnSettings.multicast().to("no-such-host.invalid", 5568), 90));
    assertTrue(error.getMessage().contains("no-such-host.invalid:5568"), error.getMessage());
  }

  @Test
  void settingsAreReadStrictly() {
    SacnSettings settings = loopback(5568, 3, Optional.of(9));
    assertEquals(
        settings, JsonSettings.parse("s", JsonSettings.toJson(settings), SacnSettings.class));
    String bad = JsonSettings.toJson(settings).replace("150", "201");
    assertThrows(UserError.class, () -> JsonSettings.parse("s", bad, SacnSettings.class));
  }

  @Test
  void aReceiverIsLookedForBeforeLightIsSent() throws Exception {
    int port;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      try (SacnOutput output = new SacnOutput(loopback(port, 1, Optional.empty()), 90)) {
        output.reach();
      }
      // Two discoveries, and no end of a stream that never began.
      assertEquals(
          List.of("discovery", "discovery"),
          drain(socket, 2).stream().map(Received::kind).toList());
      socket.setSoTimeout(50);
      assertThrows(
          java.net.SocketTimeoutException.class,
          () -> socket.receive(new DatagramPacket(new byte[700], 700)));
    }
    try (SacnOutput output = new SacnOutput(loopback(port, 1, Optional.empty()), 90)) {
      assertThrows(UserError.class, output::reach);
    }
  }

  @Test
  void anInterfaceThatIsNotThereIsNamed() {
    SacnSettings m = SacnSettings.multicast();
    SacnSettings settings =
        new SacnSettings(
            Optional.empty(),
            Optional.of("eth99"),
            m.port(),
            1,
            100,
            "x",
            Optional.empty(),
            Optional.empty());
    UserError error = assertThrows(UserError.class, () -> new SacnOutput(settings, 3).close());
    assertTrue(error.getMessage().contains("network interface eth99"), error.getMessage());
  }

  /** Packets by another implementation: {@code tools/reference/sacn_packets.py}. */
  record Goldens(
      String cid,
      List<GoldenData> data,
      List<GoldenSynchronization> synchronization,
      List<GoldenDiscovery> discovery) {}

  record GoldenData(
      String source,
      int priority,
      int synchronization,
      int sequence,
      boolean ended,
      int universe,
      List<Integer> slots,
      String packet) {}

  record GoldenSynchronization(int universe, int sequence, String packet) {}

  record GoldenDiscovery(
      String source, int page, int lastPage, List<Integer> universes, String packet) {}

  @Test
  void packetsAreThoseOfAnotherImplementation() throws Exception {
    String json;
    try (java.io.InputStream in = SacnTest.class.getResourceAsStream("sacn-packets.json")) {
      json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Goldens goldens = JsonSettings.parse("sacn-packets.json", json, Goldens.class);
    UUID cid = UUID.fromString(goldens.cid());
    assertEquals(3, goldens.data().size());
    for (GoldenData g : goldens.data()) {
      byte[] slots = new byte[g.slots().size()];
      for (int i = 0; i < slots.length; i++) {
        slots[i] = g.slots().get(i).byteValue();
      }
      byte[] ours =
          SacnPacket.data(
              cid,
              g.source(),
              g.priority(),
              g.synchronization(),
              g.sequence(),
              g.ended() ? SacnPacket.STREAM_TERMINATED : 0,
              g.universe(),
              slots);
      assertEquals(g.packet(), hex(ours, 0, ours.length));
    }
    for (GoldenSynchronization g : goldens.synchronization()) {
      byte[] ours = SacnPacket.synchronization(cid, g.sequence(), g.universe());
      assertEquals(g.packet(), hex(ours, 0, ours.length));
    }
    for (GoldenDiscovery g : goldens.discovery()) {
      byte[] ours = SacnPacket.discovery(cid, g.source(), g.page(), g.lastPage(), g.universes());
      assertEquals(g.packet(), hex(ours, 0, ours.length));
    }
  }
}
