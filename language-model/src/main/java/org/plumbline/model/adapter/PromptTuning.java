package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TensorRef;

/**
 * Prompt tuning (Lester et al. 2021, arXiv 2104.08691): embeddings of virtual tokens in front of
 * every text.
 *
 * @param tokens P, how many
 * @param textIds ids of a text whose embeddings they start at, in turn again where it is short;
 *     empty for embeddings of tokens drawn at random
 */
public record PromptTuning(int tokens, List<Integer> textIds) implements AdapterMethod {
  public PromptTuning {
    requireTokens("prompt-tuning", tokens);
    textIds = List.copyOf(textIds);
  }

  static void requireTokens(String key, int tokens) {
    if (tokens < 1) {
      throw new IllegalArgumentException("%s.tokens=%d must be at least 1".formatted(key, tokens));
    }
  }

  @Override
  public String peftType() {
    return "PROMPT_TUNING";
  }

  @Override
  public boolean mergeable() {
    return false;
  }

  @Override
  public void build(AdapterTensors tensors, AdapterParts parts) {
    int width = tensors.base().hiddenSize();
    TensorRef table = tensors.layout().get(Role.TOKEN_EMBEDDING, -1, false);
    AdapterTensors.Start start =
        (values, seed) -> {
          float[] words = tensors.baseValues(table);
          java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
          for (int i = 0; i < tokens; i++) {
            int id =
                textIds.isEmpty()
                    ? random.nextInt(table.shape().get(0).intValue())
                    : textIds.get(i % textIds.size());
            System.arraycopy(words, id * width, values, i * width, width);
          }
        };
    parts.virtual(
        new VirtualTokens(
            tokens,
            tensors.parameter(VirtualTokens.SAVED, start, tokens, width),
            List.of(),
            false,
            false));
  }

  @Override
  public void describe(ObjectNode json) {
    json.put("prompt_tuning_init", "RANDOM");
    json.put(PeftJson.VIRTUAL_TOKENS, tokens);
  }

  /** From a folder's {@code adapter_config.json}. */
  static PromptTuning read(PeftJson json) {
    JsonNode node = json.node();
    return new PromptTuning(node.path(PeftJson.VIRTUAL_TOKENS).asInt(), List.of());
  }
}
