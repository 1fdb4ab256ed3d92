package org.plumbline.stage.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Records as stages declare them. */
final class SampleConfigs {
  private SampleConfigs() {}

  enum Method {
    FULL,
    LORA_ONLY
  }

  record Kl(@Default("0.1") double beta, Optional<Double> target, @Default("10_000") int horizon) {
    Kl {
      Check.positive("kl.beta", beta);
      Check.positive("kl.horizon", horizon);
    }
  }

  record Lora(@Alias("adapter_rank") int rank, @Default("16") double alpha, List<String> targets) {
    Lora {
      Check.positive("lora.rank", rank);
    }
  }

  sealed interface Schedule permits Constant, Cosine {}

  record Constant() implements Schedule {}

  @Choice("cosine")
  record Cosine(@Default("0") int warmupSteps) implements Schedule {}

  record Ppo(
      String policy,
      @Default("8") int batchSize,
      @Default("4") int minibatches,
      @Default("0.95") double lambda,
      @Default("1e-4") double learningRate,
      @Default("full") Method method,
      @Default("false") boolean whitenReward,
      @Default("100") long steps,
      @Default("{}") Kl kl,
      Optional<Lora> lora,
      @Default("constant") Schedule schedule,
      Optional<Path> data,
      Map<String, Double> weights,
      List<Lora> adapters,
      @Default("8080") @MachineLocal int port) {
    Ppo {
      Check.divides("ppo.minibatches", minibatches, "ppo.batch_size", batchSize);
      Check.unitInterval("ppo.lambda", lambda);
      Check.atLeast("ppo.steps", steps, 1);
    }
  }

  static YamlNode yaml(String... lines) {
    return LocatedYaml.parse("recipe.yaml", String.join("\n", lines) + "\n");
  }

  static Ppo read(String... lines) {
    return ConfigReader.read(Ppo.class, yaml(lines), "human-ppo");
  }

  /** All problems of a section, one text each. */
  static List<String> problems(String... lines) {
    return problems(Ppo.class, yaml(lines));
  }

  static List<String> problems(Class<? extends Record> type, YamlNode section) {
    ConfigProblems problems = new ConfigProblems();
    ConfigReader.read(type, section, "human-ppo", problems);
    return problems.all().stream().map(ConfigProblem::toString).toList();
  }
}
