package org.pixelcube.stage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Packets of ANSI E1.31-2018, "Lightweight streaming protocol for transport of DMX512 using ACN".
 * Section and table numbers are the standard's; numbers are big-endian.
 */
final class SacnPacket {
  /** Slots of a universe, without the start code. */
  static final int SLOTS = 512;

  static final int DATA_BYTES = 638;
  static final int SYNCHRONIZATION_BYTES = 49;
  static final int DISCOVERY_HEADER_BYTES = 120;

  /** The universe that discovery packets go to. */
  static final int DISCOVERY_UNIVERSE = 64_214;

  /** Universes named in one discovery packet. */
  static final int DISCOVERY_PAGE = 512;

  /** Options, table 6-1: this is the last of the stream. */
  static final int STREAM_TERMINATED = 0x40;

  private static final byte[] IDENTIFIER = "ASC-E1.17\0\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int VECTOR_ROOT_DATA = 4;
  private static final int VECTOR_ROOT_EXTENDED = 8;
  private static final int VECTOR_DATA_PACKET = 2;
  private static final int VECTOR_SYNCHRONIZATION = 1;
  private static final int VECTOR_DISCOVERY = 2;
  private static final int VECTOR_UNIVERSE_LIST = 1;
  private static final byte VECTOR_SET_PROPERTY = 2;
  private static final byte ADDRESS_AND_DATA_TYPE = (byte) 0xA1;

  private SacnPacket() {}

  /**
   * A data packet, clauses 5 to 7: one universe.
   *
   * @param sequence counts the packets of this universe, modulo 256
   * @param synchronization universe of the synchronization packets, 0 for none
   * @param slots at most {@value #SLOTS}, the rest is 0
   */
  static byte[] data(
      UUID cid,
      String source,
      int priority,
      int synchronization,
      int sequence,
      int options,
      int universe,
      byte[] slots) {
    byte[] packet = new byte[DATA_BYTES];
    ByteBuffer b = root(packet, VECTOR_ROOT_DATA, cid);
    b.putShort(flagsAndLength(DATA_BYTES - b.position()));
    b.putInt(VECTOR_DATA_PACKET);
    putName(b, source);
    b.put((byte) priority);
    b.putShort((short) synchronization);
    b.put((byte) sequence);
    b.put((byte) options);
    b.putShort((short) universe);
    b.putShort(flagsAndLength(DATA_BYTES - b.position()));
    b.put(VECTOR_SET_PROPERTY);
    b.put(ADDRESS_AND_DATA_TYPE);
    b.putShort((short) 0);
    b.putShort((short) 1);
    b.putShort((short) (SLOTS + 1));
    b.put((byte) 0);
    b.put(slots);
    return packet;
  }

  /** A synchronization packet, clause 6.3: what was sent for that universe shows now. */
  static byte[] synchronization(UUID cid, int sequence, int universe) {
    byte[] packet = new byte[SYNCHRONIZATION_BYTES];
    ByteBuffer b = root(packet, VECTOR_ROOT_EXTENDED, cid);
    b.putShort(flagsAndLength(SYNCHRONIZATION_BYTES - b.position()));
    b.putInt(VECTOR_SYNCHRONIZATION);
    b.put((byte) sequence);
    b.putShort((short) universe);
    return packet;
  }

  /**
   * A universe discovery packet, clauses 6.4 and 8.
   *
   * @param universes ascending, at most {@value #DISCOVERY_PAGE}
   */
  static byte[] discovery(
      UUID cid, String source, int page, int lastPage, List<Integer> universes) {
    byte[] packet = new byte[DISCOVERY_HEADER_BYTES + 2 * universes.size()];
    ByteBuffer b = root(packet, VECTOR_ROOT_EXTENDED, cid);
    b.putShort(flagsAndLength(packet.length - b.position()));
    b.putInt(VECTOR_DISCOVERY);
    putName(b, source);
    b.putInt(0);
    b.putShort(flagsAndLength(packet.length - b.position()));
    b.putInt(VECTOR_UNIVERSE_LIST);
    b.put((byte) page);
    b.put((byte) lastPage);
    universes.forEach(universe -> b.putShort(universe.shortValue()));
    return packet;
  }

  /** The root layer, clause 5. */
  private static ByteBuffer root(byte[] packet, int vector, UUID cid) {
    ByteBuffer b = ByteBuffer.wrap(packet);
    b.putShort((short) 0x10);
    b.putShort((short) 0);
    b.put(IDENTIFIER);
    b.putShort(flagsAndLength(packet.length - b.position()));
    b.putInt(vector);
    b.putLong(cid.getMostSignificantBits());
    b.putLong(cid.getLeastSignificantBits());
    return b;
  }

  /** The top four bits are 7, the rest the length from this field to the end of the packet. */
  private static short flagsAndLength(int length) {
    return (short) (0x7000 | length);
  }

  private static void putName(ByteBuffer b, String name) {
    b.put(Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 64));
  }
}
