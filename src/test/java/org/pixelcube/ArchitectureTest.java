package org.pixelcube;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The house rule: a package imports only packages that stand before it in this list. */
class ArchitectureTest {
  private static final List<String> ORDER =
      List.of(
          """
          config math color image video light
          vision render head dataset stage capture
          torch model diffusion train
          pipeline eval
          server cli
          """
              .split("\\s+"));

  /** Foreign packages, and the rooms that alone may use them. */
  private static final Map<String, List<String>> FOREIGN =
      Map.of(
          "org.bytedeco.ffmpeg..", List.of("video"),
          "org.bytedeco.opencv..", List.of("vision"),
          "org.bytedeco.tensorflowlite..", List.of("vision"),
          "ai.onnxruntime..", List.of("vision"),
          "org.bytedeco.pytorch..", List.of("torch"),
          "picocli..", List.of("cli"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.pixelcube");

  private static String[] packages(List<String> names) {
    return names.stream().map(p -> "org.pixelcube." + p + "..").toArray(String[]::new);
  }

  @TestFactory
  Stream<DynamicTest> importsOnlyEarlierPackages() {
    return ORDER.subList(0, ORDER.size() - 1).stream()
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage("org.pixelcube." + name + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                            packages(ORDER.subList(ORDER.indexOf(name) + 1, ORDER.size())))
                        .allowEmptyShould(true)
                        .check(CLASSES)));
  }

  @Test
  void everyPackageIsInTheList() {
    assertEquals(
        List.of(),
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .distinct()
            .filter(name -> !ORDER.contains(name.replaceFirst("^org\\.pixelcube\\.?", "")))
            .toList());
  }

  @TestFactory
  Stream<DynamicTest> foreignLibrariesStayInTheirRoom() {
    return FOREIGN.entrySet().stream()
        .map(rule ->
            DynamicTest.dynamicTest(
                rule.getKey(),
                () ->
                    noClasses()
                        .that()
                        .resideOutsideOfPackages(packages(rule.getValue()))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(rule.getKey())
                        .check(CLASSES)));
  }

  @Test
  void noCatchAllNames() {
    assertEquals(
        List.of(),
        CLASSES.stream()
            .map(JavaClass::getSimpleName)
            .filter(name -> name.matches(".*(Utils?|Helper|Manager|Impl)$"))
            .toList());
  }
}
