package org.plumbline.model.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.plumbline.model.AtomicFile;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.OfflineDjl;

/**
 * The tokenizer of a model folder. It never truncates and never pads, whatever tokenizer.json says:
 * that is the business of who builds batches. Safe for use by several threads.
 */
public final class TextTokenizer implements AutoCloseable {
  static {
    OfflineDjl.set();
  }

  private static final String FILE = "tokenizer.json";
  private static final List<String> ALL_FILES =
      List.of(
          FILE,
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja",
          "tokenizer.model",
          "vocab.json",
          "merges.txt");
  private static final Map<String, String> AS_IT_IS =
      Map.of("truncation", "do_not_truncate", "padding", "do_not_pad", "addSpecialTokens", "true");

  private final Path folder;
  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary vocabulary;
  private final SpecialTokens specialTokens;

  private TextTokenizer(
      Path folder,
      HuggingFaceTokenizer tokenizer,
      Vocabulary vocabulary,
      SpecialTokens specialTokens) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.specialTokens = specialTokens;
  }

  /**
   * Loads tokenizer.json of a model folder.
   *
   * @throws ModelFormatException where it is absent, saying how to get one, or unsound
   */
  public static TextTokenizer open(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(absent(folder));
    }
    Vocabulary vocabulary = Vocabulary.read(file, JsonFiles.read(file));
    SpecialTokens specialTokens = SpecialTokens.read(folder, vocabulary);
    return new TextTokenizer(folder, load(file), vocabulary, specialTokens);
  }

  private static HuggingFaceTokenizer load(Path file) {
    try {
      byte[] json = Files.readAllBytes(file);
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), AS_IT_IS);
    } catch (IOException | RuntimeException e) {
      throw new ModelFormatException(
          "%s cannot be loaded: %s. Written by a newer tokenizers library?"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static String absent(Path folder) {
    if (Files.isRegularFile(folder.resolve("tokenizer.model"))) {
      return ("%s holds tokenizer.model but no tokenizer.json, which is needed. Convert it once with "
              + "transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)")
          .formatted(folder);
    }
    return "%s: no tokenizer.json. Is this a Hugging Face model folder?".formatted(folder);
  }

  /** Where it was loaded from. */
  public Path folder() {
    return folder;
  }

  /**
   * Token ids of a text. Text that spells a special token becomes that token.
   *
   * @param addSpecialTokens whether to add what the tokenizer adds by itself, such as a BOS
   */
  public int[] encode(String text, boolean addSpecialTokens) {
    return ints(tokenizer.encode(wellFormed(text), addSpecialTokens, false).getIds());
  }

  /** As {@link #encode}, with the pieces and their places; added tokens lie at 0 to 0. */
  public Encoded encodeWithOffsets(String text, boolean addSpecialTokens) {
    Encoding encoding = tokenizer.encode(wellFormed(text), addSpecialTokens, false);
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] starts = new int[spans.length];
    int[] ends = new int[spans.length];
    for (int i = 0; i < spans.length; i++) {
      CharSpan span = spans[i];
      if (span != null) {
        starts[i] = span.getStart();
        ends[i] = span.getEnd();
      }
    }
    return new Encoded(ints(encoding.getIds()), List.of(encoding.getTokens()), starts, ends);
  }

  /**
   * A text or a pair of texts as an encoder takes it, with the tokenizer's own special tokens.
   *
   * @param pair second text, if any
   */
  public EncodedPair encodePair(String text, Optional<String> pair) {
    Encoding encoding =
        pair.isPresent()
            ? tokenizer.encode(wellFormed(text), wellFormed(pair.get()), true, false)
            : tokenizer.encode(wellFormed(text), true, false);
    boolean[] special = new boolean[encoding.getIds().length];
    for (int i = 0; i < special.length; i++) {
      special[i] = encoding.getSpecialTokenMask()[i] == 1;
    }
    return new EncodedPair(ints(encoding.getIds()), ints(encoding.getTypeIds()), special);
  }

  /** A lone surrogate cannot be written in UTF-8: it becomes U+FFFD. */
  private static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .map(point -> point >= 0xd800 && point <= 0xdfff ? 0xfffd : point)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
      }
    }
    return text;
  }

  private static int[] ints(long[] ids) {
    return LongStream.of(ids).mapToInt(Math::toIntExact).toArray();
  }

  /**
   * The text of these ids. Ids beyond the vocabulary, which padded embeddings allow, say nothing.
   *
   * @param skipSpecialTokens whether special tokens leave no trace in the text
   */
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
  }

  /** One more than the highest id, added tokens included; a model's vocabulary may be larger. */
  public int vocabSize() {
    return vocabulary.size();
  }

  public OptionalInt idOf(String token) {
    return vocabulary.idOf(token);
  }

  /** The piece as tokenizer.json spells it (Ġ or ▁ for a space); "" for an unused id. */
  public String tokenOf(int id) {
    return vocabulary.textOf(id);
  }

  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  /** Whether the token leaves no trace in decoded text when special tokens are skipped. */
  public boolean isSpecial(int id) {
    return vocabulary.isSpecial(id);
  }

  /**
   * ids(prompt, with the tokenizer's own special tokens) + ids(completion, without); nothing
   * between and no end token after: the contract of {@code plumbline score}.
   */
  public Continuation continuation(String prompt, String completion) {
    int[] before = encode(prompt, true);
    int[] after = encode(completion, false);
    int[] ids = Arrays.copyOf(before, before.length + after.length);
    System.arraycopy(after, 0, ids, before.length, after.length);
    return new Continuation(ids, before.length);
  }

  /** Turns ids into text one by one. */
  public StreamingDecoder streamingDecoder(boolean skipSpecialTokens) {
    return new StreamingDecoder(this, skipSpecialTokens);
  }

  /** Copies the tokenizer's files unchanged, as a saved model folder needs them. */
  public void copyFiles(Path target) {
    for (String name : ALL_FILES) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          AtomicFile.write(target.resolve(name), Files.readAllBytes(file));
        } catch (IOException e) {
          throw new ModelFormatException("%s cannot be read".formatted(file), e);
        }
      }
    }
  }

  /** Whether two folders hold the same files of a tokenizer and its template, or none both. */
  public static boolean sameFiles(Path one, Path other) {
    try {
      for (String name : ALL_FILES) {
        Path a = one.resolve(name);
        Path b = other.resolve(name);
        boolean both = Files.isRegularFile(a) && Files.isRegularFile(b);
        if (both ? Files.mismatch(a, b) >= 0 : Files.exists(a) || Files.exists(b)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new ModelFormatException(
          "the tokenizer's files in %s or %s cannot be read".formatted(one, other), e);
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
