package org.pixelcube.config;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Collects warnings for the user and passes each distinct one on, once. Safe for many threads. */
public final class Warnings {
  private final Set<String> seen = Collections.synchronizedSet(new LinkedHashSet<>());
  private final Consumer<String> sink;

  /** A collector that hands each new warning to {@code sink}, at once. */
  public Warnings(Consumer<String> sink) {
    this.sink = sink;
  }

  /** A collector that prints {@code pixelcube: warning: …} lines. */
  public static Warnings printingTo(PrintStream out) {
    return new Warnings(text -> out.println("pixelcube: warning: " + text));
  }

  /** A collector that only collects. */
  public static Warnings silent() {
    return new Warnings(_ -> {});
  }

  /** Adds a warning, one line; a repeated one is dropped. */
  public void add(String text) {
    String line = text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    if (seen.add(line)) {
      sink.accept(line);
    }
  }

  /** All distinct warnings so far, in order of their first appearance. */
  public List<String> all() {
    synchronized (seen) {
      return List.copyOf(new ArrayList<>(seen));
    }
  }
}
