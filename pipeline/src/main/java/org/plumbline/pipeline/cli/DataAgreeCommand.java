package org.plumbline.pipeline.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.plumbline.data.agreement.AgreementReport;
import org.plumbline.data.agreement.AnnotatorReport;
import org.plumbline.data.agreement.ComparisonLabels;
import org.plumbline.data.agreement.Consensus;
import org.plumbline.data.agreement.PairAgreement;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.data.format.PreferenceJson;
import org.plumbline.stage.JsonLines;
import org.plumbline.stage.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code plumbline data agree}. */
@Command(
    name = "agree",
    mixinStandardHelpOptions = true,
    description = "Measure how far annotators agree, whom to believe, and who changes over time.")
final class DataAgreeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--consensus",
      paramLabel = "FILE",
      description = "write one judgement per item, by Dawid and Skene's model")
  private @Nullable Path consensus;

  @Option(
      names = "--format",
      paramLabel = "F",
      defaultValue = "auto",
      description = "what the file is; default: recognised")
  private String format = "auto";

  @Mixin private ImportOptions input = new ImportOptions();
  @Mixin private ResultOptions results = new ResultOptions();

  DataAgreeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PrintStream text = results.text(terminal);
    ImportRequest request = input.request(format, "--format");
    ComparisonLabels labels = new ComparisonLabels();
    String read = input.read(request, labels::add).summary();
    AgreementReport report = labels.report();
    if (report.labels() == 0) {
      throw new UserException(
          read + ": no comparison was made here; agreement needs pairs or rankings with a verdict");
    }
    text.println(read);
    print(text, report);
    Map<String, Object> json = new LinkedHashMap<>(report.toJson());
    json.put("repeated_by_one_annotator", labels.repeats());
    if (consensus != null) {
      Consensus model = new Consensus(labels.consensus());
      JsonLines.write(
          consensus,
          sink ->
              input.read(
                  request,
                  preference -> {
                    var agreed = model.next(preference);
                    if (agreed.isPresent()) {
                      sink.write(PreferenceJson.toJson(agreed.get()));
                    }
                  }));
      text.printf("%d items: %s%n", model.written(), consensus);
      json.put("consensus", model.written());
      json.put("output", consensus.toString());
    }
    results.print(terminal, json);
    return 0;
  }

  private static void print(PrintStream text, AgreementReport report) {
    text.printf(
        "%d items, %d with two labels or more, %d labels, %d abstentions%n",
        report.items(), report.repeated(), report.labels(), report.abstentions());
    text.printf("raw agreement        %s%n", figure(report.raw()));
    text.printf("Fleiss' kappa        %s%n", figure(report.fleiss()));
    report
        .alphas()
        .forEach(
            (level, alpha) ->
                text.printf("Krippendorff's alpha %s (%s)%n", figure(alpha), level.label()));
    for (AnnotatorReport one : report.annotators()) {
      text.printf(
          "%-24s %6d labels, agrees %s, weight %s, gold %s, shown first %s, drift p %s%n",
          one.name(),
          one.labels(),
          figure(one.agreement()),
          figure(OptionalDouble.of(one.weight())),
          one.gold().map(gold -> "%d of %d".formatted(gold.right(), gold.items())).orElse("none"),
          figure(one.shownFirst()),
          figure(OptionalDouble.of(one.drift().p())));
    }
    for (PairAgreement pair : report.pairs()) {
      text.printf(
          "%s + %s: %d items, raw %s, Cohen's kappa %s%n",
          pair.first(),
          pair.second(),
          pair.items(),
          figure(OptionalDouble.of(pair.raw())),
          figure(pair.kappa()));
    }
  }

  private static String figure(OptionalDouble value) {
    return value.isPresent()
        ? String.format(Locale.ROOT, "%.3f", value.getAsDouble())
        : "undefined";
  }
}
