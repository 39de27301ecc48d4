package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Sequence;

/**
 * Which frames of the wall make each output: one output for each cycle, at the moment of its
 * reference frame, with every light of the cycle brought there.
 *
 * @param outputs in order
 * @param missing cycles that have no output
 */
record CapturePlan(List<Output> outputs, List<Missing> missing) {
  /** Motion is not followed over more than this many of the usual gaps. */
  private static final int MOST_GAPS = 2;

  /** Frames further than this many usual gaps before the reference are not mixed in. */
  private static final int GAPS_BEFORE = 2;

  /**
   * A cycle without output.
   *
   * @param reference the counter of its reference frame
   * @param inside whether the footage goes on before and after it
   * @param counter the frame of the wall that is wanted and cannot be used
   * @param reason in a few words
   */
  record Missing(int reference, boolean inside, int counter, String reason) {}

  /** Either the frames of an output, or what is missing. */
  private record Attempt(Map<Label, Source> sources, int counter, String reason) {
    static Attempt without(int counter, String reason) {
      return new Attempt(null, counter, reason);
    }
  }

  /** Cycles within the footage that have no output since a frame is missing or faulty. */
  int incomplete() {
    return (int) missing.stream().filter(Missing::inside).count();
  }

  /**
   * One moment.
   *
   * @param reference the counter of the frame whose moment it is
   * @param sources how the picture under each label comes about
   */
  record Output(int reference, Map<Label, Source> sources) {}

  /** How a picture is brought to the moment of the reference frame. */
  sealed interface Source {
    /** The counters of all frames that it takes. */
    List<Integer> needs();

    /** The counter of the frame that is seen, or the one before it. */
    int counter();
  }

  /** The frame itself. */
  record Exact(int counter) implements Source {
    @Override
    public List<Integer> needs() {
      return List.of(counter);
    }
  }

  /**
   * Carried along the motion from the reference to the tracking frames round it: the frame that
   * comes after the reference, mixed with the one of the same light before it, the nearer the more.
   */
  record Tracked(int reference, Leg next, Optional<Leg> previous) implements Source {
    @Override
    public int counter() {
      return next.counter;
    }

    @Override
    public List<Integer> needs() {
      return Stream.concat(
              Stream.of(reference),
              Stream.concat(Stream.of(next), previous.stream()).flatMap(Leg::needs))
          .distinct()
          .toList();
    }
  }

  /**
   * A frame and the tracking frames whose motion tells where it is seen.
   *
   * @param near the one between it and the reference, or the reference
   * @param far the one on its other side
   * @param beyond the one past {@code near}, −1 if there is none
   */
  record Leg(int counter, int near, int far, int beyond) {
    Stream<Integer> needs() {
      return Stream.of(counter, near, far, beyond).filter(k -> k >= 0);
    }
  }

  /** Between two frames under its own light. */
  record Between(int counter, int after, int reference) implements Source {
    @Override
    public List<Integer> needs() {
      return List.of(counter, after);
    }
  }

  /** Plans by the frames that may be used. */
  static CapturePlan of(Sequence sequence, int[] counters) {
    Set<Integer> there = new HashSet<>();
    int last = -1;
    for (int counter : counters) {
      if (counter >= 0 && sequence.isFull(counter)) {
        there.add(counter);
        last = Math.max(last, counter);
      }
    }
    if (there.isEmpty()) {
      return new CapturePlan(List.of(), List.of());
    }
    List<Label> cycle = sequence.labels();
    Optional<Label> tracking = sequence.trackingLabel();
    int referenceSlot = cycle.indexOf(tracking.orElseGet(() -> firstLit(cycle)));
    List<Output> outputs = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    int begin = there.stream().mapToInt(i -> i).min().orElseThrow();
    int firstCycle = sequence.cycleOf(begin);
    for (int k = firstCycle; k <= sequence.cycleOf(last); k++) {
      int reference = sequence.firstFullFrame() + k * cycle.size() + referenceSlot;
      Attempt made =
          tracking.isPresent()
              ? tracked(sequence, cycle, reference, tracking.get(), there)
              : between(cycle, reference, there);
      if (made.sources != null) {
        outputs.add(new Output(reference, made.sources));
      } else {
        boolean inside = reference - cycle.size() >= begin && reference + cycle.size() <= last;
        missing.add(new Missing(reference, inside, made.counter, made.reason));
      }
    }
    return new CapturePlan(outputs, missing);
  }

  private static Label firstLit(List<Label> cycle) {
    return cycle.stream()
        .filter(label -> label.kind() != Label.Kind.MATTE && label.kind() != Label.Kind.BLACK)
        .findFirst()
        .orElse(cycle.getFirst());
  }

  /** The frames from the reference to that of the next cycle. */
  private static Attempt tracked(
      Sequence sequence, List<Label> cycle, int reference, Label tracking, Set<Integer> there) {
    if (!there.contains(reference)) {
      return Attempt.without(reference, "the frame whose moment it would be cannot be used");
    }
    int usual = 1;
    int run = 1;
    for (Label label : cycle) {
      run = label.equals(tracking) ? 1 : run + 1;
      usual = Math.max(usual, run);
    }
    if (cycle.stream().filter(tracking::equals).count() == 1) {
      usual = cycle.size();
    }
    int firstTracking =
        there.stream()
            .mapToInt(i -> i)
            .filter(i -> label(cycle, sequence, i).equals(tracking))
            .min()
            .orElseThrow();
    Map<Label, Source> sources = new HashMap<>();
    sources.put(tracking, new Exact(reference));
    int n = cycle.size();
    for (int counter = reference + 1; counter < reference + n; counter++) {
      Label label = label(cycle, sequence, counter);
      if (label.equals(tracking)
          || label.kind() == Label.Kind.BLACK
          || sources.containsKey(label)) {
        continue;
      }
      int reach = MOST_GAPS * usual;
      int before = nearest(sequence, cycle, tracking, there, counter, -1, counter - reference);
      int after =
          before < 0
              ? -1
              : nearest(sequence, cycle, tracking, there, counter, 1, before + reach - counter);
      if (!there.contains(counter)) {
        return Attempt.without(counter, label + " cannot be used");
      }
      if (before < 0 || after < 0) {
        return Attempt.without(
            counter, "no %s frame near %s to follow motion by".formatted(tracking, label));
      }
      Leg next =
          new Leg(
              counter, before, after, nearest(sequence, cycle, tracking, there, before, -1, reach));
      Leg previous = null;
      int earlier = counter - n;
      boolean isMixed = reference - earlier <= GAPS_BEFORE * usual;
      if (isMixed && label.kind() == Label.Kind.LIGHT && earlier < firstTracking) {
        // From one side only, light that changes on what moves would be that of another moment.
        return Attempt.without(
            earlier,
            "no %s frame before it to follow the motion of %s by".formatted(tracking, label));
      }
      if (isMixed && there.contains(earlier)) {
        int near = nearest(sequence, cycle, tracking, there, earlier, 1, reference - earlier);
        int far = nearest(sequence, cycle, tracking, there, earlier, -1, near + reach - earlier);
        if (far >= 0) {
          previous =
              new Leg(
                  earlier, near, far, nearest(sequence, cycle, tracking, there, near, 1, reach));
        }
      }
      sources.put(label, new Tracked(reference, next, Optional.ofNullable(previous)));
    }
    return new Attempt(sources, -1, "");
  }

  /**
   * The nearest tracking frame that is there.
   *
   * @param from where to begin, not itself
   * @param way 1 or −1
   * @param reach how far to look
   * @return −1 if there is none
   */
  private static int nearest(
      Sequence sequence,
      List<Label> cycle,
      Label tracking,
      Set<Integer> there,
      int from,
      int way,
      int reach) {
    for (int k = 1; k <= reach; k++) {
      int counter = from + way * k;
      if (there.contains(counter) && label(cycle, sequence, counter).equals(tracking)) {
        return counter;
      }
    }
    return -1;
  }

  private static Label label(List<Label> cycle, Sequence sequence, int counter) {
    return cycle.get(Math.floorMod(counter - sequence.firstFullFrame(), cycle.size()));
  }

  /** Every other light between its frames before and after the reference. */
  private static Attempt between(List<Label> cycle, int reference, Set<Integer> there) {
    if (!there.contains(reference)) {
      return Attempt.without(reference, "the frame whose moment it would be cannot be used");
    }
    int n = cycle.size();
    int slot = -1;
    Map<Label, Source> sources = new TreeMap<>(java.util.Comparator.comparing(Label::toString));
    Label own = null;
    for (int i = 0; i < n; i++) {
      if (cycle.get(i).equals(firstLit(cycle))) {
        slot = i;
        own = cycle.get(i);
        break;
      }
    }
    sources.put(own, new Exact(reference));
    for (int i = 1; i < n; i++) {
      Label label = cycle.get((slot + i) % n);
      if (label.kind() == Label.Kind.BLACK || sources.containsKey(label)) {
        continue;
      }
      int after = reference + i;
      int before = after - n;
      if (!there.contains(after) || !there.contains(before)) {
        return Attempt.without(
            there.contains(after) ? before : after, label + " cannot be used on both sides");
      }
      sources.put(label, new Between(before, after, reference));
    }
    return new Attempt(sources, -1, "");
  }
}
