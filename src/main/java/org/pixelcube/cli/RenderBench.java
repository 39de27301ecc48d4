package org.pixelcube.cli;

import static java.lang.String.format;
import static java.util.Locale.ROOT;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pixelcube.dataset.FilmedSubject;
import org.pixelcube.head.Casting;
import org.pixelcube.head.HeadAssets;
import org.pixelcube.render.Instance;
import org.pixelcube.render.RenderBenchmark;
import org.pixelcube.render.RenderBenchmark.Coding;
import org.pixelcube.render.RenderBenchmark.Difference;
import org.pixelcube.render.RenderBenchmark.Fidelity;
import org.pixelcube.render.RenderBenchmark.FieldTime;
import org.pixelcube.render.RenderBenchmark.Furnace;
import org.pixelcube.render.Scene;
import org.pixelcube.render.TraceBenchmark;
import org.pixelcube.render.TriangleMesh;

/** {@code pixelcube bench render}: measures and prints a table. */
final class RenderBench {
  /** Pixels a side of the frames whose time is measured. */
  private static final int SIZE = 256;

  /**
   * Pixels a side of the pictures that are compared: small, with many rays a pixel, since noise
   * darkens a tone-mapped picture.
   */
  private static final int FIDELITY_SIZE = 128;

  private static final long[] PEOPLE = {1, 2, 3};
  private static final double FURNACE_AIM = 0.001;
  private static final double PSNR_AIM = 40;
  private static final double COST_AIM = 1.5;
  private static final double RAYS_AIM = 0.8;
  private static final double FIELD_SECONDS_AIM = 4;
  private static final double RELIGHT_AIM = 200;
  private static final double TOLERANCE = 0.02;

  private final Console console;
  private final boolean quick;

  RenderBench(Console console, boolean quick) {
    this.console = console;
    this.quick = quick;
  }

  void run(Optional<Path> heads) {
    furnaces();
    List<RenderBenchmark.Subject> subjects = subjects(heads);
    fidelity(subjects.getFirst().scene(1, quick ? 64 : FIDELITY_SIZE), subjects.getFirst().name());
    Scene scene = subjects.getFirst().scene(1, SIZE);
    rays(scene);
    fields(subjects);
  }

  private List<RenderBenchmark.Subject> subjects(Optional<Path> heads) {
    if (heads.isEmpty()) {
      console
          .warnings()
          .add("no --heads given: a ball with hair stands for heads, and its figures are its own");
      return List.of(RenderBenchmark.ball());
    }
    Casting casting = Casting.of(HeadAssets.open(heads.get(), this::progress));
    List<RenderBenchmark.Subject> subjects = new java.util.ArrayList<>();
    for (long person : quick ? new long[] {PEOPLE[0]} : PEOPLE) {
      progress("casting person " + person);
      subjects.add(FilmedSubject.cast(casting, person));
    }
    return subjects;
  }

  private void furnaces() {
    title("furnace: white matter under white light, mean over a ball");
    line("  %-20s %12s %12s %8s", "", "deviation", "± error", "aim");
    for (Furnace f : RenderBenchmark.furnaces(quick ? 2 : 6, this::progress)) {
      line(
          "  %-20s %11.4f%% %11.4f%% %7.1f%%  %s",
          f.material() + (f.field() ? ", field" : ", direct"),
          100 * f.deviation(),
          100 * f.standardError(),
          100 * FURNACE_AIM,
          verdict(Math.abs(f.deviation()) <= FURNACE_AIM));
    }
  }

  private void fidelity(Scene scene, String name) {
    Fidelity f = RenderBenchmark.fidelity(scene, quick ? 64 : 256, 12, this::progress);
    title(
        format(
            ROOT,
            "field against direct rendering: %s, %d×%d, %d lights; field %d rays a pixel, direct as"
                + " many as make it as noisy, two runs of each",
            name,
            f.size(),
            f.size(),
            f.columns(),
            f.fieldSamples()));
    line(
        "  %-12s %8s %10s %14s %10s %8s   %s",
        "map", "rays", "PSNR", "without noise", "ceiling", "aim", "core-seconds to be as noisy");
    for (Difference d : f.differences()) {
      // Where noise hides the difference, the difference itself counts.
      boolean met = Math.max(d.psnr(), d.psnrWithoutNoise()) >= PSNR_AIM;
      line(
          "  %-12s %8d %7.1f dB %11.1f dB %7.1f dB %5.0f dB  %s  %.1f",
          d.map(),
          d.directSamples(),
          d.psnr(),
          d.psnrWithoutNoise(),
          d.ceiling(),
          PSNR_AIM,
          verdict(met),
          d.equalNoiseCoreSeconds());
    }
    line(
        "  all lights: %.1f core-seconds, %.2f of one (aim %.1f)  %s",
        f.fieldCost().coreSeconds(), f.costRatio(), COST_AIM, verdict(f.costRatio() <= COST_AIM));
  }

  private void rays(Scene scene) {
    TriangleMesh mesh =
        scene.instances().stream()
            .map(Instance::shape)
            .filter(shape -> shape.name().equals("skin"))
            .findFirst()
            .orElseThrow()
            .mesh();
    progress("rays");
    TraceBenchmark.Report report = TraceBenchmark.run(mesh, quick ? 11 : 31);
    title(
        format(
            ROOT,
            "rays against the skin, %d triangles; hierarchy built in %.0f ms, refitted in %.1f ms",
            report.triangles(),
            1e3 * report.buildSeconds(),
            1e3 * report.refitSeconds()));
    for (TraceBenchmark.Measure m : report.measures()) {
      String kind =
          format(
              ROOT,
              "%s, %s, %d thread%s",
              m.coherent() ? "coherent" : "scattered",
              m.any() ? "any" : "nearest",
              m.threads(),
              m.threads() == 1 ? "" : "s");
      if (m.ratio().isEmpty()) {
        line("  %-32s %6.2f M/s; Embree not found", kind, 1e-6 * m.raysPerSecond());
      } else {
        line(
            "  %-32s %6.2f M/s, Embree %6.2f M/s, ratio %.2f (aim %.1f), agree %.4f%%  %s",
            kind,
            1e-6 * m.raysPerSecond(),
            1e-6 * m.embreeRaysPerSecond().orElseThrow(),
            m.ratio().orElseThrow(),
            RAYS_AIM,
            100 * m.agreement().orElseThrow(),
            verdict(m.ratio().orElseThrow() >= RAYS_AIM));
      }
    }
  }

  private void fields(List<RenderBenchmark.Subject> subjects) {
    title(
        format(ROOT, "a frame's field at %d×%d: 144 cells, 16 suns, posing included", SIZE, SIZE));
    int frames = quick ? 1 : 3;
    RenderBenchmark.Frames first = null;
    double[] seconds = new double[subjects.size()];
    for (int i = 0; i < subjects.size(); i++) {
      progress("frames of " + subjects.get(i).name());
      RenderBenchmark.Frames taken = RenderBenchmark.frames(subjects.get(i), SIZE, frames);
      first = first == null ? taken : first;
      FieldTime time = taken.time();
      // Two cores share the work evenly; the clock also counts what other programs do.
      seconds[i] = time.median().coreSeconds() / 2;
      line(
          "  %-36s %6d pixels, %5.2f core-seconds, %5.2f s on the clock",
          time.subject(), time.pixels(), time.median().coreSeconds(), time.median().wallSeconds());
    }
    java.util.Arrays.sort(seconds);
    double middle = seconds[seconds.length / 2];
    line(
        "  median %.2f s on two cores (aim %.0f s)  %s",
        middle, FIELD_SECONDS_AIM, verdict(middle <= FIELD_SECONDS_AIM));
    progress("storing and relighting");
    stored(RenderBenchmark.coding(first.fields(), TOLERANCE));
  }

  private void stored(Coding c) {
    int cores = Runtime.getRuntime().availableProcessors();
    title("relighting " + SIZE + "×" + SIZE);
    rate("from stored form", c.rates().coded(), c.rates().codedCore() * cores);
    rate("from the raw field", c.rates().field(), c.rates().fieldCore() * cores);
    line("  weights of a map of 1024×512: %.0f ms", 1e3 * c.rates().weightSeconds());
    title("storing");
    line(
        "  %.0f kB a frame and %.0f kB of planes (raw %.1f MB), %.0f kB a clip, %d patterns",
        c.fieldBytes() / 1e3,
        c.planeBytes() / 1e3,
        c.rawBytes() / 1e6,
        c.basisBytes() / 1e3,
        c.rank());
    double worst = c.errors().stream().mapToDouble(e -> e).max().orElseThrow();
    line(
        "  relative error %s, worst %.2f%% (aim %.0f%%)  %s",
        RenderBenchmark.MAPS.stream()
            .map(name ->
                format(
                    ROOT,
                    "%s %.2f%%",
                    name,
                    100 * c.errors().get(RenderBenchmark.MAPS.indexOf(name))))
            .toList(),
        100 * worst,
        100 * TOLERANCE,
        verdict(worst <= TOLERANCE));
    line(
        "  taking noise out %.2f core-seconds a frame, encoding %.2f, decoding %.2f",
        c.denoise().coreSeconds(), c.encode().coreSeconds(), c.decode().coreSeconds());
  }

  private void rate(String what, double perSecond, double perQuietSecond) {
    line(
        "  %-20s %6.0f a second, %6.0f by processor time (aim %.0f)  %s",
        what,
        perSecond,
        perQuietSecond,
        RELIGHT_AIM,
        verdict(Math.max(perSecond, perQuietSecond) >= RELIGHT_AIM));
  }

  private static String verdict(boolean met) {
    return met ? "PASS" : "MISS";
  }

  private void progress(String text) {
    console.interruption().check();
    console.err().println("pixelcube: " + text);
  }

  private void title(String text) {
    line("");
    line("%s", text);
  }

  private void line(String format, Object... values) {
    PrintStream out = console.out();
    out.println(format(ROOT, format, values));
    out.flush();
  }
}
