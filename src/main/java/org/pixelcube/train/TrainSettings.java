package org.pixelcube.train;

import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.UserError;
import org.pixelcube.diffusion.NetworkSettings;
import org.pixelcube.diffusion.NetworkShape;
import org.pixelcube.diffusion.NoiseLevels;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.TuningSettings;
import org.pixelcube.torch.AdamW;

/**
 * What a training run is told: a file under {@code configs/train}.
 *
 * @param network what is trained, drawn up by ourselves
 * @param tuning the same, made from a published network; either this or {@code network} is given
 * @param start weights to begin with, a snapshot of a network of the same shape; drawn at random
 *     where absent
 * @param delighter for a relighting network: a snapshot of a delighting network, whose results it
 *     is then told in place of the truth, in as many clips as {@code delighterShare} says
 * @param delighterShare 0 to 1
 * @param data where examples come from
 * @param stages one after the other
 * @param noise levels of noise that are drawn in stages that denoise
 * @param optimizer AdamW's settings
 * @param clip the norm that gradients are cut to
 * @param averageDecay of the moving average that snapshots hold
 * @param seed of everything drawn
 * @param device {@code cpu}, {@code cuda}, {@code cuda:1}, {@code auto}
 * @param bf16 whether convolutions and products are worked out in bfloat16
 * @param stateEvery steps between stored states
 * @param snapshotEvery steps between snapshots
 * @param snapshotsKept newest snapshots that stay
 * @param sheetEvery steps between sheets of examples and measures on clips held out
 * @param heldOut examples of the split VALIDATION to measure on; 0 for those of the training
 */
public record TrainSettings(
    Optional<NetworkSettings> network,
    Optional<TuningSettings> tuning,
    Optional<String> start,
    Optional<String> delighter,
    double delighterShare,
    DataSettings data,
    List<Stage> stages,
    NoiseLevels noise,
    AdamW.Settings optimizer,
    double clip,
    double averageDecay,
    long seed,
    String device,
    boolean bf16,
    int stateEvery,
    int snapshotEvery,
    int snapshotsKept,
    int sheetEvery,
    int heldOut) {
  public TrainSettings {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new InvalidSetting("stages", "is empty (expected at least one)", "add a stage");
    }
    if (network.isPresent() == tuning.isPresent()) {
      throw new InvalidSetting(
          "network", "and tuning are both there or both absent", "give one of them");
    }
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      int number = i;
      InvalidSetting.inRange("stages[" + i + "].frames", stage.frames(), 1, data.frames());
      network.ifPresent(own -> requireMultiple(number, stage.size(), own.divisor()));
    }
    int last = stages.getLast().frames();
    network
        .flatMap(NetworkSettings::frames)
        .ifPresent(frames -> {
          if (frames != last) {
            throw new InvalidSetting(
                "network.frames",
                "is %d, but the last stage has rows of %d frames".formatted(frames, last),
                "give %d".formatted(last));
          }
        });
    InvalidSetting.inRange("delighterShare", delighterShare, 0, 1);
    InvalidSetting.inRange("clip", clip, 1e-6, 1e6);
    InvalidSetting.inRange("averageDecay", averageDecay, 0, 0.999999);
    InvalidSetting.inRange("stateEvery", stateEvery, 1, 1_000_000_000);
    InvalidSetting.inRange("snapshotEvery", snapshotEvery, 1, 1_000_000_000);
    InvalidSetting.inRange("snapshotsKept", snapshotsKept, 1, 10_000);
    InvalidSetting.inRange("sheetEvery", sheetEvery, 1, 1_000_000_000);
    InvalidSetting.inRange("heldOut", heldOut, 0, 10_000);
  }

  private static void requireMultiple(int stage, int size, int divisor) {
    if (size % divisor != 0) {
      throw new InvalidSetting(
          "stages[" + stage + "].size",
          "is %d, must be a multiple of %d".formatted(size, divisor),
          "give %d".formatted(Math.ceilDiv(size, divisor) * divisor));
    }
  }

  /** Makes sure that parts of frames fit a network, which may be known only when it is loaded. */
  void requireFit(int divisor) {
    for (int i = 0; i < stages.size(); i++) {
      requireMultiple(i, stages.get(i).size(), divisor);
    }
  }

  /**
   * Makes sure that batches can be shared out evenly.
   *
   * @throws UserError if not
   */
  public void requireShares(int processes) {
    for (int i = 0; i < stages.size(); i++) {
      int clips = stages.get(i).clips();
      if (clips % processes != 0) {
        throw new UserError(
            "stages[%d].clips".formatted(i),
            "is %d, must be a multiple of the %d processes".formatted(clips, processes),
            "give %d, or start fewer processes"
                .formatted(Math.ceilDiv(clips, processes) * processes));
      }
    }
  }

  /** What is trained. */
  public NetworkShape shape() {
    return network.<NetworkShape>map(own -> own).orElseGet(tuning::orElseThrow);
  }

  /** What the network does. */
  public Task task() {
    return shape().task();
  }

  /** Looks at the network where it is tried: one where it learns to do with one. */
  int looks() {
    boolean direct =
        stages.stream().anyMatch(stage -> stage.objective() != Stage.Objective.DENOISE);
    return direct ? 1 : DENOISING_LOOKS;
  }

  private static final int DENOISING_LOOKS = 8;

  /** Whether it learns to do with one look and with a few. */
  boolean fewSteps() {
    return stages.stream().anyMatch(stage -> stage.objective() == Stage.Objective.FEW_STEPS);
  }

  /** Steps of all stages. */
  public long steps() {
    return stages.stream().mapToLong(Stage::steps).sum();
  }

  /** Clips used up to a step, which tells which examples come next. */
  long clipsBefore(long step) {
    long clips = 0;
    long left = step;
    for (Stage stage : stages) {
      long taken = Math.min(left, stage.steps());
      clips += taken * stage.clips();
      left -= taken;
    }
    return clips;
  }
}
