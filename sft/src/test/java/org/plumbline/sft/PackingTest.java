package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.model.architecture.TokenLoss;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.training.Objective;

/** A packed step learns what the same step learns unpacked. */
@Tag("invariant")
class PackingTest {
  private static final int ROW = 24;
  private static final Map<String, String> FAMILIES =
      Map.of(
          "llama",
          "'architectures': ['LlamaForCausalLM'], 'hidden_size': 24, 'intermediate_size': 40,"
              + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
              + " 'max_position_embeddings': 64",
          "gpt2",
          "'architectures': ['GPT2LMHeadModel'], 'n_embd': 24, 'n_layer': 2, 'n_head': 4,"
              + " 'n_positions': 24",
          "mistral",
          "'architectures': ['MistralForCausalLM'], 'hidden_size': 24, 'intermediate_size': 40,"
              + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
              + " 'max_position_embeddings': 64, 'sliding_window': 4",
          "gemma2",
          "'architectures': ['Gemma2ForCausalLM'], 'hidden_size': 24, 'intermediate_size': 40,"
              + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
              + " 'head_dim': 8, 'max_position_embeddings': 64, 'sliding_window': 5,"
              + " 'attn_logit_softcapping': 4.0, 'final_logit_softcapping': 5.0,"
              + " 'query_pre_attn_scalar': 16",
          "mixtral",
          "'architectures': ['MixtralForCausalLM'], 'hidden_size': 24, 'intermediate_size': 40,"
              + " 'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,"
              + " 'max_position_embeddings': 64, 'num_local_experts': 3,"
              + " 'num_experts_per_tok': 2, 'output_router_logits': true,"
              + " 'router_aux_loss_coef': 0.5");

  @TempDir private Path folder;

  private TransformerModel model(String family) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{'model_type': '%s', 'vocab_size': 48, 'bos_token_id': 1, 'eos_token_id': 2, %s}"
            .formatted(family, FAMILIES.get(family))
            .replace('\'', '"'));
    TransformerModel model =
        TransformerModel.create(TransformerConfig.read(folder), TinyModel.TRAINED, 3);
    enlarge(model);
    return model;
  }

  /** Weights as large as trained ones: from the usual start hardly anything is attended to. */
  private static void enlarge(TransformerModel model) {
    try (NDManager scope = model.newScope()) {
      for (Parameter parameter : model.parameters()) {
        NDArray value = parameter.value();
        float[] numbers = value.toFloatArray();
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] *= Math.abs(numbers[i]) < 0.2 ? 12 : 1;
        }
        model.carrier().copy(value, scope.create(numbers, value.getShape()));
        parameter.changed().run();
      }
    }
  }

  private static List<EncodedDialogue> sequences() {
    Random random = new Random(5);
    List<EncodedDialogue> rows = new ArrayList<>();
    for (int length : new int[] {3, 9, 14, 2, 24, 7, 6, 5, 11}) {
      boolean[] loss = new boolean[length];
      for (int t = 0; t < length; t++) {
        loss[t] = t == length - 1 || random.nextInt(3) > 0;
      }
      rows.add(new EncodedDialogue(random.ints(length, 3, 48).toArray(), loss));
    }
    return rows;
  }

  private static LanguageModelObjective objective(TransformerModel model, int packTo) {
    return new LanguageModelObjective(
        model, List.of(), new BatchOptions(9, packTo, Set.of(), TokenLoss.NLL));
  }

  private static Objective.Part part(
      LanguageModelObjective objective, NDManager scope, List<EncodedDialogue> rows) {
    double weight = rows.stream().mapToDouble(objective::weight).sum();
    return objective.part(scope, rows, weight, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2", "mistral", "gemma2", "mixtral"})
  void packedLossAndGradientsEqualUnpackedOnes(String family) throws IOException {
    List<EncodedDialogue> rows = sequences();
    try (TransformerModel model = model(family);
        NDManager scope = model.newScope()) {
      Objective.Part plain = part(objective(model, 0), scope, rows);
      Objective.Part packed = part(objective(model, ROW), scope, rows);
      assertThat(packed.metrics().keySet()).isEqualTo(plain.metrics().keySet());
      plain
          .metrics()
          .forEach(
              (name, value) ->
                  assertThat(packed.metrics().get(name)).as(name).isCloseTo(value, within(1e-5)));
      assertThat(distance(packed.gradients(), plain.gradients())).isLessThan(1e-5);
      assertThat(objective(model, ROW).evaluate(rows).get("loss"))
          .isCloseTo(objective(model, 0).evaluate(rows).get("loss"), within(1e-5));
      // What would be learned if sequences of a row saw each other is something else.
      Objective.Part joined = part(objective(model, 0), scope, joined(rows));
      assertThat(joined.metrics().get("loss"))
          .isNotCloseTo(plain.metrics().get("loss"), within(1e-3));
    }
  }

  /** ‖packed − plain‖ / ‖plain‖ over all parameters. */
  private static double distance(List<NDArray> packed, List<NDArray> plain) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < plain.size(); i++) {
      float[] a = packed.get(i).toFloatArray();
      float[] b = plain.get(i).toFloatArray();
      for (int k = 0; k < b.length; k++) {
        difference += Math.pow((double) a[k] - b[k], 2);
        norm += Math.pow(b[k], 2);
      }
    }
    assertThat(norm).isPositive();
    return Math.sqrt(difference / norm);
  }

  /** The packed rows as single sequences; first tokens carry no loss, as before. */
  private static List<EncodedDialogue> joined(List<EncodedDialogue> rows) {
    return RowPacking.rows(rows, EncodedDialogue::length, ROW).stream()
        .map(
            row -> {
              int length = row.stream().mapToInt(EncodedDialogue::length).sum();
              int[] ids = new int[length];
              boolean[] loss = new boolean[length];
              int at = 0;
              for (EncodedDialogue sequence : row) {
                System.arraycopy(sequence.ids(), 0, ids, at, sequence.length());
                System.arraycopy(sequence.loss(), 1, loss, at + 1, sequence.length() - 1);
                at += sequence.length();
              }
              return new EncodedDialogue(ids, loss);
            })
        .toList();
  }

  @Test
  void theBalanceLossOfAMixtureReachesItsRouter() throws IOException {
    List<EncodedDialogue> rows = sequences();
    try (TransformerModel model = model("mixtral");
        NDManager scope = model.newScope()) {
      Objective.Part with = part(objective(model, 0), scope, rows);
      // Three experts, two per token: at best each gets two thirds of the tokens, whatever it says.
      assertThat(with.metrics().get("balance_loss")).isBetween(2.0, 3.0);
      Files.writeString(
          folder.resolve("config.json"),
          Files.readString(folder.resolve("config.json"))
              .replace("\"output_router_logits\": true", "\"output_router_logits\": false"));
      try (TransformerModel silent =
          TransformerModel.create(TransformerConfig.read(folder), TinyModel.TRAINED, 3)) {
        enlarge(silent);
        Objective.Part without = part(objective(silent, 0), scope, rows);
        assertThat(without.metrics()).doesNotContainKey("balance_loss");
        assertThat(without.metrics().get("loss"))
            .isCloseTo(with.metrics().get("loss"), within(1e-5));
        assertThat(distance(with.gradients(), without.gradients())).isGreaterThan(1e-2);
      }
    }
  }

  @Test
  void longestFirstIntoTheFirstRowWithRoom() {
    List<Integer> lengths = List.of(3, 9, 14, 2, 24, 7, 6, 5, 11, 30);
    List<List<Integer>> rows = RowPacking.rows(lengths, length -> length, ROW);
    assertThat(rows)
        .containsExactly(
            List.of(30), List.of(24), List.of(14, 9), List.of(11, 7, 6), List.of(5, 3, 2));
    List<Integer> some = new ArrayList<>(rows.get(2));
    some.addAll(rows.get(4));
    assertThat(RowPacking.rows(some, length -> length, ROW))
        .containsExactly(List.of(14, 9), List.of(5, 3, 2));
  }

  @Test
  void aPackedStepIsDividedByRowsNotBySequences() throws IOException {
    try (TransformerModel model = model("llama")) {
      LanguageModelObjective packed = objective(model, ROW);
      List<List<EncodedDialogue>> parts = packed.parts(sequences(), 2);
      assertThat(parts.stream().map(PackingTest::lengths))
          .containsExactly(List.of(24, 14, 9), List.of(11, 7, 6, 5, 3, 2));
      assertThat(objective(model, 0).parts(sequences(), 2)).hasSize(5);
    }
  }

  private static List<Integer> lengths(List<EncodedDialogue> rows) {
    return rows.stream().map(EncodedDialogue::length).toList();
  }

  @Test
  void endTokensThatCarryLossAreCounted() throws IOException {
    EncodedDialogue ended =
        new EncodedDialogue(new int[] {4, 5, 2}, new boolean[] {false, true, true});
    EncodedDialogue masked =
        new EncodedDialogue(new int[] {4, 5, 2}, new boolean[] {false, true, false});
    EncodedDialogue first =
        new EncodedDialogue(new int[] {2, 5, 6}, new boolean[] {true, true, true});
    List<EncodedDialogue> rows = Arrays.asList(ended, masked, first, ended);
    try (TransformerModel model = model("llama");
        NDManager scope = model.newScope()) {
      LanguageModelObjective counting =
          new LanguageModelObjective(
              model, List.of(), new BatchOptions(4, 0, Set.of(2), TokenLoss.NLL));
      assertThat(part(counting, scope, rows).metrics()).containsEntry("eos_trained", 2.0);
    }
  }
}
