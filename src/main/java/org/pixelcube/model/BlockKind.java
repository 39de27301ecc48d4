package org.pixelcube.model;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a level of the UNet is made of, with the names that diffusers gives such blocks.
 *
 * <p>The kinds without time treat every frame alone: for fine levels, where they are cheap.
 */
public enum BlockKind {
  CONVOLUTION("%sBlock2D", false, false),
  ATTENTION("CrossAttn%sBlock2D", true, false),
  CONVOLUTION_IN_TIME("%sBlockSpatioTemporal", false, true),
  ATTENTION_IN_TIME("CrossAttn%sBlockSpatioTemporal", true, true);

  private final String pattern;
  private final boolean attention;
  private final boolean temporal;

  BlockKind(String pattern, boolean attention, boolean temporal) {
    this.pattern = pattern;
    this.attention = attention;
    this.temporal = temporal;
  }

  /** Whether a transformer stands behind each residual block. */
  public boolean attention() {
    return attention;
  }

  /** Whether frames see one another. */
  public boolean temporal() {
    return temporal;
  }

  String typeName(boolean up) {
    return pattern.formatted(up ? "Up" : "Down");
  }

  static Optional<BlockKind> of(String typeName, boolean up) {
    return Stream.of(values()).filter(kind -> kind.typeName(up).equals(typeName)).findFirst();
  }

  static String typeNames(boolean up) {
    return Stream.of(values()).map(kind -> kind.typeName(up)).collect(Collectors.joining(", "));
  }
}
