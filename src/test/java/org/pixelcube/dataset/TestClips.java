package org.pixelcube.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.render.FieldBasis;
import org.pixelcube.render.FieldCodec;
import org.pixelcube.render.LightBasis;
import org.pixelcube.render.ReflectanceField;
import org.pixelcube.render.TestFields;

/** Small clips of a ball. */
public final class TestClips {
  static final int SIZE = 24;

  private TestClips() {}

  public static Clip rendered(String name, String subject, int frames, long seed) {
    LightBasis lights = TestFields.lights();
    Random random = new Random(seed);
    List<ReflectanceField> fields = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      fields.add(TestFields.ball(SIZE, i - 1, lights, 0.02, random));
    }
    FieldBasis basis = FieldBasis.of(List.of(fields.getFirst()), 0.01);
    ClipMeta meta = meta(name, subject, ClipMeta.Kind.RENDERED, fields);
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put(meta.member(Clip.BASIS), basis.toBytes());
    for (int i = 0; i < frames; i++) {
      members.put(meta.member(Clip.FIELD, i), FieldCodec.encode(fields.get(i), basis));
      members.put(meta.member(Clip.AOVS, i), FieldCodec.encodeAovs(fields.get(i)));
    }
    return Clip.of(meta, members);
  }

  static Clip captured(String name, String subject, Image picture) {
    ReflectanceField field =
        TestFields.ball(picture.width(), 0, TestFields.lights(), 0, new Random(1));
    ClipMeta meta = meta(name, subject, ClipMeta.Kind.CAPTURED, List.of(field));
    return Clip.of(meta, Map.of(meta.member(Clip.PICTURE, 0) + ".png", Pictures.png(picture)));
  }

  private static ClipMeta meta(
      String name, String subject, ClipMeta.Kind kind, List<ReflectanceField> fields) {
    List<ClipMeta.FrameMeta> frames = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      frames.add(
          new ClipMeta.FrameMeta(
              i / 25.0,
              ClipMeta.CameraMeta.of(fields.get(i).camera()),
              Optional.empty(),
              kind == ClipMeta.Kind.CAPTURED
                  ? Optional.of(new ClipMeta.LightMeta("left", Optional.empty()))
                  : Optional.empty()));
    }
    return new ClipMeta(
        ClipMeta.FORMAT,
        name,
        kind,
        subject,
        Split.of(subject),
        "still",
        Optional.empty(),
        fields.getFirst().width(),
        fields.getFirst().height(),
        25,
        kind == ClipMeta.Kind.RENDERED ? Optional.of(0.01) : Optional.empty(),
        frames,
        new ClipMeta.Provenance(
            "CC0-1.0", "test", 1, List.of(new ClipMeta.Asset("ball", "CC0-1.0", "nobody"))),
        List.of());
  }
}
