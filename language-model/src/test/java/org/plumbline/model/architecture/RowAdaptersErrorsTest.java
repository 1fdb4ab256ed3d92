package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.config.TensorLayout;

/** What rows of one batch cannot have. */
class RowAdaptersErrorsTest {
  private static final Path QWEN = Path.of("src/test/resources/families/qwen2");

  @Test
  void whatIsMoreThanPairsKeepsToItself() {
    try (TransformerModel model = TransformerModel.load(QWEN, LoadOptions.frozen())) {
      Adapter plain = model.addAdapter("plain", Tunings.lora(s -> s), 0, 3);
      TensorLayout layout = TensorLayout.of(model.config());
      Map<String, String> refused = new LinkedHashMap<>();
      refused.put("dora", "(LORA) cannot share a batch with other adapters: it has magnitudes");
      refused.put("ia3", "(IA3) cannot share a batch with other adapters: it has factors");
      refused.put("bottleneck", "it has bottleneck layers");
      refused.put("prompt-tuning", "(PROMPT_TUNING) cannot share a batch");
      refused.put("prefix-tuning", "it has virtual tokens");
      refused.put("p-tuning", "it has virtual tokens");
      refused.put("lora-embedding", "it has matrices on the embeddings");
      refused.put("lora-bias-patterns", "it has whole tensors such as biases");
      refused.forEach(
          (name, words) -> {
            Adapter odd = model.addAdapter(name, Tunings.all(layout).get(name), 0, 3);
            requireRefused(plain, odd, words);
            assertThat(RowAdapters.each(List.of(List.of(odd), List.of(odd))))
                .as("a call of its own")
                .isEqualTo(RowAdapters.all(List.of(odd)));
          });
      Adapter headed = model.addAdapter("headed", Tunings.lora(s -> s), 1, 3);
      requireRefused(plain, headed, "it has a head of its own");
    }
  }

  private static void requireRefused(Adapter plain, Adapter odd, String words) {
    assertThatThrownBy(() -> RowAdapters.each(List.of(List.of(plain), List.of(), List.of(odd))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("adapter " + odd.name() + " (")
        .hasMessageContaining(words)
        .hasMessageEndingWith("run its rows in a call of their own");
  }

  @Test
  void everyRowNeedsItsList() {
    try (TransformerModel model = TransformerModel.load(QWEN, LoadOptions.frozen());
        NDManager scope = model.newScope()) {
      Adapter plain = model.addAdapter("plain", Tunings.lora(s -> s), 0, 3);
      RowAdapters two = RowAdapters.each(List.of(List.of(plain), List.of()));
      TokenBatch one = TokenBatch.of(List.of(new int[] {5, 9}));
      assertThatThrownBy(() -> model.hidden(scope, one, new long[] {0}, two))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "adapters are given for 2 rows but there are 1; needed: a list for each, empty for the base");
    }
  }
}
