package org.pixelcube.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.torch.AdamW;
import org.pixelcube.torch.Autocast;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.Device;
import org.pixelcube.torch.FlopCounter;
import org.pixelcube.torch.Gradients;
import org.pixelcube.torch.MemoryLayout;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.Ops;
import org.pixelcube.torch.Parameters;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TensorRandom;
import org.pixelcube.torch.TorchScope;

class ModelTest {
  @TempDir Path folder;

  private static Parameters random() {
    return Parameters.random(1, Device.CPU, MemoryLayout.CHANNELS_LAST);
  }

  /** 7 channels in, 3 out, folded by 2, attention on the coarse of two levels. */
  private static UNetConfig small(int contextSize) {
    return UNetConfig.small(7, 3, 2, List.of(16, 32), 1, List.of(false, true), 16, contextSize, 8);
  }

  private static Tensor times(int n) {
    return Tensor.range(n).mul(0.3);
  }

  @Test
  void aSmallNetworkLearnsWithAllItsParameters() {
    try (TorchScope _ = TorchScope.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(small(12), random());
        AdamW adam = new AdamW(unet.parameters().tensors(), AdamW.Settings.DEFAULT)) {
      unet.parameters().setRequiresGrad(true);
      Tensor clips = Formula.given("clip", 2, 3, 7, 12, 8);
      Tensor tokens = Formula.given("tokens", 2, 3, 4, 12);
      Tensor wanted = Formula.given("wanted", 2, 3, 3, 12, 8);
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 12; step++) {
        try (TorchScope _ = TorchScope.open()) {
          Tensor out = unet.forward(clips, times(2), tokens, null);
          assertArrayEquals(new long[] {2, 3, 3, 12, 8}, out.shape());
          Tensor loss = Ops.meanSquaredError(out, wanted);
          losses.add(loss.item());
          Gradients.clear(unet.parameters().tensors().values());
          loss.backward();
          unet.parameters()
              .tensors()
              .forEach((name, tensor) -> {
                Tensor gradient = tensor.grad();
                assertNotNull(gradient, name);
                assertTrue(gradient.abs().max().item() > 0, name);
              });
          adam.step(2e-3);
        }
      }
      assertTrue(losses.getLast() < 0.8 * losses.getFirst(), losses.toString());
    }
  }

  @Test
  void oneContextForAClipIsTheSameForEachFrame() {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(small(12), random())) {
      Formula.fill(unet.parameters());
      Tensor clips = Formula.given("clip", 2, 3, 7, 8, 8);
      Tensor context = Formula.given("tokens", 2, 4, 12);
      Tensor once = unet.forward(clips, times(2), context, null);
      Tensor each = unet.forward(clips, times(2), context.unsqueeze(1).repeat(1, 3, 1, 1), null);
      assertArrayEquals(once.toFloatArray(), each.toFloatArray());
      Tensor other = unet.forward(clips, times(2), Formula.given("others", 2, 3, 4, 12), null);
      assertTrue(once.sub(other).abs().max().item() > 0.01);
    }
  }

  /** Frames at distance see each other only through blocks in time. */
  @Test
  void blocksWithoutTimeTreatFramesAlone() {
    for (boolean inTime : new boolean[] {false, true}) {
      try (TorchScope _ = TorchScope.open();
          NoGrad _ = NoGrad.open();
          Parameters parameters = random()) {
        BlockKind kind = inTime ? BlockKind.ATTENTION_IN_TIME : BlockKind.ATTENTION;
        UNetBlocks.Down block =
            new UNetBlocks.Down(
                parameters.root(),
                new UNetBlocks.Level(kind, 1, 1, 2, 0, true, 8, 8, 1e-5),
                16,
                16,
                true);
        Formula.fill(parameters);
        Tensor x = Formula.given("x", 4, 16, 3, 5);
        Tensor embedding = Formula.given("e", 4, 8);
        Tensor before =
            block.forward(
                x, new UNetBlocks.Conditions(embedding, null, 4), new java.util.ArrayDeque<>());
        Tensor changed = x.copy();
        changed.narrow(0, 3, 1).mulInPlace(-1);
        Tensor after =
            block.forward(
                changed,
                new UNetBlocks.Conditions(embedding, null, 4),
                new java.util.ArrayDeque<>());
        double change = before.sub(after).narrow(0, 0, 1).abs().max().item();
        assertEquals(inTime, change > 1e-4, "first frame changed by " + change);
      }
    }
  }

  @Test
  void mixedPrecisionStaysNear() {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(small(0), random())) {
      Formula.fill(unet.parameters());
      Tensor clips = Formula.given("clip", 1, 3, 7, 16, 16);
      Tensor exact = unet.forward(clips, times(1), null, null);
      Tensor mixed;
      try (Autocast _ = Autocast.open(Device.CPU, DType.BF16)) {
        mixed = unet.forward(clips, times(1), null, null).to(DType.F32);
      }
      double error = exact.sub(mixed).norm().item() / exact.norm().item();
      // Products of eight bits of mantissa.
      assertTrue(error > 1e-4 && error < 0.05, "error " + error);
    }
  }

  @Test
  void floatingPointOperationsAreCountedFromShapes() {
    try (TorchScope _ = TorchScope.open();
        FlopCounter counter = FlopCounter.open()) {
      Tensor x = Tensor.ones(2, 3, 5, 7);
      Ops.conv2d(x, Tensor.ones(4, 3, 3, 3), null, 1, 1, 1);
      assertEquals(2L * 2 * 4 * 5 * 7 * 27, counter.flops());
      long before = counter.flops();
      Ops.linear(Tensor.ones(6, 3), Tensor.ones(4, 3), null);
      assertEquals(2L * 6 * 4 * 3, counter.flops() - before);
      before = counter.flops();
      Tensor q = Tensor.ones(2, 3, 5, 8);
      Tensor k = Tensor.ones(2, 3, 7, 8);
      Ops.attention(q, k, k);
      long fused = counter.flops() - before;
      assertEquals(2 * 2L * 2 * 3 * 5 * 7 * 8, fused);
      before = counter.flops();
      // In parts it is the same work.
      Ops.attention(q.to(DType.F64), k.to(DType.F64), k.to(DType.F64));
      assertEquals(fused, counter.flops() - before);
    }
  }

  @Test
  void wrongInputsAreRefusedBeforeAnyWork() {
    try (TorchScope _ = TorchScope.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(small(12), random())) {
      Tensor clips = Tensor.zeros(1, 2, 7, 8, 8);
      Tensor tokens = Tensor.zeros(1, 2, 4, 12);
      for (Runnable bad :
          List.<Runnable>of(
              () -> unet.forward(Tensor.zeros(1, 2, 6, 8, 8), times(1), tokens, null),
              () -> unet.forward(Tensor.zeros(1, 2, 7, 9, 8), times(1), tokens, null),
              () -> unet.forward(clips, times(2), tokens, null),
              () -> unet.forward(clips, times(1), null, null),
              () -> unet.forward(clips, times(1), Tensor.zeros(1, 3, 4, 12), null),
              () -> unet.forward(clips, times(1), Tensor.zeros(1, 2, 4, 11), null),
              () -> unet.forward(clips, times(1), tokens, Tensor.zeros(1, 3)))) {
        assertThrows(IllegalArgumentException.class, bad::run);
      }
    }
  }

  /** Everything in the encoder keeps its form when the sphere is turned by a whole token. */
  @Test
  void tokensTurnWithTheMap() {
    EnvironmentEncoder.Config config =
        new EnvironmentEncoder.Config(16, List.of(16, 16, 32), 24, 8);
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        Parameters parameters = random()) {
      EnvironmentEncoder encoder = new EnvironmentEncoder(config, parameters.root());
      Formula.fill(parameters);
      Tensor maps = Formula.given("maps", 1, 2, 9, 16, 32);
      Tensor tokens = encoder.forward(maps);
      assertArrayEquals(new long[] {1, 2, config.tokens(), 24}, tokens.shape());
      Tensor turned = encoder.forward(roll(maps, 4, 4));
      Tensor expected =
          roll(tokens.reshape(1, 2, 4, 8, 24), 3, 1).reshape(1, 2, config.tokens(), 24);
      assertEquals(0, turned.sub(expected).abs().max().item(), 1e-5);
      assertTrue(tokens.sub(expected).abs().max().item() > 0.1);
      assertThrows(
          IllegalArgumentException.class, () -> encoder.forward(Tensor.zeros(1, 2, 9, 8, 16)));
    }
  }

  private static Tensor roll(Tensor x, int dimension, int by) {
    long size = x.size(dimension);
    return Ops.cat(
        dimension, x.narrow(dimension, size - by, by), x.narrow(dimension, 0, size - by));
  }

  // Folders

  private void writeConfig(Map<String, Object> values) throws IOException {
    Files.writeString(folder.resolve("config.json"), JsonSettings.toJson(values));
  }

  private void writeWeights(Map<String, Tensor> tensors) {
    SafetensorsFile.write(
        folder.resolve("diffusion_pytorch_model.safetensors"), tensors, Map.of("format", "pt"));
  }

  private void changed(Consumer<Map<String, Object>> change) throws IOException {
    Map<String, Object> values = new LinkedHashMap<>(GoldenTest.UNET);
    values.put("_class_name", "UNetSpatioTemporalConditionModel");
    values.put("_diffusers_version", "0.24.0.dev0");
    change.accept(values);
    writeConfig(values);
  }

  private String fault() {
    UserError e =
        assertThrows(
            UserError.class, () -> SpatioTemporalUNet.load(folder, DType.F32, Device.CPU).close());
    assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
    assertFalse(e.getMessage().contains("\n"));
    return e.getMessage();
  }

  /** The folder of a network, in halves and in pieces too, gives the same network. */
  @Test
  void foldersAreLoadedWholeHalvedAndInPieces() throws IOException {
    changed(values -> {});
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(UNetConfig.of(GoldenTest.UNET), random())) {
      Map<String, Tensor> tensors = unet.parameters().tensors();
      writeWeights(tensors);
      float[] expected = run(unet);
      assertArrayEquals(expected, run(DType.F32));

      Map<String, Tensor> halves = new HashMap<>();
      tensors.forEach((name, tensor) -> halves.put(name, tensor.to(DType.F16)));
      Files.delete(folder.resolve("diffusion_pytorch_model.safetensors"));
      SafetensorsFile.write(
          folder.resolve("diffusion_pytorch_model.fp16.safetensors"), halves, Map.of());
      float[] rounded = run(DType.F32);
      assertTrue(distance(expected, rounded) > 0);
      assertTrue(distance(expected, rounded) < 5e-3);
      assertTrue(distance(expected, run(DType.BF16)) < 0.1);

      Files.delete(folder.resolve("diffusion_pytorch_model.fp16.safetensors"));
      Map<String, Object> map = new LinkedHashMap<>();
      List<Map<String, Tensor>> pieces = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
      tensors.forEach((name, tensor) -> {
        int piece = map.size() % 3;
        pieces.get(piece).put(name, tensor);
        map.put(name, pieceName(piece));
      });
      for (int i = 0; i < 3; i++) {
        SafetensorsFile.write(folder.resolve(pieceName(i)), pieces.get(i), Map.of());
      }
      Files.writeString(
          folder.resolve("diffusion_pytorch_model.safetensors.index.json"),
          JsonSettings.toJson(Map.of("metadata", Map.of("total_size", 1), "weight_map", map)));
      assertArrayEquals(expected, run(DType.F32));
      Files.delete(folder.resolve(pieceName(1)));
      assertTrue(fault().contains("no such file"));
    }
  }

  private static String pieceName(int i) {
    return "diffusion_pytorch_model-0000%d-of-00003.safetensors".formatted(i + 1);
  }

  private float[] run(DType dtype) {
    try (SpatioTemporalUNet unet = SpatioTemporalUNet.load(folder, dtype, Device.CPU)) {
      assertEquals(dtype, unet.parameters().dtype());
      return run(unet);
    }
  }

  private static float[] run(SpatioTemporalUNet unet) {
    try (TorchScope _ = TorchScope.open()) {
      return unet.forward(
              Formula.given("clip", 1, 2, 8, 8, 8),
              times(1),
              Formula.given("token", 1, 1, 32),
              Formula.given("added", 1, 3))
          .toFloatArray();
    }
  }

  private static double distance(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (double) (a[i] - b[i]);
      norm += a[i] * (double) a[i];
    }
    return Math.sqrt(difference / norm);
  }

  @Test
  void tensorsThatDoNotFitAreNamed() throws IOException {
    changed(values -> {});
    long before = TorchScope.liveTensors();
    try (TorchScope _ = TorchScope.open();
        SpatioTemporalUNet unet = SpatioTemporalUNet.of(UNetConfig.of(GoldenTest.UNET), random())) {
      Map<String, Tensor> tensors = new HashMap<>(unet.parameters().tensors());
      Tensor taken = tensors.remove("mid_block.resnets.1.time_mixer.mix_factor");
      writeWeights(tensors);
      assertTrue(fault().contains("lacks tensor 'mid_block.resnets.1.time_mixer.mix_factor'"));
      tensors.put("mid_block.resnets.1.time_mixer.mix_factor", taken);
      tensors.put("conv_in.extra", taken);
      writeWeights(tensors);
      assertTrue(fault().contains("holds tensor 'conv_in.extra' of shape 1,"));
      tensors.remove("conv_in.extra");
      tensors.put("conv_out.bias", Tensor.zeros(5));
      writeWeights(tensors);
      assertTrue(fault().contains("has tensor 'conv_out.bias' of shape 5, must be 4"));
      tensors.put("conv_out.bias", Tensor.zeros(4).to(DType.I32));
      writeWeights(tensors);
      assertTrue(fault().contains("of dtype I32, must be F32, F16 or BF16"));
    }
    assertEquals(before, TorchScope.liveTensors());
  }

  @Test
  void configurationsThatDoNotFitAreNamed() throws IOException {
    assertTrue(fault().contains("no such file"));
    changed(values -> values.put("_class_name", "UNet2DConditionModel"));
    assertTrue(fault().contains("_class_name: is UNet2DConditionModel"));
    changed(values -> values.put("layer_per_block", 2));
    assertTrue(fault().contains("did you mean 'layers_per_block'?"));
    changed(values -> values.put("layers_per_block", List.of(1, 2, 3)));
    assertTrue(fault().contains("layers_per_block: has 3 values for 2 levels"));
    changed(values -> values.put("layers_per_block", 0));
    assertTrue(fault().contains("layers_per_block: is 0"));
    changed(values -> values.put("block_out_channels", List.of(32, 1 << 30)));
    assertTrue(fault().contains("block_out_channels: is 1073741824"));
    changed(values -> values.put("block_out_channels", List.of(32, 48)));
    assertTrue(fault().contains("norm_num_groups: is 32, which does not divide 48"));
    changed(values -> values.put("num_attention_heads", List.of(2, 3)));
    assertTrue(fault().contains("num_attention_heads: is 3, which does not divide 64"));
    changed(values -> values.put("up_block_types", List.of("UpBlock3D", "UpBlock3D")));
    assertTrue(fault().contains("up_block_types: has 'UpBlock3D', supported are"));
    changed(values -> values.put("down_block_types", List.of("DownBlockSpatioTemporal")));
    assertTrue(fault().contains("down_block_types: has 1 entries"));
    changed(values -> values.put("in_channels", "8"));
    assertTrue(fault().contains("in_channels: is 8, must be a whole number"));
    Files.writeString(folder.resolve("config.json"), "{\"in_channels\": 8,}");
    assertTrue(fault().contains("not valid JSON"));
  }

  @Test
  void theAutoencoderNamesWhatItCannotDo() {
    Map<String, Object> values = new LinkedHashMap<>(GoldenTest.AUTOENCODER);
    assertEquals(4, AutoencoderConfig.of(values).factor());
    values.put("down_block_types", List.of("AttnDownEncoderBlock2D", "DownEncoderBlock2D", "x"));
    assertThrows(UserError.class, () -> AutoencoderConfig.of(values));
    assertThrows(
        InvalidSetting.class,
        () -> UNetConfig.small(3, 3, 17, List.of(8), 1, List.of(false), 8, 0, 8));
  }

  @Test
  void configurationsAreWrittenAsTheyAreRead() {
    for (UNetConfig config :
        List.of(small(0), small(12), UNetConfig.of(GoldenTest.UNET), UNetConfig.of(Map.of()))) {
      String json = JsonSettings.toJson(config.values());
      assertEquals(config, UNetConfig.of(JsonSettings.parseMap("config", json)));
    }
  }

  @Test
  void aSeedGivesTheSameNetworkAndTheSameNumbers() {
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open();
        TensorRandom noise = new TensorRandom(3);
        SpatioTemporalUNet a = SpatioTemporalUNet.of(small(0), random());
        SpatioTemporalUNet b = SpatioTemporalUNet.of(small(0), random())) {
      Tensor clips = noise.normal(1, 2, 7, 16, 16);
      assertArrayEquals(
          a.forward(clips, times(1), null, null).toFloatArray(),
          b.forward(clips, times(1), null, null).toFloatArray());
    }
  }
}
