package org.pixelcube.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.math.Vector3;
import org.pixelcube.stage.CameraPicture;
import org.pixelcube.stage.ChartFit;
import org.pixelcube.stage.ChartPicture;
import org.pixelcube.stage.ColorChart;
import org.pixelcube.stage.CommonLut;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.StageCamera;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube stage chart}. */
@Command(
    name = "chart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Finds the camera's matrix for skin and all else under the stage's LEDs, from a picture of a"
          + " Macbeth chart lit by the white of the panels."
    },
    footer = {
      "",
      "Writes chart.json (the matrix and how near it comes), chart.clf (the same for grading),",
      "patches.png (around: wanted; left: as filmed; right: with the matrix) and placement.png."
    })
final class ChartCommand implements Callable<Integer> {
  private static final int CELL = 96;
  private static final int MOST_PIXELS_WIDE = 1280;

  private final Console console;

  @Mixin private StageOptions stage;

  @Parameters(
      paramLabel = "PICTURE",
      description = "The chart under the LEDs: .png of code values, or linear .exr or .hdr.")
  private Path picture;

  @Option(
      names = "--corners",
      required = true,
      split = ",",
      paramLabel = "X,Y",
      description =
          "Four points, pixels from the upper left: the middles of dark skin, bluish green, black"
              + " and white.")
  private List<Double> corners;

  @Option(
      names = "--wanted",
      paramLabel = "PICTURE",
      description =
          "The chart under the light that the LEDs stand for. Default the published colours.")
  private Optional<Path> wanted;

  @Option(
      names = "--wanted-corners",
      split = ",",
      paramLabel = "X,Y",
      description = "As --corners. Default the same.")
  private List<Double> wantedCorners;

  @Option(
      names = "--camera",
      paramLabel = "NAME",
      description = "Which of the rig's cameras took it, for its response. Default the first.")
  private Optional<String> camera;

  @Option(
      names = "--primaries",
      paramLabel = "rec709|p3|rec2020|acescg|aces",
      defaultValue = "REC709",
      description = "Of the pictures. Default rec709.")
  private PictureSpace space;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Folder to write to.")
  private Path output;

  ChartCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Rig rig = stage.rig();
    StageCamera with = camera(rig);
    Outputs.folder(output);
    Path json = output.resolve("chart.json");
    stage.checkFree(json);
    CameraPicture filmed = CameraPicture.read(picture, with.response(), space.primaries());
    ChartPicture seen = ChartPicture.read(picture.toString(), filmed, points("--corners", corners));
    List<Vector3> goal =
        wanted
            .map(file ->
                ChartPicture.read(
                        file.toString(),
                        CameraPicture.read(file, with.response(), space.primaries()),
                        wantedCorners == null
                            ? points("--corners", corners)
                            : points("--wanted-corners", wantedCorners))
                    .patches())
            .orElseGet(ColorChart::linear);
    ChartFit fit;
    try {
      fit = ChartFit.of(seen.patches(), goal);
    } catch (ArithmeticException e) {
      throw new UserError(
          picture.toString(), "has patches that determine no matrix", "check the corners", e);
    }
    JsonSettings.write(json, fit);
    new CommonLut(
            "chart-" + with.name(),
            "Camera colour under the LEDs to that under the light they stand for; linear",
            List.of(new CommonLut.MatrixOp(fit.matrix())))
        .write(output.resolve("chart.clf"));
    ImageFile.write(output.resolve("patches.png"), patches(seen.patches(), goal, fit));
    ImageFile.write(output.resolve("placement.png"), placement(filmed, seen));
    console.out().print(fit.report());
    return 0;
  }

  private StageCamera camera(Rig rig) {
    if (camera.isEmpty()) {
      return rig.mainCamera();
    }
    return rig.cameras().stream()
        .filter(c -> c.name().equals(camera.get()))
        .findFirst()
        .orElseThrow(() ->
            new UserError(
                "--camera",
                "is '%s', the rig has %s"
                    .formatted(
                        camera.get(), rig.cameras().stream().map(StageCamera::name).toList()),
                "give one of these"));
  }

  private static double[] points(String option, List<Double> numbers) {
    if (numbers.size() != 8) {
      throw new UserError(
          option, "has %d numbers, must be 8".formatted(numbers.size()), "give four x,y pairs");
    }
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Each patch: around as wanted, left as filmed, right with the matrix. */
  private static Image patches(List<Vector3> seen, List<Vector3> goal, ChartFit fit) {
    BufferedImage canvas = new BufferedImage(6 * CELL, 4 * CELL, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    double exposure = 0.89 / goal.get(ColorChart.WHITE).y();
    double before = 0.89 / seen.get(ColorChart.WHITE).y();
    for (int i = 0; i < seen.size(); i++) {
      int x = i % 6 * CELL;
      int y = i / 6 * CELL;
      g.setColor(shown(goal.get(i).times(exposure)));
      g.fillRect(x, y, CELL, CELL);
      g.setColor(shown(seen.get(i).times(before)));
      g.fillRect(x + CELL / 4, y + CELL / 4, CELL / 4, CELL / 2);
      g.setColor(shown(fit.matrix().apply(seen.get(i)).times(exposure)));
      g.fillRect(x + CELL / 2, y + CELL / 4, CELL / 4, CELL / 2);
    }
    g.dispose();
    return Image.ofCanvas(canvas);
  }

  private static Color shown(Vector3 linear) {
    return new Color(code(linear.x()), code(linear.y()), code(linear.z()));
  }

  private static int code(double linear) {
    return (int) Math.round(255 * TransferFunction.SRGB.fromLinear(Math.clamp(linear, 0, 1)));
  }

  /** The picture with the squares that were sampled. */
  private static Image placement(CameraPicture picture, ChartPicture chart) {
    int shrink = Math.ceilDiv(picture.width(), MOST_PIXELS_WIDE);
    int w = picture.width() / shrink;
    int h = picture.height() / shrink;
    BufferedImage canvas = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    int n = picture.width() * picture.height();
    double exposure = 0.89 / chart.patches().get(ColorChart.WHITE).y();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * shrink * picture.width() + x * shrink;
        float[] v = picture.linear();
        canvas.setRGB(
            x, y, shown(new Vector3(v[i], v[n + i], v[2 * n + i]).times(exposure)).getRGB());
      }
    }
    Graphics2D g = canvas.createGraphics();
    g.setStroke(new BasicStroke(2));
    List<Path2D> shapes = new ArrayList<>();
    for (double[] outline : chart.outlines()) {
      Path2D shape = new Path2D.Double();
      shape.moveTo(outline[0] / shrink, outline[1] / shrink);
      for (int k = 1; k < 4; k++) {
        shape.lineTo(outline[2 * k] / shrink, outline[2 * k + 1] / shrink);
      }
      shape.closePath();
      shapes.add(shape);
    }
    g.setColor(Color.MAGENTA);
    shapes.forEach(g::draw);
    g.dispose();
    return Image.ofCanvas(canvas);
  }
}
