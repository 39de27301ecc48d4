package org.pixelcube.torch;

import java.util.Map;
import java.util.Optional;
import org.pixelcube.config.UserError;

/**
 * A process's number among those of one run, and where they meet.
 *
 * @param rank from 0; the first one writes files and speaks
 * @param size how many there are
 * @param localRank from 0 among those of the same machine, which is the number of the card
 * @param localSize how many are on the same machine
 * @param address of the machine of rank 0
 * @param port of rank 0 there
 */
public record Rendezvous(
    int rank, int size, int localRank, int localSize, String address, int port) {
  private static final int MOST = 4096;

  public Rendezvous {
    inRange("WORLD_SIZE", size, 1, MOST);
    inRange("RANK", rank, 0, size - 1);
    inRange("LOCAL_WORLD_SIZE", localSize, 1, size);
    inRange("LOCAL_RANK", localRank, 0, localSize - 1);
    inRange("MASTER_PORT", port, 1, 65535);
    if (address.isBlank()) {
      throw new UserError("MASTER_ADDR", "is empty", "give the address of the first process");
    }
  }

  private static void inRange(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new UserError(
          name,
          "is %d, must be %d to %d".formatted(value, low, high),
          "correct the environment variable");
    }
  }

  /**
   * What the environment says, in the names that torchrun uses: RANK, WORLD_SIZE, MASTER_ADDR,
   * MASTER_PORT, and LOCAL_RANK and LOCAL_WORLD_SIZE where several processes share a machine.
   *
   * @return empty where RANK and WORLD_SIZE are not set
   * @throws UserError if a variable is missing or wrong
   */
  public static Optional<Rendezvous> of(Map<String, String> environment) {
    if (!environment.containsKey("RANK") && !environment.containsKey("WORLD_SIZE")) {
      return Optional.empty();
    }
    int localRank = number(environment, "LOCAL_RANK", 0);
    return Optional.of(
        new Rendezvous(
            number(environment, "RANK", -1),
            number(environment, "WORLD_SIZE", -1),
            localRank,
            number(environment, "LOCAL_WORLD_SIZE", localRank + 1),
            text(environment, "MASTER_ADDR"),
            number(environment, "MASTER_PORT", -1)));
  }

  private static String text(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new UserError(
          name,
          "is not set, but RANK or WORLD_SIZE is",
          "set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or none of them");
    }
    return value;
  }

  /** A variable's number; {@code otherwise} where it may be absent, −1 where it may not. */
  private static int number(Map<String, String> environment, String name, int otherwise) {
    if (otherwise >= 0 && !environment.containsKey(name)) {
      return otherwise;
    }
    String value = text(environment, name);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UserError(
          name, "is '%s', must be a whole number".formatted(value), "correct it", e);
    }
  }

  /** What the processes of one machine are told in their environment. */
  public Map<String, String> environment() {
    return Map.of(
        "RANK", Integer.toString(rank),
        "WORLD_SIZE", Integer.toString(size),
        "LOCAL_RANK", Integer.toString(localRank),
        "LOCAL_WORLD_SIZE", Integer.toString(localSize),
        "MASTER_ADDR", address,
        "MASTER_PORT", Integer.toString(port));
  }

  /**
   * The device of a name as in {@link Device#named}, with a card of its own for each process of a
   * machine.
   *
   * @throws UserError if the name is that of one card, or there are too few
   */
  public Device device(String name) {
    if (size > 1 && name.startsWith("cuda:")) {
      throw new UserError(
          name, "is one card for %d processes".formatted(size), "give cuda: each takes its own");
    }
    boolean cards = name.equals("cuda") || name.equals("auto") && Torch.cudaDevices() > 0;
    return Device.named(cards ? "cuda:" + localRank : name);
  }
}
