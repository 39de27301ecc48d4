package org.pixelcube.stage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.pixelcube.config.UserError;

/**
 * Sends one colour for each panel over UDP by E1.31. Closing ends the stream with three packets
 * that say so. Not for several threads at once.
 */
public final class SacnOutput implements AutoCloseable {
  /** A source says every ten seconds which universes it sends (clause 4.3). */
  private static final long DISCOVERY_NANOS = 10_000_000_000L;

  /** An answer from a network nearby takes less. */
  private static final long ANSWER_NANOS = 200_000_000;

  private static final int TERMINATED_PACKETS = 3;

  private final SacnSettings settings;
  private final UUID cid;
  private final int panels;
  private final int universes;
  private final byte[] sequence;
  private byte synchronizationSequence;
  private final DatagramChannel channel;
  private final List<InetSocketAddress> targets = new ArrayList<>();
  private final boolean unicast;
  private long discovered;
  private boolean discoveredOnce;
  private boolean open = true;
  private boolean lit;

  /**
   * Opens the stream; nothing is sent yet.
   *
   * @param panels how many colours there are
   * @throws UserError if the receiver's name leads nowhere
   */
  public SacnOutput(SacnSettings settings, int panels) {
    this.settings = settings;
    this.cid = settings.cid();
    this.panels = panels;
    this.universes = settings.universes(panels);
    this.sequence = new byte[universes];
    this.unicast = settings.receiver().isPresent();
    try {
      channel = DatagramChannel.open(StandardProtocolFamily.INET);
    } catch (IOException e) {
      throw new UserError(receiver(), "no socket can be opened", "check the network", e);
    }
    try {
      if (unicast) {
        InetSocketAddress address =
            new InetSocketAddress(
                InetAddress.getByName(settings.receiver().orElseThrow()), settings.port());
        // Connected, so that the answer "nobody listens here" comes back.
        channel.connect(address);
        targets.addAll(java.util.Collections.nCopies(universes, address));
      } else {
        if (settings.networkInterface().isPresent()) {
          channel.setOption(
              StandardSocketOptions.IP_MULTICAST_IF,
              networkInterface(settings.networkInterface().get()));
        }
        for (int i = 0; i < universes; i++) {
          targets.add(multicast(settings.firstUniverse() + i));
        }
      }
    } catch (UnknownHostException e) {
      discard();
      throw new UserError(
          receiver(), "no machine of that name is known", "check the name or give its address", e);
    } catch (IOException e) {
      discard();
      throw unreachable(e);
    } catch (UserError e) {
      discard();
      throw e;
    }
  }

  private static NetworkInterface networkInterface(String name) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(name);
    if (found == null) {
      throw new UserError(
          "network interface " + name,
          "is not there; nothing was sent",
          "choose one of "
              + NetworkInterface.networkInterfaces()
                  .map(NetworkInterface::getName)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
    if (!found.isUp() || !found.supportsMulticast()) {
      throw new UserError(
          "network interface " + name,
          (found.isUp() ? "takes no multicast" : "is down") + "; nothing was sent",
          "switch it on, choose another, or name a receiver");
    }
    return found;
  }

  /** Where packets go, for reports. */
  public String name() {
    return "E1.31, universe %d%s, %s"
        .formatted(
            settings.firstUniverse(),
            universes > 1 ? " to " + (settings.firstUniverse() + universes - 1) : "",
            receiver());
  }

  /**
   * Looks whether a receiver can be reached, before any light is sent: tells it the universes
   * twice, for that nobody listens there is answered to the first and heard at the second.
   * Multicast is only known to have left.
   *
   * @throws UserError if it cannot be reached
   */
  public void reach() {
    try {
      announce();
      LockSupport.parkNanos(ANSWER_NANOS);
      discoveredOnce = false;
      announce();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private void discard() {
    try {
      channel.close();
    } catch (IOException _) {
      // The error that led here is the one to tell.
    }
  }

  private InetSocketAddress multicast(int universe) throws UnknownHostException {
    byte[] address = {(byte) 239, (byte) 255, (byte) (universe >>> 8), (byte) universe};
    return new InetSocketAddress(InetAddress.getByAddress(address), settings.port());
  }

  private String receiver() {
    return settings.receiver().map(host -> host + ":" + settings.port()).orElse("multicast E1.31");
  }

  private UserError unreachable(IOException e) {
    return new UserError(
        receiver(),
        e instanceof PortUnreachableException
            ? "the receiver cannot be reached: nothing listens on that port"
            : "the receiver cannot be reached: " + e.getMessage(),
        "switch it on, check its address and the network, and start again",
        e);
  }

  /**
   * Shows colours.
   *
   * @param codes red, green, blue of each panel in turn, one byte each
   * @throws UserError if the receiver cannot be reached
   */
  public void send(byte[] codes) {
    if (codes.length != 3 * panels) {
      throw new IllegalArgumentException(
          "%d codes for %d panels (expected %d)".formatted(codes.length, panels, 3 * panels));
    }
    try {
      announce();
      lit = true;
      transmit(codes, 0);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private void transmit(byte[] codes, int options) throws IOException {
    int synchronization = settings.synchronizationUniverse().orElse(0);
    int perUniverse = 3 * SacnSettings.COLOURS_PER_UNIVERSE;
    for (int i = 0; i < universes; i++) {
      byte[] slots =
          Arrays.copyOfRange(codes, i * perUniverse, Math.min(codes.length, (i + 1) * perUniverse));
      write(
          SacnPacket.data(
              cid,
              settings.sourceName(),
              settings.priority(),
              synchronization,
              sequence[i]++,
              options,
              settings.firstUniverse() + i,
              slots),
          targets.get(i));
    }
    if (synchronization != 0 && options == 0) {
      write(
          SacnPacket.synchronization(cid, synchronizationSequence++, synchronization),
          unicast ? targets.getFirst() : multicast(synchronization));
    }
  }

  private void announce() throws IOException {
    long now = System.nanoTime();
    if (discoveredOnce && now - discovered < DISCOVERY_NANOS) {
      return;
    }
    discoveredOnce = true;
    discovered = now;
    int pages = Math.ceilDiv(universes, SacnPacket.DISCOVERY_PAGE);
    for (int page = 0; page < pages; page++) {
      List<Integer> listed = new ArrayList<>();
      int end = Math.min(universes, (page + 1) * SacnPacket.DISCOVERY_PAGE);
      for (int i = page * SacnPacket.DISCOVERY_PAGE; i < end; i++) {
        listed.add(settings.firstUniverse() + i);
      }
      write(
          SacnPacket.discovery(cid, settings.sourceName(), page, pages - 1, listed),
          unicast ? targets.getFirst() : multicast(SacnPacket.DISCOVERY_UNIVERSE));
    }
  }

  private void write(byte[] packet, InetSocketAddress target) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(packet);
    int sent = unicast ? channel.write(bytes) : channel.send(bytes, target);
    if (sent != packet.length) {
      throw new IOException("the network takes no packets");
    }
  }

  /** Ends the stream, if it began: black, marked as the last, three times. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    try (channel) {
      for (int i = 0; lit && i < TERMINATED_PACKETS; i++) {
        transmit(new byte[3 * panels], SacnPacket.STREAM_TERMINATED);
      }
    } catch (IOException _) {
      // Who does not listen is told nothing; the receiver's own timeout of 2.5 s ends the stream.
    }
  }
}
