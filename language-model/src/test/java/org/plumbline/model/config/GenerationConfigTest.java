package org.plumbline.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
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
    assertThat(config.samplingTemperature(1)).isEqualTo(1);
    assertThat(config.topK()).isEmpty();
  }

  @Test
  void whatTheFileSaysGoesFirst() {
    GenerationConfig config = read("{'eos_token_id':9,'temperature':0.7,'top_k':20,'top_p':0.8}");
    assertThat(config.specialIds().eos()).containsExactly(9);
    assertThat(config.specialIds().pad()).hasValue(7);
    assertThat(config.samplingTemperature(1)).isEqualTo(0.7);
    assertThat(config.topK()).hasValue(20);
    assertThat(config.topP()).hasValue(0.8);
    assertThat(read("{'do_sample':false,'temperature':0.7}").samplingTemperature(1)).isZero();
    assertThat(read("{'do_sample':true}").samplingTemperature(1)).isEqualTo(1);
    assertThat(read("{}").samplingTemperature(0.7)).isEqualTo(0.7);
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
            Optional.of(true),
            new LogitRules(
                0.9,
                0.01,
                0.02,
                3,
                5,
                4,
                Set.of(8, 7),
                Set.of(6),
                List.of(List.of(1), List.of(2, 3)),
                Map.of(List.of(4, 5), -1.5)),
            new BeamConfig(4, 0.5, true),
            List.of("END", "\n\n"));
    config.write(folder);
    GenerationConfig back = GenerationConfig.read(folder, ConfigJson.parse(ConfigJson.LLAMA, "{}"));
    assertThat(back).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'num_beam_groups':4} | num_beam_groups is 4; only 1 is supported",
        "{'eta_cutoff':1} | eta_cutoff=1.0 must be in [0, 1)",
        "{'begin_suppress_tokens':'x'} | begin_suppress_tokens is \"x\"; a token id or a list of token ids is needed",
        "{'penalty_alpha':0.6} | penalty_alpha is 0.6; only its absence is supported",
        "{'num_beams':0} | num_beams is 0; a positive integer is needed",
        "{'early_stopping':'never'} | early_stopping is \"never\"; true or false is needed",
        "{'typical_p':1.5} | typical_p=1.5 must be in (0, 1]",
        "{'epsilon_cutoff':1} | epsilon_cutoff=1.0 must be in [0, 1)",
        "{'no_repeat_ngram_size':-3} | no_repeat_ngram_size is -3; an integer, 0 or more, is needed",
        "{'bad_words_ids':[3]} | bad_words_ids=[] must be runs of at least one token id",
        "{'bad_words_ids':[['no']]} | bad_words_ids is [\"no\"]; a list of token ids is needed",
        "{'sequence_bias':[[3]]} | sequence_bias is [3]; pairs of a list of token ids and a number are needed",
        "{'sequence_bias':{'3':1}} | sequence_bias is {\"3\":1}; a list is needed",
        "{'suppress_tokens':'x'} | suppress_tokens is \"x\"; a token id or a list of token ids is needed",
        "{'stop_strings':['']} | stop_strings is [\"\"]; a text or a list of texts is needed",
        "{'top_k':-1} | top_k is -1; an integer, 0 or more, is needed",
        "{'temperature':'hot'} | temperature is \"hot\"; a number is needed",
      })
  void refusesAnotherWayToGenerate(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .hasMessageContaining("generation_config.json")
        .hasMessageContaining(message);
  }

  @Test
  void rulesAndBeamsAreRead() {
    GenerationConfig config =
        read(
            "{'num_beams':3,'length_penalty':2,'no_repeat_ngram_size':2,'bad_words_ids':[[5],[6,7]],"
                + "'suppress_tokens':[9],'sequence_bias':[[[1,2],-0.5]],'stop_strings':'END'}");
    assertThat(config.beams()).isEqualTo(new BeamConfig(3, 2, false));
    assertThat(config.rules())
        .isEqualTo(
            new LogitRules(
                1,
                0,
                0,
                2,
                0,
                0,
                Set.of(9),
                Set.of(),
                List.of(List.of(5), List.of(6, 7)),
                Map.of(List.of(1, 2), -0.5)));
    assertThat(config.stopStrings()).containsExactly("END");
    LogitRules more = read("{'eta_cutoff':0.1,'begin_suppress_tokens':[3,1]}").rules();
    assertThat(more.etaCutoff()).isEqualTo(0.1);
    assertThat(more.beginSuppressTokens()).containsExactlyInAnyOrder(1, 3);
    assertThat(read("{}").rules()).isEqualTo(LogitRules.NONE);
    assertThat(read("{'length_penalty':2}").beams()).isEqualTo(new BeamConfig(1, 2, false));
  }

  @Test
  void switchedOffWaysAreNoConcern() {
    assertThat(read("{'num_beams':1,'typical_p':1,'no_repeat_ngram_size':0,'chat_format':'x'}"))
        .isNotNull();
  }
}
