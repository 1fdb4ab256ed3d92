package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.model.JsonFiles;

class GenerationConfigTest {
  private static final TransformerConfig CONFIG =
      ConfigJson.parse(ConfigJson.LLAMA, "{'pad_token_id':7,'eos_token_id':[2,3]}");

  @TempDir Path folder;

  private GenerationConfig read(String json) {
    JsonFiles.write(folder.resolve("generation_config.json"), ConfigJson.json(json));
    return GenerationConfig.read(folder, CONFIG);
  }

  @Test
  void anAbsentFileLeavesTheModelsIdsAndTemperatureOne() {
    GenerationConfig config = GenerationConfig.read(folder, CONFIG);
    assertThat(config.specialIds()).isEqualTo(CONFIG.specialIds());
    assertThat(config.samplingTemperature()).isEqualTo(1);
    assertThat(config.topK()).isEmpty();
  }

  @Test
  void whatTheFileSaysGoesFirst() {
    GenerationConfig config = read("{'eos_token_id':9,'temperature':0.7,'top_k':20,'top_p':0.8}");
    assertThat(config.specialIds().eos()).containsExactly(9);
    assertThat(config.specialIds().pad()).hasValue(7);
    assertThat(config.samplingTemperature()).isEqualTo(0.7);
    assertThat(config.topK()).hasValue(20);
    assertThat(config.topP()).hasValue(0.8);
    assertThat(read("{'do_sample':false,'temperature':0.7}").samplingTemperature()).isZero();
    assertThat(read("{'do_sample':true}").samplingTemperature()).isEqualTo(1);
  }

  @Test
  void readsBackWhatItWrote() {
    GenerationConfig config =
        new GenerationConfig(
            new SpecialIds(OptionalInt.of(1), List.of(2, 3), OptionalInt.empty()),
            OptionalDouble.of(0.5),
            OptionalInt.of(5),
            OptionalDouble.of(0.9),
            OptionalDouble.of(0.05),
            OptionalDouble.of(1.1),
            OptionalInt.of(64),
            Optional.of(true));
    config.write(folder);
    GenerationConfig back = GenerationConfig.read(folder, ConfigJson.parse(ConfigJson.LLAMA, "{}"));
    assertThat(back).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'num_beams':4} | num_beams is 4; only 1 is supported",
        "{'no_repeat_ngram_size':3} | no_repeat_ngram_size is 3",
        "{'suppress_tokens':[1]} | suppress_tokens is [1]; only its absence is supported",
        "{'top_k':-1} | top_k is -1; an integer, 0 or more, is needed",
        "{'temperature':'hot'} | temperature is \"hot\"; a number is needed",
      })
  void refusesAnotherWayToGenerate(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .hasMessageContaining("generation_config.json")
        .hasMessageContaining(message);
  }

  @Test
  void switchedOffWaysAreNoConcern() {
    assertThat(read("{'num_beams':1,'typical_p':1,'no_repeat_ngram_size':0,'chat_format':'x'}"))
        .isNotNull();
  }
}
