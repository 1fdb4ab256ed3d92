package org.plumbline.data.format;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Preference;

/**
 * Comparisons of summaries (openai/summarize-from-feedback, README, "Human feedback data": {@code
 * info}, {@code summaries}, {@code choice}, {@code worker}, {@code extra.confidence}), and its axis
 * evaluations with one rated {@code summary}. The prompt is the paper's query: subreddit, title and
 * post, or the article, and "TL;DR:".
 */
record OpenAiComparisonsFormat() implements Dialect<Preference> {
  private static final Set<String> TAKEN = Set.of("summaries", "choice", "worker");
  private static final Set<String> RATED = Set.of("summary", "worker");

  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("info", "summaries", "choice")) {
      return Optional.of("info, summaries and choice");
    }
    return row.hasAll("info", "summary") && row.json().path("summary").has("axes")
        ? Optional.of("info and a summary with axes")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    List<Message> prompt = List.of(Message.raw(query(row.inner("info"))));
    Annotator worker = Annotator.person(row.textOr("worker", ""));
    if (row.has("summary")) {
      Row summary = row.inner("summary");
      return new Draft(row, DatasetShape.OPENAI_RATINGS, RATED)
          .prompt(prompt)
          .answer(summary(summary).scored(summary.inner("axes").number("overall")))
          .judged(Judgement.of(Judgement.Kind.RATED))
          .by(worker)
          .done();
    }
    List<Row> summaries = row.objects("summaries");
    if (summaries.size() != 2) {
      throw row.bad("\"summaries\" has %d entries; two are needed".formatted(summaries.size()));
    }
    int choice = row.whole("choice", 0, 1);
    Draft draft =
        new Draft(row, DatasetShape.OPENAI_COMPARISONS, TAKEN)
            .prompt(prompt)
            .answer(summary(summaries.get(0)))
            .answer(summary(summaries.get(1)))
            .judged(Judgement.better(choice == 0))
            .by(worker);
    if (row.json().path("extra").path("confidence").isNumber()) {
      draft.margin(row.inner("extra").number("confidence"));
    }
    return draft.done();
  }

  private static Answer summary(Row summary) {
    return Answer.of(summary.text("text"), summary.textOr("policy", ""))
        .with(summary.rest("text", "policy"));
  }

  private static String query(Row info) {
    if (!info.has("post")) {
      return info.text("article") + "\n\nTL;DR:";
    }
    return "SUBREDDIT: r/%s\n\nTITLE: %s\n\nPOST: %s\n\nTL;DR:"
        .formatted(info.textOr("subreddit", ""), info.textOr("title", ""), info.text("post"));
  }
}
