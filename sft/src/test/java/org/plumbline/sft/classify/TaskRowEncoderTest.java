package org.plumbline.sft.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.tasks.AnsweredQuestion;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.UserException;

/** Rows as a model reads them: frames, first tokens of words, windows of contexts. */
class TaskRowEncoderTest {
  private static final int CLS = 2;
  private static final int SEP = 3;

  @TempDir private static Path folder;
  private static TextTokenizer tokenizer;
  private static TransformerConfig encoder;
  private static TransformerConfig decoder;

  @BeforeAll
  static void write() throws IOException {
    Path world = TinyWorld.write(folder.resolve("world"), 60);
    encoder = TransformerConfig.read(TinyWorld.encoder(folder.resolve("encoder"), world));
    decoder = TransformerConfig.read(TinyWorld.decoder(folder.resolve("decoder"), world));
    tokenizer = TextTokenizer.open(folder.resolve("encoder"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static RowEncoder rows(int maxLength) {
    return new RowEncoder(tokenizer, encoder, maxLength);
  }

  private static String text(int... ids) {
    return tokenizer.decode(ids, false);
  }

  @Test
  void anEncoderReadsItsFirstTokenAndADecoderItsLast() {
    EncodedRow row = rows(64).text(5, "id", "it is 7", "", 1);
    assertThat(text(row.ids())).isEqualTo("[CLS]it is 7[SEP]");
    assertThat(row.picks()).containsExactly(0);
    assertThat(row.targets()).containsExactly(1);
    assertThat(row.types()).hasSize(row.ids().length).containsOnly(0);
    assertThat(row.source()).isEqualTo(5);
    try (TextTokenizer own = TextTokenizer.open(folder.resolve("decoder"))) {
      EncodedRow last = new RowEncoder(own, decoder, 64).text(0, "id", "it is 7", "no", 1);
      assertThat(own.decode(last.ids(), false)).isEqualTo("it is 7\nno");
      assertThat(last.picks()).containsExactly(last.ids().length - 1);
      assertThat(last.types()).isEmpty();
    }
  }

  @Test
  void twoTextsAreTwoSentencesAndTheLongerIsCutFirst() {
    EncodedRow row = rows(64).text(0, "id", "it is 7", "no", 1);
    assertThat(text(row.ids())).isEqualTo("[CLS]it is 7[SEP]no[SEP]");
    int second = Arrays.stream(row.types()).sum();
    assertThat(second).isEqualTo(tokenizer.encode("no", false).length + 1);
    assertThat(row.types()[row.ids().length - second]).isEqualTo(1);
    assertThat(row.cut()).isFalse();
    EncodedRow cut = rows(12).text(0, "id", "it is 7 ".repeat(9), "no", 1);
    assertThat(cut.ids()).hasSize(12);
    assertThat(text(cut.ids())).endsWith("[SEP]no[SEP]");
    assertThat(cut.cut()).isTrue();
  }

  @Test
  void aWordIsReadAtItsFirstToken() {
    List<String> words = List.of("it", "xylophones", ".", "7");
    EncodedRow row = rows(64).words(0, "id", words, new int[] {4, 5, 6, 7});
    assertThat(row.from()).containsExactly(0, 1, 2, 3);
    assertThat(row.targets()).containsExactly(4, 5, 6, 7);
    assertThat(text(row.ids()[row.picks()[0]])).isEqualTo("it");
    assertThat(text(row.ids()[row.picks()[1]])).isEqualTo("x"); // not the space before it
    assertThat(row.picks()[2]).isGreaterThan(row.picks()[1] + 1);
    assertThat(text(row.ids()[row.picks()[3]])).isEqualTo(" 7");
    EncodedRow cut = rows(8).words(0, "id", words, new int[] {4, 5, 6, 7});
    assertThat(cut.cut()).isTrue();
    assertThat(cut.from()).containsExactly(0, 1);
  }

  @Test
  void wordsOfManyBytesKeepTheirPlaces() {
    List<String> words = List.of("caf\u00e9", "\ud83d\ude00", "\u6771\u4eac", "x");
    EncodedRow row = rows(64).words(0, "id", words, new int[] {0, 1, 2, 3});
    assertThat(row.from()).containsExactly(0, 1, 2, 3);
  }

  private static AnsweredQuestion question(int sentences, String answer) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < sentences; i++) {
      parts.add("the room %d is free.".formatted(i));
    }
    String context = "\ud83d\ude00 " + String.join(" ", parts);
    int at = context.indexOf(answer);
    return new AnsweredQuestion(
        "id",
        "which room?",
        context,
        List.of(new AnsweredQuestion.Answer(answer, context.codePointCount(0, at))));
  }

  /** The context's piece between the picks that a window's targets name. */
  private static String answer(EncodedRow row, AnsweredQuestion of) {
    int[] points = of.context().codePoints().toArray();
    int from = row.from()[row.targets()[0]];
    return from < 0 ? "" : new String(points, from, row.to()[row.targets()[1]] - from);
  }

  @Test
  void everyAnswerIsWholeInSomeWindowWhoseTargetsNameIt() {
    for (int wanted = 0; wanted < 40; wanted++) {
      AnsweredQuestion row = question(40, "room %d is".formatted(wanted));
      List<EncodedRow> windows = rows(48).windows(3, row, 16);
      assertThat(windows).hasSizeGreaterThan(5).allMatch(w -> w.ids().length <= 48);
      List<String> answers =
          windows.stream().map(window -> answer(window, row)).filter(a -> !a.isEmpty()).toList();
      assertThat(answers).isNotEmpty().containsOnly("room %d is".formatted(wanted));
      assertThat(windows).allMatch(window -> window.source() == 3);
    }
  }

  @Test
  void windowsOverlapAndTogetherAreTheContext() {
    AnsweredQuestion row = question(40, "room 0");
    List<EncodedRow> windows = rows(48).windows(0, row, 16);
    int head = tokenizer.encode(row.question(), false).length + 2;
    List<Integer> joined = new ArrayList<>();
    for (EncodedRow window : windows) {
      int[] piece = Arrays.copyOfRange(window.ids(), head, window.ids().length - 1);
      for (int i = joined.isEmpty() ? 0 : 16; i < piece.length; i++) {
        joined.add(piece[i]);
      }
      assertThat(window.ids()[0]).isEqualTo(CLS);
      assertThat(window.ids()[window.ids().length - 1]).isEqualTo(SEP);
      assertThat(window.types()[head - 1]).isZero();
      assertThat(window.types()[head]).isEqualTo(1);
      assertThat(window.from()[head - 1]).isEqualTo(-1);
    }
    assertThat(joined.stream().mapToInt(Integer::intValue).toArray())
        .containsExactly(tokenizer.encode(row.context(), false));
  }

  @Test
  void longQuestionsLeaveHalfOfTheRoomAndSilenceIsTheFirstPosition() {
    AnsweredQuestion row =
        new AnsweredQuestion("id", "which room? ".repeat(30), "it is 7.", List.of());
    List<EncodedRow> windows = rows(48).windows(0, row, 40);
    assertThat(windows).hasSize(1);
    assertThat(windows.get(0).cut()).isTrue();
    assertThat(windows.get(0).ids().length).isLessThanOrEqualTo(48);
    assertThat(windows.get(0).targets()).containsExactly(0, 0);
  }

  @Test
  void rowsWithoutATokenAreNamed() {
    try (TextTokenizer own = TextTokenizer.open(folder.resolve("decoder"))) {
      RowEncoder bare = new RowEncoder(own, decoder, 64);
      assertThatThrownBy(() -> bare.text(0, "rows.jsonl:3", "", "", 0))
          .isInstanceOf(UserException.class)
          .hasMessage("row rows.jsonl:3 has no token the tokenizer knows");
    }
  }
}
