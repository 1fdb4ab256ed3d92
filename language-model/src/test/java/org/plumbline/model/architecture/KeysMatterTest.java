package org.plumbline.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fixtures would show a mistake: each key of a family, changed, moves some logit by more than
 * twice the tolerance that parity is judged by.
 */
class KeysMatterTest {
  private static final float VISIBLE = 4e-4f;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "gemma2 | {\"attn_logit_softcapping\":null}",
        "gemma2 | {\"final_logit_softcapping\":null}",
        "gemma2 | {\"query_pre_attn_scalar\":15}",
        "gemma2 | {\"sliding_window\":6}",
        "gemma2 | {\"layer_types\":[\"full_attention\",\"sliding_attention\"]}",
        "gemma2 | {\"hidden_activation\":\"gelu\"}",
        "gemma3 | {\"sliding_window\":5}",
        "gemma3 | {\"rope_parameters\":{\"full_attention\":{\"rope_theta\":1000000.0},\"sliding_attention\":{\"rope_theta\":9000.0}}}",
        "gemma3 | {\"rope_parameters\":{\"full_attention\":{\"rope_theta\":900000.0},\"sliding_attention\":{\"rope_theta\":10000.0}}}",
        "qwen3 | {\"rope_parameters\":{\"rope_theta\":98000.0}}",
        "qwen3-bias-window | {\"use_sliding_window\":false,\"layer_types\":null}",
        "phi3 | {\"sliding_window\":8}",
        "phi3-longrope | {\"rope_parameters\":{\"rope_type\":\"longrope\",\"short_factor\":[1.0,1.1,1.35],\"long_factor\":[1.5,2.0,4.0],\"rope_theta\":10000.0,\"original_max_position_embeddings\":12}}",
        "phi3-longrope | {\"rope_parameters\":{\"rope_type\":\"longrope\",\"short_factor\":[1.0,1.1,1.3],\"long_factor\":[1.6,2.0,4.0],\"rope_theta\":10000.0,\"original_max_position_embeddings\":9}}",
        "glm | {\"rope_parameters\":{\"rope_theta\":10000.0,\"partial_rotary_factor\":0.25}}",
        "llama-linear | {\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2.02,\"rope_theta\":10000.0}}",
        "llama-dynamic | {\"rope_parameters\":{\"rope_type\":\"dynamic\",\"factor\":8.0,\"rope_theta\":10000.0},\"max_position_embeddings\":8}",
        "llama-llama3 | {\"rope_parameters\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.1,\"original_max_position_embeddings\":16,\"rope_theta\":10000.0}}",
        "llama-yarn | {\"rope_parameters\":{\"rope_type\":\"yarn\",\"factor\":4.1,\"original_max_position_embeddings\":16,\"rope_theta\":10000.0}}",
        "mixtral-window | {\"sliding_window\":6}",
        "mixtral-window | {\"num_experts_per_tok\":1}",
        "chatglm | {\"rope_ratio\":1.1}",
        "internlm2 | {\"rope_theta\":900000}",
        "baichuan | {\"z_loss_weight\":0}",
        "baichuan-13b | {\"max_position_embeddings\":64}",
        "baichuan2 | {\"rms_norm_eps\":0.001}"
      })
  void aChangedKeyShows(String name, String change) throws IOException {
    Path original = Path.of("src/test/resources/families", name);
    Path changed = Files.createDirectories(folder.resolve("changed"));
    Files.copy(original.resolve("model.safetensors"), changed.resolve("model.safetensors"));
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode config = (ObjectNode) mapper.readTree(original.resolve("config.json").toFile());
    config.setAll((ObjectNode) mapper.readTree(change));
    mapper.writeValue(changed.resolve("config.json").toFile(), config);
    float most = 0;
    try (TransformerModel before = TransformerModel.load(original, LoadOptions.frozen());
        TransformerModel after = TransformerModel.load(changed, LoadOptions.frozen())) {
      int[] row = new int[14];
      Arrays.setAll(row, t -> 5 + t * 11 % 40);
      List<int[]> rows = List.of(row, Arrays.copyOf(row, 10));
      List<float[][]> a = GoldenModel.logits(before, rows, List.of());
      List<float[][]> b = GoldenModel.logits(after, rows, List.of());
      for (int r = 0; r < rows.size(); r++) {
        for (int t = 0; t < rows.get(r).length; t++) {
          for (int v = 0; v < a.get(r)[t].length; v++) {
            most = Math.max(most, Math.abs(a.get(r)[t][v] - b.get(r)[t][v]));
          }
        }
      }
    }
    assertThat(most).isGreaterThan(VISIBLE);
  }
}
