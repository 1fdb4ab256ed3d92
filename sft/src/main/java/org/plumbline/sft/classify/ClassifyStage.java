package org.plumbline.sft.classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.plumbline.data.DataSplit;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.data.tasks.LabelledText;
import org.plumbline.data.tasks.TaggedWords;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.StageInput;
import org.plumbline.stage.UserException;
import org.plumbline.stage.ValidationContext;
import org.plumbline.training.ModelArtifacts;
import org.plumbline.training.TrainingConfig;
import org.plumbline.training.check.CheckedRows;
import org.plumbline.training.check.CheckedStage;
import org.plumbline.training.memory.PlannedStage;
import org.plumbline.training.memory.StageMemory;
import org.plumbline.training.memory.TrainingShape;

/**
 * Trains a model for a supervised task and measures it on held-out rows; leaves a
 * *ForSequenceClassification, *ForTokenClassification or *ForQuestionAnswering folder (full) or a
 * PEFT folder (lora).
 */
public final class ClassifyStage
    implements CheckedStage<ClassifyConfig>, PlannedStage<ClassifyConfig> {
  @Override
  public String kind() {
    return "classify";
  }

  @Override
  public Class<ClassifyConfig> configType() {
    return ClassifyConfig.class;
  }

  @Override
  public List<StageInput> inputs(ClassifyConfig config) {
    return Stream.concat(
            Stream.of(new StageInput("data", config.data())),
            config.model().stream().map(model -> new StageInput("model", model)))
        .toList();
  }

  @Override
  public void validate(ClassifyConfig config, ValidationContext context) {
    context
        .kindOf(config.data())
        .filter(kind -> !kind.equals("sample-world"))
        .ifPresent(
            kind -> {
              throw new UserException(
                  "data=%s is a %s stage; needed: a sample-world stage, or rows of the task"
                      .formatted(config.data(), kind));
            });
    config.model().ifPresent(model -> context.readAhead(model, path -> requireFits(path, config)));
    List<String> own =
        config.model().filter(model -> !context.isEarlierStage(model)).stream()
            .flatMap(model -> ownLabels(context.path(model), config).stream())
            .toList();
    context.readAhead(config.data(), source -> problem(source, config, own, 0));
  }

  @Override
  public List<StageInput> checkedInputs(ClassifyConfig config) {
    return inputs(config);
  }

  @Override
  public Optional<String> tokenizerFrom(ClassifyConfig config) {
    return config.model();
  }

  @Override
  public CheckedRows check(ClassifyConfig config, Function<String, Path> resolve, long seed)
      throws IOException {
    Optional<Path> model = config.model().map(resolve);
    model.ifPresent(folder -> requireFits(folder, config));
    List<String> own = model.map(folder -> ownLabels(folder, config)).orElse(List.of());
    return problem(resolve.apply(config.data()), config, own, seed).check(config, model);
  }

  @Override
  public TransformerConfig leaves(
      ClassifyConfig config, Function<String, TransformerConfig> models) {
    TransformerConfig start =
        config
            .model()
            .map(models)
            .orElseGet(
                () ->
                    TransformerConfig.of(
                        NewEncoder.config(config.size(), config.size().vocabSize())));
    List<String> labels =
        !config.labels().isEmpty() ? config.labels() : List.of("LABEL_0", "LABEL_1");
    return start.head() == config.task().head()
        ? start
        : start.withHead(config.task().head(), labels);
  }

  @Override
  public StageMemory memory(ClassifyConfig config, Function<String, TransformerConfig> models) {
    TransformerConfig model = leaves(config, models);
    TrainingConfig training = config.training();
    int length = Math.min(config.maxLength(), model.maxPositions());
    return StageMemory.of(
        TrainingShape.ofRows(model, config.tuning(), config.dtype().dtype(), training, length)
            .scored(isSequence(config) ? 1 : length, 1)
            .with(false, training.keepBest() && config.validationShare() > 0),
        true);
  }

  /** Refuses a start that the task cannot have. */
  private static void requireFits(Path folder, ClassifyConfig config) {
    ModelArtifacts.requireWhole(folder);
    TransformerConfig model = TransformerConfig.read(folder);
    boolean causal = model.attention().causal();
    if (causal && config.task() == ClassifyTask.QUESTION_ANSWERING) {
      throw new UserException(
          "model=%s is a decoder (model_type %s), whose tokens see what is before them only; question_answering needs an encoder such as BERT, or no model for a new one"
              .formatted(folder, model.modelType()));
    }
    boolean lora = !config.tuning().isFull();
    if (lora && model.head() == config.task().head() && !(causal && isSequence(config))) {
      throw new UserException(
          "model=%s has a %s head already, whose bias has no place in an adapter; use method=full"
              .formatted(folder, config.task().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static boolean isSequence(ClassifyConfig config) {
    return config.task() == ClassifyTask.SEQUENCE;
  }

  @Override
  public Map<String, Object> run(ClassifyConfig config, RunContext context) throws IOException {
    config.model().map(context::resolve).ifPresent(folder -> requireFits(folder, config));
    List<String> own =
        config.model().map(model -> ownLabels(context.resolve(model), config)).orElse(List.of());
    Path source = context.resolve(config.data());
    return problem(source, config, own, context.seed()).solve(config, context);
  }

  /** The classes of a model that has the task's head already. */
  private static List<String> ownLabels(Path folder, ClassifyConfig config) {
    TransformerConfig model = TransformerConfig.read(folder);
    return model.head() == config.task().head() ? model.labels() : List.of();
  }

  /** A task and the rows that it is learned from and measured on. */
  private record Problem<T, P>(Task<T, P> task, DataSplit<T> data) {
    /** With the weights of its classes checked. */
    static <T, P> Problem<T, P> of(Task<T, P> task, DataSplit<T> data) {
      task.loss();
      return new Problem<>(task, data);
    }

    CheckedRows check(ClassifyConfig config, Optional<Path> model) throws IOException {
      return ClassifyCheck.of(config, task, data.train(), model);
    }

    Map<String, Object> solve(ClassifyConfig config, RunContext context) throws IOException {
      try (Classifier<T, P> classifier = new Classifier<>(config, context, task, data.train())) {
        return classifier.run(data);
      }
    }
  }

  private static Problem<?, ?> problem(
      Path source, ClassifyConfig config, List<String> own, long seed) throws IOException {
    List<String> names = config.labels().isEmpty() ? own : config.labels();
    return switch (config.task()) {
      case SEQUENCE -> {
        DataSplit<LabelledText> data = TaskData.texts(source, config, seed);
        List<String> labels = Labels.of(names, Labels.all(data).map(LabelledText::label));
        Labels.all(data).forEach(row -> Labels.outputs(labels, row.id(), List.of(row.label())));
        yield Problem.of(new SequenceTask(labels, config.classWeights()), data);
      }
      case TOKEN -> {
        DataSplit<TaggedWords> data = TaskData.words(source, config, seed);
        List<String> labels =
            Labels.of(names, Labels.all(data).flatMap(row -> row.tags().stream()));
        Labels.all(data).forEach(row -> Labels.outputs(labels, row.id(), row.tags()));
        yield Problem.of(new TokenTask(labels, config.classWeights()), data);
      }
      case QUESTION_ANSWERING -> {
        DataSplit<AnsweredQuestion> data = TaskData.questions(source, config, seed);
        boolean silent = data.train().stream().anyMatch(row -> row.answers().isEmpty());
        yield Problem.of(
            new QuestionTask(config.docStride(), config.maxAnswerLength(), silent), data);
      }
    };
  }
}
