package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

class NetworkFilesTest {
  @TempDir Path folder;

  @Test
  void garbageIsNoNetwork() throws IOException {
    Random random = new Random(1);
    for (int length : new int[] {0, 7, 64, 5000}) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertThrows(UserError.class, () -> new LiteModel("toy", bytes, 1));
      if (length > 8) {
        System.arraycopy(new byte[] {'T', 'F', 'L', '3'}, 0, bytes, 4, 4);
        assertThrows(UserError.class, () -> new LiteModel("toy", bytes, 1));
      }
      Path file = Files.write(folder.resolve("toy" + length), bytes);
      assertThrows(UserError.class, () -> Modnet.open(file, 384, 1));
      assertThrows(UserError.class, () -> Identity.open(file, 1));
      assertThrows(UserError.class, () -> new FaceTracker(file, FaceTracker.Options.DEFAULT));
      assertThrows(UserError.class, () -> FaceTopology.read(file));
    }
    Path missing = folder.resolve("missing");
    assertThrows(UserError.class, () -> Modnet.open(missing, 384, 1));
    assertThrows(UserError.class, () -> FaceTopology.read(missing));
  }

  @Test
  void aTruncatedNetworkIsRefused() {
    byte[] bytes = FaceModels.read(Fixtures.model(Model.FACE_LANDMARKER)).detector();
    for (int length : new int[] {100, 5000, bytes.length / 2, bytes.length - 400}) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThrows(UserError.class, () -> new LiteModel("detector", part, 1));
    }
  }

  @Test
  void anotherNetworkIsNoMattingNetwork() {
    Path file = Fixtures.model(Model.FACE_LANDMARKER);
    assertThrows(UserError.class, () -> Modnet.open(file, 384, 1));
  }

  @Test
  void theMatteSizeIsChecked() {
    for (int size : new int[] {0, 96, 383, 1056}) {
      assertThrows(UserError.class, () -> Modnet.open(folder, size, 1));
    }
  }

  @Test
  void modnetCutsOutTheSubject() {
    Path file = Fixtures.model(Model.MODNET);
    Image photo = Fixtures.photo("astronaut.png");
    try (Modnet network = Modnet.open(file, 256, 1)) {
      assertArrayEquals(new int[] {256, 256}, network.workingSize(512, 512));
      assertArrayEquals(new int[] {448, 256}, network.workingSize(1920, 1080));
      assertArrayEquals(new int[] {256, 1024}, network.workingSize(10, 4000));
      Image alpha = network.matte(photo);
      assertEquals(1, alpha.at(0, 60, 112), 0.05, "face");
      assertEquals(1, alpha.at(0, 200, 90), 0.05, "suit");
      assertEquals(0, alpha.at(0, 40, 20), 0.05, "flag");
      assertEquals(0, alpha.at(0, 30, 190), 0.05, "wall");
      assertArrayEquals(alpha.samples(), network.matte(photo).samples());
    }
  }

  @Test
  void theSamePersonIsKnownAgain() {
    Path file = Fixtures.model(Model.SFACE);
    Path bundle = Fixtures.model(Model.FACE_LANDMARKER);
    Image photo = Fixtures.photo("astronaut.png");
    List<float[]> embeddings = new ArrayList<>();
    try (Identity identity = Identity.open(file, 1)) {
      for (Image picture :
          List.of(
              photo,
              org.pixelcube.image.Resize.area(photo, 400, 400),
              Fixtures.photo("grace_hopper_512.jpg"))) {
        try (FaceTracker tracker = new FaceTracker(bundle, FaceTracker.Options.DEFAULT)) {
          embeddings.add(identity.embedding(picture, tracker.next(picture, 0).getFirst()));
        }
      }
    }
    assertEquals(1, Identity.similarity(embeddings.get(0), embeddings.get(0)), 1e-5);
    assertTrue(Identity.similarity(embeddings.get(0), embeddings.get(1)) > 0.7);
    assertTrue(Identity.similarity(embeddings.get(0), embeddings.get(2)) < 0.3);
  }
}
