package org.pixelcube.cli;

import static java.util.Locale.ROOT;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.light.Lighting;
import org.pixelcube.stage.DrivePictures;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.EnvironmentPictures;
import org.pixelcube.stage.FlashWatch;
import org.pixelcube.stage.HeadlessPresenter;
import org.pixelcube.stage.Playback;
import org.pixelcube.stage.PlaybackClock;
import org.pixelcube.stage.PlaybackReport;
import org.pixelcube.stage.PlaybackSettings;
import org.pixelcube.stage.PlaybackSource;
import org.pixelcube.stage.Presenter;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SacnOutput;
import org.pixelcube.stage.SacnPresenter;
import org.pixelcube.stage.SacnSettings;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.ScreenPresenter;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequencePictures;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.WallPixels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube stage play} and {@code stage send}: light in real time. */
final class StagePlayback {
  private static final long AHEAD_BYTES = 512L << 20;
  private static final double AHEAD_SECONDS = 2;

  private StagePlayback() {}

  /** What is played, and how. */
  static final class Options {
    @Parameters(
        arity = "0..1",
        paramLabel = "SEQUENCE.json|FRAMES",
        description =
            "A sequence that stage plan wrote, or drive frames: the video or folder that stage"
                + " drive or stage sequence wrote.")
    private Optional<Path> input = Optional.empty();

    @Option(
        names = "--ahead",
        paramLabel = "N",
        description =
            "Pictures prepared ahead, before the first shows and from then on. Default two seconds,"
                + " or what fits in 512 MiB.")
    private Optional<Integer> ahead = Optional.empty();

    @Option(
        names = "--late-limit",
        paramLabel = "MS",
        defaultValue = "250",
        description = "A picture that is later than this ends it. Default ${DEFAULT-VALUE}.")
    private double lateMillis;

    @Option(
        names = "--mean-nits",
        paramLabel = "N",
        description =
            "Drive frames: the most that the wall shines in the mean over a second. Default 600.")
    private Optional<Double> meanNits = Optional.empty();

    @Option(
        names = "--allow-flashes",
        description =
            "Drive frames: play them though they flash more than three times a second. Only with"
                + " the consent of everyone present.")
    private boolean allowFlashes;

    @Option(
        names = "--report",
        paramLabel = "FILE.json",
        description = "Writes how evenly pictures were shown.")
    private Optional<Path> report = Optional.empty();

    @Option(names = "--dry-run", description = "Prepares and paces everything and sends nothing.")
    private boolean dryRun;

    private SafetyLimits limits() {
      SafetyLimits usual = SafetyLimits.DEFAULT;
      try {
        return new SafetyLimits(
            meanNits.orElse(usual.meanNits()),
            allowFlashes ? 0 : usual.flickerHertz(),
            usual.modulationPercent(),
            usual.rampSeconds());
      } catch (InvalidSetting e) {
        throw new UserError("--mean-nits", e.reason(), e.remedy(), e);
      }
    }
  }

  /** Opens what shows pictures, once it is known that there are some. */
  @FunctionalInterface
  private interface Opener {
    Presenter open(Rig rig, double framesPerSecond);
  }

  /** One playback. */
  private static final class Job {
    private final Console console;
    private final StageOptions stage;
    private final Options options;
    private final boolean verticalSync;
    private final Opener opener;
    private int status;

    Job(Console console, StageOptions stage, Options options, boolean verticalSync, Opener opener) {
      this.console = console;
      this.stage = stage;
      this.options = options;
      this.verticalSync = verticalSync;
      this.opener = opener;
    }

    void sequence(Path file, WallPixels pixels) {
      Sequence sequence = JsonSettings.read(file, Sequence.class);
      try (SequenceLights lights = new SequenceLights(pixels.rig(), sequence)) {
        SequenceRaster raster =
            StageSequence.checked(file.toString(), pixels.rig(), sequence, lights, console);
        play(
            new SequencePictures(raster, pixels),
            sequence.framesPerSecond(),
            sequence.limits(),
            new FlashWatch(sequence.limits(), sequence.framesPerSecond(), sequence.cycle().size()));
      }
    }

    void frames(Path path, WallPixels pixels) {
      SafetyLimits limits = options.limits();
      try (DrivePictures frames =
          DrivePictures.open(path, pixels, rampFrames(pixels.rig(), limits))) {
        unplanned(frames, limits);
      }
    }

    void environment(String map, Optional<Double> nits, Optional<Double> seconds, WallPixels to) {
      SafetyLimits limits = options.limits();
      try (Lighting lighting = Lighting.find(map, 30)) {
        double unit = nits.orElseGet(() -> DriveSettings.autoNits(to.rig(), lighting.at(0)));
        double length =
            seconds.orElse(lighting.durationSeconds() > 0 ? lighting.durationSeconds() : 10);
        DriveSettings settings;
        try {
          settings =
              new DriveSettings(unit, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.IRRADIANCE);
        } catch (InvalidSetting e) {
          throw new UserError("--nits", e.reason(), e.remedy(), e);
        }
        try (EnvironmentPictures pictures =
            new EnvironmentPictures(lighting, to, settings, length, rampFrames(to.rig(), limits))) {
          unplanned(pictures, limits);
        }
      }
    }

    private static int rampFrames(Rig rig, SafetyLimits limits) {
      return (int) Math.ceil(limits.rampSeconds() * rig.raster().framesPerSecond() - 1e-6);
    }

    private void unplanned(PlaybackSource source, SafetyLimits limits) {
      double rate = source.pixels().rig().raster().framesPerSecond();
      play(source, rate, limits, FlashWatch.ofFrames(limits, rate));
    }

    private void play(PlaybackSource source, double rate, SafetyLimits limits, FlashWatch watch) {
      Rig rig = source.pixels().rig();
      PlaybackSettings settings = settings(source, rate, limits);
      options.report.ifPresent(stage::checkFree);
      Playback.Outcome outcome;
      try (Presenter presenter = options.dryRun ? new HeadlessPresenter() : opener.open(rig, rate);
          Progress progress = stage.progress(console).open("play", source.frameCount(), 0)) {
        outcome =
            new Playback(
                    source,
                    presenter,
                    settings,
                    PlaybackClock.system(),
                    watch,
                    console.interruption())
                .play(progress::done);
      }
      print(outcome.report(), rig);
      options.report.ifPresent(file -> JsonSettings.write(file, outcome.report()));
      if (outcome.fault().orElse(null) instanceof Interruption.Requested) {
        console.err().println("pixelcube: stopped; the wall was ramped to black");
        status = Faults.INTERRUPTED;
        return;
      }
      outcome.orThrow();
    }

    private PlaybackSettings settings(PlaybackSource source, double rate, SafetyLimits limits) {
      WallPixels pixels = source.pixels();
      int usual =
          Math.max(
              3,
              Math.min(
                  PlaybackSettings.fitting((long) pixels.width() * pixels.height(), AHEAD_BYTES),
                  (int) Math.ceil(AHEAD_SECONDS * rate)));
      try {
        return new PlaybackSettings(
            rate,
            verticalSync && !options.dryRun,
            options.ahead.orElse(usual),
            options.lateMillis / 1e3,
            Math.min(limits.rampSeconds(), 5));
      } catch (InvalidSetting e) {
        String option = e.key().equals("aheadFrames") ? "--ahead" : "--late-limit";
        throw new UserError(option, e.reason(), e.remedy(), e);
      }
    }

    private void print(PlaybackReport r, Rig rig) {
      line(
          "%s: %d pictures shown at %s Hz by %s, %d bits a channel (the raster has %d); %d late, %d"
              + " dropped; mean %.0f cd/m²",
          r.presenter(),
          r.shown(),
          r.framesPerSecond(),
          r.pacing(),
          r.bits(),
          rig.raster().bits(),
          r.late(),
          r.dropped(),
          r.meanNits());
      line(
          "error of intervals: mean %.1f µs, standard deviation %.1f µs, 95 %% within %.1f µs, 99 %%"
              + " within %.1f µs, worst %.1f µs",
          r.meanMicros(),
          r.deviationMicros(),
          r.percentile95Micros(),
          r.percentile99Micros(),
          r.worstMicros());
    }

    private void line(String text, Object... values) {
      console.out().println(String.format(ROOT, text, values));
    }
  }

  /** {@code pixelcube stage play}. */
  @Command(
      name = "play",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Plays a sequence or drive frames in real time, full screen, eight bits a channel.",
        "On any fault, and when it is stopped, the wall goes to black by a ramp."
      })
  static final class Play implements Callable<Integer> {
    private final Console console;
    @Mixin private StageOptions stage;
    @Mixin private Options options;

    @Option(
        names = "--screen",
        paramLabel = "N",
        defaultValue = "0",
        description = "Which screen, from 0. Default ${DEFAULT-VALUE}.")
    private int screen;

    @Option(
        names = "--vsync",
        description = "Paced by the screen in place of a timer, if the system waits for it.")
    private boolean verticalSync;

    Play(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Rig rig = stage.rig();
      Path input =
          Outputs.required("SEQUENCE.json|FRAMES", options.input.orElse(null), "stage play");
      Job job = new Job(console, stage, options, verticalSync, this::open);
      WallPixels pixels = WallPixels.raster(rig);
      if (input.toString().endsWith(".json")) {
        job.sequence(input, pixels);
      } else {
        job.frames(input, pixels);
      }
      return job.status;
    }

    private Presenter open(Rig rig, double framesPerSecond) {
      ScreenPresenter presenter = ScreenPresenter.open(screen, rig.raster(), framesPerSecond);
      if (verticalSync) {
        try {
          presenter.requireVerticalSync(framesPerSecond);
        } catch (RuntimeException e) {
          presenter.close();
          throw e;
        }
      }
      return presenter;
    }
  }

  /** {@code pixelcube stage send}. */
  @Command(
      name = "send",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Sends a colour for each panel by E1.31 (streaming ACN) at the wall's rate: the mean of what"
            + " the panel would show.",
        "On any fault, and when it is stopped, the panels go to black by a ramp."
      })
  static final class Send implements Callable<Integer> {
    /** What DMX512 carries of full universes; receivers that turn into it show no more. */
    private static final double DMX_RATE = 44;

    private final Console console;
    @Mixin private StageOptions stage;
    @Mixin private Options options;

    @Option(
        names = "--env",
        paramLabel = "MAP",
        description =
            "In place of a sequence or frames: an environment, as stage drive takes it. Light beyond"
                + " the peak is cut off.")
    private Optional<String> env = Optional.empty();

    @Option(
        names = "--nits",
        paramLabel = "N",
        description = "Luminance of the map's radiance 1. Default as for stage drive.")
    private Optional<Double> nits = Optional.empty();

    @Option(
        names = "--seconds",
        paramLabel = "S",
        description = "How long the map is shown. Default its length, 10 for a still.")
    private Optional<Double> seconds = Optional.empty();

    @Option(
        names = "--to",
        paramLabel = "HOST[:PORT]",
        description = "The receiver. Default multicast, port 5568.")
    private Optional<String> receiver = Optional.empty();

    @Option(
        names = "--interface",
        paramLabel = "NAME",
        description = "The network interface for multicast, such as eth0.")
    private Optional<String> networkInterface = Optional.empty();

    @Option(
        names = "--universe",
        paramLabel = "N",
        defaultValue = "1",
        description = "The first universe; 170 panels in each. Default ${DEFAULT-VALUE}.")
    private int universe;

    @Option(
        names = "--priority",
        paramLabel = "N",
        defaultValue = "100",
        description = "0 to 200: of several sources the highest wins. Default ${DEFAULT-VALUE}.")
    private int priority;

    @Option(
        names = "--sync",
        paramLabel = "N",
        description = "Universe of synchronization packets, which make all panels show at once.")
    private Optional<Integer> sync = Optional.empty();

    Send(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      Rig rig = stage.rig();
      if (env.isPresent() == options.input.isPresent()) {
        throw new UserError(
            "SEQUENCE.json|FRAMES",
            env.isPresent() ? "is given together with --env" : "is missing",
            "give a sequence, drive frames or --env MAP");
      }
      if (seconds.isPresent() && !(seconds.get() > 0 && seconds.get() <= 86_400)) {
        throw new UserError(
            "--seconds", "is %s, must be 0 to 86400".formatted(seconds.get()), "mend it");
      }
      SacnSettings settings = settings(rig);
      if (rig.raster().framesPerSecond() > DMX_RATE) {
        console
            .warnings()
            .add(
                String.format(
                    ROOT,
                    "%s colours a second: receivers that turn E1.31 into DMX512 take %.0f at most",
                    rig.raster().framesPerSecond(),
                    DMX_RATE));
      }
      if (options.dryRun) {
        patch(rig, settings);
      }
      Job job = new Job(console, stage, options, false, (r, _) -> open(r, settings));
      WallPixels pixels = WallPixels.panels(rig);
      if (env.isPresent()) {
        job.environment(env.get(), nits, seconds, pixels);
      } else if (options.input.get().toString().endsWith(".json")) {
        job.sequence(options.input.get(), pixels);
      } else {
        job.frames(options.input.get(), pixels);
      }
      return job.status;
    }

    private static Presenter open(Rig rig, SacnSettings settings) {
      int panels = rig.panels().size();
      SacnOutput output = new SacnOutput(settings, panels);
      try {
        output.reach();
      } catch (RuntimeException e) {
        output.close();
        throw e;
      }
      return new SacnPresenter(output, panels);
    }

    private SacnSettings settings(Rig rig) {
      SacnSettings usual = SacnSettings.multicast();
      try {
        int port = SacnSettings.PORT;
        Optional<String> host = receiver;
        int colon = receiver.map(text -> text.lastIndexOf(':')).orElse(-1);
        if (colon >= 0) {
          host = Optional.of(receiver.get().substring(0, colon));
          port = port(receiver.get().substring(colon + 1));
        }
        SacnSettings settings =
            new SacnSettings(
                host,
                networkInterface,
                port,
                universe,
                priority,
                usual.sourceName(),
                sync,
                Optional.empty());
        int last = universe + settings.universes(rig.panels().size()) - 1;
        if (sync.isPresent() && sync.get() >= universe && sync.get() <= last) {
          throw new UserError(
              "--sync",
              "is %d, which carries colours".formatted(sync.get()),
              "give a universe outside %d to %d".formatted(universe, last));
        }
        return settings;
      } catch (InvalidSetting e) {
        String option =
            switch (e.key()) {
              case "firstUniverse" -> "--universe";
              case "synchronizationUniverse" -> "--sync";
              case "networkInterface" -> "--interface";
              case "port" -> "--to";
              default -> "--" + e.key();
            };
        throw new UserError(option, e.reason(), e.remedy(), e);
      }
    }

    private int port(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new UserError("--to", "is '" + receiver.get() + "'", "give HOST or HOST:PORT", e);
      }
    }

    /** Which panel listens where. */
    private void patch(Rig rig, SacnSettings settings) {
      List<Rig.Panel> panels = rig.panels();
      for (int p = 0; p < panels.size(); p++) {
        console
            .out()
            .println(
                String.format(
                    ROOT,
                    "%-16s universe %5d, slots %3d to %3d",
                    panels.get(p).name(),
                    settings.firstUniverse() + p / SacnSettings.COLOURS_PER_UNIVERSE,
                    3 * (p % SacnSettings.COLOURS_PER_UNIVERSE) + 1,
                    3 * (p % SacnSettings.COLOURS_PER_UNIVERSE) + 3));
      }
    }
  }
}
