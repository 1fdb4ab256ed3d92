package org.plumbline.data.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.Judgement;
import org.plumbline.data.Message;
import org.plumbline.data.Outcome;
import org.plumbline.data.Preference;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.Prompt;
import org.plumbline.data.Provenance;
import org.plumbline.data.format.ImportRequest;
import org.plumbline.data.format.Imports;
import org.plumbline.stage.RandomStreams;

/** What is written is read back: all of it, or all that the format has words for. */
class RoundTripTest {
  private static final List<String> WORDS =
      List.of(
          "tree",
          "é🙂",
          "שלום",
          "a,b",
          "\"q\"",
          "=1+1",
          "two\nlines",
          "\r\n",
          "  ",
          "中文",
          ";",
          "'",
          "e\u0301",
          "[1]",
          "{\"a\":1}");

  @TempDir Path temp;

  /** Preferences of every kind, drawn from a seed. */
  private static List<Preference> random(int count, long seed) {
    List<Preference> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(draw(RandomStreams.of(seed, "roundtrip", i), i));
    }
    return drawn;
  }

  private static Preference draw(UniformRandomProvider random, int i) {
    boolean raw = random.nextInt(3) == 0;
    List<Message> prompt =
        raw
            ? List.of(Message.raw(text(random)))
            : random.nextBoolean()
                ? List.of(new Message("user", text(random)))
                : List.of(
                    new Message("system", text(random)),
                    new Message("user", text(random), Map.of("name", TextNode.valueOf("n"))));
    int answers = 1 + random.nextInt(4);
    List<Answer> all = new ArrayList<>();
    for (int a = 0; a < answers; a++) {
      all.add(answer(random, raw, a));
    }
    Preference made =
        new Preference(
            "p" + i,
            new Prompt(random.nextBoolean() ? "p" + i : "q" + i, prompt),
            all,
            judgement(random, all),
            provenance(random, i),
            extra(random));
    return random.nextBoolean() ? made : made.withId(made.contentHash());
  }

  private static String text(UniformRandomProvider random) {
    StringBuilder text = new StringBuilder("w");
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(100));
    }
    return text.toString();
  }

  private static Answer answer(UniformRandomProvider random, boolean raw, int index) {
    String text = text(random) + index;
    List<Message> turns = List.of(new Message("assistant", text));
    if (!raw && random.nextInt(5) == 0) {
      turns =
          List.of(
              new Message("assistant", text),
              new Message("user", text(random)),
              new Message("assistant", text(random)));
    }
    return new Answer(
        turns,
        random.nextBoolean() ? "m" + index : "",
        random.nextBoolean() ? OptionalDouble.of(random.nextInt(9) / 2.0) : OptionalDouble.empty(),
        random.nextInt(3) == 0 ? Map.of("quote", TextNode.valueOf(text)) : Map.of());
  }

  private static Judgement judgement(UniformRandomProvider random, List<Answer> answers) {
    if (answers.size() == 1) {
      return Judgement.of(
          List.of(
                  Judgement.Kind.DESIRABLE,
                  Judgement.Kind.UNDESIRABLE,
                  Judgement.Kind.RATED,
                  Judgement.Kind.ABSTAINED)
              .get(random.nextInt(4)));
    }
    if (random.nextInt(6) == 0) {
      return Judgement.of(Judgement.Kind.ABSTAINED);
    }
    List<Double> scores = answers.stream().map(a -> (double) random.nextInt(3)).toList();
    Judgement ranked = Judgement.byScores(scores);
    return random.nextInt(3) == 0 ? ranked.by(OptionalDouble.of(random.nextInt(7) / 4.0)) : ranked;
  }

  private static Provenance provenance(UniformRandomProvider random, int i) {
    Annotator annotator =
        List.of(
                Annotator.UNKNOWN,
                Annotator.person("ann"),
                Annotator.judge("gpt", "2026-01"),
                Annotator.named("x"))
            .get(random.nextInt(4));
    return new Provenance(
        annotator,
        random.nextBoolean()
            ? Optional.of(Instant.ofEpochSecond(1_700_000_000L + i, 123_000_000))
            : Optional.empty(),
        random.nextBoolean() ? "v1" : "",
        random.nextInt(4) == 0,
        "file.jsonl:" + (i + 1));
  }

  private static Map<String, JsonNode> extra(UniformRandomProvider random) {
    Map<String, JsonNode> extra = new LinkedHashMap<>();
    if (random.nextBoolean()) {
      extra.put("topic", TextNode.valueOf(text(random)));
    }
    if (random.nextBoolean()) { // names that are ours, values that are not
      extra.put("source", TextNode.valueOf("evol"));
      extra.put("ranks", IntNode.valueOf(3));
      extra.put("label", TextNode.valueOf("x"));
    }
    return extra;
  }

  private ExportReport write(ExportFormat format, Path file, List<Preference> all)
      throws IOException {
    return Exporters.of(format)
        .write(
            file,
            sink -> {
              for (Preference one : all) {
                sink.take(one);
              }
            });
  }

  private static List<Preference> read(Path file) throws IOException {
    List<Preference> read = new ArrayList<>();
    Imports.preferences(
        ImportRequest.of(file),
        read::add,
        reject -> {
          throw new AssertionError(reject.toString());
        });
    return read;
  }

  @Test
  void ourRowsAndOurTableLoseNothing() throws IOException {
    List<Preference> all = random(1000, 5);
    for (String name : List.of("all.jsonl", "all.jsonl.gz")) {
      Path file = temp.resolve(name);
      assertThat(write(ExportFormat.JSONL, file, all).preferences()).isEqualTo(1000);
      assertThat(read(file)).isEqualTo(all);
    }
    Path table = temp.resolve("all.csv");
    assertThat(write(ExportFormat.CSV, table, all).rows()).isEqualTo(1000);
    assertThat(read(table)).isEqualTo(all);
  }

  @Test
  void trlHasThePairsAndTheLabels() throws IOException {
    List<Preference> all = random(500, 6);
    Path file = temp.resolve("trl.jsonl");
    ExportReport report = write(ExportFormat.TRL, file, all);
    List<Preference> read = read(file);
    assertThat(read).hasSize(report.rows());
    assertThat(pairs(read)).isEqualTo(pairs(all));
    assertThat(report.preferences() + report.leftOut().values().stream().mapToInt(n -> n).sum())
        .isEqualTo(500);
    assertThat(report.leftOut()).containsKeys("tie", "no verdict", "rating");
    assertThat(read.stream().map(p -> p.judgement().kind()))
        .contains(Judgement.Kind.DESIRABLE, Judgement.Kind.UNDESIRABLE, Judgement.Kind.RANKED);
  }

  /** What TRL's format has of a pair. */
  private static List<String> pairs(List<Preference> all) {
    List<String> pairs = new ArrayList<>();
    for (Preference one : all) {
      for (PreferencePair pair : one.pairs()) {
        if (pair.outcome() == Outcome.CHOSEN) {
          pairs.add(pair.prompt().messages() + "|" + pair.chosen() + "|" + pair.rejected());
        }
      }
    }
    return pairs;
  }

  @Test
  void labelStudioHasOrderAnnotatorTimeAndGold() throws IOException {
    compare(ExportFormat.LABEL_STUDIO, RoundTripTest::inLabelStudio);
  }

  @Test
  void argillaHasOrderAndAnnotator() throws IOException {
    compare(ExportFormat.ARGILLA, RoundTripTest::inArgilla);
  }

  private void compare(ExportFormat format, Function<Preference, String> fields)
      throws IOException {
    List<Preference> all = random(500, 7);
    Path file = temp.resolve("list.json");
    ExportReport report = write(format, file, all);
    List<Preference> read = read(file);
    assertThat(read).hasSize(report.preferences()).hasSizeGreaterThan(100);
    List<String> written = all.stream().map(fields).filter(text -> !text.isEmpty()).toList();
    assertThat(read.stream().map(fields)).containsExactlyElementsOf(written);
    assertThat(report.preferences() + report.leftOut().values().stream().mapToInt(n -> n).sum())
        .isEqualTo(500);
  }

  private static String inLabelStudio(Preference one) {
    List<Integer> ranks = one.judgement().ranks();
    boolean ties = ranks.stream().distinct().count() < ranks.size();
    boolean fits =
        one.answers().size() > 1
            && one.answers().stream().allMatch(Answer::isPlain)
            && (one.answers().size() == 2 || !ties);
    return !fits
        ? ""
        : text(one)
            + one.judgement().kind()
            + ranks
            + one.provenance().annotator().name()
            + one.provenance().time()
            + one.provenance().gold();
  }

  private static String inArgilla(Preference one) {
    boolean rated =
        one.judgement().kind() == Judgement.Kind.RATED && one.answers().get(0).score().isPresent();
    boolean fits = rated || one.judgement().kind() == Judgement.Kind.RANKED;
    return !fits || !one.answers().stream().allMatch(Answer::isPlain)
        ? ""
        : text(one)
            + one.judgement().kind()
            + one.judgement().ranks()
            + (rated ? one.answers().get(0).score() : "")
            + one.provenance().annotator().name();
  }

  private static String text(Preference one) {
    List<Message> prompt = one.prompt().messages();
    return (prompt.size() == 1 ? prompt.get(0).content() : prompt.toString())
        + one.answers().stream().map(Answer::text).toList();
  }

  @Test
  void idsDoNotDependOnTheFile() throws IOException {
    List<Preference> all =
        random(50, 8).stream().map(one -> one.withId(one.contentHash())).toList();
    Path first = temp.resolve("a.csv");
    write(ExportFormat.CSV, first, all);
    Path second = temp.resolve("b.jsonl");
    write(ExportFormat.JSONL, second, read(first));
    assertThat(read(second))
        .extracting(Preference::id)
        .containsExactlyElementsOf(all.stream().map(Preference::contentHash).toList());
    assertThat(read(second))
        .extracting(Preference::contentHash)
        .containsExactlyElementsOf(all.stream().map(Preference::id).toList());
  }
}
