package org.plumbline.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.data.DataSplit;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.stage.UserException;
import org.plumbline.training.check.EndTokens;

/** What is a document, what is held out of it, and how documents become rows. */
class DocumentsTest {
  @TempDir private Path folder;
  private Path docs;

  @BeforeEach
  void write() throws IOException {
    docs = Files.createDirectories(folder.resolve("docs"));
    Files.createDirectories(docs.resolve("src"));
    Files.createDirectories(docs.resolve(".git"));
    Files.writeString(docs.resolve("b.md"), "# tea\n");
    Files.writeString(docs.resolve("a.txt"), "\uFEFFroom key");
    Files.writeString(docs.resolve("src/Late.java"), "class Late {}\n");
    Files.writeString(docs.resolve("rows.jsonl"), "{\"text\":\"no\"}\n{\"text\":\"yes\"}\n");
    Files.writeString(docs.resolve(".hidden.txt"), "not this");
    Files.writeString(docs.resolve(".git/config.txt"), "nor this");
    Files.writeString(docs.resolve("blank.txt"), " \n");
    Files.write(docs.resolve("picture.png"), new byte[] {(byte) 0xff, 0, 1});
  }

  @Test
  void aFolderIsReadInTheOrderOfItsPaths() throws IOException {
    List<Demonstration> documents = DocumentFiles.folder(docs);
    assertThat(documents.stream().map(Demonstration::answer))
        .containsExactly("room key", "# tea\n", "no", "yes", "class Late {}\n");
    assertThat(documents).allMatch(Demonstration::isText);
    assertThat(documents.get(4).prompt().id()).isEqualTo("src/Late.java");
  }

  @Test
  void whatIsNoTextIsNamed() throws IOException {
    Files.write(docs.resolve("latin1.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9});
    assertThatThrownBy(() -> DocumentFiles.folder(docs))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "%s is not UTF-8 text; save it as UTF-8, or move it out of the folder"
                .formatted(docs.resolve("latin1.txt")));
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> DocumentFiles.folder(empty))
        .hasMessageStartingWith(empty + " holds no document; taken are .txt, .md");
  }

  @Test
  void documentsAreHeldOutWholeAndTheEndOfASingleOne() throws IOException {
    DataSplit<Demonstration> split = TrainingTexts.corpus(docs, 0.5, 3);
    assertThat(split.train()).isNotEmpty();
    assertThat(split.validation()).isNotEmpty();
    assertThat(split.train().size() + split.validation().size()).isEqualTo(5);
    assertThat(TrainingTexts.corpus(docs, 0.5, 3)).isEqualTo(split);
    Path one = Files.writeString(folder.resolve("one.txt"), "first line\nsecond line\nthird\n");
    DataSplit<Demonstration> parts = TrainingTexts.corpus(one, 0.4, 3);
    assertThat(parts.train().get(0).answer()).isEqualTo("first line\nsecond line\n");
    assertThat(parts.validation().get(0).answer()).isEqualTo("third\n");
    assertThat(TrainingTexts.corpus(one, 0, 3).validation()).isEmpty();
  }

  @Test
  void documentsAreJoinedByTheEndTokenAndCut() throws IOException {
    Path model = TinyModel.write(folder.resolve("model"));
    List<Demonstration> texts =
        List.of(
            DocumentFiles.document("a", "tea room key"),
            DocumentFiles.document("b", "late please"));
    try (ChatEncoder encoder = ChatEncoder.open(model)) {
      int end = encoder.tokenizer().specialTokens().eos().orElseThrow().id();
      List<EncodedDialogue> whole = rows(encoder, DocumentPacking.WHOLE, 100).of(texts);
      assertThat(whole).hasSize(2);
      int[] first = encoder.tokenizer().encode("tea room key", true);
      assertThat(whole.get(0).ids()).startsWith(first).endsWith(end).hasSize(first.length + 1);
      int[] stream = join(whole.get(0).ids(), whole.get(1).ids());
      List<EncodedDialogue> cut = rows(encoder, DocumentPacking.CONCATENATE, 4).of(texts);
      assertThat(cut).hasSize((stream.length + 2) / 4);
      for (int i = 0; i < cut.size(); i++) {
        assertThat(cut.get(i).ids())
            .isEqualTo(Arrays.copyOfRange(stream, 4 * i, Math.min(stream.length, 4 * i + 4)));
        assertThat(cut.get(i).trainedTokens()).isEqualTo(cut.get(i).length());
      }
      List<EncodedDialogue> pieces = rows(encoder, DocumentPacking.WHOLE, 4).of(texts);
      assertThat(pieces.get(0).ids()).isEqualTo(Arrays.copyOf(stream, 4));
      assertThat(pieces.stream().filter(row -> row.ids()[row.length() - 1] == end)).hasSize(2);
      assertThat(EndTokens.of(whole, encoder).trained()).isEqualTo(2);
    }
  }

  private static DocumentRows rows(ChatEncoder encoder, DocumentPacking packing, int length) {
    return new DocumentRows(encoder, packing, length);
  }

  private static int[] join(int[] first, int[] second) {
    int[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
