package org.pixelcube.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.CacheDirectory;
import org.pixelcube.config.UserError;
import org.pixelcube.diffusion.DelightFrame;
import org.pixelcube.diffusion.EnvironmentImages;
import org.pixelcube.diffusion.RelightFrame;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Torch;
import org.pixelcube.torch.TorchScope;

/**
 * The two networks that relight together: one takes the light of the shot off, the other puts new
 * light on. Used by one thread at a time.
 */
final class RelightNetworks implements AutoCloseable {
  private static final List<String> FILES = List.of("delight.safetensors", "relight.safetensors");

  /** Key of the header of shipped weights: whether they beat physics where it was measured. */
  static final String BEATS_PHYSICS = "beatsPhysics";

  private final VideoNetwork delighter;
  private final VideoNetwork relighter;
  private final int steps;
  private final long seed;

  private RelightNetworks(VideoNetwork delighter, VideoNetwork relighter, int steps, long seed) {
    this.delighter = delighter;
    this.relighter = relighter;
    this.steps = steps;
    this.seed = seed;
  }

  /** The files of the weights that come with the program, if they do. */
  static Optional<List<Path>> shipped() {
    List<Path> files = new ArrayList<>();
    for (String name : FILES) {
      try (InputStream in = RelightNetworks.class.getResourceAsStream("small/" + name)) {
        if (in == null) {
          return Optional.empty();
        }
        byte[] bytes = in.readAllBytes();
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        Path file =
            CacheDirectory.make("weights").resolve("%08x-%s".formatted(sum.getValue(), name));
        if (!Files.isRegularFile(file) || Files.size(file) != bytes.length) {
          AtomicFile.write(file, bytes);
        }
        files.add(file);
      } catch (IOException e) {
        throw new UserError("small/" + name, "cannot be read", "install the program again", e);
      }
    }
    return Optional.of(files);
  }

  /** The files of the weights in a folder. */
  static List<Path> in(Path folder) {
    List<Path> files = FILES.stream().map(folder::resolve).toList();
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw new UserError(
            folder.toString(),
            "holds no " + file.getFileName(),
            "put a snapshot of each network there under the names " + String.join(", ", FILES));
      }
    }
    return files;
  }

  /**
   * Loads the networks.
   *
   * @param files of the delighter and of the relighter
   * @param steps looks at the network a window
   * @throws UserError if a file is damaged or holds another network
   */
  static RelightNetworks load(List<Path> files, int steps, int threads, long seed) {
    Torch.setThreads(threads);
    VideoNetwork delighter = VideoNetwork.load(files.getFirst(), Device.CPU).network();
    try {
      VideoNetwork relighter = VideoNetwork.load(files.getLast(), Device.CPU).network();
      RelightNetworks both = new RelightNetworks(delighter, relighter, steps, seed);
      both.require(delighter, Task.DELIGHT, files.getFirst());
      both.require(relighter, Task.RELIGHT, files.getLast());
      return both;
    } catch (RuntimeException e) {
      delighter.close();
      throw e;
    }
  }

  private void require(VideoNetwork network, Task task, Path file) {
    if (network.settings().task() != task) {
      relighter.close();
      throw new UserError(
          file.toString(),
          "holds a network that does not " + task.name().toLowerCase(java.util.Locale.ROOT),
          "give the right one");
    }
  }

  /** Root of the area of the pictures that they are made for, pixels. */
  int pictureSize() {
    return relighter.settings().pictureSize();
  }

  /**
   * Whether weights were measured to be better than physics, as the relighter's header says.
   *
   * @throws UserError if the file is damaged
   */
  static boolean beatPhysics(List<Path> files) {
    try (SafetensorsFile header = SafetensorsFile.open(files.getLast())) {
      return Boolean.parseBoolean(header.metadata().getOrDefault(BEATS_PHYSICS, "false"));
    }
  }

  /** Relights the frames of a window, all of one size. */
  List<NetworkResult> relight(List<NetworkFrame> frames) {
    int w = frames.getFirst().width();
    int h = frames.getFirst().height();
    int divisor = Math.max(delighter.settings().divisor(), relighter.settings().divisor());
    Grid grid =
        new Grid(w, h, Math.ceilDiv(w, divisor) * divisor, Math.ceilDiv(h, divisor) * divisor);
    int t = frames.size();
    List<float[]> mattes = new ArrayList<>();
    List<DelightFrame> seen = new ArrayList<>();
    for (NetworkFrame f : frames) {
      float[] matte = grid.padded(f.matte());
      mattes.add(matte);
      seen.add(DelightFrame.of(grid.padded(f.picture()), matte));
    }
    float[] states =
        found(delighter, seen.stream().map(DelightFrame::conditions).toList(), null, grid);
    List<float[]> flats = new ArrayList<>();
    List<float[]> normals = new ArrayList<>();
    List<RelightFrame> told = new ArrayList<>();
    float[] environment =
        new float
            [t * EnvironmentImages.CHANNELS * EnvironmentImages.WIDTH * EnvironmentImages.HEIGHT];
    for (int i = 0; i < t; i++) {
      NetworkFrame f = frames.get(i);
      float[] state = grid.frame(states, Task.DELIGHT.state(), t, i);
      flats.add(seen.get(i).flatLit(state));
      normals.add(DelightFrame.normals(state));
      told.add(
          RelightFrame.of(
              flats.get(i),
              normals.get(i),
              mattes.get(i),
              grid.padded(f.view().background()),
              f.view().light()));
      float[] maps = f.view().environment();
      System.arraycopy(maps, 0, environment, i * maps.length, maps.length);
    }
    float[] relit =
        found(relighter, told.stream().map(RelightFrame::conditions).toList(), environment, grid);
    List<NetworkResult> results = new ArrayList<>();
    for (int i = 0; i < t; i++) {
      float[] state = grid.frame(relit, Task.RELIGHT.state(), t, i);
      results.add(
          new NetworkResult(
              grid.cropped(flats.get(i)),
              grid.cropped(normals.get(i)),
              grid.cropped(told.get(i).picture(new float[state.length])),
              grid.cropped(told.get(i).picture(state))));
    }
    return results;
  }

  /** The states of all frames, {@code (1, s, t, h, w)}. */
  private float[] found(
      VideoNetwork network, List<float[]> conditions, float[] environment, Grid grid) {
    int t = conditions.size();
    int m = grid.paddedWidth * grid.paddedHeight;
    int channels = network.settings().task().conditions();
    float[] all = new float[channels * t * m];
    for (int i = 0; i < t; i++) {
      for (int c = 0; c < channels; c++) {
        System.arraycopy(conditions.get(i), c * m, all, (c * t + i) * m, m);
      }
    }
    try (TorchScope _ = TorchScope.open()) {
      Tensor told = Tensor.of(all, 1, channels, t, grid.paddedHeight, grid.paddedWidth);
      Tensor maps =
          environment == null
              ? null
              : Tensor.of(
                  environment,
                  1,
                  t,
                  EnvironmentImages.CHANNELS,
                  EnvironmentImages.HEIGHT,
                  EnvironmentImages.WIDTH);
      return network.sample(told, maps, steps, seed).toFloatArray();
    }
  }

  /** The frames' size and the one that networks take, which is a little larger. */
  private record Grid(int width, int height, int paddedWidth, int paddedHeight) {
    /** Planes with their last column and row repeated. */
    float[] padded(float[] planes) {
      if (width == paddedWidth && height == paddedHeight) {
        return planes;
      }
      int channels = planes.length / (width * height);
      float[] out = new float[channels * paddedWidth * paddedHeight];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < paddedHeight; y++) {
          int from = (c * height + Math.min(y, height - 1)) * width;
          int to = (c * paddedHeight + y) * paddedWidth;
          System.arraycopy(planes, from, out, to, width);
          java.util.Arrays.fill(out, to + width, to + paddedWidth, planes[from + width - 1]);
        }
      }
      return out;
    }

    float[] cropped(float[] planes) {
      if (width == paddedWidth && height == paddedHeight) {
        return planes;
      }
      int channels = planes.length / (paddedWidth * paddedHeight);
      float[] out = new float[channels * width * height];
      for (int row = 0; row < channels * height; row++) {
        int from = (row / height * paddedHeight + row % height) * paddedWidth;
        System.arraycopy(planes, from, out, row * width, width);
      }
      return out;
    }

    /** One frame's planes out of {@code (1, c, t, h, w)}. */
    float[] frame(float[] all, int channels, int t, int i) {
      int m = paddedWidth * paddedHeight;
      float[] out = new float[channels * m];
      for (int c = 0; c < channels; c++) {
        System.arraycopy(all, (c * t + i) * m, out, c * m, m);
      }
      return out;
    }
  }

  @Override
  public void close() {
    delighter.close();
    relighter.close();
  }
}
