package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.stage.RandomStreams;

class LocatedYamlTest {
  @TempDir Path folder;

  private static YamlNode.Mapping map(String text) {
    return (YamlNode.Mapping) LocatedYaml.parse("r.yaml", text);
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> LocatedYaml.parse("r.yaml", text))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void everyValueKnowsItsLine() {
    YamlNode.Mapping root =
        map("run:\n  seed: 7\n  # note\n  name: \"x\"\nstages:\n  - sft: {a: 1}\n");
    YamlNode.Mapping run = (YamlNode.Mapping) root.get("run").orElseThrow();
    assertThat(run.entries().get("seed").place()).isEqualTo(new Place("r.yaml", 2));
    assertThat(run.entries().get("name").value())
        .isEqualTo(new YamlNode.Scalar(new Place("r.yaml", 4), "x", false));
    YamlNode.Sequence stages = (YamlNode.Sequence) root.get("stages").orElseThrow();
    assertThat(stages.items().get(0).place().line()).isEqualTo(6);
  }

  @Test
  void anEmptyFileIsAnEmptySection() {
    assertThat(map("").entries()).isEmpty();
    assertThat(map("# only a comment\n").entries()).isEmpty();
    assertThat(map("\uFEFFa: 1").entries()).containsOnlyKeys("a");
  }

  @Test
  void tagsMakeNoObjects() {
    refused(
        "run: !!javax.script.ScriptEngineManager []\n",
        "r.yaml line 1: holds the tag !!javax.script.ScriptEngineManager; tags are not allowed, write the plain value");
    refused(
        "a: 1\nb: !!str 5\n",
        "r.yaml line 2: holds the tag !!str; tags are not allowed, write the plain value");
    refused(
        "a: !local {b: 1}\n",
        "r.yaml line 1: holds the tag !local; tags are not allowed, write the plain value");
    refused(
        "? !!java.net.URL [\"http://127.0.0.1\"]\n: 1\n",
        "r.yaml line 1: holds the tag !!java.net.URL; tags are not allowed, write the plain value");
  }

  @Test
  void aKeyStandsOnce() {
    refused("a: 1\nb: 2\na: 3\n", "r.yaml line 3: key a stands twice, first on line 1; remove one");
  }

  @Test
  void anchorsAndMergeKeysAreTakenWithinBounds() {
    YamlNode.Mapping root = map("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\nlist: [*b]\n");
    YamlNode.Mapping own = (YamlNode.Mapping) root.get("own").orElseThrow();
    assertThat(own.get("x").orElseThrow().found()).isEqualTo("1");
    assertThat(own.get("y").orElseThrow().found()).isEqualTo("3");
    refused("own:\n  <<: 3\n", "r.yaml line 2: <<: needs a section or a list of sections, found 3");
  }

  @Test
  void bombsAreRefusedFast() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d,".formatted(i - 1).repeat(5)));
    }
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> {
          refused(bomb.toString(), "r.yaml line 6: holds more than 20000 values, aliases expanded");
          refused(
              "a: &a 1\nb: [" + "*a,".repeat(60) + "]\n", "r.yaml line 2: more than 50 aliases");
          refused("a: " + "[".repeat(100_000), "r.yaml line 1: nests deeper than 50 levels");
          refused("a: " + "{a: ".repeat(1000), "r.yaml line 1: nests deeper than 50 levels");
        });
    refused("a: &a [*a]\n", "r.yaml line 1: alias *a refers to itself or to no anchor above it");
  }

  @Test
  void brokenSyntaxNamesTheLine() {
    assertThatThrownBy(() -> LocatedYaml.parse("r.yaml", "a: 1\n\tb: 2\n"))
        .hasMessageStartingWith("r.yaml line 2: is not valid YAML: ")
        .hasMessageEndingWith("(indent with spaces, not tabs)");
    assertThatThrownBy(() -> LocatedYaml.parse("r.yaml", "a: [1, 2\nb: 3\n"))
        .hasMessageStartingWith("r.yaml line 2: is not valid YAML: ");
    refused(
        "a: 1\n---\nb: 2\n",
        "r.yaml line 2: holds a second document (---); one file is one document");
    refused("[a]: 1\n", "r.yaml line 1: a key must be a word, not a list or section");
    assertThatThrownBy(() -> LocatedYaml.parse("r.yaml", "a: \u0007\n"))
        .hasMessageStartingWith("r.yaml: is not valid YAML: ");
  }

  @Test
  void filesAreCheckedBeforeTheyAreRead() throws Exception {
    assertThatThrownBy(() -> LocatedYaml.read(folder.resolve("none.yaml")))
        .hasMessage(
            folder.resolve("none.yaml")
                + ": does not exist; check the path and the working directory");
    assertThatThrownBy(() -> LocatedYaml.read(folder)).hasMessageContaining("is a directory");
    Path latin =
        Files.write(folder.resolve("l.yaml"), "a: é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LocatedYaml.read(latin)).hasMessageContaining("is not UTF-8 text");
    Path large = Files.write(folder.resolve("x.yaml"), new byte[LocatedYaml.MAX_BYTES + 1]);
    assertThatThrownBy(() -> LocatedYaml.read(large))
        .hasMessageContaining("at most 1048576 are read");
    Path good = Files.writeString(folder.resolve("g.yaml"), "a: 1\n");
    assertThat(((YamlNode.Mapping) LocatedYaml.read(good)).entries()).containsOnlyKeys("a");
  }

  @Test
  void fiveHundredMutatedFilesGiveRecordsOrPlainErrors() {
    String valid =
        "policy: &p sft\nbatch_size: 8\nkl: {beta: 0.1, target: 6}\nlora:\n  rank: 4\n  targets: [q, v]\nweights: {a: *p}\n";
    String[] pieces = {
      "\t", "!!x ", "&a ", "*a", "<<: ", ": ", "- ", "{", "}", "[", "]", "\"", "'", "\n", "| ", "%",
      "@", "?", "\u0000", "é"
    };
    for (int i = 0; i < 500; i++) {
      UniformRandomProvider random = RandomStreams.of(3, "yaml.mutation", i);
      int at = random.nextInt(valid.length());
      int cut = random.nextInt(4);
      String text =
          valid.substring(0, at)
              + pieces[random.nextInt(pieces.length)]
              + valid.substring(Math.min(valid.length(), at + cut));
      Throwable thrown =
          catchThrowable(
              () ->
                  ConfigReader.read(
                      SampleConfigs.Ppo.class, LocatedYaml.parse("r.yaml", text), "ppo"));
      if (thrown != null) {
        assertThat(thrown).as(text).isInstanceOf(ConfigException.class);
        assertThat(thrown.getMessage()).contains("r.yaml");
      }
    }
  }
}
