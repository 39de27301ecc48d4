package org.pixelcube.stage;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.pixelcube.config.InvalidSetting;

/**
 * Where and how panels of one colour each are driven over a network by E1.31, streaming ACN.
 *
 * @param receiver name or address of the receiver; multicast to 239.255.x.y if left out
 * @param networkInterface name of the interface that multicast leaves by, such as eth0; the
 *     system's choice if left out
 * @param port {@value #PORT} unless the receiver wants another
 * @param firstUniverse 1 to 63999; further universes follow it, {@value #COLOURS_PER_UNIVERSE}
 *     colours in each
 * @param priority 0 to 200, usually 100: of several sources the highest wins
 * @param sourceName shown by consoles and monitors, at most 63 bytes of UTF-8
 * @param synchronizationUniverse the universe whose packets make all others show at once; if left
 *     out each shows as it arrives
 * @param component the source's own UUID, the same every time; if left out it is made of the name
 */
public record SacnSettings(
    Optional<String> receiver,
    Optional<String> networkInterface,
    int port,
    int firstUniverse,
    int priority,
    String sourceName,
    Optional<Integer> synchronizationUniverse,
    Optional<String> component) {
  /** The port of the standard. */
  public static final int PORT = 5568;

  /** Red, green and blue of 170 panels fill 510 of 512 slots. */
  public static final int COLOURS_PER_UNIVERSE = 170;

  private static final int LAST_UNIVERSE = 63_999;

  public SacnSettings {
    if (receiver.isPresent() && networkInterface.isPresent()) {
      throw new InvalidSetting(
          "networkInterface",
          "is given together with receiver, whose route decides",
          "leave one of them out");
    }
    InvalidSetting.inRange("port", port, 1, 65_535);
    InvalidSetting.inRange("firstUniverse", firstUniverse, 1, LAST_UNIVERSE);
    InvalidSetting.inRange("priority", priority, 0, 200);
    if (sourceName.isEmpty() || sourceName.getBytes(StandardCharsets.UTF_8).length > 63) {
      throw new InvalidSetting(
          "sourceName",
          "has %d bytes (expected 1 to 63)"
              .formatted(sourceName.getBytes(StandardCharsets.UTF_8).length),
          "give a shorter name");
    }
    if (synchronizationUniverse.isPresent()) {
      InvalidSetting.inRange(
          "synchronizationUniverse", synchronizationUniverse.get(), 1, LAST_UNIVERSE);
    }
    if (component.isPresent()) {
      try {
        UUID _ = UUID.fromString(component.get());
      } catch (IllegalArgumentException _) {
        throw new InvalidSetting(
            "component", "is '" + component.get() + "' (expected a UUID)", "leave it out");
      }
    }
  }

  /** Multicast from universe 1 at priority 100. */
  public static SacnSettings multicast() {
    return new SacnSettings(
        Optional.empty(),
        Optional.empty(),
        PORT,
        1,
        100,
        "Pixel Cube",
        Optional.empty(),
        Optional.empty());
  }

  /** The same, sent to one receiver only. */
  public SacnSettings to(String host, int toPort) {
    return new SacnSettings(
        Optional.of(host),
        Optional.empty(),
        toPort,
        firstUniverse,
        priority,
        sourceName,
        synchronizationUniverse,
        component);
  }

  /** The source's UUID. */
  public UUID cid() {
    return component
        .map(UUID::fromString)
        .orElseGet(() -> UUID.nameUUIDFromBytes(sourceName.getBytes(StandardCharsets.UTF_8)));
  }

  /** How many universes so many panels take. */
  public int universes(int panels) {
    int count = Math.ceilDiv(panels, COLOURS_PER_UNIVERSE);
    if (firstUniverse + count - 1 > LAST_UNIVERSE) {
      throw new InvalidSetting(
          "firstUniverse",
          "is %d, too high for %d universes".formatted(firstUniverse, count),
          "give at most " + (LAST_UNIVERSE - count + 1));
    }
    return count;
  }
}
