package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.plumbline.data.DataSplit;
import org.plumbline.data.world.WorldFiles;
import org.plumbline.model.adapter.Adapter;
import org.plumbline.model.adapter.Extras;
import org.plumbline.model.architecture.LoadOptions;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tensor.Parameter;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.RandomStreams;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;
import org.plumbline.training.TrainingLoop;

/** A model under a task's head, on its way from the start to a measured classifier. */
final class Classifier<T, P> implements AutoCloseable {
  private final ClassifyConfig config;
  private final RunContext context;
  private final Task<T, P> task;
  private final Path start;
  private final TransformerModel model;
  private final TextTokenizer tokenizer;
  private final List<Adapter> active;

  /** Opens the model, or makes a new one with a tokenizer of the training rows' texts. */
  Classifier(ClassifyConfig config, RunContext context, Task<T, P> task, List<T> train) {
    this.config = config;
    this.context = context;
    this.task = task;
    this.start = config.model().map(context::resolve).orElse(context.directory());
    LoadOptions options = config.tuning().options(config.dtype(), context.device());
    long seed = RandomStreams.address(context.seed(), context.stageName() + ".head");
    if (config.model().isEmpty()) {
      TransformerConfig fresh =
          NewEncoder.write(start, config.size(), train.stream().flatMap(task::texts).iterator());
      this.model =
          TransformerModel.create(
              fresh.withHead(config.task().head(), task.labels()), options, seed);
    } else {
      this.model =
          TransformerModel.loadAs(start, config.task().head(), task.labels(), options, seed);
    }
    this.tokenizer = TextTokenizer.open(start);
    requireLabels();
    this.active =
        config
            .tuning()
            .begin(
                model,
                tokenizer,
                "classify",
                extras(),
                config.training().totalSteps(train.size()),
                seed);
    for (Adapter adapter : active) {
      Parameter head = adapter.head().orElseThrow();
      model.carrier().copy(head.value(), model.scoreHead(List.of()));
      head.changed().run();
    }
  }

  /** The head, and the pooler below an encoder's classifier of texts, which no base need have. */
  private Extras extras() {
    int outputs = Math.toIntExact(model.scoreHead(List.of()).getShape().get(0));
    boolean pooled = config.task() == ClassifyTask.SEQUENCE && !model.config().attention().causal();
    return new Extras(outputs, pooled ? List.of("pooler") : List.of());
  }

  private void requireLabels() {
    List<String> own = model.config().labels();
    if (!task.labels().isEmpty() && !own.equals(task.labels())) {
      close();
      throw new UserException(
          "model=%s has the classes %s, but labels are %s; leave labels out, or start from a model without a head"
              .formatted(start, own, task.labels()));
    }
  }

  /** Trains, measures, saves. */
  Map<String, Object> run(DataSplit<T> data) throws IOException {
    RowEncoder encoder = new RowEncoder(tokenizer, model.config(), config.maxLength());
    List<EncodedRow> train = encoded(encoder, data.train(), "training");
    List<EncodedRow> validation = encoded(encoder, data.validation(), "validation");
    ClassifierObjective objective =
        new ClassifierObjective(
            model,
            active,
            task.loss(),
            (rows, scores) -> figures(data.validation(), rows, scores),
            config.training().rowsAtOnce());
    long parameters = objective.parameters().stream().mapToLong(Parameter::size).sum();
    context.say(
        "%s: %,d parameters trained, %,d rows, classes %s"
            .formatted(context.stageName(), parameters, data.train().size(), task.labels()));
    try (TrainingLoop<EncodedRow> loop =
        new TrainingLoop<>(
            config.training(),
            model,
            objective,
            context,
            train,
            validation,
            active,
            config.tuning().rateRatio())) {
      Map<String, Object> summary = new LinkedHashMap<>(loop.run());
      summary.put("parameters", parameters);
      summary.put("rows_cut", train.stream().filter(EncodedRow::cut).count());
      boolean tested = !data.test().isEmpty();
      List<T> held = tested ? data.test() : data.validation();
      String part = tested ? "test" : "validation";
      ClassificationFile file = measure(objective, encoder, data.train(), held, part);
      file.write(context.directory(), context.seed());
      summary.putAll(file.summary());
      save();
      return summary;
    }
  }

  private List<EncodedRow> encoded(RowEncoder encoder, List<T> rows, String part) {
    List<EncodedRow> encoded = task.encode(encoder, rows);
    long cut = encoded.stream().filter(EncodedRow::cut).count();
    if (cut > 0) {
      context.warn(
          "%s: %d of %d %s rows are cut at max_length=%d or the model's %d positions"
              .formatted(
                  context.stageName(),
                  cut,
                  encoded.size(),
                  part,
                  config.maxLength(),
                  model.config().maxPositions()));
    }
    return encoded;
  }

  private Map<String, Double> figures(
      List<T> rows, List<EncodedRow> encoded, List<float[]> scores) {
    Map<Integer, P> predicted = task.predict(rows, encoded, scores);
    List<T> seen = predicted.keySet().stream().map(rows::get).toList();
    return task.tally(seen, List.copyOf(predicted.values())).values();
  }

  private ClassificationFile measure(
      ClassifierObjective objective, RowEncoder encoder, List<T> train, List<T> held, String part) {
    List<EncodedRow> encoded = encoded(encoder, held, part);
    Map<Integer, P> predicted = task.predict(held, encoded, objective.scores(encoded));
    Map<String, Tally> lines = new LinkedHashMap<>();
    lines.put("majority", line(held, task.majority(train)));
    if (WorldFiles.isWorld(context.resolve(config.data()))) {
      lines.put("keyword_rule", line(held, task.keywords()));
    }
    List<P> inOrder = new ArrayList<>();
    List<ObjectNode> rows = new ArrayList<>();
    for (int i = 0; i < held.size(); i++) {
      P one = Objects.requireNonNull(predicted.get(i));
      inOrder.add(one);
      rows.add(task.row(held.get(i), one));
    }
    return ClassificationFile.of(
        config, part, task.labels(), task.tally(held, inOrder), lines, rows, context.seed());
  }

  private Tally line(List<T> held, Function<T, P> rule) {
    return task.tally(held, held.stream().map(rule).toList());
  }

  private void save() {
    Path directory = context.directory();
    if (active.isEmpty()) {
      model.save(directory);
    } else {
      model.saveAdapter(active.get(0), directory, start);
    }
    if (config.model().isPresent()) {
      tokenizer.copyFiles(directory);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
    model.close();
  }
}
