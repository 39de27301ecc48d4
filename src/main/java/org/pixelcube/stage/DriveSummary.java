package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.pixelcube.light.Rgb;

/**
 * How near the light of all drive frames of a map that moves comes to it.
 *
 * @param frames exposures of the camera
 * @param reported of those, how many {@link DriveReport} was worked out for
 * @param clippedFraction of all frames: part of the LED pixels' channels beyond the range
 * @param widestSpreadDegrees of all frames: how far dilation spread light; 0 where it did not
 * @param fillError of all frames: error of irradiance that the fill left, by its own account up to
 *     degree 6, relative to the largest irradiance; 0 where nothing was to be filled
 * @param irradianceWorst of those reported: {@link DriveReport#irradianceWorst}
 * @param chromeBallPsnr of those reported, dB: the worst is the lowest
 * @param emittedEnergy of those reported: mean over them of emitted energy relative to the map's,
 *     each channel
 * @param first the report of the first frame
 */
public record DriveSummary(
    long frames,
    int reported,
    Spread clippedFraction,
    Spread widestSpreadDegrees,
    Spread fillError,
    Spread irradianceWorst,
    Spread chromeBallPsnr,
    Rgb emittedEnergy,
    DriveReport first) {
  /**
   * A number over frames.
   *
   * @param mean over the frames
   * @param worst the worst of them
   * @param frame which exposure that was
   */
  public record Spread(double mean, double worst, long frame) {}

  /**
   * What is known of every frame.
   *
   * @param clippedFraction as in {@link DriveReport}
   * @param widestSpreadDegrees as there
   * @param fillError what {@link OpeningFill} says of itself
   */
  public record Frame(double clippedFraction, double widestSpreadDegrees, double fillError) {
    /** Of one frame. */
    public static Frame of(StageDriver driver, StageDriver.Prepared prepared) {
      return new Frame(
          driver.clippedFraction(prepared),
          prepared.dilation().map(LightingDilation.Result::widestDegrees).orElse(0.0),
          prepared.fill().worst());
    }
  }

  /**
   * A report of one frame among others.
   *
   * @param frame which exposure
   */
  public record Reported(long frame, DriveReport report) {}

  /**
   * Sums up.
   *
   * @param frames all, in order
   * @param reports of some, the first of the first frame
   */
  public static DriveSummary of(List<Frame> frames, List<Reported> reports) {
    List<Long> numbers = reports.stream().map(Reported::frame).toList();
    List<DriveReport> found = reports.stream().map(Reported::report).toList();
    double red = 0;
    double green = 0;
    double blue = 0;
    for (DriveReport r : found) {
      red += share(r.emittedEnergy().red(), r.mapEnergy().red()) / found.size();
      green += share(r.emittedEnergy().green(), r.mapEnergy().green()) / found.size();
      blue += share(r.emittedEnergy().blue(), r.mapEnergy().blue()) / found.size();
    }
    List<Long> all = new ArrayList<>();
    for (long i = 0; i < frames.size(); i++) {
      all.add(i);
    }
    return new DriveSummary(
        frames.size(),
        found.size(),
        spread(frames, all, Frame::clippedFraction, 1),
        spread(frames, all, Frame::widestSpreadDegrees, 1),
        spread(frames, all, Frame::fillError, 1),
        spread(found, numbers, DriveReport::irradianceWorst, 1),
        spread(found, numbers, DriveReport::chromeBallPsnr, -1),
        new Rgb(red, green, blue),
        found.getFirst());
  }

  private static double share(double part, double whole) {
    return whole > 0 ? part / whole : 1;
  }

  /**
   * @param sign 1 if large is bad, −1 if small is
   */
  private static <T> Spread spread(
      List<T> of, List<Long> numbers, ToDoubleFunction<T> value, int sign) {
    double sum = 0;
    int worst = 0;
    for (int i = 0; i < of.size(); i++) {
      sum += value.applyAsDouble(of.get(i));
      if (sign * value.applyAsDouble(of.get(i)) > sign * value.applyAsDouble(of.get(worst))) {
        worst = i;
      }
    }
    return new Spread(sum / of.size(), value.applyAsDouble(of.get(worst)), numbers.get(worst));
  }
}
