package org.pixelcube.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class SuggestionTest {
  @Test
  void knownDistances() {
    assertEquals(3, Suggestion.distance("kitten", "sitting"));
    assertEquals(1, Suggestion.distance("exposrue", "exposure"));
    assertEquals(0, Suggestion.distance("Yaw", "yaw"));
    assertEquals(4, Suggestion.distance("", "roll"));
  }

  @Test
  void onlyNearWordsAreOffered() {
    List<String> words = List.of("background", "exposure", "yaw");
    assertEquals(Optional.of("background"), Suggestion.nearest("backgrund", words));
    assertEquals(Optional.of("yaw"), Suggestion.nearest("yam", words));
    assertEquals(Optional.empty(), Suggestion.nearest("zebra", words));
  }

  @Test
  void aDistanceIsSymmetricAndCountsEdits(Random random) {
    for (int trial = 0; trial < 200; trial++) {
      String a = word(random);
      StringBuilder b = new StringBuilder(a);
      int edits = random.nextInt(4);
      for (int i = 0; i < edits; i++) {
        int at = random.nextInt(b.length() + 1);
        if (at < b.length() && random.nextBoolean()) {
          b.deleteCharAt(at);
        } else {
          b.insert(at, (char) ('a' + random.nextInt(26)));
        }
      }
      int distance = Suggestion.distance(a, b.toString());
      assertEquals(distance, Suggestion.distance(b.toString(), a));
      assertEquals(true, distance <= edits, () -> a + " " + b);
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }
}
