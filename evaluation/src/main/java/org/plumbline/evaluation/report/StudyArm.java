package org.plumbline.evaluation.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.stage.statistics.Interval;

/** An arm of a study with its trials, in the order of the seeds. */
record StudyArm(StudyOutline.ArmResult result, List<TrialData> trials) {
  static StudyArm read(StudyOutline.ArmResult result, String measured) throws IOException {
    List<TrialData> trials = new ArrayList<>();
    for (Path folder : result.trials()) {
      trials.add(TrialData.read(folder, measured));
    }
    return new StudyArm(result, trials);
  }

  /** One number per trial; empty where some trial has none. */
  interface Measure {
    OptionalDouble of(TrialData trial) throws IOException;
  }

  /** A measure of all trials; empty where some trial has none, or there is no trial. */
  Optional<double[]> values(Measure measure) throws IOException {
    double[] values = new double[trials.size()];
    for (int i = 0; i < values.length; i++) {
      OptionalDouble value = measure.of(trials.get(i));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values[i] = value.getAsDouble();
    }
    return values.length == 0 ? Optional.empty() : Optional.of(values);
  }

  /** A figure of a summary, with its interval over seeds. */
  Optional<Interval> figure(String key) throws IOException {
    return values(trial -> OptionalDouble.of(StudyOutline.figure(trial.folder(), key)))
        .map(SeedInterval::mean);
  }

  /** The least of a measure: what the machine needs when nothing else disturbs it. */
  OptionalDouble least(Measure measure) throws IOException {
    Optional<double[]> values = values(measure);
    return values.isEmpty() ? OptionalDouble.empty() : java.util.Arrays.stream(values.get()).min();
  }

  /** What the first trial's probe of serving found. */
  JsonNode serving() throws IOException {
    return trials.isEmpty()
        ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
        : trials.get(0).json("serving.json");
  }
}
