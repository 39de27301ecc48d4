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
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.diffusion.Task;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.Torch;
import org.pixelcube.torch.TorchScope;

/**
 * The two networks that relight together: one takes the light of the shot off, the other puts new
 * light on. Used by one thread at a time.
 */
final class RelightNetworks implements WindowRelighter {
  static final List<String> FILES = List.of("delight.safetensors", "relight.safetensors");

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
    return load(files, Optional.empty(), DType.F32, Device.CPU, steps, threads, seed);
  }

  /**
   * The same for networks that may have been taught from a published one.
   *
   * @param base its folder, if it is not at its old place
   * @param dtype the kind of numbers that such networks compute in
   */
  static RelightNetworks load(
      List<Path> files,
      Optional<Path> base,
      DType dtype,
      Device device,
      int steps,
      int threads,
      long seed) {
    Torch.setThreads(threads);
    VideoNetwork delighter = VideoNetwork.load(files.getFirst(), base, dtype, device).network();
    try {
      VideoNetwork relighter = VideoNetwork.load(files.getLast(), base, dtype, device).network();
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
    if (network.task() != task) {
      relighter.close();
      throw new UserError(
          file.toString(),
          "holds a network that does not " + task.name().toLowerCase(java.util.Locale.ROOT),
          "give the right one");
    }
  }

  @Override
  public FrameWindows.Span span() {
    int frames = Math.max(delighter.frames(), relighter.frames());
    return frames == 0 ? FrameWindows.SHORT : FrameWindows.Span.of(frames);
  }

  @Override
  public int pictureSize() {
    return relighter.shape().pictureSize();
  }

  @Override
  public boolean needsPhysics() {
    return !delighter.findsNormals();
  }

  @Override
  public boolean needsShape() {
    return delighter.shape().toldOfShape() || relighter.shape().toldOfShape();
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

  @Override
  public List<NetworkResult> relight(List<NetworkFrame> frames) {
    NetworkGrid grid =
        NetworkGrid.of(frames.getFirst(), Math.max(delighter.divisor(), relighter.divisor()));
    int t = frames.size();
    List<float[]> mattes = new ArrayList<>();
    List<Optional<SubjectShape>> shapes = new ArrayList<>();
    List<DelightFrame> seen = new ArrayList<>();
    for (NetworkFrame f : frames) {
      float[] matte = grid.padded(f.matte());
      mattes.add(matte);
      shapes.add(
          f.shape()
              .map(shape ->
                  new SubjectShape(grid.padded(shape.normals()), grid.padded(shape.shaded()))));
      seen.add(DelightFrame.of(grid.padded(f.picture()), matte, told(delighter, shapes.getLast())));
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
      normals.add(
          delighter.findsNormals()
              ? seen.get(i).normals(state)
              : grid.padded(f.physics().orElseThrow().normals()));
      told.add(
          RelightFrame.of(
              flats.get(i),
              normals.get(i),
              mattes.get(i),
              grid.padded(f.view().background()),
              f.view().light(),
              told(relighter, shapes.get(i))));
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

  private static Optional<SubjectShape> told(VideoNetwork network, Optional<SubjectShape> shape) {
    return network.shape().toldOfShape() ? shape : Optional.empty();
  }

  /** The states of all frames, {@code (1, s, t, h, w)}. */
  private float[] found(
      VideoNetwork network, List<float[]> conditions, float[] environment, NetworkGrid grid) {
    int t = conditions.size();
    int m = grid.pixels();
    int channels = network.shape().conditions();
    float[] all = new float[channels * t * m];
    for (int i = 0; i < t; i++) {
      for (int c = 0; c < channels; c++) {
        System.arraycopy(conditions.get(i), c * m, all, (c * t + i) * m, m);
      }
    }
    try (TorchScope _ = TorchScope.open()) {
      Tensor told =
          Tensor.of(all, 1, channels, t, grid.paddedHeight(), grid.paddedWidth())
              .to(network.device());
      Tensor maps =
          environment == null
              ? null
              : Tensor.of(
                      environment,
                      1,
                      t,
                      EnvironmentImages.CHANNELS,
                      EnvironmentImages.HEIGHT,
                      EnvironmentImages.WIDTH)
                  .to(network.device());
      return network.sample(told, maps, steps, seed).toFloatArray();
    }
  }

  @Override
  public void close() {
    delighter.close();
    relighter.close();
  }
}
