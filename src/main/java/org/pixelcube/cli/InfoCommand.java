package org.pixelcube.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.video.AudioTrack;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.ColorTags;
import org.pixelcube.video.PictureFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube info}: what a clip, a picture or a map is. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Tells what clips, pictures and environment maps are.")
final class InfoCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Clips, pictures, maps.")
  private List<Path> files;

  @Option(names = "--json", description = "Print a JSON list.")
  private boolean json;

  InfoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Path file : files) {
      Map<String, Object> facts = facts(file);
      all.add(facts);
      if (!json) {
        print(console.out(), facts);
      }
    }
    if (json) {
      console.out().print(JsonSettings.toJson(all));
    }
    return 0;
  }

  private static Map<String, Object> facts(Path file) {
    ClipInfo info;
    try (ClipReader reader = ClipReader.open(file)) {
      info = reader.info();
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", file.toString());
    facts.put("kind", info.still() ? "still" : "clip");
    facts.put("container", info.container());
    facts.put("codec", info.codec());
    facts.put("width", info.width());
    facts.put("height", info.height());
    facts.put("bitsPerSample", info.bitsPerSample());
    facts.put("alpha", info.hasAlpha());
    ColorTags color = info.color();
    facts.put("primaries", word(color.primaries()));
    facts.put("transfer", word(color.transfer()));
    facts.put("matrix", word(color.matrix()));
    facts.put("range", word(color.range()));
    facts.put("colorAssumed", color.assumed());
    if (info.still()) {
      mapFacts(file, info, facts);
    } else {
      facts.put("framesPerSecond", round(info.frameRate().toDouble()));
      facts.put("variableFrameRate", info.variableFrameRate());
      facts.put("timeBase", info.timeBase().toString());
      facts.put("frames", info.frameCount());
      facts.put("durationSeconds", round(info.durationSeconds()));
      facts.put("rotationDegrees", info.rotationDegrees());
      facts.put("audio", info.audio().stream().map(InfoCommand::sound).toList());
    }
    return facts;
  }

  /** For a lat-long picture in linear light: what matters of it as a light. */
  private static void mapFacts(Path file, ClipInfo info, Map<String, Object> facts) {
    if (info.width() != 2 * info.height() || info.color().transfer() != ColorTags.Transfer.LINEAR) {
      return;
    }
    EnvironmentMap map = EnvironmentMap.of(PictureFile.read(file), file.toString());
    float peak = 0;
    for (float value : map.luminance()) {
      peak = Math.max(peak, value);
    }
    facts.put("kind", "map");
    facts.put("peakLuminance", round(peak));
    facts.put("meanLuminance", round(map.meanRadiance().luminance()));
    facts.put("autoExposureStops", round(Exposure.auto(map).stops()));
    facts.put("repairedSamples", map.repairedSamples());
  }

  private static Map<String, Object> sound(AudioTrack track) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("codec", track.codec());
    facts.put("sampleRateHz", track.sampleRateHz());
    facts.put("channels", track.channels());
    return facts;
  }

  private static void print(PrintStream out, Map<String, Object> facts) {
    facts.forEach((key, value) -> {
      if (key.equals("file")) {
        out.println(value);
      } else {
        out.printf(
            Locale.ROOT,
            "  %-18s %s%n",
            key.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT),
            value instanceof List<?> list && list.isEmpty() ? "none" : value);
      }
    });
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static double round(double value) {
    return Double.isFinite(value) ? Math.round(value * 1e4) / 1e4 : -1;
  }
}
