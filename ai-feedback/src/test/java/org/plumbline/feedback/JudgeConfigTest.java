package org.plumbline.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.stage.UserException;

class JudgeConfigTest {
  @TempDir Path directory;

  private static JudgeConfig config(String url, Optional<String> model, Optional<String> key) {
    return new JudgeConfig(
        url,
        model,
        key,
        0,
        true,
        "c",
        true,
        false,
        50,
        5,
        4,
        0.1,
        0,
        4,
        Optional.empty(),
        false,
        0,
        0);
  }

  @Test
  void addressMustBeHttp() {
    assertThatThrownBy(() -> config("ftp://x", Optional.of("m"), Optional.empty()))
        .hasMessage(
            "judge.url=ftp://x must be an http or https address, such as http://localhost:8000/v1,"
                + " or sample-world");
  }

  @Test
  void serverNeedsAModelName() {
    assertThatThrownBy(() -> config("http://x/v1", Optional.empty(), Optional.empty()))
        .hasMessage("judge.model is missing; judge.url=http://x/v1 needs the name of a model");
  }

  @Test
  void emptyKeyVariableIsNamed() {
    JudgeConfig config = config("http://x/v1", Optional.of("m"), Optional.of("JUDGE_KEY"));

    assertThatThrownBy(
            () ->
                JudgeSession.open(
                    config,
                    directory.resolve("cache.jsonl"),
                    TestJudges.NO_SAMPLE_WORLD,
                    name -> " "))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("environment variable JUDGE_KEY, named by judge.api_key_env, is not");
  }

  @Test
  void keyThatNoHeaderCanCarryIsRefusedUnseen() {
    JudgeConfig config = config("http://x/v1", Optional.of("m"), Optional.of("JUDGE_KEY"));

    assertThatThrownBy(
            () ->
                JudgeSession.open(
                    config,
                    directory.resolve("c.jsonl"),
                    TestJudges.NO_SAMPLE_WORLD,
                    name -> "sk-a\nsk-b"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("JUDGE_KEY")
        .hasMessageContaining("no HTTP header can carry")
        .hasMessageNotContaining("sk-a");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:1/v1, http://h:1/v1/chat/completions",
    "http://h:1/v1/, http://h:1/v1/chat/completions",
    "http://h:1, http://h:1/chat/completions",
    "http://h/x/chat/completions, http://h/x/chat/completions"
  })
  void routeFollowsFromTheBaseAddress(String url, String route) {
    assertThat(JudgeSession.route(url)).hasToString(route);
  }
}
