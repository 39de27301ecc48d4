package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Sequence;

/**
 * Which frames of the wall make each output: one output for each cycle, at the moment of its
 * reference frame, with every light of the cycle brought there.
 *
 * @param outputs in order
 * @param incomplete cycles that have no output since a frame is missing or faulty
 */
record CapturePlan(List<Output> outputs, int incomplete) {
  /** Motion is not followed over more than this many of the usual gaps. */
  private static final int MOST_GAPS = 2;

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

  /** Carried along the motion from the reference to the tracking frames round it. */
  record Tracked(int counter, int reference, int before, int after) implements Source {
    double share() {
      return (double) (counter - before) / (after - before);
    }

    @Override
    public List<Integer> needs() {
      return List.of(counter, reference, before, after);
    }
  }

  /** Between two frames under its own light. */
  record Between(int counter, int after, int reference) implements Source {
    double share() {
      return (double) (reference - counter) / (after - counter);
    }

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
      return new CapturePlan(List.of(), 0);
    }
    List<Label> cycle = sequence.labels();
    Optional<Label> tracking = sequence.trackingLabel();
    int referenceSlot = cycle.indexOf(tracking.orElseGet(() -> firstLit(cycle)));
    List<Output> outputs = new ArrayList<>();
    int incomplete = 0;
    int firstCycle = there.stream().mapToInt(sequence::cycleOf).min().orElseThrow();
    for (int k = firstCycle; k <= sequence.cycleOf(last); k++) {
      int reference = sequence.firstFullFrame() + k * cycle.size() + referenceSlot;
      Optional<Map<Label, Source>> sources =
          tracking.isPresent()
              ? tracked(sequence, cycle, reference, tracking.get(), there)
              : between(cycle, reference, there);
      if (sources.isPresent()) {
        outputs.add(new Output(reference, sources.get()));
      } else if (reference > there.stream().mapToInt(i -> i).min().orElseThrow()
          && reference + cycle.size() <= last) {
        incomplete++;
      }
    }
    return new CapturePlan(outputs, incomplete);
  }

  private static Label firstLit(List<Label> cycle) {
    return cycle.stream()
        .filter(label -> label.kind() != Label.Kind.MATTE && label.kind() != Label.Kind.BLACK)
        .findFirst()
        .orElse(cycle.getFirst());
  }

  /** The frames from the reference to that of the next cycle. */
  private static Optional<Map<Label, Source>> tracked(
      Sequence sequence, List<Label> cycle, int reference, Label tracking, Set<Integer> there) {
    if (!there.contains(reference)) {
      return Optional.empty();
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
      int before = counter - 1;
      while (before > reference
          && !(there.contains(before) && label(cycle, sequence, before).equals(tracking))) {
        before--;
      }
      int after = counter + 1;
      int limit = before + MOST_GAPS * usual;
      while (after <= limit
          && !(there.contains(after) && label(cycle, sequence, after).equals(tracking))) {
        after++;
      }
      if (!there.contains(counter) || after > limit) {
        return Optional.empty();
      }
      sources.put(label, new Tracked(counter, reference, before, after));
    }
    return Optional.of(sources);
  }

  private static Label label(List<Label> cycle, Sequence sequence, int counter) {
    return cycle.get(Math.floorMod(counter - sequence.firstFullFrame(), cycle.size()));
  }

  /** Every other light between its frames before and after the reference. */
  private static Optional<Map<Label, Source>> between(
      List<Label> cycle, int reference, Set<Integer> there) {
    if (!there.contains(reference)) {
      return Optional.empty();
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
        return Optional.empty();
      }
      sources.put(label, new Between(before, after, reference));
    }
    return Optional.of(sources);
  }
}
