package org.pixelcube.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pixelcube.config.Version;
import org.pixelcube.diffusion.NetworkShape;
import org.pixelcube.diffusion.VideoNetwork;
import org.pixelcube.torch.DType;
import org.pixelcube.torch.NoGrad;
import org.pixelcube.torch.SafetensorsFile;
import org.pixelcube.torch.Tensor;
import org.pixelcube.torch.TorchScope;

/** Weights for use, in half precision, with what they are and where they come from. */
final class Snapshot {
  private Snapshot() {}

  /**
   * Writes weights.
   *
   * @param weights all that the network has beyond what it was made from
   * @param provenance text by key, beside what every file has
   */
  static void write(
      Path file,
      NetworkShape network,
      Map<String, Tensor> weights,
      Map<String, String> provenance) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pixelcube");
    metadata.put("software", "Pixel Cube " + Version.NUMBER);
    metadata.putAll(VideoNetwork.header(network));
    metadata.putAll(provenance);
    try (TorchScope _ = TorchScope.open();
        NoGrad _ = NoGrad.open()) {
      Map<String, Tensor> half = new LinkedHashMap<>();
      weights.forEach((name, w) -> half.put(name, w.detach().to(DType.F16)));
      SafetensorsFile.write(file, half, metadata);
    }
  }
}
