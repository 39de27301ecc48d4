package org.pixelcube.stage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.pixelcube.config.AtomicFile;

/**
 * A configuration for OpenColorIO 2 whose reference space is linear Rec.709 light, 1.0 the white
 * that all panels reach, with a colour space for the signal of each panel.
 *
 * @param name of the configuration
 * @param panels name and file (.clf, beside the configuration in {@code luts}) of each panel
 */
public record OcioConfig(String name, List<PanelSpace> panels) {
  /** Name of the reference space. */
  public static final String REFERENCE = "Linear Rec.709 (sRGB)";

  /**
   * A panel's signal.
   *
   * @param name of the colour space
   * @param file name of the CLF that leads there from the reference space
   */
  public record PanelSpace(String name, String file) {}

  public OcioConfig {
    panels = List.copyOf(panels);
  }

  /** The text of {@code config.ocio}. */
  public String toYaml() {
    StringBuilder yaml = new StringBuilder(4096);
    yaml.append(
        """
        ocio_profile_version: 2

        environment:
          {}
        name: %s
        search_path: luts
        strictparsing: true
        luma: [0.2126, 0.7152, 0.0722]

        roles:
          default: %s
          scene_linear: %s
          rendering: %s
          data: Raw

        file_rules:
          - !<Rule> {name: Default, colorspace: default}

        displays:
          Wall:
        """
            .formatted(quoted(name), quoted(REFERENCE), quoted(REFERENCE), quoted(REFERENCE)));
    for (PanelSpace panel : panels) {
      yaml.append(
          "    - !<View> {name: %s, colorspace: %s}\n"
              .formatted(quoted(panel.name), quoted(panel.name)));
    }
    yaml.append(
        """

        active_displays: [Wall]
        active_views: []

        colorspaces:
          - !<ColorSpace>
            name: %s
            family: ""
            bitdepth: 32f
            isdata: false
            allocation: uniform

          - !<ColorSpace>
            name: Raw
            family: ""
            bitdepth: 32f
            isdata: true
            allocation: uniform
        """
            .formatted(quoted(REFERENCE)));
    for (PanelSpace panel : panels) {
      yaml.append(
          """

            - !<ColorSpace>
              name: %s
              family: LED panels
              bitdepth: 32f
              isdata: false
              allocation: uniform
              from_scene_reference: !<FileTransform> {src: %s, interpolation: linear}
          """
              .formatted(quoted(panel.name), quoted(panel.file)));
    }
    return yaml.toString();
  }

  /** Writes the file in one step. */
  public void write(Path file) {
    AtomicFile.write(file, toYaml().getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
