package org.pixelcube.dataset;

import org.pixelcube.head.Actor;
import org.pixelcube.head.Casting;
import org.pixelcube.head.Performance;
import org.pixelcube.head.Traits;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;
import org.pixelcube.render.RenderBenchmark;
import org.pixelcube.render.Scene;

/** A person who talks before a camera that stands still, to measure rendering by. */
public final class FilmedSubject implements RenderBenchmark.Subject {
  private static final double FRAMES_PER_SECOND = 24;
  private static final double DISTANCE_METRES = 1.2;
  private static final double FRAMING_METRES = 0.44;
  private static final Vector3 EYE = new Vector3(0, -0.045, DISTANCE_METRES);

  private final Traits traits;
  private final Actor actor;
  private final Performance performance;

  private FilmedSubject(Traits traits, Actor actor, Performance performance) {
    this.traits = traits;
    this.actor = actor;
    this.performance = performance;
  }

  /** Casts the person that belongs to a number. */
  public static FilmedSubject cast(Casting casting, long seed) {
    Traits traits = Traits.of(seed);
    return new FilmedSubject(
        traits, casting.cast(traits), Performance.of(seed, Performance.Kind.TALKING, 4, EYE));
  }

  @Override
  public String name() {
    return "%s, %s hair".formatted(readable(traits.family()), readable(traits.hairStyle()));
  }

  private static String readable(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  @Override
  public Scene scene(int frame, int size) {
    Camera camera =
        new Camera(
            new Pose(Rotation.IDENTITY, EYE), size, size, size * DISTANCE_METRES / FRAMING_METRES);
    return new Scene(
        actor.at(
            performance.at(frame / FRAMES_PER_SECOND),
            performance.at((frame - 1) / FRAMES_PER_SECOND)),
        camera);
  }
}
