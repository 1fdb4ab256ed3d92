package org.plumbline.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class GoldenTest {
  @TempDir Path folder;
  private final String before = System.getProperty(Golden.PROPERTY, "");

  @AfterEach
  void restore() {
    System.setProperty(Golden.PROPERTY, before);
  }

  @Test
  void listsCasesByDirectorySortedWithoutHiddenOnes() throws Exception {
    for (String name : List.of("kinds/b", "kinds/a", "kinds/.hidden")) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(folder.resolve("kinds/x.json"), "{}");
    System.setProperty(Golden.PROPERTY, folder.toString());

    assertThat(Golden.directories("kinds"))
        .extracting(p -> p.getFileName().toString())
        .containsExactly("a", "b");
    assertThat(Golden.files("kinds", ".json")).hasSize(1);
    assertThat(Golden.perFile("kinds", ".json", path -> {})).hasSize(1);
    assertThat(Golden.require("kinds/a")).isDirectory();
  }

  @Test
  void onlyCasesThatHoldWhatIsTestedAreTestsAndNoneIsAnError() throws Exception {
    Files.createDirectories(folder.resolve("kinds/a"));
    Files.createDirectories(folder.resolve("kinds/b"));
    System.setProperty(Golden.PROPERTY, folder.toString());
    assertThat(Golden.perDirectory("kinds", path -> path.endsWith("b"), path -> {}))
        .extracting(DynamicTest::getDisplayName)
        .containsExactly("b");
    assertThatThrownBy(() -> Golden.perDirectory("kinds", path -> false, path -> {}))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("none of the 2 cases in kinds");
  }

  @Test
  void aCaseThatCannotBeReadFails() throws Exception {
    Files.createDirectories(folder.resolve("kinds/broken"));
    System.setProperty(Golden.PROPERTY, folder.toString());
    DynamicTest test =
        Golden.perDirectory("kinds", path -> Files.readString(path.resolve("expected.json")))
            .findFirst()
            .orElseThrow();

    assertThat(test.getDisplayName()).isEqualTo("broken");
    assertThatThrownBy(() -> test.getExecutable().execute()).hasMessageContaining("expected.json");
  }

  @Test
  void anAbsentFolderIsOneSkippedTestThatSaysSo() {
    System.setProperty(Golden.PROPERTY, folder.resolve("none").toString());
    assertThat(Golden.root()).isEmpty();
    List<DynamicTest> tests = Golden.perDirectory("kinds", path -> {}).toList();

    assertThat(tests).hasSize(1);
    assertThatThrownBy(() -> tests.get(0).getExecutable().execute())
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no golden cases")
        .hasMessageContaining("kinds");
    assertThatThrownBy(() -> Golden.require("kinds/a"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("kinds/a");
  }

  @Test
  void anUnsetPropertyIsNoRoot() {
    System.setProperty(Golden.PROPERTY, "");
    assertThat(Golden.root()).isEmpty();
  }
}
