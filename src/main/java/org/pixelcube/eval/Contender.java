package org.pixelcube.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.train.ShapeFinder;

/** What is compared: ways to bring a subject under another light. */
sealed interface Contender {
  /** What it is called in tables; what the user asked for it by. */
  String name();

  /** The subject under the new light, straight, linear, a picture a frame. */
  List<Image> relit(Trial trial, Tools tools);

  /** Whether {@link #exposed} says anything. */
  default boolean canExpose() {
    return false;
  }

  /** The same with the new light brighter by some stops. */
  default List<Image> exposed(Trial trial, double stops, Tools tools) {
    throw new UnsupportedOperationException(name());
  }

  /** What contenders work with. */
  record Tools(FrameProcessor.Factory processors, ShapeFinder shapes, Warnings warnings) {}

  /** Nothing is done. */
  record Copy(String name) implements Contender {
    @Override
    public List<Image> relit(Trial trial, Tools tools) {
      return trial.sample().frames().stream().map(f -> f.input()).toList();
    }
  }

  /** {@link QuotientImage}. */
  record Quotient(String name) implements Contender {
    @Override
    public List<Image> relit(Trial trial, Tools tools) {
      return QuotientImage.relit(trial.sample(), tools.shapes());
    }
  }

  /**
   * What {@code relight} does.
   *
   * @param model as {@link RelightSettings#model()} names it
   * @param steps looks at the networks
   * @param alone whether every frame is taken as a picture of its own
   */
  record Model(String name, String model, OptionalInt steps, boolean alone) implements Contender {
    @Override
    public boolean canExpose() {
      return true;
    }

    @Override
    public List<Image> relit(Trial trial, Tools tools) {
      if (!alone) {
        return exposed(trial, 0, tools);
      }
      List<Image> all = new ArrayList<>();
      for (int i = 0; i < trial.truth().size(); i++) {
        all.addAll(exposed(trial.frame(i), 0, tools));
      }
      return all;
    }

    @Override
    public List<Image> exposed(Trial trial, double stops, Tools tools) {
      try (Shot shot = Shot.of(trial.sample())) {
        RelightSettings settings = shot.settings().with("model", model).with("exposure", stops);
        if (steps.isPresent()) {
          settings = settings.with("steps", steps.getAsInt());
        }
        return shot.relit(settings, tools.processors(), tools.warnings());
      }
    }
  }

  /**
   * Reads {@code copy}, {@code quotient}, or a model with {@code +alone} or {@code +steps=N} after
   * it.
   *
   * @throws UserError if it is none of these
   */
  static Contender parse(String text) {
    if (text.equals("copy")) {
      return new Copy(text);
    }
    if (text.equals("quotient")) {
      return new Quotient(text);
    }
    String[] parts = text.split("\\+", -1);
    OptionalInt steps = OptionalInt.empty();
    boolean alone = false;
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].equals("alone")) {
        alone = true;
      } else if (parts[i].matches("steps=[1-9][0-9]{0,3}")) {
        steps = OptionalInt.of(Integer.parseInt(parts[i].substring("steps=".length())));
      } else {
        throw unknown(text);
      }
    }
    if (parts[0].isBlank()) {
      throw unknown(text);
    }
    return new Model(text, parts[0], steps, alone);
  }

  private static UserError unknown(String text) {
    return new UserError(
        "--models",
        "has '%s', which is no contender".formatted(text),
        "give copy, quotient, physics, small or a folder of weights, with +alone or +steps=4 after it");
  }
}
