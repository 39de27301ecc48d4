package org.pixelcube.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pixelcube.capture.CameraResponse;
import org.pixelcube.capture.CaptureJob;
import org.pixelcube.capture.CaptureReport;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.TransferCurve;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pixelcube capture}: footage of a sequence becomes clips. */
@Command(
    name = "capture",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a dataset of aligned clips under known light out of a camera's footage of a sequence.",
      "Beside the clips it writes report.json, pairs.png and, if there were any, faults.png."
    })
final class CaptureCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--rig", required = true, paramLabel = "RIG.json", description = "The stage.")
  private Path rigFile;

  @Option(
      names = "--sequence",
      required = true,
      paramLabel = "SEQUENCE.json",
      description = "What the wall played.")
  private Path sequenceFile;

  @Parameters(
      paramLabel = "FOOTAGE",
      description = "A video file, a folder of stills or a numbered pattern.")
  private Path footage;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FOLDER",
      description = "Where to write the dataset.")
  private Path folder;

  @Option(
      names = "--subject",
      defaultValue = "subject",
      paramLabel = "NAME",
      description = "Who is seen; one name for one person. Default 'subject'.")
  private String subject;

  @Option(
      names = "--action",
      defaultValue = "captured",
      paramLabel = "TEXT",
      description = "What the subject does.")
  private String action;

  @Option(
      names = "--licence",
      defaultValue = "LicenseRef-Unknown",
      paramLabel = "SPDX",
      description = "Licence of the clips, an SPDX expression.")
  private String licence;

  @Option(
      names = "--response",
      paramLabel = "CURVE.json",
      description = "The camera's response, as 'response' makes it; else the rig's.")
  private Path response;

  @Option(
      names = "--clean-plate",
      paramLabel = "PICTURE",
      description = "A matte frame without the subject; else it is made of the footage.")
  private Path cleanPlate;

  @Option(
      names = "--map-height",
      defaultValue = "64",
      paramLabel = "ROWS",
      description = "Rows of the environment maps. Default 64.")
  private int mapHeight;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  CaptureCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CaptureSettings settings;
    try {
      settings = new CaptureSettings(subject, action, licence, mapHeight);
    } catch (InvalidSetting e) {
      String option = e.key().equals("mapHeight") ? "--map-height" : "--" + e.key();
      throw new UserError(option, e.reason(), e.remedy(), e);
    }
    Rig rig = Rig.read(rigFile);
    Sequence sequence = JsonSettings.read(sequenceFile, Sequence.class);
    TransferCurve curve =
        response == null
            ? rig.mainCamera().response()
            : JsonSettings.read(response, TransferCurve.class);
    Optional<Image> plate = Optional.ofNullable(cleanPlate).map(ImageFile::read);
    try (SequenceLights lights = new SequenceLights(rig, sequence)) {
      SequenceRaster raster = new SequenceRaster(sequenceFile.toString(), rig, sequence, lights);
      print(
          new CaptureJob(
                  rig,
                  sequence,
                  Optional.of(raster),
                  settings,
                  new CameraResponse(curve),
                  plate,
                  console.warnings(),
                  console.progress(quiet),
                  console.interruption())
              .run(footage, folder));
    }
    return 0;
  }

  private void print(CaptureReport report) {
    String faults =
        report.faults().isEmpty()
            ? "no fault"
            : report.faults().entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
    console.out().printf("frames: %d, usable %d; %s%n", report.frames(), report.usable(), faults);
    console
        .out()
        .printf(
            "moments: %d, cycles without: %d; clips: %d%n",
            report.outputs(), report.incomplete(), report.clips());
    console
        .out()
        .printf(
            Locale.ROOT, "pixels whose motion was followed: %.1f %%%n", 100 * report.validShare());
    if (report.trackingPsnrAfter() != 0) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "frames of one light against the next: %.1f dB, aligned %.1f dB%n",
              report.trackingPsnrBefore(),
              report.trackingPsnrAfter());
    }
  }
}
