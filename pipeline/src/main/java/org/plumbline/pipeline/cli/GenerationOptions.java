package org.plumbline.pipeline.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.plumbline.model.config.BeamConfig;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.SpecialIds;
import org.plumbline.model.generation.SamplingConfig;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Option;

/** How replies are generated: flags over generation_config.json over a command's defaults. */
final class GenerationOptions {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "most tokens of a reply; see also generation_config.json")
  private @Nullable Integer maxNewTokens;

  @Option(names = "--temperature", paramLabel = "T", description = "0 is greedy")
  private @Nullable Double temperature;

  @Option(names = "--top-p", paramLabel = "P", description = "least mass kept")
  private @Nullable Double topP;

  @Option(names = "--top-k", paramLabel = "K", description = "tokens kept, 0 for all")
  private @Nullable Integer topK;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "least probability, relative to the best token's")
  private @Nullable Double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "factor against tokens seen before, the prompt's too; 1 for none")
  private @Nullable Double repetitionPenalty;

  @Option(names = "--num-beams", paramLabel = "B", description = "beam search; 1 for none")
  private @Nullable Integer numBeams;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "text that ends a reply; may be repeated")
  private List<String> stops = new ArrayList<>();

  @Option(names = "--ignore-eos", description = "go on past the end token")
  private boolean ignoreEos;

  /**
   * What a command asks for besides.
   *
   * @param perPrompt replies per prompt
   * @param logProbs whether log-probabilities are wanted
   * @param maxNewTokens where neither flag nor file says it
   * @param temperature where neither flag nor file says it
   */
  record Wanted(int perPrompt, boolean logProbs, int maxNewTokens, double temperature) {}

  /**
   * What holds in the end.
   *
   * @param stops texts that end a reply
   */
  record Settings(SamplingConfig sampling, BeamConfig beams, List<String> stops) {}

  /**
   * Refuses flags that no file could make sound, before a model is loaded.
   *
   * @throws UserException naming the flag
   */
  void check(Wanted wanted) {
    over(
        GenerationConfig.of(new SpecialIds(OptionalInt.empty(), List.of(), OptionalInt.empty())),
        Set.of(),
        wanted);
  }

  /**
   * Flags over the file's values.
   *
   * @param chatStops tokens that end a turn of the chat template
   * @param wanted by the command
   * @throws UserException if they do not go together
   */
  Settings over(GenerationConfig file, Set<Integer> chatStops, Wanted wanted) {
    if (stops.contains("")) {
      throw new UserException("--stop \"\" would end each reply at once; give it some text");
    }
    BeamConfig beams = beams(file);
    requireReplies(beams, wanted.perPrompt());
    Set<Integer> stopIds = new HashSet<>();
    if (!ignoreEos) {
      stopIds.addAll(file.eos());
      stopIds.addAll(chatStops);
    }
    SamplingConfig sampling =
        new SamplingConfig(
            maxNewTokens != null ? maxNewTokens : file.maxNewTokens().orElse(wanted.maxNewTokens()),
            temperature != null ? temperature : file.samplingTemperature(wanted.temperature()),
            topK != null ? topK : file.topK().orElse(0),
            topP != null ? topP : file.topP().orElse(1),
            minP != null ? minP : file.minP().orElse(0),
            repetitionPenalty != null ? repetitionPenalty : file.repetitionPenalty().orElse(1),
            stopIds,
            file.rules(),
            wanted.logProbs());
    return new Settings(
        beams.searches() ? withoutDrawing(sampling) : sampling,
        beams,
        stops.isEmpty() ? file.stopStrings() : List.copyOf(stops));
  }

  private BeamConfig beams(GenerationConfig file) {
    BeamConfig asked = file.beams();
    if (numBeams != null) {
      BeamConfig beams = new BeamConfig(numBeams, asked.lengthPenalty(), asked.earlyStopping());
      if (beams.searches() && !drawing().isEmpty()) {
        throw new UserException(
            "--num-beams %d is a search and draws nothing: leave out %s"
                .formatted(numBeams, drawing()));
      }
      return beams;
    }
    if (asked.searches() && !drawing().isEmpty()) {
      throw new UserException(
          "generation_config.json asks for beam search (num_beams=%d), which draws nothing; add --num-beams 1, or leave out %s"
              .formatted(asked.beams(), drawing()));
    }
    if (asked.searches() && temperature == null && file.doSample().orElse(false)) {
      throw new UserException(
          "generation_config.json asks for a beam search that draws (num_beams=%d, do_sample=true), which there is not; add --num-beams 1 to draw or --num-beams %d to search"
              .formatted(asked.beams(), asked.beams()));
    }
    return asked;
  }

  /** The flag that asks for drawn tokens, empty if there is none. */
  private String drawing() {
    if (temperature != null && temperature > 0) {
      return "--temperature " + temperature;
    }
    if (topP != null && topP < 1) {
      return "--top-p " + topP;
    }
    if (topK != null && topK > 0) {
      return "--top-k " + topK;
    }
    return minP != null && minP > 0 ? "--min-p " + minP : "";
  }

  private static void requireReplies(BeamConfig beams, int perPrompt) {
    if (perPrompt < 1) {
      throw new UserException("--n %d must be at least 1".formatted(perPrompt));
    }
    if (beams.searches() && perPrompt > beams.beams()) {
      throw new UserException(
          "--n %d asks for more replies than a search with num_beams=%d finds; needed: at most %d"
              .formatted(perPrompt, beams.beams(), beams.beams()));
    }
  }

  private static SamplingConfig withoutDrawing(SamplingConfig sampling) {
    return new SamplingConfig(
        sampling.maxNewTokens(),
        0,
        0,
        1,
        0,
        sampling.repetitionPenalty(),
        sampling.stopIds(),
        sampling.rules(),
        sampling.logProbs());
  }
}
