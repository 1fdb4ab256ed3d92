package org.plumbline.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Dataset;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.DatasetWriter;
import org.plumbline.data.ImportReport;
import org.plumbline.data.Message;
import org.plumbline.data.PreferencePair;
import org.plumbline.data.PromptSplitter;
import org.plumbline.data.SkipReason;
import org.plumbline.data.SplitFractions;

class HhRlhfTest {
  @TempDir Path temp;

  private static Path realFile() {
    Path data = Path.of(System.getProperty("plumbline.data", ""));
    assumeTrue(Files.isDirectory(data), "no directory " + data + " (property plumbline.data)");
    return data.resolve("hh-rlhf/harmless-base.test.jsonl.gz");
  }

  @Test
  void theRealFileHasFiveUnequalPromptsAndFourEmptyAnswers() throws IOException {
    Dataset<PreferencePair> read = PairReader.read(realFile());
    ImportReport report = read.report();
    assertThat(report.rows()).isEqualTo(2312);
    assertThat(report.kept()).isEqualTo(2303);
    assertThat(report.skippedByReason())
        .containsExactlyInAnyOrderEntriesOf(
            java.util.Map.of(SkipReason.UNEQUAL_PROMPTS, 5, SkipReason.EMPTY_ANSWER, 4));
    assertThat(report.skipped())
        .extracting(ImportReport.Skipped::source)
        .contains("harmless-base.test.jsonl.gz:87", "harmless-base.test.jsonl.gz:1255");
    assertThat(report.shapes()).containsOnlyKeys(DatasetShape.HH_RLHF);
    assertThat(read.rows())
        .allSatisfy(
            pair -> {
              assertThat(pair.prompt().messages().get(0).role()).isEqualTo("user");
              assertThat(pair.chosen()).isNotBlank().isNotEqualTo(pair.rejected());
            });
  }

  @Test
  void theRealFileSurvivesARoundTrip() throws IOException {
    List<PreferencePair> pairs = PairReader.read(realFile()).rows();
    Path copy = temp.resolve("copy.jsonl.gz");
    DatasetWriter.writePairs(copy, pairs);
    assertThat(PairReader.read(copy).rows()).isEqualTo(pairs);
  }

  @Test
  void theRealFileIsSplitByPrompt() throws IOException {
    List<PreferencePair> pairs = PairReader.read(realFile()).rows();
    DataSplit<PreferencePair> split =
        new PromptSplitter(7).split(pairs, PreferencePair::prompt, new SplitFractions(0.1, 0.1));
    assertThat(split.test().size()).isBetween(180, 280);
    assertThat(split.validation().size()).isBetween(180, 280);
    Set<Object> trained = new HashSet<>();
    split.train().forEach(pair -> trained.add(PromptSplitter.normalised(pair.prompt())));
    assertThat(split.test())
        .noneMatch(pair -> trained.contains(PromptSplitter.normalised(pair.prompt())));
  }

  @Test
  void turnsKeepTheirOrderAndLoseTheWhiteSpaceAroundThem() throws IOException {
    Path file =
        Lines.write(
            temp,
            "hh.jsonl",
            "{\"chosen\":\"\\n\\nHuman: a\\n\\nb\\n\\nAssistant: c\\n\\nAssistant: d \",\"rejected\":\"\\n\\nHuman: a\\n\\nb\\n\\nAssistant: c\\n\\nAssistant: e\",\"extra\":1}");
    PreferencePair pair = PairReader.read(file).rows().get(0);
    assertThat(pair.prompt().messages())
        .containsExactly(new Message("user", "a\n\nb"), new Message("assistant", "c"));
    assertThat(pair.chosen()).isEqualTo("d");
    assertThat(pair.extra()).containsOnlyKeys("extra");
  }

  @Test
  void aTextThatStartsWithoutASpeakerIsRefused() throws IOException {
    Path file = Lines.write(temp, "hh.jsonl", "{\"chosen\":\"Human: a\",\"rejected\":\"b\"}");
    assertThatThrownBy(() -> new PairReader(DataFormat.HH_RLHF, false).readAll(file))
        .hasMessageEndingWith(
            "hh.jsonl line 1: \"chosen\" starts with \"Human: a\"; an HH-RLHF text starts with a blank line and \"Human:\"");
  }

  @Test
  void equalConversationsAreKeptOut() throws IOException {
    String text = "\\n\\nHuman: a\\n\\nAssistant: b";
    Path file =
        Lines.write(
            temp, "hh.jsonl", "{\"chosen\":\"%s\",\"rejected\":\"%s\"}".formatted(text, text));
    assertThat(PairReader.read(file).report().skipped())
        .containsExactly(
            new ImportReport.Skipped(
                "hh.jsonl:1",
                SkipReason.IDENTICAL_ANSWERS,
                "all 2 turns are equal",
                "{\"chosen\":\"%s\",\"rejected\":\"%s\"}".formatted(text, text)));
  }
}
