package org.plumbline.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteLevelBpeTrainerTest {
  private static final List<String> TEXTS =
      List.of(
          "The guest asks for a late checkout, the house says no.",
          "the guest asks for the key; the guest's key, isn't it?",
          "Größe 12345 \uD83D\uDE00 你好");

  @TempDir Path folder;

  private static TrainedBpe train(List<String> texts, int size) {
    return ByteLevelBpeTrainer.train(texts.iterator(), size, SpecialNames.CHAT_ML);
  }

  @Test
  void joinsTheMostFrequentPairFirstAndTheLowerOneOfEquals() {
    TrainedBpe bpe =
        ByteLevelBpeTrainer.train(List.of("abab cd", "ab cd cd").iterator(), 256 + 4, List.of());
    // a b: 3; c d and Ġ c: 3 each; bytes have lower ids than Ġ
    assertThat(bpe.merges())
        .containsExactly(new Merge("a", "b"), new Merge("c", "d"), new Merge("Ġ", "cd"));
    assertThat(bpe.tokens()).hasSize(259).endsWith("ab", "cd", "Ġcd"); // nothing else occurs twice
  }

  @Test
  void theIncrementalCountsEqualCountingAnew() {
    SplittableRandom random = new SplittableRandom(7);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < 60; j++) {
        text.append("aab c".charAt(random.nextInt(5)));
      }
      texts.add(text.toString());
    }
    TrainedBpe bpe = ByteLevelBpeTrainer.train(texts.iterator(), 256 + 30, List.of());
    assertThat(bpe.merges()).hasSize(30).isEqualTo(NaiveBpe.merges(texts, 30));
  }

  @Test
  void theOrderOfTheTextsDoesNotMatter() throws IOException {
    List<String> reversed = new ArrayList<>(TEXTS);
    Collections.reverse(reversed);
    train(TEXTS, 300).write(folder.resolve("a"), SpecialNames.chatMl());
    train(reversed, 300).write(folder.resolve("b"), SpecialNames.chatMl());
    for (String name :
        List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")) {
      assertThat(folder.resolve("a").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("b").resolve(name));
    }
  }

  @Test
  void anyTextComesBackAsItWas() {
    train(TEXTS, 320).write(folder, SpecialNames.chatMl());
    SplittableRandom random = new SplittableRandom(11);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.vocabSize()).isLessThanOrEqualTo(320).isGreaterThan(259);
      assertThat(tokenizer.encode(" guest", false)).hasSize(1);
      for (int i = 0; i < 200; i++) {
        String text = randomText(random);
        int[] ids = tokenizer.encode(text, true);
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        StreamingDecoder decoder = tokenizer.streamingDecoder(false);
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) {
          String piece = decoder.next(id);
          assertThat(piece.getBytes(StandardCharsets.UTF_8)).isEqualTo(utf8(piece));
          streamed.append(piece);
        }
        assertThat(streamed.append(decoder.finish()).toString()).isEqualTo(text);
      }
    }
  }

  /** Fails to equal Java's replacement '?' where a character was cut in two. */
  private static byte[] utf8(String piece) {
    return piece
        .codePoints()
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String randomText(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      int kind = random.nextInt(4);
      int point =
          switch (kind) {
            case 0 -> random.nextInt(0x80);
            case 1 -> random.nextInt(0x80, 0x800);
            case 2 -> random.nextInt(0x4e00, 0xa000);
            default -> random.nextInt(0x1f300, 0x1f700);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  @Test
  void everyByteHasAToken() {
    TrainedBpe bpe = train(List.of(), 1000);
    assertThat(bpe.tokens()).hasSize(259).doesNotHaveDuplicates();
    assertThat(bpe.tokens().subList(0, 3)).isEqualTo(SpecialNames.CHAT_ML);
    assertThat(bpe.tokens().get(3)).isEqualTo("!");
    assertThat(bpe.merges()).isEmpty();
  }

  @Test
  void specialTokensAreFoundAgainAndNeverLearned() {
    TrainedBpe bpe = train(Collections.nCopies(9, "<|im_end|>"), 1000);
    assertThat(bpe.merges()).isEmpty();
    bpe.write(folder, SpecialNames.chatMl());
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("<|im_end|>", false)).containsExactly(2);
      assertThat(tokenizer.isSpecial(2)).isTrue();
      assertThat(tokenizer.specialTokens().eos()).contains(new SpecialToken("<|im_end|>", 2));
      assertThat(tokenizer.specialTokens().pad()).contains(new SpecialToken("<|endoftext|>", 0));
      assertThat(tokenizer.specialTokens().bos()).isEmpty();
      assertThat(tokenizer.decode(new int[] {0, 3, 2}, true)).isEqualTo("!");
    }
    assertThat(Files.exists(folder.resolve("chat_template.jinja"))).isTrue();
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> train(TEXTS, 258))
        .hasMessage("a vocabulary of 258 does not hold the 256 bytes and 3 special tokens");
    assertThatThrownBy(
            () -> ByteLevelBpeTrainer.train(TEXTS.iterator(), 300, List.of("<a>", "<a>")))
        .hasMessage("special tokens [<a>, <a>]: each must be there once and not be empty");
    assertThatThrownBy(() -> train(TEXTS, 300).write(folder, new SpecialNames("", "<x>", "")))
        .hasMessageContaining("eos_token is \"<x>\", which is none of the special tokens");
  }
}
