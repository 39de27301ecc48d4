package org.pixelcube.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.model.Layers.Downsample;
import org.pixelcube.model.Layers.Upsample;
import org.pixelcube.model.SpatioTemporalResnetBlock.Mix;
import org.pixelcube.model.UNetBlocks.Conditions;
import org.pixelcube.model.UNetBlocks.Level;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.Parameters.Branch;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/**
 * Every block and every whole network against the reference implementation: the same names and
 * shapes of parameters, and outputs that differ by at most 10⁻⁴ of their largest number.
 */
class GoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final int N = 2;
  private static final int T = 3;
  private static final int H = 6;
  private static final int W = 4;
  private static final int TIME = 16;
  private static final int CONTEXT = 24;

  private static SafetensorsFile goldens;

  @BeforeAll
  static void open() throws URISyntaxException {
    goldens =
        SafetensorsFile.open(
            Path.of(GoldenTest.class.getResource("svd-goldens.safetensors").toURI()));
  }

  @AfterAll
  static void close() {
    goldens.close();
  }

  /** A part of a network, and what it gives for the inputs of its case. */
  private record Case(String name, BiFunction<Branch, Parameters, List<Tensor>> run) {
    /** A part built from its branch; it is run after its parameters are filled. */
    static <T> Case of(
        String name,
        java.util.function.Function<Branch, T> build,
        java.util.function.Function<T, List<Tensor>> run) {
      return new Case(
          name,
          (branch, parameters) -> {
            T part = build.apply(branch);
            Formula.fill(parameters);
            return run.apply(part);
          });
    }
  }

  private static Tensor pictures(int channels) {
    return Formula.given("pictures", N * T, channels, H, W);
  }

  private static Tensor embedding() {
    return Ops.silu(Formula.given("embedding", N * T, TIME));
  }

  private static Tensor context() {
    return Formula.given("context", N, 5, CONTEXT).repeatInterleave(T, 0);
  }

  private static Tensor tokens() {
    return Formula.given("tokens", N * T, H * W, 64);
  }

  private static Conditions conditions() {
    return new Conditions(embedding(), context(), T);
  }

  private static Level level(BlockKind kind, int layers, double epsilon) {
    return new Level(kind, layers, 1, 2, CONTEXT, true, TIME, 32, epsilon);
  }

  private static List<Tensor> down(UNetBlocks.Down block) {
    Deque<Tensor> across = new ArrayDeque<>();
    List<Tensor> all = new ArrayList<>();
    all.add(block.forward(pictures(32), conditions(), across));
    across.descendingIterator().forEachRemaining(all::add);
    return all;
  }

  /** What comes across, first pushed first, over a last one that only gives the size. */
  private static Deque<Tensor> across(int... channels) {
    Deque<Tensor> across = new ArrayDeque<>();
    across.push(Tensor.zeros(1, 1, 11, 8));
    for (int i = 0; i < channels.length; i++) {
      across.push(Formula.given("across" + i, N * T, channels[i], H, W));
    }
    return across;
  }

  private static Case resnet(String name, int out, int time, double epsilon) {
    return Case.of(
        name,
        branch -> new ResnetBlock(branch, 32, out, time, 32, epsilon),
        block -> List.of(block.forward(pictures(32), time == 0 ? null : embedding())));
  }

  private static Case transformer(String name, int contextSize) {
    return Case.of(
        name,
        branch -> new TransformerBlock(branch, 64, 2, contextSize, true),
        block -> List.of(block.forward(tokens(), contextSize == 0 ? null : context())));
  }

  private static Case unet(String name, Map<String, Object> changes, long... size) {
    Map<String, Object> values = new LinkedHashMap<>(UNET);
    values.putAll(changes);
    UNetConfig config = UNetConfig.of(values);
    return new Case(
        name,
        (branch, parameters) -> {
          SpatioTemporalUNet unet = SpatioTemporalUNet.of(config, parameters);
          Formula.fill(parameters);
          return List.of(
              unet.forward(
                  Formula.given("clip", N, T, config.inChannels(), size[0], size[1]),
                  Tensor.of(new float[] {0.3f, -1.2f}, 2),
                  Formula.given("token", N, 2, 32),
                  Tensor.of(new float[] {6, 127, 0.02f, 7, 30, 0.5f}, 2, 3)));
        });
  }

  private static Case clip(String activation) {
    return new Case(
        "clip_" + activation,
        (branch, parameters) -> {
          ClipVisionEncoder encoder =
              ClipVisionEncoder.of(
                  new ClipVisionEncoder.Config(
                      48, 96, 2, 3, 32, 8, 32, activation.equals("quick_gelu")),
                  parameters);
          Formula.fill(parameters);
          return List.of(encoder.forward(Formula.given("picture", N, 3, 32, 32)));
        });
  }

  static final Map<String, Object> UNET =
      JsonSettings.parseMap(
          "UNET",
          """
          {"in_channels": 8, "out_channels": 4,
           "down_block_types": ["CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"],
           "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"],
           "block_out_channels": [32, 64], "addition_time_embed_dim": 32,
           "projection_class_embeddings_input_dim": 96, "layers_per_block": 2,
           "cross_attention_dim": 32, "transformer_layers_per_block": 1,
           "num_attention_heads": [2, 4], "num_frames": 3}\
          """);

  private static final Map<String, Object> DEEP =
      JsonSettings.parseMap(
          "DEEP",
          """
          {"in_channels": 5, "out_channels": 3,
           "down_block_types": ["CrossAttnDownBlockSpatioTemporal",
             "CrossAttnDownBlockSpatioTemporal", "CrossAttnDownBlockSpatioTemporal",
             "DownBlockSpatioTemporal"],
           "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal",
             "CrossAttnUpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"],
           "block_out_channels": [32, 32, 64, 64], "layers_per_block": [1, 2, 1, 1],
           "transformer_layers_per_block": [1, 2, 1, 1], "num_attention_heads": [1, 2, 2, 4]}\
          """);

  static final Map<String, Object> AUTOENCODER =
      JsonSettings.parseMap(
          "AUTOENCODER",
          """
          {"down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
           "block_out_channels": [32, 32, 64], "layers_per_block": 2, "latent_channels": 4,
           "sample_size": 64, "scaling_factor": 0.18215}\
          """);

  private static Stream<Case> cases() {
    return Stream.of(
        resnet("resnet", 64, TIME, 1e-6),
        resnet("resnet_timeless", 32, 0, 1e-5),
        Case.of(
            "temporal_resnet",
            branch -> new TemporalResnetBlock(branch, 32, TIME, 32, 1e-5),
            block -> {
              Tensor clip = Formula.given("clip", N, 32, T, H, W);
              return List.of(clip.add(block.residual(clip, embedding())));
            }),
        Case.of(
            "spatio_temporal_resnet",
            branch ->
                new SpatioTemporalResnetBlock(branch, 32, 64, TIME, 32, 1e-6, 1e-6, Mix.SPATIAL),
            block -> List.of(block.forward(pictures(32), embedding(), T))),
        Case.of(
            "decoder_resnet",
            branch ->
                new SpatioTemporalResnetBlock(branch, 32, 32, 0, 32, 1e-6, 1e-5, Mix.TEMPORAL),
            block -> List.of(block.forward(pictures(32), null, T))),
        transformer("transformer_block", CONTEXT),
        transformer("transformer_block_alone", 0),
        Case.of(
            "temporal_transformer_block",
            branch -> new TemporalTransformerBlock(branch, 64, 2, CONTEXT),
            block -> List.of(block.forward(tokens(), context(), T))),
        Case.of(
            "spatio_temporal_transformer",
            branch -> new SpatioTemporalTransformer(branch, 64, 2, 2, CONTEXT, true, true, 32),
            block -> List.of(block.forward(pictures(64), context(), T))),
        Case.of(
            "downsample",
            branch -> Downsample.of(branch, 32, false),
            layer -> List.of(layer.forward(pictures(32)))),
        Case.of(
            "downsample_after",
            branch -> Downsample.of(branch, 32, true),
            layer -> List.of(layer.forward(pictures(32)))),
        Case.of(
            "upsample",
            branch -> Upsample.of(branch, 32),
            layer -> List.of(layer.forward(pictures(32)), layer.forward(pictures(32), 11, 7))),
        Case.of(
            "waves",
            branch -> Tensor.of(new float[] {0, 0.25f, 3, 999}, 4),
            times ->
                List.of(TimestepEmbedding.waves(times, 32), TimestepEmbedding.waves(times, 33))),
        Case.of(
            "timestep_embedding",
            branch -> new TimestepEmbedding(branch, 32, 64, 48),
            layer -> List.of(layer.forward(Formula.given("waves", 4, 32)))),
        Case.of(
            "picture_attention",
            branch -> new PictureAttention(branch, 64, 32),
            block -> List.of(block.forward(pictures(64)))),
        Case.of(
            "down",
            branch ->
                new UNetBlocks.Down(
                    branch, level(BlockKind.CONVOLUTION_IN_TIME, 2, 1e-5), 32, 64, false),
            GoldenTest::down),
        Case.of(
            "down_attention",
            branch ->
                new UNetBlocks.Down(
                    branch, level(BlockKind.ATTENTION_IN_TIME, 2, 1e-6), 32, 64, true),
            GoldenTest::down),
        Case.of(
            "middle",
            branch ->
                new UNetBlocks.Middle(branch, level(BlockKind.ATTENTION_IN_TIME, 1, 1e-5), 64),
            block -> List.of(block.forward(pictures(64), conditions()))),
        Case.of(
            "up",
            branch ->
                new UNetBlocks.Up(
                    branch, level(BlockKind.CONVOLUTION_IN_TIME, 2, 1e-6), 64, 64, 32, false),
            block -> List.of(block.forward(pictures(64), conditions(), across(32, 64)))),
        Case.of(
            "up_attention",
            branch ->
                new UNetBlocks.Up(
                    branch, level(BlockKind.ATTENTION_IN_TIME, 2, 1e-6), 64, 32, 32, true),
            block -> List.of(block.forward(pictures(64), conditions(), across(32, 32)))),
        unet("unet", Map.of(), 8, 6),
        unet("unet_deep", DEEP, 11, 9),
        new Case(
            "autoencoder",
            (branch, parameters) -> {
              TemporalAutoencoder autoencoder =
                  TemporalAutoencoder.of(AutoencoderConfig.of(AUTOENCODER), parameters);
              Formula.fill(parameters);
              TemporalAutoencoder.Posterior posterior =
                  autoencoder.encode(Formula.given("picture", N, 3, 24, 16));
              return List.of(
                  posterior.mean(),
                  posterior.logVariance(),
                  autoencoder.decode(Formula.given("latents", N * T, 4, 5, 3), T));
            }),
        clip("gelu"),
        clip("quick_gelu"));
  }

  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    return cases().map(c -> DynamicTest.dynamicTest(c.name, () -> check(c)));
  }

  private static void check(Case c) {
    for (MemoryLayout layout : MemoryLayout.values()) {
      try (TorchScope _ = TorchScope.open();
          NoGrad _ = NoGrad.open();
          Parameters parameters = Parameters.random(1, Device.CPU, layout)) {
        List<Tensor> outputs = c.run.apply(parameters.root(), parameters);
        assertEquals(reference(c.name), shapes(parameters));
        assertTrue(goldens.names().contains(c.name + "." + (outputs.size() - 1)));
        for (int i = 0; i < outputs.size(); i++) {
          Tensor expected = goldens.read(c.name + "." + i);
          Tensor found = outputs.get(i);
          assertArrayEquals(expected.shape(), found.shape());
          double error = found.sub(expected).abs().max().item() / expected.abs().max().item();
          assertTrue(error <= TOLERANCE, c.name + "." + i + " differs by " + error);
        }
      }
    }
  }

  private static Map<String, String> shapes(Parameters parameters) {
    Map<String, String> shapes = new TreeMap<>();
    parameters
        .tensors()
        .forEach((name, tensor) ->
            shapes.put(name, LongStream.of(tensor.shape()).boxed().toList().toString()));
    return shapes;
  }

  private static Map<String, String> reference(String name) {
    Map<String, String> shapes = new TreeMap<>();
    JsonSettings.parseMap(name, goldens.metadata().get(name))
        .forEach((key, shape) -> shapes.put(key, shape.toString()));
    return shapes;
  }
}
