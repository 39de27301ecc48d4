package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.image.Image;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.JobFolder;
import org.pixelcube.pipeline.Pass;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

class PixelCubeTest {
  private static final int FRAMES = 70;

  @TempDir static Path shared;
  @TempDir Path folder;
  private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
  private Interruption interruption = Interruption.manual();
  private int failAt = -1;
  private Runnable failure = () -> {};

  /** Passes frames on, mirrored about mid-grey; white squares as passes. */
  private FrameProcessor processor(RelightSettings settings, boolean alpha) {
    Set<Pass> wanted = settings.passes().selected();
    return new FrameProcessor() {
      @Override
      public Supplier<Output> process(Frame in) {
        if (in.index() == failAt) {
          failure.run();
        }
        return () -> {
          int n = in.image().planeSize();
          float[] samples = new float[(alpha ? 4 : 3) * n];
          for (int i = 0; i < samples.length; i++) {
            samples[i] = i < 3 * n ? 1 - in.image().samples()[i] : 0.5f;
          }
          int w = in.image().width();
          int h = in.image().height();
          Map<Pass, Image> passes = new EnumMap<>(Pass.class);
          for (Pass pass : wanted) {
            int channels = pass == Pass.MATTE || pass == Pass.SHADOW ? 1 : 3;
            passes.put(pass, Image.data(w, h, channels, new float[channels * n]));
          }
          return new Output(in.withImage(Image.rgb(w, h, samples)), passes);
        };
      }

      @Override
      public byte[] state() {
        return new byte[0];
      }

      @Override
      public void restore(byte[] state) {}

      @Override
      public void close() {}
    };
  }

  private int run(String... args) {
    outBytes.reset();
    errBytes.reset();
    PrintStream out = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
    return PixelCube.run(
        Console.of(out, err, interruption),
        (settings, _, _) ->
            processor(settings, settings.background().source().equals("transparent")),
        args);
  }

  private String err() {
    return errBytes.toString(StandardCharsets.UTF_8);
  }

  private String out() {
    return outBytes.toString(StandardCharsets.UTF_8);
  }

  @BeforeEach
  void makeClip() throws IOException {
    Path clip = shared.resolve("clip.mp4");
    if (Files.exists(clip)) {
      return;
    }
    ClipInfo info = ClipInfo.synthetic(32, 32, new Rational(25, 1), false);
    try (ClipWriter writer = ClipWriter.open(clip, Encoding.forPath(clip), info)) {
      for (int i = 0; i < FRAMES; i++) {
        Image image = Image.filled(32, 32, ColorSpace.LINEAR_REC709, i / 100f, 0.2f, 0.4f);
        writer.write(new Frame(image, i, i, 1));
      }
      writer.finish();
    }
    Files.writeString(shared.resolve("text.mp4"), "this is no film");
    Files.writeString(shared.resolve("bad.json"), "{\"background\": {\"blur\": -3}}");
    Files.writeString(shared.resolve("near.json"), "{\"exposrue\": 1}");
    Files.writeString(shared.resolve("broken.json"), "{\"yaw\": }");
    Files.writeString(shared.resolve("good.json"), "{\"yaw\": 10, \"pitch\": 20}");
    Files.write(shared.resolve("empty.mp4"), new byte[0]);
  }

  /** Splits at blanks, {@code S/} stands for the folder of inputs, {@code T/} for a new one. */
  private String[] words(String line) {
    return Stream.of(line.split(" +", -1))
        .map(word -> word.replace("S/", shared + "/").replace("T/", folder + "/"))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "relihgt | relihgt: is no command; did you mean relight?",
        "relight --exposrue 1 | --exposrue: is no option; did you mean --exposure?",
        "relight --exposure | --exposure: needs a value; see pixelcube relight --help",
        "relight --yaw left | --yaw: is 'left', must be a number; see pixelcube relight --help",
        "relight --threads 1.5 | --threads: is '1.5', must be a whole number; see pixelcube relight"
            + " --help",
        "relight --tone soft | --tone: is 'soft', must be one of match, off; see pixelcube relight"
            + " --help",
        "relight --auto-exposure yes | --auto-exposure: is 'yes', must be one of on, off; see"
            + " pixelcube relight --help",
        "relight a b | b: is one argument too many; see pixelcube relight --help",
        "relight | INPUT: is missing; see pixelcube relight --help",
        "relight S/clip.mp4 | --output: is missing; see pixelcube relight --help",
        "relight S/clip.mp4 -o T/o.mp4 | --env: is missing; name a map (pixelcube probe --list) or"
            + " give its file",
        "relight --strength 2 | --strength: is 2, must be 0 to 1; give a value in that range or"
            + " leave it out",
        "relight --background-blur -3 | --background-blur: is -3, must be 0 to 100; give a value in"
            + " that range or leave it out",
        "relight --size 5 | --size: is 5, must be 128 to 2048; give a value in that range or leave"
            + " it out",
        "relight --background #12345 | --background: is '#12345', which is no colour and no file;"
            + " give original, environment, transparent, #rrggbb, a colour's name or a file",
        "relight --passes mate | --passes: is 'mate', must be one of matte, normals, flat, diffuse,"
            + " specular, shadow; did you mean 'matte'?",
        "relight --settings S/bad.json | S/bad.json: background.blur: is -3, must be 0 to 100; give"
            + " a value in that range or leave it out",
        "relight --settings S/none.json | S/none.json: there is no such file; check the path",
        "relight S/clip.mp4 --env ring -o T/no/o.mp4 | T/no/o.mp4: its folder does not exist;"
            + " create it or give another path",
        "relight S/clip.mp4 --env ring -o T/o.png | T/o.png: is one picture, but the input is a"
            + " clip; write a clip or a folder, or give --frames 1",
        "relight S/clip.mp4 --env ring -o S/clip.mp4 | S/clip.mp4: is the input itself; give"
            + " another output",
        "relight S/clip.mp4 --env ring -o S/text.mp4 | S/text.mp4: exists already; give another"
            + " name, or --overwrite",
        "relight S/clip.mp4 --env ring --background transparent -o T/o.mp4 | T/o.mp4: h264 cannot"
            + " hold the alpha of a transparent background; write .mov (ProRes 4444), .mkv (FFV1),"
            + " .png or .exr",
        "relight S/clip.mp4 --env ring --start 70 -o T/o.mp4 | --start: is 70, but the input has 70"
            + " frames; give a number below that",
        "relight S/clip.mp4 --env ring --svd-noise 2 -o T/o.mp4 | --svd-noise: is 2, must be 0 to 1;"
            + " give a value in that range or leave it out",
        "relight --steps 0 | --steps: is 0, must be 1 to 100; give a value in that range or leave"
            + " it out",
        "preview S/clip.mp4 --env ring | --output: is missing; see pixelcube preview --help",
        "preview S/clip.mp4 -o T/o.png | --env: is missing; name a map (pixelcube probe --list) or"
            + " give its file",
        "montage -o T/o.png | INPUT: is missing; see pixelcube montage --help",
        "bench swim --input S/clip.mp4 | WHAT: is 'swim', must be one of relight,"
            + " render, stage, capture, model; see pixelcube bench --help",
      })
  void faultsAreOneLine(String line, String expected) {
    assertEquals(2, run(words(line)), err());
    assertEquals("pixelcube: " + String.join(" ", words(expected)) + "\n", err());
    assertEquals("", out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "relight S/none.mp4 --env ring -o T/o.mp4",
        "relight S/text.mp4 --env ring -o T/o.mp4",
        "relight S/empty.mp4 --env ring -o T/o.mp4",
        "relight S/clip.mp4 --env ring -o T/o.xyz",
        "relight S/clip.mp4 --env ring --codec h999 -o T/o.mp4",
        "relight S/clip.mp4 --env ring --codec prores4444 -o T/o.mp4",
        "relight --settings S/near.json",
        "relight --settings S/broken.json",
        "info S/none.mp4",
        "info S/empty.mp4",
        "info",
        "models swim",
      })
  void otherFaultsAreOneLineToo(String line) {
    assertEquals(2, line.isEmpty() ? run() : run(words(line)), err());
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().startsWith("pixelcube: "), err());
    assertEquals("", out());
    assertFalse(Files.exists(folder.resolve("o.mp4")));
  }

  @Test
  void helpNamesEveryCommandAndEveryOptionIsExplained() {
    assertEquals(0, run("--help"));
    for (String command :
        List.of(
            "relight",
            "preview",
            "probe",
            "info",
            "montage",
            "models",
            "stage",
            "bench",
            "train",
            "validate",
            "evaluate")) {
      assertTrue(out().contains(command), command);
      assertEquals(0, run(command, "--help"));
      assertTrue(out().contains("Usage: pixelcube " + command), out());
      run("--help");
    }
    assertEquals("", err());
    assertEquals(0, run("--version"));
    assertTrue(out().startsWith("Pixel Cube "));
  }

  @Test
  void flagsWinOverTheFileAndTheFileOverDefaults() {
    assertEquals(
        0, run(words("relight --settings S/good.json --yaw -30 --env a,b --dump-settings")), err());
    RelightSettings settings = JsonSettings.parse("dump", out(), RelightSettings.class);
    assertEquals(-30, settings.yaw());
    assertEquals(20, settings.pitch());
    assertEquals(RelightSettings.DEFAULTS.roll(), settings.roll());
    assertEquals(Optional.of("a,b"), settings.env());
  }

  @Test
  void dumpedSettingsComeBackEqual() throws IOException {
    String flags =
        "--env ring --yaw 1 --pitch 2 --roll 3 --exposure -1.5 --auto-exposure off --background"
            + " #102030 --background-blur 4 --background-exposure 1 --fov 40 --tone off --strength"
            + " 0.5 --specular 2 --shadows 0.25 --alpha m.png --passes matte,flat --passes-dir p"
            + " --passes-format png --codec av1 --quality 50 --size 256 --threads 1 --seed 9"
            + " --start 2 --frames 5 --model physics --steps 2 --weights w --device auto --svd-noise 0.5"
            + " --svd-guidance 2 --svd-precision bf16";
    assertEquals(0, run(("relight " + flags + " --dump-settings").split(" ", -1)), err());
    String first = out();
    Path file = folder.resolve("s.json");
    Files.writeString(file, first);
    assertEquals(0, run("relight", "--settings", file.toString(), "--dump-settings"), err());
    assertEquals(first, out());
    // Every key was set by a flag: none has its default value left.
    List<String> same = new ArrayList<>();
    List<String> defaults = JsonSettings.toJson(RelightSettings.DEFAULTS).lines().toList();
    first
        .lines()
        .filter(line -> line.contains(":") && !line.endsWith("{") && defaults.contains(line))
        .forEach(same::add);
    assertEquals(List.of(), same);
  }

  private List<float[]> firstSamples(Path clip) {
    List<float[]> samples = new ArrayList<>();
    try (ClipReader reader = ClipReader.open(clip)) {
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        samples.add(
            new float[] {f.get().pts(), f.get().image().at(0, 9, 9), f.get().image().channels()});
      }
    }
    return samples;
  }

  @Test
  void relightsAClipOffTheTerminalInPlainLines() {
    assertEquals(0, run(words("relight S/clip.mp4 --env ring -o T/o.mkv")), err());
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().startsWith("pixelcube: relight: 70 of 70 frames"), err());
    List<float[]> before = firstSamples(shared.resolve("clip.mp4"));
    List<float[]> after = firstSamples(folder.resolve("o.mkv"));
    assertEquals(FRAMES, after.size());
    for (int i = 0; i < FRAMES; i++) {
      assertEquals(1 - before.get(i)[1], after.get(i)[1], 2e-4, "frame " + i);
    }
    assertFalse(Files.exists(JobFolder.of(folder.resolve("o.mkv"))));
    assertEquals(0, run(words("relight S/clip.mp4 --env ring -o T/o.mkv --overwrite --quiet")));
    assertEquals("", err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"o.mp4", "o.mkv", "o.mov", "s%04d.png", "s"})
  void anInterruptedRunGoesOnToTheSameBytes(String name) throws IOException {
    String args = "relight S/clip.mp4 --env ring --quiet -o T/";
    assertEquals(0, run(words(args + "whole-" + name)), err());
    interruption = Interruption.manual();
    failAt = 65;
    failure = interruption::request;
    assertEquals(130, run(words(args + name)));
    assertEquals(
        "pixelcube: interrupted; the same command goes on from the last saved segment\n", err());
    Path job = JobFolder.of(folder.resolve(name));
    assertTrue(Files.exists(job));
    interruption = Interruption.manual();
    failAt = 59;
    failure =
        () -> {
          throw new AssertionError("frame 59 is in the finished segment");
        };
    assertEquals(0, run(words(args + name)), err());
    assertFalse(Files.exists(job));
    if (name.startsWith("s")) {
      assertEquals(contents(folder, "whole-"), contents(folder, ""));
    } else {
      assertEquals(-1, Files.mismatch(folder.resolve("whole-" + name), folder.resolve(name)), name);
    }
  }

  /** The pictures whose names begin with {@code prefix}, by name without it: their lengths. */
  private static List<String> contents(Path root, String prefix) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = root.relativize(file).toString();
        if (name.startsWith("whole-") == !prefix.isEmpty() && name.endsWith(".png")) {
          found.add(
              name.substring(prefix.length()) + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    assertEquals(FRAMES, found.size());
    return found;
  }

  @Test
  void aBugIsOneLineAndALog() throws IOException {
    failAt = 3;
    failure =
        () -> {
          throw new IllegalStateException("odd");
        };
    assertEquals(1, run(words("relight S/clip.mp4 --env ring --quiet -o T/o.mp4")));
    assertEquals(1, err().lines().count(), err());
    assertTrue(
        err().startsWith("pixelcube: internal error: java.lang.IllegalStateException: odd;"),
        err());
    Path log = Path.of(err().strip().replaceFirst(".*details in ", ""));
    assertTrue(Files.readString(log).contains("at org.pixelcube"));
    Files.delete(log);
  }

  @Test
  void fullMemoryIsAFaultWithARemedy() {
    failAt = 3;
    failure =
        () -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertEquals(2, run(words("relight S/clip.mp4 --env ring --quiet -o T/o.mp4")));
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().startsWith("pixelcube: memory: is not enough"), err());
    assertTrue(err().contains("lower --size or --threads"), err());
  }

  @Test
  void aRangeOfFramesAndTheirPasses() {
    assertEquals(
        0,
        run(
            words(
                "relight S/clip.mp4 --env ring --quiet -o T/o.mkv --start 5 --frames 3 --passes"
                    + " matte,normals --passes-format png")),
        err());
    assertEquals(3, firstSamples(folder.resolve("o.mkv")).size());
    assertEquals(0, firstSamples(folder.resolve("o.mkv")).getFirst()[0]);
    for (String pass : List.of("matte", "normals")) {
      assertTrue(Files.exists(folder.resolve("o-passes/" + pass + "/00002.png")));
      assertFalse(Files.exists(folder.resolve("o-passes/" + pass + "/00003.png")));
    }
  }

  @Test
  void transparentOutputHasAlpha() {
    assertEquals(
        0,
        run(
            words(
                "relight S/clip.mp4 --env ring --quiet --background transparent -o T/o.mov"
                    + " --frames 2")),
        err());
    assertEquals(4, firstSamples(folder.resolve("o.mov")).getFirst()[2]);
  }

  @Test
  void oneFrameOfAClipBecomesAPicture() {
    assertEquals(
        0, run(words("relight S/clip.mp4 --env ring -o T/o.png --start 9 --frames 1")), err());
    assertEquals(1, firstSamples(folder.resolve("o.png")).size());
    assertEquals(0, run(words("preview S/clip.mp4 --env ring --no-probe --time 1 -o T/p.png")));
    assertEquals(1 - 0.25, firstSamples(folder.resolve("p.png")).getFirst()[1], 0.02);
  }

  @Test
  void aMontageHasARowPerInputAndAColumnPerMap() {
    assertEquals(
        0,
        run(words("montage S/clip.mp4 S/clip.mp4 --env ring,window --cell 32 -o T/m.png")),
        err());
    try (ClipReader reader = ClipReader.open(folder.resolve("m.png"))) {
      assertTrue(reader.info().width() >= 6 * 32);
      assertTrue(reader.info().height() >= 2 * 32);
      assertTrue(reader.info().width() > 2 * reader.info().height());
    }
  }

  @Test
  void aPreviewShowsTheLightsBalls() {
    assertEquals(0, run(words("preview S/clip.mp4 --env split --no-probe -o T/a.png")), err());
    assertEquals(0, run(words("preview S/clip.mp4 --env split -o T/b.png")), err());
    int changed = 0;
    try (ClipReader a = ClipReader.open(folder.resolve("a.png"));
        ClipReader b = ClipReader.open(folder.resolve("b.png"))) {
      Image plain = a.next().orElseThrow().image();
      Image probed = b.next().orElseThrow().image();
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          if (plain.at(0, y, x) != probed.at(0, y, x)) {
            changed++;
            assertTrue(y >= 26 && x < 12, "at " + x + ", " + y);
          }
        }
      }
    }
    assertTrue(changed > 20, changed + " pixels changed");
  }

  @Test
  void aProbeDescribesAMap() {
    assertEquals(0, run("probe", "--list"));
    assertTrue(out().lines().anyMatch("ring"::equals), out());
    assertEquals(0, run(words("probe ring -o T/ring.png")), err());
    assertTrue(out().contains("auto exposure"), out());
    assertTrue(Files.exists(folder.resolve("ring.png")));
    assertEquals(2, run(words("probe ring -o T/ring.png")));
    assertEquals(2, run("probe", "rign"));
    assertEquals(1, err().lines().count(), err());
    assertEquals(0, run(words("probe --self-test -o T/test.png")), err());
    assertTrue(Files.exists(folder.resolve("test.png")));
  }

  @Test
  void infoSpeaksToPeopleAndPrograms() {
    assertEquals(0, run(words("info S/clip.mp4")), err());
    assertTrue(out().contains("h264"), out());
    assertEquals(0, run(words("info --json S/clip.mp4")), err());
    assertTrue(out().replaceAll("\\s", "").contains("\"width\":32"), out());
    assertTrue(out().stripLeading().startsWith("["), out());
  }
}
