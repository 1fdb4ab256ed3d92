package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recipes that cannot run: exit code 2, one block that says where and why, nothing written. */
@Tag("contract")
class RecipeErrorsTest {
  private static final String GOOD =
      """
      run: {name: bad, seed: 1}
      stages:
        - sample-world: {name: world}
        - preferences: {name: pairs, source: world}
      """;

  @TempDir private Path folder;

  @AfterEach
  void nothingWasWritten() {
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private Cli.Result run(String recipe, Object... more) throws IOException {
    Path file = Files.writeString(folder.resolve("recipe.yaml"), recipe);
    Object[] arguments = new Object[4 + more.length];
    System.arraycopy(
        new Object[] {"run", file, "--output", folder.resolve("out")}, 0, arguments, 0, 4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return Cli.run(arguments);
  }

  @Test
  void anUnknownKeyGetsTheNearestOneAndItsLine() throws IOException {
    run(GOOD.replace("seed:", "sede:")).refused("recipe.yaml line 1", "run.sede", "seed");
    run(GOOD.replace("source:", "sorce:")).refused("line 4", "pairs.sorce", "source");
    run(GOOD.replace("stages:", "stage:")).refused("line 2", "stage", "did you mean stages?");
    run(GOOD.replace("preferences:", "preference:"))
        .refused("line 4", "unknown stage preference", "did you mean preferences?");
  }

  @Test
  void allProblemsAreShownAtOnce() throws IOException {
    run("""
            run: {name: bad, seed: many}
            stages:
              - sample-world: {name: world, corpus: 0}
              - preferences: {name: pairs, source: world, formt: trl}
              - sft: {model: nowhere}
            """)
        .refused("run.seed", "many", "corpus", "formt", "format", "sft.data", "line 5");
  }

  @Test
  void aMissingRecipeIsNamed() {
    Cli.run("run", folder.resolve("none.yaml")).refused("none.yaml", "does not exist");
    Cli.run("validate", folder.resolve("none.yaml")).refused("none.yaml", "does not exist");
    Cli.run("run", folder).refused("is a directory");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- a list",
        "just text",
        "run: {name: x}",
        "run: {name: x}\nstages: {sft: {}}",
        "run: {name: x}\nstages: [sft, ppo]",
        "run: [1]\nstages: []",
        "run: {name: 'a/b'}\nstages: [{sample-world: {}}]",
        "run: {name: x}\nstages: [{sample-world: {name: 'a/b'}}]",
        "run: {name: x}\nstages: []",
        "run: {name: x\n",
        "\tx: 1"
      })
  void whatIsNoRecipeIsRefused(String text) throws IOException {
    run(text).refused("recipe.yaml");
  }

  @Test
  void aBombOfAliasesIsRefused() throws IOException {
    run("""
            a: &a [x,x,x,x,x,x,x,x,x]
            b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
            c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
            d: &d [*c,*c,*c,*c,*c,*c,*c,*c]
            e: &e [*d,*d,*d,*d,*d,*d,*d,*d]
            f: &f [*e,*e,*e,*e,*e,*e,*e,*e]
            """)
        .refused("recipe.yaml", "aliases expanded");
  }

  @Test
  void aTagMakesNoObject() throws IOException {
    run("run: !!javax.script.ScriptEngineManager []\n").refused("recipe.yaml", "line 1", "tag");
  }

  @Test
  void aNameStandsOnce() throws IOException {
    run(GOOD.replace("name: pairs", "name: world")).refused("line 4", "world", "another name");
    run("""
            run: {name: bad}
            stages:
              - sample-world: {}
              - sample-world: {}
            """)
        .refused("line 4", "sample-world");
    run("run: {name: x}\nrun: {name: y}\nstages: []\n").refused("recipe.yaml", "run");
  }

  @Test
  void aLaterStageIsNoInput() throws IOException {
    run("""
            run: {name: bad}
            stages:
              - preferences: {name: pairs, source: world}
              - sample-world: {name: world}
            """)
        .refused("pairs.source=world", "stands later in the recipe");
    run(GOOD.replace("source: world", "source: wolrd"))
        .refused("pairs.source=wolrd", "did you mean the stage world?");
    run(GOOD.replace("source: world", "source: pairs.jsonl"))
        .refused("pairs.source=pairs.jsonl", "no earlier stage and no file");
  }

  @Test
  void overridesAreChecked() throws IOException {
    run(GOOD, "--set", "world.corpos=3").refused("--set world.corpos=3", "corpus");
    run(GOOD, "--set", "wrld.corpus=3").refused("--set wrld.corpus=3", "did you mean world?");
    run(GOOD, "--set", "corpus").refused("NAME.key=value");
    run(GOOD, "--set", "world.corpus=few").refused("world.corpus", "few");
    run(GOOD, "--stage", "wrld").refused("--stage wrld", "did you mean world?");
  }

  @Test
  void malformedRowsAreFoundBeforeTheFirstStage() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"),
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\"}\n{\"prompt\": \"a\"\n");
    for (String stage :
        List.of(
            "preferences: {source: '%s'}",
            "sft: {model: '" + folder + "', data: '%s'}",
            "pretrain: {data: '%s'}",
            "reward-model: {model: '" + folder + "', pairs: '%s'}")) {
      run("run: {name: x}\nstages:\n  - " + stage.formatted(rows))
          .refused("rows.jsonl line 2", "JSON");
    }
  }

  @Test
  void anEmptyDatasetIsFoundBeforeTheFirstStage() throws IOException {
    Path rows = Files.writeString(folder.resolve("empty.jsonl"), "\n\n");
    for (String stage : List.of("preferences: {source: '%s'}", "pretrain: {data: '%s'}")) {
      run("run: {name: x}\nstages:\n  - " + stage.formatted(rows)).refused("empty.jsonl");
    }
  }

  @Test
  void validateShowsTheSameErrorsAndRunsNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("r.yaml"), GOOD);
    Cli.Result result = Cli.run("validate", file).done();
    assertThat(result.out()).contains("run bad, 2 stages, no errors", "preferences");
    Files.writeString(file, GOOD.replace("source:", "sorce:"));
    Cli.run("validate", file).refused("line 4", "pairs.sorce", "source");
    Files.writeString(file, GOOD);
    Cli.run("validate", file, "--set", "world.corpus=-1").refused("corpus", "-1");
  }
}
