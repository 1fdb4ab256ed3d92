package org.plumbline.stage.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.stage.config.SampleConfigs.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.stage.config.SampleConfigs.Ppo;

class OverridesTest {
  private final ConfigProblems problems = new ConfigProblems();

  private static YamlNode.Mapping section(String... lines) {
    return (YamlNode.Mapping) yaml(lines);
  }

  private Ppo apply(YamlNode.Mapping section, String... options) {
    Map<String, YamlNode.Mapping> sections = new LinkedHashMap<>();
    sections.put("human", section());
    sections.put("human.v2", section);
    Map<String, YamlNode.Mapping> changed = Overrides.apply(sections, List.of(options), problems);
    return ConfigReader.read(Ppo.class, changed.get("human.v2"), "human.v2", problems).orElse(null);
  }

  private List<String> messages() {
    return problems.all().stream().map(ConfigProblem::toString).toList();
  }

  @Test
  void valuesAreReadByTheSameRules() {
    Ppo config =
        apply(
            section("policy: a", "batch_size: 4", "lora: {rank: 2}"),
            "human.v2.batch_size=16",
            "human.v2.kl.beta=1e-3",
            "human.v2.lora.targets=[q, v]",
            "human.v2.policy=x=y",
            "human.v2.batch_size=32");
    assertThat(messages()).isEmpty();
    assertThat(config.batchSize()).isEqualTo(32);
    assertThat(config.kl().beta()).isEqualTo(1e-3);
    assertThat(config.lora().orElseThrow().targets()).containsExactly("q", "v");
    assertThat(config.lora().orElseThrow().rank()).isEqualTo(2);
    assertThat(config.policy()).isEqualTo("x=y");
  }

  @Test
  void theCommandLineWinsOverAnAliasInTheFileAndTheOtherWayRound() {
    assertThat(
            apply(section("policy: a", "lora_r: 2"), "human.v2.lora.rank=8")
                .lora()
                .orElseThrow()
                .rank())
        .isEqualTo(8);
    assertThat(
            apply(section("policy: a", "lora: {rank: 2}"), "human.v2.lora_r=8")
                .lora()
                .orElseThrow()
                .rank())
        .isEqualTo(8);
    assertThat(messages()).isEmpty();
  }

  @Test
  void errorsNameTheOption() {
    apply(
        section("policy: a"),
        "human.v2.kl.bta=1",
        "human.v2.batch_size=x",
        "hunan.batch_size=1",
        "zzz.a=1",
        "batch_size",
        "human.v2.=1",
        "human.v2.weights={a: [",
        "human.v2.policy.x=1");
    assertThat(messages())
        .contains(
            "--set human.v2.kl.bta=1: human.v2.kl.bta: unknown key; did you mean beta?",
            "--set human.v2.batch_size=x: human.v2.batch_size: found x, needs a whole number",
            "--set hunan.batch_size=1: names no stage \"hunan\"; did you mean human?",
            "--set zzz.a=1: names no stage \"zzz\"; stages: human, human.v2",
            "--set batch_size: needs the form NAME.key=value",
            "--set human.v2.=1: needs the form NAME.key=value",
            "--set human.v2.policy.x=1: human.v2.policy.x: cannot be set: human.v2.policy holds a, no section")
        .anyMatch(m -> m.startsWith("--set human.v2.weights={a: [: is not valid YAML"));
  }

  @Test
  void flagsAreTakenInBothSpellings() {
    YamlNode.Mapping section = section("policy: a");
    section = Overrides.flag(section, "ppo", "--batch-size", "12", problems);
    section = Overrides.flag(section, "ppo", "--kl.beta", "0.5", problems);
    section = Overrides.flag(section, "ppo", "--lora_alpha", "4", problems);
    section = Overrides.flag(section, "ppo", "--lora-r", "2", problems);
    section = Overrides.flag(section, "ppo", "--data", "#1", problems);
    section = Overrides.flag(section, "ppo", "--bath-size", "1", problems);
    Ppo config = ConfigReader.read(Ppo.class, section, "ppo", problems).orElseThrow();
    assertThat(config.batchSize()).isEqualTo(12);
    assertThat(config.kl().beta()).isEqualTo(0.5);
    assertThat(config.lora().orElseThrow().alpha()).isEqualTo(4);
    assertThat(config.data().orElseThrow()).hasToString("#1");
    assertThat(messages())
        .containsExactly("--bath-size 1: ppo.bath_size: unknown key; did you mean batch_size?");
  }
}
