package org.plumbline.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;

class TextTokenizerTest {
  @TempDir Path folder;

  @BeforeEach
  void aSmallTokenizer() {
    Iterator<String> texts = List.of("the cat and the hat", "the cat sat on the mat").iterator();
    ByteLevelBpeTrainer.train(texts, 270, SpecialNames.CHAT_ML)
        .write(folder, SpecialNames.chatMl());
  }

  @Test
  void djlIsToldToStayOffline() {
    TextTokenizer.open(folder).close();
    assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    assertThat(System.getProperty("DJL_OFFLINE")).isEqualTo("true");
  }

  @Test
  void aContinuationIsTheTwoEncodingsInARow() {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      Continuation continuation = tokenizer.continuation("the c", "at");
      assertThat(continuation.completionStart()).isEqualTo(tokenizer.encode("the c", true).length);
      assertThat(tokenizer.decode(continuation.ids(), false)).isEqualTo("the cat");
    }
  }

  @Test
  void neverTruncatesNorPadsWhateverTheFileSays() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    ObjectNode json = JsonFiles.read(file);
    json.putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 4)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    json.putObject("padding")
        .put("direction", "Right")
        .putNull("pad_to_multiple_of")
        .put("pad_id", 0)
        .put("pad_type_id", 0)
        .put("pad_token", "<|endoftext|>")
        .putObject("strategy")
        .put("Fixed", 8);
    JsonFiles.write(file, json);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.encode("a", false)).hasSize(1);
      assertThat(tokenizer.encode("z".repeat(1000), false)).hasSize(1000);
    }
  }

  @Test
  void aLoneSurrogateBecomesTheReplacementCharacter() {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] ids = tokenizer.encode("a\ud83db\ud83d\ude00\udc00", false);
      assertThat(tokenizer.decode(ids, false)).isEqualTo("a\ufffdb\ud83d\ude00\ufffd");
      assertThat(tokenizer.decode(tokenizer.encode("a\u0000b", false), false)).isEqualTo("a\0b");
    }
  }

  @Test
  void aStreamHoldsBackHalfACharacter() {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] ids = tokenizer.encode("\ud83d\ude00!", false);
      assertThat(ids).hasSize(5);
      StreamingDecoder decoder = tokenizer.streamingDecoder(true);
      assertThat(decoder.next(ids[0])).isEmpty();
      assertThat(decoder.next(ids[1])).isEmpty();
      assertThat(decoder.next(ids[2])).isEmpty();
      assertThat(decoder.next(ids[3])).isEqualTo("\ud83d\ude00");
      assertThat(decoder.next(2)).isEmpty(); // <|im_end|>
      assertThat(decoder.next(ids[4])).isEqualTo("!");
      assertThat(decoder.finish()).isEmpty();
      assertThat(decoder.next(ids[0])).isEmpty();
      assertThat(decoder.finish()).isEqualTo("\ufffd");
    }
  }

  @Test
  void idsBeyondTheVocabularySayNothing() {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.decode(new int[] {3, 9999}, false)).isEqualTo("!");
      assertThat(tokenizer.tokenOf(9999)).isEmpty();
      assertThat(tokenizer.idOf("no such token")).isEqualTo(OptionalInt.empty());
      assertThat(tokenizer.isSpecial(-1)).isFalse();
    }
  }

  @Test
  void specialTokensMayBeObjectsAndMayStandInEitherFile() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"eos_token\": {\"content\": \"<|im_end|>\"}, \"bos_token\": null}");
    Files.writeString(
        folder.resolve("special_tokens_map.json"),
        "{\"pad_token\": {\"content\": \"<|endoftext|>\"}, \"eos_token\": \"<|im_start|>\"}");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.specialTokens().eos()).contains(new SpecialToken("<|im_end|>", 2));
      assertThat(tokenizer.specialTokens().pad()).contains(new SpecialToken("<|endoftext|>", 0));
      assertThat(tokenizer.specialTokens().bos()).isEmpty();
    }
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"</s>\"}");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .hasMessageContaining("eos_token is \"</s>\", which tokenizer.json does not hold");
  }

  @Test
  void copiesItsFilesUnchanged() throws IOException {
    Path copy = folder.resolve("copy");
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      tokenizer.copyFiles(copy);
    }
    for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
      assertThat(copy.resolve(name)).hasSameBinaryContentAs(folder.resolve(name));
    }
  }

  @Test
  void saysHowToGetTokenizerJson(@TempDir Path empty) throws IOException {
    assertThatThrownBy(() -> TextTokenizer.open(empty))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("no tokenizer.json");
    Files.writeString(empty.resolve("tokenizer.model"), "sentencepiece");
    assertThatThrownBy(() -> TextTokenizer.open(empty))
        .hasMessageContaining("holds tokenizer.model but no tokenizer.json")
        .hasMessageContaining("save_pretrained");
  }

  @Test
  void refusesAFileThatIsNoTokenizer() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": \"1.0\"}");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .hasMessageContaining("tokenizer.json has no model.vocab");
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\": {\"vocab\": {\"<|im_end|>\": 0, \"<|endoftext|>\": 1}}}");
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("tokenizer.json cannot be loaded");
  }
}
