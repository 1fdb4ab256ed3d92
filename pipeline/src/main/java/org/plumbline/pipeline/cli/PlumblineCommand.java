package org.plumbline.pipeline.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command above all others. */
@Command(
    name = "plumbline",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = "Aligns language models: SFT, reward model, PPO, AI feedback, evaluation.",
    footer = {
      "",
      "Exit codes: 0 done; 2 refused before the first stage; 1 failed later; 130 stopped, resumable.",
      "Start with: plumbline run configs/quickstart.yaml"
    })
final class PlumblineCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Which command?");
  }
}
