package org.plumbline.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.adapter.Lora;
import org.plumbline.model.adapter.LoraStart;
import org.plumbline.model.adapter.PromptTuning;
import org.plumbline.model.adapter.TrainedBias;
import org.plumbline.stage.Json;
import org.plumbline.stage.JsonLines;

/** What the commands do with adapters: on which base, how strong, folded in and taken out again. */
@Tag("contract")
class AdapterCommandsTest {
  @TempDir private static Path shared;
  @TempDir private Path folder;

  private static Path model;
  private static Path adapter;

  @BeforeAll
  static void make() {
    model = TinyModels.llama(shared.resolve("model"), 16);
    adapter = TinyModels.adapter(model, shared.resolve("adapter"), strong(Lora.ALL_LINEAR));
  }

  /** One that changes its base at once. */
  private static Lora strong(String target) {
    return new Lora(
        2,
        4,
        0,
        List.of(target),
        false,
        false,
        LoraStart.BOTH_NORMAL,
        TrainedBias.NONE,
        List.of(),
        Map.of(),
        Map.of());
  }

  private Path rows() throws IOException {
    return Files.writeString(
        folder.resolve("in.jsonl"), "{\"prompt\":\"May I\",\"completion\":\" use the pool?\"}\n");
  }

  /** A base of the same shape with other weights. */
  private Path other() {
    Path merged = folder.resolve("other");
    Cli.run("merge", "--model", adapter, "--output", merged).done();
    return merged;
  }

  @Test
  void anAdapterOfAnotherBaseIsRefusedUnlessForced() throws IOException {
    Path other = other();
    Path output = folder.resolve("out.jsonl");
    Object[] score = {
      "score", "--input", rows(), "--output", output, "--model", other, "--adapter", adapter
    };
    String[] fault = {
      adapter + " was made for another base: ../model, whose weights have base_sha256=",
      "but those of " + other + " have"
    };
    Cli.run(score).refused(fault).refused("--force-adapter takes it all the same");
    assertThat(output).doesNotExist();
    Object[] forced = Arrays.copyOf(score, score.length + 1);
    forced[score.length] = "--force-adapter";
    assertThat(Cli.run(forced).done().err()).startsWith("warning: ").contains(fault);
    assertThat(output).exists();
    Object[] merge = {
      "merge", "--model", other, "--adapter", adapter + "=1", "--output", folder.resolve("m")
    };
    Cli.run(merge).refused(fault);
    assertThat(folder.resolve("m")).doesNotExist();
  }

  @Test
  void aRecipeIsRefusedBeforeItRuns() throws IOException {
    Path mine = folder.resolve("mine");
    Path base = TinyModels.llama(folder.resolve("base"), 16);
    TinyModels.adapter(base, mine, strong(Lora.ALL_LINEAR));
    Path changed = other().resolve("model.safetensors");
    Files.move(changed, base.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"prompt\":\"May I?\"}\n");
    Path reward = TinyModels.rewardModel(folder.resolve("reward"));
    Path runs = folder.resolve("runs");
    Cli.run("ppo", "--output", runs, "--policy", mine, "--reward", reward, "--prompts", prompts)
        .refused(mine + " was made for another base: ../base", "remove base_sha256");
    assertThat(runs.resolve("ppo/ppo")).doesNotExist();
  }

  private double logProb(Object... more) throws IOException {
    Path output = folder.resolve("scored.jsonl");
    List<Object> all = new ArrayList<>(List.of("score", "--input", rows(), "--output", output));
    all.addAll(List.of(more));
    Cli.run(all.toArray()).done();
    return JsonLines.readAll(output).get(0).value().path("logprob").asDouble();
  }

  @Test
  void aScaleMultipliesWhatAnAdapterDoes() throws IOException {
    double plain = logProb("--model", model);
    double whole = logProb("--model", model, "--adapter", adapter);
    assertThat(whole).isNotCloseTo(plain, within(0.01));
    assertThat(logProb("--model", adapter, "--adapter-scale", "1")).isEqualTo(whole);
    assertThat(logProb("--model", adapter, "--adapter-scale", "0")).isCloseTo(plain, within(1e-5));
    double half = logProb("--model", model, "--adapter", adapter, "--adapter-scale", "0.5");
    assertThat(half).isNotCloseTo(plain, within(1e-3)).isNotCloseTo(whole, within(1e-3));
    Path merged = folder.resolve("half");
    Cli.run("merge", "--model", adapter, "--adapter-scale", "0.5", "--output", merged).done();
    assertThat(logProb("--model", merged)).isCloseTo(half, within(1e-4));
    Path prompts = folder.resolve("prompts");
    TinyModels.adapter(model, prompts, new PromptTuning(2, List.of()));
    Path none = folder.resolve("none.jsonl");
    Object[] score = {"score", "--input", rows(), "--output", none, "--adapter-scale"};
    Cli.run(more(score, "2", "--model", prompts))
        .refused("(PROMPT_TUNING) cannot be scaled or taken out");
    Cli.run(more(score, "2", "--model", model)).refused("--adapter-scale 2.0 needs --adapter DIR");
    Cli.run(more(score, "NaN", "--model", adapter))
        .refused("--adapter-scale NaN is no finite number");
    assertThat(none).doesNotExist();
    Cli.run(
            "merge",
            "--model",
            model,
            "--adapter",
            adapter + "=2",
            "--adapter-scale",
            "2",
            "--output",
            folder.resolve("x"))
        .refused("--adapter-scale takes one adapter and no weight");
  }

  private static Object[] more(Object[] first, Object... then) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(then)).toArray();
  }

  @Test
  void mergingIsCheckedAndUndone() throws IOException {
    Path merged = folder.resolve("merged");
    Cli.Result done = Cli.run("merge", "--model", adapter, "--output", merged, "--json").done();
    JsonNode json = Json.mapper().readTree(done.out());
    assertThat(json.path("logits_difference").asDouble())
        .isPositive()
        .isLessThan(json.path("logits_difference_allowed").asDouble());
    assertThat(done.err()).contains("merged: " + merged + "; logits of a probe move by ");
    Path back = folder.resolve("back");
    Object[] undo = {"merge", "--unmerge", "--output", back};
    Cli.run(more(undo, "--model", model, "--adapter", adapter))
        .refused(model + " is the base that " + adapter + " was made for");
    Cli.run(more(undo, "--model", adapter)).refused("--unmerge needs a model that an adapter was");
    Cli.run(more(undo, "--model", merged)).refused("--unmerge needs a model that an adapter was");
    Cli.run(more(undo, "--model", merged, "--adapter", adapter + "=2"))
        .refused("--unmerge takes one adapter and no weight");
    Path dora = TinyModels.adapter(model, folder.resolve("dora"), dora());
    Cli.run(more(undo, "--model", merged, "--adapter", dora))
        .refused("cannot be scaled or taken out");
    assertThat(back).doesNotExist();
    Cli.Result undone = Cli.run(more(undo, "--model", merged, "--adapter", adapter)).done();
    assertThat(undone.out()).contains("unmerged: " + back + "; logits of a probe move by ");
    assertThat(undone.err()).isEmpty();
    assertThat(logProb("--model", back)).isCloseTo(logProb("--model", model), within(1e-4));
    assertThat(back.resolve("tokenizer.json")).exists();
    assertThat(back.resolve("generation_config.json")).exists();
  }

  private static Lora dora() {
    Lora plain = strong(Lora.ALL_LINEAR);
    return new Lora(
        2,
        4,
        0,
        plain.targets(),
        false,
        true,
        plain.start(),
        plain.bias(),
        List.of(),
        Map.of(),
        Map.of());
  }

  /** In float16 there is nothing above 65,504. */
  @Test
  void aMergeThatChangesTheModelLeavesNothing() throws IOException {
    Path base = TinyModels.llama(folder.resolve("half"), 16);
    Path config = base.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"float32\"", "\"float16\""));
    Path mild = TinyModels.adapter(base, folder.resolve("mild"), strong(Lora.ALL_LINEAR));
    Cli.Result done = Cli.run("merge", "--model", mild, "--output", folder.resolve("fits")).done();
    assertThat(done.out()).contains("float16 explains up to");
    Lora plain = strong(Lora.ALL_LINEAR);
    Lora huge =
        new Lora(
            2,
            1e8,
            0,
            plain.targets(),
            false,
            false,
            plain.start(),
            plain.bias(),
            List.of(),
            Map.of(),
            Map.of());
    Path strong = TinyModels.adapter(base, folder.resolve("strong"), huge);
    Path output = folder.resolve("sub/merged");
    Cli.run("merge", "--model", strong, "--output", output)
        .failed("but rounding to float16 explains at most", "nothing is written");
    assertThat(folder.resolve("sub")).isEmptyDirectory();
  }
}
