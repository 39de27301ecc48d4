package org.pixelcube.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSettingsTest {
  @TempDir Path folder;

  enum Mode {
    SOFT,
    HARD
  }

  record Inner(double blur, Optional<String> source) {
    Inner {
      InvalidSetting.inRange("blur", blur, 0, 100);
    }
  }

  record Outer(
      int count,
      boolean on,
      Mode mode,
      List<String> names,
      Inner inner,
      List<Inner> more,
      Optional<Double> rate) {}

  private static final Outer DEFAULTS =
      new Outer(
          3,
          true,
          Mode.SOFT,
          List.of("a", "b"),
          new Inner(0.5, Optional.of("x")),
          List.of(new Inner(1, Optional.empty())),
          Optional.empty());

  @Test
  void writtenSettingsReadBackEqual() {
    Path file = folder.resolve("s.json");
    JsonSettings.write(file, DEFAULTS);
    assertEquals(DEFAULTS, JsonSettings.read(file, Outer.class));
  }

  @Test
  void laterLayersWin() throws IOException {
    Path file = folder.resolve("s.json");
    Files.writeString(file, "{\"count\": 4, \"inner\": {\"blur\": 7}}");
    Outer read =
        JsonSettings.layered(
            DEFAULTS,
            Optional.of(file),
            Map.of("count", 5, "inner.source", "y", "rate", 2.5),
            key -> "--" + key);
    assertEquals(
        new Outer(
            5,
            true,
            Mode.SOFT,
            List.of("a", "b"),
            new Inner(7, Optional.of("y")),
            DEFAULTS.more(),
            Optional.of(2.5)),
        read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"inner\": {\"blur\": -3}} | inner.blur: is -3, must be 0 to 100; give a value in that"
            + " range or leave it out",
        "{\"iner\": {}} | iner: is not a known key (known: count, on, mode, names, inner, more,"
            + " rate); did you mean 'inner'?",
        "{\"inner\": {\"blurr\": 1}} | inner.blurr: is not a known key (known: blur, source); did"
            + " you mean 'blur'?",
        "{\"zebra\": 1} | zebra: is not a known key (known: count, on, mode, names, inner, more,"
            + " rate); remove it",
        "{\"count\": \"3\"} | count: is the text '3', must be a whole number; give such a value or"
            + " leave the key out",
        "{\"count\": 3.5} | count: is the number 3.5, must be a whole number; give such a value or"
            + " leave the key out",
        "{\"count\": null} | count: is null, must be a whole number; give such a value or leave the"
            + " key out",
        "{\"on\": 1} | on: is the number 1, must be true or false; give such a value or leave the"
            + " key out",
        "{\"mode\": \"wet\"} | mode: is the text 'wet', must be one of soft, hard; give such a value"
            + " or leave the key out",
        "{\"mode\": 1} | mode: is the number 1, must be one of soft, hard; give such a value or"
            + " leave the key out",
        "{\"names\": \"a\"} | names: is the text 'a', must be a list, each element text; give such a"
            + " value or leave the key out",
        "{\"names\": [\"a\", 2]} | names[1]: is the number 2, must be text; give such a value or"
            + " leave the key out",
        "{\"rate\": \"fast\"} | rate: is the text 'fast', must be a number; give such a value or"
            + " leave the key out",
        "{\"inner\": 5} | inner: is the number 5, must be an object; write its keys between { and }",
        "{\"more\": [{\"blur\": 1}, {\"blur\": 101}]} | more[1].blur: is 101, must be 0 to 100; give"
            + " a value in that range or leave it out",
        "{\"more\": [{}]} | more[0].blur: is missing; add it",
      })
  void faultsAreNamed(String json, String expected) throws IOException {
    Path file = folder.resolve("s.json");
    Files.writeString(file, json);
    UserError error =
        assertThrows(
            UserError.class,
            () -> JsonSettings.layered(DEFAULTS, Optional.of(file), Map.of(), key -> "--" + key));
    assertEquals(file + ": " + expected, error.getMessage());
  }

  @Test
  void syntaxErrorsHaveAPlace() throws IOException {
    Path file = folder.resolve("s.json");
    for (String json : List.of("{\n  \"count\": 3,,\n}", "{\n  \"count\": 3", "{\n// x\n}", "")) {
      Files.writeString(file, json);
      String message =
          assertThrows(UserError.class, () -> JsonSettings.read(file, Outer.class)).getMessage();
      assertEquals(1, message.lines().count());
      assertEquals(true, message.startsWith(file + ": is "), message);
    }
    Files.writeString(file, "{\n  \"count\": 3,,\n}");
    String message =
        assertThrows(UserError.class, () -> JsonSettings.read(file, Outer.class)).getMessage();
    assertEquals(true, message.contains("line 2, column 14"), message);
  }

  @Test
  void repeatedAndMissingKeysAreRefused() throws IOException {
    Path file = folder.resolve("s.json");
    Files.writeString(file, "{\"blur\": 1, \"blur\": 2}");
    String message =
        assertThrows(UserError.class, () -> JsonSettings.read(file, Inner.class)).getMessage();
    assertEquals(true, message.contains("blur"), message);
    Files.writeString(file, "{\"source\": \"x\"}");
    assertEquals(
        file + ": blur: is missing; add it",
        assertThrows(UserError.class, () -> JsonSettings.read(file, Inner.class)).getMessage());
  }

  @Test
  void anOverrideIsBlamedByItsOwnName() {
    assertEquals(
        "--inner-blur: is 1000, must be 0 to 100; give a value in that range or leave it out",
        assertThrows(
                UserError.class,
                () ->
                    JsonSettings.layered(
                        DEFAULTS,
                        Optional.empty(),
                        Map.of("inner.blur", 1000),
                        key -> "--" + key.replace('.', '-')))
            .getMessage());
  }
}
