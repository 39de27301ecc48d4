package org.pixelcube.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;

/** Groups of threads that stand for processes. */
class RanksTest {
  @Test
  void numbersAreAveragedAndSpread() {
    TestRanks.run(
        3,
        ranks -> {
          assertEquals(3, ranks.size());
          assertEquals(ranks.rank() == 0, ranks.first());
          double[] means = ranks.mean(ranks.rank(), 1e9 * ranks.rank() + 7);
          assertArrayEquals(new double[] {1, 1e9 + 7}, means, 1e-6);
          // More than single precision holds.
          double large = (1L << 40) + 1;
          assertArrayEquals(new double[] {large}, ranks.ofFirst(ranks.first() ? large : -1));
          assertTrue(ranks.any(ranks.rank() == 2));
          assertFalse(ranks.any(false));
        });
  }

  @Test
  void everyItemIsTakenOnce() {
    int[] taken = new int[12];
    TestRanks.run(
        3,
        ranks -> {
          for (int item = 0; item < taken.length; item++) {
            if (ranks.takes(item)) {
              taken[item]++;
            }
          }
        });
    for (int count : taken) {
      assertEquals(1, count);
    }
  }

  @Test
  void tensorsOfAnyLayoutAreAveragedInPlaceAndNothingLeaks() {
    long before = TorchScope.liveTensors();
    TestRanks.run(
        2,
        ranks -> {
          try (TensorRandom random = new TensorRandom(ranks.rank());
              Parameters parameters =
                  Parameters.random(ranks.rank(), Device.CPU, MemoryLayout.CHANNELS_LAST)) {
            Parameters.Initial initial = Parameters.Initial.uniform(9);
            Tensor picture = parameters.root().tensor("picture", initial, 4, 3, 5, 2);
            // More than one bucket.
            Tensor large = parameters.root().tensor("large", initial, 3000, 3000);
            Tensor number = parameters.root().tensor("number", initial, 1);
            parameters.setRequiresGrad(true);
            List<Tensor> all = List.of(picture, large, number);
            ranks.spread(all);
            assertSame(ranks, all);
            long pointers = 0;
            for (int i = 0; i < 4; i++) {
              try (TorchScope _ = TorchScope.open()) {
                Gradients.clear(all);
                // The gradient of p · c is c; the mean of 1 and 2 is 1.5.
                Tensor c = random.normal(4, 3, 5, 2).mul(0).add(ranks.rank() + 1);
                picture.mul(c).sum().add(large.mul(c.sum().div(120)).sum()).backward();
                ranks.meanGradients(all);
                assertEquals(1.5, picture.grad().mean().item(), 1e-6);
                assertEquals(0, picture.grad().sub(1.5).norm().item(), 1e-5);
                assertEquals(0, large.grad().sub(1.5).norm().item(), 1e-2);
                assertEquals(null, number.grad());
              }
              if (i == 1) {
                pointers = Pointer.totalCount();
              }
            }
            // The other thread may be in the middle of a step.
            assertTrue(Pointer.totalCount() < pointers + 200);
          }
        });
    assertEquals(before, TorchScope.liveTensors());
  }

  /** All processes hold the same numbers. */
  private static void assertSame(Ranks ranks, List<Tensor> tensors) {
    try (TorchScope _ = TorchScope.open()) {
      for (Tensor tensor : tensors) {
        double[] here = {tensor.detach().mean().item(), tensor.detach().norm().item()};
        assertArrayEquals(here, ranks.ofFirst(here));
        float[] first = tensor.detach().reshape(-1).narrow(0, 0, 1).toFloatArray();
        assertEquals(first[0], ranks.ofFirst(first[0])[0]);
      }
    }
  }

  @Test
  void aProcessThatIsGoneIsNoticed() {
    TestRanks.run(
        2,
        ranks -> {
          assertTrue(ranks.any(true));
          if (ranks.first()) {
            assertThrows(Ranks.Lost.class, () -> ranks.mean(1));
          } else {
            ranks.close();
          }
        });
  }

  @Test
  void oneProcessIsAGroupOfItsOwn() {
    try (Ranks ranks = Ranks.alone("cpu")) {
      assertTrue(ranks.first() && ranks.takes(7));
      assertArrayEquals(new double[] {1, 2}, ranks.mean(1, 2));
      assertTrue(ranks.any(true));
    }
  }

  @Test
  void theEnvironmentIsCheckedBeforeItIsUsed() {
    assertEquals(Optional.empty(), Rendezvous.of(Map.of("HOME", "/")));
    Rendezvous place = new Rendezvous(3, 8, 1, 2, "node-0", 29500);
    assertEquals(Optional.of(place), Rendezvous.of(place.environment()));
    assertFault("MASTER_ADDR: is not set", Map.of("RANK", "0", "WORLD_SIZE", "2"));
    assertFault(
        "RANK: is 2, must be 0 to 1",
        Map.of("RANK", "2", "WORLD_SIZE", "2", "MASTER_ADDR", "a", "MASTER_PORT", "1"));
    assertFault(
        "MASTER_PORT: is 'x'",
        Map.of("RANK", "1", "WORLD_SIZE", "2", "MASTER_ADDR", "a", "MASTER_PORT", "x"));
    assertThrows(UserError.class, () -> place.device("cuda:1"));
    assertEquals(Device.CPU, place.device("cpu"));
  }

  private static void assertFault(String start, Map<String, String> environment) {
    String message = assertThrows(UserError.class, () -> Rendezvous.of(environment)).getMessage();
    assertTrue(message.startsWith(start), message);
  }
}
