package org.plumbline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Golden cases, found by listing directories under the system property {@code plumbline.goldens},
 * never by name. An absent folder gives one skipped test that says so; a case that cannot be read
 * fails.
 */
public final class Golden {
  /** System property that names the folder of all golden cases. */
  public static final String PROPERTY = "plumbline.goldens";

  private Golden() {}

  /** A test over one case: a directory or a file. */
  @FunctionalInterface
  public interface CaseTest {
    /** Checks the case; any exception fails it, an aborted assumption skips it by its name. */
    void check(Path goldenCase) throws Exception;
  }

  /** Whether a case has what a test compares with. */
  @FunctionalInterface
  public interface CaseFilter {
    /** Looks into the case; any exception fails the whole test. */
    boolean holds(Path goldenCase) throws Exception;

    /** The same for streams: a case that cannot be read is a failure. */
    default boolean test(Path goldenCase) {
      try {
        return holds(goldenCase);
      } catch (Exception e) {
        throw new AssertionError("cannot read " + goldenCase, e);
      }
    }
  }

  /** The goldens folder, empty when the property is unset or names no directory. */
  public static Optional<Path> root() {
    String value = System.getProperty(PROPERTY, "");
    return value.isBlank()
        ? Optional.empty()
        : Optional.of(Path.of(value).toAbsolutePath().normalize()).filter(Files::isDirectory);
  }

  /** A file or folder below the root, skipping the calling test when it is absent. */
  public static Path require(String relative) {
    Optional<Path> found = root().map(root -> root.resolve(relative)).filter(Files::exists);
    Assumptions.assumeTrue(found.isPresent(), () -> absent(relative));
    return found.orElseThrow();
  }

  /** The directories below {@code relative}, sorted by name; empty when it is absent. */
  public static List<Path> directories(String relative) {
    return list(relative, Files::isDirectory);
  }

  /** The regular files below {@code relative} whose name ends so, sorted; empty when absent. */
  public static List<Path> files(String relative, String ending) {
    return list(
        relative,
        path -> Files.isRegularFile(path) && path.getFileName().toString().endsWith(ending));
  }

  /** One dynamic test per directory below {@code relative}, or one skipped test. */
  public static Stream<DynamicTest> perDirectory(String relative, CaseTest test) {
    return tests(relative, directories(relative), test);
  }

  /**
   * One dynamic test per directory below {@code relative} that holds what is tested; none among
   * existing ones fails, as such a test could not.
   *
   * @param holds whether a case has what the test compares with
   */
  public static Stream<DynamicTest> perDirectory(String relative, CaseFilter holds, CaseTest test) {
    return chosen(relative, directories(relative), holds, test);
  }

  /** As {@link #perDirectory(String, CaseFilter, CaseTest)}, over files. */
  public static Stream<DynamicTest> perFile(
      String relative, String ending, CaseFilter holds, CaseTest test) {
    return chosen(relative, files(relative, ending), holds, test);
  }

  private static Stream<DynamicTest> chosen(
      String relative, List<Path> all, CaseFilter holds, CaseTest test) {
    List<Path> chosen = all.stream().filter(holds::test).toList();
    if (!all.isEmpty() && chosen.isEmpty()) {
      throw new AssertionError(
          "none of the %d cases in %s holds what is tested".formatted(all.size(), relative));
    }
    return tests(relative, chosen, test);
  }

  /** One dynamic test per file below {@code relative} whose name ends so, or one skipped test. */
  public static Stream<DynamicTest> perFile(String relative, String ending, CaseTest test) {
    return tests(relative, files(relative, ending), test);
  }

  private static Stream<DynamicTest> tests(String relative, List<Path> cases, CaseTest test) {
    if (cases.isEmpty()) {
      String reason = absent(relative);
      return Stream.of(DynamicTest.dynamicTest(reason, () -> Assumptions.abort(reason)));
    }
    return cases.stream()
        .map(path -> DynamicTest.dynamicTest(nameOf(path), path.toUri(), () -> test.check(path)));
  }

  private static List<Path> list(String relative, Predicate<Path> wanted) {
    Optional<Path> folder = root().map(root -> root.resolve(relative)).filter(Files::isDirectory);
    if (folder.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder.get())) {
      return entries.filter(path -> !nameOf(path).startsWith(".")).filter(wanted).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list golden cases in " + folder.get(), e);
    }
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static String absent(String relative) {
    return "no golden cases: %s=%s holds no %s"
        .formatted(PROPERTY, System.getProperty(PROPERTY, ""), relative);
  }
}
