package org.plumbline.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.plumbline.model.JsonFiles;
import org.plumbline.testing.Golden;

@Tag("parity")
class TokenizerParityTest {
  @TestFactory
  Stream<DynamicTest> tokenizersGiveTheGoldenIds() {
    return Golden.perDirectory(
        "architectures",
        folder -> Files.exists(folder.resolve("tokenizer.expected.json")),
        TokenizerParityTest::check);
  }

  private static void check(Path folder) {
    JsonNode expected = JsonFiles.read(folder.resolve("tokenizer.expected.json"));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertThat(tokenizer.vocabSize()).isEqualTo(expected.path("vocab_size_with_added").asInt());
      checkSpecial(expected.path("bos_token_id"), tokenizer.specialTokens().bos());
      checkSpecial(expected.path("eos_token_id"), tokenizer.specialTokens().eos());
      checkSpecial(expected.path("pad_token_id"), tokenizer.specialTokens().pad());
      // Where a folder names no unknown token, transformers invents one from its class's defaults.
      tokenizer
          .specialTokens()
          .unknown()
          .ifPresent(
              unknown -> assertThat(unknown.id()).isEqualTo(expected.path("unk_token_id").asInt()));
      assertThat(expected.path("cases").size()).isPositive();
      expected.path("cases").forEach(text -> checkCase(tokenizer, text));
    }
  }

  private static void checkSpecial(JsonNode expected, Optional<SpecialToken> actual) {
    if (expected.isIntegralNumber()) {
      assertThat(actual.map(SpecialToken::id)).contains(expected.asInt());
    } else {
      assertThat(actual).isEmpty();
    }
  }

  private static void checkCase(TextTokenizer tokenizer, JsonNode expected) {
    String text = expected.path("text").asText();
    int[] ids = ints(expected.path("ids"));
    assertThat(tokenizer.encode(text, true)).as(text).containsExactly(ids);
    int[] plain = ints(expected.path("ids_no_special"));
    assertThat(tokenizer.encode(text, false)).as(text).containsExactly(plain);
    Encoded encoded = tokenizer.encodeWithOffsets(text, false);
    assertThat(encoded.ids()).containsExactly(plain);
    List<String> tokens = new ArrayList<>();
    expected.path("tokens_no_special").forEach(token -> tokens.add(token.asText()));
    assertThat(encoded.tokens()).as(text).isEqualTo(tokens);
    JsonNode offsets = expected.path("offsets_no_special_codepoints");
    for (int i = 0; i < plain.length; i++) {
      assertThat(new int[] {encoded.starts()[i], encoded.ends()[i]})
          .as("offset %d of %s", i, text)
          .containsExactly(ints(offsets.get(i)));
      assertThat(tokenizer.tokenOf(plain[i])).isEqualTo(tokens.get(i));
      assertThat(tokenizer.idOf(tokens.get(i))).isEqualTo(OptionalInt.of(plain[i]));
    }
    assertThat(tokenizer.decode(ids, false)).isEqualTo(expected.path("decoded").asText());
    String visible = expected.path("decoded_skip_special").asText();
    assertThat(tokenizer.decode(ids, true)).isEqualTo(visible);
    StreamingDecoder decoder = tokenizer.streamingDecoder(true);
    StringBuilder streamed = new StringBuilder();
    for (int id : ids) {
      streamed.append(decoder.next(id));
    }
    streamed.append(decoder.finish());
    // WordPiece tidies the space before punctuation away, which a stream has already sent.
    if (!tokenizer.tokenOf(plain.length == 0 ? 0 : ids[0]).equals("[CLS]")) {
      assertThat(streamed.toString()).isEqualTo(visible);
    }
  }

  private static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
