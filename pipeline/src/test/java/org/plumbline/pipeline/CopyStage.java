package org.plumbline.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.Stage;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.config.Default;
import org.plumbline.stage.config.MachineLocal;

/** A stage without maths: repeats its input; breaks half-way where it is told to. */
final class CopyStage implements Stage<CopyStage.Config> {
  /** Names of the stages that ran, in order. */
  final List<String> ran = new ArrayList<>();

  /** Names of the stages that break after their first file. */
  final Set<String> breaking = new HashSet<>();

  /** Called in the middle of each run. */
  Runnable halfWay = () -> {};

  record Config(
      String source, @Default("1") int times, @MachineLocal @Default("here") String place) {}

  @Override
  public String kind() {
    return "copy";
  }

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public List<StageInput> inputs(Config config) {
    return List.of(new StageInput("source", config.source()));
  }

  @Override
  public Map<String, Object> run(Config config, RunContext context) throws IOException {
    ran.add(context.stageName());
    Path half = context.directory().resolve("half.txt");
    boolean resumed = Files.exists(half);
    Files.writeString(half, "half");
    halfWay.run();
    if (breaking.contains(context.stageName())) {
      throw new UserException("broken on purpose");
    }
    Path source = context.resolve(config.source());
    Path file = Files.isDirectory(source) ? source.resolve("text.txt") : source;
    String text = Files.readString(file).repeat(config.times());
    Files.writeString(context.directory().resolve("text.txt"), text);
    return Map.of("length", text.length(), "resumed", resumed);
  }
}
